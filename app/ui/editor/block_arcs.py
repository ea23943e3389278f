"""The arcs over the lines of one block: which of their ends are on which line, the room that these need, and where each
arc is drawn. Positions are in pixels of the block.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QRectF
from PySide6.QtGui import QTextLine

from app.ui.editor.arcs import Arc, ArcEnd, ArcLine, ArcPiece, MetEnd, ShownArcs, arc_line
from app.ui.editor.glyphs import GlyphLine, cursor_x
from app.ui.editor.set_text import SetText
from app.ui.editor.style import Style, badge_height, badge_width

_HEAD_ROOM = 5.0  # pixels between a line and the lowest arc over it, for the heads of arrows


class PlacedPiece(NamedTuple):
    """A piece of arcs over a line: at which height its lane is, and where the words are that it stands on. `badge` is
    where its label stands, without width if it has none.
    """

    piece: ArcPiece
    y: float
    foot: float
    badge: QRectF


class SetLines(NamedTuple):
    """A block's text as it is set: its lines, and where they begin in what is set. Marks that begin from `start` to
    `last`, which may be in the line end behind the text, begin in this block; `mixed` says that directions mix in it.
    """

    text: str
    start: int
    last: int
    set_text: SetText
    mixed: bool
    lines: Sequence[QTextLine]
    starts_u16: Sequence[int]

    def holds(self, at: int) -> bool:
        """Whether a mark that begins at a place begins in the block."""
        return self.start <= at <= self.last

    def reach(self, end: ArcEnd) -> tuple[int, float, float]:
        """Return on which line a mark begins, and from where to where it reaches there."""
        low = min(end.start - self.start, len(self.text))
        first_u16 = self.set_text.to_u16(low, behind=self.start + low < end.end)
        at = bisect_right(self.starts_u16, first_u16) - 1
        line = self.lines[at]
        x = cursor_x(line, first_u16)
        high = min(end.end - self.start, self.set_text.from_u16(line.textStart() + line.textLength()))
        if low >= high:
            return at, x - 1, x + 1
        if not self.mixed:
            other = cursor_x(line, self.set_text.to_u16(high))
            return at, min(x, other), max(x, other)
        spans = GlyphLine(self.text, self.set_text, line).spans(low, high)
        near = [(max(left - x, x - left - width, 0.0), left, left + width) for left, width in spans]
        _, left, right = min(near, default=(0.0, x - 1, x + 1))
        return at, left, right


class _Known(NamedTuple):
    """An arc, and its ends in the block with their lines."""

    arc: Arc
    ends: Sequence[tuple[int, MetEnd]]


class BlockArcs:
    """The arcs of a block. What was worked out for one is kept as long as neither it nor the text's setting changes."""

    def __init__(self, style: Style, *, width: float, mirrored: bool, all_at_once: bool) -> None:
        """Begin without arcs. `mirrored` ones use the margin on the right; lines have room for those of any one
        annotation, or for all `all_at_once`.
        """
        self._style = style
        self._width = width
        self._mirrored = mirrored
        self._all_at_once = all_at_once
        self._known: dict[str, _Known] = {}
        self._pieces: tuple[object, list[PlacedPiece]] = (None, [])

    def take(self, arcs: Sequence[Arc], lines: SetLines, *, anew: bool) -> tuple[dict[int, list[MetEnd]], list[Arc]]:
        """Take over other arcs. Return their ends in the block by line, and the arcs that come, go or change, each as
        it was and as it is. `anew` says that the text is set in another way than before.
        """
        before, self._known = self._known, {}
        found: dict[int, list[MetEnd]] = {}
        changed: list[Arc] = []
        for arc in arcs:
            known = before.get(arc.uid)
            if known is None or known.arc != arc:
                changed += [arc] if known is None else [known.arc, arc]
                known = None
            if known is None or anew:
                known = _Known(arc, self._met(arc, lines))
            self._known[arc.uid] = known
            for at, end in known.ends:
                found.setdefault(at, []).append(end)
        return found, [*changed, *(known.arc for uid, known in before.items() if uid not in self._known)]

    def _met(self, arc: Arc, lines: SetLines) -> list[tuple[int, MetEnd]]:
        badge = badge_width(arc.badge, self._style.badge_font.pixelSize()) + 1
        found: list[tuple[int, MetEnd]] = []
        for is_source, end in ((True, arc.source), (False, arc.target)):
            if lines.holds(end.start):
                at, left, right = lines.reach(end)
                found.append((at, MetEnd(arc, is_source, left, right, badge)))
        return found

    def over(self, ends: Sequence[MetEnd]) -> ArcLine | None:
        """Return what is over a line on which these ends are, None if there are none."""
        if not ends:
            return None
        return arc_line(ends, width=self._width, leftward=self._mirrored, all_at_once=self._all_at_once)

    def room(self, over: ArcLine | None) -> float:
        """Return how much higher a line is for what is over it."""
        return over.lanes * badge_height(self._style) + _HEAD_ROOM if over is not None else 0.0

    def forget_pieces(self) -> None:
        """Work out anew where arcs are drawn: lines have moved, or have other arcs."""
        self._pieces = (None, [])

    def pieces(self, shown: ShownArcs, lines: Iterable[tuple[float, ArcLine | None]]) -> list[PlacedPiece]:
        """Return what is drawn of the arcs that are shown, over lines whose words begin at these heights."""
        if self._pieces[0] != shown.key:  # the next frame asks for the same again
            self._pieces = (shown.key, [item for foot, over in lines if over for item in self._over(foot, over, shown)])
        return self._pieces[1]

    def _over(self, foot: float, over: ArcLine, shown: ShownArcs) -> list[PlacedPiece]:
        found: list[PlacedPiece] = []
        size, row_height = self._style.badge_font.pixelSize(), badge_height(self._style)
        for piece in over.pieces(shown.has):
            y = foot - _HEAD_ROOM - (piece.lane + 0.5) * row_height
            width = badge_width(piece.label, size) + 1 if piece.label else 0.0
            left = min(piece.label_left, over.width - width)
            found.append(PlacedPiece(piece, y, foot, QRectF(left, y - row_height / 2, width, row_height)))
        return found
