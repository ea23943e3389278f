"""The rows of a data set's file, as plain values."""

import datetime
import decimal
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, cast

from app.core.errors import FormatError
from app.core.json_depth import DEEPEST
from app.exchange.format import HEAD
from app.exchange.formats.huggingface.arrow_library import ArrowRows
from app.exchange.formats.huggingface.features import ClassNames, names_in_metadata
from app.exchange.json_lines import JsonLine
from app.exchange.json_records import first_objects, object_of, placed, records
from app.exchange.source import Source

ARROW = (".parquet", ".arrow")
_FIRST = 50  # rows that are looked at
_MOST = 2**64
_LEAST = -(2**63)


class DataRow(NamedTuple):
    """A row: its number, from 1, the byte at which it begins where that is known, and its values. What can't be read
    has the error instead.
    """

    number: int
    byte: int
    values: dict[str, Any]
    error: FormatError | None = None


class RowFile:
    """A file with rows. `names` are those that its own metadata tells, `left_out` the columns of bytes."""

    def __init__(self, path: Path) -> None:
        """Raise FormatError if the file can't be read."""
        self.path = path
        self._arrow = ArrowRows(path) if path.suffix.lower() in ARROW else None
        self.names: ClassNames = names_in_metadata(self._arrow.metadata) if self._arrow is not None else {}
        self.left_out = self._arrow.left_out if self._arrow is not None else []

    def first(self) -> list[dict[str, Any]]:
        """Return the values of the first rows, without those that can't be read."""
        if self._arrow is None:
            with Source(self.path).open() as file:
                return [row_values(each) for each in first_objects(self.path, file.read(HEAD))]
        found: list[dict[str, Any]] = []
        for row in self:
            if row.error is None:
                found.append(row.values)
            if row.number == _FIRST:
                break
        return found

    def __iter__(self) -> Iterator[DataRow]:
        """Yield the rows."""
        if self._arrow is None:
            for line in records(self.path):
                yield self._of_line(line)
            return
        for number, values in enumerate(self._arrow, 1):
            try:
                yield DataRow(number, 0, row_values(values))
            except FormatError as error:
                error.path, error.line = self.path, number
                yield DataRow(number, 0, {}, error)

    def _of_line(self, line: JsonLine) -> DataRow:
        try:
            return DataRow(line.number, line.byte, row_values(object_of(line, self.path)))
        except FormatError as error:
            return DataRow(line.number, line.byte, {}, placed(error, line, self.path))


def row_values(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a row as JSON can have them, without those that are null. Raises FormatError for what can't
    be stored.
    """
    return {key: _plain(value, key, 0) for key, value in row.items() if value is not None}


def _plain(value: Any, key: str, depth: int) -> Any:  # noqa: ANN401  whatever a row has
    if depth > DEEPEST:
        raise FormatError(f"“{key[:40]}” is nested too deeply", hint=f"the maximum is {DEEPEST} levels")
    match value:
        case dict():
            return {str(name): _plain(each, key, depth + 1) for name, each in cast("dict[Any, Any]", value).items()}
        case list() | tuple():
            return [_plain(each, key, depth + 1) for each in cast("list[Any]", value)]
        case float() if not math.isfinite(value):
            return None
        case bool() | str() | float() | None:
            return value
        case int() if _LEAST <= value < _MOST:
            return value
        case datetime.date() | datetime.time():
            return value.isoformat()
        case int() | decimal.Decimal() | datetime.timedelta():
            return str(value)
        case _:
            raise FormatError(f"“{key[:40]}” has a value that isn't text, a number or a list", hint="leave it out")


def structs(value: object, where: str) -> list[dict[str, Any]]:
    """Return a list of structs, be it stored as one or as a struct of lists. Raises FormatError."""
    if value is None:
        return []
    if isinstance(value, dict):
        given = cast("dict[str, Any]", value)
        columns = {key: cast("list[Any]", each) for key, each in given.items() if isinstance(each, list)}
        lengths = {len(each) for each in columns.values()}
        if len(columns) == len(given) and len(lengths) <= 1:
            return [dict(zip(columns, each, strict=True)) for each in zip(*columns.values(), strict=True)]
    items = cast("list[object]", value) if isinstance(value, list) else None
    found = [cast("dict[str, Any]", each) for each in items or [] if isinstance(each, dict)]
    if items is None or len(found) < len(items):
        raise FormatError(f"“{where}” must be a list of structs", hint="fix the row")
    return found
