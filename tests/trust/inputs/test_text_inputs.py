"""Inputs 1 to 16: texts, through the command line. What the window makes of them is in `test_inputs_in_window.py`."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Stet
from tests.trust.inputs.nasty_texts import REFUSED, TEXTS


def documents(stet: Stet) -> list[dict[str, Any]]:
    """Return the documents as they are exported, each of them one line."""
    Path("all.jsonl").unlink(missing_ok=True)
    assert stet("export", "p.stet", "all.jsonl").code == 0
    data = (stet.folder / "all.jsonl").read_bytes()
    return [json.loads(line) for line in data.split(b"\n") if line]


def test_input_01_nothing(stet: Stet) -> None:
    for name, data in (("empty.txt", b""), ("blank.txt", b" \n\t\n"), ("mark.txt", b"\xef\xbb\xbf")):
        Path(name).write_bytes(data)
        ran = stet("import", "p.stet", name)
        assert (ran.code, "note: " in ran.err) == (0, True), name
    assert [each["text"] for each in documents(stet)] == ["", " \n\t\n", ""]


def test_input_02_byte_order_mark(stet: Stet) -> None:
    Path("a.txt").write_bytes(TEXTS["02 byte order mark"].data)
    assert stet("import", "p.stet", "a.txt").code == 0
    (found,) = documents(stet)
    assert found["text"] == "Ana met Ben."
    assert "bom" in json.dumps(found["meta"]).lower() or "byte" in json.dumps(found["meta"]).lower()


def test_inputs_02_to_15_keep_text_and_offsets(stet: Stet) -> None:
    Path("texts").mkdir()
    for name, nasty in TEXTS.items():
        Path("texts", f"{name}.txt").write_bytes(nasty.data)
    assert stet("import", "p.stet", "texts").code == 0
    found = {each["name"].removesuffix(".txt"): each for each in documents(stet)}
    assert {name: each["text"] for name, each in found.items()} == {name: nasty.text for name, nasty in TEXTS.items()}
    # A mark comes in at its words, by offsets in code points, and goes out there.
    places = {name: (nasty.text.index(nasty.words), nasty.words) for name, nasty in TEXTS.items()}
    with Path("marked.jsonl").open("w", encoding="utf-8") as file:
        for name, (start, words) in places.items():
            mark = {"layer": "entity", "label": "PERSON", "start": start, "end": start + len(words), "quote": words}
            sets = [{"annotator": "ana", "annotations": [{"id": f"m{name}", **mark}]}]
            file.write(json.dumps({**found[name], "sets": sets}) + "\n")
    ran = stet("import", "p.stet", "marked.jsonl")
    assert ran.code == 0, ran.err
    marks = {each["name"].removesuffix(".txt"): each["sets"][0]["annotations"][0] for each in documents(stet)}
    assert {name: (each["start"], each["quote"]) for name, each in marks.items()} == places
    assert stet("check", "p.stet").code == 0


@pytest.mark.parametrize("name", REFUSED)
def test_inputs_05_to_07_are_refused_with_their_place(name: str, stet: Stet) -> None:
    file, data, said = REFUSED[name]
    Path(file).write_bytes(data)
    ran = stet("import", "p.stet", file)
    assert (ran.code, said in ran.err) == (1, True), ran.err
    assert not documents(stet)


def test_input_07_is_read_once_its_encoding_is_named(stet: Stet) -> None:
    Path("a.txt").write_bytes(b"He said \x93no\x94 in a caf\xe9.")
    assert stet("import", "p.stet", "a.txt", "--encoding", "cp1252").code == 0
    assert documents(stet)[0]["text"] == "He said “no” in a café."


@pytest.mark.parametrize(
    ("name", "typed", "count"),
    [
        ("08 composed and not", "café", 2),
        ("09 letters that grow", "five", 1),
        ("09 letters that grow", "strasse", 1),
        ("14 blanks nobody sees", "soft", 1),
        ("14 blanks nobody sees", "Ana Berg", 1),
    ],
)
def test_inputs_08_to_14_are_found_as_they_are_typed(name: str, typed: str, count: int, stet: Stet) -> None:
    Path("a.txt").write_bytes(TEXTS[name].data)
    assert stet("import", "p.stet", "a.txt").code == 0
    rows = stet("concordance", "p.stet", typed, "--json").rows()
    assert len(rows) == count
    assert all(TEXTS[name].text[each["start"] : each["end"]] in TEXTS[name].text for each in rows)


def test_input_13_names_are_escaped(stet: Stet) -> None:
    Path("report\u202ecod.exe.txt").write_bytes(b"Ana met Ben.")
    assert stet("import", "p.stet", "report\u202ecod.exe.txt").code == 0
    for command in (("list", "p.stet"), ("log", "p.stet"), ("search", "p.stet", "Ana")):
        ran = stet(*command)
        assert "\u202e" not in ran.out + ran.err
    assert "report\\u202ecod.exe" in stet("list", "p.stet").out


def test_input_16_large_texts(stet: Stet) -> None:
    for name, data in (("line.txt", b"word " * 2_000_000), ("lines.txt", b"x\n" * 1_000_000)):
        Path(name).write_bytes(data)
        assert stet("import", "p.stet", name).code == 0
    listed = {each["name"]: each["length"] for each in stet("list", "p.stet", "--json").rows()}
    assert listed == {"line.txt": 10_000_000, "lines.txt": 2_000_000}
    assert stet("search", "p.stet", "nowhere", "--json").rows() == []


def test_input_11_marks_that_end_inside_a_character(stet: Stet) -> None:
    """They stay where they were made, and are told; half a surrogate pair can't come in."""
    text = "Bye \U0001f468\u200d\U0001f469\u200d\U0001f467 from the cafe\u0301 here"
    cafe = text.index("cafe")
    for name, (start, end) in {"a": (4, 5), "b": (cafe, cafe + 4), "c": (0, 3)}.items():
        mark = {"id": name, "layer": "entity", "label": "ORG", "start": start, "end": end, "quote": text[start:end]}
        made = {
            "stet": 1,
            "id": name,
            "name": name,
            "text": text,
            "sets": [{"annotator": "ana", "annotations": [mark]}],
        }
        with Path("all.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(made) + "\n")
    assert stet("import", "p.stet", "all.jsonl").code == 0
    found = [(row["kind"], row["document"]) for row in stet("check", "p.stet", "--json").rows()]
    assert found == [("split", "a"), ("split", "b")]
    ran = stet("export", "p.stet", "out.jsonl")
    assert "marks that begin or end inside a character: 2" in ran.err
    half = {"text": text, "label": [[5, 6, "ORG"]]}
    Path("half.jsonl").write_text(json.dumps(half) + "\n", encoding="utf-8")
    ran = stet("import", "p.stet", "half.jsonl", "--format", "doccano", "--offsets", "utf16", "--as", "ana")
    assert (ran.code, "half.jsonl" in ran.err) == (1, True), ran.err
