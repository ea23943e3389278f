"""The check of an open project's pages, where the file was too large to be checked while it was opened."""

import threading
from pathlib import Path

from app.core.errors import ProjectDamaged
from app.core.progress import current_token
from app.storage import preflight

_HEEDING_S = 0.05


class PageCheck:
    """A check that is made once, by whoever asks for it first, in any thread; the others wait for its end."""

    def __init__(self, path: Path, *, is_done: bool) -> None:
        self._path = path
        self._is_done = is_done
        self._found: list[str] = []
        self._running = threading.Lock()

    @property
    def is_due(self) -> bool:
        """Whether nobody has made the check yet."""
        return not self._is_done

    def require(self) -> None:
        """Raise ProjectDamaged if the file is damaged. Raises Cancelled and StorageFault; then it isn't checked yet."""
        if not self._is_done:
            self._run()
        if self._found:
            raise ProjectDamaged("the file is damaged", path=self._path, details=self._found)

    def _run(self) -> None:
        # The one who waits can be stopped as well as the one who checks.
        while not self._running.acquire(timeout=_HEEDING_S):
            token = current_token()
            if token is not None:
                token.raise_if_cancelled()
        try:
            if not self._is_done:
                self._found = preflight.run_check(self._path, check="quick_check", mode="mode=ro")
                self._is_done = True
        finally:
            self._running.release()
