"""Standings found step by step are those that are found at once, whatever is decided and withdrawn meanwhile."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from app.core.decision import Decision, Outcome
from app.review.decision_status import Standings, StandingsBuilder, standings
from app.review.groups import Group, group
from tests.property.test_groups import documents
from tests.unit.review.build import SCHEME

OUTCOMES = (Outcome.ACCEPTED, Outcome.REJECTED, Outcome.DEFERRED, Outcome.CREATED, Outcome.EMPTY)


@st.composite
def decisions(draw: st.DrawFn, groups: Sequence[Group]) -> list[Decision]:
    """Draw decisions on groups as they are, as they were, on marks of several, and on what is gone."""
    uids = [uid for found in groups for uid in found.sources] + ["gone1", "gone2"]
    keys = [*(found.key for found in groups), "old1", "old2"]
    made: list[Decision] = []
    for at in range(draw(st.integers(0, 8))):
        key = draw(st.sampled_from(keys))
        own = next((found.sources for found in groups if found.key == key), ())
        some = draw(st.lists(st.sampled_from(uids), max_size=3, unique=True))
        outcome = draw(st.sampled_from(OUTCOMES))
        rule = draw(st.sampled_from(["", "majority"]))
        fields = {"document": "d", "layer": "error", "reviewer": "rina", "time": "2026", "rule": rule}
        sources = tuple(draw(st.sampled_from([own, tuple(some)])))
        gold = draw(st.sampled_from([None, f"gold{at}"]))
        made.append(Decision(uid=f"x{at}", key=key, outcome=outcome, sources=sources, gold=gold, **fields))
    return made


def naive(groups: Sequence[Group], made: Sequence[Decision]) -> dict[str, tuple[str, ...]]:
    """Return which decisions each group replaces, by comparing every group with every decision."""
    present = {found.key for found in groups}
    found: dict[str, tuple[str, ...]] = {}
    for one in groups:
        for decision in made:
            touches = bool({v.uid for v in one.versions.values()} & set(decision.sources))
            if decision.outcome is Outcome.EMPTY:
                continue
            if one.key == decision.key or (decision.key not in present and touches):
                found[one.key] = (*found.get(one.key, ()), decision.uid)
    return found


@given(st.data())
def test_standings_step_by_step_are_those_found_at_once(data: st.DataObject) -> None:
    groups = group(data.draw(documents()), SCHEME)
    made = data.draw(decisions(groups))
    cut = data.draw(st.integers(0, len(made)))
    builder = StandingsBuilder(made[:cut])
    by_key: dict[str, Group] = {}
    by_source: dict[str, str] = {}
    waiting, now = list(made[cut:]), list(made[:cut])
    for at in range(0, len(groups) or 1, 2):
        come = groups[at : at + 2]
        builder.add(come)
        for found in come:
            by_key[found.key] = found
            by_source.update((version.uid, found.key) for version in found.versions.values())
        gone = data.draw(st.lists(st.sampled_from(now), max_size=2, unique_by=lambda d: d.uid)) if now else []
        new = [waiting.pop(0)] if waiting else []
        builder.change(gone, new, by_key, by_source)
        now = [*(d for d in now if d not in gone), *new]
    found = builder.standings(are_all=True)
    assert found == standings(groups, now)
    assert {key: tuple(d.uid for d in known) for key, known in found.earlier.items()} == naive(groups, now)
    later = StandingsBuilder.of(found)
    later.change(now, waiting, by_key, by_source)
    assert later.standings(are_all=True) == standings(groups, waiting)
    assert found.decided == sum(found.of(each)[0] == "decided" for each in groups)
    assert isinstance(found, Standings)
