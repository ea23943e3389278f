"""Annotations counted by label and severity, by annotator, in finished documents."""

from collections.abc import Sequence

from app.core.annotation import Annotation
from app.core.record import DocumentRecord
from app.core.scheme import SEVERITY, Layer, Scheme
from app.core.wording import counted, shorten
from app.review.figures.fields import WHOLE_DOCUMENT
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

NOT_GIVEN = "(none)"
NOT_DONE = (
    "No finished document has marks in this layer. Marks count once their annotator has set the "
    "document to done (Ctrl+Enter)."
)
_WHO = Column("annotator", "Annotator")
_COLUMNS = (Column("marks", "Marks", FigureKind.COUNT), Column("share", "Share of annotator’s", FigureKind.PERCENT))


class LabelCount:
    """Annotations by layer, label, severity and annotator. Gold counts as one more annotator."""

    def __init__(self, scheme: Scheme) -> None:
        self._scheme = scheme
        self._labels: dict[tuple[str, str, str], Gathered] = {}
        self._severities: dict[tuple[str, str, str], Gathered] = {}
        self._documents: dict[str, set[str]] = {}

    def add(self, record: DocumentRecord) -> None:
        """Count a document."""
        uid = record.document.uid
        for item in record.sets:
            if not item.status.is_finished:
                continue
            for annotation in item.annotations:
                words = f"“{shorten(annotation.quote, 60)}”" if annotation.quote else self._place(annotation.layer)
                place = Place(uid, item.annotator, annotation.uid, words)
                self._documents.setdefault(annotation.layer, set()).add(uid)
                self._labels.setdefault((annotation.layer, item.annotator, annotation.label), Gathered()).add(place)
                severity = self._severity(annotation)
                if severity:
                    self._severities.setdefault((annotation.layer, item.annotator, severity), Gathered()).add(place)

    def _place(self, layer: str) -> str:
        return WHOLE_DOCUMENT if self._scheme.is_about_document(layer) else "“”"

    def _severity(self, annotation: Annotation) -> str:
        layer = self._scheme.layer(annotation.layer)
        if layer is None or not layer.has_severity:
            return ""
        return str(annotation.attributes.get(SEVERITY) or NOT_GIVEN)

    def labels(self, layer: str, names: Names, level: int | None = None) -> Figure:
        """Return the labels of a layer by annotator; those of a tree added up to a level, counted from 1 at the top."""
        known = self._scheme.layer(layer)
        order = [label.id for label in known.labels] if known else []
        titles = {label.id: label.title for label in known.labels} if known else {}
        counts = self._labels
        if known is not None and level is not None:
            counts = _raised(counts, known, level)
        rows, total = _rows(counts, layer, order, names, by_key=True)
        lead = f"How often each label was used in the layer {self._scheme.layer_title(layer)}. {self._n(layer, total)}"
        columns = (Column("label", "Label"), _WHO, *_COLUMNS)
        axes = Axes("label", "annotator", "marks")
        missing = "" if rows else NOT_DONE
        return Figure("labels", "Labels", lead, Shape.BARS, axes, columns, rows, titles, missing=missing)

    def severities(self, layer: str, names: Names) -> Figure:
        """Return the severities of a layer by annotator."""
        order = [*(severity.id for severity in self._scheme.severities), NOT_GIVEN]
        titles = {severity.id: severity.title for severity in self._scheme.severities} | {NOT_GIVEN: "none given"}
        rows, total = _rows(self._severities, layer, order, names, by_key=False)
        lead = f"How severe the marks in the layer {self._scheme.layer_title(layer)} are. {self._n(layer, total)}"
        columns = (_WHO, Column("severity", "Severity"), *_COLUMNS)
        axes = Axes("annotator", "severity", "marks")
        missing = "" if rows else NOT_DONE
        if not any(item.has_severity for item in self._scheme.layers):
            missing = "The scheme has no layer with severities. “The scheme file” in the help says how to add one."
        return Figure("severity", "Severity", lead, Shape.STACKED, axes, columns, rows, titles, missing=missing)

    def _n(self, layer: str, total: int) -> str:
        documents = counted(len(self._documents.get(layer, ())), "finished document")
        return f"n = {counted(total, 'mark')} in {documents}."


def _raised(
    counts: dict[tuple[str, str, str], Gathered], layer: Layer, level: int
) -> dict[tuple[str, str, str], Gathered]:
    """Return the counts of a layer with each label replaced by the one above it at a level."""
    parts: dict[tuple[str, str, str], list[Gathered]] = {}
    for (of, who, label), each in counts.items():
        if of == layer.id:
            parts.setdefault((of, who, layer.at_level(label, level)), []).append(each)
    return {key: gathered(each) for key, each in parts.items()}


def _rows(
    counts: dict[tuple[str, str, str], Gathered], layer: str, order: Sequence[str], names: Names, *, by_key: bool
) -> tuple[tuple[FigureRow, ...], int]:
    """Return the rows by key and annotator (`by_key`), or by annotator and key, and the number of annotations."""
    found = {(who, key): each for (of, who, key), each in counts.items() if of == layer}
    totals: dict[str, int] = {}
    for (who, _), each in found.items():
        totals[who] = totals.get(who, 0) + each.count
    place = {key: number for number, key in enumerate(order)}
    keys = sorted({key for _, key in found}, key=lambda key: (place.get(key, len(place)), key))
    people = names.ordered(totals)
    pairs = [(who, key) for key in keys for who in people] if by_key else [(w, k) for w in people for k in keys]
    rows: list[FigureRow] = []
    for who, key in pairs:
        each = found.get((who, key))
        if each is None:
            continue
        first = (key, names.of(who)) if by_key else (names.of(who), key)
        rows.append(names.places(each.row(*first, each.count, each.count / totals[who])))
    return tuple(rows), sum(totals.values())
