"""A small reader of WebAnno TSV 3.3, as much of it as the files of `shared/data/curation` have."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

EMPTY = "*"  # an annotation whose feature has no value


class Span(NamedTuple):
    """Values of a span layer at a range, in code points; `number` tells stacked ones of a token apart, else 0."""

    layer: str
    start: int
    end: int
    values: tuple[str, ...]
    number: int = 0


class Tie(NamedTuple):
    """A relation between two spans."""

    layer: str
    source: Span
    target: Span
    values: tuple[str, ...]


class File(NamedTuple):
    """A file's text and what is marked in it. `layers` are the span layers with their features."""

    text: str
    layers: dict[str, tuple[str, ...]]
    spans: tuple[Span, ...]
    ties: tuple[Tie, ...]


class _Layer(NamedTuple):
    name: str
    features: tuple[str, ...]
    base: str | None  # the span layer that relations of this layer tie; None for a span layer


def read(path: Path) -> File:
    """Read a file of one sentence."""
    layers: list[_Layer] = []
    rows: list[list[str]] = []
    text = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith(("#T_SP=", "#T_RL=")):
            name, *features = line[6:].split("|")
            base = features.pop().removeprefix("BT_") if line.startswith("#T_RL=") else None
            layers.append(_Layer(_short(name), tuple(features), _short(base) if base else None))
        elif line.startswith("#Text="):
            text = line[6:]
        elif line and not line.startswith("#"):
            rows.append(line.split("\t"))
    spans = _spans(rows, layers)
    ties = tuple(_ties(rows, layers, spans))
    whole = tuple(dict.fromkeys(spans.values()))
    return File(text, {item.name: item.features for item in layers if item.base is None}, whole, ties)


def _short(name: str) -> str:
    return name.rsplit(".", 1)[-1]


def _columns(layers: list[_Layer]) -> Iterator[tuple[_Layer, slice]]:
    at = 3
    for layer in layers:
        width = len(layer.features) + (layer.base is not None)
        yield layer, slice(at, at + width)
        at += width


def _numbered(cell: str) -> dict[int, str]:
    """Return the values of a cell such as `ORG[1]|PER[2]` by number; a bar that is part of a value is escaped."""
    found: dict[int, str] = {}
    for part in cell.replace("\\|", "\0").split("|"):
        value, bracket, number = part.rstrip("]").partition("[") if part.endswith("]") else (part, "", "0")
        found[int(number) if bracket else 0] = value.replace("\0", "|")
    return found


def _spans(rows: list[list[str]], layers: list[_Layer]) -> dict[tuple[str, str, int], Span]:
    """Return the spans by layer, token and number; one of several tokens has the same number in each."""
    found: dict[tuple[str, str, int], Span] = {}
    last: dict[tuple[str, int], str] = {}
    for row in rows:
        start, end = map(int, row[1].split("-"))
        for layer, columns in _columns(layers):
            if layer.base is not None or set(row[columns]) == {"_"}:
                continue
            cells = [_numbered(cell) for cell in row[columns]]
            for number in cells[0]:
                span = Span(layer.name, start, end, tuple(cell[number] for cell in cells), number)
                before = last.get((layer.name, number)) if number else None
                if before is not None:
                    old = found[layer.name, before, number]
                    span = span._replace(start=old.start)
                    found.update({key: span for key, value in found.items() if value == old})
                found[layer.name, row[0], number] = span
                last[layer.name, number] = row[0]
    return found


def _ties(rows: list[list[str]], layers: list[_Layer], spans: dict[tuple[str, str, int], Span]) -> Iterator[Tie]:
    for row in rows:
        for layer, columns in _columns(layers):
            if layer.base is None or row[columns][-1] == "_":
                continue
            *values, place = row[columns]
            token, bracket, numbers = place.rstrip("]").partition("[")
            source, target = map(int, numbers.split("_")) if bracket else (0, 0)
            yield Tie(layer.name, spans[layer.base, token, source], spans[layer.base, row[0], target], tuple(values))
