"""The error score of finished documents, each or by their metadata: penalty points per 1,000 words."""

from collections import Counter

from app.core.document import meta_text
from app.core.document_names import canonical
from app.core.error_score import score
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
from app.review.figures.meta_scores import Scored, scores_by_meta

ALL = ""
BY_DOCUMENT = "document"
_NONE = (
    "No document is finished yet. A document’s score is computed from the severities of its marks, once its "
    "annotator has set it to done (Ctrl+Enter)."
)


class ScoreCount:
    """Scores by document and annotator. Finished gold counts as one more annotator."""

    def __init__(self, scheme: Scheme) -> None:
        self._scheme = scheme
        self._found: list[Scored] = []
        self._meta: dict[str, dict[str, str]] = {}  # of finished documents
        self._keys = Counter[str]()  # how many finished documents have a key of metadata

    def add(self, record: DocumentRecord) -> None:
        """Count a document."""
        meta = {canonical(key): text for key, value in record.document.meta.items() if (text := meta_text(value))}
        self._keys.update(dict.fromkeys(meta, 0))
        finished = [item for item in record.sets if item.status.is_finished]
        words = count_words(record.document.text) if finished else 0
        document = record.document
        if finished:
            self._meta[document.uid] = meta
            self._keys.update(meta.keys())
        for item in finished:
            penalty = score(item.annotations, words=words, scheme=self._scheme).penalty
            errors = sum(self._scheme.weight(annotation) > 0 for annotation in item.annotations)
            self._found.append(Scored(item.annotator, document.uid, document.title, penalty, words, errors))

    def keys(self) -> list[str]:
        """Return the keys of the documents' metadata with texts or numbers, those of most finished documents first."""
        return sorted(self._keys, key=lambda key: (-self._keys[key], key))

    def figure(self, by: str, names: Names) -> Figure:
        """Return the figure by document or by a key of metadata (`meta.KEY`).

        By document, all of them together come first, then each, the highest score first.
        """
        missing = self._missing()
        if by != BY_DOCUMENT:
            return scores_by_meta(by, self._found, self._meta, names)._replace(missing=missing)
        people = names.ordered({item.annotator for item in self._found})
        by_document: dict[str, dict[str, Scored]] = {}
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

    def _missing(self) -> str:
        if not any(severity.weight for severity in self._scheme.severities):
            return "The scheme has no severities with a weight. “The scheme file” in the help says how to add them."
        return "" if self._found else _NONE

    def _total(self, name: str, names: Names) -> FigureRow:
        mine = [item for item in self._found if item.annotator == name]
        penalty, words = sum(item.penalty for item in mine), sum(item.words for item in mine)
        total = Scored(name, ALL, "all documents", penalty, words, sum(item.errors for item in mine))
        behind = Gathered()
        for item in mine:
            behind.add(Place(item.document, names.of(name)))
        return behind.row(*_row(total, names).cells)


def _greatest_first(found: dict[str, Scored]) -> tuple[float, str]:
    return (-max(item.rate or 0 for item in found.values()), next(iter(found.values())).name)


def _row(item: Scored, names: Names) -> FigureRow:
    who = names.of(item.annotator)
    rate = None if item.rate is None else round(item.rate, 3)
    cells = (item.name, item.document, who, rate, item.penalty, item.errors, item.words)
    return FigureRow(cells, (Place(item.document, who),))
