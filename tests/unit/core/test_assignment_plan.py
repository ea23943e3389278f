"""Plans in small."""

import pytest

from app.core.assignment_plan import AssignmentPlan, AssignmentRules, Distribution, Portion, plan
from app.core.record import WorkRow

ROWS = [WorkRow(f"u{n}", f"{n}.txt", 100) for n in range(4)]


def test_everyone_gets_all() -> None:
    assert plan(ROWS[:1], ["ana", "ben"], AssignmentRules(), present={}) == AssignmentPlan(
        pairs=(("u0", "ana"), ("u0", "ben")),
        portions=(Portion("ana", 1, 1, 100), Portion("ben", 1, 1, 100)),
        overlap=1,
        unassigned=0,
    )


def test_turn_by_turn_means_one_after_the_other() -> None:
    found = plan(ROWS, ["ana", "ben"], AssignmentRules(Distribution.ROUND_ROBIN), present={})
    assert found.pairs == (("u0", "ana"), ("u1", "ben"), ("u2", "ana"), ("u3", "ben"))


def test_what_is_assigned_stays_and_counts() -> None:
    present = {"ana": ("u0", "u1"), "zoe": ("u2",)}
    found = plan(ROWS, ["ana", "ben"], AssignmentRules(Distribution.ROUND_ROBIN), present=present)
    assert found.pairs == (("u3", "ben"),)
    assert found.portions == (Portion("ana", 2, 0, 200), Portion("ben", 1, 1, 100))


def test_another_seed_draws_another_overlap() -> None:
    rows = [WorkRow(f"u{n}", f"{n}.txt", 100) for n in range(50)]

    def drawn(seed: int) -> set[str]:
        found = plan(rows, ["ana", "ben"], AssignmentRules(Distribution.ROUND_ROBIN, overlap=5, seed=seed), present={})
        uids = [uid for uid, _ in found.pairs]
        return {uid for uid in uids if uids.count(uid) == 2}

    assert len(drawn(1)) == len(drawn(2)) == 5
    assert drawn(1) == drawn(1) != drawn(2)


@pytest.mark.parametrize(
    ("names", "rules", "why"),
    [
        ([], AssignmentRules(), "no annotators are named"),
        (["ana", "ana"], AssignmentRules(), "named twice"),
        (
            ["ana"],
            AssignmentRules(Distribution.PER_DOCUMENT, per_document=2),
            "2 annotators per document are more than the 1 named",
        ),
        (["ana", "ben"], AssignmentRules(Distribution.SHARE, weights={"ana": 1}), "the share of ben is missing"),
        (["ana"], AssignmentRules(Distribution.SHARE, weights={"ana": 0}), "not all shares can be 0"),
        (["ana"], AssignmentRules(Distribution.SHARE, weights={"ana": float("nan")}), "a share must be 0 or more"),
        (["ana"], AssignmentRules(Distribution.ROUND_ROBIN, overlap=-1), "can't be less than 0"),
    ],
)
def test_rules_that_can_not_be_followed_are_refused_in_words(
    names: list[str], rules: AssignmentRules, why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        plan(ROWS, names, rules, present={})
