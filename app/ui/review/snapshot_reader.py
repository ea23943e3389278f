"""Reads in the background what the first decision on a long document will keep, while the reviewer looks at it."""

from functools import partial

from PySide6.QtCore import QObject

from app.jobs.runner import JobOutcome, JobRunner
from app.jobs.tasks.review_sheets import snapshots_to_keep
from app.session.session import Session
from app.ui.review.book import BookChange, ReviewBook

MANY_GROUPS = 1_000
"""A document with fewer is read by the decision itself, in a frame."""


class SnapshotReader(QObject):
    """Has the snapshots of the document ready that is looked at, if it is long and nothing is decided in it."""

    def __init__(self, session: Session, book: ReviewBook, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._book = book
        self._runner = JobRunner(self)
        self._document = ""  # that is looked at
        self._asked = ""  # that was last read
        book.changed.connect(self._on_changed)
        book.ticked.connect(self._read)
        book.loaded.connect(self._read)

    @property
    def is_busy(self) -> bool:
        """Whether something is being read."""
        return self._runner.is_busy

    def look_at(self, document: str) -> None:
        """Read what is needed for a document (uid; "" for none)."""
        self._document = document
        self._read()

    def _on_changed(self, change: BookChange) -> None:
        if change.decisions is None and self._asked in change.documents:
            self._asked = ""  # other marks: it is read once more when its groups are

    def _read(self) -> None:
        document = self._document
        sheet = self._book.sheets.get(document)
        if document == self._asked or sheet is None or not sheet.is_whole or sheet.decisions:
            return
        if len(sheet.groups) > MANY_GROUPS and self._session.is_writable:
            self._asked = document
            self._book.reviewing.have_ready(None)
            self._runner.replace("review", partial(snapshots_to_keep, self._session.path, document), self._on_read)

    def _on_read(self, outcome: JobOutcome) -> None:
        # An error is told by the decision, which then reads everything itself.
        self._book.reviewing.have_ready(outcome.value)

    def close(self) -> None:
        """Stop reading."""
        self._runner.shut_down()
