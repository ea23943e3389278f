"""The input of every comparison: one document as each annotator annotated it."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from app.core.annotation import Annotation, Relation
from app.core.scheme import Scheme
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


def rolled_up(readings: Readings, scheme: Scheme, level: int) -> Readings:
    """Return readings with each label replaced by the one above it at a level of its tree, counted from 1 at the top;
    labels above that level stay.
    """
    trees = {layer.id: layer for layer in scheme.layers if layer.is_tree}
    if not trees:
        return readings
    by: dict[str, Reading] = {}
    for name, reading in readings.by.items():
        annotations = tuple(
            msgspec.structs.replace(mark, label=trees[mark.layer].at_level(mark.label, level))
            if mark.layer in trees
            else mark
            for mark in reading.annotations
        )
        by[name] = reading._replace(annotations=annotations)
    return readings._replace(by=by)


def frozen_note(documents: int) -> str:
    """Return a note that this many documents are compared as they were when their review began."""
    as_then = "as it was when its review began" if documents == 1 else "as they were when review of them began"
    return f"{counted(documents, 'document')} {as_then}"
