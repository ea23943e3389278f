"""Lists of entities: read from CSV, searched while one types."""

from pathlib import Path

import pytest

from app.core.entity_list import EntryIndex, read_entries
from app.core.errors import FormatError
from app.core.scheme import Entry

PATH = Path("people.csv")
PEOPLE = [
    Entry(id="Q22686", title="Donald Trump", description="US President", aliases=("The Donald",)),
    Entry(id="Q946", title="Donald Tusk"),
    Entry(id="Q7747", title="Vladimir Putin", aliases=("Владимир Путин",)),
    Entry(id="Q1", title="Zoë Müller"),
    Entry(id="Q2", title="Tusk"),
    Entry(id="Q3", title="東京"),
]


def found(text: str) -> list[str]:
    return [entry.id for entry in EntryIndex(PEOPLE).find(text)]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("don", ["Q22686", "Q946"]),
        ("trump don", ["Q22686"]),
        ("TUSK", ["Q2", "Q946"]),
        ("путин", ["Q7747"]),
        ("zoe mul", ["Q1"]),
        ("q77", ["Q7747"]),
        ("東", ["Q3"]),
        ("nobody", []),
        ("rump", []),
        ("", ["Q22686", "Q946", "Q7747", "Q1", "Q2", "Q3"]),
    ],
)
def test_entries_are_found_by_the_beginnings_of_words(text: str, ids: list[str]) -> None:
    assert found(text) == ids


def test_of_very_many_the_best_are_found() -> None:
    many = [Entry(id=f"Q{n}", title=f"Person number {n}") for n in range(30_000)]
    index = EntryIndex([*many, Entry(id="N", title="Nu"), Entry(id="P", title="Person")])
    assert [entry.id for entry in index.find("nu", most=1)] == ["N"]
    assert [entry.id for entry in index.find("person", most=1)] == ["P"]
    assert [entry.id for entry in index.find("person number 29999", most=1)] == ["Q29999"]
    assert [entry.id for entry in index.find("number person 2999", most=3)] == ["Q2999", "Q29990", "Q29991"]


def test_no_more_are_returned_than_asked_for() -> None:
    index = EntryIndex(Entry(id=f"Q{n}", title=f"Person {n}") for n in range(1000))
    assert [entry.id for entry in index.find("per", most=3)] == ["Q0", "Q1", "Q2"]
    assert len(index) == 1000


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_list_is_read_as_spreadsheets_write_it(delimiter: str, encoding: str) -> None:
    lines = [
        "Title|ID|aliases".replace("|", delimiter),
        "",
        f'"Müller{delimiter} Zoë"{delimiter}Q1{delimiter}Zoe|Zo',
        "",
    ]
    assert read_entries("\r\n".join(lines).encode(encoding), path=PATH) == [
        Entry(id="Q1", title=f"Müller{delimiter} Zoë", aliases=("Zoe", "Zo"))
    ]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (b"", 1, "the column “id” is missing"),
        (b"id,name\n1,x\n", 1, "the column “title” is missing"),
        (b"id,title\nQ1,Ana\n,Bo\n", 3, "the entry has no id"),
        (b"id,title\nQ1,\n", 2, "the entry has no title"),
        (b"id,title\nQ1\n", 2, "the entry has no title"),
        (b"id,title\nQ1,Ana\nQ2,Bo\nQ1,Cy\n", 4, "the id “Q1” is used twice, first in line 2"),
        (b"id,title\nQ1,M\xfcller\n", 2, "not UTF-8"),
        (b'id,title\nQ1,"Ana\n', 2, "not CSV"),
    ],
)
def test_a_wrong_list_is_refused_with_its_line(text: bytes, line: int, words: str) -> None:
    with pytest.raises(FormatError) as caught:
        read_entries(text, path=PATH)
    assert words in caught.value.what
    assert (caught.value.path, caught.value.line) == (PATH, line)
    assert caught.value.hint
