"""Names of documents on the command line: exact ones before patterns, and one name however its accents are written."""

import json
from pathlib import Path
from unicodedata import normalize

import pytest

from tests.cli.conftest import Stet
from tests.unit.exchange.build import jsonl, plain

COMPOSED, DECOMPOSED = (normalize(form, "Café [1].txt") for form in ("NFC", "NFD"))


@pytest.fixture
def cafe(stet: Stet) -> Stet:
    """Give a project with a document whose name is decomposed, as macOS writes it, and has brackets."""
    stet("new", "a.stet", "--scheme", "news-errors")
    work = [{"annotator": "zoe", "status": "done", "annotations": []}]
    mine = plain(name=DECOMPOSED, sets=work, meta={normalize("NFD", "späche"): normalize("NFD", "é")})
    jsonl(stet.folder / "a.jsonl", mine, plain("other", id="d2", name="1"), plain("C", id="d3", name="C1.txt"))
    stet("import", "a.stet", "a.jsonl")
    return stet


@pytest.mark.parametrize("name", [COMPOSED, DECOMPOSED, "Café [1]", "Café [[]1].txt", "Café [?].txt", "d1"])
def test_a_name_means_its_document_everywhere(cafe: Stet, name: str) -> None:
    assert cafe("assign", "a.stet", "--to", "ana", "--documents", name, "--dry-run").out.splitlines()[1].split() == [
        *("ana", "1", "1"),
        "9",
    ]
    assert "in 0 of 1 documents" in cafe("suggest", "a.stet", "--as", "ana", "--documents", name, "--dry-run").out
    assert (
        cafe("bundle", "a.stet", "b.stet", "--for", "ana", "--documents", name).out
        == "wrote b.stet for ana: 1 document\n"
    )
    (row,) = cafe("review", "a.stet", "--documents", name, "--json").rows()
    assert [item["document"] for item in row["by_document"]] == ["d1"]
    if name != "d1":
        assert [row["id"] for row in cafe("export", "a.stet", "-", "--where", f"name={name}").rows()] == ["d1"]


@pytest.mark.parametrize("name", [COMPOSED, DECOMPOSED, "Café [1]"])
def test_a_text_comes_in_once_under_one_name(cafe: Stet, name: str) -> None:
    cafe.write("ref.txt", "Source.\n")
    assert "1 reference linked" in cafe("import", "a.stet", "ref.txt", "--reference-for", name).out
    for spelled in (COMPOSED, DECOMPOSED):
        cafe.write(spelled, json.loads((cafe.folder / "a.jsonl").read_text().splitlines()[0])["text"])
        assert cafe("import", "a.stet", spelled).out == "imported 1 document already there\n"
        (cafe.folder / spelled).unlink()


def test_another_text_under_the_same_name_is_told(cafe: Stet) -> None:
    cafe.write(COMPOSED, "another text")
    assert "share a name with another" in cafe("import", "a.stet", COMPOSED).err
    ran = cafe("import", "a.stet", COMPOSED, "--reference-for", COMPOSED)
    assert "2 documents are named" in ran.err


def test_values_that_are_canonically_the_same_are_one(cafe: Stet) -> None:
    ran = cafe("export", "a.stet", "-", "--where", normalize("NFC", "meta.späche=é"))
    assert [row["id"] for row in ran.rows()] == ["d1"]


def test_a_name_that_means_nothing_is_told(cafe: Stet) -> None:
    for command in (
        ("assign", "a.stet", "--to", "ana"),
        ("assign", "a.stet", "--remove", "ana"),
        ("suggest", "a.stet", "--as", "ana", "--dry-run"),
        ("bundle", "a.stet", "b.stet", "--for", "ana"),
        ("review", "a.stet"),
        ("review", "a.stet", "--release", "--as", "rina"),
    ):
        ran = cafe(*command, "--documents", "Cafe*x")
        assert (ran.code, ran.out) == (1, ""), command
        assert ran.err.startswith("stet: no document is named “Cafe*x”; stet list PROJECT shows names and ids"), command
    ran = cafe("export", "a.stet", "x.jsonl", "--where", "name=Cafe*x")
    assert "names in --where that no document has: 1 (Cafe*x)" in ran.err
    assert not Path("b.stet").exists()
