"""The input of every comparison: one document as each annotator read it."""

from collections.abc import Mapping
from typing import NamedTuple

from app.core.annotation import Annotation, Relation


class Reading(NamedTuple):
    """What one annotator marked in a document they finished; nothing marked is a reading too."""

    annotations: tuple[Annotation, ...]
    relations: tuple[Relation, ...] = ()


class Readings(NamedTuple):
    """A document, by uid, of `length` code points, and the readings of it by annotator's name.

    Only finished sets belong in here: one that is still open says nothing about what isn't marked.
    """

    document: str
    length: int
    by: Mapping[str, Reading]
