"""F6: the keyboard goes from pane to pane, so that Tab can step through marks and no pane is a trap."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget


def enter_pane(pane: QWidget) -> bool:
    """Put the keyboard on a pane; return whether that was possible."""
    if pane.isVisible():
        pane.setFocus(Qt.FocusReason.ShortcutFocusReason)
    return pane.isVisible()


class PaneStepper(QObject):
    """Knows where the keyboard is among the panes of a widget. Panes that can't be entered now are passed over."""

    def __init__(
        self,
        owner: QWidget,
        panes: Callable[[], Sequence[QWidget]],
        *,
        enter: Callable[[QWidget], bool] = enter_pane,
        home: int = 0,
    ) -> None:
        """Step through `panes`, in their order; from anywhere else as from the one with the number `home`."""
        super().__init__(owner)
        self._owner = owner
        self._panes = panes
        self._enter = enter
        self._home = home

    def forth(self) -> None:
        """Move the keyboard to the next pane."""
        self.step(1)

    def back(self) -> None:
        """Move the keyboard to the pane before."""
        self.step(-1)

    def step(self, by: int) -> None:
        """Move the keyboard on, round the end."""
        panes, focus = self._panes(), self._owner.focusWidget()
        inside = (n for n, pane in enumerate(panes) if focus is pane or (focus and pane.isAncestorOf(focus)))
        at = next(inside, self._home)
        for distance in range(1, len(panes) + 1):
            if self._enter(panes[(at + by * distance) % len(panes)]):
                return
