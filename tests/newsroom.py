"""The texts of the sample under the scheme for news errors, with an annotator's first marks: a small, settled project.

The sample itself shows newcomers all that can be said, and grows with it.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec

from app import paths
from app.core import annotation_edits
from app.core.annotation import Annotation, Stance, Status
from app.core.document import Document, sha256
from app.core.edits import AddAnnotation, ReplaceAnnotation, apply
from app.core.ids import new_uid
from app.core.record import DocumentRecord, SetRecord
from app.core.scheme import SEVERITY, Scheme
from app.core.state import DocumentState
from app.services.importing.document_import import import_documents
from app.session.session import Session
from tests.conftest import scheme_source


class Remarks(NamedTuple):
    """A mark in words: what is marked, as what, and what is said of it; `proof` are words of the reference. With
    `behind` the mark is the place behind its words.
    """

    words: str
    label: str
    severity: str | None = None
    correction: str | None = None
    proof: str | None = None
    layer: str = "error"
    comment: str = ""
    stance: Stance | None = None
    behind: bool = False
    attributes: dict[str, object] = {}


_NAMES = {"": "After the call", "-2": "Grain corridor", "-3": "Budget vote"}
_AGREED = (
    "The two men agreed that, for 30 days, neither side should attack the other’s power plants or electricity grid."
)
_STRUCK = "for 30 days, neither side was to strike the other’s power plants or electricity grid"
_DATE = "neither a date nor an agenda has been set"
_NONE_FOUND = {"evidence_status": "SEARCHED_NONE_FOUND"}
BEGUN = (
    Remarks("Donald Trump", "PERSON", layer="entity"),
    Remarks("Vladimir Putin", "PERSON", layer="entity"),
    Remarks("Russian", "NORP", layer="entity"),
    Remarks("Ukraine", "GPE", layer="entity"),
    Remarks(
        *(_AGREED, "CHECKWORTHY_FACTUAL"),
        proof=_STRUCK,
        layer="claim",
        stance=Stance.SUPPORTS,
        attributes={"checkworthy": "YES_NOT_URGENT", "verdict": "SUPPORTED"},
    ),
    Remarks("157", "QUANTITY", "major", "175", "175 prisoners"),
    Remarks("Further talks are planned", "OMISSION", "major", f", but {_DATE}", _DATE, behind=True),
    Remarks("Puttin", "NAME_FORM", "minor", "Putin", "Putin"),
    Remarks("North Korean", "NORP", layer="entity"),
    Remarks("president of the European Commission", "TITLE_ROLE", layer="entity"),
    Remarks("European Commission", "ORG", layer="entity"),
    Remarks(
        "Several diplomats called this the most important speech of the year.",
        *("UNSUPPORTED", "major", ""),
        comment="The report quotes no diplomat.",
        attributes=_NONE_FOUND,
    ),
    Remarks("bestow upon the talks the name of", "AWKWARD", "minor", "call the talks"),
)
"""What has been marked in the first text: each kind of mark that the scheme for news errors has, all rules kept."""


def newsroom(path: Path, annotator: str = "somebody") -> Session:
    """Make the project, in which the annotator has begun with the first text, and open it."""

    def fill(made: Session) -> None:
        import_documents(made, _records(made.scheme, annotator), title="Create sample")

    return Session.create(path, scheme=scheme_source("news-errors"), annotator=annotator, fill=fill)


def mark_of(document: Document, reference: Document | None, said: Remarks, scheme: Scheme) -> Annotation:
    """Return the annotation that says it, with a uid of its own; `reference` has its proof."""
    start = document.text.index(said.words) + (len(said.words) if said.behind else 0)
    span = [(start, start if said.behind else start + len(said.words))]
    state = DocumentState.of(document, annotator="nobody")
    found = annotation_edits.annotate(state, span, layer=said.layer, label=said.label, scheme=scheme).annotation
    severity = {SEVERITY: said.severity} if said.severity else {}
    found = msgspec.structs.replace(found, attributes={**found.attributes, **severity, **said.attributes})
    if said.proof:
        assert reference is not None
        at = reference.text.index(said.proof)
        where = [(at, at + len(said.proof))]
        edit = annotation_edits.link_evidence(found, reference, where, scheme=scheme, stance=said.stance)
        assert isinstance(edit, ReplaceAnnotation)
        found = edit.annotation
    return msgspec.structs.replace(found, uid=new_uid(), correction=said.correction, comment=said.comment)


def _records(scheme: Scheme, annotator: str) -> Iterable[DocumentRecord]:
    texts = [_document(f"{name}, spun", f"spun{at}.txt") for at, name in _NAMES.items()]
    references = [_document(f"{name}, report", f"reference{at}.txt") for at, name in _NAMES.items()]
    state = DocumentState.of(texts[0], annotator=annotator)
    for said in BEGUN:
        state = apply(state, AddAnnotation(mark_of(texts[0], references[0], said, scheme))).state
    begun = SetRecord(annotator, "person", Status.OPEN, scheme.tag, 0.0, tuple(state.in_order()), ())
    for at, (text, reference) in enumerate(zip(texts, references, strict=True)):
        yield DocumentRecord(text, (reference.uid,), () if at else (begun,))
    yield from map(DocumentRecord, references)


def _document(name: str, file: str) -> Document:
    text = (paths.resources() / "sample" / file).read_text(encoding="utf-8")
    return Document(uid=new_uid(), name=name, text=text, sha256=sha256(text))
