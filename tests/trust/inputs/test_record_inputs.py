"""Inputs 17 to 26: records of annotations, through the command line."""

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.cli.conftest import Stet

TEXT = "Ana 😀 met Ben in Rome."


def record(number: int = 1, **fields: Any) -> dict[str, Any]:
    """Return the record of a document as Stet writes it."""
    return {"stet": 1, "id": f"d{number}", "name": f"d{number}.txt", "text": TEXT, **fields}


def marked(*marks: dict[str, Any]) -> dict[str, Any]:
    """Return a record with marks of ana's."""
    plain = {"layer": "entity", "label": "PERSON", "quote": "Ana", "start": 0, "end": 3}
    made = [{"id": f"m{number}", **plain, **each} for number, each in enumerate(marks)]
    return record(sets=[{"annotator": "ana", "status": "done", "annotations": made}])


def test_input_17_many_marks_and_labels(stet: Stet) -> None:
    text = "word " * 20_000
    marks = [{"start": at * 5, "end": at * 5 + 4, "label": f"L{at % 500}"} for at in range(20_000)]
    spans = [[each["start"], each["end"], each["label"]] for each in marks]
    Path("many.jsonl").write_text(json.dumps({"id": 1, "text": text, "label": spans}), encoding="utf-8")
    ran = stet(
        "import", "p.stet", "many.jsonl", "--format", "doccano", "--as", "ana", "--add-labels", "--offsets", "cp"
    )
    assert ran.code == 0, ran.err
    (row,) = stet("list", "p.stet", "annotators", "--json").rows()
    assert row["marks"] == 20_000 if "marks" in row else row["annotations"] == 20_000


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            '{"stet":1,"id":"a","name":"a","text":"x","meta":{"a":' + "[" * 100_000,
            "nested too deeply|truncated|not JSON",
        ),
        ('{"stet":1,"id":"a","name":"a","text":"x","meta":{"n":' + "9" * 5000 + "}}", "too large to store"),
        ('{"stet":1,"id":"a","name":"a","text":"x","meta":{"n":1e400}}', "too large to store"),
        ('{"stet":1,"id":"a","name":"a","text":"x","meta":{"n":NaN}}', "NaN and Infinity aren't valid JSON"),
    ],
)
def test_input_18_numbers_and_nesting_without_end(line: str, said: str, stet: Stet) -> None:
    Path("a.jsonl").write_text(json.dumps(record()) + "\n" + line + "\n", encoding="utf-8")
    ran = stet("import", "p.stet", "a.jsonl")
    assert ran.code == 1
    assert "a.jsonl:2: " in ran.err
    assert any(part in ran.err for part in said.split("|")), ran.err


def test_input_19_keys_types_and_unknown_fields(stet: Stet) -> None:
    twice = json.dumps(record())[:-1] + ', "text": "another"}'
    wrong = json.dumps(record(text=5))
    for line, said in ((twice, "“text” stands twice|twice"), (wrong, "must be text")):
        Path("a.jsonl").write_text(line + "\n", encoding="utf-8")
        ran = stet("import", "p.stet", "a.jsonl")
        assert ran.code == 1
        assert any(part in ran.err for part in said.split("|")), ran.err
    Path("a.jsonl").write_text(json.dumps(record(colour="red")) + "\n", encoding="utf-8")
    assert stet("import", "p.stet", "a.jsonl").code == 0
    assert stet("export", "p.stet", "b.jsonl").code == 0
    assert json.loads(Path("b.jsonl").read_text(encoding="utf-8"))["colour"] == "red"


def test_input_20_lines_that_break_off(stet: Stet) -> None:
    lines = [json.dumps(record(1)), "", json.dumps(record(2))[:-20]]
    Path("a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    ran = stet("import", "p.stet", "a.jsonl")
    assert (ran.code, "a.jsonl:3: " in ran.err) == (1, True)
    assert not stet("list", "p.stet", "--json").rows()
    ran = stet("import", "p.stet", "a.jsonl", "--rejects", "bad.jsonl")
    assert len(stet("list", "p.stet", "--json").rows()) == 1
    assert Path("bad.jsonl").read_text(encoding="utf-8").count("\n") == 1
    Path("array.jsonl").write_text(f"[{json.dumps(record(3))},\n{json.dumps(record(4))}]\n", encoding="utf-8")
    assert "Traceback" not in stet("import", "p.stet", "array.jsonl").err


@pytest.mark.parametrize(
    "place",
    [
        *({"start": -1}, {"start": 3, "end": 1}, {"end": 99}, {"start": 0.5}, {"start": "0"}, {"end": True}),
        {"start": None},
    ],
)
def test_input_21_offsets_that_mean_nothing(place: dict[str, Any], stet: Stet) -> None:
    Path("a.jsonl").write_text(json.dumps(marked(place)) + "\n", encoding="utf-8")
    ran = stet("import", "p.stet", "a.jsonl")
    assert (ran.code, "a.jsonl:1: " in ran.err) == (1, True), ran.err
    assert not stet("list", "p.stet", "--json").rows()


def test_input_22_offsets_of_another_unit(stet: Stet) -> None:
    # Prodigy's files have the words of a span; these offsets count UTF-16 units, as a browser does.
    start = TEXT.index("Ben") + 1
    span = {"start": start, "end": start + 3, "label": "PERSON", "text": "Ben"}
    Path("a.jsonl").write_text(json.dumps({"text": TEXT, "spans": [span], "answer": "accept"}) + "\n", encoding="utf-8")
    ran = stet("import", "p.stet", "a.jsonl", "--format", "prodigy", "--as", "ana")
    assert ran.code == 0, ran.err
    assert stet("export", "p.stet", "b.jsonl").code == 0
    (mark,) = json.loads(Path("b.jsonl").read_text(encoding="utf-8"))["sets"][0]["annotations"]
    assert (mark["quote"], mark["start"]) == ("Ben", TEXT.index("Ben"))
    # Where no words prove it, the unit has to be said.
    Path("c.jsonl").write_text(json.dumps({"id": 1, "text": TEXT, "label": [[start, start + 3, "PERSON"]]}), "utf-8")
    ran = stet("import", "p.stet", "c.jsonl", "--format", "doccano", "--as", "ana")
    assert (ran.code, "--offsets" in ran.err) == (1, True), ran.err


def test_input_23_spans_that_cross(stet: Stet) -> None:
    marks = [{"start": 0, "end": 9, "quote": TEXT[:9]}, {"start": 6, "end": 13, "quote": TEXT[6:13]}]
    marks += [{"start": 6, "end": 9, "quote": "met"}, {"fragments": [[0, 3], [10, 13]], "quote": "Ana … Ben"}]
    made = marked(*marks[:3])
    Path("a.jsonl").write_text(json.dumps(made) + "\n", encoding="utf-8")
    assert stet("import", "p.stet", "a.jsonl").code == 0
    ran = stet("export", "p.stet", "out.conll")
    assert ran.code == 0
    assert "cross" in ran.err or "overlap" in ran.err


@pytest.mark.parametrize("label", ["", "x" * 10_000, "a\nb", "a\0b"])
def test_input_24_labels_that_are_none(label: str, stet: Stet) -> None:
    Path("a.jsonl").write_text(json.dumps(marked({"label": label})) + "\n", encoding="utf-8")
    ran = stet("import", "p.stet", "a.jsonl")
    said = "a.jsonl:1: the label of annotation m0 is empty, too long or not printable"
    assert (ran.code, said in ran.err) == (1, True)
    assert not stet("list", "p.stet", "--json").rows()


def test_input_24_labels_that_look_like_something(stet: Stet) -> None:
    labels = ["O", "B-X", "a/b", "🇺🇦", "<b>x</b>"]
    Path("a.jsonl").write_text(json.dumps(marked(*({"label": each} for each in labels))) + "\n", encoding="utf-8")
    assert stet("import", "p.stet", "a.jsonl").code == 0
    for out in ("b.jsonl", "b.conll", "b.csv"):
        assert stet("export", "p.stet", out).code == 0
    (item,) = json.loads(Path("b.jsonl").read_text(encoding="utf-8"))["sets"]
    assert sorted(each["label"] for each in item["annotations"]) == sorted(labels)


def test_input_26_no_cell_is_a_formula(stet: Stet) -> None:
    cells = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "＝1+1", "＋1", "－1", "＠x"]
    said = [f"{cell} and more" for cell in cells]
    Path("a.jsonl").write_text(json.dumps(marked(*({"comment": each} for each in said))) + "\n", encoding="utf-8")
    assert stet("import", "p.stet", "a.jsonl").code == 0
    for out in ("b.csv", "b.tsv", "b.xlsx", "b.jsonl"):
        ran = stet("export", "p.stet", out)
        assert ran.code == 0, ran.err
    for name in ("b.csv", "b.tsv"):
        data = Path(name).read_bytes()
        assert [each for each in said if f"'{each}".encode() not in data] == []
    sheet = openpyxl.load_workbook("b.xlsx").active
    assert "f" not in {each.data_type for row in sheet.iter_rows() for each in row}
    (item,) = json.loads(Path("b.jsonl").read_text(encoding="utf-8"))["sets"]
    assert sorted(each["comment"] for each in item["annotations"]) == sorted(said)
