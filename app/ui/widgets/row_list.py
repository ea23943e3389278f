"""A list of rows of one height that stays quick with a million of them."""

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.ui.guard import guarded
from app.ui.theme import px
from app.ui.widgets.ground import ground_of


@guarded
class RowList(QTableView):
    """A table of one column on a panel that looks and behaves like a list.

    Qt's own list view asks a model written in Python for every row it has, again after each change; a table asks for
    those in view.
    """

    def __init__(
        self, name: str, title: str, *, row_height: int, several: bool = False, parent: QWidget | None = None
    ) -> None:
        """Make a list with an object name, an accessible name, and its rows' height in pixels of the usual window.

        With `several`, several rows can be selected: by Ctrl or Shift with a click, Shift with an arrow, Ctrl+A.
        """
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setCornerButtonEnabled(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        modes = QAbstractItemView.SelectionMode
        self.setSelectionMode(modes.ExtendedSelection if several else modes.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        across, down = self.horizontalHeader(), self.verticalHeader()
        for header, what in ((across, "across"), (down, "down")):  # hidden, yet there for whoever lists the widgets
            header.setObjectName(f"{name}-{what}")
            header.setAccessibleName(title)
        across.hide()
        across.setMinimumSectionSize(1)
        across.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        down.hide()
        down.setMinimumSectionSize(1)
        down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        # A row that changes is painted without what lies below the list.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._row_height = row_height
        self._held = Qt.KeyboardModifier.NoModifier
        self._size_rows()

    def _size_rows(self) -> None:
        self.verticalHeader().setDefaultSectionSize(px(self._row_height))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._size_rows()  # another size of the window's text

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), ground_of(self))
        painter.end()
        super().paintEvent(event)

    def choose(self, index: QModelIndex) -> None:
        """Select one row and nothing else, whatever keys are held down; none if the index isn't valid."""
        flag = QItemSelectionModel.SelectionFlag
        model = self.selectionModel()
        if index.isValid():
            model.setCurrentIndex(index, flag.ClearAndSelect | flag.Rows)
        else:
            model.clear()

    def selected_rows(self) -> list[int]:
        """Return the numbers of the selected rows, from the top, without asking the model for each."""
        model = self.selectionModel()
        if model is None:
            return []
        parts = model.selection()
        ranges = [parts.at(number) for number in range(parts.size())]
        return sorted({row for part in ranges for row in range(part.top(), part.bottom() + 1)})

    def is_extending(self) -> bool:
        """Whether a key was held down at the last click that adds rows to the selection, so that it opens none."""
        return bool(self._held & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._held = event.modifiers()
        super().mousePressEvent(event)

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Home and End lead to the first and the last row; in a table they would stay in the row."""
        model = self.model()
        if action in (QAbstractItemView.CursorAction.MoveHome, QAbstractItemView.CursorAction.MoveEnd) and model:
            last = model.rowCount() - 1
            return model.index(0 if action == QAbstractItemView.CursorAction.MoveHome else last, 0)
        return super().moveCursor(action, modifiers)
