"""ZIP files that tools export a project as. They come from strangers: names, sizes and contents are checked."""

import io
import re
import tempfile
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import BinaryIO, NamedTuple, cast

from app.core.errors import FormatError
from app.exchange.format import LARGEST
from app.exchange.source import Source, read_failed

SIGNATURE = b"PK\x03\x04"
MOST_MEMBERS = 200_000
MOST_BYTES = 16 * LARGEST
"""The most that is unpacked of one archive in all, in bytes."""
_UNPACK = "unpack it, and import the files"
_CHUNK = 1024 * 1024
# What zipfile raises for archives that are damaged, encrypted or packed in a way that it doesn't know; OSError is for
# offsets that can't be.
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, LookupError, OSError)
_LEAVES = re.compile(r"(^|[/\\])\.\.([/\\]|$)|^[/\\]|^[A-Za-z]:|\x00")


class MemberSize(NamedTuple):
    """How many bytes a file in an archive is said to have, and how many it takes there. No more is ever unpacked."""

    name: str
    unpacked: int
    packed: int


class Archive:
    """A ZIP file, or the bytes of one inside of another. Folders and what macOS adds are passed over.

    Whatever sizes the archive claims, no more is unpacked than is allowed. It is closed at the end of a `with` block.
    """

    def __init__(self, data: Path | bytes, *, with_hidden: bool = False, hint: str = _UNPACK) -> None:
        """Raise FormatError for what can't be read or isn't a ZIP file, has too many members, or names that lead out
        of it. `with_hidden`: files whose name begins with a dot are taken too. `hint` says what to do about a bad one.
        """
        self._hint = hint
        self._path = data if isinstance(data, Path) else None
        try:
            self._file = zipfile.ZipFile(data if isinstance(data, Path) else io.BytesIO(data))
        except OSError as error:
            raise read_failed(self._path or Path("archive.zip"), error) from error
        except _DAMAGE as error:
            raise self._damaged("the ZIP file", error) from error
        every = self._file.infolist()
        self._members = {each.filename: each for each in every if _is_wanted(each, with_hidden)}
        self._unpacked = 0
        # What is passed over is looked at too: an archive with such a name was made to do harm.
        outside = next(filter(_LEAVES.search, (each.filename for each in every)), None)
        if outside is not None or len(self._members) > MOST_MEMBERS:
            self._file.close()
            what = f"the ZIP file has more than {MOST_MEMBERS:,} files"
            if outside is not None:
                what = f"“{outside[:80]}” in the ZIP file leads out of it"
            raise FormatError(what, hint=self._hint, path=self._path)

    @property
    def names(self) -> list[str]:
        """The names of the files in it, sorted."""
        return sorted(self._members)

    def sizes(self) -> Iterator[MemberSize]:
        """Yield the sizes of all files in it, also of those that are passed over."""
        return (MemberSize(each.filename, each.file_size, each.compress_size) for each in self._file.infolist())

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def __enter__(self) -> "Archive":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def head(self, name: str, size: int) -> bytes:
        """Return the first bytes of a file in it. Raises FormatError if it is damaged."""
        with self._open(name) as member:
            return self._read(member, name, size)

    def bytes_of(self, name: str) -> bytes:
        """Return the contents of a file in it. Raises FormatError if it is damaged, locked or too large."""
        with self._open(name) as member:
            data = self._read(member, name, LARGEST + 1)
        if len(data) > LARGEST:
            raise self._too_large(name, LARGEST)
        return data

    def unpack(self, name: str, to: Path) -> Source:
        """Write a file of it to a path; return it as a source under its own name. Raises FormatError."""
        with self._open(name) as member, to.open("wb") as out:
            while chunk := self._read(member, name, _CHUNK):
                out.write(chunk)
        return Source(to, name)

    def _open(self, name: str) -> BinaryIO:
        try:
            return cast(BinaryIO, self._file.open(self._members[name]))
        except _DAMAGE as error:
            raise self._damaged(f"“{name[:80]}” in the ZIP file", error) from error

    def _read(self, member: BinaryIO, name: str, size: int) -> bytes:
        try:
            data = member.read(size)
        except _DAMAGE as error:
            raise self._damaged(f"“{name[:80]}” in the ZIP file", error) from error
        self._unpacked += len(data)
        if self._unpacked > MOST_BYTES:
            raise self._too_large(name, MOST_BYTES)
        return data

    def _too_large(self, name: str, limit: int) -> FormatError:
        what = f"“{name[:80]}” in the ZIP file unpacks to more than {limit // 1024**2:,} MiB"
        return FormatError(what, hint=self._hint, path=self._path)

    def _damaged(self, what: str, error: Exception) -> FormatError:
        is_locked = "password" in str(error) or "encrypted" in str(error)
        said = f"{what} needs a password" if is_locked else f"{what} is damaged"
        return FormatError(said, hint=self._hint, path=self._path)


@contextmanager
def unpacked(path: Path, *suffixes: str) -> Generator[Iterator[Source]]:
    """Unpack the files of a ZIP file with one of the suffixes, one at a time, each replacing the one before.

    Raises FormatError for a ZIP file that is damaged.
    """
    with Archive(path) as archive, tempfile.TemporaryDirectory() as folder:
        names = [name for name in archive.names if PurePosixPath(name).suffix.lower() in suffixes]
        yield (archive.unpack(name, Path(folder, "member")) for name in names)


def _is_wanted(member: zipfile.ZipInfo, with_hidden: bool) -> bool:
    if not member.filename:  # damaged; zipfile itself would stumble over it
        return False
    parts = PurePosixPath(member.filename).parts
    passed_over = ("__MACOSX",) if with_hidden else (".", "__MACOSX")
    return not member.is_dir() and not any(part.startswith(passed_over) and part != ".." for part in parts)
