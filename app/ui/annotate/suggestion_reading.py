"""Reads large numbers of suggestions in slices, so that the text is shown without waiting for them."""

import time

from PySide6.QtCore import QObject, QTimer, Signal

from app.ui.annotate.drawn_annotations import DrawnAnnotations
from app.ui.panels.margin_map import MarginMap

_SLICE = 0.004  # seconds of reading before events are processed again
_BETWEEN_MS = 2


class SuggestionReading(QObject):
    """Reads what the first paint of a text didn't wait for, and shows it once all is there."""

    over = Signal()

    def __init__(self, drawn: DrawnAnnotations, margin: MarginMap | None, parent: QObject) -> None:
        super().__init__(parent)
        self._drawn = drawn
        self._margin = margin
        self._pause = QTimer(self)
        self._pause.setObjectName("reading-suggestions")
        self._pause.setInterval(_BETWEEN_MS)
        self._pause.timeout.connect(self._on_pause)

    def follow(self) -> None:
        """Continue reading if there is more, and update the positions in the margin map."""
        if self._drawn.suggestions.is_reading and not self._pause.isActive():
            self._pause.start()
        self.show_places()

    def show_places(self, *, anew: bool = False) -> None:
        """Update the positions in the margin map if they changed; `anew` forces it, as after hiding or showing
        suggestions.
        """
        here = self._drawn.suggestions
        if self._margin is not None and (here.has_other_shares or anew):
            here.has_other_shares = False
            self._margin.show_suggested(frozenset(here.shares) if self._drawn.shows_suggestions else frozenset())

    def finish(self) -> None:
        """Read all the rest now: the caller may need suggestions further down."""
        if self._drawn.suggestions.is_reading:
            self._drawn.suggestions.finish()
            self._show()

    def close(self) -> None:
        """Stop reading; the session may be closed afterwards."""
        self._pause.stop()

    def _on_pause(self) -> None:
        here = self._drawn.suggestions
        until = time.perf_counter() + _SLICE
        while here.is_reading and time.perf_counter() < until:
            here.read_on()
        if not here.is_reading:
            self._show()

    def _show(self) -> None:
        self._pause.stop()
        if self._drawn.shows_suggestions:
            self._drawn.show_again()
        self.show_places()
        self.over.emit()
