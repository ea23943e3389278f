"""Datasets of errors for tests: read and written without a project, with values changed in every place."""

import copy
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from app.core.record import DocumentRecord
from app.core.scheme import Scheme
from app.core.scheme_file import parse_scheme
from app.exchange.format import Format, ReadOptions, WriteOptions
from app.exchange.label_map import LabelMap
from app.exchange.option import option_values
from app.exchange.output import OutputFiles, StreamOutput
from app.exchange.report import LossReport, Report
from app.exchange.source import Source
from tests.conftest import scheme_source

NEWS = parse_scheme(scheme_source("news-errors"))
ODD = (None, True, -1, 1.5, 2**70, "", "a\0b", "a\ud800b", "x", [], [3], [[1]], {}, {"a": 1})
"""What may stand in a file where something else is meant."""
_ODD_AT_A_PLACE = 4


def json_file(path: Path, value: Any) -> Path:
    """Write a value as JSON, with whatever it holds."""
    path.write_text(json.dumps(value, indent=1), "utf-8")
    return path


def json_lines(path: Path, rows: Sequence[Any]) -> Path:
    """Write rows as JSON Lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def rows_of(data: bytes | Path) -> list[Any]:
    """Return the objects of JSON Lines."""
    text = data.read_bytes() if isinstance(data, Path) else data
    return [json.loads(line) for line in text.split(b"\n") if line]


def read(
    format: Format,
    path: Path,
    report: Report | None = None,
    *,
    own: Mapping[str, Any] | None = None,
    scheme: Scheme | None = NEWS,
    given: Mapping[str, str] | None = None,
    **options: Any,
) -> list[DocumentRecord]:
    """Return the records of a file, with labels mapped to a scheme."""
    reader = format.reader
    assert reader is not None
    made = ReadOptions(
        annotator="ana",
        report=report or Report(),
        own=option_values(reader.options, own or {}, format=format.name),
        labels=LabelMap(scheme, given) if scheme is not None else None,
        **options,
    )
    return list(reader.read(Source(path), made))


def write_options(format: Format, records: Sequence[DocumentRecord], own: Mapping[str, Any] | None) -> WriteOptions:
    """Return how to write records that refer to each other."""
    assert format.writer is not None
    documents = {each.document.uid: each.document for each in records}
    extra = {each.document.uid: each.extra for each in records}
    return WriteOptions(
        scheme=NEWS,
        document=documents.get,
        extra=lambda uid: extra.get(uid, {}),
        own=option_values(format.writer.options, own or {}, format=format.name),
    )


def written(
    format: Format, records: Sequence[DocumentRecord], *, own: Mapping[str, Any] | None = None
) -> tuple[bytes, LossReport]:
    """Return the file that records make, and what is lost."""
    out = io.BytesIO()
    assert format.writer is not None
    losses = format.writer.write(records, StreamOutput(out), write_options(format, records, own))
    return out.getvalue(), losses


def written_folder(format: Format, records: Sequence[DocumentRecord], path: Path, **own: Any) -> LossReport:
    """Write the folder that records make; return what is lost."""
    assert format.writer is not None
    with OutputFiles(keep_off=path.parent / "a.stet") as files:
        output = files.output(path, is_folder=True)
        return format.writer.write(records, output, write_options(format, records, own))


def works(records: Sequence[DocumentRecord]) -> list[DocumentRecord]:
    """Return the records that aren't only references."""
    referred = {uid for each in records for uid in each.references}
    return [each for each in records if each.document.uid not in referred]


def spoilt(value: Any) -> Iterator[Any]:
    """Yield copies of a value of JSON, each with another value in one place, or without one key.

    Each place gets some of the odd values, all of which come somewhere.
    """
    for number, place in enumerate(_places(value)):
        for step in range(_ODD_AT_A_PLACE):
            yield _with(value, place, ODD[(number * _ODD_AT_A_PLACE + step) % len(ODD)])
        if isinstance(place[-1], str):
            yield _with(value, place, ...)


def _places(value: Any) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (key,)
        yield from ((key, *rest) for rest in _places(item))


def _with(value: Any, place: tuple[Any, ...], new: Any) -> Any:
    made = copy.deepcopy(value)
    inner = made
    for key in place[:-1]:
        inner = inner[key]
    if new is ...:
        del inner[place[-1]]
    else:
        inner[place[-1]] = new
    return made
