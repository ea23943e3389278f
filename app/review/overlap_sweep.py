"""Connected components by overlap, found in one pass over the text: each as soon as nothing can be added to it."""

from heapq import heappop, heappush

from app.core.annotation import Annotation
from app.review.matches import ANCHOR_REACH

Member = tuple[str, Annotation]
"""An annotator's name, and an annotation of theirs."""

_END = 2**62  # greater than any offset


class _Component:
    """Annotations that are known to belong together; `to_come` of their fragments haven't been passed yet."""

    __slots__ = ("into", "members", "to_come")

    def __init__(self, members: list[Member], to_come: int = 0) -> None:
        self.members = members
        self.to_come = to_come
        self.into: _Component | None = None  # what it was merged into

    def root(self) -> "_Component":
        """Return the component that this one is a part of by now."""
        found = self
        while found.into is not None:
            found = found.into
        if found is not self:
            self.into = found
        return found


class _Runs:
    """Fragments of one kind in the order of their starts; those that overlap in a row are a run.

    Fragments connect if they share a code point or, with a reach, if no more than that many are between them.
    """

    def __init__(self, reach: int) -> None:
        self._reach = reach
        self._open: _Component | None = None  # what the last run belongs to, while it can grow
        self._furthest = -1
        self._ahead: list[tuple[int, int, int, _Component]] = []  # fragments behind the place that was reached
        self._count = 0
        self.closed: list[list[Member]] = []

    def add(self, member: Member, fragments: list[tuple[int, int]], start: int) -> None:
        """Take an annotation that begins at `start`, which no later one precedes."""
        if self._ahead:
            self._pass(start)
        if len(fragments) == 1 and fragments[0][0] == start:
            if self._open is not None and self._reaches(start):
                self._open = self._open.root()
                self._open.members.append(member)
                self._furthest = max(self._furthest, fragments[0][1])
            else:
                self._begin(_Component([member]), fragments[0][1])
            return
        component = _Component([member], len(fragments))
        for first, end in fragments:
            self._count += 1  # two fragments at one place are told apart by it
            heappush(self._ahead, (first, end, self._count, component))

    def advance(self, place: int) -> None:
        """Close what nothing that begins at a place, or after it, can be added to."""
        self._pass(place)
        if self._open is not None and not self._reaches(place):
            self._end()

    def _reaches(self, start: int) -> bool:
        return start < self._furthest or (self._reach > 0 and start <= self._furthest + self._reach)

    def _pass(self, place: int) -> None:
        while self._ahead and self._ahead[0][0] < place:
            start, end, _, component = heappop(self._ahead)
            component = component.root()
            if self._open is not None and self._reaches(start):
                self._open = component = _merged(self._open.root(), component)
                self._furthest = max(self._furthest, end)
            else:
                self._begin(component, end)
            component.to_come -= 1  # only now: the run that has just ended may have been of the same component

    def _begin(self, component: _Component, end: int) -> None:
        if self._open is not None:
            self._end()
        self._open, self._furthest = component, end

    def _end(self) -> None:
        assert self._open is not None
        component, self._open = self._open.root(), None
        if not component.to_come:
            self.closed.append(component.members)


def _merged(one: _Component, other: _Component) -> _Component:
    if one is other:
        return one
    if len(one.members) < len(other.members):
        one, other = other, one
    one.members.extend(other.members)
    one.to_come += other.to_come
    other.into = one
    return one


class OverlapSweep:
    """The components of one layer's annotations. Zero-width annotations only connect to close ones."""

    def __init__(self) -> None:
        self._ranges, self._anchors = _Runs(0), _Runs(ANCHOR_REACH)

    def add(self, name: str, annotation: Annotation) -> None:
        """Take an annotation; none may begin before one that was taken earlier."""
        fragments = annotation.fragments
        first = fragments[0]
        if len(fragments) == 1:
            runs = self._ranges if first.start < first.end else self._anchors
            runs.add((name, annotation), [(first.start, first.end)], first.start)
            return
        is_anchor = annotation.is_anchor
        parts = [(part.start, part.end) for part in fragments if is_anchor or part.start < part.end]
        (self._anchors if is_anchor else self._ranges).add((name, annotation), parts, first.start)

    def closed(self, before: int | None) -> list[list[Member]]:
        """Return the components that no annotation that begins at `before` or later can belong to; all for None."""
        found: list[list[Member]] = []
        for runs in (self._ranges, self._anchors):
            runs.advance(_END if before is None else before)
            if runs.closed:
                found.extend(runs.closed)
                runs.closed = []
        return found
