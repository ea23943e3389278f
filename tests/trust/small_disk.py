"""A disk of a few megabytes in memory, which can be filled to the last byte, or become read-only; or one that fails."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache, partial
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


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Make a disk read-only, as `mount -o remount,ro` does; not while a file there is open for writing."""
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)


@contextmanager
def read_only_to_others(folder: Path) -> Iterator[None]:
    """Make a disk read-only by its name, also while files are open for writing: those can still be written."""
    subprocess.run(["mount", "--bind", str(folder), str(folder)], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", str(folder)], check=True)
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@cache
def _can_fail() -> bool:
    if not _can_be_made() or shutil.which("mkfs.ext4") is None:
        return False
    with TemporaryDirectory() as name:
        folder = Path(name, "disk")
        folder.mkdir()
        with suppress(subprocess.CalledProcessError), failing_disk(folder):
            return True
    return False


@contextmanager
def failing_disk(folder: Path) -> Iterator[Callable[[], None]]:
    """Put a disk with a journal in the place of an empty folder; what is given has it fail, as a worn-out one does.

    Then Linux lets nobody write to it any more, whatever is open, until it is taken away.
    """
    image = folder.with_name(f"{folder.name}.img")
    image.write_bytes(bytes(8 * 1024 * 1024))
    subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=True, capture_output=True)
    loop = ["mount", "-o", "loop,errors=remount-ro", str(image), str(folder)]
    subprocess.run(loop, check=True, capture_output=True)
    try:
        yield partial(subprocess.run, ["mount", "-o", "remount,abort", str(folder)], check=True)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
        image.unlink()


needs_failing_disk = pytest.mark.skipif(not _can_fail(), reason="only an administrator of Linux can make a disk fail")


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
