"""Names of documents that a file doesn't name."""

import re
from collections import Counter

from app.core.wording import shorten

_LONGEST = 60
_NUMBER = re.compile(r" \(\d+\)$")


def name_from_text(text: str, id: str = "") -> str:
    """Return a name made of a text's first words, after the id that the file gives it, if it gives one."""
    words = shorten(text, _LONGEST)
    if not words.isprintable():
        words = "".join(char for char in words if char.isprintable())
    if id:
        return f"{shorten(id, _LONGEST)}: {words}" if words else shorten(id, _LONGEST)
    return words or "empty text"


def is_name_from_text(name: str, text: str, id: str = "") -> bool:
    """Whether a document's name is the one that it gets for its text, be it numbered."""
    made = name_from_text(text, id)
    return name == made or _NUMBER.sub("", name) == made


class DistinctNames:
    """Numbers what would otherwise be the same document: the same name and the same text once more.

    The numbers are the same whenever the file is read.
    """

    def __init__(self) -> None:
        self._seen: Counter[int] = Counter()

    def of(self, name: str, text: str) -> str:
        """Return the name, with a number if a record before had both."""
        key = hash((name, text))
        self._seen[key] += 1
        return name if self._seen[key] == 1 else f"{name} ({self._seen[key]})"
