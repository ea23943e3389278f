"""Messages for errors of the operating system, such as a full disk or missing permissions, whatever was written."""

import errno

_FULL = (errno.ENOSPC, errno.EDQUOT)
_RIGHTS = (errno.EACCES, errno.EPERM, errno.EROFS)

DISK_FULL = "the disk is full"
FREE_SPACE = "free some space; everything saved so far is safe"


def describe(error: OSError) -> tuple[str, str]:
    """Return what is wrong and what to do about it, both starting in lower case and without a full stop."""
    if error.errno in _FULL:
        return DISK_FULL, FREE_SPACE
    if error.errno in _RIGHTS:
        return (error.strerror or "permission denied").lower(), "check the permissions of the file and its folder"
    if error.errno == errno.EIO:
        return "the disk reports an error", "check the disk, and try again"
    return (error.strerror or str(error)).lower(), "check that the place is there and can be used"
