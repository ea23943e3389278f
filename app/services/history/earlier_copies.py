"""The backups of a project as people choose among them: what is in each, and what restoring it would take back."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from app.core.errors import ProjectError, WrongUse
from app.core.progress import Progress, no_progress
from app.core.wording import counted
from app.storage.backup_facts import ALONE, FileFacts, actions_after, facts_of
from app.storage.backups import Backup, all_copies, backup_folder
from app.storage.restoration import restore
from app.storage.soundness import is_sound

NEWEST = "newest"


class EarlierCopy(NamedTuple):
    """A copy in the backup folder.

    `size` is in bytes. `facts` is None for one that can't be read, and `fault` says why. `state` is “checked” for one
    that stood the full check when it was made, “intact” if it has stood it just now, and “damaged”. `since` is how many
    actions the project has that the copy lacks; None if it isn't known, or if the copy `is_apart`: its newest action is
    not in the project, as after a restore. `documents` and `marks` are how many more the project has, None if that
    can't be known.
    """

    backup: Backup
    size: int
    state: str
    facts: FileFacts | None = None
    fault: str = ""
    since: int | None = None
    is_apart: bool = False
    documents: int | None = None
    marks: int | None = None

    @property
    def made(self) -> datetime:
        """When it was made, as the clock showed then, in the time zone of this machine."""
        return self.backup.made.astimezone()

    @property
    def can_be_restored(self) -> bool:
        """Whether it may take the project's place: it is checked once more before it does."""
        return self.backup.is_checked and self.state != "damaged"

    def difference(self) -> str:
        """Return what the project has that this copy hasn't, or the other way round, in words."""
        if self.is_apart:
            parts = ["holds work that the project doesn’t have now"]
        elif self.since is None:
            return ""
        elif self.since == 0:
            return "the same as now"
        else:
            parts = [f"{counted(self.since, 'action')} fewer"]
        for more, noun in ((self.documents, "document"), (self.marks, "mark")):
            if more:
                parts.append(f"{counted(abs(more), noun)} {'fewer' if more > 0 else 'more'}")
        return ", ".join(parts)


def earlier_copies(project: Path, *, check: bool = False) -> Iterator[EarlierCopy]:
    """Yield the copies in a project's backup folder, newest first; with `check` each stands the full check, or doesn't.

    The project itself may be damaged or gone: what it has more is then unknown. Raises Cancelled.
    """
    try:
        now = facts_of(project)
    except ProjectError:
        now = None
    for backup in all_copies(project):
        yield described(project, backup, now, check=check)


def described(project: Path, backup: Backup, now: FileFacts | None, *, check: bool) -> EarlierCopy:
    """Return what is in one of a project's copies; `now` is what is in the project, None if that can't be read."""
    state = "checked" if backup.is_checked else "damaged"
    if check and backup.is_checked:
        state = "intact" if is_sound(backup.path) else "damaged"
    try:
        size = backup.path.stat().st_size
    except OSError as error:
        return EarlierCopy(backup, 0, "damaged", fault=error.strerror or str(error))
    try:
        facts = facts_of(backup.path, ALONE)
    except ProjectError as error:
        return EarlierCopy(backup, size, "damaged", fault=error.what)
    if now is None:
        return EarlierCopy(backup, size, state, facts)
    try:
        since = actions_after(project, facts.head)
    except ProjectError:
        return EarlierCopy(backup, size, state, facts)
    return EarlierCopy(
        backup,
        size,
        state,
        facts,
        since=since,
        is_apart=since is None,
        documents=now.documents - facts.documents,
        marks=now.marks - facts.marks,
    )


def chosen_copy(project: Path, which: str) -> Path:
    """Return the copy that a person names: by its number, its file's name or path, or as “newest”.

    The newest is the newest that stands the full check. Raises WrongUse if there is none.
    """
    copies = [copy for copy in all_copies(project) if copy.is_checked]
    if which == NEWEST:
        found = next((copy.path for copy in copies if is_sound(copy.path)), None)
    elif which.isascii() and which.isdigit():
        found = next((copy.path for copy in copies if copy.number == int(which)), None)
    else:
        named = (copy.path for copy in all_copies(project) if copy.path.name == which)
        found = next(named, Path(which) if Path(which).is_file() else None)
    if found is None:
        place = backup_folder(project).name
        what = f"there is no intact backup in {place}" if which == NEWEST else f"“{which}” is no backup in {place}"
        raise WrongUse(what, hint="list them with: stet backup PROJECT --list", path=project)
    return found


def copies_folder(project: Path) -> Path:
    """Return the folder of a project's backups; it may not exist."""
    return backup_folder(project)


def has_copies(project: Path) -> bool:
    """Whether there is anything to restore a project from."""
    return any(copy.is_checked for copy in all_copies(project))


def restore_copy(project: Path, copy: Path, *, progress: Progress = no_progress) -> Path | None:
    """Put a copy in the place of the project, which is kept; see `storage.restoration.restore`."""
    return restore(project, copy, progress=progress)
