"""Which relations follow their marks into gold."""

from app.review.gold_relations import Carriers, is_disputed, lasting
from tests.unit.review.build import SCHEME, groups, mark, tie


def setup(**ties):
    """Return three annotators' two groups by key."""
    marks = {who: [mark(f"{who}1", (0, 5)), mark(f"{who}2", (10, 15))] for who in ("a", "b", "c")}
    found = groups(
        ties={who: [tie(f"{who}1", f"{who}2", label) for label in labels] for who, labels in ties.items()}, **marks
    )
    return [item.key for item in found], {item.key: item for item in found}


def labels(groups_, gold, carriers) -> list[str]:
    return [item.label for _, item, _ in lasting(groups_, gold=set(gold), carriers=carriers)]


def rule(*names: str) -> Carriers:
    return Carriers(frozenset(names), by_rule=True)


def person(*names: str) -> Carriers:
    return Carriers(frozenset(names))


def test_a_person_takes_the_relations_of_whose_label_they_took() -> None:
    keys, found = setup(a=["x"], b=["y"])
    for who, expected in (("a", ["x"]), ("b", ["y"]), ("c", [])):
        assert labels(found, keys, {keys[0]: person(who)}) == expected
        assert labels(found, keys, {keys[1]: person(who)}) == expected, "and when the other end is decided last"
    assert labels(found, keys, {keys[0]: person("a"), keys[1]: person("b")}) == ["x"]
    assert labels(found, keys, {keys[0]: person()}) == []


def test_both_ends_must_be_in_gold_and_one_must_be_new() -> None:
    keys, found = setup(a=["x"], b=["x"], c=["x"])
    assert labels(found, keys[:1], {keys[0]: rule("a", "b", "c")}) == []
    assert labels(found, keys, {}) == []


def test_a_rule_takes_what_all_winners_have() -> None:
    keys, found = setup(a=["x", "y"], b=["x"])
    everyone, two = rule("a", "b", "c"), rule("a", "b")
    assert labels(found, keys, dict.fromkeys(keys, everyone)) == []
    assert labels(found, keys, dict.fromkeys(keys, two)) == ["x"]
    assert labels(found, keys, {keys[0]: two, keys[1]: everyone}) == ["x"], "who won at both ends"
    assert labels(found, keys, {keys[0]: two}) == ["x"], "the other end was decided before"
    assert labels(found, keys, {keys[1]: two}) == ["x"]
    assert labels(found, keys, {keys[0]: rule("a"), keys[1]: rule("b")}) == []


def test_who_did_not_mark_the_other_end_is_not_asked() -> None:
    found = groups(
        ties={"a": [tie("a1", "a2")]},
        a=[mark("a1", (0, 5)), mark("a2", (10, 15))],
        b=[mark("b1", (0, 5))],
    )
    keys = [item.key for item in found]
    assert labels({item.key: item for item in found}, keys, {keys[0]: rule("a", "b"), keys[1]: rule("a")}) == [
        "because"
    ]


def test_torn_is_what_some_winners_have_and_others_do_not() -> None:
    keys, found = setup(a=["x"], b=["x"])
    first, second = found[keys[0]], found[keys[1]]
    assert is_disputed(first, found, dict.fromkeys(keys, rule("a", "b", "c")), SCHEME)
    assert not is_disputed(second, found, dict.fromkeys(keys, rule("a", "b", "c")), SCHEME), "its relation leads here"
    assert not is_disputed(first, found, dict.fromkeys(keys, rule("a", "b")), SCHEME)
    assert not is_disputed(first, found, dict.fromkeys(keys, rule("c")), SCHEME)
