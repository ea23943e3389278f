"""How names are compared: whatever case, accents, dots, hyphens and possessives they are written with."""

import re
import unicodedata
from functools import lru_cache

from rapidfuzz.distance import OSA, Indel

from app import paths

LEAST_LIKENESS = 0.85
_LEAST_LENGTH = 4
# From these lengths on, one and two letters may be others, or exchanged; in a shorter name they make another name.
_LEAST_CHANGED = (5, 9)
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "‐": "-", "‑": "-", "–": "-"})
_APART = re.compile(r"[\s\-/&,]+")
# What sounds the same in English: names that do are misspelt more often than they are two names.
_HEARD = (
    (re.compile(r"ph"), "f"),
    (re.compile(r"qu|ck|kh|q"), "k"),
    (re.compile(r"c(?=[eiy])"), "s"),
    (re.compile(r"c(?!h)"), "k"),
    (re.compile(r"x"), "ks"),
    (re.compile(r"tz|z"), "s"),
    (re.compile(r"th"), "t"),
    (re.compile(r"y|ie|ee|ea"), "i"),
    (re.compile(r"w"), "v"),
    (re.compile(r"(?<=.)h"), ""),
    (re.compile(r"(.)\1+"), r"\1"),
    (re.compile(r"(?<=...)e$"), ""),
)
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "ı": "i", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe"})
# What makes a name of a people, an adjective or a follower out of a name.
_SUFFIXES = frozenset(
    (
        "s",
        "es",
        "n",
        "ns",
        "an",
        "ans",
        "ian",
        "ians",
        "ean",
        "eans",
        "ese",
        "i",
        "is",
        "ish",
        "ic",
        "ics",
        "ist",
        "ists",
        "ism",
        "er",
        "ers",
        "r",
        "rs",
        "y",
        "ies",
        "esque",
        "ite",
        "ites",
        "d",
        "ed",
        "ing",
        "al",
        "man",
        "men",
        "land",
    )
)
# Usual ways to write the same sound, when names come from another alphabet or from the other side of the Atlantic.
_SAME_SOUND = (
    (re.compile(r"sk(?:iyy|iy|yi|yy|yj|ij|ii|i)$"), "sky"),
    (re.compile(r"(?<=[aeo])[ij]$"), "y"),
    (re.compile(r"(?<=[aeo])i(?=ch$)"), "y"),
    (re.compile(r"yev|iev"), "ev"),
    (re.compile(r"^ye|^je"), "e"),
    (re.compile(r"dj|dzh|zh"), "j"),
    (re.compile(r"tch|tsch"), "ch"),
    (re.compile(r"ks"), "x"),
    (re.compile(r"our(?=$|s|ed|ing|it)"), "or"),
    (re.compile(r"tre$"), "ter"),
    (re.compile(r"ence$"), "ense"),
    (re.compile(r"is(?=ation|e$|ed$|er$|ing$)"), "iz"),
    (re.compile(r"ae"), "a"),
    (re.compile(r"oe"), "o"),
    (re.compile(r"ue"), "u"),
)


@lru_cache(20_000)
def folded(word: str) -> str:
    """Return a word as names are compared: without case, accents, dots, apostrophes and possessive."""
    plain = unicodedata.normalize("NFKC", word).casefold().translate(_APOSTROPHES)
    plain = plain.removesuffix("'s").removesuffix("'")
    apart = unicodedata.normalize("NFD", plain.translate(_LETTERS))
    return "".join(char for char in apart if char.isalnum() or char in "- ")


@lru_cache(20_000)
def spelling_tokens(name: str) -> tuple[str, ...]:
    """Return the parts of a name, each folded; “the” at its beginning is left out."""
    plain = unicodedata.normalize("NFKC", name).translate(_APOSTROPHES)
    parts = tuple(token for part in _APART.split(plain) if (token := folded(part)))
    return parts[1:] if len(parts) > 1 and parts[0] == "the" else parts


def is_derived(one: str, other: str) -> bool:
    """Return whether one of two folded words is made of the other: a plural, an adjective, a people."""
    short, long = sorted((one, other), key=len)
    if long.startswith(short):
        return long[len(short) :] in _SUFFIXES
    for cut in (1, 2):  # Italy, Italian; Democrat, Democracy; Mexico, Mexican
        stem = short[:-cut]
        ending = short[-cut:]
        if len(stem) >= _LEAST_LENGTH and ending in _SUFFIXES | _VOWELS and long.startswith(stem):
            return len(long) > len(short) and long[len(stem) :] in _SUFFIXES
    return False


_VOWELS = frozenset(("a", "e", "i", "o", "y", "ia"))


@lru_cache(5_000)
def sound(token: str) -> str:
    """Return what usual spellings of a name from another alphabet, or another English, have in common."""
    for pattern, plain in _SAME_SOUND:
        token = pattern.sub(plain, token)
    return token


def likeness(one: str, other: str) -> float:
    """Return how alike two folded names are spelt if one may be a misspelling of the other, else 0.

    A misspelling begins with the same letter. A letter in seven may be missing or too many; a letter may be another
    one, or two may be exchanged, in names of five letters or more, twice in those of nine or more. Names of five
    letters or more that sound alike are taken to be one, too.
    """
    if one[:1] != other[:1] or min(len(one), len(other)) < _LEAST_LENGTH:
        return 0.0
    ratio = Indel.normalized_similarity(one, other)
    if ratio >= LEAST_LIKENESS:
        return ratio
    slips = sum(min(len(one), len(other)) >= length for length in _LEAST_CHANGED)
    is_slip = slips > 0 and (OSA.distance(one, other, score_cutoff=slips) <= slips or _heard(one) == _heard(other))
    return max(ratio, LEAST_LIKENESS) if is_slip else 0.0


@lru_cache(5_000)
def _heard(token: str) -> str:
    """Return about how a folded name sounds in English."""
    for pattern, plain in _HEARD:
        token = pattern.sub(plain, token)
    return token


def are_spellings_of_one(one: str, other: str) -> bool:
    """Return whether two folded names are usual spellings of one name, or one is derived from the other."""
    if one == other or sound(one) == sound(other) or is_derived(one, other):
        return True
    return one in _spellings() and _spellings()[one] == _spellings().get(other)


@lru_cache(1)
def _spellings() -> dict[str, int]:
    """Return the numbers of the names that words are usual spellings of."""
    lines = (paths.resources() / "names" / "spellings.tsv").read_text(encoding="utf-8").splitlines()
    return {folded(form): number for number, line in enumerate(lines) if line[:1] != "#" for form in line.split()}
