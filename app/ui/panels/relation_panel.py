"""The relations of the chosen annotation, under its form: a list, and the fields of the one that is current in it."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.core.annotation import Relation
from app.core.scheme import RelationType
from app.core.wording import undirected
from app.ui.guard import guarded
from app.ui.panels.relation_form import RelationForm
from app.ui.theme import px
from app.ui.widgets.labels import literal, plain
from app.ui.widgets.value_fields import FindEntries, no_entries

_MOST_ROWS = 6  # in view; the list scrolls beyond


class RelationEntry(NamedTuple):
    """A row of the list: what it says, for eyes and ears, and what it is about. One without a relation is a mark of
    the same chain; `types` are those that the relation could be of.
    """

    words: str
    spoken: str
    other: str
    more: str = ""  # its fields and comment, in words
    relation: Relation | None = None
    kind: RelationType | None = None
    types: Sequence[RelationType] = ()


@guarded
class RelationPanel(QWidget):
    """Shows relations and hands on what the person wants with them; it changes nothing itself.

    `name` comes before the names of its parts, `title` is its caption.
    """

    jump_wanted = Signal(object)  # annotation (uid) to choose
    changed = Signal(object)  # (relation uid, field, value); the field is label, comment or an attribute's id
    reverse_wanted = Signal(object)  # Relation
    delete_wanted = Signal(object)  # Relation
    refused = Signal(object)  # why what was typed is no value, in words
    left = Signal()  # back to the text

    def __init__(
        self,
        find: FindEntries = no_entries,
        *,
        name: str = "relation",
        title: str = "RELATIONS",
        parent: QWidget | None = None,
    ) -> None:
        """Begin without relations; `find` searches lists of entities."""
        super().__init__(parent)
        self.setObjectName(f"{name}s-panel")
        self._title = title
        self._entries: list[RelationEntry] = []
        self._caption = plain(title, role="caption", name=f"{name}s-caption")
        self._hint = plain("", tone="faint", wrap=True, name=f"{name}s-empty")
        self.list = QListWidget()
        self.list.setObjectName(f"{name}s-list")
        self.list.setAccessibleName("Relations of the mark")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setTabKeyNavigation(False)
        self.list.installEventFilter(self)
        self.list.currentRowChanged.connect(self._on_row)
        self.list.itemDoubleClicked.connect(self._on_double_clicked)
        self.form = RelationForm(find, name=name)
        self.form.changed.connect(self.changed)
        self.form.refused.connect(self.refused)
        self.form.left.connect(self.left)
        self.form.jump_wanted.connect(self._on_jump)
        self.form.reverse_wanted.connect(self._on_reverse)
        self.form.delete_wanted.connect(self._on_delete)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 8, 0, 0)
        box.setSpacing(4)
        for widget in (self._caption, self._hint, self.list, self.form):
            box.addWidget(widget)
        self.hide()

    def show_relations(self, entries: Sequence[RelationEntry], hint: str) -> None:
        """Show the relations of another mark, or others of the same; without any, say how to make one, or nothing."""
        was = self.current
        kept = was.relation.uid if was is not None and was.relation is not None else ""
        fresh = [entry[:4] for entry in entries] != [entry[:4] for entry in self._entries]
        self._entries = list(entries)
        self.setVisible(bool(entries) or bool(hint))
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint) and not entries)
        self.list.setVisible(bool(entries))
        self._caption.setText(f"{self._title} · {len(entries)}" if entries else self._title)
        at = next((at for at, e in enumerate(entries) if e.relation is not None and e.relation.uid == kept), 0)
        if fresh:
            self._list(at)
        self._show_current()

    def _list(self, at: int) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        for entry in self._entries:
            item = QListWidgetItem(undirected(entry.words))
            item.setToolTip(literal(f"{entry.words}\n{entry.more}" if entry.more else entry.words))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, undirected(entry.spoken))
            self.list.addItem(item)
        self.list.setCurrentRow(at if self._entries else -1)
        self.list.blockSignals(False)
        row = max(self.list.sizeHintForRow(0), px(18))
        self.list.setFixedHeight(row * min(len(self._entries), _MOST_ROWS) + 2 * self.list.frameWidth() + 2)

    @property
    def entries(self) -> Sequence[RelationEntry]:
        """The rows of the list."""
        return tuple(self._entries)

    @property
    def current(self) -> RelationEntry | None:
        """The row that the list is at."""
        at = self.list.currentRow()
        return self._entries[at] if 0 <= at < len(self._entries) else None

    def show_relation(self, uid: str) -> None:
        """Go to the row of a relation."""
        for at, entry in enumerate(self._entries):
            if entry.relation is not None and entry.relation.uid == uid:
                self.list.setCurrentRow(at)

    def _show_current(self) -> None:
        entry = self.current
        relation = entry.relation if entry is not None else None
        self.form.setVisible(relation is not None)
        if entry is not None and relation is not None:
            self.form.fill(relation, entry.kind, entry.types)

    def enter(self) -> bool:
        """Put the keyboard into the list; return whether there is anything in it."""
        if self._entries:
            self.list.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return bool(self._entries)

    def commit(self) -> None:
        """Hand over what is typed but not yet said."""
        if not self.form.isHidden():
            self.form.commit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.list and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._take_key(event)
        return super().eventFilter(watched, event)

    def _take_key(self, event: QKeyEvent) -> bool:
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._on_jump()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._on_delete()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            return False
        return True

    def _on_row(self, _row: int) -> None:
        self._show_current()

    def _on_double_clicked(self, _item: QListWidgetItem) -> None:
        self._on_jump()

    def _on_jump(self) -> None:
        entry = self.current
        if entry is not None:
            self.jump_wanted.emit(entry.other)

    def _on_reverse(self) -> None:
        entry = self.current
        if entry is not None and entry.relation is not None:
            self.reverse_wanted.emit(entry.relation)

    def _on_delete(self) -> None:
        entry = self.current
        if entry is not None and entry.relation is not None:
            self.delete_wanted.emit(entry.relation)
