"""The rules for grapheme clusters that hold in every script, without Qt.

Qt has its own rules for Thai, Tibetan, Khmer, Burmese and the scripts of India. Those also affect emoji beside such
words, and split them; so wherever Qt finds a boundary, these rules are checked as well.
"""

import unicodedata

_JOINER = "\u200d"
_NON_JOINER = "\u200c"
_MOST_FLAGS = 512


def extends_cluster(text: str, at: int) -> bool:
    """Return whether the character at an offset is in one cluster with the one before it (UAX #29, GB3 to GB13)."""
    one, two = text[at - 1], text[at]
    if ord(two) < 0x300:
        return one == "\r" and two == "\n"
    if _is_control(one):
        return False
    if _extends(two):
        return True
    if one == _JOINER and _is_picture(two):
        return _is_picture(_base_before(text, at - 1))
    return _is_flag(two) and _is_flag(one) and _flags_before(text, at) % 2 == 1


def _is_control(char: str) -> bool:
    category = unicodedata.category(char)
    return category in ("Cc", "Zl", "Zp") or (category == "Cf" and not _extends(char))


def _extends(char: str) -> bool:
    code = ord(char)
    is_tone_or_tag = 0x1F3FB <= code <= 0x1F3FF or 0xE0020 <= code <= 0xE007F
    return unicodedata.category(char)[0] == "M" or char in (_JOINER, _NON_JOINER) or is_tone_or_tag


def _is_picture(char: str) -> bool:
    return unicodedata.category(char) in ("So", "Sm", "Cn") and not _is_flag(char)


def _is_flag(char: str) -> bool:
    return 0x1F1E6 <= ord(char) <= 0x1F1FF


def _base_before(text: str, at: int) -> str:
    """Return the base character of the combining marks before an offset."""
    at -= 1
    while at > 0 and _extends(text[at]):
        at -= 1
    return text[max(0, at)]


def _flags_before(text: str, at: int) -> int:
    """Return how many regional indicators end at an offset, up to a few hundred: a flag is a pair of them."""
    start, least = at, max(0, at - _MOST_FLAGS)
    while start > least and _is_flag(text[start - 1]):
        start -= 1
    return at - start
