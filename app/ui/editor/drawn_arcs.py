"""The arcs that a surface draws: which, where they run, and what looks different when others are drawn."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from app.ui.editor.arc_paint import GUTTER, ArcContext, paint_arcs
from app.ui.editor.arcs import Arc, ShownArcs
from app.ui.editor.gutter_lanes import GutterLanes
from app.ui.editor.layout import Changed, TextLayout

_OVER, _UNDER = 2.0, 2.0  # pixels that lines and dots reach over their lane and under the top of the words


class SeenBlocks(NamedTuple):
    """The blocks in view of a layout, the first and the last one."""

    layout: TextLayout
    first: int
    last: int

    @property
    def start(self) -> int:
        """Where the first block begins."""
        return self.layout.blocks.starts[self.first]

    @property
    def until(self) -> int:
        """Where the block behind the last one begins, or the text ends."""
        blocks = self.layout.blocks
        return blocks.starts[self.last + 1] if blocks.has(self.last + 1) else len(self.layout.text) + 1


class ArcDifference(NamedTuple):
    """What looks different: bands of lines, from height to height in content pixels, and whether the margin does."""

    bands: Sequence[tuple[float, float]]
    margin: bool


class DrawnArcs:
    """Knows which arcs are drawn over a text, and gives them their places in the margin."""

    def __init__(self) -> None:
        self.shown = ShownArcs()
        self._gutter = GutterLanes(len(GUTTER))
        self._past: tuple[object, Sequence[Arc]] = (None, ())

    def begin(self) -> None:
        """Begin with another text."""
        self.shown = self.shown._replace(uids=frozenset())
        self.forget()

    def show(self, shown: ShownArcs) -> ShownArcs:
        """Draw other arcs; return which were drawn before."""
        was, self.shown = self.shown, shown
        if was.all is not shown.all:
            self._gutter = GutterLanes(len(GUTTER))
        elif not shown.all:
            self._gutter.keep(shown.uids)
        return was

    def in_view(self, seen: SeenBlocks) -> list[Arc]:
        """Return the arcs that are drawn with an end in a block in view, each once."""
        if not self.shown.any:
            return []
        blocks = (seen.layout.block(number) for number in range(seen.first, seen.last + 1))
        pieces = (item.piece for block in blocks for item in block.pieces(self.shown))
        return list({arc.uid: arc for piece in pieces for arc in piece.arcs}.values())

    def past(self, seen: SeenBlocks) -> Sequence[Arc]:
        """Return the arcs that are drawn and run past the blocks in view, from above to below."""
        if not self.shown.any:
            return ()
        key = (seen.start, seen.until, self.shown.key)
        if self._past[0] != key:  # the next frame asks for the same again
            self._past = (key, seen.layout.arcs.arcs_past(seen.start, seen.until, self.shown))
        return self._past[1]

    def at(self, layout: TextLayout, point: QPointF) -> str:
        """Return the uid of the arc whose badge is at a place, in content pixels; "" if there is none."""
        if not self.shown.any:
            return ""
        number = layout.block_at(point.y())
        within = point - QPointF(0, layout.top(number))
        pieces = layout.block(number).pieces(self.shown)
        return next((item.piece.arcs[0].uid for item in pieces if item.badge.contains(within)), "")

    def difference(self, seen: SeenBlocks, was: ShownArcs) -> ArcDifference:
        """Return what looks different of the blocks in view than while `was` was shown, both or neither of them all."""
        changed = was.uids ^ self.shown.uids
        bands: list[tuple[float, float]] = []
        margin = any(arc.uid in changed for arc in self.past(seen))
        if not self.shown.all and not margin:
            margin = bool(was.any and seen.layout.arcs.arcs_past(seen.start, seen.until, was))
        for number in range(seen.first, seen.last + 1):
            block, top = seen.layout.block(number), seen.layout.top(number)
            before, after = block.pieces(was), block.pieces(self.shown)
            odd = [item for item in after if any(arc.uid in changed for arc in item.piece.arcs)]
            if before is not after:
                odd += [item for item in before if item not in after]
                odd += [item for item in after if item not in before]
            for item in odd:
                high = min(item.y, item.badge.top()) - _OVER
                bands.append((top + high, top + item.foot + _UNDER))
                margin = margin or item.piece.other is None
        return ArcDifference(bands, margin)

    def follow(self, seen: SeenBlocks, changes: Sequence[Changed]) -> bool:
        """Hear that blocks have changed, or what runs past them; return whether the margin looks different."""
        arcs = [arc for one in changes for arc in one.arcs]
        self._gutter.forget([arc.uid for arc in arcs])
        was, self._past = self._past[1], (None, ())
        now = self.past(seen)
        if was != now:
            self._gutter.forget([arc.uid for arc in was if arc not in now])
        return self.shown.any and (was != now or any(map(self.shown.has, arcs)))

    def forget(self) -> None:
        """Hear that any arc may be another one now: all get their places in the margin anew."""
        self._gutter = GutterLanes(len(GUTTER))
        self._past = (None, ())

    def paint(
        self, painter: QPainter, seen: SeenBlocks, background: str, view: tuple[float, float], area: tuple[float, float]
    ) -> None:
        """Paint the arcs of the blocks in view, which lie between two heights, as far as they lie in an area; all in
        content pixels.
        """
        if self.shown.any:
            paint_arcs(
                painter,
                ArcContext(
                    layout=seen.layout,
                    background=background,
                    shown=self.shown,
                    gutter=self._gutter,
                    past=self.past(seen),
                    first=seen.first,
                    last=seen.last,
                    top=view[0],
                    bottom=view[1],
                    high=area[0],
                    low=area[1],
                ),
            )
