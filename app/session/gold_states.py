"""The gold of the documents that are being reviewed, so that a decision needn't read all of it again."""

import threading

from app.core.state import DocumentState
from app.storage.project import Project

_KEPT = 4  # documents
_Mark = tuple[int, int]


class GoldStates:
    """Gold states by document (uid), each with a mark of the file's content: it holds as long as nothing was written.

    A state is taken over from an action only if nothing but that action and its log row was written in its step.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._known: dict[str, tuple[_Mark, DocumentState]] = {}
        self._noted: dict[str, DocumentState] = {}
        self._began: _Mark | None = None  # before the step that is being written
        self._turn = threading.Lock()  # a job may read gold while the window does

    def _mark(self) -> _Mark:
        """Return a number that every write of this connection changes, and one that those of others do."""
        connection = self._project.connection
        return connection.total_changes, connection.execute("PRAGMA data_version").fetchone()[0]

    def get(self, document: str) -> DocumentState | None:
        """Return the gold of a document (uid), None if it must be read."""
        known = self._known.get(document)
        return known[1] if known is not None and known[0] == self._mark() else None

    def keep(self, state: DocumentState) -> None:
        """Keep what was read. What is read inside a transaction may be rolled back, and isn't kept."""
        if not self._project.connection.in_transaction:
            self._put(state)

    def begin(self) -> None:
        """A step is about to be written."""
        self._began, self._noted = self._mark(), {}

    def note(self, state: DocumentState) -> None:
        """Note what an action makes of a document's gold, until its step is committed."""
        self._noted[state.document.uid] = state

    def settle(self, *, is_kept: bool) -> None:
        """The step has been committed: keep what was noted, and what was known of other documents; or neither."""
        if is_kept:
            with self._turn:
                held = [state for mark, state in self._known.values() if mark == self._began]
            for state in ({state.document.uid: state for state in held} | self._noted).values():
                self._put(state)
        self._began, self._noted = None, {}

    def forget(self) -> None:
        """Forget everything."""
        self._known.clear()
        self._began, self._noted = None, {}

    def _put(self, state: DocumentState) -> None:
        mark = self._mark()
        with self._turn:
            self._known.pop(state.document.uid, None)
            self._known[state.document.uid] = (mark, state)
            if len(self._known) > _KEPT:
                del self._known[next(iter(self._known))]
