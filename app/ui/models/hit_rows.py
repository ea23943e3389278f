"""Which hits stand in which rows: all as they were found, those of one group, or group by group."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

from app.services.search.hit_pile import HitGroup


class HitRows:
    """Rows and hits by number. Nothing is sorted but the groups, the largest first."""

    def __init__(self, count: int, groups: Iterable[HitGroup] | None = None) -> None:
        """Show so many hits as they were found; or those of groups, group by group."""
        self._groups = None if groups is None else sorted(groups, key=_largest_first)
        # The groups may grow meanwhile in another thread; what is shown is what there was.
        self._sizes = sizes = [len(group.hits) for group in self._groups or ()]
        self._ends = list(accumulate(sizes))
        self.count = count if self._groups is None else sum(sizes)

    @property
    def is_plain(self) -> bool:
        """Whether row and number of a hit are the same."""
        return self._groups is None

    def at(self, row: int) -> int:
        """Return the number of the hit in a row."""
        if self._groups is None:
            return row
        place = bisect_right(self._ends, row)
        return self._groups[place].hits[row - (self._ends[place - 1] if place else 0)]

    def row_of(self, at: int) -> int | None:
        """Return the row in which a hit stands, None if it isn't shown."""
        if self._groups is None:
            return at if at < self.count else None
        for end, size, (_, hits) in zip(self._ends, self._sizes, self._groups, strict=True):
            place = bisect_left(hits, at, 0, size)
            if place < size and hits[place] == at:
                return end - size + place
        return None

    def numbers(self) -> Sequence[int]:
        """Return the numbers of the hits that are shown, in the order in which they were found."""
        if self._groups is None:
            return range(self.count)
        if len(self._groups) == 1:
            return self._groups[0].hits[: self.count]
        return sorted(at for size, group in zip(self._sizes, self._groups, strict=True) for at in group.hits[:size])


def _largest_first(group: HitGroup) -> tuple[int, str]:
    return (-len(group.hits), group.name)
