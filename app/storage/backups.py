"""Backups: verified, rotated copies of a project in the folder `NAME.backups` beside it."""

import os
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from app.core.errors import ProjectError
from app.core.os_faults import describe
from app.storage import preflight
from app.storage.access import connect
from app.storage.errors import storage_fault

KEEP_RECENT = 5
KEEP_DAYS = 7
KEEP_WEEKS = 4
_STAMP = "%Y%m%dT%H%M%SZ"
_PAGES_A_STEP = 2048


def backup_folder(project: Path) -> Path:
    """Return the folder of a project's backups; it may not exist yet."""
    return project.with_name(f"{project.stem}.backups")


def backups(project: Path) -> list[Path]:
    """Return the project's backups, newest first. Other files in the folder are ignored."""
    found = backup_folder(project).glob("*.stet")
    return sorted((path for path in found if _made(path, project)), key=lambda path: path.name, reverse=True)


def newest_good(project: Path) -> Path | None:
    """Return the newest intact backup of a project, None if there is none."""
    for path in backups(project):
        try:
            preflight.require_whole(path, preflight.require_project(path))
        except (ProjectError, OSError):
            continue
        return path
    return None


def how_to_restore(project: Path) -> str:
    """Return advice on how to restore a damaged project."""
    good = newest_good(project)
    if good is None:
        place = backup_folder(project).name
        return f"there is no intact backup of it in {place}; the damaged file was left unchanged, so keep a copy of it"
    return f"move it away and replace it with a copy of its newest intact backup: {good.parent.name}/{good.name}"


def back_up(project: Path, out: Path | None = None, *, reason: str = "") -> Path:
    """Copy a project, open or not, with SQLite's backup API, verify the copy and rename it to its final name.

    Without `out` it goes to the rotated folder, where older backups are thinned to the last 5, one for each of 7 days
    and one for each of 4 weeks. Return its path. Raises ProjectError if the copy fails or isn't intact; older backups
    are then kept.
    """
    rotated = out is None
    if out is None:
        suffix = f"-{reason}" if reason else ""
        out = backup_folder(project) / f"{project.stem}-{datetime.now(UTC).strftime(_STAMP)}{suffix}.stet"
    elif out.exists():
        raise ProjectError("a file with that name already exists", hint="choose another name", path=out)
    unfinished = out.with_name(f".{out.name}.part")
    try:
        if rotated:
            out.parent.mkdir(exist_ok=True)
        unfinished.unlink(missing_ok=True)
        _copy(project, unfinished)
        wrong = preflight.run_check(unfinished, check="quick_check", mode="mode=ro&immutable=1")
        if wrong:
            raise ProjectError(f"the copy is incomplete ({wrong[0]})", hint="run: stet check", path=project)
        _sync(unfinished)
        os.replace(unfinished, out)
    except OSError as error:
        what, hint = describe(error)
        raise ProjectError(f"the backup failed: {what}", hint=hint, path=out) from error
    except sqlite3.Error as error:
        fault = storage_fault(error, out)
        what, hint = (fault.what, fault.hint) if fault is not None else (str(error), "run: stet check")
        raise ProjectError(f"the backup failed: {what}", hint=hint, path=out) from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
    if rotated:
        _rotate(project)
    return out


def _copy(project: Path, out: Path) -> None:
    with (
        closing(connect(project)) as source,
        closing(sqlite3.connect(out)) as target,
    ):
        source.backup(target, pages=_PAGES_A_STEP)
        # The copy must be a single file, without a log beside it.
        target.execute("PRAGMA journal_mode=DELETE")


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _rotate(project: Path) -> None:
    found = backups(project)
    keep = set(found[:KEEP_RECENT])
    for pattern, most in (("%Y-%m-%d", KEEP_DAYS), ("%G-%V", KEEP_WEEKS)):
        newest: dict[str, Path] = {}
        for path in found:
            made = _made(path, project)
            if made is not None:
                newest.setdefault(made.strftime(pattern), path)
        keep.update(list(newest.values())[:most])
    for path in found:
        if path not in keep:
            # The new backup is written; an old one that another program holds open goes with the next.
            with suppress(OSError):
                path.unlink()


def _made(path: Path, project: Path) -> datetime | None:
    """Return the time in a backup's file name; None for a file that `back_up` didn't name."""
    if not path.name.startswith(f"{project.stem}-"):
        return None
    stamp = path.stem.removeprefix(f"{project.stem}-")[: len("20260101T000000Z")]
    try:
        return datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
