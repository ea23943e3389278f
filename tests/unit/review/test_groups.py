"""Which marks go together, and what they are said to differ in."""

from itertools import permutations
from typing import Any

import pytest

from app.core.annotation import Stance
from app.review.fields import Difference, rules_of
from app.review.groups import group
from app.review.readings import Reading, Readings
from tests.unit.review.build import SCHEME, groups, mark, members, one, proof, tie

D = Difference


# -- what versions differ in -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "right", "kinds"),
    [
        ({}, {}, ()),
        ({"ranges": (0, 5)}, {"ranges": (0, 6)}, (D.BOUNDARY,)),
        ({"label": "TERM"}, {"label": "NAME"}, (D.LABEL,)),
        ({"severity": "minor"}, {"severity": "major"}, (D.SEVERITY,)),
        ({"severity": "minor"}, {}, (D.SEVERITY,)),
        ({"cause": "haste"}, {"cause": "sleep"}, (D.ATTRIBUTE,)),
        ({"cause": "UNKNOWN"}, {}, ()),  # not said means the default
        ({"cause": "UNKNOWN"}, {"cause": ""}, ()),
        ({"certain": False}, {}, ()),  # so does a flag that isn't set
        ({"certain": True}, {}, (D.ATTRIBUTE,)),
        ({"hint": "a"}, {"hint": "b"}, ()),  # the scheme says that it doesn't count
        ({"correction": "Putin"}, {"correction": "putin"}, (D.CORRECTION,)),
        ({"correction": "two  words"}, {"correction": " two\nwords"}, ()),
        ({"correction": ""}, {"correction": None}, (D.CORRECTION,)),  # to be deleted is something said
        ({"comment": "a"}, {"comment": "b"}, ()),
        ({"evidence": (proof(0, 9),)}, {"evidence": (proof(5, 20),)}, ()),  # where it begins is no conflict
        ({"evidence": (proof(0, 9),)}, {"evidence": (proof(9, 20),)}, (D.EVIDENCE,)),
        ({"evidence": (proof(0, 9),)}, {"evidence": (proof(0, 9, document="x"),)}, (D.EVIDENCE,)),
        ({"evidence": (proof(0, 9),)}, {"evidence": (proof(0, 9, stance=Stance.SUPPORTS),)}, (D.EVIDENCE,)),
        ({"evidence": (proof(0, 9), proof(30, 40))}, {"evidence": (proof(0, 9),)}, (D.EVIDENCE,)),
        ({"evidence": (proof(0, 9),)}, {}, (D.EVIDENCE,)),
        (
            {"ranges": (0, 9), "severity": "minor", "cause": "x", "correction": "a"},
            {"label": "NAME", "severity": "major", "certain": True, "evidence": (proof(1, 2),)},
            (D.BOUNDARY, D.LABEL, D.SEVERITY, D.CORRECTION, D.EVIDENCE, D.ATTRIBUTE),
        ),
        ({"layer": "remark", "comment": "a"}, {"layer": "remark", "comment": "b"}, (D.COMMENT,)),
        ({"layer": "remark", "comment": "a b"}, {"layer": "remark", "comment": "a  b "}, ()),
        ({"layer": "loose", "label": "ONE"}, {"layer": "loose", "label": "TWO"}, ()),
        ({"layer": "unheard-of", "comment": "a", "x": 1}, {"layer": "unheard-of"}, ()),
        ({"layer": "unheard-of", "label": "A"}, {"layer": "unheard-of"}, (D.LABEL,)),
    ],
)
def test_differences_have_names(left: dict[str, Any], right: dict[str, Any], kinds: tuple[Difference, ...]) -> None:
    ana, ben = (mark(uid, said.pop("ranges", (0, 5)), **said) for uid, said in (("a", dict(left)), ("b", dict(right))))
    found = one(ana=[ana], ben=[ben])
    assert found.differences == kinds
    assert found.is_agreed is (not kinds)
    assert found.is_conflict is bool(kinds)
    assert one(ana=[ben], ben=[ana]).differences == kinds


def test_who_finished_a_document_and_did_not_mark_is_missing() -> None:
    found = one(ana=[mark("a", (0, 5))], ben=[])
    assert found.differences == (D.MISSING,)
    assert found.votes() == {"ana": "a", "ben": None}
    assert not found.is_agreed


def test_one_reader_alone_gives_neither_agreement_nor_conflict() -> None:
    found = one(ana=[mark("a", (0, 5))])
    assert (found.differences, found.is_agreed, found.is_conflict) == ((), False, False)


def test_of_three_two_may_agree_and_one_differ_or_be_missing() -> None:
    two = {"ana": [mark("a", (0, 5))], "ben": [mark("b", (0, 5))]}
    assert one(**two, cyd=[mark("c", (0, 5))]).is_agreed
    assert one(**two, cyd=[mark("c", (2, 5), severity="major")]).differences == (D.BOUNDARY, D.SEVERITY)
    found = one(**two, cyd=[])
    assert found.differences == (D.MISSING,)
    assert found.readers == ("ana", "ben", "cyd")


def test_evidence_agrees_only_if_each_overlaps_each() -> None:
    chain = {"a": proof(0, 10), "b": proof(8, 20), "c": proof(18, 30)}
    for names in (("a", "b", "c"), ("b", "a", "c"), ("c", "a", "b")):
        marks = {f"{at}-annotator": [mark(uid, (0, 5), evidence=(chain[uid],))] for at, uid in enumerate(names)}
        assert one(**marks).differences == (D.EVIDENCE,)


def test_how_far_apart_readers_are() -> None:
    agreed = one(ana=[mark("a", (0, 5))], ben=[mark("b", (0, 5))])
    label = one(ana=[mark("a", (0, 5))], ben=[mark("b", (0, 5), label="NAME")])
    missing = one(ana=[mark("a", (0, 5))], ben=[])
    two_missing = one(ana=[mark("a", (0, 5))], ben=[], cyd=[])
    distances = [found.disagreement() for found in (agreed, label, missing, two_missing)]
    assert distances == sorted(distances)
    assert (distances[0], distances[1]) == (0, 1)


# -- which go together -------------------------------------------------------------------------------------------------


def test_layers_are_kept_apart() -> None:
    found = groups(ana=[mark("a", (0, 5))], ben=[mark("b", (0, 5), label="NOTE", layer="remark")])
    assert [item.layer for item in found] == ["error", "remark"]
    assert all(item.differences == (D.MISSING,) for item in found)


def test_neighbours_that_touch_are_not_together() -> None:
    assert len(groups(ana=[mark("a", (0, 5))], ben=[mark("b", (5, 9))])) == 2


def test_nested_marks_find_their_own_size() -> None:
    found = groups(
        ana=[mark("a-out", (0, 40)), mark("a-in", (10, 20))], ben=[mark("b-in", (11, 20)), mark("b-out", (0, 38))]
    )
    assert members(found) == {("a-out", "b-out"), ("a-in", "b-in")}
    assert all(item.differences == (D.BOUNDARY,) for item in found)


def test_crossing_marks_go_with_those_they_share_most_with() -> None:
    found = groups(ana=[mark("a1", (0, 20)), mark("a2", (15, 35))], ben=[mark("b1", (2, 22)), mark("b2", (17, 37))])
    assert members(found) == {("a1", "b1"), ("a2", "b2")}


def test_a_label_decides_between_marks_at_one_place() -> None:
    found = groups(
        ana=[mark("a1", (0, 9)), mark("a2", (0, 9), label="NAME")],
        ben=[mark("b1", (0, 9), label="NAME"), mark("b2", (0, 9))],
    )
    assert members(found) == {("a1", "b2"), ("a2", "b1")}
    assert all(item.is_agreed for item in found)


def test_a_chain_of_three_is_one_group() -> None:
    found = one(ana=[mark("a", (0, 10))], ben=[mark("b", (8, 20))], cyd=[mark("c", (18, 30))])
    assert (found.start, found.end, found.differences) == (0, 30, (D.BOUNDARY,))


def test_two_marks_against_one_leave_one_over() -> None:
    found = groups(ana=[mark("a1", (0, 10)), mark("a2", (10, 14))], ben=[mark("b", (0, 14))])
    assert [(item.sources, item.differences) for item in found] == [
        (("a1", "b"), (D.BOUNDARY,)),
        (("a2",), (D.MISSING,)),
    ]


def test_the_matching_is_the_best_in_all_and_not_for_the_first() -> None:
    # b1 fits a1 best, but then a2 would have nobody, and b2 neither.
    found = groups(ana=[mark("a1", (0, 20)), mark("a2", (12, 24))], ben=[mark("b1", (4, 22)), mark("b2", (0, 6))])
    assert members(found) == {("a1", "b2"), ("a2", "b1")}


def test_three_annotators_of_two_nested_marks() -> None:
    marks = {name: [mark(f"{name}-out", (0, 40)), mark(f"{name}-in", (10, 20))] for name in ("ana", "ben")}
    found = groups(**marks, cyd=[mark("cyd-in", (10, 20))])
    assert members(found) == {("ana-in", "ben-in", "cyd-in"), ("ana-out", "ben-out")}
    assert {item.sources: item.differences for item in found}[("ana-out", "ben-out")] == (D.MISSING,)


def test_a_discontinuous_mark_covers_its_parts_but_not_the_gap() -> None:
    found = groups(ana=[mark("a", (0, 5), (20, 25))], ben=[mark("b", (8, 15))])
    assert len(found) == 2
    found = groups(ana=[mark("a", (0, 5), (20, 25))], ben=[mark("b1", (0, 5)), mark("b2", (20, 24))])
    assert members(found) == {("a", "b1"), ("b2",)}
    assert one(ana=[mark("a", (0, 5), (20, 25))], ben=[mark("b", (0, 5), (20, 25))]).is_agreed


def test_anchors_go_with_the_nearest_anchor() -> None:
    found = groups(ana=[mark("a1", (0, 0)), mark("a2", (50, 50))], ben=[mark("b1", (52, 52)), mark("b2", (1, 1))])
    assert members(found) == {("a1", "b2"), ("a2", "b1")}
    assert all(item.differences == (D.BOUNDARY,) for item in found)


def test_of_two_anchors_within_reach_the_nearer_is_meant() -> None:
    found = groups(ana=[mark("a", (50, 50))], ben=[mark("b1", (0, 0)), mark("b2", (52, 52))])
    assert members(found) == {("a", "b2"), ("b1",)}


def test_whoever_is_called_what_the_same_marks_go_together() -> None:
    marks = {
        "1": [mark("a0", (14, 22)), mark("a1", (16, 20))],
        "2": [mark("b0", (6, 18)), mark("b1", (14, 26))],
        "3": [mark("c0", (16, 24)), mark("c1", (12, 24))],
    }
    for names in permutations(("ana", "ben", "cyd")):
        found = groups(**dict(zip(names, marks.values(), strict=True)))
        assert members(found) == {("a1", "b0", "c0"), ("a0", "b1", "c1")}


def test_anchors_far_apart_and_ranges_are_not_together() -> None:
    found = groups(ana=[mark("a", (100, 100))], ben=[mark("b1", (161, 161)), mark("b2", (90, 110))])
    assert len(found) == 3
    assert one(ana=[mark("a", (100, 100))], ben=[mark("b", (100, 100))]).is_agreed


def test_what_an_annotator_said_twice_counts_once() -> None:
    twice = [mark(uid, (0, 5), severity="minor") for uid in ("a2", "a1", "a3")]
    found = one(ana=twice, ben=[mark("b", (0, 5), severity="minor")])
    assert (found.sources, found.twins, found.is_agreed) == (("a1", "b"), ("a2", "a3"), True)


def test_twins_match_in_every_field_except_evidence_ids() -> None:
    same = proof(0, 9)
    other = proof(0, 9).__class__(uid="another", document="ref", fragments=same.fragments, quote="", stance=same.stance)
    found = one(ana=[mark("a1", (0, 5), evidence=(same,)), mark("a2", (0, 5), evidence=(other,))], ben=[])
    assert found.twins == ("a2",)
    marks = [mark("a1", (0, 5)), mark("a2", (0, 5), comment="x"), mark("a3", (0, 5), comment="x")]
    found = groups(ana=marks, ben=[])
    assert {(item.sources, item.twins) for item in found} == {(("a1",), ()), (("a2",), ("a3",))}


def test_groups_come_in_the_order_of_the_text() -> None:
    found = groups(ana=[mark("c", (30, 40)), mark("a", (0, 9)), mark("b", (10, 20))], ben=[])
    assert [item.sources for item in found] == [("a",), ("b",), ("c",)]


def test_an_empty_document_has_no_groups() -> None:
    assert groups(ana=[], ben=[]) == ()
    assert group(Readings("d", 0, {}), SCHEME) == ()


# -- relations ---------------------------------------------------------------------------------------------------------


def two(who: str) -> list:
    return [mark(f"{who}1", (0, 5)), mark(f"{who}2", (10, 15))]


def test_a_relation_that_all_have_is_agreed() -> None:
    first, second = groups(ties={"ana": [tie("a1", "a2")], "ben": [tie("b1", "b2")]}, ana=two("a"), ben=two("b"))
    assert first.is_agreed
    assert second.is_agreed
    assert [(item.label, item.target, item.by) for item in first.ties] == [("because", second.key, ("ana", "ben"))]
    assert second.ties == ()


@pytest.mark.parametrize("theirs", [[], [tie("b1", "b2", "although")], [tie("b2", "b1")]])
def test_a_relation_that_not_all_have_is_a_conflict(theirs: list) -> None:
    first, second = groups(ties={"ana": [tie("a1", "a2")], "ben": theirs}, ana=two("a"), ben=two("b"))
    assert first.differences == (D.RELATION,)
    assert second.differences == ((D.RELATION,) if theirs and theirs[0].source == "b2" else ())


def test_who_did_not_mark_both_ends_could_not_tie_them() -> None:
    first, second = groups(ties={"ana": [tie("a1", "a2")]}, ana=two("a"), ben=[mark("b1", (0, 5))])
    assert first.is_agreed
    assert second.differences == (D.MISSING,)


def test_a_relation_at_a_twin_is_one_at_its_group() -> None:
    marks = [mark("a1", (0, 5)), mark("a2", (10, 15)), mark("a3", (10, 15))]
    first, second = groups(
        ties={"ana": [tie("a1", "a3"), tie("a2", "a3")], "ben": [tie("b1", "b2")]}, ana=marks, ben=two("b")
    )
    assert first.is_agreed
    assert second.is_agreed, "a tie between twins ties nothing"


# -- keys --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changed",
    [
        mark("a", (0, 6)),
        mark("a", (0, 5), label="NAME"),
        mark("a", (0, 5), severity="minor"),
        mark("a", (0, 5), hint="of no weight"),
        mark("a", (0, 5), comment="of no weight"),
        mark("a", (0, 5), correction=""),
        mark("a", (0, 5), evidence=(proof(1, 2),)),
        mark("z", (0, 5)),
    ],
)
def test_a_key_is_another_after_any_change(changed) -> None:
    before = one(ana=[mark("a", (0, 5))], ben=[mark("b", (0, 5))])
    assert one(ana=[changed], ben=[mark("b", (0, 5))]).key != before.key
    assert one(ben=[mark("b", (0, 5))], ana=[mark("a", (0, 5))]).key == before.key


def test_a_group_key_depends_on_relations_but_not_on_time() -> None:
    first, _ = groups(ana=two("a"), ben=two("b"))
    tied, _ = groups(ties={"ana": [tie("a1", "a2")]}, ana=two("a"), ben=two("b"))
    assert first.key != tied.key
    later = [mark("a1", (0, 5)).__class__(**{**_fields(item), "updated": "2027"}) for item in two("a")]
    assert groups(ana=later, ben=two("b"))[0].key == first.key


def _fields(item) -> dict[str, Any]:
    return {name: getattr(item, name) for name in item.__struct_fields__}


def test_fields_come_with_titles_in_the_order_of_the_card() -> None:
    rules = rules_of(SCHEME, "error")
    assert [field.id for field in rules.fields] == [
        *("range", "label", "severity", "correction", "evidence", "cause", "certain", "who", "hint", "comment"),
    ]
    assert [field.id for field in rules.fields if not field.counts] == ["hint", "comment"]
    assert rules.field("cause").kind is D.ATTRIBUTE
    assert rules.field("nothing") is None
    assert Reading(()).relations == ()
