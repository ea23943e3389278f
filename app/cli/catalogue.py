"""The commands by name, listed without importing any of them."""

from typing import NamedTuple


class CommandEntry(NamedTuple):
    """A command: its module in this package, and a one-line summary."""

    module: str
    summary: str


COMMANDS = {
    "new": CommandEntry("new", "Create a project."),
    "import": CommandEntry("import_files", "Import texts and annotations into a project."),
    "export": CommandEntry("export", "Write a project's documents and annotations to a file."),
    "list": CommandEntry("contents", "Show documents, annotators, annotations, labels or conflicts."),
    "document": CommandEntry("document", "Describe, rename, remove, flag or note documents."),
    "view": CommandEntry("view", "Save, show or delete views of the documents."),
    "search": CommandEntry("search", "Find words in the documents."),
    "concordance": CommandEntry("concordance", "Show every occurrence of a term, or mark them all."),
    "substitutions": CommandEntry("substitutions", "Show corrections, and where the same text is still unmarked."),
    "edit-text": CommandEntry("edit_text", "Edit the text of a document, with everyone's marks."),
    "suggest": CommandEntry("suggest", "Let programs suggest marks."),
    "patterns": CommandEntry("patterns", "What is always suggested: list, add, remove, import, export."),
    "train": CommandEntry("train", "Train a model on finished documents."),
    "review": CommandEntry("review", "Compare annotators, decide by a rule, release gold."),
    "feedback": CommandEntry("feedback", "Show an annotator how their marks were reviewed."),
    "agreement": CommandEntry("agreement", "Show how well annotators agree."),
    "insights": CommandEntry("insights", "Show progress, agreement, labels and scores as figures."),
    "scheme": CommandEntry("scheme", "Show, check or replace the scheme."),
    "assign": CommandEntry("assign", "Assign documents to annotators."),
    "bundle": CommandEntry("bundle", "Write a file for one annotator to work in."),
    "merge": CommandEntry("merge", "Merge work from bundles or other projects."),
    "hub": CommandEntry("hub", "Work live in a team, by a PostgreSQL server."),
    "check": CommandEntry("check", "Check a project from end to end."),
    "lint": CommandEntry("lint", "List marks that a tokenizer will not reproduce, or mend them."),
    "backup": CommandEntry("backup", "Make a verified copy of a project."),
    "log": CommandEntry("log", "Show what was done to a project, newest first."),
    "formats": CommandEntry("formats", "Show the file formats that can be read and written."),
    "doctor": CommandEntry("doctor", "Show versions and places, and check that all works here."),
}
