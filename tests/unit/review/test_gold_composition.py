"""What picks make of a group, and who is said to have supplied it."""

import pytest

from app.core.annotation import Fragment
from app.core.decision import Outcome
from app.core.errors import EditRejected
from app.review.fields import rules_of
from app.review.gold_composition import (
    INTERSECTION,
    REVIEWER,
    UNION,
    by_votes,
    classes,
    compose,
    intersection,
    outcome_of,
    range_of,
    union,
    whole,
)
from app.review.groups import Group
from tests.unit.review.build import SCHEME, TEXT, mark, one, proof

RULES = rules_of(SCHEME, "error")


def made(found: Group, picks: dict[str, str], **fields):
    return compose(found, picks, scheme=SCHEME, text=TEXT, time="2026-01-02T03:04:05Z", **fields)


def pair() -> Group:
    return one(
        ana=[mark("a", (0, 6), severity="minor", cause="x", correction="A", comment="ca", evidence=(proof(0, 9),))],
        ben=[mark("b", (3, 9), label="NAME", severity="major", who="w", correction="B", hint="h")],
    )


def test_a_version_is_taken_whole() -> None:
    found = pair()
    picks = whole(found, "a", RULES)
    gold, supplied = made(found, picks)
    assert (gold.label, gold.fragments, gold.quote) == ("TERM", (Fragment(0, 6),), "012345")
    assert (gold.attributes, gold.correction, gold.comment) == ({"severity": "minor", "cause": "x"}, "A", "ca")
    assert [(item.document, item.fragments) for item in gold.evidence] == [("ref", (Fragment(0, 9),))]
    assert gold.evidence[0].uid != found.versions["ana"].evidence[0].uid
    assert (gold.origin, gold.created, gold.updated) == ("review", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z")
    assert gold.uid not in ("a", "b")
    assert set(supplied.values()) == {"a"}
    assert outcome_of(found, supplied) is Outcome.ACCEPTED
    assert whole(found, "nobody", RULES) == {}


def test_each_field_can_come_from_another_version() -> None:
    found = pair()
    gold, supplied = made(found, {"range": "b", "label": "a", "severity": "b", "correction": "b"})
    assert (gold.label, gold.fragments, gold.correction) == ("TERM", (Fragment(3, 9),), "B")
    assert gold.attributes == {"severity": "major", "cause": "x"}
    assert gold.comment == "ca", "what isn't picked comes with the label"
    assert supplied == {
        **{"range": "b", "label": "a", "severity": "b", "correction": "b"},
        **{"cause": "a", "evidence": "a", "comment": "a"},
    }
    assert outcome_of(found, supplied) is Outcome.COMBINED


def test_attributes_that_the_label_does_not_have_are_left_out() -> None:
    found = pair()
    assert "who" not in made(found, {"label": "a", "who": "b"})[0].attributes
    gold, supplied = made(found, {"label": "b", "cause": "a"})
    assert gold.attributes == {"severity": "major", "who": "w", "hint": "h", "cause": "x"}
    assert supplied["cause"] == "a"
    assert "certain" not in supplied, "what has no value was supplied by nobody"


def test_a_picked_version_without_a_value_takes_the_value_away() -> None:
    assert "cause" not in made(pair(), {"label": "a", "cause": "b"})[0].attributes


def test_union_and_intersection_of_the_ranges() -> None:
    found = pair()
    gold, supplied = made(found, {"label": "a", "range": UNION})
    assert (gold.fragments, gold.quote, supplied["range"]) == ((Fragment(0, 9),), "012345678", UNION)
    assert outcome_of(found, supplied) is Outcome.COMBINED
    gold, _ = made(found, {"label": "a", "range": INTERSECTION}, drops_misfit=True)
    assert gold.quote == "345"


def test_an_intersection_with_nothing_in_it_is_refused() -> None:
    chain = one(ana=[mark("a", (0, 10))], ben=[mark("b", (8, 20))], cyd=[mark("c", (18, 30))])
    with pytest.raises(EditRejected, match="no character in common"):
        range_of(chain, INTERSECTION)
    assert range_of(chain, UNION) == (Fragment(0, 30),)


def test_fragments_and_anchors_have_unions_and_intersections() -> None:
    parts = [(Fragment(0, 5), Fragment(10, 15)), (Fragment(3, 12),)]
    assert union(parts) == (Fragment(0, 15),)
    assert intersection(parts) == (Fragment(3, 5), Fragment(10, 12))
    anchors = [(Fragment(3, 3),), (Fragment(7, 7),)]
    assert union(anchors) == (Fragment(3, 3), Fragment(7, 7))
    assert intersection(anchors) == ()
    assert intersection([anchors[0], anchors[0]]) == anchors[0]
    assert intersection([(Fragment(0, 5),), (Fragment(5, 9),)]) == ()
    mixed = [(Fragment(0, 9),), (Fragment(4, 4), Fragment(6, 9))]
    assert intersection(mixed) == intersection(mixed[::-1]) == (Fragment(6, 9),)


def test_the_reviewer_s_own_values() -> None:
    found = pair()
    own = mark("own", (1, 4), label="NAME", severity="minor", correction="mine", comment="because")
    gold, supplied = made(found, {"range": REVIEWER, "label": REVIEWER, "correction": REVIEWER}, own=own)
    assert (gold.quote, gold.label, gold.correction) == ("123", "NAME", "mine")
    assert (supplied["range"], supplied["label"], supplied["correction"]) == (REVIEWER,) * 3
    assert supplied["comment"] == "a", "what the reviewer says nothing of comes from a version"
    assert outcome_of(found, supplied) is Outcome.EDITED


def test_a_pick_that_is_not_there_is_refused() -> None:
    for picks in ({"label": "gone"}, {"range": "gone"}, {"label": REVIEWER}, {"label": UNION}):
        with pytest.raises(EditRejected, match="is no longer in the group"):
            made(pair(), picks)


def test_a_layer_missing_from_the_scheme_keeps_its_attributes() -> None:
    found = one(ana=[mark("a", (0, 5), layer="old", label="X", odd=1)], ben=[])
    assert made(found, {"label": "a"})[0].attributes == {"odd": 1}


def test_votes_pick_field_by_field() -> None:
    found = one(
        ana=[mark("c", (0, 5), severity="minor", correction="x")],
        ben=[mark("b", (0, 6), severity="minor", correction="y")],
        cyd=[mark("a", (0, 6), severity="major", correction="x")],
    )
    picks = by_votes(found, RULES)
    gold, _ = made(found, picks)
    assert (gold.fragments[0].end, gold.attributes["severity"], gold.correction) == (6, "minor", "x")


def test_where_votes_are_even_the_first_mark_wins_and_no_name() -> None:
    versions = [mark("a", (0, 5)), mark("b", (0, 6))]
    for names in (("ana", "zoe"), ("zoe", "ana")):
        found = one(**{name: [version] for name, version in zip(names, versions, strict=True)})
        assert set(by_votes(found, RULES).values()) == {"a"}


def test_who_says_the_same_in_a_field() -> None:
    found = one(zoe=[mark("a", (0, 5))], ben=[mark("b", (0, 6))], ana=[mark("c", (0, 5), label="NAME")])
    assert classes(found, "range", RULES) == [["ana", "zoe"], ["ben"]]
    assert classes(found, "label", RULES) == [["ben", "zoe"], ["ana"]]


def test_evidence_is_grouped_by_what_overlaps_most() -> None:
    found = one(
        ana=[mark("a", (0, 5), evidence=(proof(0, 10),))],
        ben=[mark("b", (0, 5), evidence=(proof(8, 20),))],
        cyd=[mark("c", (0, 5), evidence=(proof(18, 30),))],
    )
    assert classes(found, "evidence", RULES) == [["ana", "ben"], ["cyd"]]


def test_outcomes() -> None:
    found = pair()
    assert outcome_of(found, {"label": "a", "range": "a"}) is Outcome.ACCEPTED
    assert outcome_of(found, {"label": "a", "range": "b"}) is Outcome.COMBINED
    assert outcome_of(found, {"label": UNION}) is Outcome.COMBINED
    assert outcome_of(found, {"label": REVIEWER, "range": "b"}) is Outcome.EDITED
    assert outcome_of(found._replace(versions={}), {"label": REVIEWER}) is Outcome.CREATED
