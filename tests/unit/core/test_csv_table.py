"""CSV opens in a spreadsheet as it was meant, and runs nothing there."""

import csv
import io

import pytest

from app.core.csv_table import csv_file, csv_text


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
