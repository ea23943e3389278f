"""Writes XLSX files (ECMA-376, SpreadsheetML) row by row: in constant memory, and the same bytes for the same rows.

Libraries stamp files with the time of saving. All text is typed as text, so that none of it is ever a formula, nor
turned into a date.
"""

import math
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import TracebackType
from typing import BinaryIO, NamedTuple, cast

from app.core.csv_table import Cell, is_formula
from app.exchange.formats.tables.sheet_limits import MOST_ROWS, is_too_long, shortened

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_WHEN = (1980, 1, 1, 0, 0, 0)  # the first time that a ZIP file can have
_MOST_BYTES = 1024**3  # of a sheet's XML; ZIP files with larger ones can't be read everywhere
_LARGEST_INT = 2**53  # spreadsheets compute with doubles
_WIDE, _NARROW = 44, 12  # characters
# What XML 1.0 can't hold is written as _xHHHH_, and so is the beginning of what already looks like that.
_ESCAPED = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_HEADER, _TEXT, _FORMULA = 1, 2, 3  # places in cellXfs
_STYLES = f"""{_XML}<styleSheet xmlns="{_MAIN}">\
<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>\
<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>\
<fills count="2"><fill><patternFill patternType="none"/></fill>\
<fill><patternFill patternType="gray125"/></fill></fills>\
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>\
<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>\
<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>\
<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" applyNumberFormat="1"/></cellXfs>\
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"""

Row = Sequence[Cell]


class _Sheet(NamedTuple):
    """A sheet that is written: its name, columns and rows with the header."""

    name: str
    columns: int
    rows: int

    @property
    def area(self) -> str:
        return f"$A$1:${_letters(self.columns)}${self.rows}"


class WorkbookFile:
    """An XLSX file that is written to a stream, sheet by sheet; it is whole after the end of the `with` block.

    `on_cut(place)` is called for each cell whose text is too long, which is shortened; `place` is such as `Texts!B7`.
    """

    def __init__(self, out: BinaryIO, *, on_cut: Callable[[str], None]) -> None:
        self._zip = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED)
        self._on_cut = on_cut
        self._sheets: list[_Sheet] = []

    def __enter__(self) -> "WorkbookFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._write("xl/workbook.xml", self._workbook())
            self._write("xl/styles.xml", _STYLES)
            self._write("xl/_rels/workbook.xml.rels", self._workbook_relations())
            self._write("_rels/.rels", _package_relations())
            self._write("[Content_Types].xml", self._content_types())
        self._zip.close()

    def add_sheet(self, name: str, titles: Sequence[str], rows: Iterable[Row]) -> int:
        """Write a sheet with a frozen row of titles, and as many further ones as the rows need: `NAME 2` and so on.
        Return how many sheets they are.
        """
        left = iter(rows)
        row = next(left, None)
        number = 1
        while True:
            title = name if number == 1 else f"{name} {number}"
            row = self._add_part(title, titles, row, left)
            if row is None:
                return number
            number += 1

    def _add_part(self, name: str, titles: Sequence[str], row: Row | None, left: Iterator[Row]) -> Row | None:
        """Write a sheet from a row on; return the first row that it has no room for."""
        path = f"xl/worksheets/sheet{len(self._sheets) + 1}.xml"
        with self._zip.open(_member(path), "w") as member:
            out = cast(BinaryIO, member)
            size = out.write(self._head(titles, is_first=not self._sheets).encode())
            count = 1
            while row is not None and count < MOST_ROWS and size < _MOST_BYTES:
                count += 1
                size += out.write(self._row(name, count, row).encode())
                row = next(left, None)
            sheet = _Sheet(name, len(titles), count)
            out.write(f'</sheetData><autoFilter ref="{sheet.area.replace("$", "")}"/></worksheet>'.encode())
        self._sheets.append(sheet)
        return row

    def _head(self, titles: Sequence[str], *, is_first: bool) -> str:
        widths = [_WIDE if _is_wide(title) else max(_NARROW, len(title) + 3) for title in titles]
        columns = "".join(f'<col min="{n}" max="{n}" width="{w}" customWidth="1"/>' for n, w in enumerate(widths, 1))
        cells = "".join(_text_cell(f"{_letters(n)}1", title, _HEADER) for n, title in enumerate(titles, 1))
        selected = ' tabSelected="1"' if is_first else ""
        return (
            f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView{selected} workbookViewId="0">'
            '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
            f'<cols>{columns}</cols><sheetData><row r="1">{cells}</row>'
        )

    def _row(self, name: str, number: int, row: Row) -> str:
        cells = "".join(self._cell(name, f"{_letters(at)}{number}", cell) for at, cell in enumerate(row, 1))
        return f'<row r="{number}">{cells}</row>'

    def _cell(self, name: str, place: str, cell: Cell) -> str:
        if cell is None or cell == "":
            return ""
        if isinstance(cell, bool):
            return f'<c r="{place}" t="b"><v>{int(cell)}</v></c>'
        if (isinstance(cell, int) and abs(cell) <= _LARGEST_INT) or (isinstance(cell, float) and math.isfinite(cell)):
            return f'<c r="{place}"><v>{cell!r}</v></c>'
        text = str(cell)
        if is_too_long(text):
            self._on_cut(f"{name}!{place}")
            text = shortened(text)
        return _text_cell(place, text, _FORMULA if is_formula(text) else _TEXT)

    def _workbook(self) -> str:
        sheets = "".join(
            f'<sheet name="{sheet.name}" sheetId="{n}" r:id="rId{n}"/>' for n, sheet in enumerate(self._sheets, 1)
        )
        # Excel keeps a hidden name for the area of each filter.
        filters = "".join(
            f'<definedName name="_xlnm._FilterDatabase" localSheetId="{n}" hidden="1">'
            f"'{sheet.name}'!{sheet.area}</definedName>"
            for n, sheet in enumerate(self._sheets)
        )
        return (
            f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><bookViews><workbookView/></bookViews>'
            f"<sheets>{sheets}</sheets><definedNames>{filters}</definedNames></workbook>"
        )

    def _workbook_relations(self) -> str:
        last = len(self._sheets) + 1
        sheets = [(n, "worksheet", f"worksheets/sheet{n}.xml") for n in range(1, last)]
        return _relations([*sheets, (last, "styles", "styles.xml")])

    def _content_types(self) -> str:
        parts = [(f"/xl/worksheets/sheet{n}.xml", "worksheet") for n in range(1, len(self._sheets) + 1)]
        parts += [("/xl/workbook.xml", "sheet.main"), ("/xl/styles.xml", "styles")]
        overrides = "".join(f'<Override PartName="{name}" ContentType="{_KIND}.{kind}+xml"/>' for name, kind in parts)
        return (
            f'{_XML}<Types xmlns="{_TYPES}"><Default Extension="xml" ContentType="application/xml"/><Default '
            'Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f"{overrides}</Types>"
        )

    def _write(self, name: str, text: str) -> None:
        self._zip.writestr(_member(name), text)


def _member(name: str) -> zipfile.ZipInfo:
    """Return the entry of a file in the ZIP file, which says nothing of the time and the machine."""
    info = zipfile.ZipInfo(name, _WHEN)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3
    info.external_attr = 0o600 << 16
    return info


def _text_cell(place: str, text: str, style: int) -> str:
    found = _ESCAPED.sub(lambda char: f"_x{ord(char[0]):04X}_", text)
    found = found.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{found}</t></is></c>'


def _relations(given: Iterable[tuple[int, str, str]]) -> str:
    found = "".join(f'<Relationship Id="rId{n}" Type="{_OFFICE}/{kind}" Target="{to}"/>' for n, kind, to in given)
    return f'{_XML}<Relationships xmlns="{_RELATIONS}">{found}</Relationships>'


def _package_relations() -> str:
    return _relations([(1, "officeDocument", "xl/workbook.xml")])


def _is_wide(title: str) -> bool:
    return title in ("correction", "comment", "definition", "example", "before", "after") or title.endswith("quote")


_known_letters: dict[int, str] = {}


def _letters(number: int) -> str:
    """Return the name of a column by its number from 1: A, B, …, Z, AA, …"""
    known = _known_letters.get(number)
    if known is None:
        found, left = "", number
        while left:
            left, rest = divmod(left - 1, 26)
            found = chr(ord("A") + rest) + found
        known = _known_letters[number] = found
    return known
