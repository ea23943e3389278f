"""Places for marks that would cover each other. Pure arithmetic, no Qt.

Both functions serve the oldest first and never move one that has a place, so adding a mark doesn't make others jump.
"""

from collections.abc import Sequence

from app.ui.editor.marks import LANE, Mark


def text_lanes(marks: Sequence[Mark]) -> dict[str, int]:
    """Give each mark the lowest lane in which no older mark shares a character with it; marks come oldest first."""
    lanes: dict[str, int] = {}
    taken: list[list[tuple[int, int]]] = []
    for mark in marks:
        if mark.style == LANE:
            lanes[mark.uid] = mark.lane
            continue
        spans = [(f.start, max(f.end, f.start + 1)) for f in mark.fragments]
        lane = next((at for at, others in enumerate(taken) if not _meet(spans, others)), len(taken))
        if lane == len(taken):
            taken.append([])
        taken[lane].extend(spans)
        lanes[mark.uid] = lane
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
