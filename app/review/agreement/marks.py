"""Annotations of one layer as columns, of several documents at once: sorted, and without duplicates."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from app.core.annotation import Annotation
from app.review.agreement.columns import Numbering
from app.review.readings import Readings

if TYPE_CHECKING:
    from numpy import ndarray

_Key = tuple[tuple[int, ...], str]


class Parts(NamedTuple):
    """The fragments that have a width, sorted by start: index of the annotation, start and end."""

    mark: "ndarray"
    start: "ndarray"
    end: "ndarray"


class Marks(NamedTuple):
    """The annotations of a block of documents, by document, annotator and place.

    Columns: `document` is the index in the block, `who` and `label` are numbers, `start` and `end` are the hull, `size`
    the code points covered, 1 for an anchor. The texts of the block lie behind each other: `offsets` says where each
    begins, and all places are counted from the beginning of the first. `rank` orders annotators (by number): in a pair,
    the lower one is on the left. `readers` are the annotators (numbers) who finished each document, `labels` the names
    of labels by number.
    """

    annotations: list[Annotation]
    document: "ndarray"
    who: "ndarray"
    label: "ndarray"
    start: "ndarray"
    end: "ndarray"
    size: "ndarray"
    parts: Parts
    anchors: "ndarray"
    offsets: "ndarray"
    lengths: "ndarray"
    readers: list[list[int]]
    labels: list[str]
    rank: "ndarray"

    def __len__(self) -> int:
        return len(self.annotations)


class MarkReader:
    """Turns the readings of documents into columns. `collapsed` counts duplicates that were dropped, `split` the
    annotations with several fragments.
    """

    def __init__(self, layer: str, *, last: str | None = None) -> None:
        self._layer = layer
        self._last = last
        self.annotators: Numbering[str] = Numbering()
        self.labels: Numbering[str] = Numbering()
        self.collapsed = 0
        self.split = 0

    def read(self, block: Sequence[Readings]) -> Marks:
        """Return the columns of some documents. `last` is an annotator who is always on the right of a pair."""
        import numpy

        annotations: list[Annotation] = []
        rows: list[tuple[int, int, int]] = []
        for at, readings in enumerate(block):
            for name in sorted(readings.by):
                who = self.annotators.number(name)
                kept = self._distinct(readings.by[name].annotations, readings.length)
                annotations.extend(kept)
                rows.extend((at, who, self.labels.number(mark.label)) for mark in kept)
        table = numpy.array(rows, dtype=numpy.int64).reshape(-1, 3)
        lengths = numpy.array([readings.length for readings in block], dtype=numpy.int64)
        # A gap between two texts, so that an anchor at the end of one isn't at the beginning of the next.
        offsets = numpy.concatenate([[0], numpy.cumsum(lengths + 1)[:-1]]).astype(numpy.int64)
        moved = offsets[table[:, 0]]
        parts = _parts(annotations, moved)
        covered = numpy.bincount(parts.mark, weights=parts.end - parts.start, minlength=len(annotations))
        hulls = [(mark.fragments[0].start, mark.fragments[-1].end) for mark in annotations]
        hull = numpy.array(hulls, dtype=numpy.int64).reshape(-1, 2) + moved[:, None]
        return Marks(
            annotations=annotations,
            document=table[:, 0],
            who=table[:, 1],
            label=table[:, 2],
            start=hull[:, 0],
            end=hull[:, 1],
            size=numpy.maximum(covered, 1),
            parts=parts,
            anchors=numpy.flatnonzero(covered == 0),
            offsets=offsets,
            lengths=lengths,
            readers=[[self.annotators.number(name) for name in sorted(readings.by)] for readings in block],
            labels=list(self.labels.values),
            rank=self._rank(),
        )

    def _rank(self) -> "ndarray":
        import numpy

        names = self.annotators.values
        order = sorted(range(len(names)), key=lambda who: (names[who] == self._last, names[who]))
        rank = numpy.zeros(len(names), dtype=numpy.int64)
        rank[order] = numpy.arange(len(names))
        return rank

    def _distinct(self, annotations: Iterable[Annotation], length: int) -> list[Annotation]:
        """Return this layer's annotations in order; the same one made twice isn't a second finding. One that ends
        behind its text (of this length), as in a damaged project, is no finding at all: `stet check` names it.
        """
        found: dict[_Key, Annotation] = {}
        for mark in annotations:
            if mark.layer != self._layer or mark.fragments[-1].end > length:
                continue
            key = identity(mark)
            self.split += len(mark.fragments) > 1 and key not in found
            other = found.get(key)
            self.collapsed += other is not None
            if other is None or mark.uid < other.uid:
                found[key] = mark
        return [found[key] for key in sorted(found)]


def identity(mark: Annotation) -> _Key:
    """Return what makes two annotations of an annotator and layer the same one: all ranges and the label."""
    parts = mark.fragments
    if len(parts) == 1:
        return ((parts[0].start, parts[0].end), mark.label)
    return (tuple(edge for part in parts for edge in (part.start, part.end)), mark.label)


def _parts(annotations: Sequence[Annotation], moved: "ndarray") -> Parts:
    import numpy

    edges = [
        (index, part.start, part.end)
        for index, mark in enumerate(annotations)
        for part in mark.fragments
        if part.start < part.end
    ]
    table = numpy.array(edges, dtype=numpy.int64).reshape(-1, 3)
    table[:, 1:] += moved[table[:, 0]][:, None]
    table = table[numpy.lexsort((table[:, 2], table[:, 1]))]
    return Parts(table[:, 0], table[:, 1], table[:, 2])


def spread(counts: "ndarray") -> "tuple[ndarray, ndarray]":
    """Return, for rows repeated this many times each, the index of the row and the number of the repetition."""
    import numpy

    rows = numpy.repeat(numpy.arange(len(counts)), counts)
    return rows, numpy.arange(len(rows)) - numpy.repeat(numpy.cumsum(counts) - counts, counts)
