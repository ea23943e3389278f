"""The different values that texts state, to ask whether they state one."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from app.suggesters.hints.date_match import DatePart, agrees
from app.suggesters.hints.dates import StatedDate
from app.suggesters.hints.quantities import Quantity
from app.suggesters.hints.quantity_match import consistent

_MOST_COMPARED = 400
"""Of more different values of a kind than this, as in tables, only equal ones are looked for; else all pairs would be
compared."""


class _Exact(NamedTuple):
    kind: str
    low: float
    high: float
    unit: str


class StatedQuantities:
    """The quantities of texts, each once; wording and place don't matter."""

    def __init__(self, quantities: Iterable[Quantity], agree: Callable[[Quantity, Quantity], bool]) -> None:
        """`agree` tells whether a value that is asked for, and one of these, can be the same."""
        self._agree = agree
        self._exact: set[_Exact] = set()
        self._answers: dict[tuple[object, ...], bool] = {}
        found: dict[str, dict[tuple[object, ...], Quantity]] = {}
        for value in quantities:
            found.setdefault(value.kind, {}).setdefault(_key(value), value)
            if not value.faint:
                self._exact.add(_Exact(value.kind, value.low, value.high, value.unit))
        self._by_kind = {kind: list(values.values()) for kind, values in found.items()}

    def of(self, kind: str) -> list[Quantity]:
        """Return the different quantities of a kind, in order of the texts; none if there are too many to compare."""
        found = self._by_kind.get(kind, [])
        return found if len(found) <= _MOST_COMPARED else []

    def has(self, value: Quantity) -> bool:
        """Return whether a value can be one of these; so it is if there are too many of its kind to compare."""
        if _Exact(value.kind, value.low, value.high, value.unit) in self._exact:
            return True
        if len(self._by_kind.get(value.kind, ())) > _MOST_COMPARED:
            return True
        key = (value.kind, *_key(value))
        if key not in self._answers:
            self._answers[key] = any(self._agree(value, other) for kind in self._by_kind for other in self.of(kind))
        return self._answers[key]


def of_references(quantities: Iterable[Quantity]) -> StatedQuantities:
    """Return the quantities of references, to be asked for those of a text."""
    return StatedQuantities(quantities, consistent)


def of_text(quantities: Iterable[Quantity]) -> StatedQuantities:
    """Return the quantities of a text, to be asked for those of its references; what it says in passing is none."""
    return StatedQuantities(quantities, lambda theirs, ours: not ours.faint and consistent(ours, theirs))


def _key(value: Quantity) -> tuple[object, ...]:
    return (value.low, value.high, value.step, value.unit, value.bound, value.number, value.faint)


class StatedDates:
    """The dates of texts, each once."""

    def __init__(self, dates: Iterable[StatedDate]) -> None:
        found = {_parts(value): value for value in dates}
        self._dates = list(found.values())
        self._answers: dict[tuple[object, ...], bool] = {}

    def have(self, value: StatedDate, part: DatePart) -> bool:
        """Return whether one of the dates agrees with another one in a part, or there are too many to compare."""
        if len(self._dates) > _MOST_COMPARED:
            return True
        key = (part, *_parts(value))
        if key not in self._answers:
            self._answers[key] = any(agrees(value, other, part) for other in self._dates)
        return self._answers[key]


def _parts(value: StatedDate) -> tuple[object, ...]:
    return tuple(value[2:13])  # all but the places
