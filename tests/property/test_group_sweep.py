"""Groups that come one after the other are those of the whole document, whatever slices it is read in."""

from collections.abc import Sequence
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from app.core.annotation import Annotation
from app.review.groups import Group, GroupSweep, group, place_of
from app.review.matches import ANCHOR_REACH
from app.review.overlap_sweep import OverlapSweep
from app.review.readings import Readings
from tests.property.strategies import fragments
from tests.property.test_groups import documents
from tests.unit.review.build import SCHEME, mark


def swept(readings: Readings, every: int) -> list[Group]:
    """Return the groups of a document that is read `every` so many marks, each checked to come late enough."""
    relations = {name: reading.relations for name, reading in readings.by.items()}
    sweep = GroupSweep(readings.document, readings.by, relations, SCHEME)
    members = sorted(
        ((name, a) for name, reading in readings.by.items() for a in reading.annotations),
        key=lambda member: (member[1].start, member[1].uid),
    )
    found: list[Group] = []
    for at in range(0, len(members), every):
        for name, annotation in members[at : at + every]:
            sweep.add(name, annotation)
        if at + every < len(members):
            found.extend(sweep.take(members[at + every][1].start))
    return [*found, *sweep.take()]


@given(documents(), st.integers(1, 7))
def test_groups_in_slices_are_those_of_the_whole(readings: Readings, every: int) -> None:
    assert sorted(swept(readings, every), key=place_of) == list(group(readings, SCHEME))


def meet(one: Annotation, other: Annotation) -> bool:
    """Whether two annotations overlap, fragment by fragment."""
    if one.is_anchor or other.is_anchor:
        near = [abs(a.start - b.start) <= ANCHOR_REACH for a in one.fragments for b in other.fragments]
        return one.is_anchor and other.is_anchor and any(near)
    return any(
        max(a.start, b.start) < min(a.end, b.end)
        for a in one.fragments
        for b in other.fragments
        if a.start < a.end and b.start < b.end
    )


def components(annotations: Sequence[Annotation]) -> set[frozenset[str]]:
    """Return the connected components by comparing every pair, as uids."""
    found = {a.uid: {a.uid} for a in annotations}
    for one, other in combinations(annotations, 2):
        if meet(one, other) and found[one.uid] is not found[other.uid]:
            found[one.uid] |= found[other.uid]
            for uid in found[other.uid]:
                found[uid] = found[one.uid]
    return {frozenset(uids) for uids in found.values()}


LONG = "x" * 240  # anchors can be too far from one another


@given(st.lists(fragments(LONG), max_size=12), st.integers(1, 5))
def test_components_of_a_sweep_are_those_of_all_pairs(drawn: list, every: int) -> None:
    marks = [mark(f"m{at:02}", *((p.start, p.end) for p in parts)) for at, parts in enumerate(drawn)]
    marks.sort(key=lambda a: a.start)
    sweep = OverlapSweep()
    found: list[frozenset[str]] = []
    for at, annotation in enumerate(marks):
        sweep.add("ana", annotation)
        if at % every == 0 and at + 1 < len(marks):
            closed = sweep.closed(marks[at + 1].start)
            found.extend(frozenset(a.uid for _, a in members) for members in closed)
    found.extend(frozenset(a.uid for _, a in members) for members in sweep.closed(None))
    assert len(found) == len(set(found))
    assert set(found) == components(marks)
