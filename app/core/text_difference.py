"""Where two texts differ: by lines, then by words, then by letters of words that resemble each other.

Lines and words that occur once in both texts are matched first, as in patience diff (Bram Cohen), and what lies between
them in turn: that is nearly linear in the length of the texts, and doesn't match a word with its like elsewhere.
"""

import difflib
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple

from app.core.graphemes import extends_cluster
from app.core.scripts import is_unspaced

_MOST_PAIRS = 200_000  # of two stretches without a common unique part; larger ones are replaced as a whole
_MOST_EDITS = 60  # between stretches that are too large and too uniform for all else
_RUNS = (1, 4, 16)  # elements
_MOST_LETTERS = 400  # of a word that is compared by letters
_LIKE = 0.6  # two words less alike than this are two words, not one with a typo
# White space; punctuation; Han and kana, which have no spaces, letter by letter; else what stands between them.
_STOPS = r"\s!-/:-@\[-`{-~\u00a1-\u00bf\u2010-\u205e\u060c\u061b\u061f\u06d4\u0964\u0965\u3000-\u303f\uff00-\uff0f"
_ALONE = r"\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"\s+|[{_ALONE}]|[^{_STOPS}{_ALONE}]+|.", re.DOTALL)


class Hunk(NamedTuple):
    """A range `[start, end)` of one text and the one that stands in its place in the other, in code points."""

    start: int
    end: int
    new_start: int
    new_end: int


def differences(old: str, new: str, *, among: Sequence[Hunk] | None = None) -> list[Hunk]:
    """Return the ranges that differ, in order; with `among`, only those in these ranges of both.

    No range begins or ends inside a grapheme cluster of either text.
    """
    found: list[Hunk] = []
    for outer in (Hunk(0, len(old), 0, len(new)),) if among is None else among:
        for large in _unlike(old, new, outer, _lines):
            for small in _unlike(old, new, large, _TOKEN.findall):
                found.extend(_by_letters(old, new, small))
    return _on_edges(old, new, found)


def whole_words(old: str, new: str, hunks: Sequence[Hunk]) -> list[Hunk]:
    """Return the ranges widened so that none begins or ends inside a word of a script with spaces; those in the same
    word become one. The hunks are in order, and what lies between them is equal in both texts.
    """
    found: list[Hunk] = []
    for number, (start, end, new_start, new_end) in enumerate(hunks):
        before = found[-1] if found else Hunk(0, 0, 0, 0)
        behind = hunks[number + 1].start if number + 1 < len(hunks) else len(old)
        while start > before.end and (_is_inside(old, start) or _is_inside(new, new_start)):
            start, new_start = start - 1, new_start - 1
        while end < behind and (_is_inside(old, end) or _is_inside(new, new_end)):
            end, new_end = end + 1, new_end + 1
        if found and start == before.end and (_is_inside(old, start) or _is_inside(new, new_start)):
            start, new_start = before.start, before.new_start
            found.pop()
        found.append(Hunk(start, end, new_start, new_end))
    return found


def _is_inside(text: str, at: int) -> bool:
    """Whether a place is between two letters of a word."""
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    return before.isalnum() and after.isalnum() and not (is_unspaced(before) or is_unspaced(after))


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def _unlike(old: str, new: str, at: Hunk, parted: Callable[[str], list[str]]) -> list[Hunk]:
    """Return the ranges of the pieces that differ, within a range of both texts."""
    one, other = parted(old[at.start : at.end]), parted(new[at.new_start : at.new_end])
    starts, new_starts = _offsets(one, at.start), _offsets(other, at.new_start)
    return [Hunk(starts[i], starts[j], new_starts[k], new_starts[m]) for i, j, k, m in _aligned(one, other)]


def _offsets(pieces: Sequence[str], start: int) -> list[int]:
    found = [start]
    for piece in pieces:
        found.append(found[-1] + len(piece))
    return found


def _aligned(one: Sequence[Hashable], other: Sequence[Hashable]) -> list[Hunk]:
    """Return the ranges of two sequences that differ, by index."""
    found: list[Hunk] = []
    waiting = [Hunk(0, len(one), 0, len(other))]
    while waiting:
        start, end, new_start, new_end = waiting.pop()
        while start < end and new_start < new_end and one[start] == other[new_start]:
            start, new_start = start + 1, new_start + 1
        while start < end and new_start < new_end and one[end - 1] == other[new_end - 1]:
            end, new_end = end - 1, new_end - 1
        if start == end and new_start == new_end:
            continue
        here = Hunk(start, end, new_start, new_end)
        matches = _matches(one, other, here) if start < end and new_start < new_end else []
        if matches:
            at, new_at = start, new_start
            for i, j in (*matches, (end, new_end)):
                waiting.append(Hunk(at, i, new_at, j))
                at, new_at = i + 1, j + 1
        elif 0 < (end - start) * (new_end - new_start) <= _MOST_PAIRS:
            found.extend(_by_blocks(one, other, here))
        else:
            found.extend(_by_edits(one, other, here) or [here])
    return sorted(found)


def _by_blocks(one: Sequence[Hashable], other: Sequence[Hashable], at: Hunk) -> list[Hunk]:
    matcher = difflib.SequenceMatcher(None, one[at.start : at.end], other[at.new_start : at.new_end], autojunk=False)
    return [
        Hunk(at.start + i, at.start + j, at.new_start + k, at.new_start + m)
        for tag, i, j, k, m in matcher.get_opcodes()
        if tag != "equal"
    ]


def _by_edits(one: Sequence[Hashable], other: Sequence[Hashable], at: Hunk) -> list[Hunk]:
    """Return the fewest ranges that differ, by the greedy algorithm of Myers (An O(ND) Difference Algorithm, 1986); an
    empty list if one side is empty, or more than a few elements differ.
    """
    length, new_length = at.end - at.start, at.new_end - at.new_start
    if not length or not new_length or abs(length - new_length) > _MOST_EDITS:
        return []
    reach = {1: 0}  # by diagonal, how far into the first sequence one comes
    steps: list[dict[int, int]] = []
    for edits in range(_MOST_EDITS + 1):
        steps.append(dict(reach))
        for diagonal in range(-edits, edits + 1, 2):
            is_down = diagonal == -edits or (
                diagonal != edits and reach.get(diagonal - 1, -1) < reach.get(diagonal + 1, -1)
            )
            x = reach[diagonal + 1] if is_down else reach[diagonal - 1] + 1
            y = x - diagonal
            while x < length and 0 <= y < new_length and one[at.start + x] == other[at.new_start + y]:
                x, y = x + 1, y + 1
            reach[diagonal] = x
            if x >= length and y >= new_length:
                return _way_back(steps, at)
    return []


def _way_back(steps: Sequence[dict[int, int]], at: Hunk) -> list[Hunk]:
    """Return the ranges that differ on the way that Myers' algorithm found to the end of both."""
    x, y = at.end - at.start, at.new_end - at.new_start
    single: list[Hunk] = []
    for edits in range(len(steps) - 1, 0, -1):
        reach, diagonal = steps[edits], x - y
        is_down = diagonal == -edits or (
            diagonal != edits and reach.get(diagonal - 1, -1) < reach.get(diagonal + 1, -1)
        )
        before = diagonal + 1 if is_down else diagonal - 1
        x, y = reach[before], reach[before] - before
        single.append(Hunk(at.start + x, at.start + x + (not is_down), at.new_start + y, at.new_start + y + is_down))
    found: list[Hunk] = []
    for hunk in reversed(single):
        if found and (found[-1].end, found[-1].new_end) == (hunk.start, hunk.new_start):
            hunk = Hunk(found[-1].start, hunk.end, found.pop().new_start, hunk.new_end)
        found.append(hunk)
    return found


def _matches(one: Sequence[Hashable], other: Sequence[Hashable], at: Hunk) -> list[tuple[int, int]]:
    """Return pairs of indexes of equal elements, rising in both, to begin with: of elements that occur once in both
    ranges, or in ranges too large to be compared as a whole, of runs that do.
    """
    is_large = (at.end - at.start) * (at.new_end - at.new_start) > _MOST_PAIRS
    for width in _RUNS if is_large else _RUNS[:1]:
        found = _rising(_unique(one, other, at, width))
        if found:
            return found
    return []


def _unique(one: Sequence[Hashable], other: Sequence[Hashable], at: Hunk, width: int) -> list[tuple[int, int]]:
    """Return pairs of indexes where runs of so many elements begin that occur once in both ranges."""
    runs, new_runs = _runs(one, at.start, at.end, width), _runs(other, at.new_start, at.new_end, width)
    counts, new_counts = Counter(runs), Counter(new_runs)
    where = {run: j for j, run in enumerate(new_runs, at.new_start) if new_counts[run] == 1}
    return [(i, where[run]) for i, run in enumerate(runs, at.start) if counts[run] == 1 and run in where]


def _runs(pieces: Sequence[Hashable], start: int, end: int, width: int) -> Sequence[Hashable]:
    if width == 1:
        return pieces[start:end]
    return [tuple(pieces[at : at + width]) for at in range(start, end - width + 1)]


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the most pairs whose second numbers rise too; the first ones do."""
    # `tails` are the last numbers of the best sequences of each length.
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for number, (_, j) in enumerate(pairs):
        length = bisect_left(tails, j)
        if length == len(tails):
            tails.append(j)
            ends.append(number)
        else:
            tails[length] = j
            ends[length] = number
        before.append(ends[length - 1] if length else -1)
    number = ends[-1] if ends else -1
    chosen: list[tuple[int, int]] = []
    while number >= 0:
        chosen.append(pairs[number])
        number = before[number]
    return chosen[::-1]


def _by_letters(old: str, new: str, at: Hunk) -> list[Hunk]:
    """Return the parts of two words that differ, or the whole of them if they aren't alike."""
    if at.start == at.end or at.new_start == at.new_end:
        return [at]
    if max(at.end - at.start, at.new_end - at.new_start) > _MOST_LETTERS:
        return _trimmed(old, new, at)
    one, other = _clusters(old, at.start, at.end), _clusters(new, at.new_start, at.new_end)
    if difflib.SequenceMatcher(None, one, other, autojunk=False).ratio() < _LIKE:
        return [at]
    starts, new_starts = _offsets(one, at.start), _offsets(other, at.new_start)
    return [Hunk(starts[i], starts[j], new_starts[k], new_starts[m]) for i, j, k, m in _aligned(one, other)]


def _trimmed(old: str, new: str, at: Hunk) -> list[Hunk]:
    """Return a range without what both sides begin and end with, if that is most of it."""
    start, end, new_start, new_end = at
    while start < end and new_start < new_end and old[start] == new[new_start]:
        start, new_start = start + 1, new_start + 1
    while start < end and new_start < new_end and old[end - 1] == new[new_end - 1]:
        end, new_end = end - 1, new_end - 1
    same = at.end - at.start - (end - start)
    most = max(at.end - at.start, at.new_end - at.new_start)
    return [Hunk(start, end, new_start, new_end)] if same >= most * _LIKE else [at]


def _clusters(text: str, start: int, end: int) -> list[str]:
    found: list[str] = []
    for at in range(start, end):
        if found and extends_cluster(text, at):
            found[-1] += text[at]
        else:
            found.append(text[at])
    return found


def _on_edges(old: str, new: str, hunks: Sequence[Hunk]) -> list[Hunk]:
    """Return the ranges widened to the edges of grapheme clusters in both texts; those that meet so are united."""
    found: list[Hunk] = []
    at = 0
    while at < len(hunks):
        start, end, new_start, new_end = hunks[at]
        at += 1
        while not (_is_edge(old, start) and _is_edge(new, new_start)):
            if found and found[-1].end == start:
                start, _, new_start, _ = found.pop()
            else:
                start, new_start = start - 1, new_start - 1
        while not (_is_edge(old, end) and _is_edge(new, new_end)):
            if at < len(hunks) and hunks[at].start == end:
                _, end, _, new_end = hunks[at]
                at += 1
            else:
                end, new_end = end + 1, new_end + 1
        found.append(Hunk(start, end, new_start, new_end))
    return found


def _is_edge(text: str, at: int) -> bool:
    return at <= 0 or at >= len(text) or not extends_cluster(text, at)
