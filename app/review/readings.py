"""The input of every comparison: one document as each annotator annotated it."""

from collections.abc import Mapping
from typing import NamedTuple

from app.core.annotation import Annotation, Relation


class Reading(NamedTuple):
    """One annotator's annotations in a document they finished; may be empty."""

    annotations: tuple[Annotation, ...]
    relations: tuple[Relation, ...] = ()


class Readings(NamedTuple):
    """A document, by uid, of `length` code points, with its readings by annotator's name.

    Contains only finished sets: in an open one, the absence of an annotation means nothing.
    """

    document: str
    length: int
    by: Mapping[str, Reading]
