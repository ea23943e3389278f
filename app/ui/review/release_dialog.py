"""The dialog that sets for which documents annotators may see the gold."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QWidget

from app.ui.dialogs.form import FormDialog
from app.ui.widgets.labels import button, plain

_LEAD = (
    "Annotators of a released document can compare their own marks with gold and read your reasons. "
    "Until then, everyone sees only their own marks. Ticked is what is decided; what you untick is hidden again."
)


class ReleaseDialog(FormDialog):
    """Documents with a checkbox each; ticked are those that are decided, and those that are released already."""

    answered = Signal(object)  # set of uids to be released

    def __init__(self, rows: Sequence[tuple[str, str, bool, bool]], parent: QWidget | None = None) -> None:
        """Take rows of uid, title, whether everything is decided, and whether it is released."""
        super().__init__("release-dialog", "Release to annotators", accept="Release", parent=parent)
        self.resize(520, 500)
        self._settled = {uid for uid, _, settled, _ in rows if settled}
        self._list = QListWidget()
        self._list.setObjectName("release-list")
        self._list.setAccessibleName("Documents")
        for uid, title, settled, released in rows:
            item = QListWidgetItem(title if settled else f"{title}  (not fully decided)")
            item.setData(Qt.ItemDataRole.UserRole, uid)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            is_wanted = released or settled
            item.setCheckState(Qt.CheckState.Checked if is_wanted else Qt.CheckState.Unchecked)
            self._list.addItem(item)
        self._list.setCurrentRow(0)
        every = button("Tick all decided", name="release-all", role="link")
        none = button("Untick all", name="release-none", role="link")
        for link in (every, none):
            link.setAutoDefault(False)  # Enter releases, even right after a click on one of these
        every.clicked.connect(self._tick_settled)
        none.clicked.connect(self._tick_none)
        row = QHBoxLayout()
        row.addWidget(every)
        row.addWidget(none)
        row.addStretch(1)
        self.body.addWidget(plain(_LEAD, tone="soft", wrap=True))
        self.body.addLayout(row)
        self.body.addWidget(self._list, 1)
        self._list.setFocus()  # Space toggles the checkbox

    def _tick_settled(self, _checked: bool) -> None:
        self._tick(self._settled)

    def _tick_none(self, _checked: bool) -> None:
        self._tick(set())

    def _tick(self, wanted: set[str]) -> None:
        for row in range(self._list.count()):
            item = self._list.item(row)
            is_wanted = item.data(Qt.ItemDataRole.UserRole) in wanted
            item.setCheckState(Qt.CheckState.Checked if is_wanted else Qt.CheckState.Unchecked)

    def submit(self) -> bool:
        """Emit the uids of the checked documents."""
        items = [self._list.item(row) for row in range(self._list.count())]
        self.answered.emit(
            {item.data(Qt.ItemDataRole.UserRole) for item in items if item.checkState() is Qt.CheckState.Checked}
        )
        return True
