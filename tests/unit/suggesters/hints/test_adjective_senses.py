"""Adjectives that say much the same, and opposed ones, as WordNet knows them."""

from pathlib import Path

import pytest

from app.core.errors import StetError
from app.suggesters.hints.adjective_senses import adjective_senses, read_adjectives


@pytest.mark.parametrize(
    ("one", "other"), [("hot", "cold"), ("rural", "urban"), ("heated", "frozen"), ("easy", "hard")]
)
def test_opposed_adjectives_are_known_both_ways(one: str, other: str) -> None:
    senses = adjective_senses()
    assert senses.opposed(one) & senses.clusters(other)
    assert senses.opposed(other) & senses.clusters(one)


@pytest.mark.parametrize(("one", "other"), [("dangerous", "risky"), ("wet", "rainy"), ("large", "big")])
def test_similar_adjectives_share_a_cluster(one: str, other: str) -> None:
    assert adjective_senses().clusters(one) & adjective_senses().clusters(other)


def test_no_adjective_is_opposed_to_itself() -> None:
    senses = adjective_senses()
    for adjective in ("hard", "light", "free", "open", "unknowable"):
        assert not senses.opposed(adjective) & senses.clusters(adjective)


def test_a_table_without_its_gap_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "adjectives.tsv").write_text("0\t1\nhot\t0\n", encoding="utf-8")
    with pytest.raises(StetError, match="damaged"):
        read_adjectives(tmp_path / "adjectives.tsv")
