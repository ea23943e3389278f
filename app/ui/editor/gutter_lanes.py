"""The places of arcs in the margin, side by side. Pure arithmetic, no Qt."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator

from app.ui.editor.arcs import Arc

_Kin = frozenset[tuple[str, ...]]


class _Run:
    """What runs along a stretch of text in one lane: an arc, or several that can't be mistaken for others."""

    def __init__(self, arc: Arc, kin: _Kin) -> None:
        self.low, self.high = arc.hull
        self.arcs = {arc.uid: arc}
        self.kin = kin

    def meets(self, low: int, high: int) -> bool:
        return low < self.high and high > self.low


class GutterLanes:
    """Gives arcs their places in the margin. None moves while one scrolls, or while others come and go.

    Arcs that go out from one mark, or lead to one, and are of one type have one lane together, as the branches of a
    tree; so have the links of a chain that meet. Others run side by side, and in the last lane run all that no lane is
    left for.
    """

    def __init__(self, count: int) -> None:
        """Begin with so many lanes, counted from 0, without arcs."""
        self._lanes: list[list[_Run]] = [[] for _ in range(count - 1)]  # in order of the text, and apart
        self._at: dict[str, int] = {}

    def lane(self, arc: Arc) -> int:
        """Return an arc's lane, the lowest in which it can run; that of an arc that was asked for stays the same."""
        known = self._at.get(arc.uid)
        if known is None:
            free = (at for at, runs in enumerate(self._lanes) if _takes(runs, arc))
            known = self._at[arc.uid] = next(free, len(self._lanes))
        return known

    def is_crowd(self, lane: int) -> bool:
        """Whether a lane is the one in which arcs run over each other."""
        return lane == len(self._lanes)

    def forget(self, uids: Iterable[str]) -> None:
        """Give the places of arcs (uids) to others."""
        for uid in uids:
            at = self._at.pop(uid, len(self._lanes))
            if at < len(self._lanes):
                run = next(run for run in self._lanes[at] if uid in run.arcs)
                self._lanes[at].remove(run)
                del run.arcs[uid]
                for other in run.arcs.values():
                    if not _takes(self._lanes[at], other):  # only the one that is gone joined it with the others
                        del self._at[other.uid]

    def keep(self, uids: frozenset[str]) -> None:
        """Forget all arcs but some (uids)."""
        self.forget([uid for uid in self._at if uid not in uids])


def _takes(runs: list[_Run], arc: Arc) -> bool:
    """Put an arc into a lane, if it can run there."""
    low, high = arc.hull
    kin = _kin(arc)
    first = bisect_left(runs, low, key=_high)
    met = list(_meeting(runs, first, low, high))
    if arc.chain:
        if not all(run.kin & kin for run in met):
            return False
        kin = kin.union(*(run.kin for run in met))
    elif met:
        kin = kin.intersection(*(run.kin for run in met))
        if not kin:
            return False
    own = _Run(arc, kin)
    for run in met:
        own.low, own.high = min(own.low, run.low), max(own.high, run.high)
        own.arcs |= run.arcs
    at = runs.index(met[0]) if met else bisect_left(runs, low, key=_low)
    runs[at : at + len(met)] = [own]
    return True


def _meeting(runs: list[_Run], first: int, low: int, high: int) -> Iterator[_Run]:
    for at in range(first, len(runs)):
        if runs[at].low >= high:
            return
        if runs[at].meets(low, high):
            yield runs[at]


def _kin(arc: Arc) -> _Kin:
    """Return what an arc must have in common with others to share their line. The line of relations without direction
    wouldn't tell which marks belong together.
    """
    source, target = arc.owners
    if arc.chain:
        return frozenset({("chain", arc.badge, arc.color, source), ("chain", arc.badge, arc.color, target)})
    if not arc.head:
        return frozenset()
    return frozenset({("from", arc.badge, arc.color, source), ("to", arc.badge, arc.color, target)})


def _low(run: _Run) -> int:
    return run.low


def _high(run: _Run) -> int:
    return run.high
