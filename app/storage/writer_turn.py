"""Whose turn it is to write to an open project: its threads share one connection, and so one transaction."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.core.errors import ProjectError
from app.core.progress import current_token

_HEEDING_S = 0.05
_MOMENT_S = 0.2  # what nobody can cancel, such as the thread of the window, waits no longer


class WriterBusy(ProjectError):
    """Another thread of this process is writing to the project; nothing of the refused write was begun."""


class WriterTurn:
    """Held by the thread that writes, from before it looks at what it changes until that is committed.

    Without it, what the window writes while a job does would be part of the job's transaction: taken back with it when
    the job is cancelled, though everyone was told that it is saved, or taking rows of the job back with itself.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()

    @property
    def is_taken(self) -> bool:
        """Whether another thread writes at this moment."""
        if not self._lock.acquire(blocking=False):
            return True
        self._lock.release()
        return False

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Have the turn inside the block, which may be within another one of the thread.

        A job waits for it until it is cancelled, others for a moment. Raises Cancelled and WriterBusy.
        """
        self._take()
        try:
            yield
        finally:
            self._lock.release()

    def _take(self) -> None:
        token = current_token()
        if token is None:
            if not self._lock.acquire(timeout=_MOMENT_S):
                hint = "try again when it is done, or cancel it"
                raise WriterBusy("a job is writing to the project", hint=hint, path=self._path)
            return
        while not self._lock.acquire(timeout=_HEEDING_S):
            token.raise_if_cancelled()
