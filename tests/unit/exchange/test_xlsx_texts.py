"""Tables of texts in XLSX, also from strangers."""

import datetime
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.core.errors import BadChoice, FormatError
from app.core.record import DocumentRecord
from app.exchange import archive
from app.exchange.format import ReadOptions
from app.exchange.formats.tables import xlsx_package, xlsx_reader
from app.exchange.formats.tables.xlsx_reader import XlsxReader
from app.exchange.option import option_values
from app.exchange.registry import Registry
from app.exchange.report import Report
from app.exchange.source import Source
from app.exchange.text_column import NoTexts
from app.jobs.tasks.input_readers import unknown_file

ROWS = [["Id", "Text", "When", "N"], [1, "A text of words", datetime.datetime(2026, 1, 2), 1.5]]


def workbook(path: Path, rows: Sequence[Sequence[Any]] = ROWS, **others: Sequence[Sequence[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, cells in {"First": rows, **others}.items():
        sheet = book.create_sheet(name)
        for row in cells:
            sheet.append(row)
        sheet.sheet_state = "hidden" if name.startswith("hidden") else "visible"
    book.save(path)
    return path


def records(path: Path, report: Report | None = None, *, sheet: str = "", **options: Any) -> list[DocumentRecord]:
    reader = XlsxReader()
    own = option_values(reader.options, {"sheet": sheet}, format="xlsx")
    made = ReadOptions(annotator="ana", report=report or Report(), own=own, **options)
    return list(reader.read(Source(path), made))


def changed(path: Path, name: str, change: Callable[[bytes], bytes]) -> Path:
    """Change a part of a workbook."""
    with zipfile.ZipFile(path) as file:
        parts = {each: file.read(each) for each in file.namelist()}
    parts[name] = change(parts.get(name, b""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for each, data in parts.items():
            file.writestr(each, data)
    return path


def with_shared(path: Path, strings: bytes, row: bytes) -> Path:
    """Put a row behind those of a workbook whose texts stand in a list, as Excel writes them."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    part = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'.encode()
    head = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    changed(path, "xl/sharedStrings.xml", lambda _: head + strings + b"</sst>")
    changed(path, "[Content_Types].xml", lambda data: data.replace(b"</Types>", part))
    return with_rows(path, row)


def with_rows(path: Path, rows: bytes) -> Path:
    """Put rows behind those of a workbook, as they stand in its XML."""
    return changed(path, "xl/worksheets/sheet1.xml", lambda data: data.replace(b"</sheetData>", rows + b"</sheetData>"))


def test_rows_are_texts_with_metadata_of_their_kinds(tmp_path: Path) -> None:
    rows = [
        *ROWS,
        [],
        [2.0, "Line one\nline _x000D_\n two", datetime.datetime(2026, 1, 2, 3, 4, 5), True],
        ["x3", 42, datetime.time(1, 2), "=1+1"],
        [None, "Last", datetime.date(2026, 3, 4), float(10**30)],
    ]
    path = workbook(tmp_path / "a.xlsx", rows)
    found = Registry().for_file(path)
    assert found is not None
    assert (found.format.name, found.why) == ("xlsx", "its name ends in .xlsx")
    read = [each.document for each in records(path)]
    assert [each.text for each in read] == ["A text of words", "Line one\nline \r\n two", "42", "Last"]
    assert [each.meta for each in read] == [
        {"Id": "1", "When": "2026-01-02", "N": 1.5},
        {"Id": "2", "When": "2026-01-02T03:04:05", "N": True},
        {"Id": "x3", "When": "01:02:00"},  # nobody has computed the formula
        {"When": "2026-03-04", "N": 1e30},
    ]
    assert read[0].name == "1: A text of words"


def test_a_sheet_can_be_chosen(tmp_path: Path) -> None:
    more = [["body"], ["Another text here"]]
    path = workbook(tmp_path / "a.xlsx", [], hidden=more, Empty=[[None, None]], Texts=ROWS, More=more)
    report = Report()
    assert [each.document.text for each in records(path, report)] == ["A text of words"]
    assert "First, hidden, Empty, More" in " ".join(map(str, report))
    for sheet in ("More", "more", "5", "hidden"):
        assert [each.document.text for each in records(path, sheet=sheet)] == ["Another text here"]
    assert records(path, report, sheet="First") == []
    assert report.count("empty") == 1
    for sheet in ("None", "0", "6", "9" * 30):
        with pytest.raises(BadChoice, match="use one of: “First”, “hidden”"):
            records(path, sheet=sheet)


def test_columns_can_be_named(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["a", "b"], ["An answer here.", "The source of it."], ["Another.", None]])
    reference, one, two = records(path, columns={"text": "A", "reference": "2"})
    assert (one.references, two.references) == ((reference.document.uid,), ())
    empty = workbook(tmp_path / "b.xlsx", [["a", "b"], [1, 2]])
    assert XlsxReader().keys(Source(empty), ReadOptions()) == ("a", "b")
    with pytest.raises(NoTexts, match="--format xlsx --map-column text=COLUMN"):
        records(empty)


def test_wrong_rows_are_named_and_the_others_are_read(tmp_path: Path) -> None:
    rows = [["text", "n"], ["One text"], [None, 2], ["two", 2, 3], ["a\x7fb", 1], ["Two texts", 2, None, ""]]
    errors: list[FormatError] = []
    path = workbook(tmp_path / "a.xlsx", rows)
    found = records(path, refuse=errors.append)
    assert [each.document.text for each in found] == ["One text", "a\x7fb", "Two texts"]
    assert [(error.path, error.line) for error in errors] == [(path, 3), (path, 4)]
    assert ["the cell of “text” is empty" in errors[0].what, "3 cells" in errors[1].what] == [True, True]


def test_the_package_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(tmp_path / "a.xlsx")
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(FormatError, match=r"pip install 'stet-workbench\[xlsx\]'"):
        records(path)


@pytest.mark.parametrize("suffix", [".xls", ".ods"])
def test_other_spreadsheets_must_be_saved_first(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"\xd0\xcf\x11\xe0")
    assert Registry().for_file(path) is None
    assert "save it as .xlsx or as CSV" in unknown_file(path).hint


def test_what_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 100)
    with pytest.raises(FormatError, match="needs a password"):
        records(path)
    path.write_bytes(b"PK\x03\x04 and nothing else")
    with pytest.raises(FormatError, match="damaged"):
        records(path)
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("a.txt", "a")
    with pytest.raises(FormatError, match="isn't an Excel workbook"):
        records(path)


def test_a_part_without_a_name_is_passed_over() -> None:
    assert not archive._is_wanted(zipfile.ZipInfo(""), False)


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("[Content_Types].xml", b"<Types", b"<Types <", "not XML"),
        ("[Content_Types].xml", b"sheet.main+xml", b"other+xml", "can't be read"),
        ("xl/workbook.xml", b"</workbook>", b"", "can't be read"),
        ("xl/_rels/workbook.xml.rels", b"Id=", b"Iq=", "can't be read"),
        ("xl/styles.xml", b"<fonts", b"<founts", "can't be read"),
        ("xl/worksheets/sheet1.xml", b"<v>1</v>", b"<v>one</v>", "can't be read"),
        ("xl/worksheets/sheet1.xml", b'r="B1"', b'r="1B"', "can't be read"),
        ("xl/worksheets/sheet1.xml", b'<row r="2"', b'<row r="x"', "can't be read"),
        ("xl/worksheets/sheet1.xml", b"</sheetData>", b"", "can't be read"),
        ("xl/worksheets/sheet1.xml", b'<row r="2"', b'<row r="9999999999"', "lies outside"),
        ("xl/worksheets/sheet1.xml", b'r="D2"', b'r="XFD2"', "lies outside"),
    ],
)
def test_a_damaged_workbook_is_refused(
    name: str, old: bytes, new: bytes, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx_reader, "MOST_ROWS", 1000)
    path = changed(workbook(tmp_path / "a.xlsx"), name, lambda data: data.replace(old, new))
    with pytest.raises(FormatError, match=says):
        records(path)


def test_shared_and_rich_texts_are_read(tmp_path: Path) -> None:
    strings = b'<si><t xml:space="preserve"> A _x000D_\n text </t></si><si><r><t>rich </t></r><r><t>words</t></r></si>'
    row = b'<row r="3"><c r="A3" t="s"><v>1</v></c><c r="B3" t="s"><v>0</v></c></row>'
    found = records(with_shared(workbook(tmp_path / "a.xlsx"), strings, row))[1].document
    assert (found.text, found.meta) == (" A \r\n text ", {"Id": "rich words"})


@pytest.mark.parametrize(
    ("strings", "number"),
    [(b"<si><t>a</t></si>", b"9"), (b"<si><t>a</si>", b"0"), (b"<si><t>a</t></si>", b"-2")],
)
def test_damaged_shared_texts_are_refused(strings: bytes, number: bytes, tmp_path: Path) -> None:
    row = b'<row r="3"><c r="B3" t="s"><v>' + number + b"</v></c></row>"
    with pytest.raises(FormatError, match="can't be read"):
        records(with_shared(workbook(tmp_path / "a.xlsx"), strings, row))


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    path = with_shared(workbook(tmp_path / "a.xlsx"), b"<si><t>a</t></si>", b"")
    entity = b'<!DOCTYPE a [<!ENTITY b "c">]>'
    with pytest.raises(FormatError, match="can't be read"):
        records(changed(path, "xl/sharedStrings.xml", lambda data: entity + data.replace(b">a<", b">&b;<")))


def test_numbers_of_any_size_are_read(tmp_path: Path) -> None:
    numbers = [b"1" * 400, b"1e999", b"-0.5", b"12345678901234567890"]
    cells = [b'<c r="%c3"><v>%s</v></c>' % pair for pair in zip(b"ACDE", numbers, strict=True)]
    rows = [["a", "text", "c", "d", "e"], ["x", "A text of words", "x", "x", "x"]]
    row = b'<row r="3"><c r="B3" t="str"><v>T</v></c>' + b"".join(cells) + b"</row>"
    path = with_rows(workbook(tmp_path / "a.xlsx", rows), row)
    assert records(path)[1].document.meta == {"a": "1" * 400, "c": "inf", "d": -0.5, "e": "12345678901234567890"}


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(tmp_path / "a.xlsx")
    monkeypatch.setattr(xlsx_package, "_UNSUSPICIOUS", 1_000_000)
    bomb = with_rows(path, b"<row>" + b"<c/>" * 1_000_000 + b"</row>")
    with pytest.raises(FormatError, match="sheet1.xml” in the workbook unpacks to 3 MiB: more than is safe"):
        records(bomb)
    for name in ("xl/styles.xml", "xl/worksheets/sheet1.xml"):
        monkeypatch.setattr(xlsx_package, "_MOST_OTHER", 10_000)
        big = changed(workbook(path), name, lambda data: data + b" " * 20_000)
        if name.endswith("sheet1.xml"):  # a part that is also said to be something else
            kind = b'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="x"/></Types>'
            changed(big, "[Content_Types].xml", lambda data, kind=kind: data.replace(b"</Types>", kind))
        with pytest.raises(FormatError, match="more than is safe"):
            records(big)
