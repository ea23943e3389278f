"""Checks before SQLite opens a file: whether it is a project, of a known version, and intact.

The first two read the file's header (https://www.sqlite.org/fileformat2.html, section 1.3), since merely opening a
database can change files beside it.
"""

import os
import re
import sqlite3
import struct
import threading
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

from app.core.errors import ProjectDamaged, ProjectError, StetError
from app.core.os_faults import describe
from app.core.progress import current_token
from app.storage.access import connect, left_unclean
from app.storage.connection_limits import raise_if_stopped
from app.storage.errors import StorageFault, storage_fault
from app.storage.held_file import Hold, in_use
from app.storage.own_schema import ForeignSchema
from app.storage.version import APPLICATION_ID, SCHEMA_VERSION

_MAGIC = b"SQLite format 3\x00"
# Bytes. A check of the pages reads the whole file, which isn't noticeable up to this size. Whatever the size, all is
# checked before the first write (`open_check`).
CHECKED_AT_OPEN = 64 * 1024 * 1024
_LONGEST_PATH = 450  # bytes; SQLite takes 512, and a new project is made in a folder of its own inside
_LONGEST_NAME = 240  # bytes; most file systems take 255, with the names of the lock and of logs
_OF_OURS = b"CREATE TABLE annotation_set"
_HAS_SCHEMA = 256 * 1024  # bytes; the schema is written first
_UTF8 = 1  # the text encoding in the header
_CHECKED_APART = 16 * 1024 * 1024  # bytes; smaller files are checked in less time than a person notices
_HEEDING_S = 0.05
# What the check of SQLite's B-trees says of a page that couldn't be read; the code is that of the reading.
_UNREAD = re.compile(r"unable to get the page\. error code=(?P<code>\d+)|failed to get page \d+")


class NotAProject(ProjectError):
    """A file that isn't a project of Stet's, or not any more."""


def require_reachable(path: Path) -> None:
    """Raise ProjectError if no file can be opened under a path, since it is too long or a folder may not be entered."""
    length, most = len(os.fsencode(path.absolute())), _LONGEST_PATH
    what, hint = "its path", "move it to a folder with a shorter path"
    if len(os.fsencode(path.name)) > _LONGEST_NAME:
        length, most = len(os.fsencode(path.name)), _LONGEST_NAME
        what, hint = "its file name", "give it a shorter name"
    if length > most:
        raise ProjectError(f"{what} is too long ({length} bytes; at most {most})", hint=hint, path=path)
    try:
        path.exists()
    except OSError as error:
        what, hint = describe(error)
        raise ProjectError(f"can't be reached: {what}", hint=hint, path=path) from error


def require_project(path: Path) -> bytes:
    """Return the header of a project file. Raises ProjectError if it isn't a project of a version known here."""
    if not path.exists():
        raise ProjectError("no such project", hint=f"create one with: stet new {path}", path=path)
    if path.is_dir():
        raise ProjectError("this is a folder, not a project", hint="name a .stet file", path=path)
    if not path.is_file():
        raise ProjectError("this isn't a file", hint="name a .stet file", path=path)
    try:
        hold = Hold(path)
        try:
            header = hold.header()
        finally:
            hold.release()
    except OSError as error:
        raise ProjectError(f"can't be read: {error.strerror}", hint="check its permissions", path=path) from error
    if not header:
        raise ProjectDamaged("the file is empty", path=path)
    if header[:16] != _MAGIC:
        raise NotAProject("this isn't a Stet project", hint="open a .stet file; import text files", path=path)
    if len(header) < 100:
        raise ProjectDamaged("the file is truncated", path=path)
    version = file_version(header)
    if struct.unpack(">I", header[68:72])[0] != APPLICATION_ID:
        what = "this is another program's database, not a Stet project"
        raise NotAProject(what, hint="open a .stet file", path=path)
    if version > SCHEMA_VERSION:
        raise ProjectError(
            f"this project was created by a newer Stet (file version {version}; this one supports {SCHEMA_VERSION})",
            hint="update Stet; the file was left unchanged",
            path=path,
        )
    _require_own_layout(path, header)
    return header


def has_hurt_header(path: Path) -> bool:
    """Return whether a file isn't a project by its header, but has our tables all the same."""
    try:
        require_project(path)
    except ProjectError:
        try:
            hold = Hold(path)
            try:
                return _OF_OURS in hold.read(0, _HAS_SCHEMA)
            finally:
                hold.release()
        except OSError:
            pass
    return False


def _require_own_layout(path: Path, header: bytes) -> None:
    """Raise ForeignSchema for a layout of the file that SQLite reads, but that none of our projects has."""
    encoding = struct.unpack(">I", header[56:60])[0]
    if encoding != _UTF8:
        raise ForeignSchema("this project can't be read: its texts aren't stored as UTF-8", path=path)
    if _page_size(header) in (512, 1024, 2048):
        raise ForeignSchema(f"this project can't be read: it has pages of {_page_size(header)} bytes", path=path)


def _page_size(header: bytes) -> int:
    """Return the size of a page in bytes, which is a power of two from 512 to 65536 in an intact file."""
    size = struct.unpack(">H", header[16:18])[0]
    return 65536 if size == 1 else size


def file_version(header: bytes) -> int:
    """Return the schema version in a header: SQLite's `user_version`."""
    return struct.unpack(">I", header[60:64])[0]


def require_whole(path: Path, header: bytes, *, is_unclean: bool = False) -> None:
    """Raise ProjectError if the file is truncated, damaged or not built as ours are.

    After an unclean end, which a log beside the file shows too, the check is a full one; else the pages of a large file
    aren't checked. Must not be called while this process has the file open.
    """
    size = path.stat().st_size
    page_size = _page_size(header)
    pages = struct.unpack(">I", header[28:32])[0]
    counters_agree = header[24:28] == header[92:96]
    has_log = left_unclean(path)
    if page_size < 512 or (counters_agree and not has_log and size < pages * page_size):
        raise ProjectDamaged("the file is truncated", path=path)
    if size > CHECKED_AT_OPEN and not has_log and not is_unclean:
        return
    check = "integrity_check" if has_log or is_unclean else "quick_check"
    # A file without a log is opened as immutable, which creates no files beside it.
    found = run_check(path, check=check, mode=None if has_log else "mode=ro&immutable=1")
    if found:
        raise ProjectDamaged("the file is damaged", path=path, details=found)


def run_check(path: Path, *, check: str, mode: str | None = None) -> list[str]:
    """Run `quick_check` or `integrity_check`; return what is wrong, an empty list if the file is intact.

    Raises StorageFault if the file can't be read for another reason than damage, ForeignSchema, and Cancelled.
    """
    try:
        rows = _apart(partial(_check_rows, path, check, mode)) if _is_large(path) else _check_rows(path, check, mode)
    except sqlite3.DatabaseError as error:
        raise_if_stopped(error)
        fault = storage_fault(error, path)
        if fault is not None and not fault.is_damage:
            raise fault from error
        return [str(error)]
    if rows == ["ok"]:
        return []
    unread = [match for match in map(_UNREAD.search, rows) if match is not None]
    if any(_is_fault_of_disk(match["code"]) for match in unread):
        raise StorageFault(sqlite3.SQLITE_IOERR, path=path)
    return rows


def _is_fault_of_disk(code: str | None) -> bool:
    """Whether a page couldn't be got at because the system refused it, and not because it has something else on it."""
    return code is None or int(code) & 0xFF in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM)


def _check_rows(path: Path, check: str, mode: str | None) -> list[str]:
    # In use: whoever stops waiting for the check may close the project while it goes on.
    with closing(connect(path, mode)) as connection, in_use(path):
        return [str(row[0]) for row in connection.execute(f"PRAGMA {check}(5)")]


def _is_large(path: Path) -> bool:
    return path.exists() and path.stat().st_size > _CHECKED_APART


def _apart(work: Callable[[], list[str]]) -> list[str]:
    """Return what the work returns, or raise what it raises; if this thread is stopped meanwhile, leave it to itself.

    SQLite walks through a file in one instruction, which nothing can stop. The work runs in another thread, so that
    Ctrl+C, a termination signal or the current cancel token end the wait for it.
    """
    results: list[list[str]] = []
    faults: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except (StetError, sqlite3.Error, OSError) as fault:
            faults.append(fault)

    thread = threading.Thread(target=run, name="stet-check", daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(_HEEDING_S)
        token = current_token()
        if token is not None:
            token.raise_if_cancelled()
    for fault in faults:
        raise fault
    return results[0]


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
