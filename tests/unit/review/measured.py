"""Agreement of annotators who are given by their marks, as the report has it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from app.core.annotation import Annotation
from app.review.agreement.report import Measure, agreement
from app.review.readings import Reading, Readings
from tests.unit.build import SCHEME, annotation

NAMES = "abcdefgh"
Section = tuple[int, int]
Labelled = tuple[int, int, str]


class Scores(NamedTuple):
    """Precision, recall and F1; None where undefined."""

    precision: float | None
    recall: float | None
    f1: float | None


class Measured:
    """The measures of a layer."""

    def __init__(self, documents: Iterable[Readings], *, resamples: int = 2) -> None:
        (layer,) = agreement(documents, SCHEME, layers=["error"], resamples=resamples)
        self._rows = {(row.measure, row.pair, row.label): row for row in layer.measures}
        self.notes = layer.notes

    def row(self, measure: str, pair: str = "", label: str | None = None) -> Measure:
        """Return a measure of a pair, such as “ab”, or of all."""
        return self._rows[measure, (pair[0], pair[1]) if pair else None, label]

    def value(self, measure: str, pair: str = "", label: str | None = None) -> float | None:
        """Return the value of a measure."""
        return self.row(measure, pair, label).value

    def scores(self, mode: str, pair: str = "ab") -> Scores:
        """Return precision, recall and F1 of a mode, such as “mpp_label”."""
        return Scores(*(self.value(f"{mode}_{part}", pair) for part in Scores._fields))

    def values(self, pair: str = "") -> Mapping[str, float | None]:
        """Return the values over all labels."""
        wanted = (pair[0], pair[1]) if pair else None
        return {name: row.value for (name, of, label), row in self._rows.items() if of == wanted and label is None}


def document(raters: Sequence[Iterable[Annotation]], *, length: int = 200, uid: str = "d") -> Readings:
    """Return a document as annotators a, b, c ... have marked it."""
    by = {name: Reading(tuple(marks)) for name, marks in zip(NAMES, raters, strict=False)}
    return Readings(uid, length, by, uid)


def of_marks(*raters: Iterable[Annotation], length: int = 200) -> Measured:
    """Measure annotators of one document."""
    return Measured([document(raters, length=length)])


def of_labelled(*raters: Iterable[Labelled], length: int) -> Measured:
    """Measure annotators of one document by start, end and label of their marks."""
    text = "x" * length
    marks = [[annotation(text, (start, end), label=label) for start, end, label in rater] for rater in raters]
    return of_marks(*marks, length=length)
