"""The menu of a row in a list: by the right button, the Menu key, or Shift+F10."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QMenu

from app.ui.actions.registry import ActionRegistry, native
from app.ui.guard import guarded
from app.ui.widgets.keys import asks_for_menu
from app.ui.widgets.labels import literal, unmarked

OPEN = "open"  # no action of the catalogue: what Enter does in the list


@guarded
class RowMenu(QObject):
    """Offers actions for the row under the pointer, or for the current one if it is asked for by key.

    The row is chosen before an action runs, so that the action is about it, unless several rows are selected.
    """

    chosen = Signal(object)  # int: the row that the menu, or an action in it, is about
    entered = Signal(object)  # int: what Enter does in this row
    picked = Signal(object)  # (key of a command, row)

    def __init__(
        self,
        view: QAbstractItemView,
        actions: ActionRegistry | None = None,
        entries: Callable[[], Sequence[str]] | Sequence[str] = (),
        *,
        enters: str = "Open",
        commands: Mapping[str, str] | None = None,
        at_once: bool = True,
    ) -> None:
        """Offer what Enter does, with the title `enters`; commands that aren't in the catalogue, as key and title; then
        `entries`, ids of actions with "" for a line. A row is chosen when its menu opens; without `at_once`, only when
        an action runs.
        """
        super().__init__(view)
        self._view = view
        self._actions = actions
        self._entries = entries
        self._enters = enters
        self._commands = dict(commands or {})
        self._at_once = at_once
        self._row = QPersistentModelIndex()
        for watched in (view, view.viewport()):
            watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QContextMenuEvent):
            by_mouse = event.reason() is QContextMenuEvent.Reason.Mouse
            viewport = self._view.viewport()
            at = event.pos() if watched is viewport else viewport.mapFrom(self._view, event.pos())
            index = self._view.indexAt(at) if by_mouse else self._view.currentIndex()
            self._open(index, event.globalPos(), by_mouse=by_mouse)
            return True
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and asks_for_menu(event):
            self._open(self._view.currentIndex(), QPoint(), by_mouse=False)
            return True
        return super().eventFilter(watched, event)

    def _open(self, index: QModelIndex, place: QPoint, *, by_mouse: bool) -> None:
        if not index.isValid():
            return
        if not self._view.selectionModel().isSelected(index):
            self._view.setCurrentIndex(index)
        self._row = QPersistentModelIndex(index)
        if self._at_once and not self._are_several:
            self.chosen.emit(index.row())
        menu = QMenu(self._view)
        menu.setObjectName(f"{self._view.objectName()}-menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        if self._enters:
            menu.addAction(self._enters).setObjectName(OPEN)
        for key, title in self._commands.items():
            menu.addAction(title).setObjectName(key)
        menu.addSeparator()
        for entry in self._entries() if callable(self._entries) else self._entries:
            if entry and self._actions is not None:
                add_entry(menu, self._actions, entry)
            else:
                menu.addSeparator()
        menu.triggered.connect(self._on_triggered)
        center = self._view.visualRect(index).center()
        menu.popup(place if by_mouse else self._view.viewport().mapToGlobal(center))

    @property
    def _are_several(self) -> bool:
        """Whether several rows are selected, which an action is then about: choosing one would end that."""
        parts = self._view.selectionModel().selection()
        return parts.size() > 1 or (parts.size() == 1 and parts.at(0).height() > 1)

    def _on_triggered(self, entry: QAction) -> None:
        row, name = self._row.row(), entry.objectName()
        if row < 0:
            return  # it has gone meanwhile
        if name == OPEN:
            self.entered.emit(row)
        elif name in self._commands:
            self.picked.emit((name, row))
        elif self._actions is not None:
            if not self._at_once and not self._are_several:
                self.chosen.emit(row)
            self._actions.run(name)


def add_entry(menu: QMenu, actions: ActionRegistry, action_id: str, *, title: str = "", small: bool = False) -> QAction:
    """Add an action with its key, disabled and with the reason if it can't work now; the menu's owner runs it.

    Keys bound in texts aren't Qt shortcuts, so Qt wouldn't show them.
    """
    live = actions.action(action_id)
    key = native(live.keys[0]) if live.keys else ""
    shown = unmarked(title or live.spec.title)
    made = menu.addAction(shown + (f"\t{key.lower() if small else key}" if key else ""))
    made.setObjectName(action_id)
    why = actions.why_not(action_id)
    made.setToolTip(literal(why) if why else live.toolTip())
    made.setEnabled(live.isEnabled() and not why)
    return made
