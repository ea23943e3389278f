"""The documents that were read last, for the threads that read them: the window's, and those of jobs."""

import threading
from collections.abc import Callable, Iterable

from app.core.document import Document

_KEPT = 8


class DocumentCache:
    """Keeps some documents by uid. What was read before a change of a text isn't kept after it."""

    def __init__(self) -> None:
        self._kept: dict[str, Document] = {}
        self._changes = 0
        self._changed: set[str] = set()  # uids, in the step that is being written
        self._turn = threading.Lock()

    def get(self, uid: str, read: Callable[[str], Document]) -> Document:
        """Return a document, read if it isn't kept. Raises whatever `read` raises."""
        with self._turn:
            found, changes = self._kept.pop(uid, None), self._changes
            if found is not None:
                self._kept[uid] = found
                return found
        # Not while others wait: reading may wait for a thread that is at the connection and asks for a document here.
        found = read(uid)
        with self._turn:
            if changes == self._changes:
                self._kept[uid] = found
                if len(self._kept) > _KEPT:
                    del self._kept[next(iter(self._kept))]
        return found

    def begin(self) -> None:
        """A step is about to be written."""
        self._changed.clear()

    def drop(self, uid: str) -> None:
        """Forget a document that was changed."""
        self._changed.add(uid)
        self._forget([uid])

    def take_back(self) -> None:
        """Forget the documents that the step has changed, and that were read again since: it was rolled back."""
        self._forget(self._changed)

    def _forget(self, uids: Iterable[str]) -> None:
        with self._turn:
            self._changes += 1
            for uid in uids:
                self._kept.pop(uid, None)

    def clear(self) -> None:
        """Forget all documents."""
        with self._turn:
            self._changes += 1
            self._kept.clear()
