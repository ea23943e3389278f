"""Spelling variants that look alike: composed and decomposed letters, curly and straight apostrophes, Arabic and Hebrew
points. They are folded by patterns, so that texts and offsets aren't changed.
"""

import re
from functools import cache
from itertools import permutations
from unicodedata import combining, normalize

COMBINING = (
    "\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc"
)
"""Combining marks that the standard library's \\w leaves out, as the inside of a character class."""

_ALIKE = ("'\u2018\u2019\u02bc", '"\u201c\u201d\u201e\u201f', "-\u2010\u2011")
_APOSTROPHES = frozenset(_ALIKE[0])
_SIGNS = {char: f"[{re.escape(alike)}]" for alike in _ALIKE for char in alike}
# Vowel points and the tatweel, which only stretches a word; marks that make another letter (hamza, madda) count.
_ARABIC_POINTS = (
    "\u0610-\u061a\u0640\u064b-\u0652\u0656-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"
)
_HEBREW_POINTS = "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
_POINTS = re.compile(f"[{_ARABIC_POINTS}{_HEBREW_POINTS}]")
_MOST_ANNOTATIONS = 4
_LAST_COMPOSED = 0x3100  # above it, only Hangul syllables, which count, and the forms below are composed
_FORMS = range(0xF900, 0xFB50)


def pattern_of(word: str) -> str:
    """Return a pattern that matches every spelling of a word (without white space)."""
    if word.isascii() and not _SIGNS.keys() & set(word):
        return re.escape(word)
    bare = _POINTS.sub("", word) or word
    return "".join(map(_letter, _letters(normalize("NFC", bare))))


def spelled(text: str) -> str:
    """Return a form that is equal for all composed and decomposed spellings of a text."""
    return text if text.isascii() else normalize("NFC", text)


def has_apostrophe(text: str) -> bool:
    """Whether a text contains an apostrophe of any shape."""
    return not _APOSTROPHES.isdisjoint(text)


def has_points(text: str) -> bool:
    """Whether a text contains letters of a script whose words may have points: Hebrew or Arabic."""
    return any("\u0591" <= char <= "\u08ff" for char in text)


def _letters(text: str) -> list[str]:
    """Return the letters of a text, each with its combining marks."""
    found: list[str] = []
    for char in text:
        if found and combining(char):
            found[-1] += char
        else:
            found.append(char)
    return found


@cache
def _letter(letter: str) -> str:
    if letter in _SIGNS:
        return _SIGNS[letter]
    if letter.isascii():
        return re.escape(letter)
    forms = sorted(_spellings(letter), key=_longest_first)
    pattern = re.escape(forms[0]) if len(forms) == 1 else f"(?:{'|'.join(map(re.escape, forms))})"
    if "\u0621" <= letter[0] <= "\u08ff":
        return f"{pattern}[{_ARABIC_POINTS}]*"
    if "\u05d0" <= letter[0] <= "\u05f2":
        return f"{pattern}[{_HEBREW_POINTS}]*"
    return pattern


def _spellings(letter: str) -> set[str]:
    """Return every string that is canonically equivalent to a letter with its combining marks."""
    whole = normalize("NFD", letter)
    found = {letter, whole}
    if len(whole) - 1 > _MOST_ANNOTATIONS:
        return found
    for annotations in permutations(whole[1:]):
        parts = whole[0] + "".join(annotations)
        if normalize("NFD", parts) != whole:
            continue
        for at in range(1, len(parts) + 1):
            for head in (normalize("NFC", parts[:at]), *_composed().get(normalize("NFD", parts[:at]), ())):
                found.add(head + parts[at:])
    return {form for form in found if normalize("NFD", form) == whole}


@cache
def _composed() -> dict[str, list[str]]:
    """Return, for decomposed letters, the equivalent single characters, including those that NFC excludes."""
    found: dict[str, list[str]] = {}
    for char in map(chr, (*range(0xC0, _LAST_COMPOSED), *_FORMS)):
        whole = normalize("NFD", char)
        if whole != char:
            found.setdefault(whole, []).append(char)
    return found


def _longest_first(form: str) -> tuple[int, str]:
    return (-len(form), form)
