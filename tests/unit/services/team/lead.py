"""A lead's project, and annotators who work in their bundles."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from app.core import annotation_edits
from app.core.annotation import Annotation, Status
from app.core.document import Document
from app.core.edits import ReplaceAnnotation
from app.jobs.tasks.bundle import write_bundle
from app.jobs.tasks.merge import MergeReport, merge_files
from app.session.actions import Assign
from app.session.session import Session
from tests.conftest import add_documents, scheme_source
from tests.unit.build import evidence
from tests.unit.exchange.build import written

TEXTS = {
    "spun.txt": "Donald Trump, the US senator, spoke with Vladimir Puttin. 😀 Kyiv agreed.\r\n",
    "other.txt": "The slave trade of 175 people was signed in Ankara.",
    "third.txt": "Nothing to see here, said an aide.",
    "report.txt": "U.S. President Donald Trump and Vladimir Putin spoke for about two hours.",
}


@contextmanager
def opened(path: Path, who: str | None = None) -> Iterator[Session]:
    """Give an open project for the time of a block."""
    session = Session.open(path, annotator=who)
    try:
        yield session
    finally:
        session.close()


def make(path: Path, *, more: int = 0) -> Path:
    """Make the lead's project: `report.txt` is the reference of the first two texts, and `more` texts follow."""
    session = Session.create(path, scheme=scheme_source("ner"))
    generated = {f"gen-{n:04}.txt": f"Text {n} of Kyiv and Ankara 😀 by the aide {n}." for n in range(more)}
    uids = dict(zip([*TEXTS, *generated], add_documents(session, {**TEXTS, **generated}), strict=True))
    with session.project.atomic():
        session.reader.documents.link(uids["spun.txt"], uids["report.txt"])
        session.reader.documents.link(uids["other.txt"], uids["report.txt"])
    session.close()
    return path


def uid_of(session: Session, name: str) -> str:
    """Return the uid of a document."""
    (uid,) = session.reader.documents.find(name)
    return uid


def open_text(session: Session, name: str) -> None:
    """Open a document by name."""
    session.open_document(uid_of(session, name))


def mark(session: Session, name: str, words: str, **fields: str) -> Annotation:
    """Mark the first place of these words in a document, by the session's annotator."""
    open_text(session, name)
    start = session.state.document.text.index(words)
    edit = annotation_edits.annotate(
        session.state, [(start, start + len(words))], layer="entity", label="GPE", scheme=session.scheme
    )
    session.apply(edit, title="Mark")
    return comment(session, edit.annotation, fields["comment"]) if fields else edit.annotation


def comment(session: Session, annotation: Annotation, text: str) -> Annotation:
    """Change the comment of a mark in the open document."""
    edit = annotation_edits.change_comment(annotation, text)
    session.apply(edit, title="Comment")
    return edit.annotation


def prove(session: Session, annotation: Annotation, reference: Document, where: tuple[int, int]) -> None:
    """Give a mark of the open document a piece of evidence."""
    proofs = (evidence(reference, where),)
    session.apply(ReplaceAnnotation(msgspec.structs.replace(annotation, evidence=proofs)), title="Link")


def unmark(session: Session, name: str, words: str) -> None:
    """Delete the mark on these words."""
    open_text(session, name)
    found = [a for a in session.state.in_order() if a.quote == words]
    session.apply(annotation_edits.remove(session.state, found, scheme=session.scheme), title="Delete")


def finish(session: Session, name: str) -> None:
    """Call a document done."""
    open_text(session, name)
    session.set_status(Status.DONE)


def bundled(project: Path, out: Path, who: str) -> Path:
    """Write somebody's bundle."""
    with opened(project) as session:
        write_bundle(session, out, annotator=who)
    return out


def merged(project: Path, *files: Path, who: str | None = "lead") -> MergeReport:
    """Take files back."""
    with opened(project, who) as session:
        return merge_files(session, files)


def assigned(project: Path, who: str, names: Iterable[str]) -> None:
    """Assign documents by name."""
    with opened(project, "lead") as session:
        session.perform(Assign(begin=tuple((uid_of(session, name), who) for name in names)), title="Assign")


def quotes(project: Path, who: str) -> dict[str, list[str]]:
    """Return what somebody marked, by document."""
    found: dict[str, list[str]] = {}
    session = Session.open(project, write=False)
    try:
        for record in session.reader.records(with_text=False):
            for item in record.sets:
                if item.annotator == who and item.annotations:
                    found[record.document.name] = [a.quote for a in item.annotations]
    finally:
        session.close()
    return found


def content(project: Path) -> bytes:
    """Return everything in a project that travels."""
    session = Session.open(project, write=False)
    try:
        return written(session.reader.records())
    finally:
        session.close()


def statuses(project: Path, who: str) -> dict[str, str]:
    """Return how far somebody is, by document, with the seconds they spent."""
    session = Session.open(project, write=False)
    try:
        return {
            record.document.name: item.status.value
            for record in session.reader.records(with_text=False)
            for item in record.sets
            if item.annotator == who
        }
    finally:
        session.close()


def seconds(project: Path, who: str) -> float:
    """Return the time that somebody spent in all."""
    session = Session.open(project, write=False)
    try:
        return sum(item.seconds for r in session.reader.records() for item in r.sets if item.annotator == who)
    finally:
        session.close()


def log_length(project: Path) -> int:
    """Return the number of actions in a project's log."""
    session = Session.open(project, write=False)
    try:
        return session.log.next_sequence() - 1
    finally:
        session.close()
