"""Whose work a file has, and on which document, by its name; INCEpTION puts them into DOCUMENT/ANNOTATOR."""

from app.core.decision import GOLD
from app.core.errors import FormatError
from app.core.record import SetRecord
from app.exchange.option import FormatOption, OptionKind, OptionValue

CURATOR = "CURATION_USER"
"""The annotator to whom INCEpTION gives the curated result."""
INITIAL = "INITIAL_CAS"
"""Names the file of a document as it was before anybody worked on it."""
CURATION = "curation"
"""Whose that work is here."""
FILES, FOLDERS = "files", "folders"
PEOPLE = FormatOption(
    "people",
    "Annotators",
    OptionKind.CHOICE,
    "none",
    ("none", FILES, FOLDERS),
    "Whether files are named after annotators, in a folder for each document (files), or annotators have folders.",
)


def whose(name: str, people: OptionValue | None) -> tuple[str | None, str]:
    """Return the annotator, None if the name doesn't say, and the document's name. `name` is that of a file without its
    suffix, with `/` between folders. Raises FormatError for a file that isn't in a folder where it should be.
    """
    if people not in (FILES, FOLDERS):
        return None, name
    folder, slash, person = name.rpartition("/")
    document = folder
    if people == FOLDERS:
        person, slash, document = name.partition("/")
    if not slash:
        hint = "leave out the option “people”, or put the files into folders"
        raise FormatError(f"“{name}” isn't in a folder", hint=hint)
    return person_of(person), document


def person_of(name: str) -> str | None:
    """Return an annotator of INCEpTION's as they are called here; None for the document without anybody's work."""
    return {CURATOR: CURATION, INITIAL: None}.get(name, name)


def file_of(item: SetRecord | None) -> str:
    """Return what a file with somebody's work is named after; without work, the document as it was before any."""
    if item is None:
        return INITIAL
    return CURATOR if item.kind == GOLD else item.annotator
