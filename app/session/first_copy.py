"""The copy that is made before the first write of a sitting, while the person is still reading."""

import threading
from collections.abc import Callable

from app.core.errors import StetError


class FirstCopy:
    """Makes a copy in a thread of its own; `on_end` is called there, with the error if it failed."""

    def __init__(self, make: Callable[[], object], on_end: Callable[[StetError | None], None]) -> None:
        self._make = make
        self._on_end = on_end
        self._thread = threading.Thread(target=self._run, name="stet-first-copy", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        error: StetError | None = None
        try:
            self._make()
        except StetError as fault:
            error = fault
        self._on_end(error)

    def wait(self) -> None:
        """Wait for its end."""
        self._thread.join()
