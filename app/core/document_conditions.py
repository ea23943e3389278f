"""Conditions on documents as people type them, such as `status=done`, `words>=200` or `article.label=SPUN`; one
language for lists, views, exports, assignments and measures.

A condition is a key, a comparison and a value. Values of one key after `=` are alternatives; everything else must hold
together: other keys, and what comes after `!=`, `>`, `>=`, `<` and `<=`. What a key with a layer means, the scheme
says: `app.core.field_conditions`.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date
from operator import eq, ge, gt, le, lt, ne
from typing import Any, NamedTuple

from app.core.annotation import Status
from app.core.errors import BadChoice

FINISHED = "finished"
YES, NO = "yes", "no"
META = "meta."
LABEL_COUNT, LAYER_COUNT = "label.", "layer."
STATUSES = (FINISHED, *(status.value for status in Status))
COMPARED: dict[str, Callable[[Any, Any], bool]] = {"=": eq, "!=": ne, ">=": ge, "<=": le, ">": gt, "<": lt}
"""The comparisons by their signs."""
_FIELD = r"[A-Za-z][\w-]*(?:\.[\w-]+)+"
_IS_FIELD = re.compile(_FIELD)
_CONDITION = re.compile(rf"\s*(meta\.[^=<>!]+|{_FIELD}|[a-z]+)\s*(!=|>=|<=|=|>|<)(.*)", re.DOTALL)
_SAME = ("=", "!=")
_NUMBER = re.compile(r"\d{1,15}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_WAYS = {
    "status": "status=open",
    "name": "name=news-*",
    "title": "title=News*",
    "label": "label=PERSON",
    "layer": "layer=error",
    "annotator": "annotator=ana",
    "assigned": "assigned=ana",
    "scheme": "scheme=news@2",
    "flag": "flag=yes",
    "note": "note=yes",
    "marks": "marks>0",
    "words": "words>=200",
    "length": "length<5000",
    "rules": "rules>0",
    "conflicts": "conflicts>0",
    "finished": "finished>=2026-01-31",
    "added": "added>=2026-01-31",
}
_YES_NO = ("flag", "note")
NUMBERS = ("marks", "words", "length", "rules", "conflicts")
"""The keys whose values are whole numbers."""
_DAYS = ("finished", "added")
KEYS = (*_WAYS, f"{META}KEY", "LAYER.FIELD")
"""All keys, in the order of the help."""


class Condition(NamedTuple):
    """A condition on documents; the comparison is one of COMPARED."""

    key: str
    value: str
    comparison: str = "="

    def __str__(self) -> str:
        return f"{self.key}{self.comparison}{self.value}"


class Sorting(NamedTuple):
    """An order of documents: `key` is one of SORTINGS, `label.LABEL` or `layer.LAYER` for the number of such marks,
    `meta.KEY`, or `LAYER.FIELD` for what marks of a layer say.
    """

    key: str = "import"
    falls: bool = False

    def __str__(self) -> str:
        return f"-{self.key}" if self.falls else self.key


SORTINGS = (
    *("import", "name", "title", "status", "flag", "note", "annotator", "assigned", "scheme", "finished"),
    *("marks", "words", "length", "rules", "conflicts", "uncertain", "disputed", "rare"),
)
"""What documents can be sorted by, beside `label.LABEL`, `layer.LAYER`, `meta.KEY` and `LAYER.FIELD`."""
_MORE_SORTINGS = (f"{LABEL_COUNT}LABEL", f"{LAYER_COUNT}LAYER", f"{META}KEY", "LAYER.FIELD")
IMPORTED = Sorting()
"""The order in which documents were added."""


def parse_condition(text: str) -> Condition:
    """Parse a condition as it is typed. Raises BadChoice, which says how to write one."""
    found = _CONDITION.fullmatch(text)
    key = found[1].rstrip() if found else ""
    if found is None or (key not in _WAYS and not _is_meta(key) and not _is_field(key)):
        ways = ", ".join(_WAYS.values())
        raise BadChoice(
            f"“{text}” isn't a condition", hint=f"write one such as {ways}, {META}KEY=VALUE, LAYER.FIELD=VALUE"
        )
    comparison, value = found[2], found[3]
    if key in NUMBERS or key in _DAYS or comparison not in _SAME or _is_field(key):
        value = value.strip()
    if not _is_field(key):
        _check(key, comparison, value)
    return Condition(key, value, comparison)


def parse_conditions(texts: Iterable[str]) -> tuple[Condition, ...]:
    """Parse several conditions. Raises BadChoice."""
    return tuple(parse_condition(text) for text in texts)


def parse_sorting(text: str) -> Sorting:
    """Parse an order such as `words` or, falling, `-words`. Raises BadChoice for what nothing can be sorted by."""
    falls, key = text.startswith("-"), text.removeprefix("-")
    if key not in SORTINGS and not _is_meta(key) and not _is_field(key):
        ways = ", ".join((*SORTINGS, *_MORE_SORTINGS))
        hint = f"use one of: {ways}; with a minus in front, the largest or last comes first"
        raise BadChoice(f"documents can't be sorted by “{key}”", hint=hint)
    return Sorting(key, falls)


def in_words(conditions: Iterable[Condition], sorting: Sorting = IMPORTED) -> str:
    """Return conditions and an order on one line, as they are typed."""
    parts = [str(condition) for condition in conditions]
    return "  ".join([*parts, *([f"sorted by {sorting}"] if sorting != IMPORTED else [])])


def is_of_field(condition: Condition) -> bool:
    """Whether a condition is on what marks say, so that only a scheme can tell what it means."""
    return _is_field(condition.key)


def is_counted(key: str) -> bool:
    """Whether an order is by the number of marks with a label, or in a layer."""
    return key.startswith((LABEL_COUNT, LAYER_COUNT))


def _is_meta(key: str) -> bool:
    return key.startswith(META) and len(key) > len(META)


def _is_field(key: str) -> bool:
    return not key.startswith(META) and _IS_FIELD.fullmatch(key) is not None


def _check(key: str, comparison: str, value: str) -> None:
    """Raise BadChoice for a value or a comparison that a key can't have."""
    if key in NUMBERS:
        if _NUMBER.fullmatch(value) is None:
            raise BadChoice(f"“{key}” is compared with a whole number, not “{value}”", hint=f"write {_WAYS[key]}")
        return
    if key in _DAYS:
        _check_day(key, value)
        return
    if comparison not in _SAME and not _is_meta(key):
        raise BadChoice(f"“{key}” can't be compared by {comparison}", hint=f"write {_WAYS[key]}")
    if key == "status" and value not in STATUSES:
        raise BadChoice(f"unknown status “{value}”", hint=f"use one of: {', '.join(STATUSES)}")
    if key in _YES_NO and value not in (YES, NO):
        raise BadChoice(f"“{key}” is {YES} or {NO}, not “{value}”", hint=f"write {key}={YES}")


def _check_day(key: str, text: str) -> None:
    hint = f"write year, month and day, as in {_WAYS[key]}"
    if _DAY.fullmatch(text) is None:
        raise BadChoice(f"“{text}” isn't a date", hint=hint)
    try:
        date.fromisoformat(text)
    except ValueError:
        raise BadChoice(f"there is no day {text}", hint=hint) from None


def is_met(condition: Condition, present: str | float) -> bool:
    """Whether a present value meets a condition: as numbers if both are, else as text."""
    if isinstance(present, int | float):
        number = number_of(condition.value)
        if number is not None:
            return COMPARED[condition.comparison](present, number)
    return COMPARED[condition.comparison](str(present), condition.value)


def number_of(text: str) -> int | float | None:
    """Return a typed value as a number, None if it isn't a finite one."""
    try:
        return int(text) if _NUMBER.fullmatch(text.removeprefix("-")) else _finite(float(text))
    except ValueError:
        return None


def _finite(number: float) -> float | None:
    return number if abs(number) < 1e300 else None
