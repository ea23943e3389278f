"""Reads collections of BioC, XML or JSON."""

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.format import Claim, Reader, ReadOptions
from app.exchange.formats.bioc import json_elements, xml_elements
from app.exchange.formats.bioc.elements import BiocCollection, BiocDocument, Json
from app.exchange.formats.bioc.work import BiocWork, given_ranges
from app.exchange.json_arrays import is_all_ascii
from app.exchange.json_records import object_of
from app.exchange.json_records import records as json_records
from app.exchange.offset_units import GivenRange, Unit, unit_of
from app.exchange.record_names import DistinctNames
from app.exchange.source import Source
from app.exchange.xml_input import xml_elements as elements_of

_CHUNK = 1024 * 1024  # bytes
_MOST_KEPT = 4_000  # bytes of what a collection says, beside each document
UNITS = (Unit.CODE_POINTS, Unit.UTF16, Unit.BYTES)

Found = tuple[BiocCollection, Callable[[], BiocDocument], int]
"""What a collection says, what makes the document or raises FormatError, and the byte where it is."""


class BiocXmlReader(Reader):
    """Reads XML, a document at a time."""

    suffixes = (".xml",)

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take XML whose root is `collection` with a source, a key or documents."""
        begun = head.partition(b"<collection")[2]
        if any(f"<{name}".encode() in begun for name in ("source", "document", "passage")):
            return Claim("it is XML with the root “collection”")
        return None

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the documents. Invalid ones, and invalid parts of others, go to `options.refuse`."""
        yield from _Reading(source, options, _xml_documents, _is_ascii_xml).records()


class BiocJsonReader(Reader):
    """Reads JSON: a collection, several of them, or documents one a line, as PubTator's service sends them."""

    suffixes = (".json", ".jsonl")

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take JSON with passages that have infons."""
        if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"["):
            return None
        if all(f'"{key}"'.encode() in head for key in ("passages", "infons", "offset")):
            return Claim("it has “passages” with “infons” and “offset”")
        return None

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the documents. Invalid ones, and invalid parts of others, go to `options.refuse`."""
        yield from _Reading(source, options, _json_documents, is_all_ascii).records()


class _Reading:
    """Reads one file, twice if the unit of its offsets must be found out."""

    def __init__(
        self,
        source: Source,
        options: ReadOptions,
        documents: Callable[[Source, Callable[[FormatError], None]], Iterator[Found]],
        is_ascii: Callable[[Path], bool],
    ) -> None:
        self._source = source
        self._options = options
        self._documents = documents
        self._is_ascii = is_ascii

    def records(self) -> Iterator[DocumentRecord]:
        options, path = self._options, self._source.path
        unit = self._unit()
        names = DistinctNames()
        seen_any = False
        collection: Json = {}
        last: BiocCollection | None = None
        for head, make, byte in self._documents(self._source, options.refuse):
            options.at(0, byte)
            if head is not last:
                collection, last = _kept(head), head
            seen_any = True
            try:
                yield BiocWork(make(), collection, names, unit, options).record()
            except FormatError as error:
                error.path = error.path or path
                options.refuse(error)
            if len(msgspec.json.encode(collection)) > _MOST_KEPT:
                collection = {}
        if not seen_any:
            options.report.note("empty", "files without documents", str(path))

    def _unit(self) -> Unit:
        """Return the unit of the offsets: the specification says bytes, many programs count characters."""
        options = self._options
        if options.offsets is not None:
            return Unit(options.offsets)
        if self._is_ascii(self._source.path):
            return Unit.CODE_POINTS

        def ignore(error: FormatError) -> None:
            del error  # it is refused when the documents are read

        def claims() -> Iterator[GivenRange]:
            for _, make, _ in self._documents(self._source, ignore):
                try:
                    yield from given_ranges(make())
                except FormatError:
                    continue

        return unit_of(claims(), among=UNITS)


def _kept(head: BiocCollection) -> Json:
    return {key: value for key, value in msgspec.structs.asdict(head).items() if value}


def _xml_documents(source: Source, refuse: Callable[[FormatError], None]) -> Iterator[Found]:
    head = BiocCollection()
    is_open = False
    with source.open() as file:
        for element in elements_of(file, *xml_elements.HEAD, "document", path=source.path):
            if element.tag != "document":
                if is_open:  # another collection would be another root
                    continue
                xml_elements.add_to_head(head, element)
                continue
            is_open = True
            yield head, lambda element=element: xml_elements.document_of(element), file.tell()


def _json_documents(source: Source, refuse: Callable[[FormatError], None]) -> Iterator[Found]:
    path = source.path
    for line in json_records(path):
        try:
            head, documents = json_elements.collection_of(object_of(line, path))
        except FormatError as error:
            error.path, error.line = error.path or path, error.line or line.number
            refuse(error)
            continue
        for each in documents:
            yield head, lambda each=each: json_elements.document_of(each), line.byte


def _is_ascii_xml(path: Path) -> bool:
    """Whether a file has no character beyond ASCII, not even by its number."""
    with Source(path).open() as file:
        chunks = iter(lambda: file.read(_CHUNK), b"")
        return all(chunk.isascii() and b"&#" not in chunk and not chunk.endswith(b"&") for chunk in chunks)
