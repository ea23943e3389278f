"""Highlights over a text in feedback: the annotator's in the upper lane, gold in the lower one."""

from collections.abc import Iterable

from app.core.intervals import Interval, IntervalIndex
from app.review.feedback import Verdict
from app.ui.editor.highlights import LANE, Highlight
from app.ui.review.letters import LANE_COLORS
from app.ui.theme import GOLD_COLOR

MINE_COLOR = LANE_COLORS[1]  # orange: of all lane colours the easiest to tell from gold's green
LANES = 2


class FeedbackHighlights:
    """Two lanes of highlights, owned by the number of their verdict."""

    def __init__(self, verdicts: Iterable[Verdict]) -> None:
        self._highlights: dict[str, Highlight] = {}
        for number, verdict in enumerate(verdicts):
            for lane, (found, color) in enumerate(((verdict.annotation, MINE_COLOR), (verdict.gold, GOLD_COLOR))):
                if found is not None:
                    uid = f"{number}/{lane}"
                    self._highlights[uid] = Highlight(uid, str(number), found.fragments, LANE, color, lane=lane)
        self._index = IntervalIndex(
            Interval(part.start, part.end, highlight.uid)
            for highlight in self._highlights.values()
            for part in highlight.fragments
        )

    def highlights_in(self, start: int, end: int) -> list[Highlight]:
        """Return the highlights of the range, in the order of the verdicts."""
        uids = dict.fromkeys(hit.uid for hit in self._index.overlapping(start, end))
        return [self._highlights[uid] for uid in uids]
