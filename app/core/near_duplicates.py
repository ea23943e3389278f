"""Finds texts that are nearly equal among very many, such as reprints, or one text with different errors put in.

Two texts are nearly equal if they share at least 60 % of their shingles, the runs of three words in them (their Jaccard
similarity, or resemblance: Broder 1997). Case, punctuation and white space don't count. That is one word in twelve
changed, or two thirds as much text added. Texts so short that they have fewer than 20 shingles together must share
80 %: of few words, one that differs makes another text, as in questions of one form.

Candidates are found without comparing every text with every other: two texts that share so much nearly always share one
of their eight smallest hashes (all but 0.4 ^ 8 of those at the threshold). Each candidate is then compared exactly, so
that no two are taken for nearly equal that aren't. Hashes are the same everywhere and always.
"""

import re
import unicodedata
from array import array
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import accumulate, chain
from zlib import crc32

from app.core.scripts import UNSPACED

LEAST_SHARED, LEAST_SHARED_SHORT = 0.6, 0.8
"""The share of shingles from which on two texts are nearly equal, and that of short ones."""
SHORT = 20
"""Texts with fewer shingles together are short."""
MOST_WORDS = 50_000
"""Of longer texts, only so many words at the beginning are compared."""

_WORDS = 3  # in a shingle
_KEPT = 32  # hashes that are kept of a text
_KEYS = 8  # of these, the smallest, by which candidates are also found if many texts have one
_LIKELY = 0.65  # by the kept hashes alone, from which on a pair is compared first
_LEAST_LIKELY = 0.35  # by the kept hashes alone, below which a pair isn't compared: three standard errors below 0.6
_NEIGHBOURS = 32  # in a bucket, with how many following texts each is compared
_PARTS = 8  # in which the hashes are gone through, for the sake of memory
_MOST_REFUSED = 500_000  # pairs that are remembered as not nearly equal
_MOST_IN_VAIN = (
    20  # after so many others of which it is half, such as those of one form, a text isn't compared any more
)
_CACHED = 64  # texts
_BITS = 32
_ODD, _MASK = 0x9E3779B1, 0xFFFFFFFF
_NONE = 0xFFFFFFFF  # stands where a text has fewer hashes; as a hash it is ignored


class TextSketches:
    """What is kept of many texts to find those that are nearly equal: 128 bytes of each."""

    def __init__(self) -> None:
        self._hashes = array("I")

    def __len__(self) -> int:
        return len(self._hashes) // _KEPT

    def add(self, text: str) -> None:
        """Add a text; its number is how many there were before."""
        found = sorted(_shingle_hashes(text))[:_KEPT]
        self._hashes.extend(found)
        self._hashes.extend([_NONE] * (_KEPT - len(found)))

    def pairs(
        self, text_of: Callable[[int], str], breathe: Callable[[], None] | None = None
    ) -> Iterator[tuple[int, int]]:
        """Yield pairs (by number) that are nearly equal, enough to connect all that are, directly or by others.

        `text_of` returns a text again by its number; it is asked for few of them, but some several times. `breathe` is
        called regularly and may raise to cancel.
        """
        settled = _Settled(len(self))
        shingles = _cached(lambda number: _shingles(text_of(number)))
        # The likeliest come first, so that those of one form don't keep texts from finding the one they are equal to.
        likely = self._candidates(_LIKELY, settled, breathe)
        for one, other in chain(likely, self._candidates(_LEAST_LIKELY, settled, breathe)):
            if _are_near(shingles(one), shingles(other)):
                settled.join(one, other)
                yield one, other
            else:
                settled.refuse(one, other)

    def _candidates(
        self, least: float, settled: "_Settled", breathe: Callable[[], None] | None
    ) -> Iterator[tuple[int, int]]:
        """Yield pairs that aren't settled, have a hash in common and seem to share so much in all.

        A hash that few texts have leads to each of them. One that many have is of common words: it only counts if it is
        among the smallest of a text, and leads to those that are next in order.
        """
        for key, bucket in self._buckets():
            if breathe is not None:
                breathe()
            if len(bucket) > _NEIGHBOURS:
                bucket = sorted((each for each in bucket if key <= self._largest_key(each)), key=self._sketch)
            for at, one in enumerate(bucket):
                mine: frozenset[int] | None = None
                for other in bucket[at + 1 : at + 1 + _NEIGHBOURS]:
                    if settled.has(one, other):
                        continue
                    mine = mine or frozenset(self._sketch(one))
                    if _may_share(mine, self._sketch(other), least):
                        yield one, other

    def _buckets(self) -> Iterator[tuple[int, list[int]]]:
        """Yield each hash that several texts have, with these texts."""
        for part in range(_PARTS):
            by_hash: list[int] = []  # a hash with a text in its lower bits
            for number in range(len(self)):
                found = self._sketch(number)
                by_hash += [key << _BITS | number for key in found if key % _PARTS == part and key != _NONE]
            by_hash.sort()
            bucket: list[int] = []
            before = -1
            for each in chain(by_hash, [-1]):
                key = each >> _BITS
                if key != before:
                    if len(bucket) > 1:
                        yield before, bucket
                    bucket, before = [], key
                bucket.append(each & _MASK)

    def _largest_key(self, number: int) -> int:
        return self._hashes[number * _KEPT + _KEYS - 1]

    def _sketch(self, number: int) -> list[int]:
        return self._hashes[number * _KEPT : (number + 1) * _KEPT].tolist()


def are_nearly_equal(one: str, other: str) -> bool:
    """Return whether two texts are nearly equal, or equal but for case, punctuation and white space; none without words
    are.
    """
    return _are_near(_shingles(one), _shingles(other))


def _are_near(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> bool:
    both = len(one & other)
    every = len(one) + len(other) - both
    return both > 0 and both / every >= (LEAST_SHARED_SHORT if every < SHORT else LEAST_SHARED)


def _may_share(one: frozenset[int], other: Sequence[int], least: float) -> bool:
    """Whether two texts may have this share of shingles in common, judged by their smallest hashes.

    Of the smallest hashes of both together, as many are expected to be of both as they share shingles.
    """
    both = one.intersection(other)
    is_whole = _NONE in both
    size = len(one.union(other)) if is_whole else _KEPT
    return len(both) - is_whole >= least * min(size - is_whole, _KEPT)


class _Settled:
    """Of which texts it is settled whether they are in one group."""

    def __init__(self, size: int) -> None:
        self._above = array("L", range(size))
        self._refused: set[int] = set()
        self._in_vain = bytearray(size)

    def join(self, one: int, other: int) -> None:
        self._above[self._top(one)] = self._top(other)

    def refuse(self, one: int, other: int) -> None:
        """Note that two aren't nearly equal."""
        self._in_vain[one] += 1
        self._in_vain[other] += 1
        if len(self._refused) < _MOST_REFUSED:
            self._refused.add(_pair(one, other))

    def has(self, one: int, other: int) -> bool:
        """Whether there is nothing to find out about two texts any more."""
        if self._top(one) == self._top(other):
            return True
        if max(self._in_vain[one], self._in_vain[other]) >= _MOST_IN_VAIN:
            return True
        return _pair(one, other) in self._refused

    def _top(self, number: int) -> int:
        above = self._above
        while above[number] != number:
            above[number] = above[above[number]]
            number = above[number]
        return number


def _pair(one: int, other: int) -> int:
    return (one << _BITS | other) if one < other else (other << _BITS | one)


def _cached(find: Callable[[int], frozenset[tuple[str, ...]]]) -> Callable[[int], frozenset[tuple[str, ...]]]:
    """Keep the last few results: a text is compared with several."""
    known: dict[int, frozenset[tuple[str, ...]]] = {}

    def answer(number: int) -> frozenset[tuple[str, ...]]:
        if number not in known:
            if len(known) >= _CACHED:
                known.pop(next(iter(known)))
            known[number] = find(number)
        return known[number]

    return answer


@cache
def _word_pattern() -> re.Pattern[str]:
    """Return what a word is: letters and digits in a row, of scripts without blanks each by itself."""
    return re.compile(rf"(?=\w)[{UNSPACED}]|(?:(?![{UNSPACED}])\w)+")


_SPACED_WORD = re.compile(r"\w+")


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).casefold()
    pattern = _SPACED_WORD if plain.isascii() else _word_pattern()
    found = pattern.findall(plain)
    return found[:MOST_WORDS]


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    words = _words(text)
    if len(words) < _WORDS:
        return frozenset([tuple(words)] if words else [])
    return frozenset(zip(words, words[1:], words[2:], strict=False))


def _shingle_hashes(text: str) -> set[int]:
    """Return a hash of each shingle, all that matters being that it is even and always the same."""
    words = _words(text)
    joined = " ".join(words).encode("utf-32-le")  # four bytes for each character
    if len(words) < _WORDS:
        return {crc32(joined)} if words else set()
    starts = [0, *(4 * (end + number) for number, end in enumerate(accumulate(map(len, words)), 1))]
    # The sums of CRC keep some order of what they are of; multiplied they don't.
    return {
        crc32(joined[start : stop - 4]) * _ODD & _MASK for start, stop in zip(starts, starts[_WORDS:], strict=False)
    }
