"""Merging across edits of texts: work on an earlier text is brought to the present one, a newer text is taken over."""

from collections.abc import Callable

from app.core.document import Document
from app.core.record import DocumentRecord
from app.core.text_change import TextChange
from app.core.text_difference import Hunk
from app.core.validation import quote_holds
from app.core.wording import counted, shorten
from app.services.team.work_source import WorkSource
from app.services.texts.text_edit import take_over
from app.services.texts.text_lineage import BrokenLineage, TextStep, brought_here, divergence, steps_from, steps_to
from app.session.session import Session
from app.session.transaction import Transaction

Note = Callable[[str, str, str], None]
"""Reports a finding: its kind, what it is, and an example."""


_BOTH = (
    "documents whose text was edited here and there; the text here stays, marks from there are moved with their words; "
    "edited there"
)
_MOST_SHOWN, _LONGEST_SHOWN = 3, 40
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

        Where a text was edited on both sides since a common one, ours stays: work on theirs is brought to it, and the
        report says what was edited there. Any other text is left to be refused. Raises ProjectError.
        """
        versions = self._session.executor.texts.versions
        for uid in dict.fromkeys((*versions.edited(), *self._source.edited_texts())):
            theirs = self._source.text_of(uid)
            if theirs is None or self._session.executor.documents.place_of(uid) is None:
                continue
            ours = self._session.reader.document(uid)
            if ours.text == theirs or self._session.reader.is_changed(uid):
                continue
            if not (self._find_way(ours, theirs) or self._take_over(ours, theirs)):
                self._find_common(ours, theirs)

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

    def _find_common(self, ours: Document, theirs: str) -> None:
        versions = self._session.executor.texts.versions.of_document(ours.uid, with_text=True)
        found = divergence(ours, versions, theirs, self._source.earlier_texts(ours.uid))
        if found is None:
            return
        self._steps[ours.uid] = [found.step]
        self._note("both-edited", _BOTH, f"{ours.name}: {_edits(found.edits)}")

    def _take_over(self, ours: Document, theirs: str) -> bool:
        """Take over a text that is a later one of ours, edit by edit; return whether it is one."""
        steps = steps_to(ours, theirs, self._source.earlier_texts(ours.uid))
        if steps is None or self._session.executor.documents.key_of(ours.uid) is None:
            return False
        lost = take_over(self._session, self._step, steps)
        what = "documents whose text was edited there; it is taken over, marks here moved with their words"
        self._note("new-text", what, ours.name)
        if lost:
            self._note("lost", _LOST, f"{ours.name}: {counted(lost, 'mark')}")
        self.taken += 1
        return True

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


def _edits(change: TextChange) -> str:
    """Return what was edited, in whole words, so that it can be edited here too."""
    shown = [" → ".join(f"“{shorten(text, _LONGEST_SHOWN)}”" for text in _words(change, hunk)) for hunk in change.hunks]
    more = len(shown) - _MOST_SHOWN
    return ", ".join(shown[:_MOST_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _words(change: TextChange, hunk: Hunk) -> tuple[str, str]:
    """Return the words before and after that an edit is in: what stands around it is the same in both texts."""
    before = after = 0
    while hunk.start > before and change.old[hunk.start - before - 1].isalnum():
        before += 1
    while hunk.end + after < len(change.old) and change.old[hunk.end + after].isalnum():
        after += 1
    start = max(0, hunk.new_start - before)
    return change.old[hunk.start - before : hunk.end + after], change.new[start : hunk.new_end + after]
