"""`stet patterns`, and what the suggester makes of them."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Stet

TEXT = "A slave trade was agreed. Slave trades are old; the slave trader left. SLAVE TRADE\n"


@pytest.fixture
def project(stet: Stet) -> Path:
    """A project with one text."""
    assert stet("new", "p.stet", "--scheme", "news-errors").code == 0
    stet.write("in.jsonl", json.dumps({"stet": 1, "id": "d1", "name": "one", "text": TEXT}) + "\n")
    assert stet("import", "p.stet", "in.jsonl").code == 0
    return stet.folder / "p.stet"


@pytest.mark.parametrize(
    ("match", "quotes"),
    [
        ("exact", ["slave trade"]),
        ("any-case", ["slave trade", "SLAVE TRADE"]),
        ("lemma", ["slave trade", "Slave trades", "SLAVE TRADE"]),
    ],
)
def test_whole_words_are_found_as_asked(stet: Stet, project: Path, match: str, quotes: list[str]) -> None:
    label = ("--label", "error.TORTURED_TERM", "--correction", "prisoner exchange")
    (row,) = stet("patterns", project, "add", " slave  trade ", "--match", match, *label, "--json").rows()
    assert row == {
        "words": "slave trade",
        "match": match,
        "label": "error.TORTURED_TERM",
        "correction": "prisoner exchange",
    }
    rows = stet("suggest", project, "--with", "patterns", "--json").rows()
    assert [row["quote"] for row in rows] == quotes
    assert all(row["correction"] == "prisoner exchange" for row in rows)
    assert stet("suggest", project, "--with", "patterns", "--json").rows() == []


def test_patterns_are_listed_removed_and_travel_in_bundles(stet: Stet, project: Path) -> None:
    for words in ("slave trade", "trader"):
        assert stet("patterns", project, "add", words, "--label", "error.TORTURED_TERM").code == 0
    assert stet("patterns", project, "add", "trader", "--label", "error.TORTURED_TERM").code != 0
    assert stet("patterns", project, "remove", "trader").out == "removed “trader” (error.TORTURED_TERM)\n"
    assert stet("patterns", project, "remove", "trader").code != 0
    assert stet("assign", project, "--to", "ben").code == 0
    assert stet("bundle", project, "out.stet", "--for", "ben").code == 0
    (row,) = stet("patterns", stet.folder / "out.stet", "list", "--json").rows()
    assert row["words"] == "slave trade"
    assert stet("check", project).code == 0


@pytest.mark.parametrize(
    ("words", "options"),
    [
        ("x" * 201, ()),
        ("–", ()),
        ("a", ("--correction", "y" * 201)),
        ("a", ("--label", "error.NO_SUCH")),
        ("a", ("--label", "entity.PERSON", "--correction", "b")),
    ],
)
def test_what_no_pattern_can_be_is_refused(stet: Stet, project: Path, words: str, options: tuple[str, ...]) -> None:
    label = () if "--label" in options else ("--label", "error.TORTURED_TERM")
    ran = stet("patterns", project, "add", words, *label, *options)
    assert ran.code != 0
    assert stet("patterns", project, "list", "--json").rows() == []


def test_a_flood_of_matches_is_bounded(stet: Stet, project: Path) -> None:
    stet.write("big.jsonl", json.dumps({"stet": 1, "id": "d2", "name": "big", "text": "the " * 4000}) + "\n")
    assert stet("import", project, "big.jsonl").code == 0
    assert stet("patterns", project, "add", "the", "--label", "error.TORTURED_TERM").code == 0
    assert len(stet("suggest", project, "--with", "patterns", "--json").rows()) <= 2_001


def test_no_pattern_is_said(stet: Stet, project: Path) -> None:
    ran = stet("suggest", project, "--with", "patterns")
    assert ran.code != 0
    assert "the project has no patterns" in ran.err
