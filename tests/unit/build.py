"""Values for tests, each made in a line."""

from collections.abc import Iterable
from typing import Any

from app.core.annotation import Annotation, Evidence, Fragment, Relation, Stance, Status, quote_of
from app.core.document import Document, sha256
from app.core.ids import new_uid
from app.core.scheme_file import parse_scheme
from app.core.state import DocumentState

SCHEME_SOURCE = """
name = "small"
version = 3
title = "A small scheme with every rule in it"

[[severity]]
id = "minor"
weight = 1

[[severity]]
id = "major"
weight = 5

[[layer]]
id = "entity"

[[layer.label]]
id = "PERSON"

[[layer]]
id = "error"
severity = true
correction = true
evidence = true
stance = "refutes"

[[layer.label]]
id = "TERM"
required = ["severity", "correction", "evidence"]
weights = {major = 7.5}

[[layer.label]]
id = "NOTE"
required = ["comment"]

[[layer.label]]
id = "BARE"

[[layer.label]]
id = "SEARCHED"
required = ["evidence_status"]
only = {evidence_status = ["SEARCHED_NONE_FOUND"]}

[[layer.label]]
id = "OMISSION"
anchor = true

[[layer.attribute]]
id = "evidence_status"
title = "State of the evidence"
default = "NOT_SEARCHED"

[[layer.attribute.value]]
id = "LINKED"

[[layer.attribute.value]]
id = "NOT_SEARCHED"

[[layer.attribute.value]]
id = "SEARCHED_NONE_FOUND"

[[layer.attribute.value]]
id = "EXTERNAL"
requires = ["comment"]

[[layer.attribute]]
id = "source"
kind = "text"
labels = ["NOTE"]
required = true

[[layer.attribute]]
id = "certain"
kind = "flag"
labels = ["BARE"]
default = true
"""
SCHEME = parse_scheme(SCHEME_SOURCE)
BARE = {"layer": "error", "label": "BARE"}


def document(text: str, *, uid: str = "document-1", name: str = "text.txt") -> Document:
    """Return a document of this text."""
    return Document(uid=uid, name=name, text=text, sha256=sha256(text))


def annotation(text: str, *ranges: tuple[int, int], **fields: Any) -> Annotation:
    """Return an annotation whose quote is right; label BARE unless said otherwise."""
    fragments = tuple(Fragment(start, end) for start, end in ranges)
    return Annotation(
        **{"uid": new_uid(), **BARE, "fragments": fragments, "quote": quote_of(text, fragments), **fields}
    )


def evidence(reference: Document, *ranges: tuple[int, int], **fields: Any) -> Evidence:
    """Return evidence whose quote is right."""
    fragments = tuple(Fragment(start, end) for start, end in ranges)
    quote = quote_of(reference.text, fragments)
    return Evidence(
        **{
            "uid": new_uid(),
            "document": reference.uid,
            "fragments": fragments,
            "quote": quote,
            "stance": Stance.REFUTES,
            **fields,
        }
    )


def state(
    text: str, *annotations: Annotation, relations: Iterable[Relation] = (), status: Status = Status.OPEN
) -> DocumentState:
    """Return ana's state of a document of this text."""
    return DocumentState.of(
        document(text), annotator="ana", status=status, annotations=annotations, relations=relations
    )


def content(state: DocumentState) -> tuple[object, ...]:
    """Return all that must be equal in two states that say the same."""
    return (
        state.document,
        state.annotator,
        state.status,
        dict(state.annotations),
        dict(state.relations),
        list(state.intervals),
    )
