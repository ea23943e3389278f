"""The list of documents on the left: search, status, progress."""

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from app.core.document_conditions import in_words
from app.ui.guard import guarded
from app.ui.models.document_view import DocumentView
from app.ui.models.documents import DocumentListModel, DocumentRole
from app.ui.panels.delegates import DocumentDelegate
from app.ui.theme import Tones
from app.ui.widgets.fields import LineEdit
from app.ui.widgets.flow import Flow
from app.ui.widgets.ground import Ground
from app.ui.widgets.labels import OneLine, button, literal, plain, unmarked, value_button
from app.ui.widgets.row_list import RowList

_TYPING_PAUSE_MS = 120
_EVERYTHING, _UNSAVED = "All documents", "Filtered"


@guarded
class DocumentsPanel(Ground):
    """Choosing a document. Says what to do where there is none."""

    document_chosen = Signal(object)  # uid
    import_requested = Signal()
    action_wanted = Signal(object)  # action id
    left = Signal()  # Escape: back to the text
    narrowed = Signal()  # the list was narrowed to what the annotator was given, or widened

    def __init__(self, model: DocumentListModel, tones: Tones, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("documents-panel")
        self._model = model
        self._open = ""  # uid of the open document
        self._caption = plain("DOCUMENTS", role="caption", name="documents-caption")
        self.search = LineEdit()
        self.search.setObjectName("documents-search")
        self.search.setPlaceholderText("Search text or name…")
        self.search.setAccessibleName("Search documents")
        self.search.setClearButtonEnabled(True)
        self.search.setToolTip("Show documents with these words in name or text (Ctrl+L; Esc shows all)")
        self.search.installEventFilter(self)
        self.list = RowList("documents-list", "Documents", row_height=DocumentDelegate.HEIGHT, several=True)
        self.list.setModel(model)
        self._delegate = DocumentDelegate(tones, self)
        self.list.setItemDelegate(self._delegate)
        self._empty = plain("", tone="faint", wrap=True, name="documents-empty")
        self._import = button(
            "Import documents…", name="documents-import", tip="Texts, or another tool’s files (Ctrl+I)"
        )
        self._all = QCheckBox("All documents")
        self._all.setObjectName("documents-all")
        self._all.setAccessibleName("Show all documents")
        self._all.setToolTip(literal("Also show documents that aren’t assigned to you"))
        self._pause = QTimer(self)
        self._pause.setObjectName("documents-search-pause")
        self._pause.setSingleShot(True)
        self._pause.setInterval(_TYPING_PAUSE_MS)
        box = QVBoxLayout(self)
        box.setContentsMargins(8, 12, 6, 8)
        box.setSpacing(8)
        box.addWidget(self._caption)
        box.addWidget(self.search)
        box.addLayout(self._view_line())
        for widget in (self._shown, self._all, self._empty, self._import):
            box.addWidget(widget)
        box.addWidget(self.list, 1)
        self.search.textChanged.connect(self._on_search_edited)
        self.search.returnPressed.connect(self._on_search_returned)
        self._pause.timeout.connect(self._on_pause)
        self.list.installEventFilter(self)
        self.list.clicked.connect(self._on_clicked)
        self.list.activated.connect(self.open_row)
        self._import.clicked.connect(self._on_import_clicked)
        self._all.toggled.connect(self._on_all_toggled)
        model.modelReset.connect(self._on_model_reset)
        model.rowsInserted.connect(self._on_model_reset)
        model.searched.connect(self._on_model_reset)
        self._on_model_reset()

    def _view_line(self) -> Flow:
        """Return the line that says and changes what the list shows."""
        self.views = value_button(
            "view.views", _EVERYTHING, name="documents-views", tip="Saved views, filter and order (Ctrl+Alt+V)"
        )
        self.filter = value_button(
            "view.filter", "Filter…", name="documents-filter", tip="Filter and sort documents (Ctrl+Alt+L)"
        )
        self.order = value_button(
            "view.sort", "Date added ↑", name="documents-order", tip="Sort documents (Ctrl+Alt+O)"
        )
        self.order.setAccessibleName("Sorted by Date added")
        self._shown = OneLine(tone="faint", name="documents-view")
        self._shown.hide()
        line = Flow(gap=6)
        line.add(self.views, 1, least=70)
        line.add(self.filter)
        line.add(self.order, 1, least=90)
        for made in (self.views, self.filter, self.order):
            made.picked.connect(self.action_wanted)
        return line

    def focus_search(self) -> None:
        """Put the keyboard into the search, with what is there chosen, so that typing replaces it."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.list:
            if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and _asks_to_remove(event):
                self.action_wanted.emit("document.remove")
                return True
            return super().eventFilter(watched, event)
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                self.search.clear()
                self._search_now()
                self.left.emit()
                return True
            if event.key() == Qt.Key.Key_Down:
                self.list.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return True
        return super().eventFilter(watched, event)

    def set_tones(self, tones: Tones) -> None:
        """Use other colours."""
        self._delegate.tones = tones
        self.list.viewport().update()

    def show_view(self, view: DocumentView, order: str) -> None:
        """Say which view the list shows, and what its order is called."""
        self.order.setText(unmarked(order))
        self.order.setAccessibleName(f"Sorted by {order.replace('↑', '').replace('↓', 'reversed').strip()}")
        words = in_words(view.conditions)
        title = view.name or (_EVERYTHING if view.is_plain else _UNSAVED)
        self.views.setText(unmarked(f"{title} ▾"))
        self.views.setAccessibleName(f"View: {title}")
        self._shown.setText(words)
        self._shown.setVisible(bool(words))

    def selected(self) -> list[str]:
        """Return the documents (uids) that are selected in the list, from the top."""
        return self._model.uids_of(self.list.selected_rows())

    def show_progress(self, *, done: int, total: int) -> None:
        """Say how many documents are finished."""
        self._caption.setText(f"DOCUMENTS · {done:,} OF {total:,} DONE" if total else "DOCUMENTS")

    def show_current(self, uid: str) -> None:
        """Choose a document's row, without opening it again."""
        self._open = uid
        row = self._model.row_of(uid) if uid else -1
        index = self._model.index(row) if row >= 0 else QModelIndex()
        self.list.choose(index)
        if index.isValid():
            self.list.scrollTo(index)
        self.list.viewport().update()

    def _on_all_toggled(self, checked: bool) -> None:
        self._model.show_all(checked)
        self.narrowed.emit()

    def _on_model_reset(self, *_rows: object) -> None:
        if self._open and not self.list.hasFocus():
            self.show_current(self._open)  # a list that was filled again has lost its place
        self._all.setVisible(self._model.has_assigned)
        empty = self._model.rowCount() == 0
        searching = bool(self._model.query.strip())
        self._empty.setVisible(empty)
        filtered = not self._model.view.is_plain
        self._import.setVisible(empty and not searching and not filtered)
        self._empty.setText(
            "Searching…"
            if self._model.is_searching
            else f"No documents match “{self._model.query.strip()}”."
            if searching
            else "No documents fit this filter."
            if filtered
            else "No documents yet. Import text files, or drop them here."
        )

    def _on_search_edited(self, _text: str) -> None:
        self._pause.start()

    def _on_pause(self) -> None:
        self._model.reload(self.search.text())

    def _search_now(self) -> None:
        self._pause.stop()
        self._model.reload(self.search.text())

    def _on_search_returned(self) -> None:
        self._search_now()
        if not self._model.rowCount():
            self._model.complete()
        if self._model.rowCount():
            self.open_row(self._model.index(0))

    def _on_clicked(self, index: QModelIndex) -> None:
        if not self.list.is_extending():
            self.open_row(index)

    def enter_row(self, row: int) -> None:
        """Have the document of a row, by its number, opened."""
        self.open_row(self._model.index(row))

    def open_row(self, index: QModelIndex) -> None:
        """Have the document of a row opened."""
        row = index.data(DocumentRole.ROW)
        if row is not None:
            self.document_chosen.emit(row.uid)

    def _on_import_clicked(self, _checked: bool) -> None:
        self.import_requested.emit()


def _asks_to_remove(event: QKeyEvent) -> bool:
    return event.key() == Qt.Key.Key_Delete and not event.modifiers()
