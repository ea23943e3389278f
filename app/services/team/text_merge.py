"""Merging across edits of texts: work on an earlier text is brought to the present one, a newer text is taken over."""

from collections.abc import Callable

from app.core.document import Document
from app.core.record import DocumentRecord
from app.core.validation import quote_holds
from app.core.wording import counted
from app.services.team.work_source import WorkSource
from app.services.texts.text_edit import take_over
from app.services.texts.text_lineage import BrokenLineage, TextStep, brought_here, steps_from, steps_to
from app.session.session import Session
from app.session.transaction import Transaction

Note = Callable[[str, str, str], None]
"""Reports a finding: its kind, what it is, and an example."""


_LOST = "documents with marks whose words are gone, to be decided about"


class TextMerge:
    """The texts of one source beside those of the project. Used inside a transaction.

    `taken` is the number of documents whose newer text was taken over.
    """

    def __init__(self, session: Session, source: WorkSource, step: Transaction, note: Note) -> None:
        self._session = session
        self._source = source
        self._step = step
        self._note = note
        self._steps: dict[str, list[TextStep]] = {}  # by document: from the source's text to ours
        self.taken = 0

    def compare(self) -> None:
        """Compare the texts of all documents that were edited here or there, and take over those that are newer there.

        A text that is neither an earlier nor a later one of ours is left to be refused. Raises ProjectError.
        """
        versions = self._session.executor.texts.versions
        for uid in dict.fromkeys((*versions.edited(), *self._source.edited_texts())):
            theirs = self._source.text_of(uid)
            if theirs is None or self._session.executor.documents.place_of(uid) is None:
                continue
            ours = self._session.reader.document(uid)
            if ours.text == theirs or self._session.reader.is_changed(uid):
                continue
            if not self._find_way(ours, theirs):
                self._take_over(ours, theirs)

    def _find_way(self, ours: Document, theirs: str) -> bool:
        try:
            steps = steps_from(ours, self._session.executor.texts.versions.of_document(ours.uid), theirs)
        except BrokenLineage:
            steps = None  # as if it were unknown; stet check names it
        if steps is None:
            return False
        self._steps[ours.uid] = steps
        self._note("text", "documents whose text was edited here since, marks moved with their words", ours.name)
        return True

    def _take_over(self, ours: Document, theirs: str) -> None:
        """Take over a text that is a later one of ours, edit by edit."""
        steps = steps_to(ours, theirs, self._source.earlier_texts(ours.uid))
        if steps is None or self._session.executor.documents.key_of(ours.uid) is None:
            return  # refused, as any other text is
        lost = take_over(self._session, self._step, steps)
        what = "documents whose text was edited there; it is taken over, marks here moved with their words"
        self._note("new-text", what, ours.name)
        if lost:
            self._note("lost", _LOST, f"{ours.name}: {counted(lost, 'mark')}")
        self.taken += 1

    def brought_here(self, record: DocumentRecord) -> DocumentRecord:
        """Return a record of the source with everything where its words are in our texts."""
        if not self._steps:
            return record
        cited = (piece.document for item in record.sets for a in item.annotations for piece in a.evidence)
        suggested = (piece.document for item in record.suggestions for piece in item.suggestion.evidence)
        for uid in dict.fromkeys((record.document.uid, *cited, *suggested)):
            record = brought_here(record, self._steps.get(uid, ()), self._session.scheme)
        if record.document.uid in self._steps:
            marks = [annotation for item in record.sets for annotation in item.annotations]
            lost = sum(not quote_holds(annotation, record.document.text) for annotation in marks)
            if lost:
                self._note("lost", _LOST, f"{record.document.name}: {counted(lost, 'mark')}")
        return record
