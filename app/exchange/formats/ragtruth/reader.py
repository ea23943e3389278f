"""Reads RAGTruth: a folder of its two files, or one of them."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from app.core.annotation import Status
from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.core.scheme import SEVERITY
from app.exchange.category_names import ERROR_LAYER
from app.exchange.error_marks import OwnFields, place_of
from app.exchange.foreign_document import ForeignDocument, ForeignWork
from app.exchange.format import HEAD, Claim, Reader, ReadOptions
from app.exchange.formats.ragtruth.wire import (
    EVIDENT,
    LABELS,
    OWN,
    RESPONSE,
    RESPONSES,
    SOURCE_ID,
    SOURCE_INFO,
    SOURCES,
    SUBTLE,
    TASK_TYPE,
    KeptLabel,
    KeptResponse,
    KeptSource,
    RagTruthLabel,
    RagTruthResponse,
    RagTruthSource,
    parsed_response,
    parsed_source,
)
from app.exchange.json_records import first_objects, object_of, placed, records
from app.exchange.json_values import id_text
from app.exchange.kept_fields import metadata_of, to_keep
from app.exchange.offset_units import GivenRange, Ruler, Unit, unit_of
from app.exchange.option import FormatOption, OptionKind
from app.exchange.record_names import DistinctNames, name_from_text
from app.exchange.source import Source

SOURCE_NAME = "source"
SEVERITIES = {EVIDENT: "major", SUBTLE: "minor"}
COMPANION = FormatOption(
    "sources",
    "File of sources",
    OptionKind.TEXT,
    SOURCES,
    help="The file with the sources, beside that of the responses.",
)


class RagTruthReader(Reader):
    """Reads a document from each source, and one from each response, with its labels as errors.

    Of a folder all sources are read, beside a single file of responses those that its responses refer to.
    """

    suffixes = (".jsonl", ".json", ".ndjson")
    is_folder = True
    options = (COMPANION,)

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take a folder with both files, and a file of responses or of sources."""
        if path.is_dir():
            if not all((path / name).is_file() for name in (RESPONSES, SOURCES)):
                return None
            return Claim(f"it has {RESPONSES} and {SOURCES}") if _objects(path / RESPONSES, _is_response) else None
        objects = first_objects(path, head)
        if any(map(_is_response, objects)):
            return Claim("its records have a response, labels and the id of a source")
        if any(map(_is_source, objects)):
            return Claim("its records have the id of a source, and its information")
        return None

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the sources, then the responses. Invalid records go to `options.refuse`."""
        beside = str(options.own.get(COMPANION.name) or SOURCES)
        if source.is_folder:
            responses, sources = source.companion(RESPONSES), source.companion(beside)
        elif _objects(source.path, _is_source):
            responses, sources = None, source
        else:
            responses, sources = source, source.companion(beside)
        work = _Files(responses.path if responses else None, sources.path if sources else None, options)
        yield from work.records(is_whole=source.is_folder)


def _is_response(value: Mapping[str, Any]) -> bool:
    return isinstance(value.get(RESPONSE), str) and SOURCE_ID in value and isinstance(value.get(LABELS), list)


def _is_source(value: Mapping[str, Any]) -> bool:
    return SOURCE_ID in value and isinstance(value.get(SOURCE_INFO), str | dict) and RESPONSE not in value


def _objects(path: Path, is_one: Any) -> bool:  # noqa: ANN401  a function on objects
    with Source(path).open() as file:
        return any(map(is_one, first_objects(path, file.read(HEAD))))


class _Known(NamedTuple):
    """A source that was read: the uid of its document, and its kind of task."""

    uid: str
    task: Any


class _Files:
    """Reads the two files, each of which may be missing."""

    def __init__(self, responses: Path | None, sources: Path | None, options: ReadOptions) -> None:
        self._responses = responses
        self._sources = sources
        self._options = options
        self._known: dict[str, _Known] = {}

    def records(self, *, is_whole: bool) -> Iterator[DocumentRecord]:
        wanted: set[str] | None = None
        if self._responses is not None and not is_whole:
            wanted = {each.source for each in self._parsed(self._responses)}
        yield from self._source_records(wanted)
        if self._responses is not None:
            yield from self._response_records(self._responses)

    def _parsed(self, path: Path, *, only_beyond_ascii: bool = False) -> Iterator[RagTruthResponse]:
        """Yield the valid responses; the others are refused when they are read."""
        for line in records(path):
            if only_beyond_ascii and line.data.isascii() and b"\\u" not in line.data:
                continue  # all units are the same
            try:
                yield parsed_response(object_of(line, path))
            except FormatError:
                continue

    def _source_records(self, wanted: set[str] | None) -> Iterator[DocumentRecord]:
        if self._sources is None:
            return
        for line in records(self._sources):
            self._options.at(line.number, line.byte)
            try:
                value = object_of(line, self._sources)
                found = parsed_source(value)
                if wanted is not None and found.id not in wanted:
                    continue
                made = self._source(found, value)
                known = self._known.get(found.id)
                if known is not None and known.uid != made.uid:
                    raise FormatError(f"there are two sources with the id {found.id[:40]}", hint="remove one")
            except FormatError as error:
                self._options.refuse(placed(error, line, self._sources))
                continue
            self._known[found.id] = _Known(made.uid, found.meta.get(TASK_TYPE))
            if known is None:
                yield made.record()

    def _source(self, found: RagTruthSource, value: Mapping[str, Any]) -> ForeignDocument:
        prompt = value.get("prompt")
        kept = KeptSource(
            own_id=value[SOURCE_ID],
            prompt=prompt if isinstance(prompt, str) else None,
            data="" if found.data is None else json.dumps(found.data, ensure_ascii=False),
        )
        return ForeignDocument(
            found.text,
            name=found.name or name_from_text(found.text, f"{SOURCE_NAME} {found.id}"),
            options=self._options,
            meta=metadata_of(found.meta, self._options.report),
            extra={OWN: to_keep(kept)},
        )

    def _response_records(self, path: Path) -> Iterator[DocumentRecord]:
        options, names = self._options, DistinctNames()
        unit = self._unit(path)
        is_empty = True
        for line in records(path):
            is_empty = False
            options.at(line.number, line.byte)
            try:
                value = object_of(line, path)
                found = parsed_response(value)
                source = self._known.get(found.source)
                if source is None:
                    what = f"responses whose source isn't in {SOURCES} beside the file, imported without it"
                    options.report.note("no-source", what, f"{id_text(found.id)}: source {found.source or '?'}")
                made = _Document(found, value.get(SOURCE_ID), source, names, unit, options).record()
            except FormatError as error:
                options.refuse(placed(error, line, path))
            else:
                yield made
        if is_empty:
            options.report.note("empty", "files without documents", str(path))

    def _unit(self, path: Path) -> Unit:
        """Return the unit of the offsets: RAGTruth's own are code points, which the repeated words prove."""
        ranges = (
            GivenRange(found.text, label.start, label.end, label.words)
            for found in self._parsed(path, only_beyond_ascii=True)
            for label in found.labels or ()
            if label.words is not None
        )
        return unit_of(ranges, given=self._options.offsets)


class _Document:
    """Builds the record of one response."""

    def __init__(
        self,
        given: RagTruthResponse,
        source_id: int | str | None,
        source: _Known | None,
        names: DistinctNames,
        unit: Unit,
        options: ReadOptions,
    ) -> None:
        name = given.name or name_from_text(given.text, id_text(given.id))
        # Several annotators' work on a response, which names them, meets in one document.
        name = name if given.annotator else names.of(name, given.text)
        meta = dict(given.meta)
        added: tuple[str, ...] = ()
        if source is not None and source.task is not None and TASK_TYPE not in meta:
            meta[TASK_TYPE], added = source.task, (TASK_TYPE,)
        kept = KeptResponse(id=given.id, source_id=source_id if given.source else None, added=added)
        self._given = given
        self._options = options
        self._references = (source.uid,) if source is not None else ()
        self._ruler = Ruler(given.text, unit)
        self._made = ForeignDocument(
            given.text,
            name=name,
            options=options,
            meta=metadata_of(meta, options.report),
            extra={OWN: to_keep(kept)},
        )

    def record(self) -> DocumentRecord:
        if self._given.labels is not None:
            work = self._made.work(self._given.annotator or None)
            # A response with a list of labels was looked at, be the list empty.
            work.status = Status.DONE
            self._add(work, self._given.labels)
        return self._made.record()._replace(references=self._references)

    def _add(self, work: ForeignWork, labels: Sequence[RagTruthLabel]) -> None:
        fields = OwnFields(self._made.document, work.annotator)
        seen: Counter[str] = Counter()
        for label in labels:
            key = f"{label.start}-{label.end} {label.type}"
            seen[key] += 1
            self._mark(work, label, key if seen[key] == 1 else f"{key} ({seen[key]})", fields)

    def _mark(self, work: ForeignWork, label: RagTruthLabel, key: str, fields: OwnFields) -> None:
        try:
            pair = self._ruler.range(label.start, label.end)
        except ValueError as error:
            raise FormatError(f"{label.type[:40]}: {error}", hint="fix the offsets") from error
        uid, layer, own_label = fields.read(label.stet)
        name, layer = own_label or label.type, layer or ERROR_LAYER
        severity = self._severity(layer, name, label.type)
        made = work.mark(
            key,
            name,
            [pair],
            layer=layer,
            words=label.words,
            attributes={**{flag: True for flag, is_set in label.flags.items() if is_set}, **severity},
            comment=label.note,
            uid=uid,
        )
        if made is not None and uid is None:
            made.extra[OWN] = to_keep(
                KeptLabel(
                    type=label.type,
                    place=place_of(made),
                    severity=severity.get(SEVERITY, ""),
                    flags=tuple(label.flags),
                    rest=label.rest,
                )
            )

    def _severity(self, layer: str, label: str, type: str) -> dict[str, str]:
        """Return the severity that a type of label stands for, if the layer that it goes to has it."""
        step, labels = SEVERITIES.get(type.partition(" ")[0]), self._options.labels
        if step is None or labels is None or not labels.takes_severity(layer, label, step):
            return {}
        return {SEVERITY: step}
