"""The mouse on a text: click, drag, double click for the word, triple click for the sentence."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent

from app.core import boundaries

if TYPE_CHECKING:
    from app.ui.editor.canvas import TextCanvas

_SCROLL_STEP = 24
_TRIPLE_CLICK_MS = 500


class Pointer:
    """Remembers what a drag began with. Selections grow to words as the canvas is set; Alt means the other way."""

    def __init__(self, canvas: "TextCanvas") -> None:
        self._canvas = canvas
        self._drag: tuple[int, int] | None = None
        self._double_at: int | None = None
        self._is_double = False

    def press(self, event: QMouseEvent) -> None:
        """Put the caret there, extend the selection (Shift), or take the sentence (third click)."""
        self._is_double = False
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        canvas = self._canvas
        at = canvas.place_of(event)
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._drag = (canvas.view.anchor, canvas.view.anchor)
            canvas.set_view(canvas.view._replace(caret=at, x=None), scroll=False)
        elif self._is_third(event, at):
            self._take(boundaries.sentence_at(canvas.text, at))
        else:
            self._drag = (at, at)
            canvas.set_view(canvas.view._replace(anchor=at, caret=at, x=None), scroll=False)
            canvas.mark_clicked.emit(canvas.owners_at(event))

    def double_press(self, event: QMouseEvent) -> None:
        """Take the word."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._is_double = True
            self._take(boundaries.word_at(self._canvas.text, self._canvas.place_of(event)))

    def _take(self, span: tuple[int, int]) -> None:
        self._drag = span
        self._canvas.set_view(self._canvas.view._replace(anchor=span[0], caret=span[1], x=None), scroll=False)

    def _is_third(self, event: QMouseEvent, at: int) -> bool:
        start, end = self._canvas.view.selection
        soon = self._double_at is not None and event.timestamp() - self._double_at < _TRIPLE_CLICK_MS
        return soon and start <= at <= end and start < end

    def move(self, event: QMouseEvent) -> None:
        """Drag the selection, or show what is under the pointer."""
        if self._drag is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self._drag_to(event, self._drag)
            return
        owners = self._canvas.owners_at(event)
        self._canvas.hover(owners[0] if owners else "")

    def _drag_to(self, event: QMouseEvent, began: tuple[int, int]) -> None:
        canvas = self._canvas
        y, bar = event.position().y(), canvas.verticalScrollBar()
        if y < 0 or y > canvas.viewport().height():
            bar.setValue(bar.value() + (_SCROLL_STEP if y > 0 else -_SCROLL_STEP))
        at = canvas.place_of(event)
        start, end = min(began[0], at), max(began[1], at)
        other_way = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if canvas.snap_words is not other_way and start != end:
            start, end = boundaries.snap_to_words(canvas.text, start, end)
        anchor, caret = (end, start) if at < began[0] else (start, end)
        canvas.set_view(canvas.view._replace(anchor=anchor, caret=caret, x=None), scroll=False)

    def release(self, event: QMouseEvent) -> None:
        """End a drag; after a double click the next press may be the third."""
        self._double_at = event.timestamp() if self._is_double else None
        self._drag = None
