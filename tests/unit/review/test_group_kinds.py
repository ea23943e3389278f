"""Groups by kinds of field, about the document, with evidence in sets, and with relations of every kind."""

from typing import Any

import msgspec
import pytest

from app.core.annotation import Evidence
from app.review.fields import RANGE, rules_of, same_evidence
from app.review.fields import Difference as D
from app.review.votes import tally
from tests.unit.review.build import proof
from tests.unit.review.kinds import KINDS, about, claim, grouped, link


def differences(ana: dict[str, Any], ben: dict[str, Any]) -> tuple[D, ...]:
    (found,) = grouped(ana=[claim("a1", **ana)], ben=[claim("b1", **ben)])
    return found.differences


@pytest.mark.parametrize(
    ("ana", "ben", "are_same"),
    [
        ({"topics": ["health", "war"]}, {"topics": ["war", "health"]}, True),
        ({"topics": ["health", "war"]}, {"topics": ["health"]}, False),
        ({"topics": []}, {}, True),
        ({"share": 5}, {"share": 5.0}, True),
        ({"share": 5}, {"share": 6}, False),
        ({"share": 1}, {"share": True}, False),
        ({"trust": "low"}, {"trust": "high"}, False),
        ({"day": "2026-03"}, {"day": "2026-03-01"}, False),
        ({"who": {"id": "Q1", "title": "A"}}, {"who": {"id": "Q1", "title": "Anna"}}, True),
        ({"who": {"id": "Q1", "title": "A"}}, {"who": {"id": "Q2", "title": "A"}}, False),
        ({"who": {"id": "Q1", "title": "A"}}, {}, False),
    ],
)
def test_values_are_compared_by_what_they_say(ana, ben, are_same) -> None:
    assert differences(ana, ben) == (() if are_same else (D.ATTRIBUTE,))
    assert differences(ben, ana) == differences(ana, ben)


def test_votes_count_each_choice_number_and_entity() -> None:
    said = [
        claim("a1", topics=["health", "war"], share=5, who={"id": "Q1", "title": "A"}, day="2026"),
        claim("b1", topics=["war"], share=5.0, who={"id": "Q1", "title": "B"}, trust="low"),
        claim("c1", topics=[], share=7.5),
    ]
    assert tally(said[0], said, KINDS) == {
        "label": {"FACT": 3},
        "topics": {"health": 1, "war": 2},
        "share": {"5": 2, "7.5": 1},
        "who": {"Q1": 2},
        "day": {"2026": 1},
        "trust": {"low": 1},
    }


# -- about the document ------------------------------------------------------------------------------------------------


def test_the_document_is_one_group_before_all_others() -> None:
    omission = {"a": claim("a0", (0, 0)), "b": claim("b0", (0, 0))}
    whole, anchor = grouped(ana=[about("a1"), omission["a"]], ben=[omission["b"], about("b1", "SOUND", adequacy=70)])
    assert (whole.sources, anchor.sources) == (("a1", "b1"), ("a0", "b0"))
    assert whole.is_about_document
    assert not anchor.is_about_document
    assert whole.differences == (D.LABEL, D.ATTRIBUTE)
    assert anchor.is_agreed


def test_a_document_that_only_one_judged_lacks_a_version() -> None:
    (found,) = grouped(ana=[about("a1")], ben=[])
    assert found.differences == (D.MISSING,)


def test_a_layer_about_the_document_has_no_range() -> None:
    assert RANGE not in [field.id for field in rules_of(KINDS, "article").fields]
    assert RANGE in [field.id for field in rules_of(KINDS, "claim").fields]


# -- evidence in sets --------------------------------------------------------------------------------------------------


def sets(*parts: list[int]) -> tuple[Evidence, ...]:
    """Return evidence in sets: each of these lists is one, of pieces that begin there."""
    return tuple(
        msgspec.structs.replace(proof(at, at + 5), alternative=number)
        for number, starts in enumerate(parts, 1)
        for at in starts
    )


@pytest.mark.parametrize(
    ("one", "other", "are_same"),
    [
        (sets([0], [10]), sets([10], [0]), True),
        (sets([0], [10]), sets([0, 10]), False),
        (sets([0, 10], [20]), sets([0], [10, 20]), False),
        (sets([0, 10], [20]), sets([22], [2, 12]), True),
        (sets([0], [2]), sets([0]), False),
        (sets([0], [0, 10]), sets([0, 10], [0]), True),
        (sets([0], [0]), sets([0], [10]), False),
        ((), sets([0]), False),
    ],
)
def test_evidence_is_compared_with_its_sets(one, other, are_same) -> None:
    assert same_evidence(one, other) is are_same
    assert same_evidence(other, one) is are_same
    (found,) = grouped(ana=[claim("a1", evidence=one)], ben=[claim("b1", evidence=other)])
    assert found.differences == (() if are_same else (D.EVIDENCE,))


# -- relations ---------------------------------------------------------------------------------------------------------


def marks(who: str, *numbers: int) -> list:
    return [claim(f"{who}{number}") for number in numbers]


def torn(ana: list, ben: list, *, ben_has: tuple[int, ...] = (1, 2, 3)) -> list[int]:
    """Return the numbers of the groups with a difference in relations."""
    found = grouped({"ana": ana, "ben": ben}, ana=marks("a", 1, 2, 3), ben=marks("b", *ben_has))
    return [group.start // 10 for group in found if D.RELATION in group.differences]


def test_the_fields_of_a_relation_are_compared() -> None:
    assert torn([link("a1", "a2", sure=True)], [link("b1", "b2")]) == [1]
    assert torn([link("a1", "a2", sure=False)], [link("b1", "b2")]) == [], "a flag that isn't set is false"
    assert torn([link("a1", "a2", hint="x", comment="so")], [link("b1", "b2")]) == [], "a field that doesn't count"


def test_direction_matters_where_the_type_has_one() -> None:
    assert torn([link("a1", "a2")], [link("b2", "b1")]) == [1, 2]
    assert torn([link("a1", "a2", "like")], [link("b2", "b1", "like")]) == []
    assert torn([link("a2", "a1", "like")], []) == [1]


def test_a_type_that_does_not_count_is_no_conflict() -> None:
    assert torn([link("a1", "a2", "aside")], []) == []


def test_chains_are_compared_as_sets_of_marks() -> None:
    row = [link("a1", "a2", "same"), link("a2", "a3", "same")]
    assert torn(row, [link("b1", "b2", "same"), link("b1", "b3", "same")]) == []
    assert torn(row, [link("b3", "b1", "same"), link("b3", "b2", "same")]) == []
    assert torn(row, [link("b1", "b2", "same")]) == [3], "where it isn't joined"
    assert torn(row, [link("b1", "b3", "same")]) == [2, 3], "joined to another one"
    assert torn(row, []) == [2, 3]


def test_links_of_a_chain_are_compared_where_they_join_a_mark() -> None:
    row = [link("a1", "a2", "same", how="plain"), link("a2", "a3", "same", how="bridge")]
    assert torn(row, [link("b1", "b2", "same", how="plain"), link("b2", "b3", "same", how="bridge")]) == []
    assert torn(row, [link("b1", "b2", "same", how="plain"), link("b1", "b3", "same", how="bridge")]) == []
    assert torn(row, [link("b2", "b1", "same", how="plain"), link("b3", "b2", "same", how="plain")]) == [3]
    assert torn(row, [link("b1", "b2", "same"), link("b2", "b3", "same", how="bridge")]) == [2]
    assert torn(row, [link("b2", "b3", "same", how="bridge")], ben_has=(2, 3)) == [], "a first one has no link"


def test_a_chain_is_compared_where_both_have_marks() -> None:
    row = [link("a1", "a2", "same"), link("a2", "a3", "same")]
    assert torn(row, [link("b1", "b3", "same")], ben_has=(1, 3)) == []
    assert torn(row, [], ben_has=(1, 3)) == [3]


def test_a_changed_relation_makes_another_group() -> None:
    def key(*ties) -> str:
        return grouped({"ana": list(ties)}, ana=marks("a", 1, 2))[0].key

    keys = [key(), key(link("a1", "a2")), key(link("a1", "a2", sure=True)), key(link("a1", "a2", comment="x"))]
    assert len(set(keys)) == 4
    assert key(link("a2", "a1", "like")) != key(), "it has no direction"
