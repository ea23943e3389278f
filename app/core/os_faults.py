"""Messages for errors of the operating system, such as a full disk or missing permissions, whatever was written."""

import errno
import os
from pathlib import Path

from app.core.errors import StetError

_FULL = (errno.ENOSPC, errno.EDQUOT)
_RIGHTS = (errno.EACCES, errno.EPERM, errno.EROFS)
_SCARCE = (errno.ENOMEM, errno.EMFILE, errno.ENFILE)

DISK_FULL = "the disk is full"
FREE_SPACE = "free some space; everything saved so far is safe"


_LITTLE = 64 * 1024  # bytes; what SQLite needs to read a project, 32 KiB, is no more than that


def is_full(folder: Path) -> bool:
    """Return whether the disk of a folder has next to no room left for ordinary users, False if that isn't known.

    Neither a quota nor what is kept for administrators is seen here: only trying tells whether anything can be written.
    """
    if os.name == "nt":
        import shutil

        try:
            return shutil.disk_usage(folder).free < _LITTLE
        except OSError:
            return False
    try:
        found = os.statvfs(folder)
    except OSError:
        return False
    return found.f_bavail * found.f_frsize < _LITTLE


def describe(error: OSError) -> tuple[str, str]:
    """Return what is wrong and what to do about it, both starting in lower case and without a full stop."""
    if error.errno in _FULL:
        return DISK_FULL, FREE_SPACE
    if error.errno in _RIGHTS:
        return (error.strerror or "permission denied").lower(), "check the permissions of the file and its folder"
    if error.errno == errno.EIO:
        return "the disk reports an error", "check the disk, and try again"
    if error.errno in _SCARCE:
        return (error.strerror or "out of memory").lower(), "close other programs, and try again"
    if error.errno == errno.ENAMETOOLONG:
        return "its file name is too long", "give it a shorter name"
    return (error.strerror or str(error)).lower(), "check that the place is there and can be used"


class SystemFault(StetError):
    """What the operating system refused, where nobody expected it: while looking for a file, say.

    Whatever works with files can meet such a fault at any of its calls. Those that know what to do about one handle it
    where it comes up; all others end as this error, at the top of a command, a job or a slot, and not as a mistake of
    the program.
    """

    def __init__(self, error: OSError) -> None:
        what, hint = describe(error)
        place = error.filename if isinstance(error.filename, str | Path) else None
        super().__init__(what, hint=hint, path=place)
        self.__cause__ = error
