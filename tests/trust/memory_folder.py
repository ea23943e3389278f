"""Folders in memory: who is killed loses nothing that was written to a file, so campaigns needn't wait for a disk."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_MEMORY = Path("/dev/shm")


@contextmanager
def memory_folder(otherwise: Path) -> Iterator[Path]:
    """Give a new folder in memory, removed afterwards; a given one where the system has none in memory."""
    if not os.access(_MEMORY, os.W_OK):
        yield otherwise
        return
    folder = Path(tempfile.mkdtemp(prefix="stet-trust-", dir=_MEMORY))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
