"""Groups hold every mark once and don't depend on names or on any order; unions and intersections are those of sets."""

import msgspec
from hypothesis import assume, example, given
from hypothesis import strategies as st

from app.core.annotation import Annotation, Fragment, Relation
from app.review.automerge import Equal, MergeStrategy, Rule, judge
from app.review.fields import rules_of
from app.review.gold_composition import intersection, union
from app.review.groups import Group, group
from app.review.readings import Reading, Readings
from tests.property.strategies import fragments
from tests.unit.review.build import SCHEME, mark, proof

TEXT = "x" * 30
NAMES = ("ana", "ben", "cyd", "dan")
LATER = ("zoe", "yan", "ana", "cyd")


@st.composite
def marks(draw: st.DrawFn, uid: str) -> Annotation:
    parts = [(part.start, part.end) for part in draw(fragments(TEXT))]
    evidence = draw(st.sampled_from([(), (proof(0, 10),), (proof(8, 20),), (proof(18, 30),)]))
    said = draw(st.sampled_from([{}, {"severity": "major"}, {"cause": "x"}]))
    return mark(uid, *parts, label=draw(st.sampled_from(["TERM", "NAME"])), evidence=evidence, **said)


@st.composite
def documents(draw: st.DrawFn) -> Readings:
    """Draw what two to four annotators say of a short text, some of it copied from one another."""
    by: dict[str, Reading] = {}
    uids = draw(st.permutations([f"m{number:02}" for number in range(24)]))
    drawn: list[Annotation] = []
    for name in NAMES[: draw(st.integers(2, 4))]:
        mine: list[Annotation] = []
        for _ in range(draw(st.integers(0, 5))):
            uid = uids.pop()
            copied = draw(st.sampled_from([None, *drawn]))
            mine.append(msgspec.structs.replace(copied, uid=uid) if copied else draw(marks(uid)))
            drawn.append(mine[-1])
        ties = draw(st.lists(st.tuples(st.sampled_from(mine), st.sampled_from(mine)), max_size=2)) if mine else []
        relations = tuple(
            Relation(uid=f"{name}{at}", source=a.uid, target=b.uid, label=draw(st.sampled_from("xy")))
            for at, (a, b) in enumerate(ties)
            if a is not b
        )
        by[name] = Reading(tuple(mine), relations)
    return Readings("d", len(TEXT), by)


def shapes(groups: tuple[Group, ...]) -> set[tuple[object, ...]]:
    """Return all that groups say without anyone's name or a key."""
    place = {found.key: found.sources for found in groups}
    return {
        (
            found.sources,
            found.differences,
            frozenset(found.twins),
            frozenset((tie.label, place[tie.target], len(tie.by)) for tie in found.ties),
            len(found.readers),
        )
        for found in groups
    }


@given(documents())
def test_every_mark_is_in_one_group_and_each_annotator_once(readings: Readings) -> None:
    found = group(readings, SCHEME)
    uids = [uid for item in found for uid in (*item.sources, *item.twins)]
    assert sorted(uids) == sorted(a.uid for reading in readings.by.values() for a in reading.annotations)
    assert len({item.key for item in found}) == len(found)
    for item in found:
        assert item.versions.keys() <= readings.by.keys()
        for name, version in item.versions.items():
            assert version in readings.by[name].annotations
            assert version.layer == item.layer


@given(documents(), st.randoms(use_true_random=False))
def test_no_order_makes_a_difference(readings: Readings, random) -> None:
    by = []
    for name, reading in readings.by.items():
        annotations, relations = list(reading.annotations), list(reading.relations)
        random.shuffle(annotations)
        random.shuffle(relations)
        by.append((name, Reading(tuple(annotations), tuple(relations))))
    random.shuffle(by)
    assert group(readings._replace(by=dict(by)), SCHEME) == group(readings, SCHEME)


rules = st.builds(Rule, st.sampled_from(MergeStrategy), st.sampled_from(Equal), st.just(2), st.just(0.5))


@given(documents(), rules)
def test_names_make_no_difference(readings: Readings, rule: Rule) -> None:
    renamed = dict(zip(NAMES, LATER, strict=True))
    other = readings._replace(by={renamed[name]: reading for name, reading in readings.by.items()})
    before, after = group(readings, SCHEME), group(other, SCHEME)
    assert shapes(before) == shapes(after)
    assert verdicts(before, rule) == verdicts(after, rule)


def verdicts(groups: tuple[Group, ...], rule: Rule) -> dict[tuple[str, ...], object]:
    return {v.group.sources: (v.picks, v.why, v.votes) for v in judge(groups, rule, SCHEME)}


@given(documents())
def test_agreed_means_that_all_have_it_and_all_say_the_same(readings: Readings) -> None:
    for found in group(readings, SCHEME):
        rules = rules_of(SCHEME, found.layer)
        versions = list(found.versions.values())
        same = all(rules.same(f.id, a, b) for f in rules.counting for a in versions for b in versions)
        tied = all(set(tie.by) == found.versions.keys() & _versions(tie.target, readings).keys() for tie in found.ties)
        everyone = found.versions.keys() == readings.by.keys()
        assert found.is_agreed == (same and everyone and tied and len(versions) > 1)


def _versions(key: str, readings: Readings):
    return next(found.versions for found in group(readings, SCHEME) if found.key == key)


@given(documents())
def test_unanimous_and_agreed_are_the_same(readings: Readings) -> None:
    for verdict in judge(group(readings, SCHEME), Rule(MergeStrategy.UNANIMOUS), SCHEME):
        agreed = [kind for kind in verdict.group.differences if kind != "relation"] == []
        assert (verdict.picks is not None) == agreed


@given(documents(), marks("new"))
def test_a_mark_that_overlaps_nothing_changes_no_other_group(readings: Readings, added: Annotation) -> None:
    width = 2000  # no anchor is that near
    far = tuple(Fragment(part.start + width, part.end + width) for part in added.fragments)
    alone = msgspec.structs.replace(added, fragments=far)
    ana = readings.by["ana"]
    grown = {**readings.by, "ana": ana._replace(annotations=(*ana.annotations, alone))}
    after = group(readings._replace(by=grown), SCHEME)
    assert [found for found in after if found.sources != ("new",)] == list(group(readings, SCHEME))
    assert [found.sources for found in after if found.sources == ("new",)] == [("new",)]


@given(documents())
def test_a_copy_of_a_reading_agrees_with_it_in_every_group(readings: Readings) -> None:
    ana = readings.by["ana"]
    copy = tuple(msgspec.structs.replace(a, uid=f"copy-{a.uid}") for a in ana.annotations)
    ties = tuple(
        Relation(uid=f"copy-{r.uid}", source=f"copy-{r.source}", target=f"copy-{r.target}", label=r.label)
        for r in ana.relations
    )
    found = group(readings._replace(by={"ana": ana, "ben": Reading(copy, ties)}), SCHEME)
    assert all(item.versions.keys() == {"ana", "ben"} for item in found)
    # At one place one label may have several marks that differ in a field: then what goes with what may cross.
    places = [(a.fragments, a.label) for a in ana.annotations]
    assume(len(set(places)) == len(places))
    assert all(item.is_agreed for item in found)


ranges = st.lists(fragments(TEXT), min_size=1, max_size=4)


def covered(parts: tuple[Fragment, ...]) -> set[int]:
    return {place for part in parts for place in range(part.start, part.end)}


@given(ranges)
@example([(Fragment(0, 9),), (Fragment(4, 4),)])
def test_the_union_contains_all_and_the_intersection_is_in_all(found: list[tuple[Fragment, ...]]) -> None:
    joined, common = union(found), intersection(found)
    sets = [covered(parts) for parts in found]
    assert covered(joined) == set.union(*sets)
    assert covered(common) == set.intersection(*sets)
    for parts in (joined, common):
        assert list(parts) == sorted(set(parts))
        assert all(a.end <= b.start for a, b in zip(parts, parts[1:], strict=False))
    anchors = [{part for part in parts if part.start == part.end} for parts in found]
    assert {part for part in common if part.start == part.end} == set.intersection(*anchors)
    assert intersection(found[::-1]) == common
    assert union(found[::-1]) == joined
