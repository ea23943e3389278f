"""Checks before SQLite opens a file: whether it is a project, of a known version, and intact.

The first two read the file's header (https://www.sqlite.org/fileformat2.html, section 1.3), since merely opening a
database can change files beside it.
"""

import os
import sqlite3
import struct
from contextlib import closing
from pathlib import Path

from app.core.errors import ProjectDamaged, ProjectError
from app.storage.access import connect, left_unclean, uri
from app.storage.errors import storage_fault
from app.storage.version import APPLICATION_ID, SCHEMA_VERSION

_MAGIC = b"SQLite format 3\x00"
# Bytes. A check reads the whole file, which isn't noticeable up to this size; `stet check` checks larger files.
CHECKED_AT_OPEN = 64 * 1024 * 1024
_SYNC_FOLDERS = ("dropbox", "onedrive", "google drive", "googledrive", "mega", "pcloud", "box sync", "mobile documents")


def require_project(path: Path) -> bytes:
    """Return the header of a project file. Raises ProjectError if it isn't a project of a version known here.

    Must not be called while this process has the file open: closing a plain file handle drops SQLite's POSIX locks.
    """
    if not path.exists():
        raise ProjectError("no such project", hint=f"create one with: stet new {path}", path=path)
    if path.is_dir():
        raise ProjectError("this is a folder, not a project", hint="name a .stet file", path=path)
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except OSError as error:
        raise ProjectError(f"can't be read: {error.strerror}", hint="check its permissions", path=path) from error
    if not header:
        raise ProjectDamaged("the file is empty", path=path)
    if header[:16] != _MAGIC:
        raise ProjectError("this isn't a Stet project", hint="open a .stet file; import text files", path=path)
    if len(header) < 100:
        raise ProjectDamaged("the file is truncated", path=path)
    version = file_version(header)
    if struct.unpack(">I", header[68:72])[0] != APPLICATION_ID:
        what = "this is another program's database, not a Stet project"
        raise ProjectError(what, hint="open a .stet file", path=path)
    if version > SCHEMA_VERSION:
        raise ProjectError(
            f"this project was created by a newer Stet (file version {version}; this one supports {SCHEMA_VERSION})",
            hint="update Stet; the file was left unchanged",
            path=path,
        )
    return header


def file_version(header: bytes) -> int:
    """Return the schema version in a header: SQLite's `user_version`."""
    return struct.unpack(">I", header[60:64])[0]


def require_whole(path: Path, header: bytes) -> None:
    """Raise ProjectError if the file is truncated or damaged. Must not be called while this process has it open."""
    size = path.stat().st_size
    page_size = struct.unpack(">H", header[16:18])[0]
    page_size = 65536 if page_size == 1 else page_size
    pages = struct.unpack(">I", header[28:32])[0]
    counters_agree = header[24:28] == header[92:96]
    unclean = left_unclean(path)
    if page_size < 512 or (counters_agree and not unclean and size < pages * page_size):
        raise ProjectDamaged("the file is truncated", path=path)
    if size <= CHECKED_AT_OPEN or unclean:
        check = "integrity_check" if unclean else "quick_check"
        # A file that was closed cleanly is opened as immutable, which creates no files beside it.
        mode = None if unclean else "mode=ro&immutable=1"
        found = run_check(path, check=check, mode=mode)
        if found:
            raise ProjectDamaged("the file is damaged", path=path, details=found)


def run_check(path: Path, *, check: str, mode: str | None = None) -> list[str]:
    """Run `quick_check` or `integrity_check`; return what is wrong, an empty list if the file is intact.

    Raises StorageFault if the file can't be read for another reason than damage.
    """
    try:
        with closing(sqlite3.connect(uri(path, mode), uri=True) if mode is not None else connect(path)) as connection:
            connection.execute("PRAGMA cell_size_check=ON")
            rows = [str(row[0]) for row in connection.execute(f"PRAGMA {check}(5)")]
    except sqlite3.DatabaseError as error:
        fault = storage_fault(error, path)
        if fault is not None and not fault.is_damage:
            raise fault from error
        return [str(error)]
    return [] if rows == ["ok"] else rows


def broken_links(path: Path) -> list[str]:
    """Return the tables that have rows with dangling foreign keys. Raises StorageFault if the file can't be read."""
    try:
        with closing(connect(path)) as connection:
            return sorted({str(row[0]) for row in connection.execute("PRAGMA foreign_key_check")})
    except sqlite3.Error as error:
        fault = storage_fault(error, path)
        if fault is None:
            raise
        raise fault from error


def risky_place(path: Path) -> str | None:
    """Return why a file's folder is a risky location for an open project, None if it isn't.

    Sync clients copy the file and its log at different times; network file systems break SQLite's locks.
    """
    text = str(path.absolute())
    if os.name == "nt" and text.startswith("\\\\"):
        return "it is on a network share, where locks can fail"
    for part in path.absolute().parts:
        if any(part.lower().startswith(name) for name in _SYNC_FOLDERS):
            return f"“{part}” is synchronised, and syncing a live project can damage it"
    return None
