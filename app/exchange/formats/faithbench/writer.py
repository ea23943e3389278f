"""Writes FaithBench's batches, as its own schema takes them, or as the annotation files before the release."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any
from zlib import crc32

import msgspec

from app.core.annotation import Annotation, Stance
from app.core.document import Document
from app.core.record import DocumentRecord, SetRecord
from app.core.scheme import SEVERITY, Scheme
from app.exchange.error_kinds import ErrorKind, kind_of
from app.exchange.error_marks import (
    STET,
    Crosswalk,
    ErrorMarks,
    IdleDocuments,
    OwnFields,
    place_of,
    without_fields,
)
from app.exchange.format import WriteOptions, Writer
from app.exchange.formats.faithbench.reader import DETECTORS, NO_DETECTOR, SEVERITIES
from app.exchange.formats.faithbench.wire import (
    BEFORE,
    BENIGN,
    EXTRINSIC,
    INTRINSIC,
    LABELS,
    META,
    OLD_NAMES,
    OWN,
    RELEASE,
    UNWANTED,
    KeptError,
    KeptSample,
    leaf,
    path_of,
    spelled,
)
from app.exchange.kept_fields import kept_as
from app.exchange.losses import Losses
from app.exchange.option import FormatOption, OptionKind
from app.exchange.output import Output
from app.exchange.record_names import is_name_from_text
from app.exchange.report import LossReport

AS_READ = "as-read"
GENERATION = FormatOption(
    "generation",
    "Shape of the file",
    OptionKind.CHOICE,
    AS_READ,
    (AS_READ, RELEASE, BEFORE),
    help="release: as FaithBench is published; annot: as its files were before; as-read: as the first document came.",
)
_KEPT = ("meta", "reference", "comment", "evidence")
_NEUTRAL = "neutral"
_OF_KIND: dict[ErrorKind | None, str] = {ErrorKind.CONFLICT: INTRINSIC, ErrorKind.BASELESS: EXTRINSIC}
_encoder = msgspec.json.Encoder()


class FaithBenchWriter(Writer):
    """Writes a sample for each document that has work or a reference; the first reference is its source.

    A mark's first piece of evidence in the source is its source span. What FaithBench's schema asks for and a project
    doesn't have, the predictions of detectors, is written as -1, and noted.
    """

    suffix = ".json"
    options = (GENERATION,)

    def write(self, records: Iterable[DocumentRecord], output: Output, options: WriteOptions) -> LossReport:
        """Write the samples as they come, a line each."""
        samples = _Samples(options)
        file = output.main()
        between, generation = b"", str(options.own.get(GENERATION.name) or AS_READ)
        idle = IdleDocuments(samples.losses, OWN)
        for record in records:
            idle.note_references(record)
            if not (record.sets or record.references or OWN in record.extra):
                idle.add(record)
                continue
            if not between:
                kept = kept_as(record.extra, OWN, KeptSample) or KeptSample()
                generation = kept.generation if generation == AS_READ else generation
                file.write(b'{"samples": [' if generation != BEFORE else b"[")
                between = b"\n"
            file.write(between + _encoder.encode(samples.sample(record, generation)))
            between = b",\n"
        if not between:
            file.write(b"[]\n" if generation == BEFORE else b'{"samples": []}\n')
        else:
            file.write(b"\n]\n" if generation == BEFORE else b"\n]}\n")
        idle.note()
        return samples.losses.report


class _Samples:
    """Builds the samples of a file."""

    def __init__(self, options: WriteOptions) -> None:
        self.losses = Losses("FaithBench", OWN, keeps=_KEPT)
        self._options = options
        self._marks = ErrorMarks(options, self.losses, OWN)
        self._labels = _LabelPaths(options.scheme)
        self._number = 0
        self._people: dict[str, tuple[str, str]] = {}  # id and name by what somebody is called here

    def sample(self, record: DocumentRecord, generation: str) -> dict[str, Any]:
        document, own = record.document, kept_as(record.extra, OWN, KeptSample)
        kept = own or KeptSample()
        self._people |= kept.people
        self.losses.of_document(record)
        source = self._source(record)
        found: dict[str, Any] = {"sample_id": self._number if kept.sample_id is None else kept.sample_id}
        self._number += 1
        if not is_name_from_text(document.name, document.text, "" if own is None else str(found["sample_id"])):
            found["name"] = document.name
        found["source"] = source.text if source is not None else ""
        found["summary"] = document.text
        found["annotations"] = list(self._annotations(record, source, found["sample_id"], generation))
        if generation == BEFORE:
            found |= {f"{META}{OLD_NAMES.get(key, key)}": value for key, value in document.meta.items()}
        else:
            found["metadata"] = self._metadata(document, is_ours=own is None)
        return found | kept.rest

    def _source(self, record: DocumentRecord) -> Document | None:
        for _ in record.references[1:]:
            what = "further references of a document, of which FaithBench has room for one"
            self.losses.note("more-references", what, record.document.name, is_whole=True)
        if not record.references:
            if OWN not in record.extra:
                what = "documents without a reference, written with an empty source"
                self.losses.note("no-reference", what, record.document.name, is_whole=True)
            return None
        return self._options.document(record.references[0])

    def _metadata(self, document: Document, *, is_ours: bool) -> dict[str, Any]:
        """Return the metadata, with all that FaithBench's schema asks for."""
        found = dict(document.meta)
        if is_ours:
            found.setdefault("summarizer", str(document.meta.get("model", "")))
            missing = [name for name in DETECTORS if name not in found]
            found |= dict.fromkeys(missing, NO_DETECTOR)
            found.setdefault("raw_sample_id", NO_DETECTOR)
            what = "predictions of detectors, which FaithBench’s schema asks for and nobody has, written as -1"
            self.losses.note("detector", what, document.name, count=len(missing), is_whole=True)
        return found

    def _annotations(
        self, record: DocumentRecord, source: Document | None, sample: object, generation: str
    ) -> Iterable[dict[str, Any]]:
        found: list[tuple[tuple[bool, int], dict[str, Any]]] = []
        for item in record.sets:
            fields = OwnFields(record.document, item.annotator)
            for mark in self._marks.of(record, item):
                made = self._annotation(record, item, mark, source, generation)
                if OWN not in mark.extra:
                    made[STET] = fields.written(mark, leaf(made["label"]))
                if generation == BEFORE:
                    made = _as_before(made, sample)
                id = made["annot_id"]
                order = (OWN not in mark.extra, id if isinstance(id, int) else 0)
                found.append((order, made))
        return [made for _, made in sorted(found, key=lambda each: each[0])]

    def _annotation(
        self, record: DocumentRecord, item: SetRecord, mark: Annotation, source: Document | None, generation: str
    ) -> dict[str, Any]:
        own = kept_as(mark.extra, OWN, KeptError) or KeptError(label=[])
        id, name = self._people.get(item.annotator) or (item.annotator, item.annotator)
        made: dict[str, Any] = {"annot_id": _number(mark.uid) if own.annot_id is None else own.annot_id}
        made |= {"annotator_id": id, "annotator_name": name or item.annotator}
        labels = own.label if own.label and own.place == place_of(mark) else self._labels.of(mark)
        made["label"] = labels if generation == BEFORE else list(map(spelled, labels))
        is_said = mark.attributes.get(SEVERITY) == SEVERITIES.get(leaf(labels))
        self.losses.of_mark(record, item, without_fields(mark, SEVERITY) if is_said else mark)
        implied = SEVERITIES.get(leaf(labels)) if SEVERITY not in mark.attributes and OWN not in mark.extra else None
        if implied is not None:
            what = "errors without a severity, which have the one that their label implies"
            self.losses.note("severity", what, f"{record.document.name} ({item.annotator})", is_whole=True)
        made["note"] = mark.comment
        if not (own.only_source and mark.is_anchor):
            start, end = mark.start, mark.end
            made |= {"summary_span": record.document.text[start:end], "summary_start": start, "summary_end": end}
        if len(mark.fragments) > 1:
            where = f"{record.document.name} ({item.annotator}): “{mark.quote[:40]}”"
            what = "marks of several pieces, written with what is between"
            self.losses.note("fragments", what, where, is_whole=True)
        if source is None and own.source is not None:
            start, end, words = own.source
            made |= {"source_span": words, "source_start": start, "source_end": end}
        else:
            made |= self._source_span(record, item, mark, source, made["label"])
        return made | own.rest

    def _source_span(
        self, record: DocumentRecord, item: SetRecord, mark: Annotation, source: Document | None, labels: list[str]
    ) -> dict[str, Any]:
        where = f"{record.document.name} ({item.annotator}): “{(mark.quote or mark.label)[:40]}”"
        here = [each for each in mark.evidence if source is not None and each.document == source.uid]
        pieces = [(each, piece) for each in here for piece in each.fragments]
        lost = len(mark.evidence) - bool(here)
        what = "further pieces of evidence, of which a mark in FaithBench has one, in its source"
        self.losses.note("more-evidence", what, where, count=lost + max(0, len(pieces) - len(here)), is_whole=True)
        if not pieces or source is None:
            return {"source_span": None, "source_start": None, "source_end": None}
        evidence, piece = pieces[0]
        if evidence.stance is not _stance(labels):
            self.losses.note("stance", "what evidence does (refutes, supports, context)", where)
        words = source.text[piece.start : piece.end]
        if len(evidence.fragments) == 1 and words != evidence.quote:
            self.losses.note("stale", "evidence whose words aren't in the source", where, is_whole=True)
        return {"source_span": words, "source_start": piece.start, "source_end": piece.end}


def _stance(labels: list[str]) -> Stance:
    return Stance.REFUTES if leaf(labels) in (INTRINSIC, UNWANTED) else Stance.CONTEXT


def _number(uid: str) -> int:
    """Return a number for a mark that has none, the same in every export."""
    return crc32(uid.encode())


def _as_before(made: dict[str, Any], sample: object) -> dict[str, Any]:
    """Return an annotation as the files before the release have it."""
    found = {key: value for key, value in made.items() if value is not None or not key.startswith("source_")}
    return {"annot_id": found.pop("annot_id"), "sample_id": sample, "annotator": found.pop("annotator_id"), **found}


class _LabelPaths:
    """FaithBench's labels for those of a scheme: one of the same name, what the scheme's crosswalk says, or what it
    says of RAGTruth, of whose labels a conflict is intrinsic and a baseless statement extrinsic; so are FAVA's types.
    """

    def __init__(self, scheme: Scheme) -> None:
        self._scheme = scheme
        self._crosswalk = Crosswalk(scheme, OWN, _word)
        self._ragtruth = Crosswalk(scheme, "ragtruth", _kind)

    def of(self, mark: Annotation) -> list[str]:
        """Return the path of labels of a mark."""
        layer = self._scheme.layer(mark.layer)
        known = layer.label(mark.label) if layer is not None else None
        names = [mark.label, *([known.title, layer.path(known.id)] if layer is not None and known is not None else [])]
        same = next((label for label in LABELS if _folded(label) in map(_folded, names)), None)
        found = same or self._crosswalk.of(mark)
        if found is None and mark.attributes.get(SEVERITY) == _NEUTRAL:
            found = BENIGN
        return path_of(found or self._ragtruth.of(mark) or _OF_KIND.get(kind_of(mark.label), UNWANTED))


def _folded(name: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).casefold())


def _word(said: str) -> str | None:
    return next((label for label in LABELS if label in said), None)


def _kind(said: str) -> str | None:
    if "Conflict" in said:
        return INTRINSIC
    return EXTRINSIC if "Baseless" in said else None
