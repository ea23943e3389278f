"""Which key or column of a file has the texts, by its name or by what is in it, for formats in which nobody says it."""

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Any, NamedTuple

from app.core.errors import FormatError

TEXT = "text"
USUAL = (
    "body",
    "content",
    "document",
    "article",
    "sentence",
    "passage",
    "paragraph",
    "review",
    "abstract",
    "raw_text",
)
"""What a column of texts is usually called, besides `text`; the likeliest first."""

_SENTENCE = 20  # characters from which a string without a blank may be a text
_MOST_SHOWN = 12


class NoTexts(FormatError):
    """A file that can be read, but has no texts: one in a folder is left out of an import."""


class FoundBy(Enum):
    """How a column of texts was found."""

    NAME = "its name"
    ONLY = "no other one has texts"
    LONGEST = "its texts are the longest"


class TextColumn(NamedTuple):
    """A column (or key), and how it was found."""

    name: str
    by: FoundBy

    @property
    def is_sure(self) -> bool:
        """Whether it is called so."""
        return self.by is FoundBy.NAME


def text_column(rows: Sequence[Mapping[str, Any]]) -> TextColumn | None:
    """Return the column of the text in a file's first rows: `text` or another usual name, else the only one with texts,
    else the one with the longest. None if no column has what looks like a text, or several are alike.
    """
    for name in (TEXT, *USUAL):
        found = next((key for each in rows for key, value in each.items() if _is_named(key, value, name)), None)
        if found is not None:
            return TextColumn(found, FoundBy.NAME)
    lengths: dict[str, int] = {}
    for each in rows:
        for key, value in each.items():
            if isinstance(value, str) and looks_like_text(value):
                lengths[key] = lengths.get(key, 0) + len(value)
    longest = sorted(lengths, key=lambda key: -lengths[key])
    if not longest or (len(longest) > 1 and lengths[longest[0]] == lengths[longest[1]]):
        return None
    return TextColumn(longest[0], FoundBy.ONLY if len(longest) == 1 else FoundBy.LONGEST)


def _is_named(key: str, value: object, name: str) -> bool:
    return key.casefold() == name and isinstance(value, str)


def looks_like_text(value: str) -> bool:
    """Whether a string may be a text: it has words, or is as long as a sentence of a script without blanks."""
    words = value.split()
    is_address = len(words) == 1 and value.isascii()
    return not is_address and (len(words) > 2 or len(value) >= _SENTENCE)  # noqa: PLR2004  a name has two words


def in_quotes(names: Iterable[str]) -> str:
    """Return the first names of columns, each once, as an error lists them: `“id”, “body”`, or `none`."""
    found = list(dict.fromkeys(names))
    shown = ", ".join(f"“{name[:40]}”" for name in found[:_MOST_SHOWN])
    return f"{shown or 'none'}{', …' if len(found) > _MOST_SHOWN else ''}"
