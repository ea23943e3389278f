"""The formats that hold a CAS, each with its reader and writer; for tests of what they have in common."""

import io
import re
from pathlib import Path
from typing import Any, NamedTuple

from app.core.record import DocumentRecord
from app.core.scheme import Scheme
from app.exchange.format import Reader, ReadOptions, WriteOptions, Writer
from app.exchange.formats.uima.cas_file_writer import CasJsonWriter, XmiWriter
from app.exchange.formats.uima.cas_files import TYPE_SYSTEM, CasJsonReader, XmiReader
from app.exchange.formats.webanno.reader import WebAnnoReader
from app.exchange.formats.webanno.writer import WebAnnoWriter
from app.exchange.report import LossReport, Report
from app.exchange.source import Source


class CasFormat(NamedTuple):
    """One of the formats."""

    reader: Reader
    writer: Writer


FORMATS = {
    "webanno": CasFormat(WebAnnoReader(), WebAnnoWriter()),
    "uima-xmi": CasFormat(XmiReader(), XmiWriter()),
    "uima-json": CasFormat(CasJsonReader(), CasJsonWriter()),
}
BY_SUFFIX = {".tsv": "webanno", ".xmi": "uima-xmi", ".json": "uima-json"}
_CUTTERS: dict[str, Any] = {}  # of words: made once
NOTHING = Scheme(name="nothing", version=1, title="Nothing")


class Memory:
    """An output that keeps its files."""

    path = None

    def __init__(self):
        self.files: dict[str, bytes] = {}

    def open(self, name):
        files = self.files

        class File(io.BytesIO):
            def close(self):
                files[name] = self.getvalue()
                super().close()

        return File()


def read(path: Path, report: Report | None = None, **options: Any) -> list[DocumentRecord]:
    """Return the documents of a file, whose work is ana's."""
    made = ReadOptions(**{"annotator": "ana", "report": report or Report(), **options})
    return list(FORMATS[BY_SUFFIX[path.suffix]].reader.read(Source(path), made))


def written(
    record: DocumentRecord, format: str, folder: Path, scheme: Scheme = NOTHING, annotators: tuple[str, ...] = ("ana",)
) -> tuple[Path, LossReport]:
    """Write a document into a folder; return its file, and the losses."""
    output = Memory()
    options = WriteOptions(scheme=scheme, document=lambda uid: None, annotators=annotators, cutters=_CUTTERS)
    losses = FORMATS[format].writer.write([record], output, options)  # type: ignore[arg-type]
    output.files.pop("layers.json", None)  # which is for INCEpTION alone
    for name, data in output.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return next(folder / name for name in output.files if name != TYPE_SYSTEM), losses


def _plain(name: str) -> str:
    return re.sub(r"[\W_]", "", name).casefold()


def _said(values: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    def word(value: Any) -> str:
        if isinstance(value, dict):
            return str(value["id"])
        if isinstance(value, list):
            return ", ".join(value)
        return str(value).lower() if isinstance(value, bool) else str(value)

    return tuple(sorted((_plain(name), word(value)) for name, value in values.items()))


def meant(record: DocumentRecord, *, renamed: dict[str, str] | None = None) -> list[tuple[Any, ...]]:
    """Return what a document's work says, whatever its ids and the types of its values."""
    found: list[tuple[Any, ...]] = []
    other = renamed or {}
    for item in record.sets:
        places = {
            each.uid: (
                _plain(other.get(each.layer, each.layer)),
                other.get(each.label, each.label),
                tuple((f.start, f.end) for f in each.fragments),
                _said({other.get(k, k): v for k, v in each.attributes.items()}),
                each.correction,
                each.comment,
            )
            for each in item.annotations
        }
        found += [("mark", *place) for place in places.values()]
        found += [
            ("tie", tie.label, places[tie.source][:3], places[tie.target][:3], tie.comment)
            + (_said({other.get(k, k): v for k, v in tie.attributes.items()}),)
            for tie in item.relations
        ]
    return sorted(found, key=repr)
