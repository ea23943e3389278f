"""What a project settles for everyone who works in it, by key: kept in its file and in bundles made from it."""

import hashlib

from app.core.errors import EditRejected

CONTROL_SHARE = "suggestion-control-share"
"""The percentage (0 to 90) of documents in which an annotator sees no suggestions, to measure what those change."""
USE_AGAIN = "suggester-again:"
"""Before a suggester's name, an @ and its version: it is used although it has retired itself, if the value is “yes”."""
MOST_CONTROLLED = 90
LONGEST_KEY, LONGEST_VALUE = 300, 300


def checked_option(key: str, value: str | None) -> None:
    """Raise EditRejected for an option that doesn't exist, or a value that it can't have."""
    if len(key) > LONGEST_KEY or len(value or "") > LONGEST_VALUE:
        raise EditRejected("the option is too long")
    if key == CONTROL_SHARE:
        if value is not None and not _is_share(value):
            raise EditRejected(f"the control share is a percentage from 0 to {MOST_CONTROLLED}")
    elif not key.startswith(USE_AGAIN) or value not in (None, "yes"):
        raise EditRejected(f"there is no option “{key[:60]}” with such a value")


def share_of(value: str | None) -> int:
    """Return the percentage that a project's CONTROL_SHARE says; 0 where it says nothing that can be understood."""
    return int(value) if value is not None and _is_share(value) else 0


def _is_share(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 4 and int(value) <= MOST_CONTROLLED


def is_control(document: str, annotator: str, share: int) -> bool:
    """Return whether an annotator (key of the name) sees no suggestions in a document (uid), for a share in percent.

    The place between 0 and 1 that a SHA-256 of both gives is below the share: it is the same in every copy of the
    project, and raising the share adds documents and takes none away.
    """
    if not share:
        return False
    digest = hashlib.sha256(f"{document}\n{annotator}".encode()).digest()
    return int.from_bytes(digest[:8]) < share / 100 * 2**64
