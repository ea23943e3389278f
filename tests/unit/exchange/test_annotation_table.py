"""The flat table of annotations, in CSV, TSV and XLSX."""

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.core.annotation import Annotation, Evidence, Fragment, Relation, Stance, Status
from app.core.document import Document, sha256
from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.core.remark import Remark
from app.core.scheme import Scheme
from app.core.scheme_file import parse_scheme
from app.exchange.format import WriteOptions
from app.exchange.formats.tables import csv_writer, workbook_file
from app.exchange.formats.tables.annotation_table import flat_value
from app.exchange.formats.tables.xlsx_reader import _cell
from app.exchange.option import OptionValue, option_values
from app.exchange.output import OutputFiles, StreamOutput
from app.exchange.registry import Registry
from app.exchange.report import LossReport
from app.jobs.tasks.export_file import export_project
from app.jobs.tasks.import_files import import_files
from tests.conftest import scheme_source
from tests.unit.exchange import build

SCHEME = (
    scheme_source("news-errors")
    + """
[[layer]]
id = "topic"
title = "Topic"
kind = "document"
[[layer.label]]
id = "WAR"
title = "War"
badge = "WAR"

[[layer]]
id = "place"
title = "Place"
[[layer.label]]
id = "CITY"
title = "City"
badge = "CITY"
[[layer.attribute]]
id = "link"
title = "Entry"
kind = "entity"
list = "cities"
[[layer.attribute]]
id = "sure"
title = "Sure"
kind = "flag"
[[layer.attribute]]
id = "start"
title = "Since"
kind = "number"

[[list]]
id = "cities"
title = "Cities"
[[list.entry]]
id = "Q1899"
title = "Kyiv"
"""
)
REFERENCE = Document(uid="d2", name="ref.txt", text=build.REFERENCE, sha256=sha256(build.REFERENCE))


@pytest.fixture(scope="module")
def scheme() -> Scheme:
    return parse_scheme(SCHEME)


def mark(uid: str, label: str, *ranges: tuple[int, int], layer: str = "error", **fields: Any) -> Annotation:
    fragments = tuple(Fragment(*pair) for pair in ranges)
    quote = " … ".join(build.TEXT[start:end] for start, end in ranges)
    return Annotation(uid=uid, layer=layer, label=label, fragments=fragments, quote=quote, **fields)


PROOFS = (
    Evidence(uid="e1", document="d2", fragments=(Fragment(0, 4),), quote="U.S.", stance=Stance.REFUTES),
    Evidence(
        uid="e2",
        document="d2",
        fragments=(Fragment(5, 14), Fragment(15, 21)),
        quote="President … Donald",
        stance=Stance.CONTEXT,
        alternative=2,
    ),
)
MARKS = (
    mark("a1", "TORTURED_TERM", (14, 27), correction="", attributes={"severity": "major"}, evidence=PROOFS),
    mark("a2", "TORTURED_TERM", (0, 6), (7, 12), correction="=1+1", comment="-x", attributes={"odd": [{"b": 1}]}),
    mark("a3", "OMISSION", (37, 37), correction="and more", created="2026-01-02T03:04:05Z", evidence=PROOFS[:1]),
    mark(
        *("a4", "CITY", (40, 44)),
        layer="place",
        attributes={"link": {"id": "Q1899", "title": "Kyiv"}, "sure": True, "start": 482.5},
    ),
    mark("a5", "WAR", (0, 0), layer="topic"),
)
TIES = (Relation(uid="r1", source="a1", target="a2", label="SAME", comment="why", attributes={"x": "y"}),)


def records() -> list[DocumentRecord]:
    done = build.work(*MARKS, status=Status.DONE, relations=TIES, remark=Remark("look", "a note"))
    empty = build.work(annotator="ben", status=Status.DONE_EMPTY)
    meta = {"source": "AFP", "year": 2026, "deep": {"a": [1]}}
    return [DocumentRecord(REFERENCE), build.record(meta=meta, references=("d2",), sets=(done, empty))]


def document(uid: str) -> Document | None:
    return REFERENCE if uid == "d2" else None


def exported(
    folder: Path, name: str, scheme: Scheme, found: list[DocumentRecord] | None = None, **own: OptionValue
) -> tuple[Path, LossReport]:
    writer = Registry().writer("xlsx" if name.endswith("xlsx") else "csv")
    options = WriteOptions(
        scheme=scheme, document=document, own=option_values(writer.options, own, format=""), annotators=("ana", "ben")
    )
    with OutputFiles(keep_off=folder / "p.stet") as files:
        losses = writer.write(records() if found is None else found, files.output(folder / name), options)
    return folder / name, losses


def rows_of(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    text = path.read_bytes().decode("utf-8")
    assert text.startswith("\ufeffrow")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter))


def test_each_mark_label_and_relation_has_a_row(scheme: Scheme, tmp_path: Path) -> None:
    path, _ = exported(tmp_path, "o.csv", scheme, metadata="source, year,none", context=5)
    first, second, third, fourth, fifth, tie = rows_of(path)
    common = {"document": "spun.txt", "document_id": "d1", "annotator": "ana", "annotator_kind": "person"}
    common |= {"status": "done", "meta.source": "AFP", "meta.year": "2026", "meta.none": ""}
    assert all(common.items() <= row.items() for row in (first, second, third, fourth, fifth, tie))
    assert {
        **{"row": "mark", "layer": "error", "label": "TORTURED_TERM", "start": "14", "end": "27", "ranges": ""},
        **{"quote": "the US senato", "before": "ump, ", "after": "r, ca", "correction": "", "change": "deletion"},
        **{"severity": "major", "weight": "5.0", "comment": "", "id": "a1"},
        **{"evidence_document": "ref.txt\nref.txt", "evidence_document_id": "d2\nd2"},
        **{"evidence_range": "[0,4)\n[5,14) [15,21)", "evidence_quote": "U.S.\nPresident … Donald"},
        **{"evidence_stance": "refutes\ncontext", "evidence_set": "1\n2"},
    }.items() <= first.items()
    assert {
        **{"ranges": "[0,6) [7,12)", "quote": "Donald … Trump", "correction": "'=1+1", "change": "replacement"},
        **{"comment": "'-x", "other_fields": '{"odd":[{"b":1}]}', "weight": "", "evidence_set": ""},
    }.items() <= second.items()
    assert (third["start"], third["end"], third["change"], third["evidence_set"]) == ("37", "37", "insertion", "1")
    assert third["created"] == "2026-01-02T03:04:05Z"
    assert {
        **{"field.link": "Q1899", "field_title.link": "Kyiv", "field.sure": "True", "field.start": "482.5"},
        **{"start": "40", "quote": "Kyiv", "change": ""},
    }.items() <= fourth.items()
    assert (fifth["row"], fifth["label"], fifth["start"], fifth["end"]) == ("document label", "WAR", "", "")
    assert {
        **{"row": "relation", "layer": "", "label": "SAME", "start": "", "comment": "why", "id": "r1"},
        **{
            "source_id": "a1",
            "source_layer": "error",
            "source_label": "TORTURED_TERM",
            "source_quote": "the US senato",
        },
        **{"target_id": "a2", "target_quote": "Donald … Trump", "other_fields": '{"x":"y"}'},
    }.items() <= tie.items()


def test_what_has_no_place_is_counted(scheme: Scheme, tmp_path: Path) -> None:
    _, losses = exported(tmp_path, "o.csv", scheme, metadata="source")
    found = {each.kind: each.count for each in losses}
    assert found == {"text": 2, "meta-column": 2, "reference": 1, "remark": 1, "empty-work": 1, "formula": 2}
    path, losses = exported(tmp_path, "e.csv", scheme, empty=True)
    assert losses.count("empty-work") == 0
    last = rows_of(path)[-1]
    assert (last["row"], last["annotator"], last["status"], last["label"]) == ("no marks", "ben", "done_empty", "")
    _, losses = exported(tmp_path, "o.xlsx", scheme)
    assert [each.kind for each in losses] == ["text"]


@pytest.mark.parametrize(
    ("name", "own", "delimiter"),
    [
        *(("o.tsv", {}, "\t"), ("o.tab", {}, "\t"), ("o.csv", {"delimiter": "semicolon"}, ";")),
        ("o.tsv", {"delimiter": "comma"}, ","),
    ],
)
def test_the_name_of_the_file_or_an_option_says_the_delimiter(
    name: str, own: dict[str, OptionValue], delimiter: str, scheme: Scheme, tmp_path: Path
) -> None:
    path, _ = exported(tmp_path, name, scheme, **own)
    assert [row["id"] for row in rows_of(path, delimiter)] == ["a1", "a2", "a3", "a4", "a5", "r1"]


def test_a_workbook_has_typed_cells_and_three_sheets(scheme: Scheme, tmp_path: Path) -> None:
    path, _ = exported(tmp_path, "o.xlsx", scheme, metadata="year")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Annotations", "Documents", "Labels"]
    assert {sheet.freeze_panes for sheet in book} == {"A2"}
    titles, *rows = book["Annotations"].iter_rows()
    at = {cell.value: number for number, cell in enumerate(titles)}
    formula = rows[1][at["correction"]]
    assert (formula.value, formula.data_type, formula.quotePrefix) == ("=1+1", "s", True)
    assert [row[at["start"]].value for row in rows] == [14, 0, 37, 40, None, None]
    assert [rows[3][at[name]].value for name in ("field.sure", "field.start", "meta.year")] == [True, 482.5, 2026]
    assert rows[0][at["evidence_range"]].value == "[0,4)\n[5,14) [15,21)"
    names, *documents = book["Documents"].iter_rows(values_only=True)
    reference, spun = (dict(zip(names, row, strict=True)) for row in documents)
    assert (reference["document"], reference["marks"], reference["status"]) == ("ref.txt", 0, None)
    assert {
        **{"id": "d1", "title": "spun", "characters": len(build.TEXT), "references": "ref.txt", "marks": 5},
        **{"annotators": "ana\nben", "status": "done\ndone_empty", "relations": 1, "flags": "ana: look"},
        **{"notes": "ana: a note", "meta.source": "AFP", "meta.year": 2026, "meta.deep": '{"a":[1]}'},
    }.items() <= spun.items()
    labels = list(book["Labels"].iter_rows(values_only=True))
    assert ("label", "topic", "WAR", "War", None, None, None) in labels
    assert {"layer", "label", "field", "value", "severity", "relation"} <= {row[0] for row in labels}


def test_the_same_input_gives_the_same_bytes(scheme: Scheme, tmp_path: Path) -> None:
    for name in ("o.csv", "o.xlsx"):
        one = exported(tmp_path, name, scheme)[0].read_bytes()
        assert exported(tmp_path, f"again-{name}", scheme)[0].read_bytes() == one
    with zipfile.ZipFile(tmp_path / "o.xlsx") as file:
        assert {each.date_time for each in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_any_text_comes_back_from_a_workbook(scheme: Scheme, tmp_path: Path) -> None:
    odd = "a\r\nb\x01\x0b\t <&>\"' _x0041_ _x \ufffe 😀 é"
    given = [DocumentRecord(REFERENCE, sets=(build.work(mark("a1", "OMISSION", (0, 0), comment=odd)),))]
    path, _ = exported(tmp_path, "o.xlsx", scheme, given)
    book = openpyxl.load_workbook(path, read_only=True)
    titles, row = book["Annotations"].iter_rows(values_only=True)
    book.close()
    assert _cell(dict(zip(titles, row, strict=True))["comment"]) == odd


def test_full_sheets_go_on_in_further_ones(scheme: Scheme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_file, "MOST_ROWS", 3)
    monkeypatch.setattr(csv_writer, "MOST_ROWS", 3)
    path, losses = exported(tmp_path, "o.xlsx", scheme)
    book = openpyxl.load_workbook(path)
    names = [name for name in book.sheetnames if name.startswith("Annotations")]
    assert names == ["Annotations", "Annotations 2", "Annotations 3"]
    assert [book[name]["A1"].value for name in names] == ["row"] * 3
    assert [row[-1] for name in names for row in book[name].iter_rows(min_row=2, values_only=True)] == [
        *("a1", "a2", "a3", "a4", "a5", "r1")
    ]
    assert losses.count("sheet") == 3
    assert exported(tmp_path, "o.csv", scheme)[1].count("rows") == 4


def test_what_a_cell_cannot_hold_is_shortened_and_said(scheme: Scheme, tmp_path: Path) -> None:
    long = "😀" * 16_384  # 32,768 UTF-16 units
    given = [DocumentRecord(REFERENCE, sets=(build.work(mark("a1", "OMISSION", (0, 0), comment=long)),))]
    path, losses = exported(tmp_path, "o.xlsx", scheme, given)
    values = [cell.value for cell in openpyxl.load_workbook(path)["Annotations"][2]]
    assert "😀" * 16_383 + "…" in values
    assert losses.count("cell") == 1
    path, losses = exported(tmp_path, "o.csv", scheme, given)
    assert (rows_of(path)[0]["comment"], losses.count("cell")) == (long, 1)


def test_an_empty_project_gives_titles_only(scheme: Scheme, tmp_path: Path) -> None:
    path, _ = exported(tmp_path, "o.csv", scheme, [])
    assert rows_of(path) == []
    book = openpyxl.load_workbook(exported(tmp_path, "o.xlsx", scheme, [])[0])
    assert (book["Annotations"].max_row, book["Documents"].max_row) == (1, 1)


def test_a_stream_can_be_written_to(scheme: Scheme) -> None:
    out = io.BytesIO()
    options = WriteOptions(scheme=scheme, document=document)
    Registry().writer("xlsx").write(records(), StreamOutput(out), options)
    assert openpyxl.load_workbook(out).sheetnames[0] == "Annotations"


@pytest.mark.parametrize("name", ["o.csv", "o.tsv", "o.xlsx"])
def test_the_table_is_not_taken_for_texts(name: str, scheme: Scheme, tmp_path: Path) -> None:
    path, _ = exported(tmp_path, name, scheme, context=3)
    found = Registry().for_file(path)
    assert found is not None
    assert found.format.name == ("xlsx" if name.endswith("xlsx") else "csv")
    with build.project(tmp_path / "p.stet") as session:
        with pytest.raises(FormatError, match="a table of annotations that Stet wrote.*stet export PROJECT FILE.jsonl"):
            import_files(session, [path])
        assert session.reader.documents.count() == 0
        again = import_files(session, [path], format=found.format.name, columns={"text": "quote"}, skip_bad=True)
        assert again.brought.documents == 3  # if somebody insists


def test_a_project_is_exported_by_name_of_the_file(tmp_path: Path) -> None:
    source = build.jsonl(tmp_path / "a.jsonl", build.with_mark())
    with build.project(tmp_path / "p.stet") as session:
        import_files(session, [source])
        for name in ("o.csv", "o.xlsx"):
            found = Registry().for_output(tmp_path / name)
            assert found is not None
            report = export_project(session, tmp_path / name, format=found.name)
            assert report.documents == 1
    assert [row["quote"] for row in rows_of(tmp_path / "o.csv")] == ["Donald Trump"]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        *((None, None), ("a", "a"), (1.5, 1.5), (True, True), (["a", "b"], "a, b"), ([1, 2], "1, 2")),
        *(([True], "[true]"), ({"id": "Q1", "title": "One"}, "Q1"), ({"id": "Q1", "x": 1}, '{"id":"Q1","x":1}')),
    ],
)
def test_a_value_has_one_cell(value: object, cell: object) -> None:
    assert flat_value(value) == cell
