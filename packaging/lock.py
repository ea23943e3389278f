"""A lock between runs of the same script: held on a file, and let go of by the system even after a kill."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def held(path: Path, *, on_wait: Callable[[], object]) -> Iterator[IO[bytes]]:
    """Hold the lock file at `path`; when another run has it, call `on_wait` once and wait.

    A child that inherits the file's descriptor holds the lock with us, and on after us.
    """
    with open(path, "a+b") as file:
        if not _try_lock(file):
            on_wait()
            _wait_for_lock(file)
        yield file


if os.name == "nt":
    import msvcrt

    def _try_lock(file: IO[bytes]) -> bool:
        return _lock_first_byte(file, msvcrt.LK_NBLCK)

    def _wait_for_lock(file: IO[bytes]) -> None:
        # One call gives up after ten seconds; an install takes longer.
        while not _lock_first_byte(file, msvcrt.LK_LOCK):
            pass

    def _lock_first_byte(file: IO[bytes], mode: int) -> bool:
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), mode, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _wait_for_lock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX)
