"""The panels of “Feedback”: the two lists, the text with its legend, the table by label. No wiring."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.core.scheme import Scheme
from app.core.wording import counted
from app.review.feedback import LabelTally, total
from app.ui.editor.canvas import TextCanvas
from app.ui.editor.style import Style
from app.ui.feedback.highlights import LANES, MINE_COLOR
from app.ui.feedback.rows import RowsModel, TwoLines
from app.ui.feedback.words import rate_words
from app.ui.review.letters import legend_color
from app.ui.theme import GOLD_COLOR, Tones
from app.ui.widgets.keyed_list import KeyedList
from app.ui.widgets.labels import plain

_COLUMNS = ("Label", "Decided", "Kept", "Changed", "Rejected", "Missed", "Not decided", "Overturned")


class ListsPanel(QWidget):
    """The documents above, the annotations of the selected one below."""

    def __init__(self, tones: Tones, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("feedback-lists")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.documents_model = RowsModel(self)
        self.verdicts_model = RowsModel(self)
        self.documents = _list("feedback-documents", "Released documents", self.documents_model, tones)
        self.verdicts = _list("feedback-verdicts", "Marks", self.verdicts_model, tones)
        self.only = QCheckBox("differences only")
        self.only.setObjectName("feedback-only")
        self.only.setToolTip("Hide marks that were kept unchanged or aren’t decided")
        self.only.setChecked(True)
        self._documents_title = plain("RELEASED DOCUMENTS", role="caption", name="feedback-documents-title")
        self._verdicts_title = plain("MARKS", role="caption", name="feedback-verdicts-title")
        head = QHBoxLayout()
        head.addWidget(self._verdicts_title)
        head.addStretch(1)
        head.addWidget(self.only)
        box = QVBoxLayout(self)
        box.setContentsMargins(12, 12, 8, 8)
        box.setSpacing(7)
        box.addWidget(self._documents_title)
        box.addWidget(self.documents, 2)
        box.addLayout(head)
        box.addWidget(self.verdicts, 3)

    def show_counts(self, documents: int, shown: int, all_: int) -> None:
        """Show the number of documents, and how many of the annotations are listed."""
        self._documents_title.setText(f"RELEASED DOCUMENTS · {documents:,}")
        self._verdicts_title.setText(f"MARKS · {shown:,} OF {all_:,}")


def _list(name: str, title: str, model: RowsModel, tones: Tones) -> KeyedList:
    made = KeyedList(name, title, row_height=TwoLines.HEIGHT)
    made.setModel(model)
    made.setItemDelegate(TwoLines(tones, made))
    made.setVerticalScrollMode(KeyedList.ScrollMode.ScrollPerPixel)
    return made


class TextPanel(QWidget):
    """The document with both lanes."""

    def __init__(self, tones: Tones, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("text-pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._title = plain("", role="title", name="feedback-title")
        self._mine = plain("", name="feedback-legend-mine")
        self._mine.setStyleSheet(f"color: {legend_color(MINE_COLOR, tones)};")
        gold = plain("▬ gold, lower line", name="feedback-legend-gold")
        gold.setStyleSheet(f"color: {legend_color(GOLD_COLOR, tones)};")
        self.canvas = TextCanvas("feedback-canvas", tones, style)
        self.canvas.setAccessibleName("Text with marks and gold")
        self.canvas.set_look(tones, style._replace(lanes=LANES, badges=False), tones.paper)
        legend = QHBoxLayout()
        legend.setSpacing(14)
        legend.addWidget(self._mine)
        legend.addWidget(gold)
        legend.addStretch(1)
        head = QVBoxLayout()
        head.setContentsMargins(26, 12, 20, 4)
        head.addWidget(self._title)
        head.addLayout(legend)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(head)
        box.addWidget(self.canvas, 1)

    def show_heading(self, title: str, person: str) -> None:
        """Show the document's title and whose annotations are in the upper lane; `person` is empty for the reader's
        own.
        """
        self._title.setText(title)
        self._mine.setText(f"▬ {f'{person}’s mark' if person else 'your mark'}, upper line")


class LabelTable(QWidget):
    """Counts of review outcomes by label."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("feedback-labels-panel")
        self._title = plain("", role="caption", name="feedback-labels-title")
        self.table = QTableWidget(0, len(_COLUMNS))
        self.table.setObjectName("feedback-labels")
        self.table.setAccessibleName("Marks by label")
        for column, title in enumerate(_COLUMNS):
            head = QTableWidgetItem(title)
            head.setTextAlignment(_side(column))
            self.table.setHorizontalHeaderItem(column, head)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(24)
        self.table.setShowGrid(False)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in range(1, len(_COLUMNS)):
            self.table.setColumnWidth(column, 170 if column == len(_COLUMNS) - 1 else 88)
        box = QVBoxLayout(self)
        box.setContentsMargins(12, 8, 8, 0)
        box.addWidget(self._title)
        box.addWidget(self.table, 1)

    def show_rows(self, rows: Sequence[LabelTally], scheme: Scheme, *, person: str, documents: int) -> None:
        """Show these rows and their total."""
        whose = f"{person}’s marks".upper() if person else "YOUR MARKS"
        where = counted(documents, "RELEASED DOCUMENT", "RELEASED DOCUMENTS")
        self._title.setText(f"{whose} BY LABEL · {where}")
        self.table.setRowCount(len(rows) + 1)
        self._show_row(0, "All labels", total(rows))
        for number, row in enumerate(rows, 1):
            self._show_row(number, scheme.label_title(row.layer, row.label), row)

    def _show_row(self, number: int, title: str, row: LabelTally) -> None:
        counts = (row.decided, row.kept, row.changed, row.rejected, row.missed, row.undecided)
        for column, text in enumerate((title, *(f"{count:,}" for count in counts), rate_words(row))):
            cell = QTableWidgetItem(text)
            cell.setTextAlignment(_side(column))
            self.table.setItem(number, column, cell)


def _side(column: int) -> Qt.AlignmentFlag:
    """Align words left and numbers right."""
    side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
