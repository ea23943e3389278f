"""Reads and writes files of other tools by their formats' names, for tests of several of them."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from app.core.record import DocumentRecord
from app.core.scheme import Scheme
from app.exchange.format import ReadOptions, WriteOptions
from app.exchange.option import option_values
from app.exchange.output import OutputFiles
from app.exchange.registry import Registry
from app.exchange.report import LossReport, Report
from app.exchange.source import Source

NOTHING = Scheme(name="nothing", version=1, title="Nothing")


def read(
    format: str, path: Path, report: Report | None = None, own: Mapping[str, Any] | None = None, **options: Any
) -> list[DocumentRecord]:
    """Return the documents of a file; work that nobody is named for is ana's."""
    reader = Registry().reader(format)
    values = option_values(reader.options, own or {}, format=format)
    made = ReadOptions(**{"annotator": "ana", "report": report or Report(), "own": values, **options})
    return list(reader.read(Source(path), made))


def write(
    format: str,
    records: Iterable[DocumentRecord],
    path: Path,
    own: Mapping[str, Any] | None = None,
    scheme: Scheme = NOTHING,
) -> LossReport:
    """Write documents to a file or folder; references are found among them."""
    held = list(records)
    writer = Registry().writer(format)
    documents = {record.document.uid: record.document for record in held}
    people = tuple(dict.fromkeys(item.annotator for record in held for item in record.sets))
    options = WriteOptions(
        scheme=scheme,
        document=documents.get,
        own=option_values(writer.options, own or {}, format=format),
        annotators=people,
    )
    with OutputFiles(keep_off=path.parent / "project.stet") as files:
        return writer.write(held, files.output(path, is_folder=writer.is_folder), options)


def again(format: str, records: Iterable[DocumentRecord], path: Path, **options: Any) -> list[DocumentRecord]:
    """Return documents as they come back from a file that they were written to."""
    write(format, records, path)
    return read(format, path, **options)


def kinds(report: Report) -> dict[str, int]:
    """Return how often each kind of finding occurs."""
    return {finding.kind: finding.count for finding in report}


def marks(record: DocumentRecord) -> list[tuple[str, str, int, int]]:
    """Return label, quote, start and end of each mark, whoever's it is."""
    return [(each.label, each.quote, each.start, each.end) for item in record.sets for each in item.annotations]
