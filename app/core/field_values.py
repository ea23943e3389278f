"""The values of a field, by its kind: how each is stored, checked, read, shown and compared. The only place that knows.

| kind | stored as | compared by |
|---|---|---|
| choice | the id of a value | id |
| many | the ids of several values, in the scheme's order, as a list | the set of ids |
| scale | the id of a step; on a scale without named steps a number | step, in order; number |
| number | a number | number |
| date | `YYYY-MM-DD`, or `YYYY-MM` or `YYYY` if no more is known (ISO 8601) | day, month or year |
| text | text | text |
| flag | true or false | true or false |
| entity | an object with `id` and `title` | id |
"""

import datetime
import math
import re
import unicodedata
from collections.abc import Callable, Collection, Hashable, Sequence
from enum import StrEnum
from typing import Any, cast

from app.core.scheme import Attribute, FieldKind

MANY_JOIN = ", "
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_EITHER = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")  # thousands of one country, thousandths of another
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3}){2,}(\.\d*)?|[+-]?[1-9]\d{0,2}(,\d{3})+\.\d*")
_SIGNS = str.maketrans({"\u2212": "-", "\u066b": ".", "\u066c": None})  # a minus; Arabic point and thousands
_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


class Level(StrEnum):
    """The level of measurement of a field (Stevens 1946): which differences between two values can be told apart."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    SET = "set"


def level(attribute: Attribute) -> Level | None:
    """Return the level of measurement of a field; None for free text, which isn't measured."""
    match attribute.kind:
        case FieldKind.TEXT:
            return None
        case FieldKind.MANY:
            return Level.SET
        case FieldKind.SCALE:
            return Level.ORDINAL if attribute.values else Level.INTERVAL
        case FieldKind.NUMBER | FieldKind.DATE:
            return Level.INTERVAL
        case _:
            return Level.NOMINAL


def is_empty(value: object) -> bool:
    """Whether a value counts as not given: nothing, an empty text or no choice at all."""
    return value is None or value == "" or value == []


def complaint(attribute: Attribute, value: object, allowed: Collection[str] = ()) -> str | None:
    """Return what a value of the field must be, as the end of a sentence (“between 0 and 100”), or None if it is that.

    `allowed`, if not empty, are the only choices.
    """
    match attribute.kind:
        case FieldKind.CHOICE:
            return None if value in _ids(attribute, allowed) else _one_of(attribute, allowed)
        case FieldKind.MANY:
            return _many_complaint(attribute, value, _ids(attribute, allowed))
        case FieldKind.SCALE if attribute.values:
            return None if value in _ids(attribute, allowed) else _one_of(attribute, allowed)
        case FieldKind.SCALE | FieldKind.NUMBER:
            return _number_complaint(attribute, value)
        case FieldKind.DATE:
            return None if _span_of_days(value) else "a date such as 2026-03-31, 2026-03 or 2026"
        case FieldKind.TEXT:
            return None if isinstance(value, str) else "text"
        case FieldKind.FLAG:
            return None if isinstance(value, bool) else "true or false"
        case FieldKind.ENTITY:
            return None if _entity_id(value) else "an entry of its list"


def read(attribute: Attribute, text: str) -> Any:  # noqa: ANN401  what it is depends on the kind
    """Return the value that a person wrote; "" is None.

    A choice may be written by id or title, several of them with commas between. Raises ValueError, which says what the
    value must be.
    """
    written = text.strip()
    if not written:
        return None
    value = text if attribute.kind is FieldKind.TEXT else _READERS[attribute.kind](attribute, written)
    wrong = complaint(attribute, value)
    if wrong:
        raise ValueError(f"“{attribute.title}” must be {wrong}, not “{written[:40]}”")
    return value


def shown(attribute: Attribute, value: object) -> str:
    """Return a value as people read it: by titles, with its unit; one that isn't of the kind as it is."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return MANY_JOIN.join(_title(attribute, item) for item in cast(list[object], value))
    if isinstance(value, dict):
        entry = cast(dict[str, object], value)
        return str(entry.get("title") or entry.get("id") or "")
    if isinstance(value, int | float):
        number = str(value) if isinstance(value, int) else f"{value:.15g}"
        space = "" if attribute.unit in ("%", "°", "") else "\u202f"
        return f"{number}{space}{attribute.unit}"
    return _title(attribute, value)


def ordered(attribute: Attribute, values: Collection[str]) -> list[str]:
    """Return several choices, each once, in the order of the scheme; unknown ones come last."""
    known = [item.id for item in attribute.values]
    return [*(id for id in known if id in values), *dict.fromkeys(id for id in values if id not in known)]


def identity(value: object) -> Hashable:
    """Return what two values have in common if they say the same, whatever the kind of the field: of several choices
    the set, of an entity its id, of numbers the number, else the value.
    """
    if isinstance(value, list | tuple):
        return frozenset(map(identity, cast(Sequence[object], value)))
    if isinstance(value, dict):
        entry = cast(dict[str, object], value)
        if "id" in entry:
            return ("entity", str(entry["id"]))
        return tuple(sorted((key, identity(item)) for key, item in entry.items()))
    if isinstance(value, bool):
        return ("flag", value)  # True isn't the number 1
    if isinstance(value, Hashable):
        return value
    return repr(value)


def position(attribute: Attribute, value: object) -> float | None:
    """Return where a value lies on the field's scale: a step's number from 0, a number as it is, a date in days (its
    middle, if it is a month or a year); None for other kinds, and for a value that isn't on the scale.
    """
    match attribute.kind:
        case FieldKind.SCALE if attribute.values:
            known = [item.id for item in attribute.values]
            return float(known.index(value)) if isinstance(value, str) and value in known else None
        case FieldKind.SCALE | FieldKind.NUMBER:
            return float(cast(float, value)) if _is_number(value) else None
        case FieldKind.DATE:
            days = _span_of_days(value)
            return (days[0] + days[1]) / 2 if days else None
        case _:
            return None


def _ids(attribute: Attribute, allowed: Collection[str]) -> Collection[str]:
    return allowed or [item.id for item in attribute.values]


def _one_of(attribute: Attribute, allowed: Collection[str]) -> str:
    titles = [f"“{item.title or item.id}”" for item in attribute.values if not allowed or item.id in allowed]
    return titles[0] if len(titles) == 1 else f"{', '.join(titles[:-1])} or {titles[-1]}" if titles else "nothing"


def _many_complaint(attribute: Attribute, value: object, known: Collection[str]) -> str | None:
    if not isinstance(value, list):
        return "a list of choices"
    items = cast(list[object], value)
    if any(not isinstance(item, str) or item not in known for item in items):
        return f"some of {_one_of(attribute, known).replace(' or ', ', ')}"
    return None if len(set(map(str, items))) == len(items) else "a list without repeated choices"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _number_complaint(attribute: Attribute, value: object) -> str | None:
    least, most, step = attribute.least, attribute.most, attribute.step
    if not _is_number(value):
        return f"a number{_limits(attribute)}"
    number = cast(float, value)
    if (least is not None and number < least) or (most is not None and number > most):
        return f"a number{_limits(attribute)}"
    if step:
        steps = (number - (least or 0)) / step
        if abs(steps - round(steps)) > 1e-9 * max(1, abs(steps)):
            if step == 1 and (least or 0) == round(least or 0):
                return f"a whole number{_limits(attribute)}"
            return f"a number{_limits(attribute)}, in steps of {step:.12g}"
    return None


def _limits(attribute: Attribute) -> str:
    least, most = attribute.least, attribute.most
    if least is not None and most is not None:
        return f" from {least:.12g} to {most:.12g}"
    return f" of {least:.12g} or more" if least is not None else f" of {most:.12g} or less" if most is not None else ""


def _number_of(attribute: Attribute, written: str) -> object:
    """Return a number, an integer if it is whole; with a comma as decimal sign, and the field's unit behind it.

    Raises ValueError where the comma may as well be one between thousands: a thousandth of what was meant would be
    wrong data.
    """
    plain = written.removesuffix(attribute.unit).strip() if attribute.unit else written
    plain = re.sub(r"(?<=\d)[ \u00a0\u2009\u202f](?=\d{3}(?!\d))", "", _with_plain_digits(plain.translate(_SIGNS)))
    if _EITHER.fullmatch(plain):
        whole, parted = plain.replace(",", ""), plain.replace(",", ".")
        raise ValueError(f"“{attribute.title}”: “{plain}” may mean two numbers; write {whole} or {parted}")
    if _THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "")
    if re.fullmatch(r"[+-]?\d+,\d+", plain):
        plain = plain.replace(",", ".")
    if not re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", plain):
        return written
    number = float(plain)
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _id_of(attribute: Attribute, written: str) -> str:
    for item in attribute.values:
        if item.id == written:
            return item.id
    folded = written.casefold()
    return next((v.id for v in attribute.values if folded in (v.id.casefold(), v.title.casefold())), written)


def _title(attribute: Attribute, value: object) -> str:
    found = attribute.value(value)
    return found.title or found.id if found is not None else str(value)


def _entity_id(value: object) -> str:
    entry = cast(dict[object, object], value) if isinstance(value, dict) else {}
    id, title = entry.get("id"), entry.get("title", "")
    return id if isinstance(id, str) and isinstance(title, str) and set(entry) <= {"id", "title"} else ""


def _span_of_days(value: object) -> tuple[int, int] | None:
    """Return the first and the last day of a date, as ordinals of the Gregorian calendar; None if it isn't one."""
    found = _DATE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        first = datetime.date(cast(int, year), 1 if month is None else month, 1 if day is None else day)
        if day is not None:
            return first.toordinal(), first.toordinal()
        if first.year == datetime.MAXYEAR and month in (None, 12):
            return first.toordinal(), datetime.date.max.toordinal()
        until = 12 if month is None else month
        after = datetime.date(first.year + until // 12, until % 12 + 1, 1)
    except ValueError:
        return None
    return first.toordinal(), after.toordinal() - 1


def _with_plain_digits(written: str) -> str:
    """Return a text with the digits 0 to 9 for those of any script."""
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in written)


def _choices_of(attribute: Attribute, written: str) -> object:
    return ordered(attribute, [_id_of(attribute, part.strip()) for part in written.split(",")])


def _step_of(attribute: Attribute, written: str) -> object:
    return _id_of(attribute, written) if attribute.values else _number_of(attribute, written)


_READERS: dict[FieldKind, Callable[[Attribute, str], object]] = {
    FieldKind.CHOICE: _id_of,
    FieldKind.MANY: _choices_of,
    FieldKind.SCALE: _step_of,
    FieldKind.NUMBER: _number_of,
    FieldKind.DATE: lambda _, written: re.sub("[\u2010-\u2015\u2212]", "-", _with_plain_digits(written)),
    FieldKind.FLAG: lambda _, written: _FLAGS.get(written.casefold(), written),
    FieldKind.ENTITY: lambda _, written: {"id": written, "title": written},
}
