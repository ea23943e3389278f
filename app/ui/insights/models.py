"""Models of the lists beside a drawing: all figures, the figure's rows, and the documents behind a row."""

from collections.abc import Mapping

from PySide6.QtCore import QAbstractListModel, QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.core.wording import undirected
from app.review.figures.figure import Figure, FigureKind, Place
from app.review.figures.insights import FIGURES
from app.review.figures.table import cell_text
from app.ui.guard import guarded
from app.ui.widgets.labels import literal

Index = QModelIndex | QPersistentModelIndex
PLACE = int(Qt.ItemDataRole.UserRole) + 1
ABOUT = int(Qt.ItemDataRole.UserRole) + 2


@guarded
class FigureListModel(QAbstractListModel):
    """All figures."""

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's signature
        return 0 if parent.isValid() else len(FIGURES)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        if not index.isValid() or not 0 <= index.row() < len(FIGURES):
            return None
        about = FIGURES[index.row()]
        if role == ABOUT:
            return about
        if role == Qt.ItemDataRole.DisplayRole:
            return about.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{about.title}: {about.description}"
        return None


@guarded
class FigureTableModel(QAbstractTableModel):
    """The rows of a figure, in the visible columns."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._figure: Figure | None = None
        self._columns: list[int] = []

    def show_figure(self, figure: Figure | None) -> None:
        """Show another figure."""
        self.beginResetModel()
        self._figure = figure
        self._columns = [number for number, column in enumerate(figure.columns) if column.shown] if figure else []
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's signature
        return 0 if parent.isValid() or self._figure is None else len(self._figure.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's signature
        return 0 if parent.isValid() else len(self._columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> object:
        if self._figure is None or orientation == Qt.Orientation.Vertical or section >= len(self._columns):
            return None
        column = self._figure.columns[self._columns[section]]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(column.kind)
        return None

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        if self._figure is None or not index.isValid():
            return None
        column = self._columns[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return undirected(cell_text(self._figure, index.row(), column))
        if role == Qt.ItemDataRole.ToolTipRole:
            return literal(cell_text(self._figure, index.row(), column))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(self._figure.columns[column].kind)
        return None


def _side(kind: FigureKind) -> int:
    side = Qt.AlignmentFlag.AlignLeft if kind is FigureKind.TEXT else Qt.AlignmentFlag.AlignRight
    return int(side | Qt.AlignmentFlag.AlignVCenter)


@guarded
class PlacesModel(QAbstractListModel):
    """The documents and annotations behind a row."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._places: tuple[Place, ...] = ()
        self._names: Mapping[str, str] = {}

    def show_places(self, places: tuple[Place, ...], names: Mapping[str, str]) -> None:
        """Show these; `names` maps document uids to names."""
        self.beginResetModel()
        self._places, self._names = places, names
        self.endResetModel()

    def place(self, row: int) -> Place | None:
        """Return the place in a row, or None."""
        return self._places[row] if 0 <= row < len(self._places) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's signature
        return 0 if parent.isValid() else len(self._places)

    def lines(self, row: int) -> tuple[str, str]:
        """Return the first and the second line of a row."""
        place = self._places[row]
        title = self._names.get(place.document, place.document)
        if place.words:
            return place.words, f"{place.annotator} · {title}" if place.annotator else title
        return title, place.annotator

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        place = self.place(index.row()) if index.isValid() else None
        if place is None:
            return None
        if role == PLACE:
            return place
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return ", ".join(filter(None, self.lines(index.row())))
        if role == Qt.ItemDataRole.ToolTipRole:
            return literal("\n".join(filter(None, self.lines(index.row()))))
        return None
