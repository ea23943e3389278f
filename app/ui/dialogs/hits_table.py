"""The table of hits."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QTableView, QWidget

from app.ui.guard import guarded
from app.ui.models.hits import BEFORE, HitsModel
from app.ui.widgets.row_entry import RowEntry

_WIDTHS = (28, 150, 260, 160, 260)


@guarded
class BeforeDelegate(QStyledItemDelegate):
    """Elides the text before a hit at its beginning: the words next to the hit matter most."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        option.textElideMode = Qt.TextElideMode.ElideLeft  # pyright: ignore[reportAttributeAccessIssue]


@guarded
class HitsTable(QTableView):
    """Space toggles the ticks of the selected rows, Enter goes to the hit, Shift+Enter shows it and stays here."""

    looked_at_row = Signal(object)  # int

    def __init__(self, name: str, model: HitsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self._hits = model
        self.setObjectName(name)
        self.setAccessibleName("Hits. Space ticks, Enter goes to the hit, Shift+Enter shows it and stays here")
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setItemDelegateForColumn(BEFORE, BeforeDelegate(self))
        self.entered_row = RowEntry(self).entered_row
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(26)
        self.horizontalHeader().setStretchLastSection(True)
        for column, width in enumerate(_WIDTHS):
            self.setColumnWidth(column, width)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self._hits.tick({index.row() for index in self.selectedIndexes()}, ticked=None)
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.currentIndex().isValid():
                self.looked_at_row.emit(self.currentIndex().row())  # only with Shift: RowEntry handles plain Enter
            return
        super().keyPressEvent(event)

    def go_to_row(self, row: int) -> None:
        """Make a row the current one, in view."""
        index = self._hits.index(row, 1)
        self.setCurrentIndex(index)
        self.scrollTo(index)
