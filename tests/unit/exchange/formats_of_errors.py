"""Reading and writing of the formats that hold errors in translations and in grammar, each in a line."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.core.annotation import Status
from app.core.record import DocumentRecord
from app.core.scheme import Scheme
from app.core.scheme_file import parse_scheme
from app.exchange.format import Reader, ReadOptions, WriteOptions, Writer
from app.exchange.label_map import LabelMap
from app.exchange.output import StreamOutput
from app.exchange.report import LossReport, Report
from app.exchange.source import Source
from tests.conftest import scheme_source

SCHEME = parse_scheme(scheme_source("mt-errors"))


def read(
    reader: Reader, path: Path, report: Report | None = None, scheme: Scheme = SCHEME, **options: Any
) -> list[DocumentRecord]:
    """Return the documents of a file, whose labels are those of the scheme; `own` are the reader's own options."""
    given = {"labels": LabelMap(scheme), "report": report or Report(), **options}
    return list(reader.read(Source(path), ReadOptions(**given)))


def written(
    writer: Writer, records: Sequence[DocumentRecord], scheme: Scheme = SCHEME, **own: Any
) -> tuple[str, LossReport]:
    """Return what is written of records, and what is lost."""
    documents = {record.document.uid: record.document for record in records}
    out = io.BytesIO()
    losses = writer.write(records, StreamOutput(out), WriteOptions(scheme=scheme, document=documents.get, own=own))
    return out.getvalue().decode(), losses


def file_of(tmp_path: Path, text: str, name: str) -> Path:
    """Return a new file with a text."""
    path = tmp_path / name
    path.write_text(text, "utf-8", newline="")
    return path


def meant(records: Sequence[DocumentRecord]) -> list[tuple[Any, ...]]:
    """Return what documents and the work on them say, whatever their ids."""
    found: list[tuple[Any, ...]] = []
    for record in records:
        found.append((record.document.name, record.document.text, len(record.references)))
        for item in record.sets:
            found.append((record.document.name, item.annotator, str(item.status)))
            found += [
                (
                    record.document.name,
                    item.annotator,
                    mark.layer,
                    mark.label,
                    tuple((f.start, f.end) for f in mark.fragments),
                    tuple(sorted((key, str(value)) for key, value in mark.attributes.items())),
                    mark.correction,
                    mark.comment,
                    tuple(evidence.quote for evidence in mark.evidence),
                )
                for mark in item.annotations
            ]
    return sorted(found, key=repr)


def statuses(records: Sequence[DocumentRecord]) -> dict[Status, int]:
    """Return how many sets have each status."""
    found: dict[Status, int] = {}
    for item in (item for record in records for item in record.sets):
        found[item.status] = found.get(item.status, 0) + 1
    return found
