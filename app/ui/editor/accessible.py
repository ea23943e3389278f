"""The canvas as assistive technology sees it: a text to read, with caret, selection and the highlights at a place.

Nothing here runs while no such program is there: Qt asks for an interface only then, and `tell_*` look first.
Offsets of this interface are UTF-16 units. What PySide6 doesn't hand through is in decision 0010.
"""

from functools import cache
from weakref import WeakKeyDictionary, ref

from PySide6.QtCore import QObject, QPoint, QRect
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QAccessibleInterface,
    QAccessibleTextCursorEvent,
    QAccessibleTextInterface,
    QAccessibleTextSelectionEvent,
    QAccessibleTextUpdateEvent,
)
from PySide6.QtWidgets import QAccessibleWidget
from shiboken6 import Shiboken

from app.core.offsets import OffsetMap
from app.core.wording import shorten
from app.ui.editor.highlights import EVIDENCE, UNFINISHED, Highlight
from app.ui.editor.surface import TextSurface
from app.ui.editor.view_state import ViewState
from app.ui.guard import guarded, shielded
from app.ui.widgets import announcements

_made: "dict[int, CanvasInterface]" = {}  # Qt owns the C++ halves; these are the Python ones
_maps: "WeakKeyDictionary[TextSurface, tuple[str, OffsetMap]]" = WeakKeyDictionary()


@cache
def make_known() -> None:
    """Let Qt ask here for the interface of a canvas."""
    QAccessible.installFactory(shielded(_interface_of))


def _interface_of(_class: str, thing: QObject | None) -> QAccessibleInterface | None:
    if not isinstance(thing, TextSurface):
        return None
    for key in [key for key, made in _made.items() if not Shiboken.isValid(made)]:
        del _made[key]
    made = CanvasInterface(thing)
    _made[id(made)] = made
    return made


def offsets_of(canvas: TextSurface) -> OffsetMap:
    """Return the offset map of a canvas's text; made once for each text."""
    text, offsets = _maps.get(canvas, ("", None))
    if offsets is None or text is not canvas.text:
        offsets = OffsetMap(canvas.text)
        _maps[canvas] = (canvas.text, offsets)
    return offsets


@guarded
class CanvasText(QAccessibleTextInterface):
    """The text of a canvas; every place is a UTF-16 offset, and is held within the text."""

    def __init__(self, canvas: TextSurface) -> None:
        super().__init__()
        self._canvas = ref(canvas)

    def _now(self) -> tuple[TextSurface | None, OffsetMap]:
        canvas = self._canvas()
        if canvas is None or not Shiboken.isValid(canvas):
            return None, OffsetMap("")
        return canvas, offsets_of(canvas)

    def place_of(self, offset_u16: int) -> int:
        """Return the code point offset of a place; behind the end and -1 mean the end."""
        offsets = self._now()[1]
        return offsets.from_u16(offset_u16 if 0 <= offset_u16 <= offsets.length_u16 else offsets.length_u16)

    def characterCount(self) -> int:
        return self._now()[1].length_u16

    def cursorPosition(self) -> int:
        canvas, offsets = self._now()
        return offsets.to_u16(canvas.view.caret) if canvas else 0

    def text(self, startOffset: int, endOffset: int) -> str:
        canvas, offsets = self._now()
        if canvas is None:
            return ""
        start, end = self.place_of(startOffset), self.place_of(endOffset)
        if 0 < endOffset < offsets.length_u16 and offsets.splits_pair(endOffset):
            end += 1  # half a character can't be said
        return canvas.text[start:end]

    def characterRect(self, offset: int) -> QRect:
        canvas, offsets = self._now()
        if canvas is None:
            return QRect()
        place = self.place_of(offset)
        rects = canvas.viewport_rects(place, min(place + 1, offsets.length))
        if not rects:
            return QRect()
        box = rects[0].toAlignedRect()
        box.moveTopLeft(canvas.viewport().mapToGlobal(box.topLeft()))
        return box

    def offsetAtPoint(self, point: QPoint) -> int:
        canvas, offsets = self._now()
        if canvas is None:
            return -1
        here = canvas.viewport().mapFromGlobal(point)
        if not canvas.viewport().rect().contains(here):
            return -1
        return offsets.to_u16(canvas.place_of(here.toPointF()))

    def setCursorPosition(self, position: int) -> None:
        self._select(position, position)

    def setSelection(self, selectionIndex: int, startOffset: int, endOffset: int) -> None:
        self._select(startOffset, endOffset)

    def addSelection(self, startOffset: int, endOffset: int) -> None:
        self._select(startOffset, endOffset)

    def removeSelection(self, selectionIndex: int) -> None:
        canvas, _ = self._now()
        if canvas is not None:
            canvas.set_view(canvas.view._replace(anchor=canvas.view.caret), scroll=False)

    def selectionCount(self) -> int:
        # There may be one, but PySide6 answers the question where it lies with chance numbers; events tell that.
        return 0

    def scrollToSubstring(self, startIndex: int, endIndex: int) -> None:
        canvas, _ = self._now()
        if canvas is not None:
            canvas.scroll_to(self.place_of(endIndex))
            canvas.scroll_to(self.place_of(startIndex))

    def _select(self, start_u16: int, end_u16: int) -> None:
        canvas, _ = self._now()
        if canvas is not None:
            canvas.set_view(canvas.view._replace(anchor=self.place_of(start_u16), caret=self.place_of(end_u16), x=None))


@guarded
class CanvasInterface(QAccessibleWidget):
    """A canvas: a text of many lines that can be read and selected, not written."""

    def __init__(self, canvas: TextSurface) -> None:
        super().__init__(canvas, QAccessible.Role.EditableText)
        self._canvas = ref(canvas)
        self.content = CanvasText(canvas)

    def interface_cast(self, t: QAccessible.InterfaceType) -> int:
        if t == QAccessible.InterfaceType.TextInterface:
            return Shiboken.VoidPtr(self.content)  # type: ignore[return-value]  what PySide6 takes for an address
        # Handing None back, which is what Qt's own answer arrives as, would end the program.
        return Shiboken.VoidPtr(super().interface_cast(t) or 0)  # type: ignore[arg-type,return-value]

    def state(self) -> QAccessible.State:
        state = super().state()
        for name in ("readOnly", "multiLine", "selectableText", "focusable"):
            setattr(state, name, 1)
        return state

    def text(self, t: QAccessible.Text) -> str:
        said = super().text(t)
        canvas = self._canvas()
        if t == QAccessible.Text.Description and canvas is not None and Shiboken.isValid(canvas):
            return "\n".join(filter(None, (said, highlights_said(canvas, canvas.view.caret))))
        return said


def highlights_at(canvas: TextSurface, place: int) -> list[Highlight]:
    """Return the highlights that a place (code points) lies in, oldest first."""
    found = canvas.text_layout.source.highlights_in(place, min(place + 1, len(canvas.text)))
    return [
        highlight for highlight in found if any(f.start <= place < max(f.end, f.start + 1) for f in highlight.fragments)
    ]


def highlights_said(canvas: TextSurface, place: int) -> str:
    """Return what highlights say at a place, one a line: label and severity, correction, whether a rule is unmet."""
    return "\n".join(_highlight_said(highlight) for highlight in highlights_at(canvas, place))


def _highlight_said(highlight: Highlight) -> str:
    name = "evidence" if highlight.style == EVIDENCE else highlight.badge.removesuffix(UNFINISHED).rstrip()
    note = (highlight.beside or highlight.note).replace("→", "corrected to", 1)
    return ", ".join(filter(None, (name, note, "a rule is unmet" if highlight.badge.endswith(UNFINISHED) else "")))


def tell_moved(canvas: TextSurface, before: ViewState) -> None:
    """Tell that caret or selection of a canvas changed."""
    if not announcements.is_heard():
        return
    view, offsets = canvas.view, offsets_of(canvas)
    if view.selection != before.selection and (view.has_selection or before.has_selection):
        start, end = map(offsets.to_u16, view.selection)
        announcements.send(QAccessibleTextSelectionEvent(canvas, start, end))
        if view.has_selection:
            low, high = view.selection
            announcements.announce(canvas, f"selected: {shorten(canvas.text[low:high], announcements.LONGEST)}")
    if view.caret != before.caret:
        announcements.send(QAccessibleTextCursorEvent(canvas, offsets.to_u16(view.caret)))
        if highlights_at(canvas, view.caret) != highlights_at(canvas, min(before.caret, len(canvas.text))):
            announcements.send(QAccessibleEvent(canvas, QAccessible.Event.DescriptionChanged))


def tell_text(canvas: TextSurface, before: str) -> None:
    """Tell that a canvas shows another text."""
    if announcements.is_heard() and before != canvas.text:
        announcements.send(QAccessibleTextUpdateEvent(canvas, 0, before, canvas.text))
