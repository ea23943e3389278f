"""Blanks beside corrections: where words that are put into a text need one, and where a deletion leaves one too many.

Only what stands on both sides counts, not the language. Scripts without blanks between words get none; see `scripts`.
"""

import re
from typing import NamedTuple

from app.core.character_kinds import (
    ENDS_A_PHRASE,
    GUILLEMETS,
    SEPARATORS,
    UNITS,
    Kind,
    is_blank,
    is_clitic,
    is_letter,
    is_mark,
    is_money,
    is_picture,
    is_wide_sign,
    kind_first,
    kind_last,
    kind_of_end,
    kind_of_start,
    last_of,
    takes_left,
    takes_right,
)
from app.core.scripts import is_unspaced
from app.core.text_habits import TextHabits

_NO_BREAK = "\u00a0\u202f\u2007"
_MORE_DOTS = frozenset(".\u2026")
_INVISIBLE_JOINERS = "\u200c\u200d\u2060"
_BEFORE_DOLLAR = frozenset(["US", "A", "AU", "C", "CA", "HK", "NZ", "R", "S", "NT"])


class Gap(NamedTuple):
    """A place in a text: some dozens of characters before (`left`) and after it (`right`). An empty side is the start
    or the end of the text.

    `takes_left` and `takes_right` tell whether the character on that side may be passed or deleted: it isn't part of
    another correction.
    """

    left: str
    right: str
    habits: TextHabits
    takes_left: bool = True
    takes_right: bool = True


def set_off(words: str, gap: Gap, *, is_touching: bool) -> tuple[int, str]:
    """Return where in a gap words go, in code points further right (or left, if negative), and the words with the
    blanks that they need. With `is_touching`, the two sides touch each other in the text.
    """
    if not words.strip():
        return 0, words
    shift = _shift(words, gap) if is_touching else 0
    left, right = gap.left, gap.right
    if shift < 0:
        left, right = left[:-1], left[-1] + right
    elif shift > 0:
        left, right = left + right[0], right[1:]
    written = words
    if is_blank(words[0]) and left[-1:].isspace():
        written = written.lstrip(" \u00a0\u202f")
    if is_blank(words[-1]) and right[:1].isspace():
        written = written.rstrip(" \u00a0\u202f")
    if is_touching and _is_in_a_word(left, right, words):
        return shift, written
    around = gap._replace(left=left, right=right)
    before = " " if _parts_left(written, around) else ""
    after = " " if _parts_right(written, around) else ""
    return shift, f"{before}{written}{after}"


def replaced(old: str, new: str, gap: Gap) -> tuple[int, int, str]:
    """Return how much further left and right than the words `old` a correction of them reaches, in code points
    (negative: less far), and what is written there.

    White space at the ends of `old` stays where the correction needs it. Words for punctuation, and the reverse, get
    and lose the blanks that this makes necessary; anything else is replaced exactly.
    """
    core = old.strip()
    if not core:
        is_exact = "\n" in old or not new.strip()
        return 0, 0, new if is_exact else set_off(new, gap, is_touching=False)[1]
    if core == new or not new.strip():
        return 0, 0, new
    left, before = (0, "") if new[0].isspace() else _left_edge(old, new, gap)
    right, after = (0, "") if new[-1].isspace() else _right_edge(old, new, gap)
    return left, right, f"{before}{new}{after}"


def deleted(old: str, gap: Gap) -> tuple[int, int]:
    """Return how much further left and right than the words `old` a deletion of them reaches, in code points (negative:
    less far): it takes one of the blanks around them if there would be two, or one where none may be.
    """
    core = old.strip()
    lead, trail = len(old) - len(old.lstrip()), len(old) - len(old.rstrip())
    is_whole_line = "\n" in old[len(old) - trail :] and (not gap.left or gap.left[-1] in "\n\r")
    if not core or is_whole_line:
        return 0, 0
    left, right = gap.left + old[:lead], old[len(old) - trail :] + gap.right
    can_left = (gap.takes_left or lead > 0) and is_blank(left[-1:]) and _shuts_out(right, core)
    can_right = (gap.takes_right or trail > 0) and is_blank(right[:1]) and _holds_on(left, core)
    if can_left and can_right and _is_better_kept(left, right):
        can_left = False
    return int(can_left) - lead, int(can_right and not can_left) - trail


# -- the ends of what is replaced --------------------------------------------------------------------------------------


def _left_edge(old: str, new: str, gap: Gap) -> tuple[int, str]:
    """Return how much further left a correction reaches, and the blank before it."""
    core, lead = old.strip(), len(old) - len(old.lstrip())
    if lead:
        return (-lead if "\n" in old[:lead] or _parts_left(new, gap) else 0), ""
    meets = is_letter(new[0]) and is_letter(last_of(gap.left))  # two words, which a missing blank mustn't join
    if not is_letter(core[0]) and _parts_left(new, gap) and (meets or not _parts_left(core, gap)):
        return 0, " "
    takes = gap.takes_left and is_blank(gap.left[-1:]) and takes_left(new) and not takes_left(core)
    return int(takes), ""


def _right_edge(old: str, new: str, gap: Gap) -> tuple[int, str]:
    """Return how much further right a correction reaches, and the blank behind it."""
    core, trail = old.strip(), len(old) - len(old.rstrip())
    if trail:
        return (-trail if "\n" in old[-trail:] or _parts_right(new, gap) else 0), ""
    meets = is_letter(last_of(new)) and is_letter(gap.right[:1])
    if not is_letter(core[-1]) and _parts_right(new, gap) and (meets or not _parts_right(core, gap)):
        return 0, " "
    takes = gap.takes_right and is_blank(gap.right[:1]) and takes_right(new) and not takes_right(core)
    return int(takes), ""


# -- what a deletion may take ------------------------------------------------------------------------------------------


def _shuts_out(right: str, core: str) -> bool:
    """Whether no blank may stand before what follows the deleted words."""
    if not right or right[0].isspace():
        return True
    if right[0] in UNITS or is_money(right[0]) or is_picture(right[0]):
        return False
    return right[0] in ENDS_A_PHRASE or kind_first(right, core) in (Kind.CLOSE, Kind.TIGHT)


def _holds_on(left: str, core: str) -> bool:
    """Whether no blank may stand behind what is before the deleted words."""
    if not left or left[-1].isspace():
        return True
    return kind_last(left, core) in (Kind.OPEN, Kind.TIGHT)


def _is_better_kept(left: str, right: str) -> bool:
    """Whether, of the blanks on both sides, the left one is to stay: it indents a line, or joins what is around it."""
    is_indent = left.rstrip(" \t\u3000\u00a0")[-1:] in ("", "\n", "\r")
    return is_indent or (left[-1] in _NO_BREAK and right[0] not in _NO_BREAK)


# -- where words need a blank ------------------------------------------------------------------------------------------


def _shift(words: str, gap: Gap) -> int:
    """Return by how much a place moves: punctuation keeps the blank that belongs to it, words take the one that was
    left for them, and of two blanks there is one on either side.
    """
    left, right = gap.left, gap.right
    is_left = gap.takes_left and is_blank(left[-1:]) and len(left) > 1 and left[-2] not in "\n\r"
    if is_left and _goes_before(words, gap):
        return -1
    is_right = gap.takes_right and is_blank(right[:1]) and len(right) > 1 and right[1] not in "\n\r"
    return int(is_right and _goes_behind(words, gap))


def _goes_before(words: str, gap: Gap) -> bool:
    """Whether words belong before the blank on their left."""
    left, right = gap.left, gap.right
    if is_blank(left[-2]):
        return not right[:1].isspace()
    if is_clitic(words) or kind_of_start(words, left, right) is Kind.CLOSE:
        return words[0] not in UNITS and right[:1] not in ENDS_A_PHRASE
    if left[-1] == " " and left[-2] not in GUILLEMETS and _is_word(right[:1]):
        return kind_last(left[:-1], left[-1]) is Kind.OPEN  # “( is”: what is missing left its blank
    if not right or right[0].isspace():
        return False
    if right[0] in UNITS or is_money(right[0]):
        return left[-2].isdigit()
    if right[0] in GUILLEMETS:
        return kind_first(right, left) is Kind.CLOSE
    return right[0] in ENDS_A_PHRASE and (left[-1] in _NO_BREAK or gap.habits.sets_apart(right[0]))


def _goes_behind(words: str, gap: Gap) -> bool:
    """Whether words belong behind the blank on their right."""
    left, right = gap.left, gap.right
    if is_blank(right[1]):
        return not left[-1:].isspace()
    if left[-1:] in GUILLEMETS and kind_last(left, right) is Kind.OPEN:
        return True
    if kind_of_end(words, left, right) is Kind.OPEN:
        return True
    # “the .”: what is missing left its blank.
    is_left_over = right[0] == " " and right[1] in ENDS_A_PHRASE and not gap.habits.sets_apart(right[1])
    return is_left_over and _is_word(words[:1]) and _is_word(last_of(left)) and right[2:3] not in _MORE_DOTS


def _is_in_a_word(left: str, right: str, words: str) -> bool:
    """Whether two sides that touch are one word, number or address: in|formation, 3.|4, 5|%, www.|example.org."""
    if not left or not right or any(map(str.isspace, words)):
        return False
    one, two = last_of(left), right.lstrip(_INVISIBLE_JOINERS)[:1]
    if words.isdigit() and (one.isdigit() or is_money(one)):
        return two.isdigit() or two in UNITS or is_money(two) or (two in ".,:" and right[1:2].isdigit())
    if not is_letter(two) or is_unspaced(two):
        return False
    if one in ".,:_":
        return kind_last(left, right) is Kind.TIGHT
    return is_letter(one) and not is_unspaced(one)


def _parts_left(words: str, gap: Gap) -> bool:
    """Whether a blank is needed between the left side and the words."""
    if not _may_part(gap.left, words, gap):
        return False
    last, first = kind_last(gap.left, gap.right), kind_of_start(words, gap.left, gap.right)
    return last in (Kind.WORD, Kind.CLOSE) and first in (Kind.WORD, Kind.OPEN)


def _parts_right(words: str, gap: Gap) -> bool:
    """Whether a blank is needed between the words and the right side."""
    if not _may_part(words, gap.right, gap):
        return False
    last, first = kind_of_end(words, gap.left, gap.right), kind_first(gap.right, gap.left)
    return last in (Kind.WORD, Kind.CLOSE) and first in (Kind.WORD, Kind.OPEN)


def _may_part(left: str, right: str, gap: Gap) -> bool:
    if not left or not right:
        return False
    one, two = last_of(left), right[0]
    if one.isspace() or two.isspace() or left[-1] in SEPARATORS or two in SEPARATORS or is_mark(two):
        return False
    if (is_picture(one) and is_picture(two)) or _is_sum(left, right):
        return False
    unspaced = is_unspaced(one), is_unspaced(two)
    if not any(unspaced):
        return True
    if all(unspaced) or is_wide_sign(one) or is_wide_sign(two):
        return False
    are_letters = is_letter(one) and is_letter(two)
    return not (gap.habits.mixes_closely if are_letters else gap.habits.is_unspaced)


def _is_word(char: str) -> bool:
    return is_letter(char) and not is_unspaced(char)


def _is_sum(left: str, right: str) -> bool:
    """Whether a sign of money belongs to the number beside it, or a country to its dollar: $5, 5€, US$."""
    one, two = last_of(left), right[0]
    if is_money(two):
        if one.isdigit():
            return not right[1:2].isdigit()
        return two == "$" and re.split(r"\W", left)[-1] in _BEFORE_DOLLAR
    return is_money(one) and two.isdigit() and not left[-2:-1].isdigit()
