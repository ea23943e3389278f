"""Label confusion: annotations of two annotators that were matched, and those without a counterpart."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from app.core.annotation import Annotation
from app.core.decision import GOLD
from app.core.record import SetRecord
from app.core.scheme import Layer, Scheme
from app.core.wording import counted, shorten
from app.review.agreement.findings import whole_pairs
from app.review.agreement.marks import MarkReader
from app.review.agreement.matchings import counterparts, meeting
from app.review.figures.figure import (
    Axes,
    Column,
    Figure,
    FigureKind,
    FigureRow,
    Gathered,
    Names,
    Place,
    Shape,
    gathered,
)
from app.review.readings import Reading, Readings, frozen_note

NOTHING = "(nothing)"
EVERY_PAIR = "all"
Pair = tuple[str, str]


class _Cell(NamedTuple):
    layer: str
    pair: Pair
    left: str
    right: str


class ConfusionCount:
    """Matched annotations by their two labels, for each pair who finished the same document; includes finished gold."""

    def __init__(self, scheme: Scheme) -> None:
        self._scheme = scheme
        self._found: dict[_Cell, Gathered] = {}
        self._documents: dict[tuple[str, Pair], set[str]] = {}
        self.finished: dict[str, int] = {}
        self._frozen = 0

    def add(self, readings: Readings, gold: SetRecord | None) -> None:
        """Count a document, and its gold if that is finished."""
        by = {name: readings.by[name].annotations for name in sorted(readings.by)}
        self._frozen += readings.frozen
        for name in by:
            self.finished[name] = self.finished.get(name, 0) + 1
        if gold is not None and gold.status.is_finished:
            by[GOLD] = gold.annotations
        if len(by) < 2:
            return
        names = list(by)
        compared = Readings(readings.document, readings.length, {name: Reading(by[name]) for name in by})
        for layer in dict.fromkeys(annotation.layer for annotations in by.values() for annotation in annotations):
            reader = MarkReader(layer, last=GOLD)
            marks = reader.read([compared])
            matched: dict[Pair, list[tuple[int, int]]] = {}
            is_whole = self._scheme.is_about_document(layer)
            pairs = whole_pairs(marks)[0] if is_whole else counterparts(marks, meeting(marks))
            for i, j in zip(*(side.tolist() for side in pairs), strict=True):
                pair = (reader.annotators.values[marks.who[i]], reader.annotators.values[marks.who[j]])
                matched.setdefault(pair, []).append((i, j))
            own = {name: [] for name in names}
            for index, who in enumerate(marks.who.tolist()):
                own[reader.annotators.values[who]].append(index)
            for pair in combinations(names, 2):
                self._documents.setdefault((layer, pair), set()).add(readings.document)
                self._compare(readings.document, layer, pair, marks.annotations, own, matched.get(pair, []))

    def _compare(
        self,
        document: str,
        layer: str,
        pair: Pair,
        annotations: Sequence[Annotation],
        own: Mapping[str, Sequence[int]],
        matched: Sequence[tuple[int, int]],
    ) -> None:
        for i, j in matched:
            one, other = annotations[i], annotations[j]
            words = f"“{shorten(one.quote, 60)}” – “{shorten(other.quote, 60)}”" if one.quote != other.quote else ""
            place = Place(document, pair[0], one.uid, words or f"“{shorten(one.quote, 60)}”")
            self._add(_Cell(layer, pair, one.label, other.label), place)
        taken = {index for both in matched for index in both}
        for name in pair:
            for mark in (annotations[index] for index in own[name] if index not in taken):
                ends = (mark.label, NOTHING) if name == pair[0] else (NOTHING, mark.label)
                place = Place(document, name, mark.uid, f"“{shorten(mark.quote, 60)}”")
                self._add(_Cell(layer, pair, *ends), place)

    def _add(self, cell: _Cell, place: Place) -> None:
        self._found.setdefault(cell, Gathered()).add(place)

    def pairs(self) -> list[Pair]:
        """Return the pairs who finished a document in common."""
        return sorted({pair for _, pair in self._documents})

    def figure(self, layer: str, pair: Pair | None, names: Names, level: int | None = None) -> Figure:
        """Return the figure of a pair, or of all pairs of annotators; with the labels of a tree added up to a level.

        Over all pairs, both directions are counted together: each difference appears once, above the diagonal, and
        annotations without a counterpart in the last column.
        """
        known = self._scheme.layer(layer)
        order = [label.id for label in known.labels] if known else []
        found = [
            ([_raised(known, end, level) for end in (cell.left, cell.right)], each)
            for cell, each in self._found.items()
            if cell.layer == layer and _is_of(cell.pair, pair)
        ]
        used = {label for ends, _ in found for label in ends} - {NOTHING}
        labels = [label for label in order if label in used] + sorted(used - set(order))
        place = {label: number for number, label in enumerate([*labels, NOTHING])}
        merged: dict[tuple[str, str], list[Gathered]] = {}
        for ends, each in found:
            if pair is None:
                ends.sort(key=place.__getitem__)
            merged.setdefault((ends[0], ends[1]), []).append(each)
        downs = labels if pair is None else [*labels, NOTHING]
        rows = [
            names.places(_row(one, other, merged.get((one, other), [])))
            for one in downs
            for other in (*labels, NOTHING)
            if (one, other) != (NOTHING, NOTHING) and (pair is not None or place[one] <= place[other])
        ]
        rows = _with_shares(rows)
        left, right = (names.of(pair[0]), names.of(pair[1])) if pair else ("one", "the other")
        titles = {label.id: label.title for label in known.labels} if known else {}
        return Figure(
            "confusion",
            "Label confusion",
            self._lead(layer, pair, rows, (left, right)),
            Shape.MATRIX,
            Axes("label", "other", "marks", "share"),
            (
                *(Column("label", f"Label of {left}"), Column("other", f"Label of {right}")),
                *(Column("marks", "Marks", FigureKind.COUNT), Column("share", "Share of row", FigureKind.PERCENT)),
            ),
            tuple(rows) if labels else (),
            {**titles, NOTHING: "nothing"},
            notes=(frozen_note(self._frozen),) if self._frozen else (),
            missing="" if labels else self._why_nothing(),
        )

    def _lead(self, layer: str, pair: Pair | None, rows: list[FigureRow], ends: Pair) -> str:
        matched = sum(_number(row) for row in rows if NOTHING not in row.cells)
        alone = sum(_number(row) for row in rows) - matched
        documents = {
            uid for (of, who), uids in self._documents.items() if of == layer and _is_of(who, pair) for uid in uids
        }
        who = f"Down {ends[0]}, across {ends[1]}" if pair else "All pairs; each difference once, above the diagonal"
        return (
            f"Labels of marks that two annotators made at one place. {who}. n = {counted(matched, 'matched pair')}, "
            f"plus {counted(alone, 'mark')} that only one has, in {counted(len(documents), 'document')}."
        )

    def _why_nothing(self) -> str:
        return why_no_pairs(self.finished) if not self._documents else "There are no marks in this layer."


def why_no_pairs(finished: dict[str, int]) -> str:
    """Return why there is nothing to compare, from the number of documents that each annotator has finished."""
    if not finished:
        so_far = "So far, none are finished."
    elif len(finished) == 1:
        ((_, count),) = finished.items()
        so_far = f"So far, only one annotator has finished any: {counted(count, 'document')}."
    else:
        so_far = f"So far {len(finished)} annotators have finished documents, but none in common."
    return (
        f"Two people must have finished the same document. {so_far} Assign the same documents to two people, or have a "
        "second one work on them under their own name; a document counts once it is set to done (Ctrl+Enter)."
    )


def _raised(layer: Layer | None, label: str, level: int | None) -> str:
    return label if layer is None or level is None or label == NOTHING else layer.at_level(label, level)


def _is_of(pair: Pair, wanted: Pair | None) -> bool:
    return pair == wanted if wanted is not None else GOLD not in pair


def _row(one: str, other: str, cells: list[Gathered]) -> FigureRow:
    if not cells:
        return FigureRow((one, other, 0, 0.0))
    total = gathered(cells)
    return total.row(one, other, total.count, 0.0)


def _number(row: FigureRow) -> int:
    return int(row.cells[2] or 0)


def _with_shares(rows: list[FigureRow]) -> list[FigureRow]:
    totals: dict[object, int] = {}
    for row in rows:
        totals[row.cells[0]] = totals.get(row.cells[0], 0) + _number(row)
    return [
        row._replace(cells=(*row.cells[:3], _number(row) / totals[row.cells[0]] if totals[row.cells[0]] else 0.0))
        for row in rows
    ]
