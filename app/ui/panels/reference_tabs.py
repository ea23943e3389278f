"""Which of several references is shown: tabs while they are few, a list beyond."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from app.ui.guard import guarded
from app.ui.widgets.fields import ComboBox, TabBar
from app.ui.widgets.keys import asks_for_menu
from app.ui.widgets.labels import literal, unmarked

_MOST_TABS = 6
_CHOOSER_LETTERS = 18


@guarded
class ReferenceTabs(QWidget):
    """Offers texts as (uid, title); hidden while there is but one."""

    chosen = Signal(object)  # uid
    menu_wanted = Signal(object)  # QPoint, global

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices: Sequence[tuple[str, str]] = ()
        self._tabs = TabBar()
        self._tabs.setObjectName(f"{name}-tabs")
        self._tabs.setAccessibleName("References")
        self._tabs.setDrawBase(False)
        self._tabs.setExpanding(False)
        self._tabs.setUsesScrollButtons(False)
        self._tabs.setElideMode(Qt.TextElideMode.ElideRight)
        self._list = ComboBox()
        self._list.setObjectName(f"{name}-chooser")
        self._list.setAccessibleName("Reference")
        self._list.setToolTip("Shown reference (Ctrl+Alt+Right: next)")
        self._list.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._list.setMinimumContentsLength(_CHOOSER_LETTERS)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 2)
        row.addWidget(self._tabs, 1)
        row.addWidget(self._list)
        self._tabs.currentChanged.connect(self._on_tab)
        self._list.activated.connect(self._on_row)
        self.hide()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        at = self._tabs.tabAt(self._tabs.mapFrom(self, event.pos()))
        if event.reason() is QContextMenuEvent.Reason.Mouse and at >= 0:
            self._tabs.setCurrentIndex(at)
        self.menu_wanted.emit(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if asks_for_menu(event):
            self.menu_wanted.emit(self.mapToGlobal(self.rect().bottomLeft()))
        else:
            super().keyPressEvent(event)

    def show_choices(self, choices: Sequence[tuple[str, str]], current: str) -> None:
        """Offer texts, with one of them shown now."""
        uids = [uid for uid, _ in choices]
        at = max(0, uids.index(current) if current in uids else 0)
        with QSignalBlocker(self._tabs):
            # While a tab is being pressed the tabs must stay the same ones.
            if list(choices) != list(self._choices):
                self._choices = list(choices)
                self._fill()
            self._tabs.setCurrentIndex(at)
        self._list.setCurrentIndex(at)
        self._tabs.setVisible(1 < len(choices) <= _MOST_TABS)
        self._list.setVisible(len(choices) > _MOST_TABS)
        self.setVisible(len(choices) > 1)

    def _fill(self) -> None:
        while self._tabs.count():
            self._tabs.removeTab(self._tabs.count() - 1)
        self._list.clear()
        for at, (uid, title) in enumerate(self._choices):
            self._list.addItem(title, uid)
            self._list.setItemData(at, literal(title), Qt.ItemDataRole.ToolTipRole)
            if at < _MOST_TABS:
                self._tabs.addTab(unmarked(title))
                self._tabs.setTabToolTip(at, literal(f"{title} (Ctrl+Alt+Right: next)"))

    def _on_tab(self, at: int) -> None:
        if 0 <= at < len(self._choices):
            self.chosen.emit(self._choices[at][0])

    def _on_row(self, at: int) -> None:
        self._on_tab(at)
