"""Figures as files: what a spreadsheet must not run, and what a program reads."""

import csv
import io

import pytest

from app.review.figures.figure import (
    Axes,
    Column,
    Figure,
    FigureKind,
    FigureRow,
    Gathered,
    Place,
    Shape,
    span_of_time,
    written,
)
from app.review.figures.table import as_row, csv_of, tabbed


def figure(*rows: FigureRow) -> Figure:
    columns = (
        *(Column("name", "Name"), Column("id", "Id", shown=False)),
        *(Column("share", "Share", FigureKind.PERCENT), Column("seconds", "Time", FigureKind.SECONDS)),
    )
    return Figure(
        "f", "F", "n = 1.", Shape.BARS, Axes("name", "id", "share"), columns, rows, {"TERM": "A term"}, ("note",)
    )


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_text_that_would_be_a_formula_gets_an_apostrophe(text: str) -> None:
    found = figure(FigureRow((text, "x", -0.5, None)))
    (_, row) = csv.reader(io.StringIO(csv_of(found), newline=""))
    assert row == [f"'{text}", "x", "-0.5", ""], "numbers stay numbers"
    assert "\n'" in tabbed(found) or not text.strip().startswith(("=", "+", "-", "@"))


def test_csv_reads_back_whole() -> None:
    found = figure(FigureRow(('ä, "ö"\nü', "x", 1 / 3, 61.25)), FigureRow(("TERM", "y", 0.0, 5)))
    titles, *lines = csv.reader(io.StringIO(csv_of(found), newline=""))
    assert titles == ["name", "id", "share", "seconds"]
    assert lines == [['ä, "ö"\nü', "x", "0.333333", "61.25"], ["TERM", "y", "0.0", "5"]]


def test_the_copied_table_is_what_is_seen() -> None:
    assert tabbed(figure(FigureRow(("TERM", "y", 0.256, 61)))) == "Name\tShare\tTime\nA term\t26 %\t1 min 01 s\n"


def test_a_program_gets_rows_with_their_documents() -> None:
    places = (Place("d1", "ana", "m1"), Place("d1", "ana", "m2"), Place("d2"))
    found = as_row(figure(FigureRow(("TERM", "y", 0.5, 1), places)))
    assert found["rows"] == [{"name": "TERM", "id": "y", "share": 0.5, "seconds": 1, "documents": ["d1", "d2"]}]
    assert (found["lead"], found["notes"], found["missing"]) == ("n = 1.", ["note"], "")


def test_the_first_places_are_kept_and_the_rest_only_counted() -> None:
    gathered = Gathered()
    for number in range(1203):
        gathered.add(Place(str(number)))
    row = gathered.row("x", gathered.count)
    assert (len(row.places), row.more, row.cells[1]) == (500, 703, 1203)


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (59.4, "59 s"), (60, "1 min 00 s"), (3599.7, "1 h 00 min"), (7384, "2 h 03 min")]
)
def test_spans_of_time(seconds: float, words: str) -> None:
    assert span_of_time(seconds) == words
    assert written(seconds, FigureKind.SECONDS) == words
