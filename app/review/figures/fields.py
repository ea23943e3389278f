"""How the values of a field are distributed, by annotator, in finished documents: a histogram for numbers and dates."""

from collections.abc import Mapping
from typing import cast

from app.core import field_values
from app.core.field_values import Level
from app.core.record import DocumentRecord
from app.core.scheme import Attribute, FieldKind, Scheme
from app.core.wording import counted, shorten
from app.review.figures.figure import Axes, Column, Figure, FigureKind, Gathered, Names, Place, Shape, gathered

_MOST_BARS = 12  # with more different numbers, those close to each other share a bar
_BINS = 10
_LISTED = 40  # entities
WHOLE_DOCUMENT = "the document as a whole"
NO_FIELDS = (
    "The scheme has no field with values that can be counted. “The scheme file” in the help says how to add one."
)
_NOTHING = (
    "In finished documents, nobody has filled in this field. Documents count once they are set to done (Ctrl+Enter)."
)

_Found = dict[str, dict[str, Gathered]]  # by annotator and value


class FieldCount:
    """The values of attributes, by layer, field and annotator. Gold counts as one more annotator."""

    def __init__(self, scheme: Scheme) -> None:
        self._fields = {
            f"{layer.id}.{item.id}": (layer.title, item)
            for layer in scheme.layers
            for item in layer.attributes
            if field_values.level(item) is not None
        }
        self._found: dict[str, _Found] = {}

    def fields(self) -> tuple[tuple[str, str], ...]:
        """Return the fields as `LAYER.FIELD` with their titles; those that were filled in come first."""
        ordered = sorted(self._fields, key=lambda id: id not in self._found)
        return tuple((id, f"{self._fields[id][0]}: {self._fields[id][1].title}") for id in ordered)

    def add(self, record: DocumentRecord) -> None:
        """Count a document."""
        for item in record.sets:
            if not item.status.is_finished:
                continue
            for mark in item.annotations:
                for field, value in mark.attributes.items():
                    known = self._fields.get(f"{mark.layer}.{field}")
                    if known is None or field_values.is_empty(value):
                        continue
                    words = f"“{shorten(mark.quote, 60)}”" if mark.quote else WHOLE_DOCUMENT
                    place = Place(record.document.uid, item.annotator, mark.uid, words)
                    of = self._found.setdefault(f"{mark.layer}.{field}", {}).setdefault(item.annotator, {})
                    for key in _keys(known[1], value):
                        of.setdefault(key, Gathered()).add(place)

    def figure(self, field: str, names: Names) -> Figure:
        """Return the distribution of a field, `LAYER.FIELD`."""
        columns = (
            *(Column("value", "Value"), Column("annotator", "Annotator")),
            *(Column("marks", "Count", FigureKind.COUNT), Column("share", "Share of annotator’s", FigureKind.PERCENT)),
        )
        axes = Axes("value", "annotator", "marks")
        known = self._fields.get(field)
        if known is None:
            return Figure("fields", "Fields", "", Shape.BARS, axes, columns, missing=NO_FIELDS)
        layer, attribute = known
        found = self._found.get(field, {})
        bars, titles = _bars(attribute, {key for of in found.values() for key in of})
        rows = [
            names.places(part.row(bar, names.of(who), part.count, part.count / _total(found[who])))
            for bar, keys in bars.items()
            for who in names.ordered(found)
            if (part := gathered(found[who][key] for key in keys if key in found[who])).count
        ]
        total = sum(map(_total, found.values()))
        what = "choices" if attribute.kind is FieldKind.MANY else "values"
        unit = f", in {attribute.unit}" if attribute.unit else ""
        lead = f"What was given as “{attribute.title}” in the layer {layer}{unit}. n = {total:,} {what}."
        left = len({key for of in found.values() for key in of}) - sum(map(len, bars.values()))
        notes = (f"{counted(left, 'rarer entry', 'rarer entries')} left out",) if left else ()
        missing = "" if rows else _NOTHING
        return Figure(
            "fields", "Fields", lead, Shape.BARS, axes, columns, tuple(rows), titles, notes=notes, missing=missing
        )


def _total(of: Mapping[str, Gathered]) -> int:
    return sum(each.count for each in of.values())


def _keys(attribute: Attribute, value: object) -> list[str]:
    """Return what a value is counted as: itself, or each of several choices."""
    if isinstance(value, list):
        return [str(item) for item in cast(list[object], value)]
    if isinstance(value, dict):
        entry = cast(dict[str, object], value)
        return [f"{entry.get('title') or entry.get('id')}"]
    if isinstance(value, bool):
        return [str(value).lower()]
    return [f"{value:.12g}" if isinstance(value, int | float) else str(value)]


def _bars(attribute: Attribute, keys: set[str]) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Return the bars in order with the values that each counts, and their titles."""
    if attribute.kind is FieldKind.DATE:
        return _of_dates(keys), {}
    if field_values.level(attribute) is Level.INTERVAL:
        return _of_numbers(attribute, keys), {}
    if attribute.kind is FieldKind.FLAG:
        return {key: [key] for key in ("true", "false") if key in keys}, {"true": "yes", "false": "no"}
    known = [item.id for item in attribute.values]
    others = sorted(keys - set(known))[:_LISTED]
    # A step that nobody chose is a bar of a scale too.
    listed = known if attribute.kind is FieldKind.SCALE else [id for id in known if id in keys]
    return {id: [id] for id in (*listed, *others)}, {item.id: item.title for item in attribute.values}


def _of_numbers(attribute: Attribute, keys: set[str]) -> dict[str, list[str]]:
    numbers = sorted((float(key), key) for key in keys if _is_number(key))
    if len(numbers) <= _MOST_BARS:
        return {key: [key] for _, key in numbers}
    least = attribute.least if attribute.least is not None else numbers[0][0]
    most = attribute.most if attribute.most is not None else numbers[-1][0]
    least, most = min(least, numbers[0][0]), max(most, numbers[-1][0])
    width = (most - least) / _BINS
    bars: dict[str, list[str]] = {
        f"{least + at * width:.6g} to {'' if at == _BINS - 1 else 'below '}{least + (at + 1) * width:.6g}": []
        for at in range(_BINS)
    }
    names = list(bars)
    for number, key in numbers:
        bars[names[min(_BINS - 1, int((number - least) / width))]].append(key)
    return bars


def _is_number(key: str) -> bool:
    try:
        float(key)
    except ValueError:
        return False
    return True


def _of_dates(keys: set[str]) -> dict[str, list[str]]:
    """Return years, or months if there are few years and all dates have one."""
    years = {key[:4] for key in keys}
    length = 7 if len(years) * 12 <= 3 * _MOST_BARS and all(len(key) >= 7 for key in keys) else 4
    bars: dict[str, list[str]] = {}
    for key in sorted(keys):
        bars.setdefault(key[:length], []).append(key)
    return bars
