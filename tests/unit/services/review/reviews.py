"""A project in which several people have finished a document, and a reviewer."""

from collections.abc import Iterable

from app.core.annotation import Annotation, Fragment, Relation, Status
from app.core.decision import GOLD, Decision
from app.core.edits import AddAnnotation, AddRelation, Batch, ReplaceAnnotation, SetStatus
from app.core.state import DocumentState
from app.review.groups import Group
from app.services.review.reviewer import Reviewer, Sheet
from app.session.actions import SetEdit
from app.session.session import Session


class Bench:
    """Does what people do in a project, each in a line; the reviewer is rina."""

    def __init__(self, session: Session) -> None:
        self.session = session
        assert session.state is not None
        self.document = session.state.document.uid
        self.text = session.state.document.text
        session.become("rina")
        self.reviewing = Reviewer(session)

    def mark(
        self, uid: str, start: int, end: int, *, label: str = "PERSON", layer: str = "entity", **fields
    ) -> Annotation:
        """Return a mark."""
        fragments = (Fragment(start, end),)
        return Annotation(uid=uid, layer=layer, label=label, fragments=fragments, quote=self.text[start:end], **fields)

    def place(self, words: str) -> tuple[int, int]:
        """Return where words stand for the first time in the text as it was at first."""
        start = self.text.index(words)
        return start, start + len(words)

    def finish(
        self, who: str, *marks: Annotation, ties: Iterable[tuple[str, str, str]] = (), document: str | None = None
    ) -> None:
        """Have someone mark a document and call it done."""
        adds = [AddAnnotation(item) for item in marks]
        relations = [
            AddRelation(Relation(uid=f"{source}{label}{target}", source=source, target=target, label=label))
            for source, label, target in ties
        ]
        status = SetStatus(Status.DONE if marks else Status.DONE_EMPTY)
        self.work(who, *adds, *relations, status, document=document)

    def work(self, who: str, *edits, document: str | None = None) -> None:
        """Have someone do something in a document."""
        self.session.become(who)
        self.session.perform(SetEdit(document or self.document, who, Batch(tuple(edits))), title="Work")
        self.session.become("rina")

    def reopen(self, who: str) -> None:
        """Have someone reopen the document."""
        self.work(who, SetStatus(Status.OPEN))

    def change(self, who: str, mark: Annotation) -> None:
        """Have someone change a mark in the finished document."""
        self.work(who, ReplaceAnnotation(mark))

    @property
    def sheet(self) -> Sheet:
        """The sheet of the document."""
        return self.reviewing.sheet(self.document)

    def group(self, uid: str) -> Group:
        """Return the group that a mark is in."""
        return next(found for found in self.sheet.groups if uid in found.sources)

    @property
    def gold(self) -> DocumentState:
        """Gold of the document."""
        return self.session.executor.load(self.document, GOLD)

    def quotes(self) -> list[str]:
        """Return what is marked in gold."""
        return [annotation.quote for annotation in self.gold.in_order()]

    def decisions(self) -> list[Decision]:
        """Return the standing decisions on the document, oldest first."""
        return self.session.executor.review.decisions.of_document(self.document)

    def acts(self) -> list[tuple[str, str]]:
        """Return act and outcome of all rows of decisions."""
        with self.session.project.snapshot():
            return self.session.project.reader.execute("SELECT act, outcome FROM decision ORDER BY sequence").fetchall()

    def rows(self) -> int:
        """Return how many rows the log has."""
        return self.session.log.next_sequence()

    def content(self) -> tuple[object, ...]:
        """Return all that undo must bring back."""
        gold = self.gold
        return (dict(gold.annotations), dict(gold.relations), gold.status, self.decisions(), self.reviewing.releases())
