"""What a character asks of the words beside it: whether it opens, closes, joins or stands alone.

It is told by what the character touches rather than by a language, so that „German“, “English”, » Danish «,
« français » and "straight" quotes are all understood. An empty neighbour is the start or the end of the text.
"""

import re
import unicodedata
from enum import Enum

from app.core.scripts import is_unspaced

# Signs that end a phrase or a sentence: of most scripts, Greek, Armenian, Arabic, Devanagari, Ethiopic, and wide ones.
ENDS_A_PHRASE = frozenset(
    ".,;:!?\u2026\u203d\u037e\u0387\u00b7\u055c\u055d\u055e\u0589\u060c\u061b\u061f\u06d4\u0964\u0965"
    "\u1362\u1363\u1364\u1365\u1366\u1367\u1368\u3001\u3002\uff0c\uff0e\uff01\uff1f\uff1b\uff1a\uff64\uff61"
)
UNITS = frozenset("%\u2030\u2031\u066a\u00b0")  # some languages set a blank before these
GUILLEMETS = frozenset("«»‹›")
SEPARATORS = frozenset("\u200b\u200c\u200d\u2060\ufeff\u1361\u180e")
"""Characters without width, or with a dot for it, that set words apart or together by themselves."""

_OPENERS = frozenset("¿¡⸘")
_CLOSERS = ENDS_A_PHRASE | UNITS | frozenset("\u2032\u2033\u2122\u00ae\u203c\u2047\u2048\u2049\u05c0\u05c3⁰¹²³⁴⁵⁶⁷⁸⁹ªº")
_QUOTES = frozenset("\"'`*_\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f") | GUILLEMETS
_LOW_QUOTES = frozenset("\u201a\u201b\u201e\u201f")
_APOSTROPHES = frozenset("'\u2019\u02bc\u05f3\u05f4")
_JOINERS = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u05be/\\&+=<>|~@#")
_HYPHENS = frozenset("-\u2010\u2011\u05be/@")
_BEFORE_WORDS = frozenset("@#\u2212")
# English endings that belong to the word before them, and words that lose a vowel before the next one.
# Compiled when first used: the first window needs neither.
_CLITIC = "(?i:['\u2019\u02bc](?:s|d|m|re|ve|ll)|n['\u2019\u02bc]t)\\b"
_ELIDED = (
    "(?i:.|qu|(?:jus|lors|puis|quoi|pres|quel)qu|un|[abcd]all|dall|dell|nell|sull|coll|bell|qu?ell|quest|sant|gl|degl)"
)
# Arabic and Hebrew words of one letter, which are written together with the next word.
_PREFIXES = frozenset("\u0648\u0641\u0628\u0644\u0643\u05d5\u05d4\u05d1\u05dc\u05de\u05e9\u05db")


class Kind(Enum):
    """What a character asks of the words beside it."""

    WORD = "word"  # stands apart from other words
    OPEN = "open"  # belongs to what follows
    CLOSE = "close"  # belongs to what is before
    TIGHT = "tight"  # belongs to both


def kind_last(left: str, right: str) -> Kind:
    """Return the kind of the last character of `left`, which isn't empty; in the text, `right` follows it."""
    at = _base(left)
    char, before, after = left[at], left[:at], right[:1]
    if char == "\u2026" or left.endswith("..."):
        opens = not before.rstrip(".") or before.rstrip(".")[-1].isspace()
        return Kind.OPEN if opens and after and not after.isspace() else Kind.CLOSE
    if char in ".,:_" and _is_within(before, char, after):
        return Kind.TIGHT
    if char in _JOINERS:
        is_apart = after.isspace() or (not after and before[-1:].isspace())
        return Kind.WORD if is_apart else Kind.TIGHT
    return _kind(before, char, right)


def _is_within(before: str, char: str, after: str) -> bool:
    """Whether a sign is inside of a number, an address, an abbreviation or a name: 3.14, example.org, U.S., a_b."""
    one, two = before[-1:], after
    if char == "_":
        return is_letter(one) and is_letter(two)
    if two.isdigit():
        return one.isdigit()
    is_short = len(before) < 2 or not is_letter(before[-2])
    return char == "." and is_letter(one) and is_letter(two) and (two.islower() or is_short)


def kind_first(right: str, left: str) -> Kind:
    """Return the kind of the first character of `right`, which isn't empty; in the text, `left` is before it."""
    char, before = right[0], left[-1:]
    touches = bool(before) and not before.isspace()
    if char == "\u2026" or right.startswith("..."):
        return Kind.CLOSE if touches else Kind.WORD
    if char in _JOINERS or is_picture(char):
        return Kind.TIGHT if touches else Kind.WORD
    found = _kind(left, char, right[1:])
    return Kind.TIGHT if found is Kind.OPEN and touches and is_letter(before) else found


def kind_of_start(words: str, left: str, right: str) -> Kind:
    """Return the kind of the first character of words that are put between two sides."""
    char, rest = words[0], words[1:]
    if is_clitic(words):
        return Kind.TIGHT
    if char in _JOINERS:
        if not rest.strip("".join(_JOINERS)):
            return Kind.TIGHT if char in _HYPHENS else _kind_of_dash(left, right)
        return Kind.WORD if char in _BEFORE_WORDS or rest[0].isspace() or words[-1] == char else Kind.TIGHT
    if _is_quote(char):
        if not rest:
            return _kind(left, char, right)
        opens = is_letter(rest[0]) or (not rest[0].isspace() and _kind("", rest[0], rest[1:]) is Kind.OPEN)
        return Kind.OPEN if opens else Kind.CLOSE
    if char == "\u2026" or words.startswith("..."):
        after = words.lstrip(".\u2026")[:1]
        return Kind.OPEN if after and not after.isspace() else Kind.CLOSE
    return _kind(" ", char, rest)


def kind_of_end(words: str, left: str, right: str) -> Kind:
    """Return the kind of the last character of words that are put between two sides."""
    at = _base(words)
    char, rest = words[at], words[:at]
    if char in _JOINERS:
        if not rest.strip("".join(_JOINERS)):
            return Kind.TIGHT if char in _HYPHENS else _kind_of_dash(left, right)
        is_apart = (rest[-1].isspace() or words[0] == char) and char not in _BEFORE_WORDS
        return Kind.WORD if is_apart else Kind.TIGHT
    if _is_quote(char):
        if not rest:
            return _kind(left, char, right)
        if char in _APOSTROPHES and _elides(rest):
            return Kind.TIGHT
        return Kind.OPEN if rest[-1].isspace() else Kind.CLOSE
    if not rest and char in _PREFIXES:
        return Kind.OPEN
    return _kind(rest or " ", char, " ")


def _kind_of_dash(left: str, right: str) -> Kind:
    """Return the kind of a dash or another sign put into a text alone: it stands apart beside blanks."""
    return Kind.WORD if right[:1].isspace() or left[-1:].isspace() else Kind.TIGHT


def _kind(before: str, char: str, after: str) -> Kind:
    if is_letter(char):
        return Kind.WORD
    if _is_quote(char):
        return _kind_of_quote(before, char, after)
    category = unicodedata.category(char)
    if category == "Ps" or char in _OPENERS:
        return Kind.OPEN
    if char in "\u00b7\u2027" and is_letter(before[-1:]) and is_letter(after[:1]):
        return Kind.TIGHT  # Catalan l·l
    if category == "Pe" or char in _CLOSERS:
        return Kind.CLOSE
    return Kind.WORD


def _kind_of_quote(before: str, char: str, after: str) -> Kind:
    is_apostrophe = char in _APOSTROPHES
    one = last_of(before if is_apostrophe else before.rstrip(char))
    two = (after if is_apostrophe else after.lstrip(char))[:1]
    if is_apostrophe and is_letter(one) and (is_letter(two) or _elides(before)):
        return Kind.TIGHT
    opens = not one or one.isspace() or unicodedata.category(one) in ("Ps", "Pd") or one in _OPENERS
    closes = not two or two.isspace() or unicodedata.category(two) == "Pe" or two in _CLOSERS
    if opens is not closes:
        return Kind.OPEN if opens else Kind.CLOSE
    category = unicodedata.category(char)
    if char in _LOW_QUOTES or category in ("Pi", "Pf"):
        return Kind.CLOSE if category == "Pf" else Kind.OPEN
    return Kind.CLOSE if before[before.rfind("\n") + 1 :].count(char) % 2 else Kind.OPEN


def is_clitic(words: str) -> bool:
    """Whether words begin with an English ending that belongs to the word before them: ’s, ’re, n’t."""
    found = re.match(_CLITIC, words)
    return found is not None and _APOSTROPHES.isdisjoint(words[found.end() :])


def takes_left(words: str) -> bool:
    """Whether words begin with what no blank may stand before."""
    return words[0] in ENDS_A_PHRASE or is_clitic(words)


def takes_right(words: str) -> bool:
    """Whether words end with what no blank may stand behind."""
    return words[-1] in _OPENERS or unicodedata.category(words[-1]) == "Ps"


def _elides(text: str) -> bool:
    """Whether an apostrophe behind a text leaves out a vowel, as in l’, d’ and qu’."""
    return re.fullmatch(_ELIDED, re.split(r"[\W_]", text[-20:])[-1]) is not None


def is_letter(char: str) -> bool:
    """Whether a character is a letter, a digit or a mark on one; not so for an empty string."""
    return bool(char) and unicodedata.category(char)[0] in "LNM"


def is_mark(char: str) -> bool:
    """Whether a character is written over, under or around the one before it."""
    return unicodedata.category(char)[0] == "M"


def is_blank(char: str) -> bool:
    """Whether a character is a blank of any width; line ends and tabs aren't."""
    return bool(char) and unicodedata.category(char) == "Zs"


def is_picture(char: str) -> bool:
    """Whether a character is an emoji or another sign that is no part of words."""
    return unicodedata.category(char) in ("So", "Co") or "\U0001f3fb" <= char <= "\U0001f3ff"


def is_money(char: str) -> bool:
    """Whether a character is the sign of a currency."""
    return bool(char) and unicodedata.category(char) == "Sc"


def is_wide_sign(char: str) -> bool:
    """Whether a character is punctuation of a script without blanks."""
    return is_unspaced(char) and not is_letter(char)


def _is_quote(char: str) -> bool:
    return char in _QUOTES or char in _APOSTROPHES


def _base(text: str) -> int:
    """Return the offset of the last character that isn't a mark or a sign of direction; 0 if there is none."""
    at = len(text) - 1
    while at > 0 and unicodedata.category(text[at]) in ("Mn", "Me", "Cf"):
        at -= 1
    return at


def last_of(text: str) -> str:
    """Return the last character of a text that isn't a mark or a sign of direction; an empty string if it is empty."""
    return text[_base(text)] if text else ""
