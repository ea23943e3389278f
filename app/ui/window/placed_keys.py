"""Shortcuts of the window by the place of their key, where the keyboard's layout can't type them."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.ui.actions.registry import ActionRegistry
from app.ui.guard import guarded
from app.ui.widgets.keys import COMMAND, KeyPress


@guarded
class PlacedKeys(QObject):
    """Runs a shortcut whose key Qt didn't know: Alt+3 of AZERTY, whose digits need Shift, or Alt+L of Russian.

    Qt looks for shortcuts before it hands a press to the window, and the window hands it to whatever has the focus. So
    what arrives here means no shortcut as it was typed; and a field, which would write it, doesn't get it.
    """

    def __init__(self, window: QWidget, registry: ActionRegistry) -> None:
        super().__init__(window)
        self._window = window
        self._registry = registry
        self._has_handle = False
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._take(event)
        if event.type() is QEvent.Type.Show and not self._has_handle:
            handle = self._window.windowHandle()
            if handle is not None:
                self._has_handle = True
                handle.installEventFilter(self)
        return super().eventFilter(watched, event)

    def _take(self, event: QKeyEvent) -> bool:
        if not event.modifiers() & COMMAND or QApplication.activePopupWidget() is not None:
            return False
        return any(self._registry.run_shortcut(press.key) for press in KeyPress.by_place(event))
