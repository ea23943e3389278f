"""The current suggestion, to be read and answered: it can't be changed before it is accepted."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.ui.actions.action_button import ActionButton
from app.ui.actions.registry import ActionRegistry
from app.ui.guard import guarded
from app.ui.panels.annotation_card import Described
from app.ui.widgets.labels import plain


@guarded
class SuggestionPanel(QScrollArea):
    """Says what a program suggests, who suggests it and why."""

    accept_wanted = Signal()
    edit_wanted = Signal()
    reject_wanted = Signal()
    kind_wanted = Signal()
    menu_wanted = Signal(object)  # QPoint, global

    def __init__(self, actions: ActionRegistry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("suggestion-panel")
        self.setAccessibleName("Suggestion")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._quote = plain("", name="suggestion-quote", wrap=True)
        self._title = plain("", role="field", name="suggestion-title", wrap=True)
        self._lines = plain("", name="suggestion-lines", wrap=True)
        self._left = plain("", tone="faint", name="suggestion-left", wrap=True)
        self._accept = _answer(actions, "accept", "Accept", "It becomes a mark; then go to the next", role="primary")
        self._edit = _answer(actions, "accept-edit", "Accept and edit", "It becomes a mark; then edit the mark")
        self._kind = _answer(actions, "kind", "All of this kind…", "Accept or reject all with this label at once")
        self._reject = _answer(actions, "reject", "Reject", "It isn’t suggested again; then go to the next")
        row = QHBoxLayout()
        row.setSpacing(6)
        for each in (self._accept, self._reject):
            row.addWidget(each)
        row.addStretch(1)
        body = QWidget()
        body.setObjectName("suggestion-body")
        box = QVBoxLayout(body)
        box.setContentsMargins(14, 12, 14, 8)
        box.setSpacing(6)
        box.addWidget(plain("SUGGESTION", role="caption"))
        for label in (self._quote, self._title, self._lines):
            box.addWidget(label)
        box.addLayout(row)
        for each in (self._edit, self._kind):
            box.addWidget(each, 0, Qt.AlignmentFlag.AlignLeft)
        box.addWidget(self._left)
        box.addStretch(1)
        self.setWidget(body)
        self._accept.clicked.connect(self._on_accept)
        self._edit.clicked.connect(self._on_edit)
        self._reject.clicked.connect(self._on_reject)
        self._kind.clicked.connect(self._on_kind)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_wanted.emit(event.globalPos())

    def show_suggestion(self, quote: str, described: Described, left: int) -> None:
        """Show a suggestion; `left` is how many are open in the document."""
        self._quote.setText(f"“{quote}”" if quote else "an omission")
        self._title.setText(described.title)
        self._lines.setText("\n".join(described.lines))
        self._left.setText(f"{left:,} open in this document")

    def _on_accept(self, _checked: bool) -> None:
        self.accept_wanted.emit()

    def _on_edit(self, _checked: bool) -> None:
        self.edit_wanted.emit()

    def _on_reject(self, _checked: bool) -> None:
        self.reject_wanted.emit()

    def _on_kind(self, _checked: bool) -> None:
        self.kind_wanted.emit()


def _answer(actions: ActionRegistry, name: str, title: str, tip: str, *, role: str = "") -> ActionButton:
    """Return the button of an answer. A suggestion is rejected by what deletes a mark, which is the shorter key."""
    action = "annotation.delete" if name == "reject" else f"suggestion.{name}"
    return ActionButton(actions, action, title, name=f"suggestion-{name}", role=role, tip=tip)
