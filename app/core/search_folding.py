"""The one folding that all finders share: spellings that a reader takes for the same are folded to equal strings.

Equal are composed and decomposed letters, letters and their presentation forms (ligatures, full and half width, Arabic
shapes), straight and typographic quotation marks, hyphens of any kind, digits of any script, and words with and without
what can't be seen (soft hyphens, joiners, direction marks) or only guides the reader (Hebrew and Arabic points,
tatweel, Russian stress). Case and accents are folded if asked. Texts aren't changed: `Folded` leads back to their code
points.
"""

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple
from unicodedata import combining, decimal, decomposition, normalize

from app.core.long_text import AT_ONCE, pieces_at_blanks

_ALIKE = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02b9\u02bb\u02bc\u2039\u203a\u05f3\u055a", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\u275d\u275e\u301d\u301e\u301f\u05f4", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212\u058a\u05be\u1806", "-"),
    # Letters of one shape or sound that keyboards tell apart: Persian and Arabic kaf and yeh; the two sigmas.
    **{"\u06a9": "\u0643", "\u06cc": "\u064a", "\u03c2": "\u03c3"},
}
# Vowel points and the tatweel, which only stretches a word; marks that make another letter (hamza, madda) count.
_POINTS = (
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"  # Hebrew
    "\u0610-\u061a\u0640\u064b-\u0652\u0656-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"  # Arabic
    "\u0730-\u074a"  # Syriac
)
# Default_Ignorable_Code_Point of Unicode without joiners, and without the tags, which tell flags apart.
_UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0100-\U000e01ef"
)
_DROPPED = re.compile(f"[{_POINTS}{_UNSEEN}]")
# Between emoji, a joiner makes another sign.
_JOINERS = re.compile("(?<![\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff])[\u200c\u200d]")
_DOTTED = re.compile("i\u0307+")  # Turkish and Lithuanian
_ACCENTED = re.compile("([A-Za-z\u00aa-\u024f\u0370-\u03ff])[\u0300-\u036f]+")
_STRESSED = re.compile("(?<=[\u0400-\u052f])[\u0300\u0301]")
_FORMS = frozenset(
    ("<compat>", "<font>", "<noBreak>", "<wide>", "<narrow>", "<vertical>", "<small>")
    + ("<initial>", "<medial>", "<final>", "<isolated>")
)
"""The kinds of compatibility mappings that stand for the same text; superscripts, fractions and the like don't."""
# Letters that make one with the letter before them though they have no combining class.
_PARTS = frozenset(
    "\u0640\u200c\u200d\uff9e\uff9f\u034f\u17b4\u17b5\u180b\u180c\u180d\u180f\u09be\u09d7\u0b3e\u0b56\u0b57\u0bbe\u0bd7"
    "\u0cc2\u0cd5\u0cd6\u0d3e\u0d57\u0dcf\u0ddf\u102e\u1b35\U00011127\U0001133e\U00011357\U000114b0\U000114ba\U000114bd"
    "\U000115af\U00011930"
)
# Where the Basic Multilingual Plane has characters that are folded by more than their case: not among ideographs,
# Hangul syllables and Yi. Beyond it, every character is looked at.
_SURVEYED = (range(0x80, 0x3400), range(0xA4D0, 0xAC00), range(0xF900, 0x10000))
_RUNS_KEPT = 1 << 14


class Fold(NamedTuple):
    """How far spellings are folded: whether `case` and `accents` (of Latin and Greek letters) count."""

    case: bool = False
    accents: bool = True


SPELLINGS = Fold()
"""For finding places in texts: accents count."""
CASED = Fold(case=True)
WORDS = Fold(accents=False)
"""For finding documents."""


class _Piece(NamedTuple):
    """A stretch of a text that is folded to another length: `[start, end)` folded, `[source, source_end)` in the text.

    A hit can begin or end inside only if it is `divisible`, as a ligature is.
    """

    start: int
    end: int
    source: int
    source_end: int
    divisible: bool


_Run = tuple[str, tuple[_Piece, ...]]


class Folded:
    """A text after folding, and the way back to its code points."""

    __slots__ = ("_pieces", "_starts", "text")

    def __init__(self, text: str, pieces: list[_Piece]) -> None:
        self.text = text
        self._pieces = pieces
        self._starts = array("q", (piece.start for piece in pieces))

    def source(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the range of the text (code points) that was folded to `[start, end)`, extended to whole ligatures;
        None if that begins or ends inside of what is one letter.
        """
        if not self._pieces:
            return start, end
        first, last = self._source_start(start), self._source_end(end)
        return None if first is None or last is None or last <= first else (first, last)

    def _source_start(self, at: int) -> int | None:
        number = bisect_right(self._starts, at) - 1
        if number < 0:
            return at
        piece = self._pieces[number]
        if at >= piece.end:
            return piece.source_end + at - piece.end
        return piece.source if at == piece.start or piece.divisible else None

    def _source_end(self, at: int) -> int | None:
        number = bisect_left(self._starts, at) - 1
        if number < 0:
            return at
        piece = self._pieces[number]
        if at >= piece.end:
            return piece.source_end + at - piece.end
        return piece.source_end if piece.divisible else None


def fold(text: str, how: Fold = SPELLINGS) -> str:
    """Return a text after folding: equal for all spellings that count as the same. Idempotent."""
    if text.isascii():
        return text if how.case else text.lower()
    if len(text) > AT_ONCE and len(pieces := list(pieces_at_blanks(text))) > 1:
        return "".join(fold(piece, how) for piece in pieces)
    parts = _scanner(how).split(text)
    if any(_is_glued(run, 0) for run in parts[1::2]):
        return folded(text, how).text
    parts[1::2] = map(_known_runs(how).text_of, parts[1::2])
    if not how.case:
        parts[::2] = map(str.casefold, parts[::2])
    return "".join(parts)


def folded(text: str, how: Fold = SPELLINGS) -> Folded:
    """Return a text after folding, with the way back."""
    if text.isascii():
        return Folded(text if how.case else text.lower(), [])
    parts: list[str] = []
    pieces: list[_Piece] = []
    known = _known_runs(how)
    last = length = 0
    for found in _scanner(how).finditer(text):
        start, end = found.span()
        if start > last and _is_glued(text, start):
            start -= 1  # a mark takes the character before it along
        between, run = text[last:start], text[start:end]
        made, changed = known[run]
        parts += (between if how.case else between.casefold(), made)
        length += start - last
        for piece in changed:
            where = (length + piece.start, length + piece.end, start + piece.source, start + piece.source_end)
            pieces.append(_Piece(*where, piece.divisible))
        length += len(made)
        last = end
    rest = text[last:]
    parts.append(rest if how.case else rest.casefold())
    return Folded("".join(parts), pieces)


def without_unseen(text: str) -> str:
    """Return a text in composed letters and without characters that can't be seen, for telling its spelling."""
    return text if text.isascii() else normalize("NFC", re.sub(f"[{_UNSEEN}]", "", text))


def cluster_start(text: str, at: int) -> int:
    """Return the last offset up to `at` at which a text can be cut so that both parts are folded as in the whole."""
    glued = 0 < at < len(text) and _is_glued(text, at)
    while at and glued:
        at -= 1
        glued = _attaches(text[at]) or _is_unseen(text[at])
    return at


def character_class(codes: Iterable[int]) -> str:
    """Return the inside of a regular expression's character class for code points in ascending order."""
    found: list[list[int]] = []
    for code in codes:
        if found and code == found[-1][1] + 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in found)


def _folded(text: str, how: Fold) -> str:
    """Return a text after folding, which is as long as whole clusters, by the rules themselves."""
    # What is dropped or changed may part or join letters and marks: so all is decomposed first, and composed last.
    made = normalize("NFD", text).translate(_table(how))
    if "\u200d" in made or "\u200c" in made:
        made = _JOINERS.sub("", made)
    if not how.case:
        made = _DOTTED.sub("i", made)
    if not how.accents:
        made = _ACCENTED.sub(r"\1", made)
    return normalize("NFC", _STRESSED.sub("", normalize("NFC", made)))


class _Table(dict[int, str]):
    """What single characters of a decomposed text are folded to, as far as any was met."""

    def __init__(self, how: Fold) -> None:
        super().__init__()
        self._how = how

    def __missing__(self, code: int) -> str:
        made = _DROPPED.sub("", _form(chr(code)))
        if not self._how.case:
            # “ı” is an i without a dot, which in capitals none has.
            made = "".join(map(_form, made.casefold())).replace("\u0131", "i")
        self[code] = made = normalize("NFD", made)
        return made


@cache
def _table(how: Fold) -> _Table:
    return _Table(how)


@cache
def _form(char: str) -> str:
    """Return what a character of a decomposed text stands for."""
    alike = _ALIKE.get(char)
    if alike is not None:
        return alike
    digit = decimal(char, None)
    if digit is not None:
        return str(digit)
    kind, *codes = decomposition(char).split() or [""]
    if kind not in _FORMS or codes[0] == "0020":  # an accent that stands alone is no space
        return char
    return "".join(map(_form, normalize("NFD", "".join(chr(int(code, 16)) for code in codes))))


class _Runs(dict[str, _Run]):
    """Folded runs of clusters, with those of them whose length has changed. Most runs in a text are the same few."""

    def __init__(self, how: Fold) -> None:
        super().__init__()
        self._how = how

    def text_of(self, run: str) -> str:
        """Return a run after folding."""
        return self[run][0]

    def __missing__(self, run: str) -> _Run:
        parts: list[str] = []
        pieces: list[_Piece] = []
        length = 0
        for start, end in _clusters(run):
            cluster = run[start:end]
            made = _folded(cluster, self._how)
            if len(made) != end - start:
                pieces.append(_Piece(length, length + len(made), start, end, _is_divisible(cluster)))
            parts.append(made)
            length += len(made)
        if len(self) >= _RUNS_KEPT:
            self.clear()
        self[run] = result = "".join(parts), tuple(pieces)
        return result


@cache
def _known_runs(how: Fold) -> _Runs:
    return _Runs(how)


def _is_divisible(cluster: str) -> bool:
    """Whether a character shows several letters, so that a reader may look for some of them."""
    letters = _form(cluster[0])
    return len(letters) > 1 and letters.isalpha()


def _clusters(run: str) -> list[tuple[int, int]]:
    """Return the range of each cluster of a run: a character with its marks."""
    starts: list[int] = []
    glued = False
    for at in range(len(run) - 1, 0, -1):
        glued = _attaches(run[at]) or (glued and _is_unseen(run[at]))
        if not glued:
            starts.append(at)
    starts.append(0)
    starts.reverse()
    return list(zip(starts, (*starts[1:], len(run)), strict=True))


def _is_glued(text: str, at: int) -> bool:
    """Whether the character at an offset belongs to the one before it: a mark, maybe behind what can't be seen."""
    while at < len(text):
        if _attaches(text[at]):
            return True
        if not _is_unseen(text[at]):
            return False
        at += 1
    return False


@cache
def _is_unseen(char: str) -> bool:
    return _DROPPED.match(char) is not None


@cache
def _attaches(char: str) -> bool:
    """Whether a character can't be folded without the one before it."""
    return (
        combining(char) > 0
        or char in _PARTS
        or "\u1161" <= char <= "\u11ff"  # vowels and finals of Hangul syllables
        or "\ufe00" <= char <= "\ufe0f"
        or "\U000e0020" <= char <= "\U000e01ef"
        or "\U0001f3fb" <= char <= "\U0001f3ff"
    )


@cache
def _scanner(how: Fold) -> re.Pattern[str]:
    """Return a pattern for the stretches of a text that may not be folded by case alone."""
    codes = [code for span in _SURVEYED for code in span if _is_special(chr(code), how)]
    return re.compile(f"([{character_class(codes)}\U00010000-\U0010ffff]+)")


def _is_special(char: str, how: Fold) -> bool:
    if len(char.casefold()) != 1:
        return True
    if decomposition(char):
        return _folded(char, how) != (char if how.case else char.casefold())
    return bool(
        char in _ALIKE or char == "\u0131" or decimal(char, None) is not None or _attaches(char) or _DROPPED.match(char)
    )
