"""Places for highlights that would cover each other. Pure arithmetic, no Qt.

Both functions serve the oldest first and never move one that has a place, so that adding a highlight doesn't make
others jump.
"""

from collections.abc import Sequence

from app.core.scheme import Drawing
from app.ui.editor.highlights import EVIDENCE, LANE, SUGGESTION, Highlight

LANE_STEP = 5.0  # pixels from one line under the words to the next
_MOST_LANES = 4
_WAVE = 2.3  # how far a wave swings
_UNDER = (Drawing.WAVE, Drawing.DASH, EVIDENCE, SUGGESTION)


def lanes_of(highlights: Sequence[Highlight]) -> dict[str, int]:
    """Give each highlight a lane, oldest first. Lines under the words, brackets over them and fills behind them don't
    get in each other's way.
    """
    lanes: dict[str, int] = {}
    for kind in (0, 1, 2):
        lanes |= text_lanes([highlight for highlight in highlights if _kind(highlight) == kind])
    return lanes


def _kind(highlight: Highlight) -> int:
    return 0 if highlight.style in _UNDER else 1 if highlight.style == Drawing.BRACKET else 2


def drop(lane: int) -> float:
    """Return how far below the first line under the words another lane's line is drawn."""
    return LANE_STEP * min(lane, _MOST_LANES)


def depth(highlights: Sequence[Highlight], lanes: dict[str, int], slack: float) -> float:
    """Return how far the lines under the words reach into what is below. `slack` is the room between the first lane
    and there, which is enough for that one: the first highlight of a line must not push the text down.
    """
    lowest = max((lanes[highlight.uid] for highlight in highlights if highlight.style in _UNDER), default=0)
    return max(0.0, drop(lowest) + _WAVE - slack) if lowest else 0.0


def text_lanes(highlights: Sequence[Highlight]) -> dict[str, int]:
    """Give each highlight the lowest lane in which no older one shares a character with it; they come oldest first."""
    lanes: dict[str, int] = {}
    taken: list[list[tuple[int, int]]] = []
    for highlight in highlights:
        if highlight.style == LANE:
            lanes[highlight.uid] = highlight.lane
            continue
        spans = [(f.start, max(f.end, f.start + 1)) for f in highlight.fragments]
        lane = next((at for at, others in enumerate(taken) if not _meet(spans, others)), len(taken))
        if lane == len(taken):
            taken.append([])
        taken[lane].extend(spans)
        lanes[highlight.uid] = lane
    return lanes


def _meet(spans: list[tuple[int, int]], others: list[tuple[int, int]]) -> bool:
    return any(start < high and end > low for start, end in spans for low, high in others)


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
