"""Reads files with a layout in tests."""

from pathlib import Path
from typing import NamedTuple

from app.core.annotation import Annotation
from app.core.document import Document
from app.core.record import DocumentRecord
from app.exchange.format import Reader, ReadOptions
from app.exchange.report import Report
from app.exchange.source import Source


class Extracted(NamedTuple):
    """What was read of a file, and what there is to know of it, by kind."""

    record: DocumentRecord
    notes: dict[str, str]

    @property
    def document(self) -> Document:
        """The document."""
        return self.record.document

    @property
    def text(self) -> str:
        """Its text."""
        return self.record.document.text

    def marks(self) -> list[tuple[str, str, str, str]]:
        """Return annotator, label, quote and comment of each mark."""
        return [(item.annotator, m.label, m.quote, m.comment) for item in self.record.sets for m in item.annotations]

    def annotations(self) -> list[Annotation]:
        """Return the marks of all annotators."""
        return [mark for item in self.record.sets for mark in item.annotations]


def extracted(reader: Reader, path: Path, content: bytes | None = None, **own: str) -> Extracted:
    """Read a file, after writing the bytes into it."""
    if content is not None:
        path.write_bytes(content)
    report = Report()
    (record,) = reader.read(Source(path), ReadOptions(report=report, own=own, annotator="ana"))
    for item in record.sets:
        for mark in item.annotations:
            assert mark.quote == record.document.text[mark.start : mark.end] or len(mark.fragments) > 1
    return Extracted(record, {finding.kind: str(finding) for finding in report})
