"""The rollback journal beside a project: whether it is the project's own, and rolling it back.

SQLite keeps one while it writes without a write-ahead log, such as when it turns that log on or off. If the process is
killed meanwhile, the journal stays and is “hot”: whoever opens the file next must first restore its pages from it, and
who can't write can't read. SQLite never asks whose pages they are. So before it may touch the file, the journal is read
here and, unless it would change next to nothing, tried out on a copy. For the format see
https://www.sqlite.org/fileformat2.html#the_rollback_journal.
"""

import os
import shutil
import sqlite3
import struct
from contextlib import closing
from pathlib import Path
from typing import BinaryIO, NamedTuple

from app.core.errors import ProjectDamaged, ProjectError
from app.core.os_faults import describe
from app.staging_folder import StagingFolder
from app.storage import preflight
from app.storage.access import connect, has_journal, journal_of, left_unclean, log_of, uri, why_not_writable
from app.storage.connection_limits import harden
from app.storage.errors import storage_fault
from app.storage.lock import ProjectLock
from app.storage.log_origin import holds_rows, identifying_rows
from app.storage.own_schema import ForeignSchema

_MAGIC = bytes.fromhex("d9d505f920a163d7")
_HEADER = struct.Struct(">8s5I")  # magic, records, nonce, pages of the file before, bytes of a sector, of a page
_TO_THE_END = 0xFFFFFFFF
_SUPER = struct.Struct(">2I8s")  # the journal's end, if it has a super-journal: length of the name, checksum, magic
_ALONE = "mode=ro&immutable=1"  # without the journal
# Where the first page differs after the log was turned on or off: format, change counter, what that is valid for.
_MODE, _COUNTER, _VALID = slice(18, 20), slice(24, 28), slice(92, 100)
_PAGES = slice(28, 32)  # in the first page: the size of the file


class _Journal(NamedTuple):
    """What a journal would restore: the pages by their numbers, and the size of the file."""

    numbers: frozenset[int]
    first: bytes | None  # page 1, if it is among them
    pages: int
    page_size: int


class _Unfit(Exception):
    """The journal isn't one that SQLite leaves beside a project of ours; the message says why."""


def is_left(path: Path) -> bool:
    """Return whether a hot journal is beside a project that nobody is writing to. Nothing is changed.

    Raises ProjectError if that can't be found out.
    """
    if not has_journal(path) or journal_of(path).stat().st_size == 0:
        return False
    try:
        with closing(sqlite3.connect(uri(path, "mode=ro"), uri=True)) as connection:
            connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone()
    except sqlite3.Error as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_READONLY_ROLLBACK:
            return True
        fault = storage_fault(error, path)
        if fault is None or fault.is_damage:
            return False  # the checks that follow say more
        raise fault from error
    return False


def require_own(path: Path, *, by_trial: bool = True) -> bool:
    """Raise ProjectError if the hot journal beside a project isn't its own, or doesn't make it whole.

    Nothing is changed. Return whether rolling it back changes no content; if it does, it is tried out on a copy beside
    the project, unless `by_trial` is False. Must be called under the lock, while this process doesn't have the file
    open. Raises ProjectDamaged if the file is damaged and the journal doesn't help.
    """
    journal = journal_of(path)
    if left_unclean(path):
        what = "a rollback journal and a log with the latest changes are beside it, and no project leaves both"
        hint = f"move {journal.name} elsewhere first; keep {log_of(path).name}; nothing was changed"
        raise ProjectError(what, hint=hint, path=path)
    try:
        with journal.open("rb") as file, path.open("rb") as project:
            found = _read(file)
            header = project.read(100)
            size = project.seek(0, os.SEEK_END)
        if _changes_no_content(found, path, size):
            return True
        _require_next_step(found, header)
        if by_trial:
            _try_out(found, path)
    except _Unfit as unfit:
        damage = preflight.run_check(path, check="quick_check", mode=_ALONE)
        if damage:
            raise ProjectDamaged("the file is damaged", path=path, details=[*damage, str(unfit)]) from unfit
        what = f"the rollback journal beside it {unfit}"
        hint = f"move {journal.name} elsewhere to open the project without it; nothing was changed"
        raise ProjectError(what, hint=hint, path=path) from unfit
    except OSError as error:
        what, hint = describe(error)
        raise ProjectError(
            f"the rollback journal beside it can't be tried out: {what}", hint=hint, path=path
        ) from error
    return False


def roll_back(path: Path) -> None:
    """Let SQLite restore a project from the journal beside it and delete that. Raises ProjectError."""
    try:
        _let_sqlite_roll_back(path)
    except sqlite3.Error as error:
        fault = storage_fault(error, path)
        if fault is not None:
            raise fault from error
        raise ProjectError(f"can't be rolled back: {error}", hint="run: stet check", path=path) from error


def settle(path: Path, *, is_locked: bool) -> bool:
    """Roll back what a killed process has left half done; return whether there was anything.

    A reader, which isn't `is_locked`, does so under the lock as well. Raises ProjectError if the journal isn't the
    project's own.
    """
    if not is_left(path):
        return False
    if not is_locked and why_not_writable(path) is not None:
        if require_own(path, by_trial=False):
            return False  # what is in the file is what was there before
        raise ProjectError(
            "a change was left half done, and can't be rolled back where nothing can be written",
            hint=f"copy the file and {journal_of(path).name} to a folder you can write to, and open it there",
            path=path,
        )
    own = ProjectLock(path, is_announced=False) if not is_locked else None
    try:
        if is_left(path):  # another reader may have been faster
            require_own(path)
            roll_back(path)
    finally:
        if own is not None:
            own.discard()
    return True


def _let_sqlite_roll_back(path: Path) -> None:
    with closing(sqlite3.connect(uri(path, "mode=rw"), uri=True)) as connection:
        harden(connection)
        connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone()


# -- reading a journal -------------------------------------------------------------------------------------------------


def _read(file: BinaryIO) -> _Journal:
    """Return what SQLite would restore from a journal. Raises _Unfit for one that it leaves in no case of ours."""
    size = file.seek(0, os.SEEK_END)
    _require_no_super_journal(file, size)
    numbers: set[int] = set()
    first: bytes | None = None
    pages = page_size = 0
    offset = 0
    while (head := _header_at(file, offset)) is not None:
        records, nonce, before, sector, size_here = head
        if not (_is_power(sector, 32) and _is_power(size_here, 512)) or (offset and size_here != page_size):
            raise _Unfit("can't be read")
        if offset == 0:
            pages, page_size = before, size_here
        offset += sector
        if records == _TO_THE_END:
            records = max(size - offset, 0) // (page_size + 8)
        for _ in range(records):
            number, content = _record_at(file, offset, nonce, page_size)
            numbers.add(number)
            if number == 1 and first is None:
                first = content
            offset += page_size + 8
        offset += -offset % sector
    if not page_size:
        raise _Unfit("can't be read")
    return _Journal(frozenset(numbers), first, pages, page_size)


def _is_power(number: int, least: int) -> bool:
    return least <= number <= 65536 and number & (number - 1) == 0


def _require_no_super_journal(file: BinaryIO, size: int) -> None:
    """Refuse the journal of a transaction over several databases.

    Stet has none, and SQLite deletes the file that such a journal names when it isn't used any more, whatever it is.
    """
    if size < _SUPER.size:
        return
    file.seek(-_SUPER.size, os.SEEK_END)
    length, _, magic = _SUPER.unpack(file.read(_SUPER.size))
    if magic == _MAGIC and 0 < length <= size - _SUPER.size:
        raise _Unfit("was written by another program, together with another database")


def _header_at(file: BinaryIO, offset: int) -> tuple[int, int, int, int, int] | None:
    file.seek(offset)
    head = file.read(_HEADER.size)
    if len(head) < _HEADER.size or not head.startswith(_MAGIC):
        return None
    _, records, nonce, pages, sector, page_size = _HEADER.unpack(head)
    return records, nonce, pages, sector, page_size


def _record_at(file: BinaryIO, offset: int, nonce: int, page_size: int) -> tuple[int, bytes]:
    file.seek(offset)
    record = file.read(page_size + 8)
    if len(record) < page_size + 8:
        raise _Unfit("is truncated")
    (number,) = struct.unpack_from(">I", record)
    content = record[4:-4]
    checksum = (nonce + sum(content[page_size - 200 : 0 : -200])) & 0xFFFFFFFF
    if number == 0 or struct.unpack(">I", record[-4:])[0] != checksum:
        raise _Unfit("is damaged")
    return number, content


# -- judging it --------------------------------------------------------------------------------------------------------


def _changes_no_content(journal: _Journal, path: Path, size: int) -> bool:
    """Whether rolling back would leave all as it is, but for the turning on or off of the log: all that Stet leaves."""
    if journal.pages * journal.page_size != size or journal.numbers - {1}:
        return False
    with path.open("rb") as project:
        return journal.first is None or _without_mode(journal.first) == _without_mode(project.read(journal.page_size))


def _without_mode(page: bytes) -> bytes:
    blank = bytearray(page)
    for part in (_MODE, _COUNTER, _VALID):
        blank[part] = bytes(part.stop - part.start)
    return bytes(blank)


def _require_next_step(journal: _Journal, header: bytes) -> None:
    """Raise _Unfit unless the file can be in the middle of the transaction that the journal is of, or at its end."""
    if journal.first is None:
        # The first page is journaled before it is changed: it still tells the size of the file before.
        is_next = int.from_bytes(header[_PAGES]) == journal.pages
    else:
        steps = (int.from_bytes(header[_COUNTER]) - int.from_bytes(journal.first[_COUNTER])) & 0xFFFFFFFF
        is_next = steps <= 1 and (header[_MODE] == journal.first[_MODE] or journal.numbers == {1})
    if not is_next:
        raise _Unfit(_FOREIGN)


_FOREIGN = "belongs to another file or an older copy"


def _try_out(journal: _Journal, path: Path) -> None:
    """Raise _Unfit unless the journal makes a whole project of a copy of the file, and the same one.

    Raises OSError, such as for a full disk.
    """
    with StagingFolder(path) as staging:
        copy = staging.path / "copy"
        shutil.copyfile(path, copy)
        shutil.copyfile(journal_of(path), journal_of(copy))
        try:
            _let_sqlite_roll_back(copy)
            if preflight.run_check(copy, check="integrity_check", mode=_ALONE):
                raise _Unfit(_FOREIGN)
            with closing(connect(copy, _ALONE)) as restored:
                rows = identifying_rows(restored)
                (pages,) = restored.execute("PRAGMA page_count").fetchone()
        except (sqlite3.Error, ForeignSchema) as error:
            raise _Unfit(_FOREIGN) from error
    try:
        with closing(connect(path, _ALONE)) as written:
            is_own = any(holds_rows(written, [row]) for row in rows)
    except (sqlite3.Error, ForeignSchema):
        # Half written, the file may be unreadable. That the rest of it fits to the journal's pages shows whose it is.
        is_own = len(journal.numbers) < pages
    if not is_own:
        raise _Unfit(_FOREIGN)
