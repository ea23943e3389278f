"""Reads the sheets of a project between events, in slices that no one notices."""

import gc
import time
from collections.abc import Callable, Collection, Iterator
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.errors import StetError
from app.jobs.runner import JobOutcome, JobRunner
from app.jobs.tasks.review_sheets import open_for_review
from app.services.review.sheet_sweep import SweptSheet, sheet_sweeps
from app.session.session import Session

_SLICE = 0.004  # seconds of reading before events are processed again


class _Request:
    """What is to be read: two requests for the same are two, since something has changed between them."""

    def __init__(self, path: Path, documents: Collection[str]) -> None:
        self.path = path
        self.documents = documents


class BookReader(QObject):
    """Reads all documents under review, or some: the file is opened in the background, and read in slices."""

    grew = Signal(object)  # SweptSheet: a step of it was read
    ticked = Signal()  # a slice has been read
    ended = Signal()
    failed = Signal(object)  # StetError

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.slice = _SLICE
        self._runner = JobRunner(self)
        self._next: _Request | None = None  # to be read once the file is open
        self._is_closed = False
        self._has_frozen = False
        self._collects = False  # whether the garbage collector is to go on after reading
        self._steps: Iterator[SweptSheet | None] | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._read_on)

    @property
    def is_busy(self) -> bool:
        """Whether something is being read."""
        return self._next is not None or self._steps is not None

    def start(self, path: Path, documents: Collection[str] = ()) -> None:
        """Read a project, or only these documents (uids) of it; whatever was being read is left."""
        self._leave()
        self._next = _Request(path, documents)
        if not self._runner.is_busy:
            self._open(self._next)

    def _open(self, request: _Request) -> None:
        self._runner.submit("review", partial(open_for_review, request.path), partial(self._on_opened, request))

    def _on_opened(self, asked: _Request, outcome: JobOutcome) -> None:
        session = outcome.value
        if self._is_closed or asked is not self._next:  # something has changed since it was opened
            if isinstance(session, Session):
                session.close()
            if not self._is_closed and self._next is not None:
                self._open(self._next)
        elif outcome.error is not None:
            self._next = None
            self.failed.emit(outcome.error)
        elif isinstance(session, Session):
            self._next = None
            self._steps = sheet_sweeps(session, asked.documents)
            self._collects = gc.isenabled()
            gc.collect()  # what is garbage by now would be frozen with what is read, and never go
            gc.disable()  # what is read is kept: to go through all of it again and again would take longer than a frame
            self._timer.start()

    def _read_on(self) -> None:
        steps, until = self._steps, time.perf_counter() + self.slice
        try:
            while steps is not None and steps is self._steps:
                found = next(steps, _END)
                if found is _END:
                    self._leave()
                    self.ended.emit()
                    return
                if isinstance(found, SweptSheet):
                    self.grew.emit(found)
                if time.perf_counter() >= until:
                    break
        except StetError as error:
            self._leave()
            self.failed.emit(error)
            return
        self.ticked.emit()

    def _leave(self) -> None:
        self._timer.stop()
        if self._collects:
            self._collects = False
            self._has_frozen = True
            gc.freeze()
            gc.enable()
        steps, self._steps = self._steps, None
        close: Callable[[], None] | None = getattr(steps, "close", None)
        if close is not None:
            close()

    def close(self) -> None:
        """Stop reading."""
        self._is_closed = True
        self._runner.wait()  # what has been opened meanwhile is closed
        self._leave()
        if self._has_frozen:
            gc.unfreeze()  # what was kept goes


_END = object()
