"""Saving a copy of an open project elsewhere, whatever has become of its file."""

import os
from pathlib import Path

from app.core.errors import ProjectDamaged, ProjectError
from app.session.kept_work import do_again
from app.session.recent_work import RecentRow
from app.session.session import Session
from app.storage.backups import back_up, newest_good
from app.storage.file_watch import ProjectChanged
from app.storage.soundness import is_sound


def save_elsewhere(session: Session, out: Path) -> str:
    """Write a fully checked copy of an open project; return what is missing in it, in words, "" if nothing is.

    Work that is kept, since it couldn't be written, is in it. If the file was damaged or overwritten by another
    program, the copy is made from the newest intact backup and the work done in this session since. Raises
    ProjectError; then there is no file.
    """
    if out.suffix != ".stet":
        raise ProjectError("a project's name must end in .stet", hint="choose another name", path=out)
    is_lost = _is_lost(session)
    if not is_lost:
        try:
            session.copies.copy_what_is_open(out)
        except ProjectDamaged:
            is_lost = True
    missing = _rescued(session, out) if is_lost else ""
    if not missing:
        session.copies.note_saved()
    return missing


def _is_lost(session: Session) -> bool:
    """Whether what is in the file isn't this project any more, and no copy stands in for it."""
    try:
        session.trouble.check()
    except ProjectChanged as fault:
        return fault.is_overwritten and not session.project.is_apart
    except ProjectError:
        pass
    return False


def _rescued(session: Session, out: Path) -> str:
    base, rows = session.copies.newest, session.copies.recent.rows()
    if base is None or rows is None or not is_sound(base):
        base, rows = newest_good(session.path), None
    if base is None:
        raise ProjectError(
            "nothing could be saved: the file is damaged, and there is no intact backup",
            hint="keep a copy of the file",
            path=session.path,
        )
    back_up(base, out)
    if rows is None:
        return f"The copy is the newest intact backup, {base.name}: what was done after it is missing."
    try:
        _do_again(out, rows)
    except BaseException:
        os.unlink(out)
        raise
    return ""


def _do_again(path: Path, rows: list[RecentRow]) -> None:
    """Do again, in a copy, what was done in the project since it was made."""
    copy = Session.open(path)
    try:
        with copy.writing():
            do_again(copy.executor, rows)
    finally:
        copy.close()
