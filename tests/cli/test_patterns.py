"""`stet patterns`, and what the suggester makes of them."""

import json
from pathlib import Path

import pytest
import spacy

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
        "severity": None,
        "note": "",
        "tokens": None,
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


def test_a_merge_brings_patterns_back_and_raises_none_again(stet: Stet, project: Path) -> None:
    label = ("--label", "error.TORTURED_TERM")
    assert stet("patterns", project, "add", "slave trade", *label).code == 0
    assert stet("assign", project, "--to", "ben").code == 0
    assert stet("bundle", project, "ben.stet", "--for", "ben").code == 0
    assert stet("patterns", "ben.stet", "add", "trader", *label).code == 0
    assert stet("patterns", "ben.stet", "add", "--tokens", '[{"LEMMA": "agree"}]', *label, "--note", "why").code == 0
    assert stet("patterns", project, "remove", "slave trade").code == 0
    assert "2 patterns" in stet("merge", project, "ben.stet").out
    words = ["any form of “agree”", "trader"]
    rows = stet("patterns", project, "--json").rows()
    assert [row["words"] for row in rows] == words, "what was removed here stays away"
    assert rows[0]["note"] == "why"
    assert "nothing new" in stet("merge", project, "ben.stet").out
    assert stet("patterns", project, "remove", "trader").code == 0
    assert "nothing new" in stet("merge", project, "ben.stet").out
    assert [row["words"] for row in stet("patterns", project, "--json").rows()] == words[:1]


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


def test_a_rule_for_each_token_finds_what_spacy_would(stet: Stet, project: Path) -> None:
    rule = json.dumps([{"LEMMA": {"IN": ["slave", "prisoner"]}}, {"LOWER": "trade", "OP": "!"}])
    given = ("--label", "error.TORTURED_TERM", "--severity", "major", "--note", "People aren't traded")
    (row,) = stet("patterns", project, "add", "--tokens", rule, *given, "--json").rows()
    assert row["words"] == "any form of “slave” or “prisoner”, not “trade”"
    assert row["tokens"] == json.loads(rule)
    rows = stet("suggest", project, "--with", "patterns", "--json").rows()
    assert [row["quote"] for row in rows] == ["Slave trades", "slave trader"]
    assert {row["reason"] for row in rows} == {"People aren't traded"}
    assert {row["attributes"]["severity"] for row in rows} == {"major"}
    assert "no severity “worst”" in stet("patterns", project, "add", "x", *given[:2], "--severity", "worst").err


def test_patterns_go_to_spacy_and_come_back(stet: Stet, project: Path) -> None:
    label = ("--label", "error.TORTURED_TERM")
    assert stet("patterns", project, "add", "Slave trades", "--match", "lemma", *label).code == 0
    assert stet("patterns", project, "add", "slave trader", "--match", "exact", "--note", "why", *label).code == 0
    assert stet("patterns", project, "add", "--tokens", '[{"SHAPE": "XXXX", "OP": "+"}]', *label).code == 0
    before = stet("patterns", project, "--json").rows()
    assert stet("patterns", project, "export", "p.jsonl").out == "wrote 3 patterns to p.jsonl\n"
    lines = [json.loads(line) for line in (stet.folder / "p.jsonl").read_text("utf-8").splitlines()]
    ruler = spacy.blank("en").add_pipe("entity_ruler")
    ruler.add_patterns(lines)  # pyright: ignore[reportAttributeAccessIssue]  spaCy's own
    assert [line["pattern"] for line in lines if isinstance(line["pattern"], str)] == ["slave trader"]
    assert [{"LEMMA": "slave"}, {"LEMMA": "trade"}] in [line["pattern"] for line in lines]
    assert stet("patterns", project, "import", "p.jsonl").out == "added 0 patterns, 3 were there already\n"
    for row in before:
        assert stet("patterns", project, "remove", row["words"]).code == 0
    assert stet("patterns", project, "import", "p.jsonl").out == "added 3 patterns\n"
    assert stet("patterns", project, "--json").rows() == before


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('{"label": "PERSON"}', "a list of at least one token"),
        ('{"label": "PERSON", "pattern": []}', "a list of at least one token"),
        ('{"label": "PERSON", "pattern": " "}', "at least one word"),
        ('{"label": "NOBODY", "pattern": "Ana"}', "no label “NOBODY”; say with --label"),
        ('{"label": "PERSON", "pattern": [{"LOWER": {"REGEX": "(a|aa)+$"}}]}', "regular expressions aren't supported"),
        ('{"label": "PERSON", "pattern": [{"LOWER": "a", "OP": "*"}]}', "every token of the pattern may be missing"),
        ('{"label": "PERSON", "pattern": [' + ", ".join(['{"OP": "*"}'] * 5_000) + "]}", "5,000 tokens"),
        ('{"label": "PERSON", "pattern": ' + "[" * 5_000 + "]" * 5_000 + "}", ""),
        ('{"label": "PERSON", "pattern": "Ana", "stet": {"match": "odd"}}', "stet.match can't be 'odd'"),
        ('{"label": "PERSON", "pattern": "Ana", "stet": 7}', "stet must be an object, not a whole number"),
        ('{"label": "PERSON", "pattern": "Ana", "pattern": "Ben"}', ""),
        ("not JSON", ""),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_added(stet: Stet, project: Path, line: str, why: str) -> None:
    stet.write("bad.jsonl", '{"label": "PERSON", "pattern": "Ana"}\n' + line + "\n")
    done = stet("patterns", project, "import", "bad.jsonl")
    assert done.code != 0
    assert "bad.jsonl:2" in done.err.replace(", line ", ":")
    assert why in done.err
    assert stet("patterns", project, "--json").rows() == []
