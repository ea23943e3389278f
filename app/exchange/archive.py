"""ZIP files that tools export a project as. They come from strangers: names, sizes and contents are checked."""

import tempfile
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from app.core.errors import FormatError
from app.exchange.format import LARGEST
from app.exchange.inner_path import inner_path
from app.exchange.source import Source, read_failed

SIGNATURE = b"PK\x03\x04"
_MOST = 100_000  # members
_LARGEST_WHOLE = 8 * LARGEST
_CHUNK = 1024 * 1024
# What zipfile raises for archives that are damaged, encrypted or packed in a way that it doesn't know.
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError)


class Archive:
    """A ZIP file that is open. Folders and what macOS adds are passed over."""

    def __init__(self, file: zipfile.ZipFile, path: Path) -> None:
        """Raise FormatError for one with too many members, or with names that lead out of it."""
        self._file = file
        self._path = path
        self._members = {each.filename: each for each in file.infolist() if _is_wanted(each)}
        if len(self._members) > _MOST:
            raise FormatError(f"the ZIP file has more than {_MOST:,} files", hint="unpack it", path=path)
        for name in self._members:
            inner_path(name)

    @property
    def names(self) -> list[str]:
        """The names of the files in it, in order."""
        return sorted(self._members)

    def head(self, name: str, size: int) -> bytes:
        """Return the first bytes of a file in it. Raises FormatError if it is damaged."""
        with self._open(name) as member:
            return self._read(member, size)

    def unpack(self, name: str, to: Path) -> Source:
        """Write a file of it to a path; return it as a source under its own name. Raises FormatError."""
        written = 0
        with self._open(name) as member, to.open("wb") as out:
            while chunk := self._read(member, _CHUNK):
                written += len(chunk)
                if written > _LARGEST_WHOLE:
                    raise FormatError(f"“{name}” in the ZIP file is too large", hint="unpack it", path=self._path)
                out.write(chunk)
        return Source(to, name)

    def _open(self, name: str) -> BinaryIO:
        try:
            return cast(BinaryIO, self._file.open(self._members[name]))
        except _BROKEN as error:
            raise _damaged(self._path, error) from error

    def _read(self, member: BinaryIO, size: int) -> bytes:
        try:
            return member.read(size)
        except _BROKEN as error:
            raise _damaged(self._path, error) from error


@contextmanager
def opened_archive(path: Path) -> Generator[Archive]:
    """Open a ZIP file. Raises FormatError if it can't be read or isn't one."""
    try:
        file = zipfile.ZipFile(path)
    except OSError as error:
        raise read_failed(path, error) from error
    except _BROKEN as error:
        raise _damaged(path, error) from error
    with file:
        yield Archive(file, path)


@contextmanager
def unpacked(path: Path, *suffixes: str) -> Generator[Iterator[Source]]:
    """Unpack the files of a ZIP file with one of the suffixes, one at a time, each replacing the one before.

    Raises FormatError for a ZIP file that is damaged.
    """
    with opened_archive(path) as archive, tempfile.TemporaryDirectory() as folder:
        names = [name for name in archive.names if PurePosixPath(name).suffix.lower() in suffixes]
        yield (archive.unpack(name, Path(folder, "member")) for name in names)


def _is_wanted(member: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(member.filename).parts
    return not member.is_dir() and not any(part.startswith((".", "__MACOSX")) and part != ".." for part in parts)


def _damaged(path: Path, error: Exception) -> FormatError:
    is_locked = "password" in str(error) or "encrypted" in str(error)
    what = "the ZIP file needs a password" if is_locked else "the ZIP file is damaged"
    return FormatError(what, hint="unpack it, and import the files", path=path)
