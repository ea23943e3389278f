"""Reads WMT's MQM files."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.core.annotation import Evidence, Stance
from app.core.byte_order_mark import marked_encoding
from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.core.scheme import SEVERITY
from app.exchange.category_names import ERROR_LAYER
from app.exchange.foreign_document import ForeignDocument, ForeignWork
from app.exchange.format import Claim, Reader, ReadOptions
from app.exchange.formats.text import text_document
from app.exchange.formats.translation.bitexts import ONE_EACH, Bitexts, PlacedPair, Raters, Translation
from app.exchange.formats.translation.marot_tokens import (
    MARKED,
    SOURCE_SPANS,
    SOURCE_TOKENS,
    TARGET_SPANS,
    TARGET_TOKENS,
    MarotTokens,
)
from app.exchange.formats.translation.mqm_rows import MqmLayout, MqmRow, layout_of, rows_of
from app.exchange.formats.translation.v_tags import Tagged, untagged
from app.exchange.segments import Range
from app.exchange.source import Source

MQM = "mqm"
CATEGORY, METADATA, NUMBER, REST = "category", "metadata", "number", "rest"
IS_OPEN, IS_WHOLE, IS_MAROT, UNRATED = "open", "whole", "marot", "unrated"
_SOURCE_FAULT = "source"
_LATEST = 253_402_300_799_000  # milliseconds since 1970 that a date can be


class MqmReader(Reader):
    """Reads rows of errors, one document for each that a system translated, with the source as its reference."""

    suffixes = (".tsv", ".txt")
    options = (ONE_EACH,)

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take what has the columns of MQM."""
        text = head.decode(marked_encoding(head) or "utf-8", "ignore").removeprefix("\ufeff")
        lines = [line.removesuffix("\r") for line in text.split("\n")]
        layout = layout_of(lines[:-1] if len(lines) > 1 else lines)  # the last one may be cut
        if layout is None:
            return None
        why = "its columns are those of MQM: system, source, target, category, severity"
        return Claim(why if layout.has_header else "its rows are errors with categories and severities of MQM")

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the source documents, each with its translations after it."""
        path = source.path
        text = text_document(path, source.name, options.encoding).text
        layout = layout_of([line.removesuffix("\r") for line in text.split("\n", 50)[:50]])
        if layout is None:
            hint = "the first line must name the columns: system, doc, doc_id, seg_id, rater, source, target, …"
            raise FormatError("this isn't a table of MQM", hint=hint, path=path, line=1)
        for found in _collected(text, layout, path, options).translations(
            options, one_each=bool(options.own.get(ONE_EACH.name))
        ):
            if isinstance(found, ForeignDocument):
                options.at(1, 0)
                yield found.record()
                continue
            options.at(found.pairs[0].pair.rows[0].line, 0)
            try:
                yield _Marks(found, layout, path, options).record()
            except FormatError as error:
                error.path = error.path or path
                options.refuse(error)


def _collected(text: str, layout: MqmLayout, path: Path, options: ReadOptions) -> "Bitexts[_TaggedRow]":
    texts = Bitexts[_TaggedRow]()
    for row in rows_of(text, layout, path):
        if isinstance(row, FormatError):
            options.refuse(row)
            continue
        if row.is_check:
            options.report.note("check", "rows that only test whether raters are attentive, left out", row.category)
            continue
        try:
            given = _TaggedRow(row)
        except FormatError as error:
            error.path, error.line, error.record = path, row.line, f"{row.source}\t{row.target}"
            options.refuse(error)
            continue
        pair = texts.pair(row.document, row.system, row.segment, given.source.text, given.target.text)
        pair.rows.append(given)
    return texts


class _TaggedRow:
    """A row with its texts and the ranges in them."""

    def __init__(self, row: MqmRow) -> None:
        """Raise FormatError for tags that are in disorder."""
        self.row = row
        self.source = untagged(row.source)
        self.target = untagged(row.target)

    @property
    def line(self) -> int:
        """The line of the file that it is on."""
        return self.row.line


class _Marks:
    """Makes the marks of a translation from its rows."""

    def __init__(
        self, translation: Translation[_TaggedRow], layout: MqmLayout, path: Path, options: ReadOptions
    ) -> None:
        self._translation = translation
        self._layout = layout
        self._path = path
        self._options = options
        self._raters = Raters(translation, MQM, options)
        self._seen: Counter[str] = Counter()

    def record(self) -> DocumentRecord:
        for number, placed in enumerate(self._translation.pairs):
            self._take(number, placed)
        self._raters.settle()
        if self._layout.is_marot:
            self._translation.keep(MQM, **{IS_MAROT: True})
        else:
            self._translation.keep(MQM)
        return self._translation.document.record()

    def _take(self, number: int, placed: PlacedPair[_TaggedRow]) -> None:
        rows = placed.pair.rows
        own: dict[str, Any] = {NUMBER: rows[0].row.number} if rows[0].row.number else {}
        unrated = [each.row.metadata or {} for each in rows if not each.row.severity and not each.row.category]
        if unrated:
            own[UNRATED] = unrated
        if own:
            placed.pair.kept[MQM] = own
        tokens = _Tokens(rows)
        for each in rows:
            if not each.row.severity and not each.row.category:
                continue
            try:
                self._take_row(number, placed, each, tokens)
            except FormatError as error:
                error.path, error.line = self._path, each.line
                error.record = "\t".join((each.row.system, each.row.document, each.row.segment, each.row.target))
                self._options.refuse(error)

    def _take_row(self, number: int, placed: PlacedPair[_TaggedRow], given: _TaggedRow, tokens: "_Tokens") -> None:
        row = given.row
        work = self._raters.work(row.rater or None, number)
        kept = _kept(row)
        if row.is_without_error:
            kept = {key: value for key, value in kept.items() if key not in (CATEGORY, SEVERITY)}
            if row.said:
                kept["said"] = row.said
            self._raters.keep(work.annotator, number, **kept)
            return
        target, source = tokens.target(given), tokens.source(given)
        if given.target.is_open or given.source.is_open:
            kept[IS_OPEN] = True
        if not target and not source:
            kept[IS_WHOLE] = True
        self._mark(work, placed, row, target, source, kept)

    def _mark(
        self,
        work: ForeignWork,
        placed: PlacedPair[_TaggedRow],
        row: MqmRow,
        target: Sequence[Range],
        source: Sequence[Range],
        kept: Mapping[str, Any],
    ) -> None:
        at = placed.target
        ranges = [(at.start + start, at.start + end) for start, end in target]
        if not ranges:
            # What is wrong in the source, or missing, has no place of its own in the translation.
            ranges = [(at.end if source else at.start, at.end)]
        key = f"{placed.pair.key}: {row.category} {row.severity} {target} {source}"
        self._seen[f"{work.annotator} {key}"] += 1
        key = f"{key} {self._seen[f'{work.annotator} {key}']}"
        words = (row.metadata or {}).get(MARKED)
        is_checked = isinstance(words, str) and words != "" and len(target) == 1
        work.mark(
            key,
            row.category or row.severity,
            ranges,
            layer=ERROR_LAYER,
            words=words if is_checked else None,
            attributes={SEVERITY: row.severity} if row.severity else {},
            comment=row.said,
            evidence=self._evidence(work, key, placed, row, source),
            created=_created(row),
            extra={MQM: kept},
        )

    def _evidence(
        self, work: ForeignWork, key: str, placed: PlacedPair[_TaggedRow], row: MqmRow, source: Sequence[Range]
    ) -> list[Evidence]:
        if not source or placed.source is None or self._translation.source is None:
            return []
        start = placed.source.start
        ranges = [(start + first, start + end) for first, end in source]
        is_at_fault = row.category.lower().startswith(_SOURCE_FAULT)
        stance = Stance.CONTEXT if is_at_fault else Stance.REFUTES
        return [work.evidence(key, self._translation.source, ranges, stance=stance)]


def _kept(row: MqmRow) -> dict[str, Any]:
    found: dict[str, Any] = {CATEGORY: row.category, SEVERITY: row.severity}
    if row.metadata is not None:
        found[METADATA] = row.metadata
    if row.rest:
        found[REST] = dict(row.rest)
    return found


def _created(row: MqmRow) -> str:
    time = (row.metadata or {}).get("timestamp")
    if type(time) is not int or not 0 < time <= _LATEST:
        return ""
    return datetime.fromtimestamp(time / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class _Tokens:
    """The tokens of a segment, which one of its rows has, and the ranges of each row."""

    def __init__(self, rows: Sequence[_TaggedRow]) -> None:
        self._target = self._found(rows, TARGET_TOKENS, rows[0].target.text)
        self._source = self._found(rows, SOURCE_TOKENS, rows[0].source.text)

    def _found(self, rows: Sequence[_TaggedRow], key: str, text: str) -> MarotTokens | None:
        found = (MarotTokens.kept(each.row.metadata, key, text) for each in rows)
        return next((each for each in found if each is not None), None)

    def target(self, given: _TaggedRow) -> tuple[Range, ...]:
        """Return the ranges of a row in the translation."""
        return _ranges(given.target, self._target, (given.row.metadata or {}).get(TARGET_SPANS))

    def source(self, given: _TaggedRow) -> tuple[Range, ...]:
        """Return the ranges of a row in the source."""
        return _ranges(given.source, self._source, (given.row.metadata or {}).get(SOURCE_SPANS))


def _ranges(tagged: Tagged, tokens: MarotTokens | None, spans: object) -> tuple[Range, ...]:
    """Return the ranges that the tags say, or, where several pieces have one pair of tags or none, the tokens."""
    if tokens is None or not isinstance(spans, list) or len(tagged.ranges) >= len(spans):  # pyright: ignore[reportUnknownArgumentType]
        return tagged.ranges
    return tokens.ranges(spans) or tagged.ranges  # pyright: ignore[reportUnknownArgumentType]
