"""Writes collections of BioC, XML or JSON."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from app.core.record import DocumentRecord
from app.exchange.format import WriteOptions, Writer
from app.exchange.formats.bioc.elements import BiocCollection, BiocDocument
from app.exchange.formats.bioc.infons import OWN
from app.exchange.formats.bioc.json_elements import document_values, encoder, head_values
from app.exchange.formats.bioc.reader import UNITS
from app.exchange.formats.bioc.written_document import WrittenDocument
from app.exchange.formats.bioc.xml_elements import END, NO_XML, document_lines, head_lines
from app.exchange.kept_fields import kept_of
from app.exchange.label_names import LabelNames
from app.exchange.losses import Losses
from app.exchange.offset_units import Unit
from app.exchange.option import FormatOption, OptionKind
from app.exchange.output import Output
from app.exchange.provenance import OriginPlace
from app.exchange.report import LossReport

OFFSETS = FormatOption(
    "offsets",
    "Offsets count",
    OptionKind.CHOICE,
    Unit.CODE_POINTS.value,
    tuple(unit.value for unit in UNITS),
    help="cp for code points, as most programs count; bytes as the specification says; utf16 for programs in Java.",
)
_KEPT = ("meta", "name", "attribute", "correction", "comment", "relation-field")


class BiocXmlWriter(Writer):
    """Writes XML, a document at a time."""

    suffix = ".xml"
    origin_place = OriginPlace.FIELDS
    options = (OFFSETS,)

    def write(self, records: Iterable[DocumentRecord], output: Output, options: WriteOptions) -> LossReport:
        """Write the records as they come."""
        out = output.main()
        losses = Losses("BioC", OWN, keeps=_KEPT)
        head: BiocCollection | None = None
        for collection, record, document in _documents(records, options, losses):
            lines: list[str] = [] if head is not None else list(head_lines(collection))
            head = collection
            if NO_XML.search(record.document.text):
                what = "texts with control characters, which XML can't have, written as blanks"
                losses.note("control", what, record.document.name, is_whole=True)
            out.write("".join(f"{line}\n" for line in (*lines, *document_lines(document))).encode())
        rest = [] if head is not None else list(head_lines(BiocCollection()))
        out.write("".join(f"{line}\n" for line in (*rest, END)).encode())
        return losses.report


class BiocJsonWriter(Writer):
    """Writes one collection as JSON, a document a line."""

    suffix = ".json"
    origin_place = OriginPlace.FIELDS
    options = (OFFSETS,)

    def write(self, records: Iterable[DocumentRecord], output: Output, options: WriteOptions) -> LossReport:
        """Write the records as they come."""
        out = output.main()
        losses = Losses("BioC", OWN, keeps=_KEPT)
        between = b""
        for collection, _, document in _documents(records, options, losses):
            out.write(between or _begun(head_values(collection)))
            out.write(encoder.encode(document_values(document)))
            between = b",\n"
        out.write((b"" if between else _begun(head_values(BiocCollection()))) + b"\n]}\n")
        return losses.report


def _begun(head: dict[str, Any]) -> bytes:
    return encoder.encode(head)[:-1] + b',"documents":[\n'


def _documents(
    records: Iterable[DocumentRecord], options: WriteOptions, losses: Losses
) -> Iterator[tuple[BiocCollection, DocumentRecord, BiocDocument]]:
    """Yield what the collection says, which is what the first document came with, each record, and its document."""
    names = LabelNames(options.scheme)
    unit = Unit(options.own.get(OFFSETS.name, OFFSETS.default))
    for record in records:
        head = msgspec.convert(kept_of(record.extra, OWN).get("collection") or {}, BiocCollection)
        yield head, record, WrittenDocument(record, options, names, losses, unit).document()
