"""The ends of the chosen highlight, which the mouse can take and drag."""

import unicodedata
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF

from app.core.units import TextUnits
from app.ui.editor.highlights import EVIDENCE, LANE, SUGGESTION
from app.ui.editor.layout import TextLayout
from app.ui.editor.motions import next_grapheme, previous_grapheme

_REACH = 4.0  # pixels beside an end that belong to it


class Edge(NamedTuple):
    """One end of a fragment of the chosen highlight; `fixed` is the fragment's other end, which stays."""

    owner: str
    number: int
    is_end: bool
    fixed: int

    def dragged_to(self, text: str, place: int, unit: str, units: TextUnits) -> tuple[int, int]:
        """Return what the fragment would cover, its dragged end grown to whole units; empty at its other end."""
        if (place > self.fixed) is not self.is_end or place == self.fixed:
            start, end = min(place, self.fixed), max(place, self.fixed)
            return (start, end) if unit == "character" else units.snap(text, start, end, unit=unit)
        if self.is_end:
            return (self.fixed, max(self.fixed, units.snap(text, self.fixed, place, unit=unit)[1]))
        return (min(self.fixed, units.snap(text, place, self.fixed, unit=unit)[0]), self.fixed)


class EdgeDrag(NamedTuple):
    """A fragment of an annotation whose end was dragged, and the range it should cover now."""

    owner: str
    number: int
    span: tuple[int, int]


def edge_at(layout: TextLayout, chosen: str, point: QPointF) -> Edge | None:
    """Return the end of the chosen highlight at a point of the content, the nearer of two; None if there is none."""
    if not chosen:
        return None
    block = layout.block(layout.block_at(point.y()))
    found: list[tuple[float, Edge]] = []
    for highlight in block.highlights:
        if highlight.owner != chosen or highlight.style in (EVIDENCE, LANE, SUGGESTION):
            continue
        for number, fragment in enumerate(highlight.fragments):
            if fragment.start == fragment.end:
                continue
            for is_end in (False, True):
                place = fragment.end if is_end else fragment.start
                away = _away(layout, point, place, is_end=is_end) if block.start <= place <= block.end else None
                if away is not None:
                    fixed = fragment.start if is_end else fragment.end
                    found.append((away, Edge(highlight.owner, number, is_end, fixed)))
    return min(found, default=(0.0, None))[1]


def _away(layout: TextLayout, point: QPointF, place: int, *, is_end: bool) -> float | None:
    """Return how far a point is from an end, in pixels; None if too far."""
    x, rect = _drawn_end(layout, place, is_end=is_end)
    if not rect.top() <= point.y() <= rect.bottom() or abs(point.x() - x) > _REACH:
        return None
    return abs(point.x() - x)


def _drawn_end(layout: TextLayout, place: int, *, is_end: bool) -> tuple[float, QRectF]:
    """Return where an end is drawn, and the line it is in: at its own character, for the next may be a line below."""
    text = layout.text
    low, high = (previous_grapheme(text, place), place) if is_end else (place, next_grapheme(text, place))
    rects = layout.rects(low, high)
    if not rects:
        rect = layout.caret_rect(place)
        return rect.center().x(), rect
    rect = rects[-1] if is_end else rects[0]
    leftward = unicodedata.bidirectional(text[low]) in ("R", "AL")
    return (rect.right() if is_end is not leftward else rect.left()), rect
