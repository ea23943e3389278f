"""The annotations of the open document as a list, sorted and filtered by proxies."""

from bisect import bisect_left
from collections.abc import Callable
from enum import IntEnum

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRegularExpression,
    QSortFilterProxyModel,
    Qt,
)

from app.core.annotation import Annotation
from app.core.edits import Change
from app.core.proposal import proposal_title
from app.core.scheme import SEVERITY, Scheme, short_title
from app.core.search_folding import WORDS, fold
from app.core.state import DocumentState, reading_order
from app.core.validation import Problem, problems_of
from app.ui.guard import guarded
from app.ui.theme import UNKNOWN_COLOR
from app.ui.widgets.labels import literal

Index = QModelIndex | QPersistentModelIndex
ORDERS = (("place", "By place"), ("label", "By label"), ("severity", "Worst first"), ("open", "Unmet rules first"))


class AnnotationRole(IntEnum):
    """What can be asked of a row beside its quote."""

    UID = Qt.ItemDataRole.UserRole + 1
    COLOR = Qt.ItemDataRole.UserRole + 2
    SIDE = Qt.ItemDataRole.UserRole + 3
    OPEN = Qt.ItemDataRole.UserRole + 4
    SEARCH = Qt.ItemDataRole.UserRole + 5
    SORT = Qt.ItemDataRole.UserRole + 6


@guarded
class AnnotationListModel(QAbstractListModel):
    """Annotations in reading order; changes arrive as row signals."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._annotations: list[Annotation] = []
        self._keys: list[tuple[int, int, str]] = []
        self._key_of: dict[str, tuple[int, int, str]] = {}
        self._problems: dict[str, list[Problem]] = {}
        self._scheme: Scheme | None = None
        self._text = ""
        self.order = "place"
        self.of_relations: Callable[[str], list[Problem]] = _no_problems  # unmet rules of relations, by their source

    def show_state(self, state: DocumentState | None, scheme: Scheme | None) -> None:
        """Show another document, or none."""
        self.beginResetModel()
        self._scheme = scheme
        self._text = state.document.text if state else ""
        self._annotations = state.in_order() if state else []
        self._keys = [reading_order(a) for a in self._annotations]
        self._key_of = {key[2]: key for key in self._keys}
        self._problems = {}
        self.endResetModel()

    def apply(self, change: Change) -> None:
        """Follow a change of the document shown."""
        for annotation in change.removed:
            self._remove(annotation)
        for old, new in change.replaced:
            if reading_order(old) == reading_order(new):
                self._replace(new)
            else:
                self._remove(old)
                self._insert(new)
        for annotation in change.added:
            self._insert(annotation)
        for uid in {relation.source for relation in change.relations()}:
            row = self.row_of(uid)
            if row >= 0:
                self.dataChanged.emit(self.index(row), self.index(row))

    def _insert(self, annotation: Annotation) -> None:
        row = bisect_left(self._keys, reading_order(annotation))
        self.beginInsertRows(QModelIndex(), row, row)
        self._annotations.insert(row, annotation)
        self._keys.insert(row, reading_order(annotation))
        self._key_of[annotation.uid] = reading_order(annotation)
        self.endInsertRows()

    def _remove(self, annotation: Annotation) -> None:
        row = bisect_left(self._keys, reading_order(annotation))
        self.beginRemoveRows(QModelIndex(), row, row)
        del self._annotations[row], self._keys[row], self._key_of[annotation.uid]
        self._problems.pop(annotation.uid, None)
        self.endRemoveRows()

    def _replace(self, annotation: Annotation) -> None:
        row = bisect_left(self._keys, reading_order(annotation))
        self._annotations[row] = annotation
        self._problems.pop(annotation.uid, None)
        self.dataChanged.emit(self.index(row), self.index(row))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own signature
        return 0 if parent.isValid() else len(self._annotations)

    def annotation(self, row: int) -> Annotation:
        """Return the annotation of a row."""
        return self._annotations[row]

    def row_of(self, uid: str) -> int:
        """Return the row of an annotation, or -1."""
        key = self._key_of.get(uid)
        return bisect_left(self._keys, key) if key is not None else -1

    def problems(self, annotation: Annotation) -> list[Problem]:
        """Return an annotation's open rules, worked out once per value, and those of the relations that start at it."""
        if self._scheme is None:
            return []
        if annotation.uid not in self._problems:
            self._problems[annotation.uid] = problems_of(annotation, scheme=self._scheme, text=self._text)
        return [*self._problems[annotation.uid], *self.of_relations(annotation.uid)]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or not 0 <= index.row() < len(self._annotations):
            return None
        annotation = self._annotations[index.row()]
        reader = _READERS.get(role)
        return reader(self, annotation) if reader else None

    def _quote(self, annotation: Annotation) -> str:
        if self._scheme is not None and self._scheme.is_about_document(annotation.layer):
            return f"(the document: {self._scheme.layer_title(annotation.layer)})"
        return " ".join(annotation.quote.split()) or "(something is missing here)"

    def _tip(self, annotation: Annotation) -> str:
        lines = [f"“{self._quote(annotation)}”", self._side(annotation)]
        if annotation.correction is not None:
            lines.append(f"correction: {annotation.correction or '(delete)'}")
        lines += [problem.message for problem in self.problems(annotation)]
        return "\n".join(lines)

    def _side(self, annotation: Annotation) -> str:
        problems = self.problems(annotation)
        if problems:
            return problems[0].short
        label = self._scheme.label(annotation.layer, annotation.label) if self._scheme else None
        severity = self._scheme.severity(annotation.attributes.get(SEVERITY)) if self._scheme else None
        text = short_title(label.title) if label else proposal_title(annotation.label)
        return f"{text} {severity.sign}".strip() if severity else text

    def _color(self, annotation: Annotation) -> str:
        label = self._scheme.label(annotation.layer, annotation.label) if self._scheme else None
        return label.color if label else UNKNOWN_COLOR

    def _sort_key(self, annotation: Annotation) -> str:
        place = f"{annotation.start:012d}{annotation.end:012d}"
        if self.order == "label":
            return f"{annotation.layer} {annotation.label} {place}"
        if self.order == "severity":
            weight = self._scheme.weight(annotation) if self._scheme else 0
            return f"{100000 - weight:012.3f}{place}"
        if self.order == "open":
            return f"{0 if self.problems(annotation) else 1}{place}"
        return place

    def _search_text(self, annotation: Annotation) -> str:
        parts = (annotation.quote, annotation.layer, annotation.label, annotation.correction or "", annotation.comment)
        found = " ".join((*parts, str(annotation.attributes.get(SEVERITY, "")), self._side(annotation)))
        return fold(found, WORDS)


_READERS = {
    Qt.ItemDataRole.DisplayRole: AnnotationListModel._quote,
    Qt.ItemDataRole.ToolTipRole: lambda model, annotation: literal(model._tip(annotation)),
    Qt.ItemDataRole.AccessibleTextRole: AnnotationListModel._tip,
    AnnotationRole.UID: lambda _model, annotation: annotation.uid,
    AnnotationRole.COLOR: AnnotationListModel._color,
    AnnotationRole.SIDE: AnnotationListModel._side,
    AnnotationRole.OPEN: lambda model, annotation: bool(model.problems(annotation)),
    AnnotationRole.SEARCH: AnnotationListModel._search_text,
    AnnotationRole.SORT: AnnotationListModel._sort_key,
}


def _no_problems(_uid: str) -> list[Problem]:
    """Know of no relations."""
    return []


class AnnotationFilter(QSortFilterProxyModel):
    """Sorts by the model's order and keeps the rows that have all words typed.

    It asks the model about its rows only where that is needed: a document may have 100,000 annotations, and by place
    they are sorted already.
    """

    def __init__(self, model: AnnotationListModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setSortRole(AnnotationRole.SORT)
        self.setFilterRole(AnnotationRole.SEARCH)
        self.setSourceModel(model)

    def set_words(self, text: str) -> None:
        """Keep only rows that have these words, in any field."""
        words = fold(text, WORDS).split()
        pattern = "".join(f"(?=.*{QRegularExpression.escape(word)})" for word in words)
        option = QRegularExpression.PatternOption.DotMatchesEverythingOption
        self.setFilterRegularExpression(QRegularExpression(f"^{pattern}" if pattern else "", option))

    def set_order(self, order: str) -> None:
        """Sort by place, label, severity or open rules."""
        self._model.order = order
        self.sort(-1 if order == "place" else 0)
        self.invalidate()
