"""Counts of a layer, found by pair and by annotator, and laid out by document for a sample."""

from typing import TYPE_CHECKING

from app.review.agreement.columns import ColumnTable
from app.review.agreement.resamples import Sample

if TYPE_CHECKING:
    from numpy import ndarray

_MOST = 1 << 20  # numbers of annotators and labels are far below


class Lookup:
    """The rows of a table by the value of some of its columns, such as the two annotators of a pair."""

    def __init__(self, table: ColumnTable, *keys: str) -> None:
        import numpy

        self.table = table
        codes = numpy.zeros(len(table.column(keys[0])), dtype=numpy.int64)
        for column in table.columns(*keys):
            codes = codes * _MOST + column
        order = numpy.argsort(codes, kind="stable")
        self._codes, starts = numpy.unique(codes[order], return_index=True)
        self._ends = numpy.append(starts, len(order))
        self._order = order.astype(numpy.int32)

    def rows(self, *keys: int) -> "ndarray":
        """Return the indices of the rows with these values."""
        import numpy

        code = 0
        for key in keys:
            code = code * _MOST + key
        at = int(numpy.searchsorted(self._codes, code))
        if at == len(self._codes) or self._codes[at] != code:
            return self._order[:0]
        return self._order[self._ends[at] : self._ends[at + 1]]

    def by_document(
        self, sample: Sample, keys: tuple[int, ...], column: str, *, by: str = "", width: int = 1
    ) -> "ndarray":
        """Return `laid_out` for the rows with these values."""
        rows = self.rows(*keys)
        numbers = self.table.column(by)[rows] if by else None
        return self.laid_out(sample, rows, column, by=numbers, width=width)

    def laid_out(
        self, sample: Sample, rows: "ndarray", column: str, *, by: "ndarray | None" = None, width: int = 1
    ) -> "ndarray":
        """Return the sums of a column over these rows, with a row for each of the sample's documents and a column for
        each number below `width` in `by`, which has one for each row; one column without. Without a column, the rows
        are counted.
        """
        import numpy

        known, place = sample.places(self.table.column("document")[rows])
        width = width if by is not None else 1
        code = place * width + (by[known] if by is not None else 0)
        weights = self.table.column(column)[rows[known]] if column else None
        return numpy.bincount(code, weights=weights, minlength=len(sample) * width).reshape(len(sample), width)


def laid_out(table: ColumnTable, sample: Sample, column: str, *, by: str = "", width: int = 1) -> "ndarray":
    """Return the sums of a column over all rows; see `Lookup.laid_out`."""
    import numpy

    known, place = sample.places(table.column("document"))
    code = place * width + (table.column(by)[known] if by else 0)
    weights = table.column(column)[known]
    return numpy.bincount(code, weights=weights, minlength=len(sample) * width).reshape(len(sample), width)
