"""A figure as one value: plot, table, CSV and the list of documents behind it all derive from its rows."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from app.core.decision import GOLD

MOST_PLACES = 500
"""The maximum number of places kept behind a row; further ones are only counted."""

Value = str | int | float | None


class FigureKind(StrEnum):
    """How the values of a column are formatted."""

    TEXT = "text"
    COUNT = "count"
    SHARE = "share"  # 0 to 1, shown as a number
    PERCENT = "percent"  # 0 to 1, shown as a percentage
    NUMBER = "number"
    SECONDS = "seconds"


class Shape(StrEnum):
    """How a figure is drawn."""

    MATRIX = "matrix"  # a number in each cell, shaded by `shade`
    BARS = "bars"  # a bar in each cell
    STACKED = "stacked"  # a bar for each key of `down`, with a part for each of `across`
    DAYS = "days"  # a column for each day of `down`, with a part for each of `across`
    CURVE = "curve"  # a line for each key of `down`, with a dot at each number of `across`; values are from 0 to 1
    STRIP = "strip"  # a line for each key of `down`, with a dot for each of `across`


class Column(NamedTuple):
    """A column of a figure. One that isn't `shown` is for programs only."""

    id: str
    title: str
    kind: FigureKind = FigureKind.TEXT
    shown: bool = True


class Place(NamedTuple):
    """A document (uid) behind a row, or an annotation (uid) in it by `annotator`; `words` describe it for people."""

    document: str
    annotator: str = ""
    annotation: str = ""
    words: str = ""


class FigureRow(NamedTuple):
    """One data point. `more` counts the places beyond those kept."""

    cells: tuple[Value, ...]
    places: tuple[Place, ...] = ()
    more: int = 0


class Axes(NamedTuple):
    """The columns, by id, that a figure is drawn from; `shade`, 0 to 1, colours the cells of a matrix."""

    down: str
    across: str
    value: str
    shade: str = ""


class Figure(NamedTuple):
    """A figure.

    `lead` summarises it in a sentence, with n; `missing`, if there is nothing to show, says why and what to do.
    `titles` are the titles of ids in cells. Keys of `down` and `across` are in the order of rows, annotators in that of
    `people`: everybody in the project, as shown, so that each has one place and one colour in all figures. `middles`
    are the medians of a strip by key of `down`.
    """

    id: str
    title: str
    lead: str
    shape: Shape
    axes: Axes
    columns: tuple[Column, ...]
    rows: tuple[FigureRow, ...] = ()
    titles: Mapping[str, str] = {}
    notes: tuple[str, ...] = ()
    missing: str = ""
    middles: Mapping[str, float] = {}
    people: tuple[str, ...] = ()

    def at(self, column: str) -> int:
        """Return the index of a column. Raises KeyError."""
        for number, item in enumerate(self.columns):
            if item.id == column:
                return number
        raise KeyError(column)

    def keys(self, column: str) -> list[str]:
        """Return the distinct values of a column, in the order of the rows; annotators as `people`, gold last."""
        at = self.at(column)
        found = list(dict.fromkeys(str(row.cells[at]) for row in self.rows))
        place = {name: number for number, name in enumerate((*self.people, GOLD))}
        return sorted(found, key=place.__getitem__) if all(key in place for key in found) else found

    def cells(self) -> dict[tuple[str, str], int]:
        """Return the row index by keys of `down` and `across`."""
        down, across = self.at(self.axes.down), self.at(self.axes.across)
        return {(str(row.cells[down]), str(row.cells[across])): number for number, row in enumerate(self.rows)}

    def value(self, row: int) -> float | None:
        """Return the value that a row is drawn as."""
        found = self.rows[row].cells[self.at(self.axes.value)]
        return None if found is None or isinstance(found, str) else float(found)

    def words(self, value: Value) -> str:
        """Return the title of an id, or the text itself."""
        text = "" if value is None else str(value)
        return self.titles.get(text, text)


class Gathered:
    """Counts places and keeps the first of them."""

    def __init__(self) -> None:
        self.count = 0
        self._places: list[Place] = []

    def add(self, place: Place) -> None:
        """Add a place."""
        self.count += 1
        if len(self._places) < MOST_PLACES:
            self._places.append(place)

    def row(self, *cells: Value) -> FigureRow:
        """Return a row with the places behind it."""
        return FigureRow(cells, tuple(self._places), self.count - len(self._places))

    @property
    def places(self) -> Sequence[Place]:
        """The places that were kept."""
        return self._places


def gathered(parts: Iterable[Gathered]) -> Gathered:
    """Return the counts and places of several together."""
    total = Gathered()
    for each in parts:
        for place in each.places:
            total.add(place)
        total.count += each.count - len(each.places)
    return total


class Names:
    """Annotators' names as they are shown: unchanged, or as numbers. Gold is always shown as gold."""

    def __init__(self, names: Iterable[str], *, hidden: bool = False) -> None:
        self.names = sorted(set(names) - {GOLD}, key=_gold_last)
        self.hidden = hidden
        numbers = {name: f"annotator {number}" for number, name in enumerate(self.names, 1)}
        self._shown = numbers if hidden else {}

    def of(self, name: str) -> str:
        """Return what is shown for a name."""
        return self._shown.get(name, name)

    def ordered(self, names: Iterable[str]) -> list[str]:
        """Return the names in order, gold last."""
        return sorted(names, key=_gold_last)

    def places(self, row: FigureRow) -> FigureRow:
        """Return a row whose places don't reveal hidden names."""
        if not self.hidden:
            return row
        return row._replace(places=tuple(place._replace(annotator=self.of(place.annotator)) for place in row.places))


def _gold_last(name: str) -> tuple[bool, str, str]:
    return (name == GOLD, name.casefold(), name)


def median(values: Sequence[float]) -> float:
    """Return the median of at least one value."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def span_of_time(seconds: float) -> str:
    """Return a duration in words."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def written(value: Value, kind: FigureKind) -> str:
    """Return a value formatted for people."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if kind is FigureKind.SHARE:
        return f"{value:.2f}"
    if kind is FigureKind.PERCENT:
        return f"{round(100 * value)} %"
    if kind is FigureKind.NUMBER:
        return f"{value:,.1f}"
    if kind is FigureKind.SECONDS:
        return span_of_time(value)
    return f"{value:,}"
