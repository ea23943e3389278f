"""Places for highlights that would cover each other. Pure arithmetic, no Qt.

Both functions serve the oldest first and never move one that has a place, so that adding a highlight doesn't make
others jump.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from app.core.scheme import Drawing
from app.ui.editor.highlights import EVIDENCE, LANE, SUGGESTION, Highlight

LANE_STEP = 5.0  # pixels from one line under the words to the next
_MOST_LANES = 4
_WAVE = 2.3  # how far a wave swings
_KINDS = {Drawing.WAVE: 0, Drawing.DASH: 0, EVIDENCE: 0, SUGGESTION: 0, Drawing.BRACKET: 1}  # any other is 2


def lanes_of(highlights: Sequence[Highlight]) -> dict[str, int]:
    """Give each highlight a lane, oldest first. Lines under the words, brackets over them and fills behind them don't
    get in each other's way.
    """
    kinds: tuple[list[Highlight], ...] = ([], [], [])
    for highlight in highlights:
        kinds[_KINDS.get(highlight.style, 2)].append(highlight)
    lanes: dict[str, int] = {}
    for kind in kinds:
        lanes |= text_lanes(kind)
    return lanes


def is_under(highlight: Highlight) -> bool:
    """Tell whether a highlight is a line under the words."""
    return _KINDS.get(highlight.style) == 0


def drop(lane: int) -> float:
    """Return how far below the first line under the words another lane's line is drawn."""
    return LANE_STEP * min(lane, _MOST_LANES)


def depth(lowest: int, slack: float) -> float:
    """Return how far the lines under the words reach into what is below; `lowest` is the deepest lane. `slack` is the
    room between the first lane and there, which is enough for that one: the first highlight of a line must not push the
    text down.
    """
    return max(0.0, drop(lowest) + _WAVE - slack) if lowest else 0.0


def text_lanes(highlights: Sequence[Highlight]) -> dict[str, int]:
    """Give each highlight the lowest lane in which no older one shares a character with it; they come oldest first."""
    lanes: dict[str, int] = {}
    taken: list[_Lane] = []
    for highlight in highlights:
        if highlight.style == LANE:
            lanes[highlight.uid] = highlight.lane
            continue
        spans = [(f.start, max(f.end, f.start + 1)) for f in highlight.fragments]
        lane = next((at for at, others in enumerate(taken) if not any(map(others.meets, spans))), len(taken))
        if lane == len(taken):
            taken.append(_Lane())
        taken[lane].take(spans)
        lanes[highlight.uid] = lane
    return lanes


class _Lane:
    """What is taken of a lane: ranges that don't meet, in order."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def meets(self, span: tuple[int, int]) -> bool:
        """Tell whether a range shares a character with one that is taken."""
        at = bisect_left(self._starts, span[1])
        return at > 0 and self._ends[at - 1] > span[0]

    def take(self, spans: Sequence[tuple[int, int]]) -> None:
        """Take ranges, which may meet each other."""
        for start, end in spans:
            low, high = bisect_right(self._ends, start), bisect_left(self._starts, end)
            if low < high:
                start, end = min(start, self._starts[low]), max(end, self._ends[high - 1])
            self._starts[low:high], self._ends[low:high] = [start], [end]


def badge_rows(widths: Sequence[tuple[float, float]], *, gap: float) -> list[int]:
    """Give each badge, as (left, width) in order of age, the lowest row in which it doesn't run into another one."""
    rows: list[list[tuple[float, float]]] = []
    places: list[int] = []
    for left, width in widths:
        right = left + width + gap
        row = next((at for at, taken in enumerate(rows) if all(right <= a or left >= b for a, b in taken)), len(rows))
        if row == len(rows):
            rows.append([])
        rows[row].append((left, right))
        places.append(row)
    return places
