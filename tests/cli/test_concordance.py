"""`stet concordance` and `stet substitutions`."""

from pathlib import Path

import pytest

from tests.cli.conftest import Stet


@pytest.fixture
def news(stet: Stet) -> Path:
    stet.write("one.txt", "A restricted slave trade. The Slave Trade began.\n")
    stet.write("two.txt", "No slave trader, but a slave\ntrade.\n")
    stet.write("ref.txt", "They agreed on a prisoner exchange.\n")
    stet("new", "a.stet")
    stet("import", "a.stet", "one.txt", "two.txt", "--as", "ana")
    stet("import", "a.stet", "ref.txt", "--as", "ana", "--reference-for", "one")
    return stet.folder / "a.stet"


def marks(stet: Stet) -> list[tuple[str, str, str, str]]:
    rows = stet("list", "a.stet", "annotations", "--json").rows()
    return [(row["document_name"], row["quote"], row["label"], row.get("correction", "")) for row in rows]


def nothing_left_out() -> dict[str, int]:
    return dict.fromkeys(("documents", "already", "other_marks", "in_references", "unassigned"), 0)


def test_references_and_marked_places_are_left_out_by_default(stet: Stet, news: Path) -> None:
    stet("concordance", "a.stet", "restricted", "--mark", "error/TORTURED_TERM", "--as", "ana")
    stet("import", "a.stet", stet.write("told.txt", "The restricted slave trade.\n"), "--reference-for", "two")
    line = ["concordance", "a.stet", r"restricted|slave", "--regex", "--mark", "error/PREDICATE", "--as", "ana"]
    look = stet(*line, "--dry-run")
    assert look.out == (
        "4 marks “Predicate: action or relation” would be made in 2 documents\n"
        "left out: 1 with another mark in this layer, 2 in references\n"
    )
    row = {"places": 7, "marked": 4, **nothing_left_out(), "documents": 2, "other_marks": 1, "in_references": 2}
    assert stet(*line, "--json", "--dry-run").rows() == [row | {"dry_run": True}]
    assert len(marks(stet)) == 1
    stet(*line)
    assert [(name, quote) for name, quote, *_ in marks(stet)] == [
        ("one.txt", "restricted"),
        *[("one.txt", "slave"), ("one.txt", "Slave"), ("two.txt", "slave"), ("two.txt", "slave")],
    ]
    assert stet(*line, "--everywhere").out == (
        "3 marks “Predicate: action or relation” made in 2 documents\nleft out: 4 already with this label\n"
    )
    assert ("told.txt", "restricted") in [(name, quote) for name, quote, *_ in marks(stet)]


def test_places_in_others_documents_are_left_out(stet: Stet, news: Path) -> None:
    stet("assign", "a.stet", "--to", "ana,ben", "--round-robin")
    line = ["concordance", "a.stet", "slave", "--mark", "error/TORTURED_TERM"]
    found = [stet(*line, "--as", name, "--json", "--dry-run").rows()[0] for name in ("ana", "ben", "cara")]
    assert [(row["documents"], row["unassigned"]) for row in found] == [(1, 2), (1, 2), (2, 0)]


def test_places_are_shown_by_form_the_most_frequent_first(stet: Stet, news: Path) -> None:
    assert stet("concordance", "a.stet", "slave trade").out.splitlines() == [
        "slave trade  (4)",
        "  one.txt:13-24: A restricted [slave trade]. The Slave Trade began.",
        "  one.txt:30-41: A restricted slave trade. The [Slave Trade] began.",
        "  two.txt:3-14: No [slave trade]r, but a slave trade.",
        "  two.txt:23-34: No slave trader, but a [slave trade].",
    ]
    lines = stet("concordance", "a.stet", r"slave trade\w*", "--regex").out.splitlines()
    assert [line for line in lines if not line.startswith(" ")] == ["slave trade  (2)", "slave trader  (1)"]
    assert len(stet("concordance", "a.stet", "Slave Trade", "--case").out.splitlines()) == 2


def test_places_as_json_are_in_code_points_with_the_labels_there(stet: Stet, news: Path) -> None:
    stet("concordance", "a.stet", "Slave Trade", "--case", "--mark", "error/TORTURED_TERM", "--as", "ana")
    rows = stet("concordance", "a.stet", "slave trade", "--whole-words", "--as", "ana", "--json").rows()
    assert [(row["name"], row["start"], row["end"], row["match"], row["form"], row["labels"]) for row in rows] == [
        ("one.txt", 13, 24, "slave trade", "slave trade", []),
        ("one.txt", 30, 41, "Slave Trade", "slave trade", ["error/TORTURED_TERM"]),
        ("two.txt", 23, 34, "slave\ntrade", "slave trade", []),
    ]
    assert list(rows[0]) == ["document", "name", "start", "end", "before", "match", "after", "form", "labels"]


def test_all_places_are_marked_as_one_step_after_a_look(stet: Stet, news: Path) -> None:
    said = ["--mark", "error/TORTURED_TERM", "--severity", "major", "--correction", "prisoner exchange", "--as", "ana"]
    look = stet("concordance", "a.stet", "slave trade", "--whole-words", *said, "--dry-run")
    assert (look.code, look.out) == (0, "3 marks “Tortured term” would be made in 2 documents\n")
    assert look.err == "stet: dry run; nothing was changed\n"
    assert marks(stet) == []
    before = len(stet("log", "a.stet", "--json").rows())
    assert stet("concordance", "a.stet", "slave trade", "--whole-words", *said).out == (
        "3 marks “Tortured term” made in 2 documents\n"
    )
    assert marks(stet) == [
        ("one.txt", "slave trade", "TORTURED_TERM", "prisoner exchange"),
        ("one.txt", "Slave Trade", "TORTURED_TERM", "prisoner exchange"),
        ("two.txt", "slave\ntrade", "TORTURED_TERM", "prisoner exchange"),
    ]
    assert len(stet("log", "a.stet", "--json").rows()) == before + 1
    again = stet("concordance", "a.stet", "slave trade", "--whole-words", *said, "--json")
    assert again.rows() == [{"places": 3, "marked": 0, **nothing_left_out(), "already": 3, "dry_run": False}]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (["term", "--mark", "error/TORTURED_TERM"], "specify the annotator: --as NAME"),
        (["term", "--mark", "TORTURED_TERM", "--as", "ana"], "“TORTURED_TERM” doesn't name a layer of the scheme"),
        (["term", "--mark", "error/NONE", "--as", "ana"], "layer error has no label “NONE”"),
        (["term", "--mark", "error/TORTURED_TERM", "--severity", "x", "--as", "ana"], "there is no severity “x” here"),
        (["term", "--mark", "entity/PERSON", "--correction", "x", "--as", "ana"], "layer entity has no corrections"),
        (
            ["term", "--severity", "major"],
            "--severity, --correction, --comment, --everywhere and --dry-run need --mark",
        ),
        (["term", "--dry-run"], "--severity, --correction, --comment, --everywhere and --dry-run need --mark"),
        ([" "], "TERM is empty"),
        (["(", "--regex"], "not a regular expression"),
    ],
)
def test_wrong_use_is_told_and_nothing_is_written(stet: Stet, news: Path, line: list[str], what: str) -> None:
    ran = stet("concordance", "a.stet", *line)
    assert (ran.code, ran.out) == (2, "")
    assert what in ran.err
    assert marks(stet) == []


def test_a_term_that_stands_nowhere_is_told(stet: Stet, news: Path) -> None:
    ran = stet("concordance", "a.stet", "nowhere")
    assert (ran.code, ran.out, ran.err) == (0, "", "stet: no occurrences found\n")


def test_substitutions_list_corrections_and_unmarked_occurrences(stet: Stet, news: Path) -> None:
    nothing = stet("substitutions", "a.stet")
    assert (nothing.code, nothing.out) == (0, "")
    assert nothing.err == "stet: no corrections yet; use --as NAME to say whose corrections count\n"
    said = ["--mark", "error/TORTURED_TERM", "--correction", "prisoner exchange", "--as", "ana"]
    stet("concordance", "a.stet", "Slave Trade", "--case", *said)
    assert stet("substitutions", "a.stet", "--as", "ana").out.splitlines() == [
        "Slave Trade → prisoner exchange  (corrected once, unmarked at 2)",
        "  one.txt:13-24: A restricted [slave trade]. The Slave Trade began.  ✓ in the reference",
        "  two.txt:23-34: No slave trader, but a [slave trade].",
    ]
    (row,) = stet("substitutions", "a.stet", "--as", "ana", "--json").rows()
    assert {key: value for key, value in row.items() if key != "places"} == {
        "wrong": "Slave Trade",
        "right": "prisoner exchange",
        "times": 1,
        "layer": "error",
        "label": "TORTURED_TERM",
        "severity": row["severity"],
    }
    assert [(place["name"], place["start"], place["in_reference"]) for place in row["places"]] == [
        ("one.txt", 13, True),
        ("two.txt", 23, False),
    ]
    assert stet("substitutions", "a.stet", "--as", "ben").out == ""
    assert stet("substitutions", "a.stet", "--layer", "nothing").code == 2


def test_hits_are_marked_without_white_space_at_their_ends(stet: Stet) -> None:
    stet("new", "b.stet", "--scheme", "ner")
    stet.write("two.txt", b"Ana met  Bo.\nBo left  early.\n")
    assert stet("import", "b.stet", "two.txt").code == 0
    ran = stet("concordance", "b.stet", r"\s+Bo\b\s*", "--regex", "--mark", "entity/PERSON", "--as", "ana")
    assert ran.code == 0, ran.err
    rows = stet("list", "b.stet", "annotations", "--json").rows()
    assert [(row["start"], row["end"], row["quote"]) for row in rows] == [(9, 11, "Bo"), (13, 15, "Bo")]
    assert stet("check", "b.stet").out == "no problems, no findings\n"
