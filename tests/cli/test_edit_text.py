"""`stet edit-text`: a typo in the source, corrected from a shell."""

from pathlib import Path

import pytest

from tests.cli.conftest import Stet

TEXT = "Puttin met the US senator.\r\nPuttin left.\n"


@pytest.fixture
def news(stet: Stet) -> Path:
    stet.write("spun.txt", TEXT)
    stet("new", "a.stet")
    stet("import", "a.stet", "spun.txt", "--as", "ana")
    for words, label in (("Puttin", "NAME_FORM"), ("senator", "ROLE_ATTRIBUTE"), ("US", "PREDICATE")):
        stet("concordance", "a.stet", words, "--case", "--mark", f"error/{label}", "--as", "ana")
    return stet.folder / "a.stet"


def marks(stet: Stet) -> list[tuple[int, int, str]]:
    rows = stet("list", "a.stet", "annotations", "--json").rows()
    return [(row["start"], row["end"], row["quote"]) for row in rows]


def test_a_typo_is_corrected_with_the_marks(stet: Stet, news: Path) -> None:
    line = ["edit-text", "a.stet", "spun", "--replace", "Puttin", "Putin", "--every", "--as", "lead"]
    before = marks(stet)
    look = stet(*line, "--dry-run")
    assert look.out.splitlines() == [
        "the text of “spun” would be edited in 2 places",
        "marks that keep their words: 2, 2 of them moved",
        "marks with other words: 2",
        "with other words:",
        "  NAME_FORM: “Puttin” → “Putin”  (spun, ana)",
        "  NAME_FORM: “Puttin” → “Putin”  (spun, ana)",
    ]
    assert look.err == "stet: dry run; nothing was changed\n"
    assert marks(stet) == before
    (row,) = stet(*line, "--json", "--reason", "typo").rows()
    assert row["changes"] == [
        {"start": 3, "end": 4, "old": "t", "new": ""},
        {"start": 31, "end": 32, "old": "t", "new": ""},
    ]
    assert (row["kept"], row["moved"], len(row["reworded"]), row["lost"]) == (0, 2, 2, [])
    assert marks(stet) == [(0, 5, "Putin"), (14, 16, "US"), (17, 24, "senator"), (27, 32, "Putin")]
    assert "Edit the text of spun" in stet("log", "a.stet").out
    assert stet("check", "a.stet").code == 0


@pytest.mark.parametrize(
    ("choice", "left"),
    [
        ("keep", (18, 27, "senator")),
        ("move", (18, 27, "president")),
        ("anchor", (18, 18, "")),
        ("delete", None),
    ],
)
def test_lost_marks_are_kept_moved_or_deleted(
    stet: Stet, news: Path, choice: str, left: tuple[int, int, str] | None
) -> None:
    stet.write("new.txt", TEXT.replace("senator", "president"))
    (row,) = stet("edit-text", "a.stet", "spun", "--file", "new.txt", "--lost", choice, "--json").rows()
    assert [(item["quote"], item["place"]) for item in row["lost"]] == [("senator", [[18, 27]])]
    assert row["undecided"] == (choice == "keep")
    assert [found for found in marks(stet) if found[0] == 18] == ([left] if left else [])
    check = stet("check", "a.stet")
    assert ("quote" in check.out + check.err) is (choice == "keep")


def test_a_shown_report_says_what_is_still_to_decide(stet: Stet, news: Path) -> None:
    lines = stet("edit-text", "a.stet", "spun", "--replace", "senator", "president").out.splitlines()
    assert "marks whose words are gone: 1" in lines
    assert "  ROLE_ATTRIBUTE: “senator”  (spun, ana)" in lines
    assert lines[-1].startswith("still to decide: 1;")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--replace", "Puttin", "Putin"], "“Puttin” is in the text 2 times; add more of the text around it"),
        (["--replace", "Putain", "Putin"], "“Putain” isn't in the text; it must be exactly as in the text"),
        (["--replace", "", "Putin"], "there is nothing to replace"),
        (["--replace", "the US", "a", "--replace", "US senator", "b"], "two of the texts to replace overlap in “US”"),
        (["--replace", "senator", "senator"], "that is the text as it is"),
        ([], "give either --replace OLD NEW or --file NEWTEXT"),
        (["--replace", "US", "a", "--file", "spun.txt"], "give either --replace OLD NEW or --file NEWTEXT"),
        (["--file", "spun.txt", "--every"], "--every belongs to --replace"),
        (["--file", "none.txt"], "none.txt"),
        (["--file", "empty.txt"], "the file is empty; a document needs a text"),
    ],
)
def test_what_can_not_be_done_is_said(stet: Stet, news: Path, arguments: list[str], message: str) -> None:
    stet.write("empty.txt", " \n")
    before = marks(stet)
    done = stet("edit-text", "a.stet", "spun", *arguments)
    assert done.code in (1, 2)
    assert message in done.err
    assert marks(stet) == before


def test_what_was_kept_is_decided_later(stet: Stet, news: Path) -> None:
    stet("edit-text", "a.stet", "spun", "--replace", "senator", "president")
    line = ["edit-text", "a.stet", "spun", "--lost"]
    assert stet(*line, "keep").out.splitlines() == [
        "ROLE_ATTRIBUTE: “senator”  (spun, ana): still to decide",
        "0 marks decided, 1 still to decide",
    ]
    (row,) = stet(*line, "move", "--json", "--dry-run").rows()
    assert (row["undecided"], [item["quote"] for item in row["lost"]]) == (0, ["senator"])
    assert (18, 27, "senator") in marks(stet)
    assert stet(*line, "move", "--as", "ana").out.splitlines()[-1] == "1 mark decided, 0 still to decide"
    assert (18, 27, "president") in marks(stet)
    assert "Decide about lost marks in spun" in stet("log", "a.stet").out
    assert stet(*line, "move").out == "0 marks decided, 0 still to decide\n"


def test_earlier_texts_are_listed_with_hash_and_reason(stet: Stet, news: Path) -> None:
    stet("edit-text", "a.stet", "spun", "--replace", "senator", "president", "--reason", "it is so")
    (row,) = stet("list", "a.stet", "texts", "--json").rows()
    assert (row["document_name"], row["reason"], row["changes"], row["text"]) == ("spun.txt", "it is so", 1, TEXT)
    assert row["sha256"][:40] in stet("list", "a.stet", "texts").out
