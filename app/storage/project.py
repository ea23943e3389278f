"""Opening, making, checking and closing a project file."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from app.core.errors import ProjectError
from app.storage import gate
from app.storage.backups import back_up
from app.storage.lock import ProjectLock
from app.storage.migrations import APPLICATION_ID, MIGRATIONS, schema_version

_open_here: dict[Path, int] = {}


class Project:
    """An open project file: the database and, if it may be written, the lock.

    `db` is the one writing connection, or a read-only one; `reader` is a read-only connection of its own, so that lists
    can be read while a bulk job borrows the writer. Both may be used from any one thread at a time.
    """

    def __init__(self, path: Path, *, write: bool = True) -> None:
        """Open an existing project. Raises ProjectError; the file is then as before."""
        self.path = path
        self.lock = ProjectLock(path) if write and path.exists() else None
        try:
            self._open(write=write)
        except BaseException:
            self._release()
            raise

    def _open(self, *, write: bool) -> None:
        key = self.path.resolve()
        # A file that this process has open passed the gate already, and reading its header would drop our locks.
        version = schema_version() if _open_here.get(key) else gate.require_project(self.path)
        if version < schema_version():
            if not write:
                raise ProjectError("made by an older Stet", hint="open it for writing once, to update", path=self.path)
            back_up(self.path, reason="migration")
        self.db = _connect(self.path, "mode=rw" if write else "mode=ro")
        self.reader = self.db
        _open_here[key] = _open_here.get(key, 0) + 1
        self._key: Path | None = key
        try:
            if write:
                if self.db.conn.execute("PRAGMA journal_mode=WAL").fetchone()[0] != "wal":
                    raise ProjectError("can't keep a write-ahead log here", hint="use a local folder", path=self.path)
                _migrate(self.db)
                self.reader = _connect(self.path, "mode=ro")
            else:
                self.db.conn.execute("SELECT 1 FROM document LIMIT 1").fetchone()
        except sqlite3.Error as error:
            raise ProjectError(f"can't be opened: {error}", hint="run: stet check", path=self.path) from error

    @classmethod
    def create(cls, path: Path) -> "Project":
        """Make a new, empty project and open it. Raises ProjectError if the path is taken or can't be written."""
        if path.exists():
            raise ProjectError("there is a file of that name already", hint="choose another name", path=path)
        if not path.parent.is_dir():
            raise ProjectError("the folder doesn't exist", hint=f"make it first: {path.parent}", path=path)
        unfinished = path.with_name(f".{path.name}.new")
        unfinished.unlink(missing_ok=True)
        try:
            db = _connect(unfinished, "mode=rwc")
            try:
                _migrate(db)
            finally:
                db.close()
            unfinished.rename(path)
        except (OSError, sqlite3.Error) as error:
            unfinished.unlink(missing_ok=True)
            raise ProjectError(f"can't be made here: {error}", hint="check the folder", path=path) from error
        return cls(path)

    @property
    def is_writable(self) -> bool:
        """Whether this process is the project's one writer."""
        return self.lock is not None

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """Everything inside is written, or nothing. Raises ProjectError if the file can't be written."""
        try:
            with self.db.atomic():
                yield
        except sqlite3.Error as error:
            raise ProjectError(f"couldn't be written: {error}", hint=_write_hint(error), path=self.path) from error

    def close(self) -> None:
        """Write everything into the one file and let go of it. Doing it twice does no harm."""
        if self._key is None:
            return
        if self.reader is not self.db:
            self.reader.close()
        if self.is_writable:
            self.db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.db.close()
        self._release()

    def _release(self) -> None:
        key: Path | None = getattr(self, "_key", None)
        if key is not None:
            _open_here[key] -= 1
            self._key = None
        if self.lock is not None:
            self.lock.release()


def _write_hint(error: sqlite3.Error) -> str:
    text = str(error)
    if "full" in text:
        return "the disk is full: free some space; nothing that was saved is lost"
    if "readonly" in text or "unable to open" in text:
        return "the file or its folder can't be written any more: check permissions"
    return "try again; if it stays, run: stet check"


def _connect(path: Path, mode: str) -> Database:
    try:
        connection = sqlite3.connect(
            gate.uri(path, mode), uri=True, check_same_thread=False, isolation_level=None, cached_statements=256
        )
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA busy_timeout=5000")
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.execute("PRAGMA mmap_size=0")
        connection.execute("PRAGMA synchronous=FULL")
    except sqlite3.Error as error:
        raise ProjectError(f"can't be opened: {error}", hint="check its permissions", path=path) from error
    return Database(connection, execute_plugins=False, strict=True)


def _migrate(db: Database) -> None:
    if db.conn.execute("PRAGMA user_version").fetchone()[0] == schema_version():
        return
    MIGRATIONS.apply(db)
    with db.atomic():
        db.conn.execute(f"PRAGMA application_id={APPLICATION_ID}")
        db.conn.execute(f"PRAGMA user_version={schema_version()}")
