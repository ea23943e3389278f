"""Dealing documents out is fair, steady and the same for the same question."""

from hypothesis import given
from hypothesis import strategies as st

from app.core.assignment_plan import AssignmentPlan, AssignmentRules, Distribution, plan
from app.core.record import WorkRow

NAMES = ("ana", "ben", "cara", "dora")


def rows(count: int) -> list[WorkRow]:
    return [WorkRow(f"u{n}", f"{n}.txt", 10 + n) for n in range(count)]


def load(done: AssignmentPlan, name: str) -> int:
    return sum(who == name for _, who in done.pairs)


def carried_out(done: AssignmentPlan, present: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    names = {*present, *(name for _, name in done.pairs)}
    return {n: (*present.get(n, ()), *(uid for uid, who in done.pairs if who == n)) for n in names}


people = st.integers(1, 4).map(lambda count: NAMES[:count])
amounts = st.integers(0, 40)
presents = st.dictionaries(
    st.sampled_from(NAMES), st.sets(st.integers(0, 39)).map(lambda ns: tuple(f"u{n}" for n in ns))
)


@st.composite
def rules(draw: st.DrawFn, names: tuple[str, ...]) -> AssignmentRules:
    weights = draw(st.lists(st.integers(0, 9), min_size=len(names), max_size=len(names)).filter(any))
    return AssignmentRules(
        strategy=draw(st.sampled_from(Distribution)),
        per_document=draw(st.integers(1, len(names))),
        weights=dict(zip(names, weights, strict=True)),
        overlap=draw(st.integers(0, 50)),
        seed=draw(st.integers(0, 3)),
    )


@given(st.data(), people, amounts, presents)
def test_a_plan_that_was_carried_out_leaves_nothing_to_do(
    data: st.DataObject, names: tuple[str, ...], count: int, present: dict[str, tuple[str, ...]]
) -> None:
    asked = data.draw(rules(names))
    done = plan(rows(count), names, asked, present=present)
    assert done == plan(rows(count), names, asked, present=present)
    assert len(set(done.pairs)) == len(done.pairs)
    known = {row.uid for row in rows(count)}
    for uid, name in done.pairs:
        assert uid in known
        assert name in names
        assert uid not in present.get(name, ())
    assert plan(rows(count), names, asked, present=carried_out(done, present)).pairs == ()


@given(people, amounts, st.integers(1, 4), st.integers(0, 5))
def test_each_document_has_enough_annotators_with_equal_loads(
    names: tuple[str, ...], count: int, each: int, overlap: int
) -> None:
    each = min(each, len(names))
    asked = AssignmentRules(Distribution.PER_DOCUMENT, per_document=each, overlap=overlap)
    done = plan(rows(count), names, asked, present={})
    holders = [sum(uid == row.uid for uid, _ in done.pairs) for row in rows(count)]
    shared = min(overlap, count)
    assert sorted(holders) == sorted([each] * (count - shared) + [len(names)] * shared)
    loads = [load(done, name) for name in names]
    assert max(loads) - min(loads) <= 1
    assert done.unassigned == 0


@given(st.lists(st.integers(0, 100), min_size=4, max_size=4).filter(any), amounts)
def test_shares_are_kept_to_the_document(weights: list[int], count: int) -> None:
    asked = AssignmentRules(Distribution.SHARE, weights=dict(zip(NAMES, map(float, weights), strict=True)))
    done = plan(rows(count), NAMES, asked, present={})
    assert sum(load(done, name) for name in NAMES) == count
    for name, weight in zip(NAMES, weights, strict=True):
        assert abs(load(done, name) - count * weight / sum(weights)) < 1
        assert weight or not load(done, name)


@given(people, amounts, st.integers(0, 50), st.integers(0, 9))
def test_everyone_gets_the_overlap_and_the_rest_goes_round(
    names: tuple[str, ...], count: int, overlap: int, seed: int
) -> None:
    done = plan(rows(count), names, AssignmentRules(Distribution.ROUND_ROBIN, overlap=overlap, seed=seed), present={})
    shared = min(overlap, count)
    assert len(done.pairs) == shared * len(names) + (count - shared)
    assert done.overlap == (shared if len(names) > 1 else count)
    loads = [portion.documents for portion in done.portions]
    assert max(loads) - min(loads) <= 1
