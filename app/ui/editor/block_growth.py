"""The rest of a long text, cut and counted while nothing else is to be done."""

import time

from PySide6.QtCore import QObject, QTimer

from app.ui.editor.surface import TextSurface

_SLICE = 0.004  # seconds between which keys are heard
_STEP = 20_000  # characters


class Growth(QObject):
    """Goes on with a surface's text after its first picture, so that the scroll bar soon says how long it is."""

    def __init__(self, surface: TextSurface) -> None:
        super().__init__(surface)
        self._surface = surface
        self._timer = QTimer(self)
        self._timer.setObjectName("cutting")
        self._timer.timeout.connect(self._on_pause)

    def start(self) -> None:
        """Go on with the text that the surface shows now, if there is more of it."""
        if not self._surface.text_layout.blocks.is_whole:
            self._timer.start(0)

    def _on_pause(self) -> None:
        layout, until = self._surface.text_layout, time.perf_counter() + _SLICE
        while not layout.blocks.is_whole and time.perf_counter() < until:
            layout.blocks.grow(layout.blocks.reached + _STEP)
            layout.estimate()
        if layout.blocks.is_whole:
            self._timer.stop()
            self._surface.update_scroll_bar()
