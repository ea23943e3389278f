"""Putting a checked copy in the place of a project, which is kept; in one move, so that there always is a file."""

import os
import shutil
import sqlite3
from contextlib import suppress
from pathlib import Path

from app.core.errors import NotWritable, ProjectDamaged, ProjectError
from app.core.os_faults import describe
from app.core.progress import Progress, current_token
from app.staging_folder import StagingFolder, move_over, sync_file
from app.storage import preflight
from app.storage.access import left_unclean, why_not_writable
from app.storage.backup_facts import ALONE, facts_of
from app.storage.backups import back_up, backup_folder, set_apart
from app.storage.held_file import is_held
from app.storage.lock import ProjectLock
from app.storage.project import Project
from app.storage.soundness import faults_of

REASON = "replaced"
_BYTES_A_STEP = 4 * 1024 * 1024


def restore(project: Path, copy: Path, *, progress: Progress) -> Path | None:
    """Replace a project, which nobody may have open, by a copy of it; return where what was there is kept.

    The copy is checked fully before, and left where it is. A project that is intact is kept as a backup, so that
    restoring can be undone by restoring that one; any other file is kept byte for byte. None is returned if there was
    no file at all. Raises NotWritable, ProjectDamaged if the copy is damaged, ProjectError and Cancelled; then the file
    at the project's path is what it was.
    """
    preflight.require_project(copy)
    path = project.resolve()
    if is_held(path):
        raise ProjectError("the project is open here", hint="close it first", path=project)
    if os.path.samefile(copy, path) if path.exists() else False:
        raise ProjectError("this is the project itself", hint="name one of its backups", path=copy)
    try:
        with StagingFolder(path) as staging:
            fresh = staging.path / "restored.stet"
            _duplicate(copy, fresh, progress)
            faults = faults_of(fresh)
            if faults:
                raise ProjectError("this backup is damaged", hint="choose another one; nothing was changed", path=copy)
            sync_file(fresh)
            return _exchange(path, fresh)
    except OSError as error:
        what, hint = describe(error)
        raise ProjectError(f"nothing was restored: {what}", hint=hint, path=project) from error


def _duplicate(copy: Path, out: Path, progress: Progress) -> None:
    total, done = copy.stat().st_size, 0
    token = current_token()
    with copy.open("rb") as source, out.open("xb") as target:
        while block := source.read(_BYTES_A_STEP):
            if token is not None:
                token.raise_if_cancelled()
            target.write(block)
            done += len(block)
            progress(done, total, "copying")
    progress(total, total, "checking")


def _exchange(path: Path, fresh: Path) -> Path | None:
    if not path.exists():
        backup_folder(path).mkdir(exist_ok=True)
        _move_leftovers(path)
        move_over(fresh, path)
        return None
    why = why_not_writable(path)
    if why is not None:
        raise NotWritable(why, hint="change its permissions", path=path)
    kept, head = _kept_as_backup(path)
    lock = ProjectLock(path, is_announced=False)
    try:
        if kept is not None and (left_unclean(path) or facts_of(path, ALONE).head != head):
            raise ProjectError("another program wrote to the project just now", hint="try again", path=path)
        if kept is None:
            kept = set_apart(path, REASON)
        shutil.copymode(path, fresh)
        move_over(fresh, path)
    finally:
        lock.release()
    return kept


def _kept_as_backup(path: Path) -> tuple[Path | None, str]:
    """Return the backup that was made of an intact project and the uid of its newest action; None if it isn't intact.

    Raises ProjectError if another program has it open for writing, or if there is no room.
    """
    try:
        present = Project(path)
    except NotWritable:
        raise
    except ProjectError:
        return None, ""
    try:
        row = present.connection.execute("SELECT uid FROM edit_log ORDER BY sequence DESC LIMIT 1").fetchone()
        return back_up(path, reason=REASON).path, row[0] if row else ""
    except (ProjectDamaged, sqlite3.Error):
        return None, ""
    finally:
        present.close()


def _move_leftovers(path: Path) -> None:
    """Move a log or journal that lies where a project was: SQLite would take it for that of the copy."""
    for ending in ("-wal", "-journal"):
        with suppress(FileNotFoundError):
            os.replace(f"{path}{ending}", backup_folder(path) / f"{path.stem}{ending}.replaced")
    with suppress(FileNotFoundError):
        os.unlink(f"{path}-shm")
