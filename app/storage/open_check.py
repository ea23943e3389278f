"""The full check of a project that is open for writing: before its first write, whatever its size."""

import threading
from collections.abc import Callable
from pathlib import Path

from app.core.errors import ProjectDamaged
from app.core.progress import current_token
from app.storage import preflight
from app.storage.soundness import changed_rows, changed_texts

_HEEDING_S = 0.05
_MOST_NAMED = 3


def _nothing() -> None:
    """Stand in for whoever is told of a wait."""


class OpenCheck:
    """A check that is made once, by whoever asks for it first, in any thread; the others wait for its end.

    Opening has looked at the pages at most, and not at all at those of a large file. Here the indexes are compared with
    their tables too, and foreign keys are followed.
    """

    def __init__(self, path: Path, *, is_done: bool) -> None:
        self._path = path
        self._is_done = is_done
        self._is_content_right = False
        self._found: list[str] = []
        self._running = threading.Lock()
        self.on_wait: Callable[[], None] = _nothing
        """Called several times a second by a thread without a cancel token that waits for the check of another one."""

    @property
    def is_due(self) -> bool:
        """Whether nobody has made the check yet."""
        return not self._is_done

    def require(self) -> None:
        """Raise ProjectDamaged if the file is damaged. Raises Cancelled and StorageFault; then it isn't checked yet."""
        if not self._is_done:
            self._once(self._run)
        if self._found:
            raise ProjectDamaged("the file is damaged", path=self._path, details=self._found)

    def require_content(self, *, again: bool) -> None:
        """Raise ProjectDamaged if the hash of a text or a sum over rows doesn't match; if not `again`, what was right
        once since the file was opened isn't looked at.

        Nothing that is written waits for this: such a text can't be edited, and all else is as it was. Raises Cancelled
        and StorageFault.
        """
        if self._is_content_right and not again:
            return
        self._is_content_right = False
        changed = changed_texts(self._path)
        if changed:
            named = ", ".join(f"“{name}”" for name in changed[:_MOST_NAMED])
            more = f" and {len(changed) - _MOST_NAMED} more" if len(changed) > _MOST_NAMED else ""
            verb = "differs" if len(changed) == 1 else "differ"
            what = f"the text of {named}{more} {verb} from what was imported"
            raise ProjectDamaged(what, path=self._path, details=changed)
        rows = changed_rows(self._path)
        if rows:
            raise ProjectDamaged(rows[0], path=self._path, details=rows)
        self._is_content_right = True

    def _once(self, run: Callable[[], None]) -> None:
        # The one who waits can be stopped as well as the one who checks.
        while not self._running.acquire(timeout=_HEEDING_S):
            token = current_token()
            if token is not None:
                token.raise_if_cancelled()
            else:
                self.on_wait()
        try:
            if not self._is_done:
                run()
        finally:
            self._running.release()

    def _run(self) -> None:
        found = preflight.run_check(self._path, check="integrity_check")
        if not found:
            tables = preflight.broken_links(self._path)
            found = [f"rows of the table {table} refer to rows that don't exist" for table in tables]
        self._found = found
        self._is_done = True
