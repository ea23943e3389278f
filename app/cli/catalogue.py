"""The commands by name, known without loading any of them."""

from typing import NamedTuple


class Entry(NamedTuple):
    """Where a command lives, as module of this package, and what it does, in a line."""

    module: str
    summary: str


COMMANDS = {
    "new": Entry("new", "Make a project."),
    "import": Entry("import_files", "Bring texts and annotations into a project."),
    "export": Entry("export", "Write a project's documents and annotations to a file."),
    "list": Entry("contents", "Show documents, annotators, annotations, labels or conflicts."),
    "search": Entry("search", "Find words in the documents."),
    "concordance": Entry("concordance", "Show a term wherever it stands, or mark it there."),
    "substitutions": Entry("substitutions", "Show what was corrected to what, and where else it stands."),
    "suggest": Entry("suggest", "Let programs suggest marks."),
    "review": Entry("review", "Compare annotators, decide by a rule, release gold."),
    "feedback": Entry("feedback", "Show an annotator what became of their marks."),
    "agreement": Entry("agreement", "Show how well annotators agree."),
    "insights": Entry("insights", "Show progress, agreement, labels and scores as figures."),
    "scheme": Entry("scheme", "Show, check or replace the scheme."),
    "assign": Entry("assign", "Hand documents out to annotators."),
    "bundle": Entry("bundle", "Write a file for one annotator to work in."),
    "merge": Entry("merge", "Take work back from bundles or other projects."),
    "check": Entry("check", "Check a project from end to end."),
    "backup": Entry("backup", "Make a checked copy of a project."),
    "log": Entry("log", "Show what was done to a project, newest first."),
    "formats": Entry("formats", "Show the file formats that can be read and written."),
}
