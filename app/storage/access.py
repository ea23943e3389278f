"""Whether a project file can be written in its folder, how to open it read-only, and cleaning up after readers.

Processes share a write-ahead log through a file beside the project (`-shm`), which even a reader creates. Where it
can't be created, a file that was closed cleanly is opened as immutable. SQLite then looks neither at locks nor at a
log, so where somebody could write to it meanwhile, the reader must keep writers out.
"""

import os
import sqlite3
import stat
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote

from app.core.errors import ProjectError
from app.core.os_faults import is_full
from app.storage.connection_limits import harden
from app.storage.errors import StorageFault
from app.storage.own_schema import require_own_schema

_ALONE = "mode=ro&immutable=1"
_SHARED_BYTES = 32 * 1024  # the smallest size of the file through which processes share a log


def uri(path: Path, mode: str) -> str:
    """Return the SQLite URI of a file; `mode` is its query."""
    return f"file:{quote(str(path.absolute()))}?{mode}"


def log_of(path: Path) -> Path:
    """Return the path of a project's write-ahead log, which is beside the resolved file; it may not exist."""
    return Path(f"{path.resolve()}-wal")


def journal_of(path: Path) -> Path:
    """Return the path of a project's rollback journal, which is beside the resolved file; it may not exist."""
    return Path(f"{path.resolve()}-journal")


def has_journal(path: Path) -> bool:
    """Return whether there is anything at the path of a project's rollback journal."""
    return os.path.lexists(journal_of(path))


def shared_of(path: Path) -> Path:
    """Return the path of the file through which processes share the log; it may not exist."""
    return Path(f"{path.resolve()}-shm")


def require_plain_files_beside(path: Path) -> None:
    """Raise ProjectError if the log or a journal beside a project is a folder, a link, a pipe or the like."""
    for neighbour in (log_of(path), shared_of(path), journal_of(path)):
        try:
            mode = neighbour.lstat().st_mode
        except OSError:
            continue
        if not stat.S_ISREG(mode):
            hint = f"move {neighbour.name} elsewhere; nothing was changed"
            raise ProjectError(f"what is beside it as {neighbour.name} isn't a file", hint=hint, path=path)


def left_unclean(path: Path) -> bool:
    """Return whether the last writer didn't close the file cleanly: its write-ahead log isn't empty."""
    return _size(log_of(path)) > 0


def why_not_writable(path: Path) -> str | None:
    """Return why the current user can't write an existing project, in words; None if they can."""
    real = path.resolve()
    if _is_on_read_only_disk(real):
        return "its disk is read-only"
    if not _may(real, os.W_OK):
        return "the file is write-protected"
    if not _may(real.parent, os.W_OK | os.X_OK):
        return "its folder is write-protected"
    return None


def second_name(path: Path) -> str | None:
    """Return a warning if a project has a second name in some folder (a hard link), None if it hasn't.

    SQLite names the log after the path: who comes by another name neither sees the log nor the locks on it.
    """
    try:
        names = path.stat().st_nlink
    except OSError:
        return None
    return (
        "the file has a second name (a hard link), and work done under that name may be missing here"
        if names > 1
        else None
    )


def reading_mode(path: Path) -> str:
    """Return how a reader must open the file, as the query of an SQLite URI.

    Raises ProjectError for a file whose log can't be read in its folder, or for which the disk is too full.
    """
    if why_not_writable(path) is None:
        if _has_room(path):
            return "mode=ro"
        if left_unclean(path):
            raise StorageFault(sqlite3.SQLITE_FULL, path=path)
        return _ALONE
    if shared_of(path).exists():
        return "mode=ro"  # another user's writer has it open, or crashed: SQLite reads the existing log
    if not left_unclean(path):
        return _ALONE
    if _may(path.resolve().parent, os.W_OK | os.X_OK):
        return "mode=ro"
    raise ProjectError(
        "its latest changes are in a log beside it, which can't be read in a read-only folder",
        hint=f"copy the file and {log_of(path).name} to a folder you can write to, and open it there",
        path=path,
    )


def needs_no_writer(path: Path, mode: str) -> bool:
    """Return whether a reader in this mode must keep writers out: they could write, and it wouldn't see it."""
    return mode == _ALONE and why_not_writable(path) is None


def _has_room(path: Path) -> bool:
    """Whether a reader can share the file's log: the file for it is there, or the disk has room for one."""
    if _size(shared_of(path)) >= _SHARED_BYTES or not is_full(path.resolve().parent):
        return True
    try:
        with closing(sqlite3.connect(uri(path, "mode=ro"), uri=True)) as connection:
            connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone()
    except sqlite3.Error:
        remove_useless_log(path)
        return False
    return True


def remove_useless_log(path: Path) -> None:
    """Delete the empty log and the file for sharing it, if the disk was too full to make the latter.

    No process can have a file open through those two then.
    """
    real = path.resolve()
    if is_full(real.parent) and not left_unclean(real) and _size(shared_of(real)) < _SHARED_BYTES:
        for file in (log_of(path), shared_of(path)):
            with suppress(OSError):
                file.unlink(missing_ok=True)


def connect(path: Path, mode: str | None = None) -> sqlite3.Connection:
    """Return a plain connection to a project whose schema is ours; `mode` is the query of an SQLite URI.

    By default it is read-only. Raises ProjectError or sqlite3.Error.
    """
    connection = sqlite3.connect(uri(path, mode if mode is not None else reading_mode(path)), uri=True)
    try:
        harden(connection)
        require_own_schema(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def tidy(path: Path) -> None:
    """Delete the empty log that readers leave beside a file, if no process has the file open.

    SQLite itself does so when the last writable connection is closed, and only SQLite can tell whether it is the last.
    Never fails: what can't be looked at stays.
    """
    with suppress(OSError):
        _tidy(path)


def _tidy(path: Path) -> None:
    if (
        not (log_of(path).exists() or shared_of(path).exists())
        or left_unclean(path)
        or _size(journal_of(path)) > 0  # SQLite would roll it back into the file, whosever it is
        or why_not_writable(path) is not None
    ):
        return
    with suppress(sqlite3.Error):
        connection = sqlite3.connect(uri(path, "mode=rw"), uri=True, timeout=0)
        try:
            connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone()
        finally:
            connection.close()
    remove_useless_log(path)


def _is_on_read_only_disk(path: Path) -> bool:
    if os.name == "nt":
        return False  # nobody says so there; trying tells
    try:
        return bool(os.statvfs(path).f_flag & os.ST_RDONLY)
    except OSError:
        return False


def _may(path: Path, what: int) -> bool:
    return os.access(path, what, effective_ids=os.access in os.supports_effective_ids)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
