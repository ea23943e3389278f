"""Bootstrap confidence intervals: documents are resampled, and measures computed from the sums of each resample."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy import ndarray

RESAMPLES = 1000
_CONFIDENCE = 95
_CHUNK = 250  # resamples at a time, to bound the memory for many documents


class Resampling:
    """How often each document was drawn in each resample; the same resamples are used for every measure.

    `keys` has one sortable key per document. It decides which draws a document gets, so that the order in which
    documents came in makes no difference. `rank` is each document's place in that order.
    """

    def __init__(self, keys: Sequence[Any], *, seed: int, resamples: int = RESAMPLES) -> None:
        import numpy

        documents = len(keys)
        resamples = resamples if documents > 1 else 0  # one document has no variance
        order = numpy.array(sorted(range(documents), key=keys.__getitem__), dtype=numpy.int64)
        self.rank = numpy.argsort(order)
        random = numpy.random.default_rng(seed)
        chances = numpy.full(documents, 1 / max(1, documents))
        # A document is hardly ever drawn ten times; 255 is beyond anything that can be seen.
        self._drawn = numpy.zeros((resamples, documents), dtype=numpy.uint8)
        for at in range(0, resamples, _CHUNK):
            size = min(_CHUNK, resamples - at)
            drawn = random.multinomial(documents, chances, size=size)
            self._drawn[at : at + size, order] = numpy.minimum(drawn, 255)

    def sample(self, documents: "ndarray") -> "Sample":
        """Return the resamples of some documents (numbers, ascending)."""
        drawn = self._drawn
        if len(documents) < drawn.shape[1]:
            drawn = drawn[:, documents]
        return Sample(documents, drawn, self.rank[documents])


class Sample:
    """Some documents with their resamples. If there are fewer than two in all, there are none."""

    def __init__(self, documents: "ndarray", drawn: "ndarray", rank: "ndarray") -> None:
        self.documents = documents
        self.rank = rank
        self._drawn = drawn

    def __len__(self) -> int:
        return len(self.documents)

    def places(self, documents: "ndarray") -> "tuple[ndarray, ndarray]":
        """Return which of these documents (numbers) are among the sample's, as a mask, and where those are in it."""
        import numpy

        at = numpy.searchsorted(self.documents, documents)
        known = at < len(self.documents)
        known[known] = self.documents[at[known]] == documents[known]
        return known, at[known]

    def sums(self, tables: "Sequence[ndarray]") -> "list[ndarray]":
        """Return for each table, which has one row per document, the sums over all of them, and below those the sums of
        each resample.

        All tables are multiplied at once, which is much faster than one by one. The sums of resamples have the
        precision of a single float: more than their interval will ever show.
        """
        import numpy

        widths = [math.prod(table.shape[1:]) for table in tables]
        flat = numpy.concatenate(
            [table.reshape(len(self), width) for table, width in zip(tables, widths, strict=True)], axis=1
        )
        found = numpy.zeros((1 + len(self._drawn), flat.shape[1]))
        found[0] = flat.sum(axis=0)
        # Columns of labels and values that these documents don't have stay 0.
        used = numpy.flatnonzero(flat.any(axis=0))
        narrow = flat[:, used].astype(numpy.float32)
        for at in range(0, len(self._drawn), _CHUNK):
            drawn = self._drawn[at : at + _CHUNK].astype(numpy.float32)
            found[1 + at : 1 + at + len(drawn), used] = drawn @ narrow
        ends = numpy.cumsum(widths)
        parts = (found[:, end - width : end] for end, width in zip(ends, widths, strict=True))
        return [part.reshape(len(found), *table.shape[1:]) for part, table in zip(parts, tables, strict=True)]


def intervals(values: "ndarray") -> "list[tuple[float, float] | None]":
    """Return for each column the bounds of the central 95 % of the resamples' values, widened to hold the value itself.

    The value comes first in the column, the resamples' below it. Resamples where the measure is undefined (nan) are
    left out; there is no interval if those are the majority, or if the value itself is undefined.
    """
    import numpy

    draws = numpy.sort(values[1:], axis=0)  # nan come last
    known = (~numpy.isnan(draws)).sum(axis=0)
    found: list[tuple[float, float] | None] = []
    tail = (100 - _CONFIDENCE) / 200
    bounds = []
    for share in (tail, 1 - tail):
        place = share * numpy.maximum(known - 1, 0)
        low = numpy.floor(place).astype(int)
        columns = numpy.arange(draws.shape[1])
        if not len(draws):
            return [None] * draws.shape[1]
        upper = draws[numpy.minimum(low + 1, numpy.maximum(known - 1, 0)), columns]
        bounds.append(draws[low, columns] + (place - low) * (upper - draws[low, columns]))
    for value, low, high, count in zip(values[0].tolist(), *(b.tolist() for b in bounds), known.tolist(), strict=True):
        is_known = value == value and count and count * 2 >= len(draws)
        found.append((min(low, value), max(high, value)) if is_known else None)
    return found
