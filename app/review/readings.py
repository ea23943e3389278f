"""The input of every comparison: one document as each annotator annotated it."""

from collections.abc import Mapping
from typing import NamedTuple

from app.core.annotation import Annotation, Relation
from app.core.wording import counted


class Reading(NamedTuple):
    """One annotator's annotations in a document they finished; may be empty."""

    annotations: tuple[Annotation, ...]
    relations: tuple[Relation, ...] = ()


class Readings(NamedTuple):
    """A document, by uid, of `length` code points, with its readings by annotator's name.

    Contains only finished sets: in an open one, the absence of an annotation means nothing. `name`, `text` and `sha256`
    (of the text) are the document's, where they matter; `frozen` says that a set in `by` is a snapshot from when review
    began.
    """

    document: str
    length: int
    by: Mapping[str, Reading]
    name: str = ""
    sha256: str = ""
    frozen: bool = False
    text: str = ""


def frozen_note(documents: int) -> str:
    """Return a note that this many documents are compared as they were when their review began."""
    as_then = "as it was when its review began" if documents == 1 else "as they were when review of them began"
    return f"{counted(documents, 'document')} {as_then}"
