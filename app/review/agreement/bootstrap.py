"""Confidence by bootstrap: documents are resampled, and measures computed from the sums of those that were drawn."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy import ndarray

RESAMPLES = 1000
_CONFIDENCE = 95
_CHUNK = 100  # draws at a time: so that many documents don't take much memory at once


class Resampling:
    """How often each of the documents was drawn, in each of the resamples; the same for every measure."""

    def __init__(self, documents: int, *, seed: int, resamples: int = RESAMPLES) -> None:
        import numpy

        self.documents = documents
        self.resamples = resamples
        random = numpy.random.default_rng(seed)
        chances = numpy.full(documents, 1 / documents) if documents else numpy.zeros(0)
        self._drawn = numpy.zeros((resamples, documents), dtype=numpy.float32)
        for at in range(0, resamples, _CHUNK):
            size = min(_CHUNK, resamples - at)
            if documents:
                self._drawn[at : at + size] = random.multinomial(documents, chances, size=size)

    def sums(self, where: Sequence[int], columns: "ndarray") -> "ndarray":
        """Return the sums of each resample. `columns` has a row for each of the documents `where`; others have none."""
        drawn = self._drawn if list(where) == list(range(self.documents)) else self._drawn[:, where]
        return drawn.astype(float) @ columns


def interval(values: "ndarray") -> tuple[float, float] | None:
    """Return the bounds between which 95 % of the resampled values lie.

    Resamples where the measure is undefined (nan) are left out; None if those are most of them.
    """
    import numpy

    known = numpy.sort(values[~numpy.isnan(values)])
    if len(known) * 2 < len(values) or not len(known):
        return None
    tail = (100 - _CONFIDENCE) / 200
    places = [tail * (len(known) - 1), (1 - tail) * (len(known) - 1)]
    low, high = numpy.interp(places, numpy.arange(len(known)), known)  # as numpy.percentile, and much quicker
    return float(low), float(high)


def percentile_interval(
    columns: "ndarray",
    measure: Callable[["ndarray"], "ndarray"],
    *,
    seed: int,
    resamples: int = RESAMPLES,
) -> tuple[float, float] | None:
    """Return the 95 % interval of a measure of sums, from one row of sums per document. One document has none."""
    documents = len(columns)
    if documents < 2:
        return None
    resampling = Resampling(documents, seed=seed, resamples=resamples)
    return interval(measure(resampling.sums(range(documents), columns)))
