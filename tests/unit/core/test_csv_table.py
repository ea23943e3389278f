"""CSV opens in a spreadsheet as it was meant, and runs nothing there."""

import csv
import io
from pathlib import Path

import pytest

from app.core.csv_table import (
    LONGEST_CELL,
    ONE_COLUMN,
    CsvDialect,
    Quoting,
    RawRow,
    csv_file,
    csv_lines,
    csv_rows,
    csv_text,
)
from app.core.errors import FormatError

CSV = CsvDialect()


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x"])  # noqa: RUF001
def test_no_cell_is_a_formula(text: str) -> None:
    titles, row = csv.reader(io.StringIO(csv_text([text], [[text]]), newline=""))
    assert titles == row == [f"'{text}"]


def test_values_read_back() -> None:
    cells = ["José", 'a "quote", and\r\nlines', -0.5, 1, True, None, "", "1-1"]
    (_, row) = csv.reader(io.StringIO(csv_text("abcdefgh", [cells]), newline=""))
    assert row == ["José", 'a "quote", and\r\nlines', "-0.5", "1", "True", "", "", "1-1"]


def test_a_file_says_that_it_is_utf_8() -> None:
    content = csv_file(csv_text(["név"], [["é"]]))
    assert content == b"\xef\xbb\xbfn\xc3\xa9v\r\n\xc3\xa9\r\n"


def rows(text: str, dialect: CsvDialect = CSV) -> list[RawRow | FormatError]:
    return list(csv_rows(io.StringIO(text, newline=""), dialect, path=Path("a.csv")))


def test_a_row_is_known_by_the_line_on_which_it_begins() -> None:
    found = rows('a,"b\r\nc"\r\n\r\nd,"e ""f"""')
    assert found == [
        RawRow(1, ["a", "b\r\nc"], 'a,"b\r\nc"\r\n'),
        RawRow(3, [], "\r\n"),
        RawRow(4, ["d", 'e "f"'], 'd,"e ""f"""'),
    ]


@pytest.mark.parametrize(
    ("text", "dialect", "cells"),
    [
        ('"a\tb"\tc\r\n', CsvDialect("\t"), ["a\tb", "c"]),
        ('"a" b\t"c\r\n', CsvDialect("\t", Quoting.NONE), ['"a" b', '"c']),
        (r'"a \"b\"",c', CsvDialect(",", Quoting.BACKSLASH), ['a "b"', "c"]),
        ("a, b; c|d", CsvDialect(ONE_COLUMN), ["a, b; c|d"]),
    ],
)
def test_cells_are_quoted_in_several_ways(text: str, dialect: CsvDialect, cells: list[str]) -> None:
    (found,) = rows(text, dialect)
    assert isinstance(found, RawRow)
    assert found.cells == cells


def test_a_broken_row_is_named_and_the_others_are_read() -> None:
    first, wrong, last, unclosed = rows('a,b\n"x" y,2\nc,d\n"e\nf,1\n')
    assert isinstance(first, RawRow)
    assert isinstance(last, RawRow)
    assert isinstance(wrong, FormatError)
    assert isinstance(unclosed, FormatError)
    assert (wrong.line, wrong.record) == (2, '"x" y,2\n')
    assert (unclosed.line, unclosed.record) == (4, '"e\nf,1\n')
    assert "isn't closed" in unclosed.what


def test_a_cell_has_an_end() -> None:
    before = csv.field_size_limit(10)
    try:
        (found,) = rows("a" * 11)
    finally:
        csv.field_size_limit(before)
    assert isinstance(found, FormatError)
    assert before == LONGEST_CELL


def test_lines_are_written_one_at_a_time_with_any_delimiter() -> None:
    assert list(csv_lines([["a", "=b"], ["c\td", None]], delimiter="\t")) == ["a\t'=b\r\n", '"c\td"\t\r\n']
