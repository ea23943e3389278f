"""Error scores by a value of the documents' metadata, such as the system that wrote them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from app.core.decision import GOLD
from app.core.error_score import WORDS_PER
from app.core.wording import counted, rounded
from app.review.figures.figure import Axes, Column, Figure, FigureKind, FigureRow, Gathered, Names, Place, Shape
from app.review.figures.labels import NOT_GIVEN

BY_META = "meta."
EVERYONE = "all annotators"


class Scored(NamedTuple):
    """A document (uid and title) as an annotator finished it: its penalty points, words, and marks with points."""

    annotator: str
    document: str
    name: str
    penalty: float
    words: int
    errors: int

    @property
    def rate(self) -> float | None:
        """Points per 1,000 words; None for a text without words."""
        return self.penalty * WORDS_PER / self.words if self.words else None


class _Group(NamedTuple):
    """What one annotator finished of the documents with one value."""

    documents: int
    words: int
    errors: float
    penalty: float
    rate: float | None
    mean: float


def scores_by_meta(by: str, found: Sequence[Scored], meta: Mapping[str, Mapping[str, str]], names: Names) -> Figure:
    """Return the scores by a key of metadata, given as `meta.KEY`; `meta` is that of each document (uid).

    One row per value and annotator: points per 1,000 words of all their documents together, and the mean of the points
    per document, as MQM scores systems by segment (Freitag et al. 2021, where a document is a segment). The row of all
    annotators has the mean of the annotators' values, so that one who read more doesn't count more; gold isn't
    independent of them and isn't in it.
    """
    key = by.removeprefix(BY_META)
    grouped: dict[str, dict[str, list[Scored]]] = {}
    for item in found:
        value = meta[item.document].get(key, NOT_GIVEN)
        grouped.setdefault(value, {}).setdefault(item.annotator, []).append(item)
    rows: list[FigureRow] = []
    for value in sorted(grouped, key=lambda value: (value == NOT_GIVEN, _natural(value))):
        by_annotator = grouped[value]
        rows += [
            _row(value, names.of(who), _group(by_annotator[who]), by_annotator[who], names, who)
            for who in names.ordered(by_annotator)
        ]
        people = {who: items for who, items in by_annotator.items() if who != GOLD}
        if people:
            every = [item for who in names.ordered(people) for item in people[who]]
            rows.append(_row(value, EVERYONE, _mean(people.values()), every, names))
    marks, documents = sum(item.errors for item in found), len({item.document for item in found})
    lead = (
        f"Penalty points by {key}: per 1,000 words of all documents with the value together, and per document as a "
        "mean. “All annotators” is the mean of the annotators’ values, without gold; its documents and words are those "
        f"that any of them finished. n = {counted(marks, 'mark')} with points in "
        f"{counted(documents, 'finished document')}."
    )
    return Figure(
        "score",
        "Error score",
        lead,
        Shape.BARS,
        Axes(by, "annotator", "score"),
        (
            *(Column(by, key[:1].upper() + key[1:]), Column("annotator", "Annotator")),
            *(Column("score", "Per 1,000 words", FigureKind.NUMBER), Column("mean", "Per document", FigureKind.NUMBER)),
            *(Column("penalty", "Points", FigureKind.NUMBER), Column("marks", "Marks with points", FigureKind.COUNT)),
            *(Column("document_count", "Documents", FigureKind.COUNT), Column("words", "Words", FigureKind.COUNT)),
        ),
        tuple(rows),
    )


def _group(items: Sequence[Scored]) -> _Group:
    penalty, words = sum(item.penalty for item in items), sum(item.words for item in items)
    rate = penalty * WORDS_PER / words if words else None
    return _Group(len(items), words, sum(item.errors for item in items), penalty, rate, penalty / len(items))


def _mean(people: Iterable[Sequence[Scored]]) -> _Group:
    every = [_group(items) for items in people]
    words = {item.document: item.words for items in people for item in items}
    rates = [each.rate for each in every if each.rate is not None]
    return _Group(
        len(words),
        sum(words.values()),
        sum(each.errors for each in every) / len(every),
        sum(each.penalty for each in every) / len(every),
        sum(rates) / len(rates) if rates else None,
        sum(each.mean for each in every) / len(every),
    )


def _row(value: str, shown: str, group: _Group, items: Sequence[Scored], names: Names, who: str = "") -> FigureRow:
    behind = Gathered()
    for item in items:
        behind.add(Place(item.document, names.of(who or item.annotator)))
    rate = None if group.rate is None else round(group.rate, 3)
    numbers = (rate, round(group.mean, 3), rounded(group.penalty), round(group.errors, 3))
    return behind.row(value, shown, *numbers, group.documents, group.words)


def _natural(value: str) -> tuple[str | int, ...]:
    """Return a key by which “system 2” comes before “system 10”."""
    return tuple(int(part) if at % 2 else part for at, part in enumerate(re.split("([0-9]+)", value)))
