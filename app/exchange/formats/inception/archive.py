"""The ZIP archive of a project, and those inside of it: nothing is unpacked to disk, and what is read has limits."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path

from app.core.errors import FormatError
from app.exchange.format import LARGEST
from app.exchange.source import read_failed

MOST_MEMBERS = 200_000
MOST_BYTES = 8 * 1024**3
"""The most that is unpacked of one archive in all, in bytes."""
_BREAKS = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError, LookupError)
_LEAVES = re.compile(r"(^|[/\\])\.\.([/\\]|$)|^[/\\]|^[A-Za-z]:|\x00")


class ProjectArchive:
    """The members of a ZIP archive by name. Those whose names lead out of it aren't there."""

    def __init__(self, data: Path | bytes) -> None:
        """Raise FormatError for what isn't a ZIP archive, or is too large."""
        try:
            self._zip = zipfile.ZipFile(data if isinstance(data, Path) else io.BytesIO(data))
            infos = self._zip.infolist()
        except OSError as error:
            raise read_failed(data if isinstance(data, Path) else Path("archive.zip"), error) from error
        except _BREAKS as error:
            raise FormatError(f"this isn't a ZIP archive: {error}", hint="export it again") from error
        if len(infos) > MOST_MEMBERS:
            raise FormatError(f"the archive has more than {MOST_MEMBERS:,} files", hint="split it")
        self._members = {
            each.filename: each for each in infos if not each.is_dir() and not _LEAVES.search(each.filename)
        }
        self._read = 0

    @property
    def names(self) -> Iterable[str]:
        """The names of its members, in its order."""
        return self._members

    def close(self) -> None:
        """Close the file."""
        self._zip.close()

    def bytes_of(self, name: str) -> bytes:
        """Return the contents of a member. Raises FormatError for a damaged, a locked or too large one."""
        try:
            with self._zip.open(self._members[name]) as file:
                data = file.read(LARGEST + 1)  # whatever size the archive says it has
        except OSError as error:
            raise FormatError(f"{name} can't be read: {error.strerror or error}", hint="export it again") from error
        except _BREAKS as error:
            raise FormatError(f"{name} can't be unpacked: {error}", hint="export it again") from error
        self._read += len(data)
        if len(data) > LARGEST or self._read > MOST_BYTES:
            limit = f"{LARGEST // 1024**2} MiB" if len(data) > LARGEST else f"{MOST_BYTES // 1024**3} GiB in all"
            raise FormatError(f"{name} unpacks to more than {limit}", hint="split the project")
        return data
