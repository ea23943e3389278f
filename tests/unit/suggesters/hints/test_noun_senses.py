"""What nouns name, and which can name the same."""

from pathlib import Path

import pytest

from app.core.errors import StetError
from app.suggesters.hints.noun_senses import noun_senses, read_nouns


@pytest.mark.parametrize(
    ("noun", "kind"),
    [("cheese", "food"), ("airplane", "artifact"), ("mouse", "animal"), ("friend", "person"), ("xyzzy", "")],
)
def test_a_noun_has_the_kind_of_its_most_frequent_sense(noun: str, kind: str) -> None:
    assert noun_senses().kind(noun) == kind


@pytest.mark.parametrize(("one", "other"), [("couch", "sofa"), ("poodle", "dog"), ("dog", "poodle"), ("oak", "tree")])
def test_words_for_a_thing_and_for_its_kind_are_related(one: str, other: str) -> None:
    assert noun_senses().are_related(one, other)


@pytest.mark.parametrize(
    ("one", "other"), [("milk", "cheese"), ("train", "airplane"), ("mouse", "rabbit"), ("oak", "xyzzy")]
)
def test_kinds_of_one_thing_are_not_related(one: str, other: str) -> None:
    assert not noun_senses().are_related(one, other)


def test_a_damaged_table_is_told(tmp_path: Path) -> None:
    path = tmp_path / "nouns.tsv"
    path.write_text("a\tb\n", encoding="utf-8")
    with pytest.raises(StetError, match=r"nouns\.tsv is damaged"):
        read_nouns(path)
