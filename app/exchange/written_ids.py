"""Ids of marks in other tools' files, by which a mark that comes back is known, and one that was copied isn't.

A tool that keeps ids gives them back as they were. But it also lets people copy others' work, with the ids in it; and a
file may go to another project. So an id is written with a check of its document and annotator, and taken only where
both are the same.
"""

import hashlib
import re

_WRITTEN = re.compile(r"([!-~]{1,200})\.([0-9a-f]{8})")


class WrittenIds:
    """Writes and reads ids of one annotator's marks on a document, given by name and the SHA-256 of its text."""

    def __init__(self, name: str, sha256: str, annotator: str) -> None:
        self._seed = "\0".join((name, sha256, annotator)).encode()

    def written(self, uid: str) -> str:
        """Return an id as it is written into a file."""
        return f"{uid}.{self._check(uid)}"

    def read(self, id: str) -> str | None:
        """Return the uid that an id of a file was written for, None if it wasn't for this annotator and document."""
        found = _WRITTEN.fullmatch(id)
        return found[1] if found is not None and self._check(found[1]) == found[2] else None

    def _check(self, uid: str) -> str:
        return hashlib.blake2b(self._seed + uid.encode(), digest_size=4).hexdigest()
