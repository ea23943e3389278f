"""Records and files for tests, each made in a line."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.core.annotation import Annotation, Status
from app.core.decision import GOLD, Decision, Outcome
from app.core.document import Document, sha256
from app.core.record import DocumentRecord, SetRecord
from app.exchange.format import ReadOptions
from app.exchange.formats.stet_jsonl.reader import StetReader
from app.exchange.formats.stet_jsonl.writer import line_of
from app.exchange.report import Report
from app.exchange.source import Source
from app.session.session import Session
from tests.conftest import scheme_source

TEXT = "Donald Trump, the US senator, called. 😀 Kyiv agreed."
REFERENCE = "U.S. President Donald Trump called."


def record(text: str = TEXT, *, uid: str = "d1", name: str = "spun.txt", **fields: Any) -> DocumentRecord:
    """Return the record of a document without work, unless sets are given."""
    meta = fields.pop("meta", {})
    return DocumentRecord(Document(uid=uid, name=name, text=text, sha256=sha256(text), meta=meta), **fields)


def work(*annotations: Annotation, annotator: str = "ana", **fields: Any) -> SetRecord:
    """Return a set of annotations."""
    given = {"kind": "person", "status": Status.OPEN, "scheme": "news-errors@1", "seconds": 0.0, "relations": ()}
    return SetRecord(annotator=annotator, annotations=annotations, **{**given, **fields})


def gold(*annotations: Annotation, **fields: Any) -> SetRecord:
    """Return a set of reviewed annotations."""
    return work(*annotations, annotator=GOLD, kind=GOLD, **{"status": Status.DONE, **fields})


def decision(uid: str = "k1", **fields: Any) -> Decision:
    """Return a decision on the document d1, by rina; without gold unless said."""
    given = {"document": "d1", "layer": "entity", "key": "k", "outcome": Outcome.ACCEPTED, "reviewer": "rina"}
    return Decision(uid=uid, **{**given, "time": "2026-01-02T03:04:05Z", **fields})


def plain(text: str = TEXT, **fields: Any) -> dict[str, Any]:
    """Return a document as a program would write it by hand: only what must be there."""
    return {"stet": 1, "id": "d1", "name": "spun.txt", "text": text, **fields}


def mark(start: int = 0, end: int = 12, **fields: Any) -> dict[str, Any]:
    """Return an annotation as a program would write it by hand."""
    return {"id": "a1", "layer": "entity", "label": "PERSON", "start": start, "end": end, **fields}


def with_mark(**fields: Any) -> dict[str, Any]:
    """Return a document with one annotation."""
    return plain(sets=[{"annotator": "ana", "annotations": [mark(**fields)]}])


def jsonl(path: Path, *rows: object) -> Path:
    """Write rows as JSONL; bytes and texts are written as they stand."""
    path.write_bytes(b"".join(_line(row) for row in rows))
    return path


def _line(row: object) -> bytes:
    if isinstance(row, bytes):
        return row
    return (row if isinstance(row, str) else json.dumps(row, ensure_ascii=False)).encode() + b"\n"


def read(path: Path, **options: Any) -> list[DocumentRecord]:
    """Return the records of our JSONL."""
    return list(StetReader().read(Source(path), ReadOptions(**options)))


def read_reported(path: Path) -> tuple[list[DocumentRecord], Report]:
    """Return the records of our JSONL, and what there is to know of them."""
    report = Report()
    return read(path, report=report), report


def written(records: Iterable[DocumentRecord]) -> bytes:
    """Return our JSONL of the records."""
    return b"".join(map(line_of, records))


@contextmanager
def project(path: Path, *, scheme: str = "news-errors", annotator: str | None = None) -> Iterator[Session]:
    """Give a new, empty project."""
    session = Session.create(path, scheme=scheme_source(scheme), annotator=annotator)
    try:
        yield session
    finally:
        session.close()


def exported(session: Session) -> bytes:
    """Return the whole project as our JSONL."""
    return written(session.reader.records())


def names(session: Session) -> list[str]:
    """Return the names of the documents, in order of import."""
    return [item.document.name for item in session.reader.records(with_text=False)]
