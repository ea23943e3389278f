"""Opening, creating, checking and closing a project file."""

import logging
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.errors import DamagedRow, NotWritable, ProjectDamaged, ProjectError
from app.core.os_faults import DISK_FULL, describe, is_full
from app.staging_folder import StagingFolder, is_taken, move_new, remove_abandoned, sync_file
from app.storage import preflight
from app.storage.access import (
    has_journal,
    log_of,
    needs_no_writer,
    reading_mode,
    remove_useless_log,
    require_plain_files_beside,
    second_name,
    shared_of,
    tidy,
    why_not_writable,
)
from app.storage.backups import backup_folder, how_to_restore, newest_good, put_apart
from app.storage.connection import UNSYNCED, Connection, Cursor, connect
from app.storage.damage_advice import advise
from app.storage.empty_project import become_another, make_empty
from app.storage.errors import StorageFault
from app.storage.file_watch import FileWatch
from app.storage.held_file import Hold, in_use, is_held
from app.storage.lock import ProjectLock, is_being_written, is_written_under_another_name
from app.storage.log_origin import require_whole
from app.storage.open_check import OpenCheck
from app.storage.open_mark import LACKS_LOG, Sitting, is_marked
from app.storage.own_schema import require_own_bookkeeping, require_own_schema
from app.storage.schema_update import migrate, update
from app.storage.seals import keep_seals
from app.storage.stand_in import stand_ins, updated_copy
from app.storage.version import READABLE_VERSION, SCHEMA_VERSION
from app.storage.writer_turn import WriterTurn

if TYPE_CHECKING:
    from sqlite_utils import Database

_log = logging.getLogger("stet.storage")
_PRAGMAS = ("foreign_keys=ON", "busy_timeout=5000", "synchronous=FULL")
_PATIENCE_S = 5.0
_ATTEMPT_MS = 250
_ONE_NAME = "delete the other name, or copy the file and work in the copy"


class Project:
    """An open project file: the database and, if it is writable, the lock.

    `connection` is the single writing connection, or a read-only one; `db` is sqlite-utils over it. `reader` is a
    separate read-only connection, so that lists can be read while a bulk job uses the writer. Each may be used from any
    thread, by one thread at a time; `turn` sees to that for writes. `on_wait` is called several times a second while
    something is waited for, with what that is.
    """

    on_wait: Callable[[str], None] | None = None

    def __init__(self, path: Path, *, write: bool = True) -> None:
        """Open an existing project. Raises ProjectError; then the file is unchanged.

        The error is NotWritable if the project can only be opened with `write=False`. The pages of a file that isn't
        large are checked here; the whole of any file by `require_whole`, or before the first write.
        """
        self.path = path
        self.turn = WriterTurn(path)
        self._check = OpenCheck(path, is_done=True)
        self.lock: ProjectLock | None = None
        self._keeps_out: ProjectLock | None = None  # of a reader on a full disk
        self._hold: Hold | None = None
        self._watch: FileWatch | None = None
        self._sitting: Sitting | None = None
        self._of_file: tuple[Connection, Connection] | None = None  # while a copy stands in for it
        self.missing_log: str | None = None
        """A warning if the log with the latest actions was left behind when the file was copied, or is lost."""
        try:
            self._enter(write=write)
        except ProjectError as error:
            advise(error, path)
            raise

    def _enter(self, *, write: bool) -> None:
        path = self.path
        preflight.require_reachable(path)
        # A file that this process has open was checked already.
        header = None if is_held(path) else preflight.require_project(path)
        has_log = header is None or log_of(path).exists()
        require_plain_files_beside(path)
        if write:
            _require_writable(path)
        try:
            self._hold = _held(path)
            self.lock = ProjectLock(path) if write else None
            if header is not None:
                self._pass_gate(header)
            self._open()
            # A writer that has closed the file meanwhile has taken its mark along with its log.
            if not has_log and is_marked(self.connection) and (write or not is_being_written(path)):
                self.missing_log = LACKS_LOG
        except BaseException as error:
            self._release()
            remove_useless_log(path)
            if write and isinstance(error, StorageFault) and error.code == sqlite3.SQLITE_FULL:
                raise NotWritable(error.what, hint=error.hint, path=path) from error
            raise
        if write:
            for folder in (path.parent, backup_folder(path)):
                remove_abandoned(folder)

    def _pass_gate(self, header: bytes) -> None:
        try:
            # While a writer is running, what is beside the file is its own, and it has checked the file.
            if self.lock is not None or not is_being_written(self.path):
                is_unclean = has_journal(self.path) and _settled_journal(self.path, self.lock)
                if is_unclean:
                    header = preflight.require_project(self.path)
                require_whole(self.path, header, is_unclean=is_unclean)
                self._check = OpenCheck(self.path, is_done=False)
                self._check.on_wait = partial(self._tell_wait, "the check of the project before its first change")
            elif is_written_under_another_name(self.path):
                what = "it is open for writing under another name, and can't be read under this one"
                raise ProjectError(what, hint="open it under that name, or close it there", path=self.path)
        except ProjectError:
            if self.lock is not None:
                self.lock.discard()
            raise
        if self.lock is not None and preflight.file_version(header) < SCHEMA_VERSION:
            self._update()

    def _update(self) -> None:
        update(self.path)
        # There is another file at the path now, and the lock beside it has kept others out so far.
        assert self._hold is not None
        assert self.lock is not None
        self._hold.release()
        self.lock.release()
        self._hold = _held(self.path)
        self.lock = ProjectLock(self.path)

    def _open(self) -> None:
        self.connection = self.reader = self._connected()
        self.connection.on_fault = self._advise
        try:
            # Once more on the connection that is used: while another process writes, the gate reads nothing.
            require_own_schema(self.connection, self.path)
            require_own_bookkeeping(self.connection, self.path)
            if self.is_writable:
                self.connection.execute(f"PRAGMA busy_timeout={_ATTEMPT_MS}")
                mode = self._patiently("PRAGMA journal_mode=WAL").fetchone()[0]
                if mode != "wal":
                    raise ProjectError("can't keep a write-ahead log here", hint="use a local folder", path=self.path)
                migrate(self.connection)
                keep_seals(self.connection)
                self._sitting = Sitting(self.connection)
                self.reader = _connect(self.path, "mode=ro")
            elif self._version() < READABLE_VERSION:
                self.connection = self.reader = updated_copy(self.connection)
        except BaseException as error:
            self.connection.close()
            if not isinstance(error, sqlite3.Error):
                raise
            raise ProjectError(f"can't be opened: {error}", hint="run: stet check", path=self.path) from error
        self.connection.on_fault = self.reader.on_fault = self._advise  # the others that came since
        if self.lock is not None:
            self._watch = FileWatch(self.path, self.connection, self.lock)

    def _connected(self) -> Connection:
        if self.is_writable:
            return _connect(self.path, "mode=rw")
        mode = reading_mode(self.path)
        if needs_no_writer(self.path, mode):
            self._keeps_out = ProjectLock(self.path, is_announced=False)
            mode = reading_mode(self.path)  # one that came before has gone by now, and may have left a log
        return _connect(self.path, mode)

    def _version(self) -> int:
        return self.connection.execute("PRAGMA user_version").fetchone()[0]

    @classmethod
    def create(cls, path: Path, fill: Callable[["Project"], None] = lambda made: None) -> "Project":
        """Create a project and open it; `fill` writes its first rows. The file appears with them, or not at all.

        Raises ProjectError if the path exists or can't be written, and whatever `fill` raises.
        """
        preflight.require_reachable(path)
        if is_taken(path):
            raise ProjectError("a file with that name already exists", hint="choose another name", path=path)
        if not path.parent.is_dir():
            raise ProjectError("the folder doesn't exist", hint=f"create it first: {path.parent}", path=path)
        try:
            with StagingFolder(path) as staging:
                unfinished = staging.path / path.name
                make_empty(unfinished)
                # What was made here needs no check before it is filled, as a file that is in use needs none.
                with in_use(unfinished), closing(cls(unfinished)) as made:
                    made.connection.execute(UNSYNCED)
                    with made.atomic():
                        become_another(made.connection)
                        fill(made)
                sync_file(unfinished)
                move_new(unfinished, path)
        except OSError as error:
            what, hint = describe(error)
            raise ProjectError(f"can't be created here: {what}", hint=hint, path=path) from error
        except sqlite3.Error as error:
            raise ProjectError(f"can't be created here: {error}", hint="check the folder", path=path) from error
        return cls(path)

    @property
    def is_writable(self) -> bool:
        """Whether this process is the project's writer."""
        return self.lock is not None

    @property
    def why_only_read(self) -> str | None:
        """Why the project can't be written, and what to do, unless it is only because another process writes it."""
        why = why_not_writable(self.path)
        if why is not None:
            return f"{why}; copy it to a folder you can write to"
        if is_full(self.path.parent):
            return f"{DISK_FULL}; free some space, and open the project again"
        if second_name(self.path) is not None:
            return f"it has a second name (a hard link); {_ONE_NAME}"
        return None

    @property
    def notes(self) -> list[str]:
        """What is to be said of the file before it is used: of a missing log, and of a second name."""
        return [note for note in (self.missing_log, second_name(self.path)) if note is not None]

    @property
    def how_to_write(self) -> str:
        """Advice on how to write to a project that is open read-only."""
        return self.why_only_read or "another window or command is writing; close it"

    @cached_property
    def db(self) -> "Database":
        """sqlite-utils over the writing connection, created on first use."""
        from sqlite_utils import Database

        return Database(self.connection, execute_plugins=False, strict=True)

    @property
    def is_apart(self) -> bool:
        """Whether a private copy stands in for the file."""
        return self._of_file is not None

    def stand_in(self, copy: Connection | None) -> None:
        """Read and write a private copy in the file's place, or with None the file again; in the writer's turn."""
        if copy is not None:
            self._of_file = self._of_file or (self.connection, self.reader)
            copy.on_fault = self._advise
            self.connection = self.reader = copy
            stand_ins[self.path] = copy
        elif self._of_file is not None:
            (self.connection, self.reader), self._of_file = self._of_file, None
            del stand_ins[self.path]
        self.__dict__.pop("db", None)  # it is of the connection before

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """Commit all writes of the block, or roll all of them back. Blocks can be nested.

        If another program is writing, it is waited for, some seconds at most. Raises ProjectError if the file can't be
        written, ProjectChanged if another program has changed it, and WriterBusy if another thread writes.
        """
        with self.turn.taken(), self._in_words():
            if self._watch is None or self.is_apart or self.connection.in_transaction:
                with self.db.atomic():
                    yield
            else:
                self.require_whole()
                with self._watch.writing():
                    if self._sitting is not None:
                        self._sitting.begin(self._patiently)
                    with self._transaction(self._watch):
                        yield

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            _log.error("a write was rolled back: %s", getattr(error, "sqlite_errorname", type(error).__name__))
            hint = "try again; if it happens again, run: stet check"
            raise ProjectError(f"couldn't be written: {error}", hint=hint, path=self.path) from error

    @property
    def is_check_due(self) -> bool:
        """Whether the file hasn't been checked as a whole yet."""
        return self._check.is_due

    def require_whole(self) -> None:
        """Check the whole file but for the texts, unless that was done; whoever writes meanwhile waits for the result.

        Raises ProjectDamaged, which names the newest good backup, StorageFault and Cancelled. May be called from any
        thread.
        """
        self._told(self._check.require)

    def require_content(self, *, again: bool = True) -> None:
        """Compare each text with its hash, and rows with the sums over them; if not `again`, once while it is open.

        Raises as `require_whole`, and may be called from any thread as well.
        """
        self._told(partial(self._check.require_content, again=again))

    def _told(self, check: Callable[[], None]) -> None:
        try:
            check()
        except ProjectDamaged as error:
            error.hint = self._how_to_restore
            raise

    def _advise(self, fault: StorageFault) -> None:
        """Name the newest good backup in a fault of the file or its disk."""
        if fault.is_damage:
            fault.hint = f"run: stet check; {self._how_to_restore}"
        elif fault.code == sqlite3.SQLITE_IOERR and self._good_backup is not None:
            name = f"{self._good_backup.parent.name}/{self._good_backup.name}"
            fault.hint += f"; if the file can't be read any more, its newest intact backup is {name}"

    def place_damage(self, damage: DamagedRow) -> None:
        """Name the file and its newest good backup in the error of a damaged row."""
        damage.path = self.path
        damage.hint = f"stet check lists all that is damaged; {self._how_to_restore}"

    # Both check backups, which takes a while, so they are asked for once.

    @cached_property
    def _how_to_restore(self) -> str:
        return how_to_restore(self.path)

    @cached_property
    def _good_backup(self) -> Path | None:
        return newest_good(self.path)

    def _patiently(self, sql: str, parameters: Sequence[object] = ()) -> Cursor:
        """Run a statement on the writing connection; while another program has the file locked, try it again."""
        # Each attempt waits in SQLite, and only between two of them can anything else happen, such as Ctrl+C.
        end = time.monotonic() + _PATIENCE_S
        while True:
            began = time.monotonic()
            try:
                return self.connection.execute(sql, parameters)
            except StorageFault as fault:
                has_waited = time.monotonic() - began > _ATTEMPT_MS / 2000
                if fault.code != sqlite3.SQLITE_BUSY or not has_waited or time.monotonic() > end:
                    raise
                self._tell_wait("another program that is using the project file")

    def _tell_wait(self, what: str) -> None:
        if self.on_wait is not None:
            self.on_wait(what)

    @contextmanager
    def _transaction(self, watch: FileWatch) -> Iterator[None]:
        # With the write lock from the start: SQLite waits for another program's only before it has read anything.
        self._patiently("BEGIN IMMEDIATE")
        try:
            watch.check_commits()
            yield
            self.connection.execute("COMMIT")
        except BaseException:
            self.connection.rollback()
            raise

    def require_unchanged(self) -> None:
        """Raise ProjectChanged if another program has changed the file of a project that is open for writing."""
        if self._watch is not None and self._hold is not None:
            self._watch.check()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Make all reads through `reader` inside the block see one snapshot, whatever is written in the meantime.

        A block within another one sees the outer snapshot. A copy that stands in for the file has none.
        """
        reader = self.reader
        own = not reader.in_transaction and not self.is_apart
        if own:
            reader.execute("BEGIN")
        try:
            yield
        finally:
            # A generator whose reader has had enough is finalised whenever Python likes: the project may be closed by
            # then, and an exception could reach nobody.
            if own and self._hold is not None and reader.in_transaction:
                reader.execute("COMMIT")

    def close(self, *, as_one_file: bool = False) -> None:
        """Checkpoint the log into the file, close the connections and release the lock. Idempotent.

        With `as_one_file` the file can be read in a folder that isn't writable, such as on a read-only medium, until it
        is written to again.
        """
        if self._hold is None:
            return
        self.stand_in(None)
        if self._watch is not None and self._watch.is_overwritten:
            self._close_apart()
            return
        if self.reader is not self.connection:
            self.reader.close()
        if self.is_writable:
            # What can't be checkpointed, as on a full disk, stays in the log and is read when the file is next opened.
            with suppress(sqlite3.Error, StorageFault):
                if self._sitting is not None:
                    self._sitting.end()
            with suppress(sqlite3.Error, StorageFault):
                self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                if as_one_file:
                    self.connection.execute("PRAGMA journal_mode=DELETE")
        self.connection.close()
        if self._hold.uses == (1 if self.lock is None else 2):
            tidy(self.path)
        self._release()

    def _close_apart(self) -> None:
        """Close a project whose file another program has overwritten, writing nothing into what is there now."""
        # SQLite moves the log into the file when the last connection that can write is closed.
        self.connection.close()
        self.reader.close()
        with suppress(OSError):
            # The next one to open the file would take it for its own.
            put_apart(self.path, log_of(self.path))
            shared_of(self.path).unlink(missing_ok=True)
        self._release()

    def _release(self) -> None:
        if self._hold is not None:
            self._hold.release()
            self._hold = None
        if self.lock is not None:
            self.lock.release()
        if self._keeps_out is not None:
            self._keeps_out.discard()
            self._keeps_out = None


def _settled_journal(path: Path, lock: ProjectLock | None) -> bool:
    from app.storage import rollback_journal  # it is rarely needed

    return rollback_journal.settle(path, is_locked=lock is not None)


def _require_writable(path: Path) -> None:
    why = why_not_writable(path)
    if why is not None:
        raise NotWritable(why, hint="change its permissions, or copy it to a folder you can write to", path=path)
    if second_name(path) is not None:
        remove_abandoned(path.parent)  # a new file that was just being moved into place has two names for a moment
    if second_name(path) is not None:
        what = "the file has a second name (a hard link), and writing under two names would destroy it"
        raise NotWritable(what, hint=_ONE_NAME, path=path)


def _held(path: Path) -> Hold:
    try:
        return Hold(path)
    except OSError as error:
        what, hint = describe(error)
        raise ProjectError(f"can't be opened: {what}", hint=hint, path=path) from error


def _connect(path: Path, mode: str) -> Connection:
    try:
        connection = connect(path, mode)
        try:
            for pragma in _PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        raise ProjectError(f"can't be opened: {error}", hint="check its permissions", path=path) from error
    return connection


def warm_up() -> None:
    """Import the modules that the first write needs; for a background thread, once the window is shown."""
    import sqlite_utils

    assert sqlite_utils
