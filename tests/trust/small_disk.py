"""A disk of a few megabytes in memory, which can be filled to the last byte."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest


@cache
def _can_be_made() -> bool:
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        return False
    with TemporaryDirectory() as folder:
        made = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", folder], capture_output=True, check=False)
        if made.returncode == 0:
            subprocess.run(["umount", "-l", folder], check=True)
    return made.returncode == 0


needs_small_disk = pytest.mark.skipif(not _can_be_made(), reason="only an administrator of Linux can make a small disk")


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator["Filler"]:
    """Put a disk of so many bytes in the place of an empty folder, and take it away again."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], check=True)
    try:
        yield Filler(folder)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


class Filler:
    """A file that leaves so much room on a disk as one likes."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "filler"

    def leave(self, room: int) -> None:
        """Leave so many bytes free, or as few as there are."""
        self.clear()
        found = os.statvfs(self._file.parent)
        self._file.write_bytes(bytes(max(0, found.f_bavail * found.f_frsize - room)))

    def clear(self) -> None:
        """Leave all the room there is."""
        self._file.unlink(missing_ok=True)
