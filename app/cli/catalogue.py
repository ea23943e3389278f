"""The commands by name, known without loading any of them."""

from typing import NamedTuple


class CommandEntry(NamedTuple):
    """Where a command lives, as module of this package, and what it does, in a line."""

    module: str
    summary: str


COMMANDS = {
    "new": CommandEntry("new", "Make a project."),
    "import": CommandEntry("import_files", "Bring texts and annotations into a project."),
    "export": CommandEntry("export", "Write a project's documents and annotations to a file."),
    "list": CommandEntry("contents", "Show documents, annotators, annotations, labels or conflicts."),
    "search": CommandEntry("search", "Find words in the documents."),
    "concordance": CommandEntry("concordance", "Show a term wherever it stands, or mark it there."),
    "substitutions": CommandEntry("substitutions", "Show what was corrected to what, and where else it stands."),
    "suggest": CommandEntry("suggest", "Let programs suggest marks."),
    "review": CommandEntry("review", "Compare annotators, decide by a rule, release gold."),
    "feedback": CommandEntry("feedback", "Show an annotator what became of their marks."),
    "agreement": CommandEntry("agreement", "Show how well annotators agree."),
    "insights": CommandEntry("insights", "Show progress, agreement, labels and scores as figures."),
    "scheme": CommandEntry("scheme", "Show, check or replace the scheme."),
    "assign": CommandEntry("assign", "Hand documents out to annotators."),
    "bundle": CommandEntry("bundle", "Write a file for one annotator to work in."),
    "merge": CommandEntry("merge", "Take work back from bundles or other projects."),
    "check": CommandEntry("check", "Check a project from end to end."),
    "backup": CommandEntry("backup", "Make a checked copy of a project."),
    "log": CommandEntry("log", "Show what was done to a project, newest first."),
    "formats": CommandEntry("formats", "Show the file formats that can be read and written."),
}
