"""The error score of each finished document: penalty points per 1,000 words."""

from typing import NamedTuple

from app.core.error_score import WORDS_PER, score
from app.core.record import DocumentRecord
from app.core.scheme import Scheme
from app.core.word_count import count_words
from app.core.wording import counted
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
)

ALL = ""
_NONE = (
    "No document is finished yet. A document’s score is computed from the severities of its marks, once its "
    "annotator has set it to done (Ctrl+Enter)."
)


class _Scored(NamedTuple):
    annotator: str
    document: str
    name: str
    penalty: float
    words: int
    errors: int

    @property
    def rate(self) -> float | None:
        return self.penalty * WORDS_PER / self.words if self.words else None


class ScoreCount:
    """Scores by document and annotator. Finished gold counts as one more annotator."""

    def __init__(self, scheme: Scheme) -> None:
        self._scheme = scheme
        self._found: list[_Scored] = []

    def add(self, record: DocumentRecord) -> None:
        """Count a document."""
        finished = [item for item in record.sets if item.status.is_finished]
        words = count_words(record.document.text) if finished else 0
        document = record.document
        for item in finished:
            penalty = score(item.annotations, words=words, scheme=self._scheme).penalty
            errors = sum(self._scheme.weight(annotation) > 0 for annotation in item.annotations)
            self._found.append(_Scored(item.annotator, document.uid, document.title, penalty, words, errors))

    def figure(self, names: Names) -> Figure:
        """Return the figure: all documents together, then each, the highest score first."""
        people = names.ordered({item.annotator for item in self._found})
        by_document: dict[str, dict[str, _Scored]] = {}
        for item in self._found:
            by_document.setdefault(item.document, {})[item.annotator] = item
        rows = [self._total(name, names) for name in people]
        for document in sorted(by_document, key=lambda uid: _greatest_first(by_document[uid])):
            rows.extend(_row(by_document[document][who], names) for who in people if who in by_document[document])
        titles = {item.document: item.name for item in self._found} | {ALL: "all documents"}
        annotations = sum(item.errors for item in self._found)
        lead = (
            "Penalty points per 1,000 words, from the weights of the severities in the scheme. "
            f"n = {counted(annotations, 'mark')} with points in {counted(len(by_document), 'finished document')}."
        )
        missing = "" if self._found else _NONE
        if not any(severity.weight for severity in self._scheme.severities):
            missing = "The scheme has no severities with a weight. “The scheme file” in the help says how to add them."
        return Figure(
            "score",
            "Error score",
            lead,
            Shape.BARS,
            Axes("document_id", "annotator", "score"),
            (
                *(Column("document", "Document"), Column("document_id", "Id", shown=False)),
                *(Column("annotator", "Annotator"), Column("score", "Per 1,000 words", FigureKind.NUMBER)),
                *(
                    Column("penalty", "Points", FigureKind.NUMBER),
                    Column("marks", "Marks with points", FigureKind.COUNT),
                ),
                Column("words", "Words", FigureKind.COUNT),
            ),
            tuple(rows),
            titles,
            missing=missing,
        )

    def _total(self, name: str, names: Names) -> FigureRow:
        mine = [item for item in self._found if item.annotator == name]
        penalty, words = sum(item.penalty for item in mine), sum(item.words for item in mine)
        total = _Scored(name, ALL, "all documents", penalty, words, sum(item.errors for item in mine))
        behind = Gathered()
        for item in mine:
            behind.add(Place(item.document, names.of(name)))
        return behind.row(*_row(total, names).cells)


def _greatest_first(found: dict[str, _Scored]) -> tuple[float, str]:
    return (-max(item.rate or 0 for item in found.values()), next(iter(found.values())).name)


def _row(item: _Scored, names: Names) -> FigureRow:
    who = names.of(item.annotator)
    rate = None if item.rate is None else round(item.rate, 3)
    cells = (item.name, item.document, who, rate, item.penalty, item.errors, item.words)
    return FigureRow(cells, (Place(item.document, who),))
