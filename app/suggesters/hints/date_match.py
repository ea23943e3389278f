"""Whether two dates can be the same one, and what a reference's date reads like in another text."""

import re
from enum import Enum

from app.suggesters.hints.dates import MONTHS, WEEKDAYS, DateKind, StatedDate, TextRange


class DatePart(Enum):
    """A part of a date that can be wrong by itself."""

    WEEKDAY = "weekday"
    DAY = "day"
    """Day and month, or one of them."""
    YEAR = "year"
    WHOLE = "whole"
    """All there is: a time of day, a decade."""


def parts_of(stated: StatedDate) -> tuple[DatePart, ...]:
    """Return the parts that a date states."""
    if stated.kind is not DateKind.DAY:
        return (DatePart.WHOLE,)
    found: list[DatePart] = []
    if stated.weekday is not None:
        found.append(DatePart.WEEKDAY)
    if stated.month is not None:
        found.append(DatePart.DAY)
    if stated.year is not None:
        found.append(DatePart.YEAR)
    return tuple(found)


def place_of(stated: StatedDate, part: DatePart) -> TextRange:
    """Return where a date states a part."""
    places = {DatePart.WEEKDAY: stated.at_weekday, DatePart.DAY: stated.at_day, DatePart.YEAR: stated.at_year}
    return places.get(part) or TextRange(stated.start, stated.end)


def weekday_of(stated: StatedDate) -> int | None:
    """Return the weekday that a date states, or that it falls on."""
    if stated.weekday is not None:
        return stated.weekday
    day = stated.calendar_day
    return None if day is None else day.weekday()


def agrees(one: StatedDate, other: StatedDate, part: DatePart) -> bool | None:
    """Return whether two dates agree in a part; None if it can't be compared."""
    if part is DatePart.YEAR:
        return _years_agree(one, other)
    if one.kind is not other.kind:
        return None
    if part is DatePart.WEEKDAY:
        ours, theirs = weekday_of(one), weekday_of(other)
        return None if ours is None or theirs is None else ours == theirs
    if part is DatePart.DAY:
        return _days_agree(one, other)
    return _wholes_agree(one, other)


def _years_agree(one: StatedDate, other: StatedDate) -> bool | None:
    if one.year is None or other.year is None or DateKind.CENTURY in (one.kind, other.kind):
        return None
    ours, theirs = _years(one), _years(other)
    if max(len(ours), len(theirs)) > _LIFE and min(len(ours), len(theirs)) == 1:
        return one.year in (other.year, other.last_year) or other.year == one.last_year
    return ours.start < theirs.stop and theirs.start < ours.stop


_LIFE = 10
"""A span of more years, such as a life, says little of those within."""


def _years(stated: StatedDate) -> range:
    year = stated.year or 0
    if stated.kind is DateKind.DECADE:
        return range(year, year + 10)
    return range(year, (stated.last_year or year) + 1)


def _days_agree(one: StatedDate, other: StatedDate) -> bool | None:
    if one.month is None or other.month is None:
        return None
    if one.ambiguous or other.ambiguous:
        pairs = {(one.month, one.day), (other.month, other.day)}
        return True if len({frozenset(pair) for pair in pairs}) == 1 else None
    if one.month != other.month:
        return False
    if one.day is None or other.day is None:
        return True
    ours, theirs = range(one.day, (one.last_day or one.day) + 1), range(other.day, (other.last_day or other.day) + 1)
    return ours.start < theirs.stop and theirs.start < ours.stop


def _wholes_agree(one: StatedDate, other: StatedDate) -> bool | None:
    if one.kind is DateKind.CLOCK:
        if one.time is None or other.time is None:
            return None
        return one.time == other.time if one.half and other.half else one.time % 720 == other.time % 720
    if one.kind is DateKind.SPAN:
        return (one.year, one.last_year) == (other.year, other.last_year)
    if one.kind in (DateKind.NEARBY, DateKind.RELATIVE):
        return _TONIGHT.get(one.word, one.word) == _TONIGHT.get(other.word, other.word)
    return one.year == other.year


_TONIGHT = {"tonight": "today"}
_SUFFIXES = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}


def adapted_date(text: str, stated: StatedDate, part: DatePart, other: StatedDate, theirs: str) -> str | None:
    """Return what `text` would say at a part of a date to agree with the date `other`; `theirs` is how that reads.

    None if the other date doesn't tell enough.
    """
    place = place_of(stated, part)
    ours = text[place.start : place.end]
    if part is DatePart.WEEKDAY:
        weekday = weekday_of(other)
        plural = "s" if ours.lower().endswith("days") else ""
        return None if weekday is None else _as_long(WEEKDAYS[weekday], ours) + plural
    if part is DatePart.YEAR:
        return None if other.year is None or other.kind is not DateKind.DAY else str(other.year)
    if part is DatePart.DAY:
        return _adapted_day(ours, stated, other, theirs)
    if stated.kind is DateKind.CLOCK:
        return _adapted_time(ours, stated, other) or theirs
    if stated.kind is DateKind.CENTURY:
        return theirs
    return _in_case(theirs, ours)


def _in_case(word: str, like: str) -> str:
    return word[0].upper() + word[1:] if like[:1].isupper() else word


def _as_long(name: str, like: str) -> str:
    """Return a name as long and as large as another one: “Tue” like “Mon”."""
    short = len(like.rstrip(".")) <= 4 and not like.isdecimal() and like.lower() not in ("may", "june", "july")
    name = name[: 3 if len(like.rstrip(".")) == 3 else 4] if short else name
    return name if like[:1].isupper() else name.lower()


def _adapted_day(ours: str, stated: StatedDate, other: StatedDate, theirs: str) -> str | None:
    if other.month is None or (stated.day is not None and other.day is None):
        return None
    if not re.search("[A-Za-z]{3}", ours):  # 17/03/2025
        return theirs if not re.search("[A-Za-z]", theirs) and other.year is not None else None
    written = re.sub(r"[A-Za-z]{3,}", lambda found: _month_like(found.group(), other.month or 1), ours)
    if stated.day is None or other.day is None:
        return written
    if stated.last_day is not None:
        return theirs
    if not any(char.isdecimal() for char in written):
        return theirs
    day = other.day
    suffix = _SUFFIXES.get(day, "th")
    return re.sub(r"\d+(st|nd|rd|th)?", lambda found: f"{day}{suffix if found.group(1) else ''}", written, count=1)


def _month_like(word: str, month: int) -> str:
    known = any(name.lower().startswith(word.lower()) for name in MONTHS) or word.lower() == "sept"
    return _as_long(MONTHS[month - 1], word) if known else word


def _adapted_time(ours: str, stated: StatedDate, other: StatedDate) -> str | None:
    if other.time is None or stated.time is None:
        return None
    time = other.time
    if stated.half and not other.half:  # the reference leaves open which half of the day
        time = time % 720 + (720 if stated.time >= 720 else 0)
    hour, minute = divmod(time % 1440, 60)
    mark = re.search(r"[ap]\.?m\.?", ours, re.IGNORECASE)
    if mark is None and not re.search(r"\d", ours):
        return None
    colon = re.search(r"[:.](?=\d\d)", ours)
    clock = f"{colon.group() if colon else ':'}{minute:02}" if minute or colon else ""
    if mark is not None:
        half = _half_like(mark.group(), after_noon=hour >= 12)
        return f"{hour % 12 or 12}{clock}{ours[: mark.start()][len(ours[: mark.start()].rstrip()) :]}{half}"
    if stated.half and colon:
        return f"{hour:02}{clock}"
    return f"{hour % 12 or 12}{clock}{re.sub(r'^[0-9:.]+', '', ours)}"


def _half_like(mark: str, *, after_noon: bool) -> str:
    wanted, present = ("p", "a") if after_noon else ("a", "p")
    return mark.replace(present, wanted).replace(present.upper(), wanted.upper())
