"""F6: the keyboard goes from pane to pane, so that Tab can step through marks and no pane is a trap."""

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from app.ui.actions.registry import ActionRegistry
from app.ui.annotate.view import AnnotateView


class PaneStepper(QObject):
    """Knows the order of the panes."""

    def __init__(self, view: AnnotateView, actions: ActionRegistry) -> None:
        super().__init__(view)
        self._view = view
        self.bind(actions)

    def bind(self, actions: ActionRegistry) -> None:
        """Answer to F6; again, when another workspace did so meanwhile."""
        actions.bind("view.next-pane", self.forth)
        actions.bind("view.previous-pane", self.back)

    def forth(self) -> None:
        """Move the keyboard to the next pane."""
        self._move(1)

    def back(self) -> None:
        """Move the keyboard to the pane before."""
        self._move(-1)

    def _move(self, by: int) -> None:
        panes = self._view.panes()
        owner = self._view.focusWidget()
        at = next((n for n, pane in enumerate(panes) if owner is pane or (owner and pane.isAncestorOf(owner))), 1)
        for step in range(1, len(panes) + 1):
            if self._enter(panes[(at + by * step) % len(panes)]):
                return

    def _enter_inspector(self) -> bool:
        if self._view.inspector.form is None:
            return False
        self._view.inspector.focus_field("label")
        return True

    def _enter(self, pane: QWidget) -> bool:
        if pane is self._view.inspector:
            return self._enter_inspector()
        if not pane.isVisible():
            return False
        pane.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True
