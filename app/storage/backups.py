"""Backups: fully checked, rotated copies of a project in the folder `NAME.backups` beside it.

Their order is that of the numbers in their names, never of the clock, which can be wrong, be set back, or stand still
for two copies in one second. Copies of early versions have no number and are older than all that have one.
"""

import os
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path
from shlex import quote
from typing import NamedTuple

from app.core.errors import ProjectDamaged, ProjectError
from app.core.os_faults import describe
from app.core.progress import Progress, no_progress
from app.core.wording import counted
from app.staging_folder import StagingFolder, is_taken, move_new, sync_file, sync_folder
from app.storage.access import connect, left_unclean, tidy
from app.storage.connection import heed_copying
from app.storage.errors import storage_fault
from app.storage.held_file import is_held
from app.storage.lock import ProjectLock
from app.storage.open_mark import unmark
from app.storage.soundness import faults_of, is_sound

KEEP_RECENT = 5
KEEP_DAYS = 7
KEEP_WEEKS = 4
KEEP_DAMAGED = 3
_STAMP = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"(?P<stamp>\d{8}T\d{6}Z)(?:-(?P<number>\d{4,}))?(?:-(?P<reason>.+))?")
_SOUND, _DAMAGED = ".stet", ".stet.damaged"
_REPLACED = ".stet.replaced"  # a damaged project that a copy has replaced, byte for byte; never thinned out
_PAGES_A_STEP = 2048


class Backup(NamedTuple):
    """A copy of a project: its number, 0 for one of an early version, and the time that the clock showed (UTC).

    `reason` is what it was made for, "" for one by hand, by the hour or on closing.
    """

    number: int
    made: datetime
    path: Path
    reason: str = ""

    @property
    def is_checked(self) -> bool:
        """Whether it stood the full check when it was made; others are kept for rescue, and are no backups."""
        return self.path.name.endswith(_SOUND)


class Copied(NamedTuple):
    """A copy that was made, and the sequence that the next action of the log would get in it."""

    path: Path
    next_sequence: int


def backup_folder(project: Path) -> Path:
    """Return the folder of a project's backups; it may not exist yet."""
    return project.with_name(f"{project.stem}.backups")


def backups(project: Path) -> list[Path]:
    """Return the project's backups, newest first. Other files in the folder are ignored."""
    return [copy.path for copy in _copies(project)]


def all_copies(project: Path) -> list[Backup]:
    """Return the project's backups and the damaged files that were kept, newest first."""
    found = (_copies(project, ending) for ending in (_SOUND, _DAMAGED, _REPLACED))
    return sorted((copy for copies in found for copy in copies), reverse=True)


def newest_good(project: Path) -> Path | None:
    """Return the newest backup of a project that stands the full check, None if there is none."""
    return next((path for path in backups(project) if is_sound(path)), None)


def has_backup_of(project: Path, head: str) -> bool:
    """Whether the newest backup ends with the same action (uid) as the project, and so has all of its work."""
    newest = next(iter(backups(project)), None)
    if newest is None:
        return False
    try:
        with closing(connect(newest, "mode=ro&immutable=1")) as connection:
            row = connection.execute("SELECT uid FROM edit_log ORDER BY sequence DESC LIMIT 1").fetchone()
    except (ProjectError, sqlite3.Error):
        return False
    return row is not None and row[0] == head


def how_to_restore(project: Path) -> str:
    """Return advice on how to restore a damaged project."""
    good = newest_good(project)
    if good is None:
        place = backup_folder(project).name
        kept = f"there is no intact backup of it in {place}; the damaged file was left unchanged, so keep a copy of it"
        return f"{kept}; what can be read of it is saved by: stet check {quote(str(project))} --repair"
    named = f"{good.parent.name}/{good.name}"
    command = f"stet backup {quote(str(project))} --restore newest"
    return f"restore its newest intact backup, {named}; in a shell: {command}"


def clock_note(project: Path) -> str:
    """Return a note if backups are dated later than the clock shows now, "" if none is."""
    now = datetime.now(UTC)
    later = sum(copy.made > now for copy in _copies(project))
    if not later:
        return ""
    are = "is" if later == 1 else "are"
    return (
        f"{counted(later, 'backup')} {are} dated later than now: the clock was wrong when made, or is now; "
        "the number in the name tells which is newest"
    )


class BackupFailed(ProjectError):
    """A backup couldn't be written, as on a full disk; the project itself is as it was."""


def _nothing() -> None:
    """Stand in for whoever isn't interested in the snapshot."""


def back_up(
    project: Path,
    out: Path | None = None,
    *,
    reason: str = "",
    source: sqlite3.Connection | None = None,
    on_snapshot: Callable[[], None] = _nothing,
    progress: Progress = no_progress,
) -> Copied:
    """Copy a project, open or not, with SQLite's backup API, check the copy fully and move it to its final name.

    It is read from its path, or through `source`, a connection to a file that may have no path any more. What is
    written after `on_snapshot` is called isn't in it.

    Without `out` it goes to the backup folder, where older backups are thinned to the last 5, one for each of 7 days,
    and one for each of 4 weeks. Raises ProjectDamaged if the copy doesn't stand the check: it is then kept there as
    `….stet.damaged`, counts as no backup, and older backups stay. Raises ProjectError if it can't be made.
    """
    if out is not None and is_taken(out):
        raise ProjectError("a file with that name already exists", hint="choose another name", path=out)
    folder = backup_folder(project)
    shown = folder / f"{project.stem}{_SOUND}" if out is None else out
    try:
        if out is None:
            folder.mkdir(exist_ok=True)
        with StagingFolder(shown) as staging:
            unfinished = staging.path / "new.stet"
            next_sequence = _copy(project, unfinished, source, on_snapshot, progress)
            if source is None:
                _settle(project)
            progress(0, None, "checking")
            faults = faults_of(unfinished)
            sync_file(unfinished)
            if faults:
                kept = _put(unfinished, project, reason, _DAMAGED) if out is None else None
                raise _damaged(project, faults, kept)
            if out is None:
                out = _put(unfinished, project, reason, _SOUND)
                _rotate(project, out)
            else:
                move_new(unfinished, out)
    except OSError as error:
        what, hint = describe(error)
        raise BackupFailed(f"the backup failed: {what}", hint=hint, path=shown) from error
    except sqlite3.Error as error:
        fault = storage_fault(error, shown)
        what, hint = (fault.what, fault.hint) if fault is not None else (str(error), "run: stet check")
        raise BackupFailed(f"the backup failed: {what}", hint=hint, path=shown) from error
    finally:
        with suppress(OSError):
            folder.rmdir()  # if it was made for nothing
    return Copied(out, next_sequence)


def put_apart(project: Path, log: Path) -> None:
    """Move the write-ahead log of a project whose file was overwritten into the backup folder. Raises OSError."""
    folder = backup_folder(project)
    folder.mkdir(exist_ok=True)
    os.replace(log, folder / f"{project.stem}-{datetime.now(UTC).strftime(_STAMP)}{_DAMAGED}-wal")


def set_apart(project: Path, reason: str) -> Path:
    """Keep a file that is to be replaced, damaged or no project at all, with its log and journal; return where.

    Its log and journal are moved, and the file itself gets a second name, so that there is one at its path at any
    moment. Nothing that is kept in this way is ever thinned out. Raises OSError.
    """
    folder = backup_folder(project)
    folder.mkdir(exist_ok=True)
    out = _free_name(project, reason, _REPLACED)
    for ending in ("-wal", "-journal"):
        with suppress(FileNotFoundError):
            os.replace(f"{project}{ending}", f"{out}{ending}")
    with suppress(FileNotFoundError):
        os.unlink(f"{project}-shm")
    try:
        os.link(project, out)
    except OSError:  # not every file system has links
        shutil.copy2(project, out)
    sync_folder(folder)
    return out


def _settle(project: Path) -> None:
    """Leave nothing beside a project that nobody has open, as at the end of a sitting.

    What couldn't be moved from its log into the file when it was closed, as the copy was read at that moment, is now.
    """
    if is_held(project):
        return
    if left_unclean(project):
        with suppress(ProjectError, sqlite3.Error):
            lock = ProjectLock(project, is_announced=False)
            try:
                with closing(connect(project, "mode=rw")) as connection:
                    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                lock.release()
    tidy(project)


def _copy(
    project: Path,
    out: Path,
    opened: sqlite3.Connection | None,
    on_snapshot: Callable[[], None],
    progress: Progress,
) -> int:
    def heed(status: int, remaining: int, total: int) -> None:
        heed_copying(status, remaining, total)
        progress(total - remaining, total, "copying")

    with (
        nullcontext(opened) if opened is not None else closing(connect(project)) as source,
        closing(sqlite3.connect(out, isolation_level=None)) as target,
    ):
        if opened is None:
            # One snapshot: else SQLite begins again whenever something is written meanwhile.
            source.execute("BEGIN")
        row = source.execute("SELECT seq FROM sqlite_sequence WHERE name='edit_log'").fetchone()
        on_snapshot()
        source.backup(target, pages=_PAGES_A_STEP, progress=heed)
        unmark(target)  # nobody writes to the copy
        # The copy must be a single file, without a log beside it.
        target.execute("PRAGMA journal_mode=DELETE")
        return (row[0] if row and isinstance(row[0], int) else 0) + 1


def _damaged(project: Path, faults: list[str], kept: Path | None) -> ProjectDamaged:
    error = ProjectDamaged("no backup was made: the project is damaged", path=project, details=faults)
    apart = f"the copy was kept apart as {kept.parent.name}/{kept.name}; " if kept is not None else ""
    error.hint = f"{apart}the backups made before it are all kept; {how_to_restore(project)}"
    return error


def _put(unfinished: Path, project: Path, reason: str, ending: str) -> Path:
    """Move a copy into the backup folder under the next number. Raises OSError."""
    taken = 0
    while True:
        out = _free_name(project, reason, ending, taken)
        try:
            move_new(unfinished, out)
        except FileExistsError:
            taken += 1  # another process made one at the same moment
            continue
        if ending == _DAMAGED:
            _remove(_copies(project, _DAMAGED)[KEEP_DAMAGED:])
        return out


def _free_name(project: Path, reason: str, ending: str, taken: int = 0) -> Path:
    stamp = datetime.now(UTC).strftime(_STAMP)
    number = max((copy.number for copy in all_copies(project)), default=0) + 1 + taken
    suffix = f"-{reason}" if reason else ""
    return backup_folder(project) / f"{project.stem}-{stamp}-{number:04}{suffix}{ending}"


def _rotate(project: Path, made: Path) -> None:
    found = _copies(project)
    keep = {copy.path for copy in found[:KEEP_RECENT]} | {made}
    for pattern, most in (("%Y-%m-%d", KEEP_DAYS), ("%G-%V", KEEP_WEEKS)):
        newest: dict[str, Path] = {}
        for copy in found:
            newest.setdefault(copy.made.strftime(pattern), copy.path)
        keep.update(list(newest.values())[:most])
    _remove([copy for copy in found if copy.path not in keep])


def _remove(copies: list[Backup]) -> None:
    for copy in copies:
        # The new one is written; an old one that another program holds open goes with the next.
        with suppress(OSError):
            copy.path.unlink()


def _copies(project: Path, ending: str = _SOUND) -> list[Backup]:
    """Return the copies that `back_up` named, newest first."""
    try:
        names = os.listdir(backup_folder(project))
    except OSError:
        return []
    found = (_parsed(name, project, ending) for name in names)
    return sorted((copy for copy in found if copy is not None), reverse=True)


def _parsed(name: str, project: Path, ending: str) -> Backup | None:
    head = f"{project.stem}-"
    if not (name.startswith(head) and name.endswith(ending)):
        return None
    match = _NAME.fullmatch(name.removeprefix(head).removesuffix(ending))
    if match is None:
        return None
    try:
        made = datetime.strptime(match["stamp"], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
    return Backup(int(match["number"] or 0), made, backup_folder(project) / name, match["reason"] or "")
