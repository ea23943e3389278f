"""Bootstrap confidence intervals: documents are resampled, and measures computed from the sums of each resample."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy import ndarray

RESAMPLES = 1000
_CONFIDENCE = 95
_CHUNK = 100  # resamples at a time, to bound the memory for many documents


class Resampling:
    """How often each document was drawn in each resample; the same resamples are used for every measure.

    `keys` has one sortable key per document. It decides which draws a document gets, so that the order in which
    documents came in makes no difference.
    """

    def __init__(self, keys: Sequence[Any], *, seed: int, resamples: int = RESAMPLES) -> None:
        import numpy

        documents = len(keys)
        self.documents = documents
        self.resamples = resamples
        random = numpy.random.default_rng(seed)
        chances = numpy.full(documents, 1 / documents) if documents else numpy.zeros(0)
        self._drawn = numpy.zeros((resamples, documents), dtype=numpy.float32)
        for at in range(0, resamples, _CHUNK):
            size = min(_CHUNK, resamples - at)
            if documents:
                self._drawn[at : at + size] = random.multinomial(documents, chances, size=size)
        order = sorted(range(documents), key=keys.__getitem__)
        if order != list(range(documents)):
            self._drawn[:, order] = self._drawn.copy()

    def sums(self, where: Sequence[int], columns: "ndarray") -> "ndarray":
        """Return the sums of each resample. `columns` has a row for each of the documents `where`; all others count as
        zero.
        """
        drawn = self._drawn if list(where) == list(range(self.documents)) else self._drawn[:, where]
        return drawn.astype(float) @ columns


def interval(values: "ndarray", *, holding: float) -> tuple[float, float] | None:
    """Return the bounds of the central 95 % of the resampled values, widened to hold the measured value.

    Resamples where the measure is undefined (nan) are left out; returns None if those are the majority.
    """
    import numpy

    known = numpy.sort(values[~numpy.isnan(values)])
    if len(known) * 2 < len(values) or not len(known):
        return None
    tail = (100 - _CONFIDENCE) / 200
    places = [tail * (len(known) - 1), (1 - tail) * (len(known) - 1)]
    low, high = numpy.interp(places, numpy.arange(len(known)), known)  # as numpy.percentile, and much faster
    return min(float(low), holding), max(float(high), holding)


def percentile_interval(
    columns: "ndarray",
    measure: Callable[["ndarray"], "ndarray"],
    *,
    seed: int,
    resamples: int = RESAMPLES,
) -> tuple[float, float] | None:
    """Return the 95 % interval of a measure from one row of sums per document; None for a single document."""
    documents = len(columns)
    if documents < 2:
        return None
    resampling = Resampling(range(documents), seed=seed, resamples=resamples)
    value = float(measure(columns.sum(axis=0)[None])[0])
    if value != value:
        return None
    return interval(measure(resampling.sums(range(documents), columns)), holding=value)
