"""The number of words of a text, for the error score, shares of work and figures.

Words are what white space separates. Scripts without blanks between words are estimated:

- A character of Han, kana, Bopomofo and Yi counts as a word.
- In Thai, Lao, Khmer, Burmese, Tibetan, Javanese, Tai Tham and their relatives, four characters count as a word, vowel
  signs and tone marks included, but no stretch between blanks as less than one. A word of the translations of Debian's
  programs (430,000 characters), as ICU cuts them by its dictionaries, has 3.7 characters in Thai, 4.4 in Khmer and 3.8
  in Burmese, and one of Article 1 of the Universal Declaration of Human Rights 4.2 in Lao.
"""

import re
from functools import cache
from typing import NamedTuple

from app.core.long_text import pieces_at_blanks

CHARACTERS_PER_WORD = 4

_A_WORD_EACH = (
    "\u3005-\u3007\u3021-\u3029\u3040-\u3098\u309b-\u30ff\u3105-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\ua000-\ua48c\uf900-\ufaff\uff66-\uff9d\U00016fe0-\U00018dff\U0001aff0-\U0001b2ff\U00020000-\U0003ffff"
)
# Letters, marks and digits only, but for the dots between Tibetan syllables.
_RUN = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e50-\u0e59\u0e81-\u0edf\u0f00\u0f20-\u0f33\u0f35\u0f37\u0f39\u0f3e-\u0fbc"
    "\u1000-\u1049\u1050-\u109f\u1780-\u17d3\u17d7\u17dc-\u17e9\u1950-\u1974\u1980-\u19da\u1a00-\u1a1b\u1a20-\u1a99\u1aa7"
    "\u1b00-\u1b4c\u1b50-\u1b59\u1bc0-\u1bf3\ua930-\ua953\ua980-\ua9c0\ua9cf-\ua9d9\ua9e0-\ua9fe\uaa60-\uaadd"
    "\U000116d0-\U000116e3\U00011700-\U0001173b"
)
_DOTS = "\u0f0b\u0f0c"
_VOICED = "\u3099\u309a\uff9e\uff9f"
_UNCOUNTED = _DOTS + _VOICED
_WHITE = "\n\r\t\v\f\x1c\x1d\x1e\x1f"  # of ASCII, beside the blank, as `str.split` knows it


def count_words(text: str) -> int:
    """Return the number of words of a text; see above. Beside the scripts without blanks, only what has a letter or a
    digit counts.
    """
    if text.isascii() or not _estimated().search(text):
        return sum(map(_count_plain, pieces_at_blanks(text)))
    total = _Counts(0, 0, 0)
    for piece in pieces_at_blanks(text):
        total = _Counts(*map(sum, zip(total, _counts(piece), strict=True)))
    words = (2 * total.length + CHARACTERS_PER_WORD) // (2 * CHARACTERS_PER_WORD)
    return total.words + max(total.runs, words)


def _count_plain(text: str) -> int:
    return _count_ascii(text) if text.isascii() else len(text.split())


class _Counts(NamedTuple):
    """Words that were counted, and what is estimated: stretches without blanks, and their characters."""

    words: int
    runs: int
    length: int


def _counts(text: str) -> _Counts:
    alone = runs = length = at = 0
    rest: list[str] = []
    for found in _estimated().finditer(text):
        stretch = found.group()
        rest.append(text[at : found.start()])
        at = found.end()
        uncounted = sum(map(stretch.count, _UNCOUNTED))
        if found.lastgroup == "each":
            alone += len(stretch) - uncounted
        elif uncounted < len(stretch):
            runs += 1
            length += len(stretch) - uncounted
    rest.append(text[at:])
    others = sum(any(map(str.isalnum, piece)) for piece in " ".join(rest).split())
    return _Counts(alone + others, runs, length)


def _count_ascii(text: str) -> int:
    """Return the number of stretches between white space, in a third of the time of making a list of them."""
    for sign in _WHITE:
        if sign in text:
            text = text.replace(sign, " ")
    while "  " in text:
        text = text.replace("  ", " ")
    if text in ("", " "):
        return 0
    return text.count(" ") + 1 - text.startswith(" ") - text.endswith(" ")


@cache
def _estimated() -> re.Pattern[str]:
    # Compiled on first use: large character classes take milliseconds, and this module is loaded at the start.
    return re.compile(f"(?P<run>[{_RUN}{_DOTS}]+)|(?P<each>[{_A_WORD_EACH}{_VOICED}]+)")
