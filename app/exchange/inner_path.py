"""Validates names of files inside a folder, as given in a format's (untrusted) data."""

import re
from pathlib import PurePosixPath

from app.core.errors import FormatError

_FORBIDDEN = re.compile(r'[\\:<>"|?*\x00-\x1f\x7f\ud800-\udfff]')


def inner_path(name: str) -> PurePosixPath:
    """Return a name such as `news/one.ann`, with `/` separators, as a relative path.

    Raises FormatError for a name that leads out of the folder, or that isn't portable across file systems.
    """
    parts = name.split("/")
    leaves = not all(parts) or any(part.strip(" .") == "" for part in parts)
    if leaves or _FORBIDDEN.search(name):
        shown = name.encode("unicode_escape").decode()[:80]
        raise FormatError(f"“{shown}” isn't a name of a file in the folder", hint="use letters, digits, “-” and “_”")
    return PurePosixPath(name)
