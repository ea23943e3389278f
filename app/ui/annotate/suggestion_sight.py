"""Notes which suggestions have been before the annotator, without slowing down reading."""

from PySide6.QtCore import QObject, QTimer

from app.core.errors import StetError
from app.core.suggestion import Suggestion
from app.services.suggestions.sights import Sights
from app.session.session import Session
from app.ui.annotate.drawn_annotations import DrawnAnnotations
from app.ui.editor.canvas import TextCanvas

_LOOK_MS = 400  # as long must a suggestion be in view to have been shown
_WRITE_MS = 20_000


class SuggestionSight(QObject):
    """A suggestion was shown if it stood in the visible part of the text for a moment, or was the current one."""

    def __init__(self, session: Session, canvas: TextCanvas, drawn: DrawnAnnotations, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._canvas = canvas
        self._drawn = drawn
        self._sights = Sights(session)
        self._look = self._timer("looking-at-suggestions", _LOOK_MS, self._on_look)
        self._write = self._timer("writing-sights", _WRITE_MS, self._on_write)
        canvas.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        canvas.text_shown.connect(self.look_soon)

    def _timer(self, name: str, pause: int, slot: object) -> QTimer:
        timer = QTimer(self)
        timer.setObjectName(name)
        timer.setSingleShot(True)
        timer.setInterval(pause)
        timer.timeout.connect(slot)
        return timer

    def look_soon(self) -> None:
        """Look what is in view once it has stood still for a moment."""
        if self._drawn.suggestions.count:
            self._look.start()

    def see(self, suggestion: Suggestion) -> None:
        """Note that the annotator has a suggestion before them."""
        self._note([suggestion])

    def write(self) -> None:
        """Write what was noted; what can't be written is tried again later."""
        self._write.stop()
        self._on_write()

    def close(self) -> None:
        """Stop looking."""
        self._look.stop()
        self._write.stop()

    def _on_scrolled(self, _value: int) -> None:
        self.look_soon()

    def _on_look(self) -> None:
        if self._drawn.shows_suggestions and self._canvas.isVisible():
            self._note(self._drawn.suggestions.overlapping(*self._canvas.visible_range()))

    def _note(self, suggestions: list[Suggestion]) -> None:
        state = self._session.state
        if state is not None and suggestions:
            self._sights.note(state.document.uid, [suggestion.uid for suggestion in suggestions])
            if self._sights.count and not self._write.isActive():
                self._write.start()

    def _on_write(self) -> None:
        if self._sights.must_wait:
            self._write.start()  # the window doesn't stand still for this
            return
        try:
            self._sights.write()
        except StetError:
            self._write.start()  # what is wrong with the file, the next edit tells
