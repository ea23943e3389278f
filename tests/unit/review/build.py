"""Readings and groups for tests, each made in a line."""

from typing import Any

from app.core.annotation import Annotation, Evidence, Fragment, Relation, Stance
from app.core.scheme_file import parse_scheme
from app.review.groups import Group, group
from app.review.readings import Reading, Readings

SCHEME_SOURCE = """
name = "review"
version = 1
title = "A scheme with a field of every kind"

[[severity]]
id = "minor"
weight = 1

[[severity]]
id = "major"
weight = 5

[[layer]]
id = "error"
severity = true
correction = true
evidence = true
counts = ["label", "severity", "correction", "evidence"]

[[layer.label]]
id = "TERM"

[[layer.label]]
id = "NAME"

[[layer.attribute]]
id = "cause"
title = "Cause"
kind = "text"
default = "UNKNOWN"

[[layer.attribute]]
id = "certain"
title = "Certain"
kind = "flag"

[[layer.attribute]]
id = "who"
title = "Who"
kind = "text"
labels = ["NAME"]

[[layer.attribute]]
id = "hint"
title = "Hint"
kind = "text"
counts = false

[[layer]]
id = "remark"
counts = ["label", "comment"]

[[layer.label]]
id = "NOTE"

[[layer]]
id = "loose"
counts = []

[[layer.label]]
id = "ONE"

[[layer.label]]
id = "TWO"
"""
SCHEME = parse_scheme(SCHEME_SOURCE)
TEXT = "0123456789" * 40


def mark(uid: str, *ranges: tuple[int, int], label: str = "TERM", **fields: Any) -> Annotation:
    """Return a mark of the layer `error`; keywords that are no fields of annotations become attributes."""
    fragments = tuple(Fragment(start, end) for start, end in ranges)
    quote = " … ".join(TEXT[part.start : part.end] for part in fragments)
    known = {key: fields.pop(key) for key in ("layer", "correction", "comment", "evidence") if key in fields}
    given = {"layer": "error", "label": label, "fragments": fragments, "quote": quote, "attributes": fields}
    return Annotation(uid=uid, **{**given, **known})


def proof(start: int, end: int, *, document: str = "ref", stance: Stance = Stance.REFUTES) -> Evidence:
    """Return evidence with a uid that says nothing."""
    uid = f"e-{document}-{start}-{end}-{stance}"
    return Evidence(uid=uid, document=document, fragments=(Fragment(start, end),), quote="", stance=stance)


def tie(source: str, target: str, label: str = "because") -> Relation:
    """Return a relation."""
    return Relation(uid=f"{source}-{target}-{label}", source=source, target=target, label=label)


def readings(*, ties: dict[str, list[Relation]] | None = None, **by: list[Annotation]) -> Readings:
    """Return the readings of a document by annotator."""
    ties = ties or {}
    return Readings("d", 400, {name: Reading(tuple(marks), tuple(ties.get(name, ()))) for name, marks in by.items()})


def groups(*, ties: dict[str, list[Relation]] | None = None, **by: list[Annotation]) -> tuple[Group, ...]:
    """Return the groups of a document."""
    return group(readings(ties=ties, **by), SCHEME)


def one(*, ties: dict[str, list[Relation]] | None = None, **by: list[Annotation]) -> Group:
    """Return the only group of a document."""
    (found,) = groups(ties=ties, **by)
    return found


def members(found: tuple[Group, ...]) -> set[tuple[str, ...]]:
    """Return the uids that go together."""
    return {item.sources for item in found}
