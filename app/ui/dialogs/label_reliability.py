"""The table of what becomes of the labels of spaCy's pipeline, and how reliable they are."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from app.services.suggestions.label_reliability import COLUMNS, LabelReliability
from app.ui.dialogs.form import FormDialog
from app.ui.widgets.labels import plain

_ABOUT = (
    "Precision and recall are those that the pipeline’s package gives, on texts like those it was trained on. "
    "“Accepted here” are your own answers in this project. A label of the scheme takes spaCy’s by its id, its title, "
    "or a name in its “takes”."
)
_NUMBERS = 2  # from this column on
_WORDS = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_FIGURES = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class LabelReliabilityDialog(FormDialog):
    """Shows the table; nothing can be changed in it."""

    def __init__(self, rows: Sequence[LabelReliability], parent: QWidget | None = None) -> None:
        super().__init__("labels-dialog", "How labels of spaCy are used", accept="Close", parent=parent)
        table = QTableWidget(len(rows), len(COLUMNS))
        table.setObjectName("labels-table")
        table.setAccessibleName("Labels of spaCy")
        for column, title in enumerate(COLUMNS):
            heading = QTableWidgetItem(title)
            heading.setTextAlignment(_WORDS if column < _NUMBERS else _FIGURES)
            table.setHorizontalHeaderItem(column, heading)
        table.verticalHeader().hide()
        for header, what in ((table.horizontalHeader(), "across"), (table.verticalHeader(), "down")):
            header.setObjectName(f"labels-{what}")
            header.setAccessibleName("Labels of spaCy")
        table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        table.horizontalHeader().setStretchLastSection(True)
        table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        for number, row in enumerate(rows):
            for column, text in enumerate(row.cells):
                item = QTableWidgetItem(text)
                item.setTextAlignment(_WORDS if column < _NUMBERS else _FIGURES)
                table.setItem(number, column, item)
        table.setMinimumHeight(260)
        self.body.addWidget(table, 1)
        self.body.addWidget(plain(_ABOUT, tone="faint", wrap=True))
        self.resize(640, 460)
