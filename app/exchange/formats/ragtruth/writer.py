"""Writes RAGTruth's folder: the responses with their labels, and the sources that they have."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

import msgspec

from app.core.annotation import Annotation
from app.core.record import DocumentRecord, SetRecord
from app.core.scheme import SEVERITY, Scheme
from app.exchange.error_kinds import ErrorKind, kind_of
from app.exchange.error_marks import Crosswalk, ErrorMarks, OwnFields, place_of, without_fields
from app.exchange.format import WriteOptions, Writer
from app.exchange.formats.ragtruth.reader import SEVERITIES, SOURCE_NAME
from app.exchange.formats.ragtruth.source_text import source_text
from app.exchange.formats.ragtruth.wire import (
    ANNOTATOR,
    BASELESS,
    CLASH,
    CONFLICT,
    EVIDENT,
    FLAGS,
    LABELS,
    NAME,
    OWN,
    RESPONSE,
    RESPONSES,
    SOURCE_ID,
    SOURCE_INFO,
    SOURCES,
    STET,
    SUBTLE,
    TAKEN,
    TAKEN_IN_SOURCE,
    TASK_TYPE,
    KeptLabel,
    KeptResponse,
    KeptSource,
)
from app.exchange.kept_fields import kept_as
from app.exchange.losses import Losses
from app.exchange.output import Output
from app.exchange.record_names import is_name_from_text
from app.exchange.report import LossReport

_KEPT = ("meta", "reference", "comment", "status")
_DEFAULTS = {"model": "", "temperature": None, "split": "train", "quality": "good"}
_SUMMARY = "Summary"
_OF_KIND: dict[ErrorKind | None, str] = {
    ErrorKind.CONFLICT: f"{EVIDENT} {CONFLICT}",
    ErrorKind.BASELESS: f"{EVIDENT} {BASELESS}",
}
_encoder = msgspec.json.Encoder()


class RagTruthWriter(Writer):
    """Writes a response for each annotator's work on a document; its first reference is its source.

    Where a document doesn't say it, a response is in the split `train` and of good quality, since RAGTruth's loader
    takes such ones only, and its source is that of a summary, which is a text.
    """

    is_folder = True
    companions = (RESPONSES, SOURCES)
    takes_one_annotator = True

    def write(self, records: Iterable[DocumentRecord], output: Output, options: WriteOptions) -> LossReport:
        """Write the responses as they come, and each source when it is first needed."""
        with output.open(RESPONSES) as responses, output.open(SOURCES) as sources:
            work = _Responses(options, sources)
            for record in records:
                work.keep_source(record)
                for line in work.lines(record):
                    responses.write(_encoder.encode(line) + b"\n")
        return work.losses.report


class _Responses:
    """Builds the responses, and writes the sources."""

    def __init__(self, options: WriteOptions, sources: BinaryIO) -> None:
        self.losses = Losses("RAGTruth", OWN, keeps=_KEPT)
        self._options = options
        self._sources = sources
        self._marks = ErrorMarks(options, self.losses, OWN)
        self._types = _LabelTypes(options.scheme)
        self._written: dict[str, int | str] = {}  # the ids of sources that were written, by uid

    def keep_source(self, record: DocumentRecord) -> None:
        """Write a source that came from RAGTruth, be there no response to it."""
        if kept_as(record.extra, OWN, KeptSource) is not None:
            self._source(record.document.uid)

    def lines(self, record: DocumentRecord) -> Iterable[dict[str, Any]]:
        """Yield the responses of a document, one for each set."""
        if not record.sets:
            return
        document, losses = record.document, self.losses
        losses.of_document(record)
        kept = kept_as(record.extra, OWN, KeptResponse) or KeptResponse()
        id = document.uid if kept.id is None else kept.id
        found: dict[str, Any] = {"id": id, SOURCE_ID: self._source_id(record, kept)}
        if not is_name_from_text(document.name, document.text, "" if kept.id is None else str(kept.id)):
            found[NAME] = document.name
        defaults = _DEFAULTS if kept.id is None else {}
        meta = {**defaults, **{key: item for key, item in document.meta.items() if key not in kept.added}}
        found |= self._free(meta, TAKEN, document.name)
        for item in record.sets:
            if len(record.sets) > 1:
                found[ANNOTATOR] = item.annotator
            if not item.status.is_finished:
                what = "work that isn’t finished, which RAGTruth doesn’t tell from finished work"
                losses.note("unfinished-work", what, f"{document.name} ({item.annotator})", is_whole=True)
            yield {**found, LABELS: self._labels(record, item), RESPONSE: document.text}

    def _free(self, meta: Mapping[str, Any], taken: Iterable[str], name: str) -> dict[str, Any]:
        """Return metadata under keys that RAGTruth doesn't use, others under `meta.NAME`."""
        clashes = [key for key in meta if key in taken]
        for key in clashes:
            what = "metadata with a name that RAGTruth uses, written as “meta.NAME”"
            self.losses.note("meta-name", what, f"{name}: {key}", is_whole=True)
        return {f"{CLASH}{key}" if key in clashes else key: item for key, item in meta.items()}

    def _source_id(self, record: DocumentRecord, kept: KeptResponse) -> int | str | None:
        name = record.document.name
        further = len(record.references) - 1
        what = "further references of a document, of which RAGTruth has room for one"
        self.losses.note("more-references", what, name, count=max(0, further), is_whole=True)
        if record.references:
            return self._source(record.references[0])
        if kept.source_id is None:
            what = "documents without a reference, whose responses RAGTruth’s loader leaves out"
            self.losses.note("no-reference", what, name, is_whole=True)
        return kept.source_id

    def _source(self, uid: str) -> int | str | None:
        """Return the id of a source, which is written the first time."""
        if uid in self._written:
            return self._written[uid]
        document = self._options.document(uid)
        if document is None:
            return None
        kept = kept_as(self._options.extra(uid), OWN, KeptSource) or KeptSource(own_id=uid)
        meta = {**({"source": "", TASK_TYPE: _SUMMARY} if kept.own_id == uid else {}), **document.meta}
        found: dict[str, Any] = {SOURCE_ID: kept.own_id, **self._free(meta, TAKEN_IN_SOURCE, document.name)}
        info = _data(kept)
        if info is not None and source_text(info) != document.text:
            what = "sources of structured data whose text was edited, written as text"
            self.losses.note("source-text", what, document.name, is_whole=True)
            info = None
        found[SOURCE_INFO] = document.text if info is None else info
        if kept.prompt is not None or kept.own_id == uid:
            found["prompt"] = kept.prompt or ""
        if not is_name_from_text(document.name, document.text, f"{SOURCE_NAME} {kept.own_id}"):
            found[NAME] = document.name
        self._sources.write(_encoder.encode(found) + b"\n")
        self._written[uid] = kept.own_id
        return kept.own_id

    def _labels(self, record: DocumentRecord, item: SetRecord) -> list[dict[str, Any]]:
        fields = OwnFields(record.document, item.annotator)
        return [self._label(record, item, mark, fields) for mark in self._marks.of(record, item)]

    def _label(self, record: DocumentRecord, item: SetRecord, mark: Annotation, fields: OwnFields) -> dict[str, Any]:
        kept = kept_as(mark.extra, OWN, KeptLabel)
        type, says_severity = self._types.of(mark, kept)
        self.losses.of_mark(record, item, without_fields(mark, *FLAGS, *([SEVERITY] if says_severity else [])))
        start, end = mark.start, mark.end
        words = record.document.text[start:end]
        if len(mark.fragments) > 1:
            what = "marks of several pieces, written with what is between"
            where = f"{record.document.name} ({item.annotator}): “{mark.quote[:40]}”"
            self.losses.note("fragments", what, where, is_whole=True)
        elif mark.quote and mark.quote != words:
            words = mark.quote
        made: dict[str, Any] = {"start": start, "end": end, "text": words, "meta": mark.comment, "label_type": type}
        known = FLAGS if kept is None else kept.flags
        for flag in FLAGS:
            if flag in known or mark.attributes.get(flag):
                made[flag] = bool(mark.attributes.get(flag))
        return made | (kept.rest if kept is not None else {STET: fields.written(mark, type)})


def _data(kept: KeptSource) -> Any:  # noqa: ANN401  any value of JSON
    """Return the structured data that a source was, None if it was a text."""
    try:
        return json.loads(kept.data) if kept.data else None
    except (ValueError, RecursionError):
        return None


class _LabelTypes:
    """RAGTruth's types for the labels of a scheme: a type says whether something is a conflict with the source or has
    no base in it, and whether that is evident or subtle, which is the severity here.
    """

    def __init__(self, scheme: Scheme) -> None:
        self._crosswalk = Crosswalk(scheme, OWN, _type)
        weights = {each.id: each.weight for each in scheme.severities}
        heavy = weights.get(SEVERITIES[EVIDENT], max(weights.values(), default=0))
        self._evident = {id for id, weight in weights.items() if weight >= heavy}
        self._severities = weights

    def of(self, mark: Annotation, kept: KeptLabel | None) -> tuple[str, bool]:
        """Return the type of a mark, and whether it says the mark's severity."""
        severity = mark.attributes.get(SEVERITY)
        if kept is not None and kept.place == place_of(mark):
            type, said = kept.type, kept.severity
        else:
            kind = _OF_KIND.get(kind_of(mark.label))
            type, said = _type(mark.label) or self._crosswalk.of(mark) or kind or "", ""
        if not type:
            return mark.label, False
        head, _, rest = type.partition(" ")
        if head not in SEVERITIES or severity not in self._severities:
            return type, False
        if severity != said:
            head = EVIDENT if severity in self._evident else SUBTLE
        return f"{head} {rest}", severity == SEVERITIES[head]


def _type(said: str) -> str | None:
    """Return the type that a crosswalk or a label means, which may be prose."""
    kind = BASELESS if "Baseless" in said else CONFLICT if "Conflict" in said else None
    if kind is None:
        return None
    return f"{EVIDENT if EVIDENT in said else SUBTLE} {kind}"
