"""The mouse on a text: click, drag, double click for the word, triple click for the sentence, an end of a highlight."""

from typing import NamedTuple

from PySide6.QtCore import QObject, QPoint, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QMouseEvent

from app.ui.editor.edges import Edge, EdgeDrag, edge_at
from app.ui.editor.surface import TextSurface

_SCROLL_STEP = 24
_SCROLL_EVERY_MS = 40
_TRIPLE_CLICK_MS = 500
_SAME_PLACE = 4  # pixels that a hand may wander between two clicks that are meant for one place


class HighlightClick(NamedTuple):
    """What was clicked: the owners of the highlights there, the innermost first; `again`: it was there before."""

    owners: tuple[str, ...]
    again: bool = False


class LinkDrag(NamedTuple):
    """A drag from one highlight (owner) towards another: over which one it is, and where, in content pixels."""

    source: str
    over: str
    point: QPointF
    place: QPoint  # global


class Pointer(QObject):
    """Remembers what a drag began with. Selections grow as the surface is set; Alt means characters, or else words.

    While a drag is held over or under the text, the text scrolls. With `reshapes`, the ends of what is chosen can be
    dragged; `is_brush` only shows by the pointer's shape that what is swept gets a label. With `links`, highlights can
    be dragged to each other: from the handle at the chosen one, or with Ctrl from any.
    """

    clicked = Signal(object)  # HighlightClick
    menu_wanted = Signal(object)  # QPoint, global
    swept = Signal(object)  # (start, end) that a drag, a click or a double click selected
    edge_dragged = Signal(object)  # EdgeDrag
    link_moved = Signal(object)  # LinkDrag, while one highlight is dragged towards another; None when that is over
    linked = Signal(object)  # LinkDrag that was let go
    arc_clicked = Signal(object)  # uid of the arc whose badge was clicked
    hovered = Signal(object)  # the owner of the highlight under the pointer, "" for none

    def __init__(self, surface: TextSurface) -> None:
        super().__init__(surface)
        self._surface = surface
        self._held_at = (QPointF(), Qt.KeyboardModifier.NoModifier)
        self._scrolling = QTimer(self)
        self._scrolling.setObjectName("drag-scroll")
        self._scrolling.setInterval(_SCROLL_EVERY_MS)
        self._scrolling.timeout.connect(self._on_scroll_due)
        self._drag: tuple[int, int] | None = None
        self._edge: Edge | None = None
        self._edge_span: tuple[int, int] | None = None
        self._double_at: int | None = None
        self._is_double = False
        self._clicked_at: QPointF | None = None
        self._link: str | None = None
        self._linked_at = QPointF()
        self.links = False
        self.reshapes = False
        self.is_brush = False

    def press(self, event: QMouseEvent) -> None:
        """Put the caret there, extend the selection (Shift), take the sentence (third click), or a highlight's end."""
        self._is_double = False
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        self.point_at("")
        surface = self._surface
        at = surface.place_of(event.position())
        self._edge, self._edge_span = None, None
        arc = surface.arc_at(event.position())
        if arc:
            self.arc_clicked.emit(arc)
            return
        self._link, self._linked_at = self._link_under(event), event.position()
        if self._link is not None:
            return
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._drag = (surface.view.anchor, surface.view.anchor)
            surface.set_view(surface.view._replace(caret=self._end_at(event.position()), x=None), scroll=False)
        elif self._is_third(event, at):
            self._take(surface.units.sentence_at(surface.text, at))
        else:
            self._edge = self._edge_under(event.position())
            if self._edge is None:
                self._click(event.position())

    def _click(self, position: QPointF) -> None:
        """Put the caret at a place, or take what a click takes, and tell which highlights are there."""
        surface = self._surface
        at = surface.place_of(position)
        self._take(surface.units.unit_at(surface.text, at, unit=surface.click_unit))
        if self._drag == (at, at):
            held = self._end_at(position)
            self._drag = (held, held)
        self.clicked.emit(HighlightClick(self._owners_at(position), self._is_again(position)))

    def _end_at(self, position: QPointF) -> int:
        """Return where a drag begins or ends. The caret stands behind no letter that a line is wrapped after, for that
        place is on the next line; a selection may reach there.
        """
        return self._surface.place_of(position, to_end=True)

    def _edge_under(self, position: QPointF) -> Edge | None:
        surface = self._surface
        if not self.reshapes or self.is_brush:  # the brush often begins where the last annotation ends
            return None
        return edge_at(surface.text_layout, surface.view.chosen, surface.content_point(position))

    def _link_under(self, event: QMouseEvent) -> str | None:
        """Return the owner of the highlight that a press begins to drag to another one, None if it doesn't."""
        if not self.links:
            return None
        if self._surface.is_handle(event.position()):
            return self._surface.view.chosen
        owners = self._owners_at(event.position()) if event.modifiers() & Qt.KeyboardModifier.ControlModifier else ()
        return owners[0] if owners else None

    def _link_to(self, position: QPointF) -> LinkDrag:
        owners = [owner for owner in self._owners_at(position) if owner != self._link]
        surface = self._surface
        place = surface.viewport().mapToGlobal(position.toPoint())
        return LinkDrag(self._link or "", owners[0] if owners else "", surface.content_point(position), place)

    @property
    def is_linking(self) -> bool:
        """Whether one highlight is being dragged towards another."""
        return self._link is not None

    def cancel_link(self) -> None:
        """Drag no highlight towards another any more."""
        self._link = None
        self._scrolling.stop()
        self._surface.hover("")
        self.link_moved.emit(None)

    def _owners_at(self, position: QPointF) -> tuple[str, ...]:
        """Return the owners of the highlights at a place of the viewport, the innermost first."""
        point = self._surface.content_point(position)
        found = self._surface.text_layout.highlights_at(point.x(), point.y())
        return tuple(dict.fromkeys(highlight.owner for highlight in found))

    def _is_again(self, position: QPointF) -> bool:
        """Tell whether the last click was at this place of the text too."""
        point = position + QPointF(0, self._surface.verticalScrollBar().value())
        before, self._clicked_at = self._clicked_at, point
        return before is not None and (point - before).manhattanLength() <= _SAME_PLACE

    def open_menu(self, event: QContextMenuEvent) -> None:
        """Ask for the menu. It is about what is highlighted under the pointer, else the selection, else that place."""
        surface = self._surface
        self.point_at("")
        if event.reason() is QContextMenuEvent.Reason.Mouse:
            position = QPointF(event.pos())
            owners, at = self._owners_at(position), surface.place_of(position)
            start, end = surface.view.selection
            if not start <= at < end and (owners or start == end):
                surface.set_view(surface.view._replace(anchor=at, caret=at, x=None), scroll=False)
                self.clicked.emit(HighlightClick(owners))
        self.menu_wanted.emit(event.globalPos())

    def double_press(self, event: QMouseEvent) -> None:
        """Take the word."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._is_double = True
            self._edge = None
            surface = self._surface
            self._take(surface.units.word_at(surface.text, surface.place_of(event.position())))

    def _take(self, span: tuple[int, int]) -> None:
        self._drag = span
        self._surface.set_view(self._surface.view._replace(anchor=span[0], caret=span[1], x=None), scroll=False)

    def _is_third(self, event: QMouseEvent, at: int) -> bool:
        start, end = self._surface.view.selection
        soon = self._double_at is not None and event.timestamp() - self._double_at < _TRIPLE_CLICK_MS
        return soon and start <= at <= end and start < end

    def move(self, event: QMouseEvent) -> None:
        """Drag the selection or an end of a highlight, or show what is under the pointer."""
        is_held = self._drag is not None or self._edge is not None or self._link is not None
        if is_held and event.buttons() & Qt.MouseButton.LeftButton:
            self._held_at = (event.position(), event.modifiers())
            if 0 <= event.position().y() <= self._surface.viewport().height():
                self._scrolling.stop()
                self._drag_on()
            elif not self._scrolling.isActive():
                self._on_scroll_due()
                self._scrolling.start()
            return
        owners = self._owners_at(event.position())
        surface = self._surface
        takes_click = bool(surface.arc_at(event.position())) or (self.links and surface.is_handle(event.position()))
        self._show_shape(is_edge=self._edge_under(event.position()) is not None, takes_click=takes_click)
        self.point_at(owners[0] if owners and not event.buttons() else "")

    def point_at(self, owner: str) -> None:
        """Outline the highlight under the pointer, none for "", and tell about it."""
        if owner != self._surface.view.hovered:
            self._surface.hover(owner)
            self.hovered.emit(owner)

    def _show_shape(self, *, is_edge: bool, takes_click: bool = False) -> None:
        plain = Qt.CursorShape.CrossCursor if self.is_brush else Qt.CursorShape.IBeamCursor
        shape = Qt.CursorShape.SizeHorCursor if is_edge else plain
        self._surface.viewport().setCursor(Qt.CursorShape.PointingHandCursor if takes_click else shape)

    def set_brush(self, *, on: bool) -> None:
        """Show by the pointer's shape whether what is swept gets a label."""
        self.is_brush = on
        self._show_shape(is_edge=False)

    def _on_scroll_due(self) -> None:
        if not self._surface.isVisible():
            self._scrolling.stop()  # no event says that a button was released elsewhere
            return
        bar, y = self._surface.verticalScrollBar(), self._held_at[0].y()
        bar.setValue(bar.value() + (_SCROLL_STEP if y > 0 else -_SCROLL_STEP))
        self._drag_on()

    def _drag_on(self) -> None:
        """Let the selection reach from where the drag began to where the pointer is."""
        surface, (point, modifiers) = self._surface, self._held_at
        if self._link is not None:
            drag = self._link_to(point)
            surface.hover(drag.over)
            self.link_moved.emit(drag)
            return
        at, unit = self._end_at(point), surface.snapping
        if modifiers & Qt.KeyboardModifier.AltModifier:
            unit = "word" if unit == "character" else "character"
        if self._edge is not None:
            start, end = self._edge_span = self._edge.dragged_to(surface.text, at, unit, surface.units)
            backward = not self._edge.is_end
        elif self._drag is not None:
            start, end = min(self._drag[0], at), max(self._drag[1], at)
            backward = at < self._drag[0]
            if start != end:
                start, end = surface.units.snap(surface.text, start, end, unit=unit)
        else:
            return
        anchor, caret = (end, start) if backward else (start, end)
        surface.set_view(surface.view._replace(anchor=anchor, caret=caret, x=None), scroll=False)

    def release(self, event: QMouseEvent) -> None:
        """End a drag; after a double click the next press may be the third."""
        if self._link is not None:
            self._release_link(event.position())
            return
        was_drag, edge, span = self._drag is not None, self._edge, self._edge_span
        self._double_at = event.timestamp() if self._is_double else None
        self._drag, self._edge, self._edge_span = None, None, None
        self._scrolling.stop()
        surface = self._surface
        if edge is not None and span is not None:
            surface.set_view(surface.view._replace(anchor=surface.view.caret, x=None), scroll=False)
            self.edge_dragged.emit(EdgeDrag(edge.owner, edge.number, span))
        elif edge is not None:
            self._click(event.position())  # it was pressed and let go: a click like any other
            self._drag = None
        elif was_drag and surface.view.has_selection:
            self.swept.emit(surface.view.selection)

    def _release_link(self, position: QPointF) -> None:
        drag, moved = self._link_to(position), (position - self._linked_at).manhattanLength()
        self.cancel_link()
        if moved > _SAME_PLACE:
            self.linked.emit(drag)
        else:
            self._click(position)  # it was pressed and let go: a click like any other
            self._drag = None
