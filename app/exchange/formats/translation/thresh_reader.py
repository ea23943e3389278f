"""Reads entries of thresh.tools."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from app.core.annotation import Status
from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.category_names import ERROR_LAYER
from app.exchange.foreign_document import ForeignDocument, ForeignWork
from app.exchange.format import Claim, Reader, ReadOptions
from app.exchange.formats.translation.thresh_wire import ThreshEdit, ThreshEntry, is_entry, parsed_entry
from app.exchange.json_lines import JsonLine
from app.exchange.json_records import are_ours, first_objects, object_of, records
from app.exchange.record_names import name_from_text
from app.exchange.segments import Range
from app.exchange.source import Source

THRESH = "thresh"
EDIT, AT, NUMBER, ENTRIES, REST, LABEL = "edit", "at", "number", "entries", "rest", "label"


class _Given(NamedTuple):
    """An entry where it stands."""

    line: JsonLine
    entry: ThreshEntry


class ThreshReader(Reader):
    """Reads pairs of texts with edits. The target is the document, source and context are its references."""

    suffixes = (".json", ".jsonl")

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take what has texts on both sides and edits with categories."""
        objects = first_objects(path, head)
        if objects and not are_ours(objects) and all(map(is_entry, objects)):
            return Claim("its records have two texts, and “edits” with categories")
        return None

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the documents, each after its references. Entries on the same texts are one document."""
        found: dict[tuple[str, str, str, str], list[_Given]] = {}
        for line in records(source.path):
            try:
                entry = parsed_entry(object_of(line, source.path))
            except FormatError as error:
                options.refuse(_placed(error, line, source.path))
                continue
            key = (_name(entry), entry.source, entry.target, entry.context)
            found.setdefault(key, []).append(_Given(line, entry))
        seen: set[str] = set()
        for (name, *_), given in found.items():
            options.at(given[0].line.number, given[0].line.byte)
            try:
                made = _Document(name, given, source.path, options)
                for reference in made.references:
                    if reference.uid not in seen:
                        seen.add(reference.uid)
                        yield reference.record()
                yield made.record()
            except FormatError as error:
                options.refuse(_placed(error, given[0].line, source.path))


def _placed(error: FormatError, line: JsonLine, path: Path) -> FormatError:
    error.path, error.line = error.path or path, error.line or line.number
    if b"\n" in line.data:
        error.record = line.data.decode("utf-8", "replace").replace("\n", " ")
    return error


def _name(entry: ThreshEntry) -> str:
    """Return the name of a document: what its metadata say, else its words after its id."""
    parts = [entry.said(key) for key in ("doc", "system", "seg_id")]
    if parts[0] or parts[1]:
        return "/".join(part for part in parts if part)
    return name_from_text(entry.target, entry.said("id"))


class _Document:
    """Makes a document, its references and the work of each rater."""

    def __init__(self, name: str, given: list[_Given], path: Path, options: ReadOptions) -> None:
        self._given = given
        self._path = path
        self._options = options
        entry = given[0].entry
        meta = {key: said for key in ("system",) if (said := entry.said(key))}
        self._document = ForeignDocument(entry.target, name=name, options=options, meta=meta)
        self._source = ForeignDocument(entry.source, name=f"{name}/source", options=options)
        self.references = [self._source] if entry.source.strip() else []
        if entry.context:
            self.references.append(ForeignDocument(entry.context, name=f"{name}/context", options=options))
        for reference in self.references:
            self._document.refer_to(reference)
        self._seen: Counter[str] = Counter()

    def record(self) -> DocumentRecord:
        """Return the record of the document."""
        kept: dict[str, object] = {}
        for given in self._given:
            entry = given.entry
            if not entry.edits and not entry.rater:
                kept.setdefault("", entry.rest)  # waits for its annotators
                if self._options.finished and self._options.annotator:
                    self._document.work(None).status = Status.DONE
                continue
            try:
                work = self._document.work(entry.rater or None)
            except FormatError as error:
                self._options.refuse(_placed(error, given.line, self._path))
                continue
            work.status = Status.DONE
            if work.annotator in kept:
                what = "further entries of one rater on the same texts, whose other keys are left out"
                self._options.report.note("again", what, f"{self._document.document.name}: {work.annotator}")
            kept.setdefault(work.annotator, entry.rest)
            for number, edit in enumerate(entry.edits):
                try:
                    self._mark(work, number, edit)
                except FormatError as error:
                    self._options.refuse(_placed(error, given.line, self._path))
        self._document.extra[THRESH] = {ENTRIES: kept}
        return self._document.record()

    def _mark(self, work: ForeignWork, number: int, edit: ThreshEdit) -> None:
        length = len(self._document.text)
        ranges = list(edit.target)
        if not ranges:
            # What was left out has no place; an error that is marked nowhere is one of the whole text.
            ranges = [Range(length if edit.source else 0, length)]
        key = f"{edit.label} {[tuple(each) for each in edit.target]} {[tuple(each) for each in edit.source]}"
        self._seen[f"{work.annotator} {key}"] += 1
        key = f"{key} {self._seen[f'{work.annotator} {key}']}"
        evidence = [work.evidence(key, self._source, edit.source)] if edit.source else []
        own = {EDIT: edit.given, AT: [list(each) for each in ranges], NUMBER: number, LABEL: edit.label}
        work.mark(
            key,
            edit.label,
            ranges,
            layer=ERROR_LAYER,
            attributes=edit.answers,
            evidence=evidence,
            extra={THRESH: own},
        )
