"""Writes ratings of mt-metrics-eval, standalone."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from app.core.record import DocumentRecord, SetRecord
from app.core.scheme import SEVERITY
from app.exchange.category_names import CategoryNames
from app.exchange.format import WriteOptions, Writer
from app.exchange.formats.translation.error_losses import ErrorLosses
from app.exchange.formats.translation.placed_marks import JudgedPair, PlacedMark, WrittenTranslation, kept_row
from app.exchange.formats.translation.ratings_reader import END, IS_SOURCE, RATINGS, REST, START
from app.exchange.formats.translation.ratings_wire import (
    DOCUMENT_ID,
    ERRORS,
    HYPOTHESIS,
    RATER_ID,
    SEGMENT_ID,
    SOURCE,
    SYSTEM_ID,
)
from app.exchange.formats.translation.score_marks import is_score
from app.exchange.formats.translation.span_marks import WrittenSpans
from app.exchange.kept_fields import kept_of
from app.exchange.output import Output
from app.exchange.report import LossReport


class RatingsWriter(Writer):
    """Writes a line for each segment that somebody judged, with the texts and the errors in them."""

    suffix = ".jsonl"

    def write(self, records: Iterable[DocumentRecord], output: Output, options: WriteOptions) -> LossReport:
        """Write the lines as they come; documents without a set aren't written."""
        out = output.main()
        losses = ErrorLosses("mt-metrics-eval", RATINGS, options, "evidence")
        ratings = _Ratings(options, losses)
        for record in records:
            if losses.takes_document(record):
                for line in ratings.of(record):
                    out.write(json.dumps(line, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n")
        return losses.finished()


class _Ratings:
    """Makes the lines of documents."""

    def __init__(self, options: WriteOptions, losses: ErrorLosses) -> None:
        self._options = options
        self._losses = losses
        self._spans = WrittenSpans(CategoryNames(options.scheme), RATINGS)

    def of(self, record: DocumentRecord) -> Iterator[dict[str, Any]]:
        """Yield the lines of a document."""
        translation = WrittenTranslation(record, self._options, self._losses)
        self._losses.of_name(record, translation)
        for item in record.sets:
            for judged in translation.judged(item):
                pair = judged.pair
                yield {
                    SOURCE: pair.source,
                    HYPOTHESIS: pair.target,
                    ERRORS: list(self._errors(record, item, judged)),
                    DOCUMENT_ID: translation.name,
                    SEGMENT_ID: int(pair.id) if pair.id.isdecimal() else pair.number,
                    SYSTEM_ID: translation.system,
                    RATER_ID: item.annotator,
                    **kept_of(kept_row(pair, item.annotator, RATINGS), REST),
                }
        translation.note_unjudged()

    def _errors(self, record: DocumentRecord, item: SetRecord, judged: JudgedPair) -> Iterator[Mapping[str, Any]]:
        marks: list[PlacedMark] = []
        for each in judged.marks:
            where = f"{record.document.name} ({item.annotator})"
            if self._losses.takes(record, item, each.mark):
                marks.append(each)
            else:
                self._losses.note("score", "scores of segments", where, count=int(is_score(each.mark)))
        for each in self._spans.in_order(marks):
            kept = self._spans.kept(each)
            if kept is not None and (kept.get(IS_SOURCE) is not True or each.source == _source_of(kept)):
                yield kept
                continue
            is_source = each.is_anchor and bool(each.source)
            said = {
                "category": self._spans.category(each.mark) or None,
                SEVERITY: self._spans.severity(each.mark).lower() or None,
            }
            pieces = each.source if is_source else each.target
            if len(pieces) > 1:
                what = "marks in several pieces, written as an error for each"
                self._losses.note("fragments", what, f"{record.document.name}: “{each.mark.quote[:40]}”", is_whole=True)
            if each.source and not is_source:
                self._losses.note(
                    "evidence-beside",
                    "places in the source of errors in the translation",
                    f"{record.document.name}: “{each.mark.quote[:40]}”",
                )
            for start, end in pieces:
                yield {START: start, END: end, **said, "score": None, IS_SOURCE: is_source}


def _source_of(span: Mapping[str, Any]) -> Sequence[tuple[Any, Any]]:
    return ((span.get(START), span.get(END)),)
