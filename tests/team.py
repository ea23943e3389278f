"""Several annotators at work on one project, for the tests of review."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec

from app.core import annotation_edits
from app.core.annotation import Annotation, Status
from app.core.edits import AddAnnotation, Batch, Edit, SetStatus
from app.core.ids import new_uid
from app.core.scheme import SEVERITY
from app.jobs.tasks.sample import create_sample
from app.session.actions import SetEdit
from app.session.session import Session


class Remarks(NamedTuple):
    """A mark in words: what is marked, as what, and what is said of it; `proof` are words of the reference."""

    words: str
    label: str
    severity: str | None = None
    correction: str | None = None
    proof: str | None = None
    layer: str = "error"
    comment: str = ""


SENATOR = Remarks("senator", "ROLE_ATTRIBUTE", "major", "President", "US President")
TERM = Remarks("restricted slave trade", "TORTURED_TERM", "critical", "prisoner exchange", "prisoner exchange")
DAYS = Remarks("two days", "TIME", "major", "two hours", "about two hours")
NAME = Remarks("Puttin", "NAME_FORM", "minor", "Putin", "Vladimir Putin")
PLACE = Remarks("Far East", "PLACE_CIRCUMSTANCE", "major", "Middle East", "Middle East")
TRUMP = Remarks("Donald Trump", "PERSON", layer="entity")

ANA = (SENATOR, TERM, DAYS, NAME, TRUMP)
BEN = (
    SENATOR._replace(words="US senator", correction="US President"),
    TERM._replace(severity="major", correction="limited prisoner exchange"),
    DAYS._replace(words="days", correction="hours", proof="two hours"),
    NAME,
    PLACE,
    TRUMP,
)
CARA = (
    SENATOR,
    Remarks("slave trade", "PREDICATE", "major", "exchange"),
    DAYS,
    NAME,
    TRUMP,
)
"""What three people say of the sample. Conflicts: “senator”, “slave trade”, “days”, “Far East”; agreed: two more."""


def annotation_of(session: Session, document: str, said: Remarks) -> Annotation:
    """Return the annotation that says it."""
    text = session.reader.document(document)
    state = session.executor.load(document, "nobody")
    start = text.text.index(said.words)
    span = [(start, start + len(said.words))]
    edit = annotation_edits.annotate(state, span, layer=said.layer, label=said.label, scheme=session.scheme)
    found = edit.annotation
    if said.severity:
        found = msgspec.structs.replace(found, attributes={**found.attributes, SEVERITY: said.severity})
    if said.proof:
        reference = session.reader.document(session.reader.documents.references(document)[0])
        at = reference.text.index(said.proof)
        edit = annotation_edits.link_evidence(found, reference, [(at, at + len(said.proof))], scheme=session.scheme)
        found = edit.annotation
    return msgspec.structs.replace(found, uid=new_uid(), correction=said.correction, comment=said.comment)


def work(
    session: Session, name: str, document: str, marks: Iterable[Remarks], *, done: bool = True
) -> list[Annotation]:
    """Have someone mark a document and call it done."""
    made = [annotation_of(session, document, said) for said in marks]
    edits: list[Edit] = [AddAnnotation(annotation) for annotation in made]
    if done:
        edits.append(SetStatus(Status.DONE if made else Status.DONE_EMPTY))
    present, session.annotator = session.annotator, name
    session.perform(SetEdit(document, name, Batch(tuple(edits))), title=f"Work of {name}")
    session.annotator = present
    return made


def spun(session: Session) -> str:
    """Return the uid of the first document that has a reference."""
    rows = session.reader.documents.rows(session.reader.documents.keys(), annotator=None)
    return next(row.uid for row in rows if row.references)


def team_project(path: Path) -> str:
    """Make a project of the sample's documents in which Ana, Ben and Cara have finished one; return its uid."""
    session = create_sample(path, annotator="somebody")
    document = spun(session)
    for name, marks in (("ana", ANA), ("ben", BEN), ("cara", CARA)):
        work(session, name, document, marks)
    session.close()
    return document
