"""A text on the screen: layout, scrolling, caret and selection. It knows highlights, not annotations."""

from collections.abc import Sequence
from math import ceil, floor

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from app.core.units import PLAIN
from app.ui.editor import motions
from app.ui.editor.arc_paint import HANDLE, LiveArc, handle_of, live_area, paint_handle, paint_live
from app.ui.editor.arcs import Arc, ArcSource, NoArcs, ShownArcs
from app.ui.editor.drawn_arcs import DrawnArcs, SeenBlocks
from app.ui.editor.highlights import HighlightSource
from app.ui.editor.layout import Changed, TextLayout
from app.ui.editor.paint import Guides, PaintContext, paint
from app.ui.editor.style import Style
from app.ui.editor.view_state import ViewState
from app.ui.guard import guarded
from app.ui.theme import Tones

_LEFT, _TOP, _RIGHT, _BOTTOM = 26, 14, 28, 60
_CLEAR = 4  # pixels between the margin, where arcs run, and the text: what hangs out of lines is there
_WIDEST = 900
_ENGLISH = "They agreed that, for 30 days, neither side should attack the other’s power plants or its grid. "
_MOST_AREAS = 16
_TRIES = 4  # each lays out more of what was only estimated


@guarded
class TextSurface(QAbstractScrollArea):
    """Shows one immutable text with highlights, a caret and a selection. All offsets are code points of that text.

    What hands and screen readers do with it is added by the canvas.
    """

    view_changed = Signal(object)  # ViewState
    text_shown = Signal()  # another text, or another font

    def __init__(self, name: str, tones: Tones, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._tones, self._style, self._background = tones, style, tones.paper
        self._paragraphs = TextLayout("", width=100, style=style)
        self._view = ViewState()
        self._top_place = (0, 0)  # what a change of size kept at the top, and the scroll bar's value then
        self._is_opening = False  # whether the text was never painted: the canvas may still get its true size
        self.snapping, self.click_unit = "word", "character"  # what selections grow to, and what a click takes
        self.units, self.exact_once = PLAIN, False  # its words; whether the next label takes just what is selected
        self.guides = Guides()  # whoever changes them repaints
        self.arc_source: ArcSource = NoArcs()  # of the texts that are shown from now on
        self._arcs = DrawnArcs()
        self.live: LiveArc | None = None
        self.handle: tuple[int, int, str] | None = None  # where a relation is drawn from, and its colour
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.viewport().setAutoFillBackground(False)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    # -- what is shown -------------------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """The text shown."""
        return self._paragraphs.text

    @property
    def view(self) -> ViewState:
        """Where the person is."""
        return self._view

    @property
    def text_layout(self) -> TextLayout:
        """The geometry of the text, in content pixels."""
        return self._paragraphs

    def show_text(self, text: str, highlights: HighlightSource, *, caret: int = 0) -> None:
        """Show another text, with the caret at a place and that place in view."""
        before = self.text
        self._paragraphs = TextLayout(text, width=self._text_width(), style=self._style)
        self._paragraphs.source, self._paragraphs.arcs = highlights, self.arc_source
        self._paragraphs.all_arcs = self._arcs.shown.all
        self._arcs.begin()
        self.live, self.handle = None, None
        self._view = ViewState()
        self._tell_text(before)
        self.update_scroll_bar()
        self.verticalScrollBar().setValue(0)
        self._top_place = (0, 0)
        self.set_view(self._view._replace(caret=caret, anchor=caret))
        self._is_opening = True
        self.viewport().update()
        self.text_shown.emit()

    def show_highlights(self, highlights: HighlightSource, ranges: list[tuple[int, int]] | None = None) -> None:
        """Show other highlights; with ranges, only there anything differs, and only that is laid out and painted."""
        self._paragraphs.source = highlights
        if ranges is None:
            self._arcs.forget()
            self._paragraphs.refresh_all()
            self.update_scroll_bar()
            self.viewport().update()
            return
        found = self._paragraphs.refresh(ranges)
        self._update_arcs(found)
        for changed in found:
            if changed.grown:
                self.update_scroll_bar()
                self._update_from(changed.block, min(changed.lines, default=0))
                return
            self._update_lines(changed.block, changed.lines)

    def show_arcs(self, shown: ShownArcs) -> None:
        """Draw other arcs than before."""
        if shown == self._arcs.shown:
            return
        was = self._arcs.show(shown)
        if was.all is not shown.all:
            self._lay_out_again()
            self.arcs_past_view()  # now, and not when a page is turned: the first time takes longer
            self.viewport().update()
        elif was.any or shown.any:
            self._update_difference(was)

    def _update_difference(self, was: ShownArcs) -> None:
        """Have painted again what shows other arcs than while `was` was shown."""
        found = self._arcs.difference(self._seen(), was)
        for high, low in found.bands:
            shift = _TOP - self.verticalScrollBar().value()
            self._update_between(high + shift, low + shift)
        if found.margin:
            self.viewport().update(self._margin())

    def _margin(self) -> QRect:
        """Return the part of the viewport in which arcs run from line to line."""
        height = self.viewport().height()
        if not self._paragraphs.mirrored:
            return QRect(0, 0, _LEFT - _CLEAR, height)
        left = ceil(_LEFT + self._paragraphs.width + _CLEAR)
        return QRect(left, 0, self.viewport().width() - left, height)

    @property
    def shown_arcs(self) -> ShownArcs:
        """Which arcs are drawn."""
        return self._arcs.shown

    def show_live(self, live: LiveArc | None, handle: tuple[int, int, str] | None = None) -> None:
        """Draw a relation that is being made, or none, and the handle at the chosen mark that one is drawn from."""
        if handle != self.handle:
            was, self.handle = self.handle, handle
            self._update_ranges([item[:2] for item in (was, handle) if item is not None])
        if live != self.live:
            was, self.live = self.live, live
            shift = -self.content_point(QPointF(0, 0))
            for one in (was, live):
                if one is not None:
                    self.viewport().update(live_area(self._paragraphs, one).translated(shift).toAlignedRect())

    def is_handle(self, position: QPointF) -> bool:
        """Whether a place of the viewport is on the handle."""
        if self.handle is None or not self._is_near(self.handle[0]):
            return False
        at = handle_of(self._paragraphs, *self.handle[:2])
        return at is not None and (at - self.content_point(position)).manhattanLength() <= HANDLE + 3

    def arc_at(self, position: QPointF) -> str:
        """Return the uid of the arc whose badge is at a place of the viewport, "" if there is none."""
        return self._arcs.at(self._paragraphs, self.content_point(position))

    def visible_range(self) -> tuple[int, int]:
        """Return where the first line in view begins, and where the last one ends."""
        top = self.verticalScrollBar().value() - _TOP
        first, last = self._visible_blocks()
        lines, above = self._paragraphs.block(first).lines, top - self._paragraphs.top(first)
        start = next((line.start for line in lines if line.top + line.text_height / 2 >= above), lines[-1].end)
        lines, above = self._paragraphs.block(last).lines, top + self.viewport().height() - self._paragraphs.top(last)
        end = next((line.end for line in reversed(lines) if line.top + line.text_height / 2 <= above), lines[0].start)
        return start, end

    def arcs_in_view(self) -> list[Arc]:
        """Return the arcs that are drawn with an end in a paragraph in view, each once."""
        return self._arcs.in_view(self._seen())

    def arcs_past_view(self) -> Sequence[Arc]:
        """Return the arcs that are drawn and run past the paragraphs in view, from above to below."""
        return self._arcs.past(self._seen())

    def _seen(self) -> SeenBlocks:
        return SeenBlocks(self._paragraphs, *self._visible_blocks())

    def set_look(self, tones: Tones, style: Style, background: str) -> None:
        """Use other colours and fonts; the place in the text stays."""
        self._tones, self._background = tones, background
        if style != self._style:
            self._style = style
            self._lay_out_again()
            self.text_shown.emit()
        self.viewport().update()

    def set_view(self, view: ViewState, *, scroll: bool = True) -> None:
        """Put caret and selection somewhere, in whole grapheme clusters, and tell about it."""
        length = len(self.text)
        caret, anchor = (max(0, min(length, at)) for at in (view.caret, view.anchor))
        caret = motions.snap_to_graphemes(self.text, caret, caret)[1] if caret else 0
        anchor = motions.snap_to_graphemes(self.text, anchor, anchor)[0] if anchor else 0
        before, self._view = self._view, view._replace(caret=caret, anchor=anchor)
        if before == self._view:
            return
        if scroll and caret != before.caret:
            self.scroll_to(caret)
        self._update_ranges([before.selection, self._view.selection])
        self._tell_moved(before)
        self.view_changed.emit(self._view)

    def _tell_text(self, before: str) -> None:
        """Another text is shown; for whoever tells people so."""

    def _tell_moved(self, before: ViewState) -> None:
        """Caret or selection changed; for whoever tells people so."""

    def choose(self, owner: str) -> None:
        """Outline the highlights of an annotation; none for ""."""
        if owner != self._view.chosen:
            self._update_owners(owner, self._view.chosen)
            self._view = self._view._replace(chosen=owner)

    def select(self, start: int, end: int) -> None:
        """Select a range and bring it into view."""
        self.set_view(self._view._replace(anchor=start, caret=end, x=None), scroll=False)
        self.scroll_to(end)
        self.scroll_to(start)

    def scroll_to(self, offset: int) -> None:
        """Bring a place into view, with some text around it."""
        bar, height = self.verticalScrollBar(), self.viewport().height()
        margin = min(60.0, height / 5)
        for _ in range(_TRIES):
            rect = self._paragraphs.caret_rect(offset)
            over = min(max(margin, self._paragraphs.room_over(offset) + _TOP), height / 2)
            top, bottom = floor(rect.top() + _TOP - over), ceil(rect.bottom() + _TOP + margin)
            before = bar.value()
            if before <= top and bottom <= before + height:
                return
            self.update_scroll_bar()
            bar.setValue(top if top < before else bottom - height)
            # What came into view was laid out by this, and the place may have moved.
            self._visible_blocks()
            if bar.value() == before:
                return

    # -- geometry ------------------------------------------------------------------------------------------------------

    def width_of(self, letters: int) -> int:
        """Return how wide the canvas must be for so many letters of English on a line."""
        metrics = QFontMetricsF(self._style.font)
        each = metrics.horizontalAdvance(_ENGLISH) / len(_ENGLISH)
        return ceil(each * letters) + _LEFT + _RIGHT + self.verticalScrollBar().sizeHint().width()

    def _text_width(self) -> float:
        return float(max(120, min(_WIDEST, self.viewport().width() - _LEFT - _RIGHT)))

    def _content_height(self) -> int:
        return int(self._paragraphs.height) + _TOP + _BOTTOM

    def update_scroll_bar(self) -> None:
        """Give the scroll bar the height of the text, as far as it is known."""
        bar = self.verticalScrollBar()
        height = self.viewport().height()
        bar.setPageStep(height)
        bar.setSingleStep(max(10, int(QFontMetricsF(self._style.font).height() * 1.5)))
        bar.setRange(0, max(0, self._content_height() - height))

    def _lay_out_again(self) -> None:
        """Lay out for another width or font, and keep the text that was at the top there."""
        bar = self.verticalScrollBar()
        place, value = self._top_place
        # While only the size changes, the place at the top is the one it was, not the start of what is its line now.
        top = place if value == bar.value() else self._paragraphs.place_at(0, float(bar.value()))
        source = self._paragraphs.source
        self._paragraphs = TextLayout(self.text, width=self._text_width(), style=self._style)
        self._paragraphs.source, self._paragraphs.arcs = source, self.arc_source
        self._paragraphs.all_arcs = self._arcs.shown.all
        for _ in range(_TRIES):
            self.update_scroll_bar()
            bar.setValue(ceil(self._paragraphs.caret_rect(top).top() - self._paragraphs.room_over(top)))
            self._visible_blocks()
        self._top_place = (top, bar.value())

    def _visible_blocks(self) -> tuple[int, int]:
        top = self.verticalScrollBar().value() - _TOP
        return self._paragraphs.blocks_between(top, top + self.viewport().height())

    def content_point(self, point: QPointF) -> QPointF:
        """Return a place of the viewport in content pixels."""
        return point - QPointF(_LEFT, _TOP - self.verticalScrollBar().value())

    def viewport_rects(self, start: int, end: int) -> list[QRectF]:
        """Return where a range is drawn, in the viewport's pixels."""
        shift = QPointF(_LEFT, _TOP - self.verticalScrollBar().value())
        return [rect.translated(shift) for rect in self._paragraphs.rects(start, end)]

    def shows(self, offset: int, height: int) -> bool:
        """Tell whether a place is in view, where that is so high."""
        return any(rect.top() >= 0 and rect.bottom() <= height for rect in self.viewport_rects(offset, offset))

    def _update_ranges(self, ranges: list[tuple[int, int]]) -> None:
        (first, last), at = self._visible_blocks(), self._paragraphs.blocks.at
        for low, high in ranges:
            for number in range(max(first, at(low)), min(last, at(high)) + 1):
                self._update_lines(number, self._paragraphs.block(number).lines_between(low, high))

    def _update_owners(self, *owners: str) -> None:
        first, last = self._visible_blocks()
        for number in range(first, last + 1):
            for owner in filter(None, owners):
                self._update_lines(number, self._paragraphs.block(number).lines_of(owner))

    def _update_arcs(self, changes: Sequence[Changed]) -> None:
        """Have painted again what of arcs doesn't belong to lines: in the margin, and of one that is being made."""
        is_moved = any(changed.grown for changed in changes)  # then an arc may come in or go out, and it runs all along
        is_other = self._arcs.shown.any and (self._arcs.follow(self._seen(), changes) or is_moved)
        if self.live is not None and is_moved:
            self.viewport().update()
        elif is_other:
            self.viewport().update(self._margin())

    def _update_lines(self, number: int, lines: Sequence[int]) -> None:
        """Have lines of a block painted again, from the first one to the last."""
        if lines:
            top, within = self._top_of(number), self._paragraphs.block(number).lines
            first, last = within[lines[0]], within[lines[-1]]
            self._update_between(top + first.above, top + last.bottom)

    def _update_from(self, number: int, line: int) -> None:
        """Have everything painted again from a line of a block on."""
        top = self._top_of(number) + self._paragraphs.block(number).lines[line].above
        self._update_between(top, max(top, float(self.viewport().height())))

    def _top_of(self, number: int) -> float:
        return self._paragraphs.top(number) + _TOP - self.verticalScrollBar().value()

    def _update_between(self, top: float, bottom: float) -> None:
        high = floor(top)
        self.viewport().update(QRect(0, high, self.viewport().width(), ceil(bottom) - high))

    # -- Qt events -----------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        self._is_opening = False
        shift = self.verticalScrollBar().value() - _TOP
        rect = event.rect()
        self._paragraphs.blocks_between(rect.top() + shift, rect.bottom() + 1 + shift)
        if max(0, self._content_height() - self.viewport().height()) != self.verticalScrollBar().maximum():
            # Heights are known better now; changing the range inside of painting would paint again in the midst of it.
            QTimer.singleShot(0, self, self.update_scroll_bar)
        painter = QPainter(self.viewport())
        for area in _areas(event.region()):
            painter.resetTransform()
            painter.setClipRect(area)  # what is painted of a line reaches beyond
            self._paint_area(painter, area)
        painter.end()

    def _paint_area(self, painter: QPainter, area: QRect) -> None:
        shift = self.verticalScrollBar().value() - _TOP
        top, bottom = area.top() + shift, area.bottom() + 1 + shift
        first, last = self._paragraphs.blocks_between(top, bottom)
        painter.fillRect(area, self._background)
        painter.translate(_LEFT, -shift)
        context = PaintContext(
            layout=self._paragraphs,
            top=top,
            bottom=bottom,
            view=self._view,
            tones=self._tones,
            background=self._background,
            first=first,
            last=last,
            focused=self.hasFocus(),
            guides=self.guides,
        )
        paint(painter, context, margin=self._margin().contains(area))
        self._paint_relations(painter, area)

    def _is_near(self, offset: int) -> bool:
        first, last = self._visible_blocks()
        return first <= self._paragraphs.blocks.at(offset) <= last

    def _paint_relations(self, painter: QPainter, area: QRect) -> None:
        if self._arcs.shown.any:
            top = float(self.verticalScrollBar().value() - _TOP)
            view = top, top + self.viewport().height()
            part = area.top() + top, area.bottom() + 1 + top
            self._arcs.paint(painter, self._seen(), self._background, view, part)
        if self.handle is not None and self._is_near(self.handle[0]):
            at = handle_of(self._paragraphs, *self.handle[:2])
            if at is not None:
                paint_handle(painter, at, self.handle[2], self._background)
        if self.live is not None:
            paint_live(painter, self._paragraphs, self.live, self._background)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if abs(self._text_width() - self._paragraphs.width) >= 1:
            self._lay_out_again()
        else:
            was_seen = self.shows(self._view.caret, event.oldSize().height())
            self.update_scroll_bar()
            if was_seen and not self.shows(self._view.caret, event.size().height()):
                self.scroll_to(self._view.caret)  # something came below the text, and would hide it
        if self._is_opening:
            self.scroll_to(self._view.caret)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        if dy > 0:
            self._settle_above(dy)
        self.viewport().update()

    def _settle_above(self, dy: int) -> None:
        """Lay out what comes in at the top, and make up for wrong estimates, so that the text below stands still."""
        bar = self.verticalScrollBar()
        shift = self._paragraphs.settle(bar.value() - _TOP, min(bar.value() + dy, bar.value() + 4000) - _TOP)
        if shift:
            target = bar.value() + shift  # a shorter range may move the bar by itself, which mustn't count twice
            self.update_scroll_bar()
            bar.setSliderPosition(target)

    def focusInEvent(self, event: QEvent) -> None:
        self.viewport().update()

    focusOutEvent = focusInEvent

    def place_of(self, position: QPointF, *, to_end: bool = False) -> int:
        """Return the caret place nearest to a place of the viewport; `to_end` as in a block's `offset_at`."""
        point = self.content_point(position)
        at = self._paragraphs.place_at(point.x(), point.y(), to_end=to_end)
        return motions.snap_to_graphemes(self.text, at, at)[0]

    def hover(self, owner: str) -> None:
        """Outline the highlight under the pointer; none for ""."""
        if owner != self._view.hovered:
            self._update_owners(owner, self._view.hovered)
            self._view = self._view._replace(hovered=owner)

    # -- caret ---------------------------------------------------------------------------------------------------------

    def move_caret(self, motion: str, *, extend: bool) -> None:
        """Do a motion of `motions.MOTIONS`; with `extend` the selection's other end stays."""
        lines = max(1, int(self.viewport().height() / (QFontMetricsF(self._style.font).height() * 2.4)) - 1)
        self.set_view(motions.moved(self._view, motion, self._paragraphs, lines=lines, extend=extend))


def _areas(region: QRegion) -> list[QRect]:
    """Return the rectangles that are painted one by one; all as one where they are many."""
    found = list(region)  # pyright: ignore[reportUnknownVariableType, reportArgumentType]
    return found if len(found) <= _MOST_AREAS else [region.boundingRect()]
