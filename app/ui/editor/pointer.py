"""The mouse on a text: click, drag, double click for the word, triple click for the sentence."""

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent, QMouseEvent

from app.core import boundaries

if TYPE_CHECKING:
    from app.ui.editor.canvas import TextCanvas

_SCROLL_STEP = 24
_SCROLL_EVERY_MS = 40
_TRIPLE_CLICK_MS = 500
_SAME_PLACE = 4  # pixels that a hand may wander between two clicks that are meant for one place


class MarkClick(NamedTuple):
    """What was clicked: the owners of the marks there, the innermost first; `again` says that it was there before."""

    owners: tuple[str, ...]
    again: bool = False


class Pointer(QObject):
    """Remembers what a drag began with. Selections grow to words as the canvas is set; Alt means the other way.

    While a drag is held over or under the text, the text scrolls.
    """

    def __init__(self, canvas: "TextCanvas") -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._held_at = (QPointF(), Qt.KeyboardModifier.NoModifier)
        self._scrolling = QTimer(self)
        self._scrolling.setObjectName("drag-scroll")
        self._scrolling.setInterval(_SCROLL_EVERY_MS)
        self._scrolling.timeout.connect(self._on_scroll_due)
        self._drag: tuple[int, int] | None = None
        self._double_at: int | None = None
        self._is_double = False
        self._clicked_at: QPointF | None = None

    def press(self, event: QMouseEvent) -> None:
        """Put the caret there, extend the selection (Shift), or take the sentence (third click)."""
        self._is_double = False
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        canvas = self._canvas
        at = canvas.place_of(event.position())
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._drag = (canvas.view.anchor, canvas.view.anchor)
            canvas.set_view(canvas.view._replace(caret=at, x=None), scroll=False)
        elif self._is_third(event, at):
            self._take(boundaries.sentence_at(canvas.text, at))
        else:
            self._drag = (at, at)
            canvas.set_view(canvas.view._replace(anchor=at, caret=at, x=None), scroll=False)
            canvas.mark_clicked.emit(MarkClick(self._owners_at(event.position()), self._is_again(event.position())))

    def _owners_at(self, position: QPointF) -> tuple[str, ...]:
        """Return the annotations whose marks are at a place of the viewport, the innermost first."""
        point = self._canvas.content_point(position)
        return tuple(dict.fromkeys(mark.owner for mark in self._canvas.text_layout.marks_at(point.x(), point.y())))

    def _is_again(self, position: QPointF) -> bool:
        """Tell whether the last click was at this place of the text too."""
        point = position + QPointF(0, self._canvas.verticalScrollBar().value())
        before, self._clicked_at = self._clicked_at, point
        return before is not None and (point - before).manhattanLength() <= _SAME_PLACE

    def open_menu(self, event: QContextMenuEvent) -> None:
        """Ask for the menu. It is about the mark under the pointer; else about the selection, else about that place."""
        canvas = self._canvas
        if event.reason() is QContextMenuEvent.Reason.Mouse:
            position = QPointF(event.pos())
            owners, at = self._owners_at(position), canvas.place_of(position)
            start, end = canvas.view.selection
            if not start <= at < end and (owners or start == end):
                canvas.set_view(canvas.view._replace(anchor=at, caret=at, x=None), scroll=False)
                canvas.mark_clicked.emit(MarkClick(owners))
        canvas.menu_requested.emit(event.globalPos())

    def double_press(self, event: QMouseEvent) -> None:
        """Take the word."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._is_double = True
            self._take(boundaries.word_at(self._canvas.text, self._canvas.place_of(event.position())))

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
            self._held_at = (event.position(), event.modifiers())
            if 0 <= event.position().y() <= self._canvas.viewport().height():
                self._scrolling.stop()
                self._drag_on()
            elif not self._scrolling.isActive():
                self._on_scroll_due()
                self._scrolling.start()
            return
        owners = self._owners_at(event.position())
        self._canvas.hover(owners[0] if owners else "")

    def _on_scroll_due(self) -> None:
        if not self._canvas.isVisible():
            self._scrolling.stop()  # nobody tells when a button was released elsewhere
            return
        bar, y = self._canvas.verticalScrollBar(), self._held_at[0].y()
        bar.setValue(bar.value() + (_SCROLL_STEP if y > 0 else -_SCROLL_STEP))
        self._drag_on()

    def _drag_on(self) -> None:
        """Let the selection reach from where the drag began to where the pointer is."""
        if self._drag is None:
            return
        canvas, (point, modifiers) = self._canvas, self._held_at
        at = canvas.place_of(point)
        start, end = min(self._drag[0], at), max(self._drag[1], at)
        other_way = bool(modifiers & Qt.KeyboardModifier.AltModifier)
        if canvas.snap_words is not other_way and start != end:
            start, end = boundaries.snap_to_words(canvas.text, start, end)
        anchor, caret = (end, start) if at < self._drag[0] else (start, end)
        canvas.set_view(canvas.view._replace(anchor=anchor, caret=caret, x=None), scroll=False)

    def release(self, event: QMouseEvent) -> None:
        """End a drag; after a double click the next press may be the third."""
        self._double_at = event.timestamp() if self._is_double else None
        self._drag = None
        self._scrolling.stop()
