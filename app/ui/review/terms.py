"""Review by term: all occurrences of a term, how each was annotated, decided together."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from app.core.annotation import Annotation
from app.services.review.reviewer import Remarks
from app.services.review.term_review import Occurrence, TermDecision, occurrences
from app.session.session import Session
from app.ui.dialogs.form import FormDialog
from app.ui.guard import guarded
from app.ui.review.book import QueueEntry, ReviewBook
from app.ui.review.queue import QueueModel, tag
from app.ui.review.versions import field_text
from app.ui.widgets.fields import LineEdit
from app.ui.widgets.labels import button, plain

_COLUMNS = ("", "Document", "Before", "Term", "After", "Marked as", "State")


@guarded
class TermDialog(FormDialog):
    """A concordance of the term with a checkbox per occurrence. The annotation picked on the conflict card is the
    template.
    """

    decided = Signal(object)  # TermDecision

    def __init__(
        self,
        session: Session,
        book: ReviewBook,
        model: QueueModel,
        term: str,
        gold: Annotation | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("term-dialog", "Review by term", accept="Close", parent=parent)
        self.resize(1120, 620)
        self._session = session
        self._book = book
        self._queue = model
        self._gold = gold
        self._found: list[Occurrence] = []
        self._search = LineEdit(term)
        self._search.setObjectName("term-search")
        self._search.setPlaceholderText("One or more words")
        self._search.returnPressed.connect(self._fill)
        self._layer = QCheckBox("only marks in the same layer")
        self._layer.setObjectName("term-layer")
        self._layer.setChecked(gold is not None)
        self._layer.setEnabled(gold is not None)
        self._layer.toggled.connect(self._fill)
        self._table = _table()
        self._table.itemChanged.connect(self._count)
        self._says = plain("", wrap=True, name="term-says")
        self._accept = button("", name="term-accept", tip="One undoable step")
        self._reject = button("", name="term-reject", tip="Reject the ticked marks in one undoable step")
        self._accept.clicked.connect(self._on_accept_ticked)
        self._reject.clicked.connect(self._on_reject_ticked)
        self._rest = button("Also tick unmarked occurrences", name="term-unmarked", role="link")
        self._rest.clicked.connect(self._tick_all)
        row = QHBoxLayout()
        for widget in (self._accept, self._reject, self._rest):
            row.addWidget(widget)
        row.addStretch(1)
        self.field("Term (Enter)", self._search)
        self.body.addWidget(self._layer)
        self.body.addWidget(self._table, 1)
        self.body.addWidget(self._says)
        self.body.addLayout(row)
        self._fill()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._search.hasFocus():
            return  # Enter searches here, it doesn't close the dialog
        super().keyPressEvent(event)

    def _fill(self, _checked: bool = False) -> None:
        layer = self._gold.layer if self._gold is not None and self._layer.isChecked() else ""
        self._found = list(occurrences(self._session, self._book.sheets, self._search.text(), layer=layer))
        self._table.blockSignals(True)
        self._table.setRowCount(len(self._found))
        for row, item in enumerate(self._found):
            for column, text in enumerate(self._texts(item)):
                cell = QTableWidgetItem(text)
                cell.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
                if column == 0:
                    cell.setFlags(cell.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                    cell.setCheckState(Qt.CheckState.Checked if item.group else Qt.CheckState.Unchecked)
                if column == 2:
                    cell.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self._table.setItem(row, column, cell)
        self._table.blockSignals(False)
        self._count()

    def _texts(self, item: Occurrence) -> Sequence[str]:
        state = "not marked"
        labels = "–"
        if item.group is not None:
            entry = QueueEntry("", item.group, item.standing, None)
            letters = self._queue.letters(entry)
            labels = "   ".join(
                f"{letters.letter(name)}: {field_text('label', item.group.versions[name], self._session.scheme)}"
                for name in letters.names
                if name in item.group.versions
            )
            state = tag(entry)
        before, after = (" ".join(text.split()) for text in (item.before, item.after))
        return ("", self._book.title(item.document), before, item.match, after, labels, state)

    def _ticked(self) -> list[Occurrence]:
        found = []
        for row, item in enumerate(self._found):
            cell = self._table.item(row, 0)
            if cell is not None and cell.checkState() is Qt.CheckState.Checked:
                found.append(item)
        return found

    def _tick_all(self, _checked: bool) -> None:
        for row in range(self._table.rowCount()):
            cell = self._table.item(row, 0)
            if cell is not None:
                cell.setCheckState(Qt.CheckState.Checked)

    def _count(self, _item: object = None) -> None:
        ticked = self._ticked()
        annotated = sum(item.group is not None for item in ticked)
        scheme = self._session.scheme
        self._says.setText(f"{len(self._found):,} found, {len(ticked):,} ticked, {annotated:,} of those marked.")
        gold = self._gold
        words = f"as {field_text('label', gold, scheme)}, → {field_text('correction', gold, scheme)}" if gold else ""
        self._accept.setText(f"Decide {len(ticked):,} {words}".replace("&", "&&"))
        self._accept.setEnabled(bool(ticked) and gold is not None)
        self._reject.setText(f"Reject {annotated:,}")
        self._reject.setEnabled(annotated > 0)

    def _on_accept_ticked(self, _checked: bool) -> None:
        self.decided.emit(TermDecision(self._ticked(), self._gold, Remarks()))
        self.accept()

    def _on_reject_ticked(self, _checked: bool) -> None:
        annotated = [item for item in self._ticked() if item.group is not None]
        self.decided.emit(TermDecision(annotated, None, Remarks()))
        self.accept()


def _table() -> QTableWidget:
    table = QTableWidget(0, len(_COLUMNS))
    table.setObjectName("term-table")
    table.setAccessibleName("Occurrences")
    table.setHorizontalHeaderLabels(list(_COLUMNS))
    table.verticalHeader().hide()
    table.setShowGrid(False)
    table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
    header = table.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    for column, width in enumerate((28, 150, 200, 150, 200, 220, 110)):
        table.setColumnWidth(column, width)
    header.setStretchLastSection(True)
    return table
