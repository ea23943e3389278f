"""Reads our own JSONL, validating every field before anything is imported."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from app.core.annotation import Annotation, Evidence, Fragment, Relation, normal_fragments, quote_of
from app.core.byte_order_mark import marked_encoding
from app.core.decision import GOLD, is_gold_name
from app.core.document import Document, sha256
from app.core.document_description import LONGEST_NAME
from app.core.errors import FormatError
from app.core.json_depth import DEEPEST, is_too_deep
from app.core.record import META_EXTRA, DocumentRecord, SetRecord
from app.core.remark import LONGEST_REMARK, NO_REMARK, Remark
from app.core.text_change import Splice, TextVersion
from app.exchange import json_lines
from app.exchange.format import HEAD, LARGEST, Claim, Reader, ReadOptions
from app.exchange.formats.stet_jsonl.checks import LONGEST_WORD, InvalidRecord, check_person, check_uid, check_word
from app.exchange.formats.stet_jsonl.decisions import FoundDecisions, checked, find_decisions, with_foreign
from app.exchange.formats.stet_jsonl.suggestions import checked_suggestions, joined
from app.exchange.formats.stet_jsonl.wire import (
    VERSION,
    WireAnnotation,
    WireDocument,
    WireEvidence,
    WireSet,
    WireSuggestion,
    WireText,
    decision_decoder,
    decoder,
    encoder,
    unknown_elsewhere,
    unknown_of_annotations,
    unknown_of_document,
)
from app.exchange.formats.stet_jsonl.writer import line_of
from app.exchange.json_lines import JsonLine
from app.exchange.report import Report
from app.exchange.source import Source

_BEGINNING = 200  # bytes, in which the lines that Stet writes have the key
_KEY = re.compile(rb'[{,]\s*"stet"\s*:\s*\d')
_KINDS = ("person", "model", GOLD)
_PLAIN = frozenset((str, int, float, bool, type(None)))


class _Keyed(msgspec.Struct):
    """What tells a line of ours from any other object."""

    stet: int | UnsetType = UNSET


_keyed = msgspec.json.Decoder(_Keyed)
_set_decoder = msgspec.json.Decoder(WireSet)


class StetReader(Reader):
    """Reads JSONL written by `StetWriter` or by other programs: whatever can be derived may be left out."""

    suffixes = (".jsonl", ".ndjson")

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take what has a line with the key “stet”, wherever in the object. An empty export is an empty file."""
        start = head.decode(marked_encoding(head) or "utf-8", "ignore").lstrip().encode()
        if not start:
            return Claim("it is empty", weak=True) if path.suffix.lower() in self.suffixes else None
        if not start.startswith(b"{"):
            return None
        ours = Claim("its lines have the key “stet”")
        if b'"stet"' in start[:_BEGINNING] or any(map(_has_key, start.split(b"\n"))):
            return ours
        # Keys may be sorted, and the text stand before “stet”.
        is_cut = len(head) >= HEAD and b"\n" not in start
        is_ours = is_cut and path.suffix.lower() in self.suffixes and any(map(_has_key, _first_line(path)))
        return ours if is_ours else None

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield a record per line. Errors in a line go to `options.refuse`."""
        path = source.path
        if options.offsets not in (None, "cp"):
            what = f"Stet's JSONL counts code points, not {options.offsets}"
            raise FormatError(what, hint="leave out --offsets; convert the offsets if the file uses others", path=path)
        seen_any = False
        for line in json_lines.lines(path):
            seen_any = True
            options.at(line.number, line.byte)
            number = line.number
            try:
                builder = _builder(line, path, options.report, place=f"{path}:{number}")
                del line  # a document of a million marks has hundreds of megabytes of it
                record = builder.record_or_raise(path, number)
                del builder
            except FormatError as error:
                options.refuse(error)
            else:
                yield record
        if not seen_any:
            options.report.note("empty", "files without documents", str(path))


def _earlier(wire: WireText) -> TextVersion:
    at = 0
    for start, end, text in wire.changes:
        if not at <= start <= end or "\x00" in text:
            what = f"the change {start}-{end} of an earlier text is out of order, or has a NUL character"
            raise InvalidRecord(what)
        at = end
    splices = tuple(Splice(*change) for change in wire.changes)
    return TextVersion(sha256=wire.sha256, time=wire.time, reason=wire.reason, splices=splices)


def _first_line(path: Path) -> Iterator[bytes]:
    for line in json_lines.lines(path):
        yield line.data
        return


def _has_key(line: bytes) -> bool:
    """Whether a line is an object with the key “stet”, or looks like one that is damaged."""
    if b'"stet"' not in line:
        return False
    try:
        return _keyed.decode(line).stet is not UNSET
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _KEY.search(line) is not None


def checked_record(record: DocumentRecord, path: Path, report: Report) -> DocumentRecord:
    """Return a record of another, untrusted project after validating it like a line of a file.

    Raises FormatError, naming the document and that project's path, if anything is invalid.
    """
    hint = "ask for the file again; stet check lists all that is damaged"
    name = str(record.document.name)
    try:
        return _record(JsonLine(0, 0, line_of(record).rstrip(b"\n"), False), path, report, place=name)
    except FormatError as error:
        raise FormatError(f"document “{name[:80]}”: {error.what}", hint=hint, path=path) from error
    except (msgspec.MsgspecError, TypeError, ValueError, RecursionError) as error:
        # A row of a project that another program created can contain anything.
        raise FormatError(f"document “{name[:80]}” can't be read ({error})", hint=hint, path=path) from error


def record_of_parts(
    line: bytes,
    path: Path,
    report: Report,
    *,
    place: str,
    sets: Sequence[str] | None = (),
    decisions: Sequence[str] = (),
    suggestions: Sequence[Sequence[WireSuggestion]] = (),
) -> DocumentRecord:
    """Return the record of a line that isn't of a file, with these sets, decisions and suggestions in place of those in
    it. The suggestions are as several people have them; with None for the sets, those in the line are kept.

    All of it is untrusted, and validated like a line of a file. `place` names it in reports, `path` in errors. Raises
    FormatError.
    """
    wire = json_lines.decode(JsonLine(0, 0, line, False), decoder, path)
    try:
        if sets is not None:
            wire.sets = [_set_decoder.decode(item) for item in sets]
        wire.decisions = [msgspec.Raw(encoder.encode(decision_decoder.decode(item))) for item in decisions]
        wire.suggestions = joined(suggestions) or UNSET
        whole = encoder.encode(wire)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise FormatError(f"{place}: a set or decision can't be read ({error})", path=path) from error
    return _record(JsonLine(0, 0, whole, False), path, report, place=place)


def _record(line: JsonLine, path: Path, report: Report, *, place: str) -> DocumentRecord:
    return _builder(line, path, report, place=place).record_or_raise(path, line.number)


def _builder(line: JsonLine, path: Path, report: Report, *, place: str) -> "_RecordBuilder":
    """Return what builds the record of a line. Raises FormatError."""
    wire = json_lines.decode(line, decoder, path)
    unknown: dict[tuple[int, int], dict[str, Any]] = {}
    extra: dict[str, Any] = {}
    if encoder.encode(wire) != line.data:
        # Not in our canonical form: only then is it worth checking for duplicate and unknown keys.
        raw = json_lines.strict(line, path)
        unknown, extra = unknown_of_annotations(raw), unknown_of_document(raw)
        for key in unknown_elsewhere(raw):
            report.note("unknown", "unknown fields that can't be kept there", key)
    decisions = find_decisions(wire.decisions, line, path, report)
    extra = with_foreign(extra, decisions.foreign)
    return _RecordBuilder(wire, unknown, extra, decisions, place, report)


class _RecordBuilder:
    """Builds a record of one decoded line, or raises InvalidRecord."""

    def __init__(
        self,
        wire: WireDocument,
        unknown: dict[tuple[int, int], dict[str, Any]],
        extra: dict[str, Any],
        decisions: FoundDecisions,
        place: str,
        report: Report,
    ) -> None:
        self.wire = wire
        self.unknown = unknown
        self.extra = extra
        self.decisions = decisions
        self.place = place
        self.report = report
        self.text = wire.text
        self.length = len(wire.text)
        self.annotations: set[str] = set()
        self.words: set[tuple[str, str]] = set()

    def record_or_raise(self, path: Path, line: int) -> DocumentRecord:
        try:
            return self.record()
        except InvalidRecord as error:
            raise FormatError(error.what, hint=error.hint, path=path, line=line) from error

    def record(self) -> DocumentRecord:
        wire = self.wire
        if wire.stet != VERSION:
            raise InvalidRecord(f"version {wire.stet} of Stet's JSONL isn't supported", "update Stet")
        document = self.document()
        references = tuple(dict.fromkeys(wire.references))
        for reference in references:
            check_uid(reference, "a reference's id")
            if reference == wire.id:
                raise InvalidRecord("the document lists itself as a reference", "remove it")
        if is_too_deep(self.extra):
            raise InvalidRecord("objects are nested too deeply", f"the maximum is {DEEPEST} levels")
        sets = tuple(self.set_record(number, item) for number, item in enumerate(wire.sets))
        record = DocumentRecord(document, references, sets, self.extra)
        if wire.earlier_texts is not UNSET:
            record = record._replace(versions=tuple(map(_earlier, wire.earlier_texts)))
        if wire.suggestions is not UNSET:
            people = {item.annotator for item in sets if item.kind != GOLD}
            found = checked_suggestions(
                wire.suggestions, text=self.text, people=people, place=self.place, report=self.report
            )
            record = record._replace(suggestions=found)
        if not self.decisions.ours:
            return record
        gold = {annotation.uid for annotation in record.gold.annotations} if record.gold else set[str]()
        return record._replace(decisions=checked(self.decisions, document=wire.id, gold=gold))

    def document(self) -> Document:
        wire = self.wire
        check_uid(wire.id, "id")
        if not wire.name or len(wire.name) > LONGEST_NAME:
            raise InvalidRecord("the name is empty or too long", f"give one of 1 to {LONGEST_NAME} characters")
        # The decoder has rejected lone surrogates.
        for what, value in (("name", wire.name), ("text", wire.text)):
            if "\x00" in value:
                raise InvalidRecord(
                    f"the {what} contains a NUL character at character {value.index(chr(0))}", "remove it"
                )
        found = sha256(wire.text)
        if wire.sha256 and wire.sha256 != found:
            what = "sha256 doesn't match the text: the text was changed after it was annotated"
            raise InvalidRecord(what, "restore the text, or leave out sha256 if every offset fits the new text")
        if wire.meta and is_too_deep(wire.meta):
            raise InvalidRecord("meta is nested too deeply", f"the maximum is {DEEPEST} levels")
        if META_EXTRA in wire.meta:
            raise InvalidRecord(f"meta can't have the key “{META_EXTRA}”", "rename it")
        return Document(uid=wire.id, name=wire.name, text=wire.text, sha256=found, meta=wire.meta)

    def set_record(self, number: int, item: WireSet) -> SetRecord:
        check_person(item.annotator, "an annotator")
        kind = _kind(item)
        seconds = 0.0 if item.seconds is UNSET else item.seconds
        if seconds < 0:
            raise InvalidRecord("seconds can't be less than 0")
        annotations = tuple(self.taken(number, item))
        return SetRecord(
            annotator=GOLD if kind == GOLD else item.annotator,
            kind=kind,
            status=item.status,
            scheme=item.scheme,
            seconds=seconds,
            annotations=annotations,
            relations=self.relations(item, {a.uid for a in annotations}) if item.relations else (),
            remark=_remark(item),
        )

    def taken(self, number: int, item: WireSet) -> Iterator[Annotation]:
        """Yield the annotations of a set, each in place of what was decoded, which is let go of."""
        waiting, item.annotations = item.annotations[::-1], []
        for at in range(len(waiting)):
            yield self.annotation(number, at, waiting.pop())

    def relations(self, item: WireSet, annotations: set[str]) -> tuple[Relation, ...]:
        seen: set[str] = set()
        for relation in item.relations:
            check_uid(relation.id, "a relation's id")
            check_word(relation.label, "a relation's label")
            if relation.id in seen:
                raise InvalidRecord(f"the id {relation.id} is used for two relations", "give each a unique id")
            seen.add(relation.id)
            for end in (relation.source, relation.target):
                if end not in annotations:
                    raise InvalidRecord(f"relation {relation.id} ends at {end[:80]}, which isn't in the same set")
            if relation.source == relation.target:
                raise InvalidRecord(f"relation {relation.id} links an annotation to itself", "remove it")
            if relation.attributes is not UNSET and is_too_deep(relation.attributes):
                what = f"relation {relation.id} is nested too deeply"
                raise InvalidRecord(what, f"the maximum is {DEEPEST} levels")
        return tuple(
            Relation(
                uid=relation.id,
                source=relation.source,
                target=relation.target,
                label=relation.label,
                attributes={} if relation.attributes is UNSET else relation.attributes,
                comment="" if relation.comment is UNSET else relation.comment,
            )
            for relation in item.relations
        )

    def annotation(self, number: int, at: int, wire: WireAnnotation) -> Annotation:
        uid = wire.id
        if uid in self.annotations:
            raise InvalidRecord(f"the id {uid} is used for two annotations", "give each a unique id")
        self.annotations.add(uid)
        if not 0 < len(uid) <= LONGEST_WORD or not uid.isprintable():
            check_uid(uid, "an annotation's id")
        if (wire.layer, wire.label) not in self.words:
            check_word(wire.layer, f"the layer of annotation {uid}")
            check_word(wire.label, f"the label of annotation {uid}")
            self.words.add((wire.layer, wire.label))
        start, end = wire.start, wire.end
        if wire.fragments is UNSET and 0 <= start <= end <= self.length:
            fragments, actual = (Fragment(start, end),), self.text[start:end]
        else:
            fragments = self.fragments(wire)
            actual = quote_of(self.text, fragments)
        extra = {} if wire.extra is UNSET else wire.extra
        if self.unknown and (number, at) in self.unknown:
            extra = self.with_unknown(uid, extra, self.unknown[number, at])
        if (wire.attributes and _nests(wire.attributes)) or (extra and _nests(extra)):
            self.check_depth(uid, wire.attributes, extra)
        return Annotation(
            uid=uid,
            layer=wire.layer,
            label=wire.label,
            fragments=fragments,
            quote=actual if wire.quote == actual else self.quote(wire, actual),
            attributes=wire.attributes,
            correction=wire.correction,
            comment=wire.comment,
            evidence=tuple([self.evidence(wire, n, e) for n, e in enumerate(wire.evidence, 1)])
            if wire.evidence
            else (),
            origin=wire.origin,
            created=wire.created,
            updated=wire.updated,
            extra=extra,
        )

    def quote(self, wire: WireAnnotation, actual: str) -> str:
        if wire.quote is UNSET:
            return actual
        what = "marks whose quote doesn't match the text, kept unchanged"
        self.report.note("quote", what, f"{self.place}: “{wire.quote[:40]}”")
        return wire.quote

    def check_depth(self, uid: str, *values: object) -> None:
        if any(is_too_deep(value) for value in values):
            raise InvalidRecord(f"annotation {uid} is nested too deeply", f"the maximum is {DEEPEST} levels")

    def with_unknown(self, uid: str, extra: dict[str, Any], unknown: dict[str, Any]) -> dict[str, Any]:
        twice = sorted(extra.keys() & unknown.keys())
        if twice:
            raise InvalidRecord(
                f"annotation {uid} has “{twice[0][:80]}” both in “extra” and beside it", "keep one of them"
            )
        self.report.note("kept", "unknown fields, kept in “extra”", ", ".join(sorted(unknown)))
        return {**extra, **unknown}

    def fragments(self, wire: WireAnnotation) -> tuple[Fragment, ...]:
        start, end = wire.start, wire.end
        ranges = [(start, end)] if wire.fragments is UNSET else wire.fragments
        try:
            fragments = normal_fragments(ranges, length=self.length)
        except ValueError as error:
            raise InvalidRecord(
                f"annotation {wire.id}: {error}", "count code points from 0; the end isn't included"
            ) from error
        _check_hull(fragments, start, end, f"annotation {wire.id}")
        return fragments

    def evidence(self, annotation: WireAnnotation, number: int, wire: WireEvidence) -> Evidence:
        start, end = wire.start, wire.end
        if wire.fragments is UNSET and 0 <= start <= end <= LARGEST:
            fragments = (Fragment(start, end),)
        else:
            fragments = self.evidence_fragments(f"evidence {number} of annotation {annotation.id}", wire)
        uid = wire.id or f"{annotation.id}.{number}"
        for value in (uid, wire.document):
            if not 0 < len(value) <= LONGEST_WORD or not value.isprintable():
                check_uid(value, f"an id in evidence {number} of annotation {annotation.id}")
        return Evidence(
            uid=uid,
            document=wire.document,
            fragments=fragments,
            quote=wire.quote,
            stance=wire.stance,
            alternative=1 if wire.set is UNSET else wire.set,
        )

    def evidence_fragments(self, what: str, wire: WireEvidence) -> tuple[Fragment, ...]:
        # The text may be in any document: whether the range fits is validated after everything was read.
        ranges = [(wire.start, wire.end)] if wire.fragments is UNSET else wire.fragments
        try:
            fragments = normal_fragments(ranges, length=LARGEST)
        except ValueError as error:
            raise InvalidRecord(f"{what}: {error}", "count code points from 0; the end isn't included") from error
        _check_hull(fragments, wire.start, wire.end, what)
        return fragments


def _kind(item: WireSet) -> str:
    is_gold = is_gold_name(item.annotator)
    if item.kind is UNSET:
        return GOLD if is_gold else "person"
    if item.kind not in _KINDS:
        raise InvalidRecord(f"an annotator's kind can't be “{item.kind[:40]}”", f"use one of: {', '.join(_KINDS)}")
    if is_gold != (item.kind == GOLD):
        what = f"“{item.annotator[:40]}” can't be of the kind “{item.kind}”"
        raise InvalidRecord(what, "only the annotator “gold” can be of the kind “gold”")
    return item.kind


def _remark(item: WireSet) -> Remark:
    flag = None if item.flag is UNSET else item.flag
    note = "" if item.note is UNSET else item.note
    for text, what in ((flag, "flag"), (note, "note")):
        if text and (len(text) > LONGEST_REMARK or "\x00" in text):
            whose = item.annotator[:40]
            raise InvalidRecord(
                f"the {what} of “{whose}” is too long, or contains a NUL",
                f"the maximum is {LONGEST_REMARK:,} characters",
            )
    return NO_REMARK if flag is None and not note else Remark(flag, note)


def _nests(values: dict[str, Any]) -> bool:
    """Return whether any value is an object or a list, which is rare."""
    return not _PLAIN.issuperset(map(type, values.values()))


def _check_hull(fragments: tuple[Fragment, ...], start: int, end: int, what: str) -> None:
    if (fragments[0].start, fragments[-1].end) != (start, end):
        raise InvalidRecord(f"{what}: start and end don't match its fragments", "use the first start and the last end")
