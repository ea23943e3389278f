"""Arcs: relations as a canvas draws them, and the places that they get over a line of text. Pure arithmetic, no Qt.

An arc whose ends are in one line runs over that line; any other runs over the line of each end to the margin, and along
the margin from one to the other. So none crosses a word.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol

_GAP = 5.0  # pixels between two arcs in one lane
_INSIDE = 9.0  # pixels of line on each side of a badge that stands in its arc
_BESIDE = 5.0  # from the end of an arc to its badge, where that has no room in it
_LEAST = 16.0  # between the two feet of an arc, if the marks leave so much room
_MOST_LANES = 6


class ArcEnd(NamedTuple):
    """The mark (owner) at an end of an arc, and its first fragment, where the arc ends."""

    owner: str
    start: int
    end: int


class Arc(NamedTuple):
    """A relation as it is drawn: with an arrow `head` at its target, or without. Of a `chain` all are shown."""

    uid: str
    source: ArcEnd
    target: ArcEnd
    badge: str
    color: str
    head: bool
    chain: bool = False

    @property
    def owners(self) -> tuple[str, str]:
        """The marks at its ends."""
        return self.source.owner, self.target.owner

    @property
    def hull(self) -> tuple[int, int]:
        """Where its ends begin, the earlier first."""
        return min(self.source.start, self.target.start), max(self.source.start, self.target.start)


class ShownArcs(NamedTuple):
    """Which arcs are drawn: `all` of them, or those of `uids`, which stand out among all."""

    all: bool = False
    uids: frozenset[str] = frozenset()

    @property
    def any(self) -> bool:
        """Whether there may be anything to draw."""
        return self.all or bool(self.uids)

    @property
    def key(self) -> object:
        """What two of these have in common that draw the same arcs."""
        return self.all or self.uids

    def has(self, arc: Arc) -> bool:
        """Whether an arc is drawn."""
        return self.all or arc.uid in self.uids


class ArcSource(Protocol):
    """Where a canvas gets its arcs from."""

    def arcs_of(self, owner: str) -> Sequence[Arc]:
        """Return the arcs that begin or end at a mark, oldest first."""
        ...

    def arcs_past(self, start: int, end: int, shown: ShownArcs) -> Sequence[Arc]:
        """Return the arcs that are shown and run from before `start` to a mark that begins at `end` or behind it."""
        ...


class NoArcs:
    """A text without arcs."""

    def arcs_of(self, owner: str) -> Sequence[Arc]:  # noqa: ARG002  as the protocol has it
        """Return nothing."""
        return ()

    def arcs_past(self, start: int, end: int, shown: ShownArcs) -> Sequence[Arc]:  # noqa: ARG002  as the protocol has it
        """Return nothing."""
        return ()


class MetEnd(NamedTuple):
    """An end of an arc that is in a line: from where to where its mark reaches there, and how wide its badge is."""

    arc: Arc
    is_source: bool
    left: float
    right: float
    badge: float

    @property
    def middle(self) -> float:
        """The middle of the mark."""
        return (self.left + self.right) / 2


class ArcPiece(NamedTuple):
    """What is drawn of arcs over one line. `x` is where it stands on its mark (owner); `other` is where it stands on
    the target's, if both ends are in the line, else None: then it runs to the margin. Lanes are counted from the text.
    Arcs of one type that leave one mark for the margin share a piece, and so do those that come from there. Pieces that
    no lane is left for run in the uppermost one, over others; one of them says how many they are in its `label`.
    """

    arcs: tuple[Arc, ...]
    owner: str
    x: float
    other: float | None
    lane: int
    label: str
    label_left: float


class _Wish(NamedTuple):
    """A piece that has no place yet, with its ends."""

    ends: list[MetEnd]
    other: MetEnd | None


class ArcLine(NamedTuple):
    """The ends of arcs that are in one line, and how many lanes there is room for over it."""

    ends: tuple[MetEnd, ...]
    lanes: int
    width: float
    leftward: bool  # the margin that arcs use is on the right

    def pieces(self, shown: Callable[[Arc], bool]) -> list[ArcPiece]:
        """Give the arcs that are shown their places over the line."""
        ends = [end for end in self.ends if shown(end.arc)]
        return _pieces_of(ends, width=self.width, leftward=self.leftward, most=self.lanes)


def arc_line(ends: Sequence[MetEnd], *, width: float, leftward: bool, all_at_once: bool) -> ArcLine:
    """Return the line of some ends. It has room for all arcs `all_at_once`, or for those of any one mark: what it takes
    doesn't depend on which mark is chosen, so that choosing one moves no text.
    """
    subsets = [list(ends)] if all_at_once else list(_subsets(ends))
    lanes = 1
    for subset in subsets:
        pieces = _pieces_of(subset, width=width, leftward=leftward, most=_MOST_LANES)
        lanes = max(lanes, *(1 + piece.lane for piece in pieces))
    return ArcLine(tuple(ends), lanes, width, leftward)


def _subsets(ends: Sequence[MetEnd]) -> Iterator[list[MetEnd]]:
    """Yield the ends that are shown together: those of a mark, with the chain that it is in as far as it is here."""
    met: dict[str, set[str]] = {}
    for end in ends:
        for owner in end.arc.owners:
            met.setdefault(owner, set()).add(end.arc.uid)
    chained = {end.arc.uid: end.arc.owners for end in ends if end.arc.chain}
    for own in {frozenset(uids) for uids in met.values()}:
        found, waiting = set(own), [owner for uid in own for owner in chained.get(uid, ())]
        seen: set[str] = set()
        while waiting:
            owner = waiting.pop()
            if owner not in seen:
                seen.add(owner)
                links = {uid for uid in met[owner] if uid in chained}
                found |= links
                waiting += [other for uid in links for other in chained[uid]]
        yield [end for end in ends if end.arc.uid in found]


def _pieces_of(ends: Sequence[MetEnd], *, width: float, leftward: bool, most: int) -> list[ArcPiece]:
    wishes = _wishes(ends)
    places = _stands(wishes, leftward=leftward)
    spans: list[tuple[float, float, float]] = []  # left, right, left of the badge
    for at, wish in enumerate(wishes):
        x, other = places[at, True], places.get((at, False))
        badge = wish.ends[0].badge
        if other is None:
            spans.append(_to_margin(x, badge, width, leftward=leftward))
        else:
            spans.append(_between(min(x, other), max(x, other), badge, width))
    lanes = _lanes([(left, right) for left, right, _ in spans], most)
    crowd = [at for at, lane in enumerate(lanes) if lane == most]
    return [
        ArcPiece(
            tuple(end.arc for end in wish.ends),
            _mark(wish.ends[0]),
            places[at, True],
            places.get((at, False)),
            min(lanes[at], most - 1),
            *(
                (wish.ends[0].arc.badge, spans[at][2])
                if at not in crowd
                else (f"+{len(crowd)}" if at == crowd[0] else "", 0.0 if leftward else width)
            ),
        )
        for at, wish in enumerate(wishes)
    ]


def _wishes(ends: Sequence[MetEnd]) -> list[_Wish]:
    met: dict[str, list[MetEnd]] = {}
    for end in ends:
        met.setdefault(end.arc.uid, []).append(end)
    found: list[_Wish] = []
    shared: dict[tuple[str, bool, str, str], _Wish] = {}
    for both in met.values():
        if len(both) == 2:  # noqa: PLR2004  source and target
            source, target = sorted(both, key=_target_last)
            found.append(_Wish([source], target))
            continue
        end = both[0]
        key = (_mark(end), end.is_source and end.arc.head, end.arc.badge, end.arc.color)
        if key in shared:
            shared[key].ends.append(end)
        else:
            shared[key] = _Wish([end], None)
            found.append(shared[key])
    return found


def _target_last(end: MetEnd) -> bool:
    return not end.is_source


def _stands(wishes: Sequence[_Wish], *, leftward: bool) -> dict[tuple[int, bool], float]:
    """Return where each piece stands on its mark (True) and on the other one (False), side by side on a mark that has
    several: in the order in which they leave, so that they don't cross there.
    """
    margin = float("inf") if leftward else float("-inf")
    on: dict[str, list[tuple[float, int, bool, MetEnd]]] = {}
    for at, wish in enumerate(wishes):
        first = wish.ends[0]
        goal = margin if wish.other is None else wish.other.middle
        on.setdefault(_mark(first), []).append((goal, at, True, first))
        if wish.other is not None:
            on.setdefault(_mark(wish.other), []).append((first.middle, at, False, wish.other))
    places: dict[tuple[int, bool], float] = {}
    for found in on.values():
        found.sort(key=_goal)
        for number, (_, at, is_own, end) in enumerate(found, 1):
            places[at, is_own] = end.left + (end.right - end.left) * number / (len(found) + 1)
    for at, wish in enumerate(wishes):
        if wish.other is not None and abs(places[at, True] - places[at, False]) < _LEAST:
            _part(places, at, wish.ends[0], wish.other)
    return places


def _part(places: dict[tuple[int, bool], float], at: int, first: MetEnd, other: MetEnd) -> None:
    """Move the foot of an arc on the wider of two marks, one of which lies over the other, away from the narrower."""
    is_own = first.right - first.left >= other.right - other.left
    wide, still = (first if is_own else other), places[at, not is_own]
    inset = min(_LEAST / 2, (wide.right - wide.left) / 4)
    places[at, is_own] = max((wide.left + inset, wide.right - inset), key=lambda x: abs(x - still))


def _goal(item: tuple[float, int, bool, MetEnd]) -> tuple[float, int]:
    return item[0], item[1]


def _mark(end: MetEnd) -> str:
    return (end.arc.source if end.is_source else end.arc.target).owner


def _to_margin(x: float, badge: float, width: float, *, leftward: bool) -> tuple[float, float, float]:
    inside = (width - x if leftward else x) >= badge + 2 * _INSIDE
    if leftward:
        left = x + _INSIDE if inside else max(0.0, x - _BESIDE - badge)
        return (x if inside else left), width, left
    left = x - _INSIDE - badge if inside else max(0.0, min(x + _BESIDE, width - badge))
    return 0.0, (x if inside else max(x, left + badge)), left


def _between(left: float, right: float, badge: float, width: float) -> tuple[float, float, float]:
    if right - left >= badge + 2 * _INSIDE:
        return left, right, (left + right - badge) / 2
    if right + _BESIDE + badge <= width:
        return left, right + _BESIDE + badge, right + _BESIDE
    place = max(0.0, left - _BESIDE - badge)
    return place, right, place


def _lanes(spans: Sequence[tuple[float, float]], most: int) -> list[int]:
    """Give each span the lowest lane in which it meets no other; short ones first, so that long ones go over them.
    Those that no lane is left for are in lane `most`, which isn't one.
    """
    lanes = [most] * len(spans)
    taken: list[list[tuple[float, float]]] = []
    for at in sorted(range(len(spans)), key=lambda at: (spans[at][1] - spans[at][0], at)):
        left, right = spans[at]
        free = (n for n, others in enumerate(taken) if all(right + _GAP <= a or left >= b + _GAP for a, b in others))
        lane = next(free, len(taken))
        if lane < most:
            if lane == len(taken):
                taken.append([])
            taken[lane].append((left, right))
            lanes[at] = lane
    return lanes
