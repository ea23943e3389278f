"""Reads DocBin: entities and groups of spans are marks, categories labels of the document."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import msgspec

from app.core.annotation import Status
from app.core.decode_faults import DECODE_FAULTS
from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.foreign_document import ForeignDocument, ForeignWork
from app.exchange.format import LARGEST, Claim, Reader, ReadOptions
from app.exchange.record_names import DistinctNames, name_from_text
from app.exchange.source import Source, read_failed
from app.nlp.doc_bins import ENTITIES, BadDocBin, BinDoc, BinSpan, read_doc_bin

OWN = "docbin"
STET = "stet"
"""The key under which a doc that Stet wrote keeps the document's name, metadata, and what marks say."""

_ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_STATUS: Mapping[str, Status] = {each.value: each for each in Status}
_LIKELY = 0.5  # a category from here on is a label of the document


class DocBinReader(Reader):
    """Reads `.spacy` files. They are read whole."""

    suffixes = (".spacy",)

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take what is named so and is compressed as a DocBin is."""
        is_ours = path.suffix.lower() in self.suffixes and head.startswith(_ZLIB)
        return Claim("its name ends in .spacy, and it is compressed as spaCy does") if is_ours else None

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the documents of a file."""
        path = source.path
        try:
            with source.open() as file:
                data = file.read(LARGEST + 1)
        except OSError as error:
            raise read_failed(path, error) from error
        if len(data) > LARGEST:
            raise FormatError("the file is larger than 512 MiB", hint="split it into several files", path=path)
        names = DistinctNames()
        number = 0
        try:
            for number, doc in enumerate(read_doc_bin(data), 1):
                options.at(0, 0)
                try:
                    yield _document(doc, names, options)
                except FormatError as error:
                    error.what = f"document {number}: {error.what}"
                    options.refuse(error)
        except BadDocBin as error:
            where = f"after document {number}" if number else "at its beginning"
            hint = "export it again with: DocBin.to_disk()"
            raise FormatError(f"not a DocBin of spaCy {where} ({error})", hint=hint, path=path) from error


def _document(doc: BinDoc, names: DistinctNames, options: ReadOptions) -> DocumentRecord:
    ours = _ours(doc.user_data)
    name = str(ours.get("name") or "") or names.of(name_from_text(doc.text), doc.text)
    others = {key: value for key, value in doc.user_data.items() if key != STET and _is_plain(value)}
    if len(others) < len([key for key in doc.user_data if key != STET]):
        what = "user data that can't be kept: only texts, numbers, lists and the like can"
        options.report.note("user-data", what, name)
    meta = ours.get("meta")
    made = ForeignDocument(
        doc.text,
        name=name,
        options=options,
        meta=cast("Mapping[str, Any]", meta) if isinstance(meta, Mapping) else {},
        extra={OWN: {"user_data": others}} if others else {},
    )
    said = cast("Mapping[str, Mapping[str, Any]]", ours.get("marks") or {})
    work: ForeignWork | None = None
    annotator = str(ours.get("annotator") or "") or None
    seen: set[tuple[int, int, str]] = set()
    for key in sorted(doc.groups, key=lambda each: each == ENTITIES):  # groups may have the entities again
        for number, span in enumerate(doc.groups[key]):
            place = (span.start, span.end, span.label)
            if key == ENTITIES and place in seen:
                continue
            seen.add(place)
            work = work or made.work(annotator)
            _mark(work, key, number, span, said.get(span.id, {}))
    for category, value in doc.categories.items():
        if value >= _LIKELY:
            work = work or made.work(annotator)
            about = said.get(f"cat {category}", {})
            fields = {"score": value} if 0 < value < 1 else dict(about.get("attributes") or {})
            comment = str(about.get("comment") or "")
            work.about_document(f"cat {category}", category, attributes=fields, comment=comment)
    if work is None and (options.finished or annotator):
        work = made.work(annotator)
    if work is not None and ours.get("status") in _STATUS:
        work.status = _STATUS[str(ours["status"])]
    return made.record()


def _mark(work: ForeignWork, key: str, number: int, span: BinSpan, said: Mapping[str, Any]) -> None:
    fields = dict(cast("Mapping[str, Any]", said.get("attributes") or {}))
    if span.kb_id and not any(isinstance(each, dict) for each in fields.values()):
        fields.setdefault("kb_id", {"id": span.kb_id, "title": span.kb_id})
    correction = said.get("correction")
    work.mark(
        f"{key} {span.id or number} {span.start} {span.end} {span.label}",
        span.label or key,
        [(span.start, span.end)],
        layer="" if key == ENTITIES else key,
        attributes=fields,
        correction=correction if isinstance(correction, str) else None,
        comment=str(said.get("comment") or ""),
    )


def _ours(user_data: Mapping[str, Any]) -> Mapping[str, Any]:
    found = user_data.get(STET)
    if not isinstance(found, str):
        return {}
    try:
        decoded = msgspec.json.decode(found)
    except DECODE_FAULTS:
        return {}
    return cast("Mapping[str, Any]", decoded) if isinstance(decoded, Mapping) else {}


def _is_plain(value: object) -> bool:
    try:
        msgspec.json.encode(value)
    except (TypeError, msgspec.MsgspecError, ValueError):
        return False
    return True
