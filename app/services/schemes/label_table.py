"""Schemes from a CSV of labels: a row for each, with the columns id, title, color, key, definition and some more."""

import re
from collections.abc import Iterator
from pathlib import Path

from app.core.csv_table import CsvRow, read_csv
from app.core.errors import FormatError, SchemeError
from app.services.schemes.scheme_builder import ForeignScheme, SchemeBuilder

_COLUMNS = ("id", "title", "color", "key", "definition", "badge", "example", "parent", "layer")
_OTHER_NAMES = {"colour": "color", "label": "id", "name": "id", "shortcut": "key", "description": "definition"}
_LONGEST = 100_000


def from_label_table(text: str, name: str, *, path: str = "labels.csv") -> ForeignScheme:
    """Return the scheme of a table of labels, with commas, semicolons or tabs between its cells; those without a layer
    are in the layer `entity`. Raises SchemeError, or FormatError for what is no CSV, with the line.
    """
    text = text.lstrip("\ufeff")
    remarks = re.match(r"(?:[ \t]*#[^\n]*\n)*", text)  # lines of remarks above the titles
    end = remarks.end() if remarks else 0
    before = text.count("\n", 0, end)
    rows = _counted_from(before, read_csv(text[end:], path=Path(path)), path)
    first = next(rows, CsvRow(before + 1, []))
    head = [_column(cell) for cell in first.cells]
    if "id" not in head and "title" not in head:
        hint = f"name its columns in the first line: {', '.join(_COLUMNS)}"
        raise SchemeError("there is no column “id”", hint=hint, path=path, line=first.line)
    made = SchemeBuilder(name, has_own_colors=True)
    for unknown in (column for column in head if column and column not in _COLUMNS):
        made.note(f"The column “{unknown}” is left out.")
    for line, cells in rows:
        if any(cell.strip() for cell in cells):
            _add(made, dict(zip(head, (cell.strip() for cell in cells), strict=False)), path, line)
    if not made.layers:
        raise SchemeError("there is no label in it", hint="add a row for each label", path=path, line=1)
    return made.made("a table of labels")


def _counted_from(before: int, rows: Iterator[CsvRow], path: str) -> Iterator[CsvRow]:
    """Yield rows whose lines are counted from the beginning of the file. Raises FormatError."""
    try:
        for line, cells in rows:
            yield CsvRow(line + before, cells)
    except FormatError as error:
        line = (error.line or 1) + before
        raise FormatError(error.what, hint=error.hint, path=path, line=line) from error


def _column(cell: str) -> str:
    name = cell.strip().lower()
    return _OTHER_NAMES.get(name, name)


def _add(made: SchemeBuilder, row: dict[str, str], path: str, line: int) -> None:
    label = row.get("id") or row.get("title", "")
    if not label:
        raise SchemeError("the label has no id", hint="fill in the column id", path=path, line=line)
    if any(len(cell) > _LONGEST for cell in row.values()):
        raise SchemeError(f"a cell has more than {_LONGEST:,} characters", hint="shorten it", path=path, line=line)
    layer = made.layer(row.get("layer") or "entity")
    id = made.id_of(("label", layer["id"]), label)
    if any(item["id"] == id for item in layer["label"]):
        raise SchemeError(f"label “{label}” is there twice", hint="leave one of them out", path=path, line=line)
    parent = row.get("parent", "")
    known = {item["id"] for item in layer["label"]}
    if parent and made.id_of(("label", layer["id"]), parent) not in known:
        hint = "write the row of the label above it before"
        raise SchemeError(f"there is no label “{parent}” above it", hint=hint, path=path, line=line)
    more = {key: row.get(key, "") for key in ("title", "badge", "definition", "example")}
    above = made.id_of(("label", layer["id"]), parent) if parent else ""
    made.label(layer, label, key=row.get("key", ""), color=row.get("color", ""), parent=above, **more)
