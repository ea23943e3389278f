"""The groups of a document by what one looks for them by, each table made when it is first needed."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import combinations

from app.core.intervals import Interval, IntervalIndex
from app.review.groups import Group

_MANY = 256


class GroupIndex:
    """Groups by key, by version and by place. Grows while a document is read; groups are never taken away.

    To find the groups of a mark takes the same time in every document.
    """

    def __init__(self, groups: Iterable[Group] = ()) -> None:
        self._waiting = list(groups)
        self._by_key: dict[str, Group] = {}
        self._by_source: dict[str, str] = {}
        self._tied: dict[str, set[str]] = {}
        self._places = IntervalIndex()
        self._new_places: list[Interval] = []  # not in the index yet, which takes many at once
        self._marks: Counter[str] = Counter()
        self._shared: Counter[tuple[str, str]] = Counter()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, GroupIndex) and self.by_key == other.by_key

    __hash__ = None  # pyright: ignore[reportAssignmentType]  it grows

    def add(self, groups: Iterable[Group]) -> None:
        """Take further groups."""
        self._waiting.extend(groups)
        self._settle()

    def _settle(self) -> None:
        if not self._waiting:
            return
        groups, self._waiting = self._waiting, []
        for found in groups:
            key, versions = found.key, found.versions
            self._by_key[key] = found
            self._by_source.update((version.uid, key) for version in versions.values())
            if not found.is_about_document:  # which has no place
                self._marks.update(list(versions))
                self._shared.update(combinations(versions, 2))
                self._new_places.append(Interval(found.start, found.end, key))
            for tie in found.ties:
                self._tied.setdefault(tie.target, set()).add(key)
        if len(self._new_places) >= _MANY:
            self._place()

    def _place(self) -> None:
        self._places, self._new_places = self._places.with_all(self._new_places), []

    @property
    def by_key(self) -> Mapping[str, Group]:
        """The groups by key."""
        self._settle()
        return self._by_key

    @property
    def by_source(self) -> Mapping[str, str]:
        """The keys of the groups of versions (uids)."""
        self._settle()
        return self._by_source

    def overlapping(self, start: int, end: int) -> list[Group]:
        """Return the groups whose hull shares a code point with `[start, end)`, or touches it if either is empty; not
        those about the document as a whole.
        """
        self._settle()
        if self._new_places:
            self._place()
        return [self._by_key[place.uid] for place in self._places.overlapping(start, end)]

    def tied_with(self, keys: Iterable[str]) -> set[str]:
        """Return these groups' keys, with those that relations lead to from them and come from to them, and those of
        their chains.
        """
        self._settle()
        found = set(keys)
        for key in tuple(found):
            found |= self._tied.get(key, set())
            group = self._by_key.get(key)
            if group is not None:
                found.update(tie.target for tie in group.ties)
                found.update(key for chain in group.chains for keys in chain.by.values() for key in keys)
        return found

    def overlap_f1(self, one: str, other: str) -> float | None:
        """Return the F1 of two annotators' annotations matched by overlap, whatever their labels; None if neither has
        any.
        """
        self._settle()
        annotations = self._marks[one] + self._marks[other]
        both = self._shared[min(one, other), max(one, other)]
        return 2 * both / annotations if annotations else None
