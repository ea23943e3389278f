"""The dialog that selects a document's references."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from app.core.wording import undirected
from app.ui.actions.row_menu import RowMenu
from app.ui.dialogs.form import FormDialog
from app.ui.widgets.fields import LineEdit


class ReferencesDialog(FormDialog):
    """Lets the user tick documents that are the source of truth for another one."""

    answered = Signal(object)  # list of uids, in the order ticked

    def __init__(
        self,
        title: str,
        current: Sequence[tuple[str, str]],
        find: Callable[[str], list[tuple[str, str]]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("references-dialog", f"References of “{title[:60]}”", accept="Save", parent=parent)
        self.resize(520, 480)
        self._find = find
        self._ticked = dict(current)
        self._search = LineEdit()
        self._search.setObjectName("references-search")
        self._search.setAccessibleName("Search documents")
        self._search.setPlaceholderText("Search text or name…")
        self._list = QListWidget()
        self._list.setObjectName("references-list")
        self._list.setAccessibleName("Documents")
        self.body.addWidget(self._search)
        self.body.addWidget(self._list, 1)
        self._search.textChanged.connect(self._fill)
        self._list.itemChanged.connect(self._on_ticked)
        RowMenu(self._list, enters="Tick or untick").entered.connect(self._on_menu_entered)
        self._fill("")

    def _fill(self, wanted: str) -> None:
        self._list.blockSignals(True)
        self._list.clear()
        rows = dict(self._ticked)
        rows.update(self._find(wanted))
        for uid, name in rows.items():
            item = QListWidgetItem(undirected(name))
            item.setData(Qt.ItemDataRole.UserRole, uid)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if uid in self._ticked else Qt.CheckState.Unchecked)
            self._list.addItem(item)
        self._list.blockSignals(False)

    def _on_menu_entered(self, row: int) -> None:
        item = self._list.item(row)
        ticked = item.checkState() is Qt.CheckState.Checked
        item.setCheckState(Qt.CheckState.Unchecked if ticked else Qt.CheckState.Checked)

    def _on_ticked(self, item: QListWidgetItem) -> None:
        uid = item.data(Qt.ItemDataRole.UserRole)
        if item.checkState() is Qt.CheckState.Checked:
            self._ticked[uid] = item.text()
        else:
            self._ticked.pop(uid, None)

    def submit(self) -> bool:
        """Emit the ticked uids."""
        self.answered.emit(list(self._ticked))
        return True
