"""What is known of English words: how frequent they are, which are used alike, and which are opposites.

The files lie in `resources/lexicon/` and are made by `packaging/lexicon.py`, which describes them. The table of words
is read where it lies: of its 6.5 MB only the pages that are asked for come into memory. What is in memory for certain
are the antonyms (0.9 MB), the compounds (0.6 MB) and the words that were looked up before (at most 4 MB).
"""

import mmap
import struct
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from functools import lru_cache
from math import exp, log, log1p, sqrt
from operator import mul
from pathlib import Path
from typing import NamedTuple

from app import paths
from app.core.errors import StetError

MAGIC = b"STETLEX1"
PARTS = ("NOUN", "VERB", "ADJ", "ADV")
"""The parts of speech that have antonyms, as spaCy names them."""

# By Zipf's law in Mandelbrot's form the word of rank r has the share 1 / ((r + 2.7) * H); ranks count from 0.
_SHIFT = 2.7
_VOCABULARY = 400_000
_SUM = log((_VOCABULARY + _SHIFT) / _SHIFT)
_SENTENCE = 20

_HEAD = struct.Struct("<8sII")
_NUMBER = struct.Struct("<I")
_STRIDE = 64
_REMEMBERED = 10_000


class Vector(NamedTuple):
    """The numbers of a vector, and its length."""

    numbers: memoryview
    length: float


class WordTable:
    """The most frequent words with rank and vector, as `packaging/lexicon.py` describes the file.

    `rank` and `vector` take a word in lower case, and return None for one that the table doesn't have.
    """

    def __init__(self, content: bytes | mmap.mmap) -> None:
        """Read from a file's content. Raises StetError if it isn't such a table, or is cut off."""
        size = len(content)
        magic, self._count, self._dimensions = _HEAD.unpack_from(content) if size >= _HEAD.size else (b"", 0, 0)
        self._ranks = _HEAD.size + (self._count + 1) * _NUMBER.size
        self._vectors = self._ranks + self._count * _NUMBER.size
        self._words = self._vectors + self._count * self._dimensions
        if (
            magic != MAGIC
            or size < self._words
            or size != self._words + _NUMBER.unpack_from(content, self._ranks - 4)[0]
        ):
            raise StetError("the table of words is damaged", hint="install Stet again")
        self._content = content
        self._signed = memoryview(content).cast("b")
        # A search begins between two of these, so that it reads six words of the file and not seventeen.
        self._signposts = [self._word(number) for number in range(0, self._count, _STRIDE)]
        self.rank = lru_cache(_REMEMBERED)(self._rank)
        self.vector = lru_cache(_REMEMBERED)(self._vector)

    def _rank(self, word: str) -> int | None:
        at = self._find(word)
        return None if at is None else _NUMBER.unpack_from(self._content, self._ranks + at * _NUMBER.size)[0]

    def _vector(self, word: str) -> Vector | None:
        at = self._find(word)
        if at is None:
            return None
        start = self._vectors + at * self._dimensions
        numbers = self._signed[start : start + self._dimensions]
        return Vector(numbers, sqrt(sum(map(mul, numbers, numbers))))

    def _find(self, word: str) -> int | None:
        wanted = word.encode("utf-8", "replace")
        behind = bisect_right(self._signposts, wanted) * _STRIDE
        candidates = range(max(behind - _STRIDE, 0), min(behind, self._count))
        at = candidates.start + bisect_left(candidates, wanted, key=self._word)
        return at if at < self._count and self._word(at) == wanted else None

    def _word(self, number: int) -> bytes:
        at = _HEAD.size + number * _NUMBER.size
        start, end = struct.unpack_from("<II", self._content, at)
        return self._content[self._words + start : self._words + end]


class Lexicon:
    """Words of English. Case doesn't matter."""

    def __init__(
        self,
        words: WordTable,
        antonyms: Mapping[str, Mapping[str, tuple[str, ...]]],
        compounds: bytes = b"",
        verbs: bytes = b"",
    ) -> None:
        """Use a table of words, the antonyms of lemmas by part of speech, and the nouns of two words and the verbs, a
        line each.
        """
        self._words = words
        self._antonyms = antonyms
        self._compounds = b"\n" + compounds
        self._verbs = frozenset(verbs.decode("utf-8").split())

    def rank(self, word: str) -> int | None:
        """Return how many words are more frequent than this one, or None if it isn't one of the 100,000 known."""
        return self._words.rank(word.lower())

    def idf(self, word: str) -> float:
        """Return how much a word says: minus the logarithm of the chance that a sentence of 20 words contains it.

        From .8 (“the”) to 12.4 (a word that isn't known).
        """
        rank = self.rank(word)
        return _information(_VOCABULARY if rank is None else rank)

    def similarity(self, one: str, other: str) -> float | None:
        """Return how alike two words are used, from -1 to 1, or None if one isn't known."""
        first, second = self._words.vector(one.lower()), self._words.vector(other.lower())
        if first is None or second is None:
            return None
        return sum(map(mul, first.numbers, second.numbers)) / (first.length * second.length)

    def antonyms(self, lemma: str, part: str = "") -> frozenset[str]:
        """Return the opposites of a lemma as that part of speech (`PARTS`), or as any if empty."""
        lower = lemma.lower()
        return frozenset(other for each in ((part,) if part else PARTS) for other in self._of_part(lower, each))

    def are_antonyms(self, one: str, other: str, part: str = "") -> bool:
        """Return whether two lemmas are opposites as that part of speech, or as any if empty."""
        return other.lower() in self.antonyms(one, part)

    def is_compound(self, first: str, second: str) -> bool:
        """Return whether two words, the second one as a lemma, are a noun with an entry of its own: "slave trade"."""
        return f"\n{first} {second}\n".lower().encode("utf-8", "replace") in self._compounds

    def is_verb(self, lemma: str) -> bool:
        """Return whether a lemma is that of a verb, perhaps among other words."""
        return lemma.lower() in self._verbs

    def _of_part(self, lemma: str, part: str) -> tuple[str, ...]:
        return self._antonyms[part].get(lemma, ()) if part in self._antonyms else ()


@lru_cache(_REMEMBERED)
def _information(rank: int) -> float:
    share = 1 / ((rank + _SHIFT) * _SUM)
    return -log(1 - exp(_SENTENCE * log1p(-share)))


@lru_cache(1)
def lexicon() -> Lexicon:
    """Return the lexicon that ships with Stet, opened at the first call. Raises StetError if its files are damaged."""
    folder = paths.resources() / "lexicon"
    with open(folder / "words.bin", "rb") as file:
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    antonyms = read_antonyms((folder / "antonyms.tsv", folder / "opposites.tsv"))
    compounds, verbs = ((folder / name).read_bytes() for name in ("compounds.txt", "verbs.txt"))
    return Lexicon(WordTable(content), antonyms, compounds, verbs)


def read_antonyms(files: Iterable[Path]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return the opposites of lemmas by part of speech. Each line of the files has a part of speech and a pair.

    Raises StetError if one hasn't.
    """
    found: dict[str, dict[str, tuple[str, ...]]] = {part: {} for part in PARTS}
    for path in files:
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line.startswith("#"):
                part, *pair = line.split("\t")
                if part not in found or len(pair) != 2:
                    raise StetError(f"{path.name} is damaged", hint="install Stet again")
                _add(found[part], *pair)
    return found


def _add(opposites: dict[str, tuple[str, ...]], one: str, other: str) -> None:
    for lemma, opposite in ((one, other), (other, one)):
        known = opposites.get(lemma, ())
        if opposite not in known:
            opposites[lemma] = (*known, opposite)
