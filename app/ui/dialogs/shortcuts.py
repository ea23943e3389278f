"""All actions with their keys, generated from the catalogue; keys can be changed here."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QHeaderView,
    QKeySequenceEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from app.core.search_folding import WORDS, fold
from app.ui.actions.catalogue import ActionSpec
from app.ui.actions.registry import ActionRegistry, native
from app.ui.dialogs.form import FormDialog
from app.ui.widgets.fields import LineEdit
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import button, literal, plain


class ShortcutsDialog(FormDialog):
    """Lists the actions by group, with search; select a row and press new keys to remap it."""

    keys_chosen = Signal(object)  # dict: action id to keys

    def __init__(self, actions: ActionRegistry, parent: QWidget | None = None) -> None:
        super().__init__("shortcuts-dialog", "Shortcuts", accept="Close", parent=parent)
        self.resize(720, 640)
        self._registry = actions
        self._items: dict[str, QTreeWidgetItem] = {}
        self._search = LineEdit()
        self._search.setObjectName("shortcuts-search")
        self._search.setAccessibleName("Search actions")
        self._search.setPlaceholderText("Search actions or keys…")
        self._tree = QTreeWidget()
        self._tree.setObjectName("shortcuts-tree")
        self._tree.setAccessibleName("Actions and keys")
        self._tree.setHeaderLabels(["Action", "Keys", "Works in"])
        self._tree.setRootIsDecorated(False)
        self._tree.header().setStretchLastSection(False)
        self._tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column, width in ((1, 200), (2, 80)):
            self._tree.setColumnWidth(column, width)
        self._edit = QKeySequenceEdit()
        self._edit.setObjectName("shortcuts-keys")
        self._edit.setAccessibleName("New keys")
        self._edit.setMaximumSequenceLength(1)
        self._set = button("Set", name="shortcuts-set")
        self._none = button("Clear", name="shortcuts-none")
        self._reset = button("Reset to default", name="shortcuts-reset")
        row = Flow(gap=6)
        row.add(plain("New key for the selected action:", role="field"))
        row.add(self._edit, 1, least=120)
        for made in (self._set, self._none, self._reset):
            row.add(made)
        self.body.addWidget(self._search)
        self.body.addWidget(self._tree, 1)
        self.body.addLayout(row)
        self.body.addWidget(plain("Shift with a caret key extends the selection.", tone="faint"))
        self._search.textChanged.connect(self._on_search)
        self._set.clicked.connect(self._on_set)
        self._none.clicked.connect(self._on_none)
        self._reset.clicked.connect(self._on_reset)
        self._fill()

    def _fill(self) -> None:
        self._tree.clear()
        self._items = {}
        groups: dict[str, QTreeWidgetItem] = {}
        for spec in self._registry.specs():
            group = groups.get(spec.group)
            if group is None:
                group = QTreeWidgetItem(self._tree, [spec.group])
                group.setFirstColumnSpanned(True)
                group.setFlags(Qt.ItemFlag.ItemIsEnabled)
                group.setExpanded(True)
                groups[spec.group] = group
            self._items[spec.id] = self._item(group, spec)

    def _item(self, group: QTreeWidgetItem, spec: ActionSpec) -> QTreeWidgetItem:
        keys = "   ".join(native(key) for key in spec.keys)
        item = QTreeWidgetItem(group, [spec.title, keys, "text" if spec.context == "text" else "window"])
        item.setData(0, Qt.ItemDataRole.UserRole, spec.id)
        if spec.tip:
            item.setToolTip(0, literal(spec.tip))
        return item

    def _on_search(self, wanted: str) -> None:
        words = fold(wanted, WORDS).split()
        for item in self._items.values():
            text = fold(f"{item.text(0)} {item.text(1)}", WORDS)
            item.setHidden(not all(word in text for word in words))
        for at in range(self._tree.topLevelItemCount()):
            group = self._tree.topLevelItem(at)
            if group is not None:
                rows = [group.child(row) for row in range(group.childCount())]
                group.setHidden(all(row is None or row.isHidden() for row in rows))

    def _chosen(self) -> str | None:
        item = self._tree.currentItem()
        found = item.data(0, Qt.ItemDataRole.UserRole) if item is not None else None
        if found is None:
            self.complain("Select an action in the list first.")
        return found

    def _on_set(self, _checked: bool) -> None:
        keys = self._edit.keySequence().toString(QKeySequence.SequenceFormat.PortableText)
        if not keys:
            self.complain("Press the new key in the field first.")
            return
        self._change(keys)

    def _on_none(self, _checked: bool) -> None:
        self._change("")

    def _on_reset(self, _checked: bool) -> None:
        self._change(None)

    def _change(self, keys: str | None) -> None:
        action = self._chosen()
        if action is None:
            return
        overrides = self._registry.override_map()
        if keys is None:
            overrides.pop(action, None)
        else:
            overrides[action] = keys
        found = self._registry.override(overrides)
        if found:
            key, one, other = found[0]
            taken = one if other == action else other
            self.complain(f"{native(key)} is already used by “{self._registry.action(taken).spec.title}”.")
            return
        self.complain("")
        self._edit.clear()
        self._fill()
        self._on_search(self._search.text())
        self._tree.setCurrentItem(self._items[action])
        self.keys_chosen.emit(overrides)
