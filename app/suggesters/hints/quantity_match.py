"""Whether two quantities can be the same one, and what a reference's quantity reads like in another text."""

import re

from app.suggesters.hints import measures
from app.suggesters.hints.quantities import AGE, COUNT, FRACTION, MULTIPLE, PERCENT, POINTS, RANK, SCORE, Quantity
from app.suggesters.hints.value_bounds import Bound

_EXACT = 1e-6
_ROUNDED = 0.05
"""Unsaid, numbers are rounded by so much at most: “1 million” for 1,027,339, but not “30” for 32."""
_ABOUT = 0.15
_CALENDAR = 0.11
"""A month may have been taken for four weeks."""
_NEAR = 0.1
_WELL_OVER = 1.6
_WELL_UNDER = 0.5
_SHARES = (PERCENT, FRACTION, POINTS)
_TELLING = 13
"""From here on a number alone may be one that is measured elsewhere: “5 million” of “$5 million”."""


def consistent(one: Quantity, other: Quantity) -> bool:
    """Return whether two quantities, of a text and of its reference, can tell the same as far as values go."""
    if one.kind != other.kind:
        return _across_kinds(one, other)
    if one.kind == SCORE:
        return (one.low, one.high) in ((other.low, other.high), (other.high, other.low))
    if one.kind == measures.MONEY and one.unit != other.unit:
        return False
    if one.low != one.high or other.low != other.high:
        if one.faint or other.faint:
            return one.low <= other.high * 1.001 and other.low <= one.high * 1.001
        return _ranges_agree(one, other)
    return _agree(one, other)


def _across_kinds(one: Quantity, other: Quantity) -> bool:
    if one.kind in _SHARES and other.kind in _SHARES:
        ours, theirs = _as_share(one), _as_share(other)
        return abs(ours - theirs) <= max(0.02 * theirs, 0.006 if FRACTION in (one.kind, other.kind) else 0.0)
    if one.kind == FRACTION and other.kind == MULTIPLE or one.kind == MULTIPLE and other.kind == FRACTION:
        return abs(one.low - other.low) < 0.01
    if RANK in (one.kind, other.kind) or SCORE in (one.kind, other.kind):
        return False
    if one.faint or other.faint:
        return False
    if AGE in (one.kind, other.kind):
        return {one.kind, other.kind} <= {AGE, COUNT, measures.DURATION} and _close(one.number, other.number, _EXACT)
    if COUNT in (one.kind, other.kind):
        return one.number >= _TELLING and _close(one.number, other.number, _EXACT)
    return False


def _as_share(quantity: Quantity) -> float:
    return quantity.low if quantity.kind == FRACTION else quantity.low / 100


def _ranges_agree(one: Quantity, other: Quantity) -> bool:
    single, spread = (one, other) if one.low == one.high else (other, one)
    if single.low == single.high:
        return spread.low * (1 - _EXACT) <= single.low <= spread.high * (1 + _EXACT)
    return _close(one.low, other.low, _EXACT) and _close(one.high, other.high, _EXACT)


def _agree(one: Quantity, other: Quantity) -> bool:
    if _close(one.low, other.low, _tolerance(one, other)):
        return True
    return _bounds(one, other) or _rounds(one, other) or _rounds(other, one)


def _close(one: float, other: float, tolerance: float) -> bool:
    return abs(one - other) <= tolerance * max(abs(one), abs(other))


def _tolerance(one: Quantity, other: Quantity) -> float:
    if one.kind == measures.DURATION and one.unit != other.unit:
        names = {one.unit, other.unit}
        if names & {"month", "year"} and names & {"day", "night", "week", "fortnight", "month"}:
            return _CALENDAR
        return 1e-3
    if one.unit != other.unit and one.kind not in (measures.MONEY, POINTS):
        return 0.03  # converted, and rounded: 5 miles are 8 km
    return _EXACT


def _bounds(ours: Quantity, theirs: Quantity) -> bool:
    """Return whether what the reference says lies where our “over”, “nearly” or “about” leaves it.

    The other way round little is left open: “at least seven” doesn't support “nine”.
    """
    if ours.bound is Bound.EXACT and theirs.bound is Bound.EXACT:
        return False
    about = _ABOUT if ours.kind != FRACTION else _ROUNDED
    if ours.kind == MULTIPLE:  # “nearly tripled” isn't doubled
        return _close(ours.low, theirs.low, about)
    if theirs.bound is not Bound.EXACT:
        return _is_near(ours, theirs, about)
    if ours.bound is Bound.OVER:
        return ours.low <= theirs.low <= ours.low * _WELL_OVER
    if ours.bound is Bound.UNDER:
        return ours.low * _WELL_UNDER <= theirs.low <= ours.low
    return _close(ours.low, theirs.low, about)


def _is_near(ours: Quantity, theirs: Quantity, about: float) -> bool:
    """Return whether ours may be what the reference leaves open, or leaves it open as well."""
    if ours.kind == COUNT and ours.low.is_integer() != theirs.low.is_integer():
        return False
    if Bound.ABOUT in (ours.bound, theirs.bound):
        return _close(ours.low, theirs.low, about)
    if ours.bound is Bound.EXACT:
        low, high = (theirs.low, ours.low) if theirs.bound is Bound.OVER else (ours.low, theirs.low)
        return low <= high <= low * (1 + _NEAR)
    return _close(ours.low, theirs.low, _NEAR)


def _rounds(rough: Quantity, fine: Quantity) -> bool:
    """Return whether one is the other, rounded."""
    if rough.kind in (RANK, MULTIPLE) or (rough.kind == AGE and fine.step >= 1) or rough.step <= fine.step * 1.0001:
        return False
    near = abs(fine.low - rough.low) <= 0.5001 * rough.step
    cut = 0 <= fine.low - rough.low < rough.step
    spoken = fine.step < 1 <= rough.step or fine.step % rough.step != 0 and fine.step < rough.step
    if not (near or cut):
        return False
    # “27 percent” for 27.6 may also be cut off; whole numbers only if they are near
    decimals = rough.step >= 1 > fine.step and rough.low < 1000 and fine.kind in (PERCENT, POINTS, AGE)
    return spoken and (_close(rough.low, fine.low, _ROUNDED) or decimals)


def adapted(quantity: Quantity, text: str, other: Quantity, reference: str) -> str:
    """Return how `text` would say the quantity `other` of a reference in the place of its own."""
    number = reference[other.start_of_number : other.end_of_number]
    before = text[quantity.start : quantity.start_of_number]
    said = text[quantity.start_of_number : quantity.end_of_number]
    behind = text[quantity.end_of_number : quantity.end]
    theirs = reference[other.start : other.end]
    if quantity.kind in (AGE, SCORE) or (other.kind == COUNT != quantity.kind):
        return before + number + behind
    if quantity.unit and quantity.unit == other.unit and not _is_compound(behind) and not other.faint:
        return before + _in_scale(number, said) + _in_number(behind, number)
    if quantity.kind in _BARE or not other.unit:
        return _fitting(text[quantity.start : quantity.end], theirs)
    unit = reference[other.end_of_number : other.end]
    if quantity.number == other.number and before == "":
        number = said
    if not unit.strip(" -").replace("-", "").isalpha():
        return theirs
    if behind.startswith("-"):
        return f"{number.replace(' ', '-')}-{_singular(unit.strip(' -'))}"
    if unit.startswith("-"):
        return f"{number} {_plural(unit.strip(' -'), number)}"
    return number + unit if number is said else theirs


_BARE = frozenset((measures.MONEY, COUNT, RANK, FRACTION, MULTIPLE))
_SCALE_WORD = re.compile(r"(?<=[\d ])(?:k|m|mn|mln|b|bn|bln|tn|thousand|million|billion|trillion)$", re.IGNORECASE)
_SPOKEN_SCALES = {"k": "thousand", "m": "million", "mn": "million", "mln": "million"} | {
    "b": "billion",
    "bn": "billion",
    "bln": "billion",
    "tn": "trillion",
}


def _is_compound(behind: str) -> bool:
    """Return whether a second number follows the unit: “5 feet 10 inches”."""
    return any(char.isdecimal() for char in behind) or " and " in behind


def _in_scale(number: str, said: str) -> str:
    """Return a number with its scale spelled as in a number of the text: “5 million” for “5 mln”."""
    theirs, ours = _SCALE_WORD.search(number), _SCALE_WORD.search(said)
    if theirs is None or ours is None or ours.group().lower() in _SPOKEN_SCALES:
        return number
    scale = theirs.group().lower()
    return f"{number[: theirs.start()].strip()} {_SPOKEN_SCALES.get(scale, scale)}"


def _in_number(unit: str, number: str) -> str:
    """Return a unit behind another number: “ day” behind “1”, “ days” behind “2”."""
    if not unit.startswith(" ") or unit.strip() not in measures.WORDS:
        return unit
    one = number.lower() in ("a", "an", "one", "1")
    return " " + (_singular(unit.strip()) if one else _plural(unit.strip(), number))


def _fitting(ours: str, theirs: str) -> str:
    return theirs[0].upper() + theirs[1:] if ours[:1].isupper() and theirs[:1].isalpha() else theirs


def _singular(unit: str) -> str:
    known = measures.WORDS.get(unit)
    if known is None or not unit.endswith("s"):
        return unit
    return known.name if len(unit) > 3 else unit


def _plural(unit: str, number: str) -> str:
    known = measures.WORDS.get(unit)
    if (
        known is None
        or unit.endswith("s")
        or len(unit) <= 3
        and unit != "day"
        or number.lower() in ("a", "an", "one", "1")
    ):
        return unit
    names = [name for name, other in measures.WORDS.items() if other is known and len(name) > len(known.name) - 3]
    return next((name for name in names if name != known.name and name[0] == unit[0]), unit + "s")
