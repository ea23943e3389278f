"""The full check of an open project's file beside a job that reads it, on a core of its own."""

import threading
from pathlib import Path
from types import TracebackType

from app.core.errors import Cancelled, ProjectDamaged, ProjectError
from app.core.os_faults import describe
from app.core.progress import CancelToken, current_token
from app.storage import preflight
from app.storage.backups import how_to_restore
from app.storage.soundness import changed_rows, changed_texts

_HEEDING_S = 0.05


class FileVerification:
    """A context in which the file is checked in another thread: its pages, its indexes, its foreign keys and the sums
    over its rows; and `with_texts`, the hash of each text.

    An index that doesn't agree with its table is found by this check alone. Whoever hands on what was read in the
    context asks `require` before.
    """

    def __init__(self, path: Path, *, with_texts: bool = False) -> None:
        self._path = path
        self._with_texts = with_texts
        self._token = CancelToken()
        self._found: list[str] = []
        self._fault: ProjectError | None = None
        self._is_done = False
        self._thread = threading.Thread(target=self._run, name="stet-verification", daemon=True)

    def __enter__(self) -> "FileVerification":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._token.cancel()
        self._thread.join()

    def _run(self) -> None:
        self._token.take_charge()
        try:
            self._found = preflight.run_check(self._path, check="integrity_check")
            if not self._found:
                tables = preflight.broken_links(self._path)
                self._found = [f"rows of the table {table} refer to rows that don't exist" for table in tables]
            self._found = self._found or changed_rows(self._path)
            if not self._found and self._with_texts:
                self._found = [f"the text of “{name}” isn't what was imported" for name in changed_texts(self._path)]
            self._is_done = True
        except Cancelled:
            return
        except ProjectError as fault:
            self._fault = fault
        except OSError as error:
            what, hint = describe(error)
            self._fault = ProjectError(f"the file can't be checked: {what}", hint=hint, path=self._path)

    def require(self) -> None:
        """Wait for the result: nothing is handed on that wasn't checked.

        Raises ProjectDamaged, ProjectError if the file can't be read, and Cancelled.
        """
        while self._thread.is_alive():
            self._thread.join(_HEEDING_S)
            token = current_token()
            if token is not None:
                token.raise_if_cancelled()
        if self._fault is None and not self._is_done:  # a bug ended the thread, and was told as one
            self._fault = ProjectError("the file couldn't be checked", hint="run: stet check", path=self._path)
        if self._fault is not None:
            raise self._fault
        if self._found:
            error = ProjectDamaged("the file is damaged, and what was read from it may be wrong", path=self._path)
            error.details = tuple(self._found)
            error.hint = f"run: stet check; {how_to_restore(self._path)}"
            raise error
