"""Splits: by the shares, with everything together that must be, and labels spread where they can be."""

import random
from collections import Counter

import pytest

from app.exchange.split import Split


def shares(found: dict[str, int], labels: dict[str, tuple[str, ...]]) -> dict[str, list[int]]:
    """Return how many documents with each label are in each of three parts."""
    counts = {label: Counter(found[uid] for uid, has in labels.items() if label in has) for label in "abc"}
    return {label: [count[part] for part in range(3)] for label, count in counts.items()}


@pytest.mark.parametrize("seed", range(5))
def test_labels_are_spread_by_the_shares(seed: int) -> None:
    some = random.Random(seed)
    labels = {
        f"d{number}": tuple(each for each, odds in (("a", 0.8), ("b", 0.2), ("c", 0.05)) if some.random() < odds)
        for number in range(1000)
    }
    found = Split.parse("80/10/10", seed=seed).assign(dict.fromkeys(labels, 1), [], labels)
    for label, (train, dev, test) in shares(found, labels).items():
        total = train + dev + test
        assert abs(train - 0.8 * total) <= 6, label
        assert abs(dev - 0.1 * total) <= 6, label
        assert abs(test - 0.1 * total) <= 6, label
    assert [list(found.values()).count(part) for part in range(3)] == [800, 100, 100]


def test_a_rare_label_goes_where_most_is_to_be() -> None:
    weights = {f"d{number}": 1 for number in range(100)}
    found = Split.parse("80/10/10").assign(weights, [], {"d7": ("rare",), "d8": ("rare",)})
    assert {found["d7"], found["d8"]} == {0}


def test_three_of_a_label_reach_both_parts() -> None:
    weights = {f"d{number}": 1 for number in range(100)}
    found = Split.parse("50/50").assign(weights, [], {f"d{number}": ("rare",) for number in (3, 4, 5)})
    assert {found["d3"], found["d4"], found["d5"]} == {0, 1}


def test_groups_stay_whole_and_are_spread_as_well_as_they_can_be() -> None:
    weights = {f"d{number}": 1 for number in range(600)}
    links = [(f"d{number}", f"d{number - number % 3}") for number in range(600)]
    labels = {f"d{number}": ("a",) for number in range(0, 600, 6)}
    found = Split.parse("80/10/10", seed=4).assign(weights, links, labels)
    assert all(found[one] == found[other] for one, other in links)
    assert shares(found, labels)["a"] == [80, 10, 10]


def test_the_seed_decides() -> None:
    weights = {f"d{number}": 1 for number in range(200)}
    labels = {f"d{number}": ("ab"[number % 2],) for number in range(0, 200, 3)}
    one, again, other = (Split.parse("80/20", seed=seed).assign(weights, [], labels) for seed in (1, 1, 2))
    assert one == again
    assert one != other
