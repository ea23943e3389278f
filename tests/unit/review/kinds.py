"""A scheme with relations, a layer about the document, and fields of every kind; groups by it, each made in a line."""

from typing import Any

from app.core.annotation import Annotation, Fragment, Relation
from app.core.scheme_file import parse_scheme
from app.review.groups import Group, group
from app.review.readings import Reading, Readings
from tests.unit.review.build import mark

KINDS_SOURCE = """
name = "kinds"
version = 1
title = "Relations, documents and kinds of field"

[[layer]]
id = "claim"
counts = ["label", "evidence"]
evidence = true

[[layer.label]]
id = "FACT"
anchor = true

[[layer.label]]
id = "NAME"

[[layer.attribute]]
id = "topics"
kind = "many"

[[layer.attribute.value]]
id = "health"

[[layer.attribute.value]]
id = "money"

[[layer.attribute.value]]
id = "war"

[[layer.attribute]]
id = "trust"
kind = "scale"

[[layer.attribute.value]]
id = "low"

[[layer.attribute.value]]
id = "middle"

[[layer.attribute.value]]
id = "high"

[[layer.attribute]]
id = "share"
kind = "number"
least = 0
most = 100
unit = "%"

[[layer.attribute]]
id = "day"
kind = "date"

[[layer.attribute]]
id = "who"
kind = "entity"
list = "people"

[[layer]]
id = "article"
kind = "document"
counts = ["label"]

[[layer.label]]
id = "SPUN"

[[layer.label]]
id = "SOUND"

[[layer.attribute]]
id = "adequacy"
kind = "scale"
least = 0
most = 100

[[relation]]
id = "because"

[[relation.attribute]]
id = "sure"
kind = "flag"

[[relation.attribute]]
id = "hint"
kind = "text"
counts = false

[[relation]]
id = "like"
directed = false

[[relation]]
id = "same"
chain = true

[[relation.attribute]]
id = "how"

[[relation.attribute.value]]
id = "plain"

[[relation.attribute.value]]
id = "bridge"

[[relation]]
id = "aside"
counts = false

[[list]]
id = "people"

[[list.entry]]
id = "Q1"
title = "Ann"
"""
KINDS = parse_scheme(KINDS_SOURCE)


def about(uid: str, label: str = "SPUN", **fields: Any) -> Annotation:
    """Return an annotation about the whole document."""
    return Annotation(
        uid=uid, layer="article", label=label, fragments=(Fragment(0, 0),), quote="", attributes=dict(fields)
    )


def claim(uid: str, *ranges: tuple[int, int], **fields: Any) -> Annotation:
    """Return a claim; three characters at the number of its uid times ten without a range."""
    at = 10 * int("".join(filter(str.isdigit, uid)))
    return mark(uid, *(ranges or ((at, at + 3),)), layer="claim", **{"label": "FACT", **fields})


def link(source: str, target: str, label: str = "because", *, comment: str = "", **fields: Any) -> Relation:
    """Return a relation."""
    uid = f"{source}-{target}-{label}"
    return Relation(uid=uid, source=source, target=target, label=label, attributes=fields, comment=comment)


def read(ties: dict[str, list[Relation]] | None = None, **by: list[Annotation]) -> Readings:
    """Return the readings of a document by annotator."""
    ties = ties or {}
    return Readings("d", 400, {name: Reading(tuple(marks), tuple(ties.get(name, ()))) for name, marks in by.items()})


def grouped(ties: dict[str, list[Relation]] | None = None, **by: list[Annotation]) -> tuple[Group, ...]:
    """Return the groups of a document."""
    return group(read(ties, **by), KINDS)
