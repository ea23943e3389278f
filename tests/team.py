"""Several annotators at work on one project, for the tests of review."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from app.core.annotation import Annotation, Status
from app.core.edits import AddAnnotation, Batch, Edit, SetStatus
from app.session.actions import SetEdit
from app.session.session import Session
from tests.newsroom import Remarks, mark_of, newsroom

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
"""What three people say of a text. Conflicts: “senator”, “slave trade”, “days”, “Far East”; agreed: two more."""


def annotation_of(session: Session, document: str, said: Remarks) -> Annotation:
    """Return the annotation that says it."""
    reader = session.reader
    references = [reader.document(uid) for uid in reader.documents.references(document)] if said.proof else [None]
    return mark_of(reader.document(document), references[0], said, session.scheme)


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
    """Make a newsroom in which Ana, Ben and Cara have finished a document; return its uid. It is made once, and copied:
    all are the same project.
    """
    content, document = _finished()
    path.write_bytes(content)
    return document


@cache
def _finished() -> tuple[bytes, str]:
    with TemporaryDirectory() as folder:
        path = Path(folder, "team.stet")
        session = newsroom(path)
        document = spun(session)
        for name, marks in (("ana", ANA), ("ben", BEN), ("cara", CARA)):
            work(session, name, document, marks)
        session.close()
        return path.read_bytes(), document
