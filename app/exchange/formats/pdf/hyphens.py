"""Words that were broken at the end of a line: whether the hyphen is the word's own (“well-known”) or the line's.

The rest of the text tells, if it has the word in one of both forms. Where it doesn't, nobody can know; most hyphens are
the line's, so the word is joined without one, and it is reported.
"""

import re
from collections import Counter
from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

_WORD = re.compile(r"[^\W_]+(?:[-\u2010\u2011’'][^\W_]+)*")
_LAST = re.compile(r"[^\W_]+$")
_FIRST = re.compile(r"^[^\W_]+")
_HYPHEN = re.compile(r"[-\u2010\u2011]")
# “two- and threefold”, “Ein- und Ausfuhr”: the hyphen stands for the rest of a word.
_SUSPENDS = frozenset(
    (
        "and",
        "or",
        "to",
        "und",
        "oder",
        "bzw",
        "et",
        "ou",
        "y",
        "o",
        "e",
        "ed",
        "od",
        "en",
        "of",
        "och",
        "eller",
        "og",
        "i",
        "oraz",
        "lub",
        "та",
        "і",
        "й",
        "або",
        "и",
        "или",
    )
)


class Join(Enum):
    """What stands between the two parts."""

    NOTHING = ""
    HYPHEN = "-"
    SUSPENDED = "- "


class Joined(NamedTuple):
    """How two parts are joined; `word` is the word that is made so if nobody knows whether that is right."""

    join: Join
    unsure: str = ""


class Hyphens:
    """Knows the words of a text that stand in lines without being broken."""

    def __init__(self, lines: Iterable[tuple[str, bool, bool]]) -> None:
        """`lines` are texts, and whether they begin and end with whole words."""
        self._words: Counter[str] = Counter()
        self._pairs: Counter[tuple[str, str]] = Counter()
        for text, begins_whole, ends_whole in lines:
            found = [each[0].casefold() for each in _WORD.finditer(text)]
            for word in found[0 if begins_whole else 1 : len(found) if ends_whole else -1]:
                parts = _HYPHEN.split(word)
                self._words.update(parts)
                self._pairs.update(zip(parts, parts[1:], strict=False))

    def joined(self, before: str, after: str) -> Joined:
        """Return how the end of a line, without its hyphen, is joined with the next line."""
        left, right = _LAST.search(before), _FIRST.search(after)
        if left is None or right is None:
            return Joined(Join.HYPHEN)
        one, other = left[0], right[0]
        if other in _SUSPENDS and after[len(other) : len(other) + 1] in ("", " "):
            return Joined(Join.SUSPENDED)
        if not other[0].isalpha() or other[0].isupper() or not one[-1].isalpha() or (len(one) > 1 and one.isupper()):
            # Words in capitals are broken too; else a capital or a figure begins a word or number of its own.
            is_shouted = one.isupper() and other.isupper() and len(other) > 1
            return Joined(Join.NOTHING if is_shouted and not self._has_pair(one, other) else Join.HYPHEN)
        whole, parted = self._words[(one + other).casefold()], self._has_pair(one, other)
        if whole > parted:
            return Joined(Join.NOTHING)
        is_chained = before[: left.start()][-1:] == "-" and after[right.end() :][:1] == "-"  # “state-of-” “the-art”
        if parted > whole or (is_chained and not whole):
            return Joined(Join.HYPHEN)
        return Joined(Join.NOTHING, f"{one}-{other}")

    def _has_pair(self, one: str, other: str) -> int:
        return self._pairs[one.casefold(), other.casefold()]
