"""Reads ratings of mt-metrics-eval."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from app.core.byte_order_mark import marked_encoding
from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.foreign_document import ForeignDocument
from app.exchange.format import Claim, Reader, ReadOptions
from app.exchange.formats.translation.bitexts import ONE_EACH, Bitexts, PlacedPair, Raters, Translation
from app.exchange.formats.translation.ratings_wire import (
    Rating,
    is_rating,
    is_rating_table,
    of_test_set,
    standalone,
)
from app.exchange.formats.translation.span_marks import SpanMarks
from app.exchange.json_records import are_ours, first_objects
from app.exchange.offset_units import Ruler, Unit
from app.exchange.segments import Range
from app.exchange.source import Source

RATINGS = "mt-metrics-eval"
REST = "rest"
START, END, IS_SOURCE = "start", "end", "is_source_error"


class RatingsReader(Reader):
    """Reads ratings with their texts, or those of a test set, whose texts are in the folders beside."""

    suffixes = (".jsonl", ".json", ".rating")
    options = (ONE_EACH,)

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take what has a source, a hypothesis and errors, and the lines of a test set's ratings."""
        objects = first_objects(path, head)
        if objects:
            is_ours = are_ours(objects)
            found = not is_ours and any(map(is_rating, objects))
            return Claim("its records have “source”, “hypothesis” and “errors”") if found else None
        text = head.decode(marked_encoding(head) or "utf-8", "ignore").removeprefix("\ufeff")
        return Claim("its lines have a system and its errors in a segment") if is_rating_table(text) else None

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the source documents, each with its translations after it."""
        path = source.path
        with source.open() as file:
            is_json = file.read(1024).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")
        texts = Bitexts[Rating]()
        for rating in standalone(path) if is_json else of_test_set(path):
            if isinstance(rating, FormatError):
                options.refuse(rating)
            else:
                pair = texts.pair(rating.document, rating.system, rating.segment, rating.source, rating.target)
                pair.rows.append(rating)
        for found in texts.translations(options, one_each=bool(options.own.get(ONE_EACH.name))):
            if isinstance(found, ForeignDocument):
                options.at(1, 0)
                yield found.record()
                continue
            options.at(found.pairs[0].pair.rows[0].line, 0)
            try:
                yield _record(found, path, options)
            except FormatError as error:
                error.path = error.path or path
                options.refuse(error)


def _record(translation: Translation[Rating], path: Path, options: ReadOptions) -> DocumentRecord:
    raters = Raters(translation, RATINGS, options)
    for number, placed in enumerate(translation.pairs):
        for rating in placed.pair.rows:
            try:
                work = raters.work(rating.rater or None, number)
                raters.keep(work.annotator, number, **({REST: dict(rating.rest)} if rating.rest else {}))
                marks = SpanMarks(work, placed, RATINGS, translation.source)
            except FormatError as error:
                error.path, error.line = path, rating.line
                options.refuse(error)
                continue
            for span in rating.errors:
                try:
                    _add(marks, placed, span)
                except FormatError as error:
                    error.path, error.line = path, rating.line
                    options.refuse(error)
    raters.settle()
    translation.keep(RATINGS)
    return translation.document.record()


def _add(marks: SpanMarks, placed: PlacedPair[Rating], span: Mapping[str, Any]) -> None:
    start, end = span.get(START), span.get(END)
    if type(start) is not int or type(end) is not int:
        raise FormatError("a start or an end isn't a whole number", hint="fix the offsets")
    is_source = span.get(IS_SOURCE) is True
    text = (placed.pair.source or "") if is_source else placed.pair.target
    try:
        found = Range(*Ruler(text, Unit.CODE_POINTS).range(start, end))
    except ValueError as error:
        raise FormatError(str(error), hint="fix the offsets") from error
    category = span.get("category")
    name = category if isinstance(category, str) else ""
    marks.add(span, None if is_source else found, name, source=found if is_source else None)
