"""Reads ESA, error span annotation: spans with severities, and a score for each segment."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, cast

from app.core.byte_order_mark import marked_encoding
from app.core.csv_table import read_csv
from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.foreign_document import ForeignDocument
from app.exchange.format import Claim, Reader, ReadOptions
from app.exchange.formats.text import text_document
from app.exchange.formats.translation.bitexts import ONE_EACH, Bitexts, PlacedPair, Raters, Translation
from app.exchange.formats.translation.esa_wire import (
    EsaRow,
    batches_beside,
    is_line,
    looks_like_esa,
    row_of_line,
    rows_of_table,
)
from app.exchange.formats.translation.inclusive_ends import (
    END,
    MISSING,
    START,
    InclusiveRange,
    InclusiveRuler,
    has_breaks,
    is_whole_words,
    whole_number,
)
from app.exchange.formats.translation.score_marks import SCORE, add_score
from app.exchange.formats.translation.span_marks import SpanMarks
from app.exchange.json_records import are_ours, first_objects, object_of, records
from app.exchange.offset_units import Ruler, Unit
from app.exchange.option import FormatOption, OptionKind
from app.exchange.segments import Range
from app.exchange.source import Source

ESA = "esa"
CELLS, HAS_BREAKS, LANGUAGES = "cells", "line_breaks", "languages"
ERROR_TYPE = "error_type"
IS_FILLED = "filled"
BATCHES = FormatOption(
    "batches",
    "Batches of the campaign",
    OptionKind.TEXT,
    "",
    help="The file that has the texts; by default batches*.json beside the table, or in a folder “data” there.",
)
CHECKS = FormatOption(
    "checks",
    "Tests of attention too",
    help="Segments that were spoilt to test annotators, and those of the tutorial, which are left out otherwise.",
)


class _Judged(NamedTuple):
    """A row with the spans that the segment was filled with before, None if that isn't known."""

    row: EsaRow
    filled: Sequence[Mapping[str, Any]] | None


class EsaReader(Reader):
    """Reads Appraise's tables, with the texts from the campaign's batches, and WMT's lines of JSON."""

    suffixes = (".csv", ".jsonl")
    options = (BATCHES, CHECKS, ONE_EACH)

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take what has twelve cells a row, as Appraise exports them, or lines with `esa_spans`."""
        objects = first_objects(path, head)
        if objects:
            is_wmt = not are_ours(objects) and any(map(is_line, objects))
            return Claim("its records have “esa_spans” and “esa_score”") if is_wmt else None
        text = head.decode(marked_encoding(head) or "utf-8", "ignore").removeprefix("\ufeff")
        try:
            row = next(iter(read_csv(text.split("\n", 1)[0], path=path)), None)
        except FormatError:
            return None
        is_esa = row is not None and looks_like_esa(row.cells)
        return Claim("its rows have an item, a score and error spans, as Appraise exports them") if is_esa else None

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the source documents, each with its translations after it."""
        texts, rows = _collected(source, options)
        ends = _Ends(rows)
        for found in texts.translations(options, one_each=bool(options.own.get(ONE_EACH.name))):
            if isinstance(found, ForeignDocument):
                options.at(1, 0)
                yield found.record()
                continue
            options.at(found.pairs[0].pair.rows[0].row.line, 0)
            try:
                yield _Judgements(found, ends, source.path, options).record()
            except FormatError as error:
                error.path = error.path or source.path
                options.refuse(error)


def _collected(source: Source, options: ReadOptions) -> tuple[Bitexts[_Judged], list[tuple[str, _Judged]]]:
    """Return the segments of a file, and the rows with the texts of the translations."""
    texts = Bitexts[_Judged]()
    rows: list[tuple[str, _Judged]] = []
    batches = None
    has_checks = bool(options.own.get(CHECKS.name))
    for row in _rows(source, options):
        if isinstance(row, FormatError):
            options.refuse(row)
            continue
        if (row.is_check or row.is_tutorial) and not has_checks:
            what = "judgements of tests of attention and of tutorials, left out"
            options.report.note("check", what, f"{row.document}: {row.user}")
            continue
        source_text, target, segment, filled = row.source, row.target, row.segment, None
        if source_text is None or target is None:
            if batches is None:
                batches = batches_beside(source, str(options.own.get(BATCHES.name) or ""))
            item = batches.item(row)
            if item is None:
                what = f"the batches have no item {row.item} of “{row.document[:60]}”"
                hint = "put all batches of the campaign beside it"
                error = FormatError(what, hint=hint, path=source.path, line=row.line)
                error.record = ",".join(row.cells)
                options.refuse(error)
                continue
            source_text, target, segment, filled = item.source, item.target, item.segment, item.filled
        judged = _Judged(row, filled)
        texts.pair(row.document_name, row.system, segment or row.item, source_text, target).rows.append(judged)
        rows.append((target, judged))
    return texts, rows


def _rows(source: Source, options: ReadOptions) -> Iterator[EsaRow | FormatError]:
    path = source.path
    with source.open() as file:
        is_json = file.read(1024).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")
    if not is_json:
        yield from rows_of_table(text_document(path, source.name, options.encoding).text.removeprefix("\ufeff"), path)
        return
    for line in records(path):
        try:
            yield row_of_line(object_of(line, path), line.number)
        except FormatError as error:
            error.path, error.line = path, error.line or line.number
            yield error


class _Ends:
    """How the ends of spans are meant. People's include the last character, those that a program filled in don't.

    A span that a person touched has an `error_type`, be it null; but old files have it nowhere. So one without it is
    filled in if the segment was filled with it, or, where that isn't known, if more of them are whole words so.
    """

    def __init__(self, rows: Sequence[tuple[str, _Judged]]) -> None:
        self.has_breaks = has_breaks(given for text, judged in rows for given in _numbers(text, judged.row.spans))
        self._are_filled = self._vote(rows) > 0

    def _vote(self, rows: Sequence[tuple[str, _Judged]]) -> int:
        lead = 0
        for text, judged in rows:
            if judged.filled is None:
                spans = [span for span in judged.row.spans if ERROR_TYPE not in span]
                for given in _numbers(text, spans):
                    exclusive = Range(given.start, given.end)
                    inclusive = Range(given.start, given.end + 1)
                    lead += is_whole_words(given.text, exclusive) - (
                        inclusive.end <= len(given.text) and is_whole_words(given.text, inclusive)
                    )
        return lead

    def range(self, text: str, span: Mapping[str, Any], judged: _Judged) -> Range | None:
        """Return the range of a span in its segment, None for what is missing. Raises FormatError."""
        if (span.get(START), span.get(END)) == (MISSING, MISSING):
            return None
        start, end = whole_number(span.get(START)), whole_number(span.get(END))
        if start is None or end is None:
            raise FormatError("a start or an end isn't a whole number", hint="fix the offsets")
        shown = text.strip()  # Appraise shows texts without blanks around them
        lead = len(text) - len(text.lstrip())
        try:
            if self.is_filled(span, judged):
                found = Range(*Ruler(shown, Unit.CODE_POINTS).range(start, end))  # written by a program in Python
            else:
                found = InclusiveRuler(shown, has_breaks=self.has_breaks).widened(start, end)
        except ValueError as error:
            raise FormatError(str(error), hint="fix the offsets") from error
        return Range(found.start + lead, found.end + lead)

    def is_filled(self, span: Mapping[str, Any], judged: _Judged) -> bool:
        """Whether a span is as a program filled it in."""
        if ERROR_TYPE in span or span.get(START) == MISSING:
            return False
        if judged.filled is None:
            return self._are_filled
        return any(all(span.get(key) == each.get(key) for key in (START, END)) for each in judged.filled)


def _numbers(text: str, spans: Sequence[Mapping[str, Any]]) -> Iterator[InclusiveRange]:
    for span in spans:
        start, end = whole_number(span.get(START)), whole_number(span.get(END))
        if start is not None and end is not None:
            yield InclusiveRange(text.strip(), start, end)


class _Judgements:
    """Makes the work on a translation from its rows."""

    def __init__(self, translation: Translation[_Judged], ends: _Ends, path: Path, options: ReadOptions) -> None:
        self._translation = translation
        self._ends = ends
        self._path = path
        self._options = options
        self._raters = Raters(translation, ESA, options)
        self._one_each = bool(options.own.get(ONE_EACH.name))

    def record(self) -> DocumentRecord:
        for number, placed in enumerate(self._translation.pairs):
            for judged in self._latest(placed.pair.rows):
                self._take(number, placed, judged)
        self._raters.settle()
        row = self._translation.pairs[0].pair.rows[0].row
        if row.language:
            self._translation.document.document.meta["language"] = row.language
        self._translation.keep(ESA, **{HAS_BREAKS: self._ends.has_breaks, LANGUAGES: list(row.languages)})
        return self._translation.document.record()

    def _latest(self, rows: Sequence[_Judged]) -> list[_Judged]:
        """Return one row of each user: the last, if somebody judged a segment again."""
        found: dict[str, _Judged] = {}
        for judged in rows:
            known = found.get(judged.row.user)
            if known is not None:
                what = "judgements that the same annotator gave again later, left out"
                self._options.report.note("again", what, f"{judged.row.document}: {judged.row.user}")
            if known is None or judged.row.times[1] >= known.row.times[1]:
                found[judged.row.user] = judged
        return list(found.values())

    def _take(self, number: int, placed: PlacedPair[_Judged], judged: _Judged) -> None:
        row = judged.row
        try:
            work = self._raters.work(row.user, number)
            work.seconds += row.seconds
            kept = {CELLS: list(row.cells)} if row.cells else {}
            self._raters.keep(work.annotator, number, **kept)
            if row.number is not None:
                place = None if self._one_each else placed.target
                add_score(work, f"{placed.pair.key}: score", place, {SCORE: row.number}, format=ESA, kept={})
            marks = SpanMarks(work, placed, ESA)
        except FormatError as error:
            self._refuse(error, row)
            return
        for span in row.spans:
            try:
                found = self._ends.range(placed.pair.target, span, judged)
                filled = {IS_FILLED: True} if self._ends.is_filled(span, judged) else {}
                marks.add(span, found, category_of_types(span), kept=filled)
            except FormatError as error:
                self._refuse(error, row)

    def _refuse(self, error: FormatError, row: EsaRow) -> None:
        error.path, error.line, error.record = self._path, row.line, ",".join(row.cells)
        self._options.refuse(error)


def category_of_types(span: Mapping[str, Any]) -> str:
    """Return the category of a span, such as `Accuracy/Mistranslation`; "" if it has none."""
    found = span.get(ERROR_TYPE)
    items = cast("list[object]", found) if isinstance(found, list) else []
    return found if isinstance(found, str) else "/".join(map(str, items))
