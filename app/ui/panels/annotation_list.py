"""The annotations of the open document, under the inspector."""

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.guard import guarded
from app.ui.models.annotations import ORDERS, AnnotationFilter, AnnotationListModel, AnnotationRole
from app.ui.panels.delegates import AnnotationDelegate
from app.ui.theme import Tones
from app.ui.widgets.facts import Fact
from app.ui.widgets.fields import ComboBox, LineEdit
from app.ui.widgets.flow import Flow
from app.ui.widgets.ground import Ground
from app.ui.widgets.labels import plain
from app.ui.widgets.row_list import RowList

_NO_ANNOTATIONS = "Select text and press a label’s key. The label bar shows the keys."


@guarded
class AnnotationListPanel(Ground):
    """Sorting, filtering and choosing annotations."""

    annotation_chosen = Signal(object)  # uid
    delete_wanted = Signal()  # the selected ones are to be deleted

    def __init__(self, model: AnnotationListModel, tones: Tones, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("annotation-list-panel")
        self._model = model
        self._shown = ""  # uid of the annotation that was chosen last
        self._proxy = AnnotationFilter(model, self)
        self._caption = Fact(name="marks-caption", role="caption", wrap=True)
        self._caption.setText("MARKS")
        self._filter = LineEdit()
        self._filter.setObjectName("marks-filter")
        self._filter.setPlaceholderText("Filter marks…")
        self._filter.setAccessibleName("Filter marks")
        self._filter.setClearButtonEnabled(True)
        self._filter.setToolTip("Show marks with these words in quote, label, correction or comment")
        self._order = ComboBox()
        self._order.setObjectName("marks-order")
        self._order.setAccessibleName("Sort marks")
        self._order.setToolTip("Order of the marks in the list")
        for value, title in ORDERS:
            self._order.addItem(title, value)
        self.list = RowList("marks-list", "Marks", row_height=AnnotationDelegate.HEIGHT, several=True)
        self.list.setModel(self._proxy)
        self._delegate = AnnotationDelegate(tones, self)
        self.list.setItemDelegate(self._delegate)
        self._empty = plain(_NO_ANNOTATIONS, tone="faint", wrap=True, name="marks-empty")
        row = Flow(gap=6)
        row.add(self._filter, 1, least=90)
        row.add(self._order)
        box = QVBoxLayout(self)
        box.setContentsMargins(8, 6, 8, 8)
        box.setSpacing(6)
        box.addWidget(self._caption)
        box.addLayout(row)
        box.addWidget(self._empty)
        box.addWidget(self.list, 1)
        self._filter.textChanged.connect(self._on_filter_edited)
        self._order.currentIndexChanged.connect(self._on_order_changed)
        self.list.clicked.connect(self._on_clicked)
        self.list.installEventFilter(self)
        self.list.activated.connect(self.choose_row)
        for signal in (model.modelReset, model.rowsInserted, model.rowsRemoved):
            signal.connect(self._on_rows_changed)
        self._on_rows_changed()

    def set_tones(self, tones: Tones) -> None:
        """Use other colours."""
        self._delegate.tones = tones
        self.list.viewport().update()

    def set_order(self, order: str) -> None:
        """Sort in one of the ways offered; an unknown one changes nothing."""
        at = self._order.findData(order)
        if at >= 0:
            self._order.setCurrentIndex(at)

    def show_counts(self, counts: str) -> None:
        """Say what there is, such as “9 errors, 1 claim”."""
        self._caption.setText(f"MARKS · {counts.upper()}" if counts else "MARKS")

    def show_current(self, uid: str) -> None:
        """Choose an annotation's row, without saying so."""
        row = self._model.row_of(uid) if uid else -1
        index = self._proxy.mapFromSource(self._model.index(row)) if row >= 0 else QModelIndex()
        is_as_it_was = uid == self._shown and self.list.selectionModel().isSelected(index)
        self._shown = uid
        if not is_as_it_was:  # what else is selected stays so
            self.list.choose(index)
        if index.isValid():
            self.list.scrollTo(index)

    def _on_filter_edited(self, words: str) -> None:
        self._proxy.set_words(words)
        self._on_rows_changed()

    def _on_rows_changed(self) -> None:
        empty = self._model.rowCount() == 0
        wanted = self._filter.text().strip()
        self._empty.setText(_NO_ANNOTATIONS if empty else f"No marks match “{wanted}”.")
        self._empty.setVisible(empty or self._proxy.rowCount() == 0)
        self._filter.setVisible(not empty)
        self._order.setVisible(not empty)

    def _on_order_changed(self, _index: int) -> None:
        self._proxy.set_order(str(self._order.currentData()))

    def selected(self) -> list[str]:
        """Return the annotations (uids) that are selected in the list, from the top."""
        rows = self.list.selected_rows()
        return [str(self._proxy.index(row, 0).data(AnnotationRole.UID)) for row in rows]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.list and isinstance(event, QKeyEvent) and _deletes(event):
            self.delete_wanted.emit()
            return True
        return super().eventFilter(watched, event)

    def _on_clicked(self, index: QModelIndex) -> None:
        if not self.list.is_extending():
            self.choose_row(index)

    def enter_row(self, row: int) -> None:
        """Have the annotation of a row, by its number, chosen."""
        self.choose_row(self._proxy.index(row, 0))

    def choose_row(self, index: QModelIndex) -> None:
        """Have the annotation of a row chosen."""
        self.annotation_chosen.emit(index.data(AnnotationRole.UID))


def _deletes(event: QKeyEvent) -> bool:
    is_pressed = event.type() == QEvent.Type.KeyPress
    return is_pressed and event.key() == Qt.Key.Key_Delete and not event.modifiers()
