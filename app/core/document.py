"""Documents: immutable texts."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from app.core.document_names import canonical
from app.core.errors import TextRefused
from app.core.wording import shorten, undirected

_TEXT_SUFFIXES = {"txt", "text", "md"}
_LONGEST_TITLE = 200
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A text with a name. `length` is in code points; `sha256` is of the text's UTF-8, in hexadecimal."""

    uid: str
    name: str
    text: str
    sha256: str
    meta: dict[str, Any] = {}

    @property
    def length(self) -> int:
        """Number of code points."""
        return len(self.text)

    @property
    def language(self) -> str:
        """The code of its language, as its metadata says it; an empty string if they don't."""
        said = self.meta.get("language")
        return said.strip() if isinstance(said, str) else ""

    @property
    def title(self) -> str:
        """What people call it: see `title_of`."""
        return title_of(self.name, self.meta)


def title_of(name: str, meta: Mapping[str, Any] | None = None) -> str:
    """Return what people call a document: the title in its metadata, or else its name without a text file's suffix.

    Direction controls in it are escaped.
    """
    title = (meta or {}).get("title")
    if isinstance(title, str) and title.strip():
        return shorten(title, _LONGEST_TITLE)
    stem, dot, ending = name.rpartition(".")
    return undirected(stem if dot and stem and ending.lower() in _TEXT_SUFFIXES else name)


def meta_text(value: object) -> str | None:
    """Return a single value of `meta` as it is typed on the command line; None for a list, an object or null."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return canonical(str(value)) if isinstance(value, str | int | float) else None


def sha256(text: str) -> str:
    """Return the hexadecimal SHA-256 of the text's UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def check_storable(text: str) -> None:
    """Raise TextRefused, with the line, if the text contains NUL or a lone surrogate.

    Many SQLite functions end a text at NUL, and UTF-8 can't encode a lone surrogate.
    """
    found = _UNSTORABLE.search(text)
    if found is None:
        return
    what = "a NUL character" if found[0] == "\x00" else f"a lone surrogate U+{ord(found[0]):04X}"
    line = text.count("\n", 0, found.start()) + 1
    raise TextRefused(
        f"the text contains {what} at character {found.start()}",
        hint="remove it, or convert the file to clean UTF-8",
        line=line,
    )
