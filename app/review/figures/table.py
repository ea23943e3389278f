"""A figure as table rows: CSV for spreadsheets, plain values for programs."""

from typing import Any

from app.core.csv_table import csv_text, safe_cell
from app.core.wording import rounded
from app.review.figures.figure import Figure, FigureKind, Value, written


def csv_of(figure: Figure) -> str:
    """Return the rows as CSV with a header line. Numbers have decimal points, and up to six decimals."""
    return csv_text([column.id for column in figure.columns], [map(_plain, row.cells) for row in figure.rows])


def tabbed(figure: Figure) -> str:
    """Return the visible table as tab-separated lines, for the clipboard."""
    shown = [number for number, column in enumerate(figure.columns) if column.shown]
    lines = ["\t".join(_line(figure.columns[number].title) for number in shown)]
    for row in figure.rows:
        lines.append("\t".join(_line(_shown(figure, row.cells[number], number)) for number in shown))
    return "\n".join(lines) + "\n"


def as_row(figure: Figure) -> dict[str, Any]:
    """Return the figure as a JSON-compatible object; resources/help/insights.md documents it."""
    names = [column.id for column in figure.columns]
    return {
        "figure": figure.id,
        "title": figure.title,
        "lead": figure.lead,
        "notes": list(figure.notes),
        "missing": figure.missing,
        "rows": [
            {
                **dict(zip(names, map(_plain, row.cells), strict=True)),
                "documents": list(dict.fromkeys(place.document for place in row.places)),
            }
            for row in figure.rows
        ],
    }


def cell_text(figure: Figure, row: int, column: int) -> str:
    """Return a cell formatted for people."""
    return _shown(figure, figure.rows[row].cells[column], column)


def _shown(figure: Figure, value: Value, column: int) -> str:
    kind = figure.columns[column].kind
    return figure.words(value) if kind is FigureKind.TEXT else written(value, kind)


def _line(text: str) -> str:
    return safe_cell(" ".join(text.split()))


def _plain(value: Value) -> Value:
    return rounded(value) if isinstance(value, float) else value
