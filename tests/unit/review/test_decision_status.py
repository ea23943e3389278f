"""How far groups are, as annotators go on working after a decision."""

import msgspec

from app.core.decision import Decision, Outcome
from app.review.decision_status import GroupStatus, standings
from app.review.groups import Group
from tests.unit.review.build import groups, mark, one, tie


def decide(found: Group, uid: str = "d", outcome: Outcome = Outcome.ACCEPTED, **fields) -> Decision:
    gold = None if outcome in (Outcome.REJECTED, Outcome.DEFERRED) else f"gold-{uid}"
    return Decision(
        **{
            **{"uid": uid, "document": "d", "layer": found.layer, "key": found.key, "outcome": outcome},
            **{"reviewer": "rina", "time": "2026", "sources": found.sources, "gold": gold, **fields},
        }
    )


def test_a_group_without_a_decision_is_open() -> None:
    found = one(ana=[mark("a", (0, 5))], ben=[])
    assert standings([found], []).of(found) == (GroupStatus.OPEN, None)
    assert standings([found], []).replaced_by(found) == ()


def test_decided_rejected_and_deferred() -> None:
    found = one(ana=[mark("a", (0, 5))], ben=[])
    for outcome, standing in (
        (Outcome.ACCEPTED, GroupStatus.DECIDED),
        (Outcome.REJECTED, GroupStatus.DECIDED),
        (Outcome.DEFERRED, GroupStatus.DEFERRED),
    ):
        made = decide(found, outcome=outcome)
        assert standings([found], [made]).of(found) == (standing, made)


def test_a_change_makes_a_decision_stale_until_it_is_reverted() -> None:
    ben = [mark("b", (0, 5))]
    found = one(ana=[mark("a", (0, 5))], ben=ben)
    made = decide(found)
    changed = one(ana=[mark("a", (0, 6))], ben=ben)
    assert standings([changed], [made]).of(changed) == (GroupStatus.STALE, made)
    reopened = one(ben=ben)  # ana's marks aren't a reading any more
    assert standings([reopened], [made]).of(reopened) == (GroupStatus.STALE, made)
    assert standings([found], [made]).of(found) == (GroupStatus.DECIDED, made)


def test_a_decision_whose_marks_are_all_gone_is_an_orphan() -> None:
    made = decide(one(ana=[mark("a", (0, 5))], ben=[]))
    other = one(ana=[mark("z", (0, 5))], ben=[])
    found = standings([other], [made])
    assert found.orphans == (made,)
    assert found.of(other) == (GroupStatus.OPEN, None)


def test_a_rejection_of_marks_that_are_gone_asks_for_nothing() -> None:
    made = decide(one(ana=[mark("a", (0, 5))], ben=[]), outcome=Outcome.REJECTED)
    assert standings([], [made]).orphans == ()


def test_what_a_reviewer_added_is_never_an_orphan() -> None:
    found = one(ana=[mark("a", (0, 5))], ben=[])
    created = decide(found, outcome=Outcome.CREATED, key="created:g", sources=())
    assert standings([], [created]).orphans == ()


def test_split_groups_are_stale_and_a_joined_one_replaces_both() -> None:
    whole = one(ana=[mark("a1", (0, 20))], ben=[mark("b1", (0, 20))])
    parts = groups(ana=[mark("a1", (0, 8))], ben=[mark("b1", (10, 20))])
    made = decide(whole)
    assert [standings(parts, [made]).of(part) for part in parts] == [(GroupStatus.STALE, made)] * 2
    both = [decide(part, uid=f"d{at}") for at, part in enumerate(parts)]
    joined = standings([whole], both)
    assert joined.replaced_by(whole) == tuple(both)
    assert joined.of(whole) == (GroupStatus.STALE, both[1])


def test_a_decision_on_the_group_as_it_is_outweighs_a_stale_one() -> None:
    before = one(ana=[mark("a", (0, 5))], ben=[])
    after = one(ana=[mark("a", (0, 6))], ben=[])
    old, new = decide(before, "old"), decide(after, "new")
    for order in ([old, new], [new, old]):
        assert standings([after], order).of(after) == (GroupStatus.DECIDED, new)


def test_a_rule_leaves_open_what_it_could_not_say_of_relations() -> None:
    marks = {who: [mark(f"{who}1", (0, 5)), mark(f"{who}2", (10, 15))] for who in ("a", "b")}
    first, second = groups(ties={"a": [tie("a1", "a2")]}, **marks)
    by_rule = decide(first, rule="unanimous exact", fields={"range": "a1", "label": "a1"})
    assert standings([first, second], [by_rule]).of(first) == (GroupStatus.OPEN, by_rule)
    assert standings([first, second], [by_rule]).replaced_by(first) == (by_rule,)
    by_person = msgspec.structs.replace(by_rule, rule="")
    assert standings([first, second], [by_person]).of(first) == (GroupStatus.DECIDED, by_person)
    with_relation = msgspec.structs.replace(by_rule, fields={"relation": "a1"})
    assert standings([first, second], [with_relation]).of(first) == (GroupStatus.DECIDED, with_relation)
