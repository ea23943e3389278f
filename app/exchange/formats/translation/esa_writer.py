"""Writes ESA as Appraise exports it, and the batches with the texts beside it."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from app.core.csv_table import csv_lines
from app.core.record import DocumentRecord, SetRecord
from app.core.scheme import SEVERITY
from app.exchange.category_names import CategoryNames
from app.exchange.format import WriteOptions, Writer
from app.exchange.formats.translation.error_losses import ErrorLosses
from app.exchange.formats.translation.esa_reader import CELLS, ERROR_TYPE, ESA, HAS_BREAKS, IS_FILLED, LANGUAGES
from app.exchange.formats.translation.esa_wire import TARGET
from app.exchange.formats.translation.inclusive_ends import END, MISSING, START, InclusiveRuler
from app.exchange.formats.translation.placed_marks import (
    JudgedPair,
    PlacedMark,
    WrittenPair,
    WrittenTranslation,
    kept_row,
)
from app.exchange.formats.translation.score_marks import SCORE, is_score, scores_of
from app.exchange.formats.translation.span_marks import SPAN, WrittenSpans
from app.exchange.kept_fields import kept_of
from app.exchange.output import Output
from app.exchange.report import LossReport
from app.exchange.segments import Range

_ITEM, _SCORE, _DOCUMENT, _SPANS = 2, 6, 7, 9  # cells
_BATCHES = "batches.json"


class EsaWriter(Writer):
    """Writes a row for each segment that somebody judged. The texts go to a file of batches, named after this one."""

    suffix = ".csv"

    def write(self, records: Iterable[DocumentRecord], output: Output, options: WriteOptions) -> LossReport:
        """Write the rows as they come, then the batches; a stream has no room for these."""
        out = output.main()
        losses = ErrorLosses("ESA", ESA, options, "seconds", "language")
        rows = _EsaRows(options, losses)
        for record in records:
            if losses.takes_document(record):
                out.writelines(line.encode() for line in csv_lines(rows.of(record)))
        if output.path is None:
            losses.note("text", "texts, which only a file of batches has", "standard output", count=len(rows.items))
        else:
            items = list(rows.items.values())
            output.open(_BATCHES).write(json.dumps([{"items": items}], ensure_ascii=False, indent=1).encode())
        return losses.finished()


class _EsaRows:
    """Makes the rows, and the items of the batches that they are about."""

    def __init__(self, options: WriteOptions, losses: ErrorLosses) -> None:
        self._options = options
        self._losses = losses
        self._spans = WrittenSpans(CategoryNames(options.scheme), ESA)
        self.items: dict[tuple[str, str], dict[str, Any]] = {}

    def of(self, record: DocumentRecord) -> Iterator[Sequence[str]]:
        """Yield the rows of a document."""
        translation = WrittenTranslation(record, self._options, self._losses)
        self._losses.of_name(record, translation)
        kept = kept_of(translation.kept, ESA)
        given: Any = kept.get(LANGUAGES)
        languages = [str(each) for each in cast("list[object]", given)] if isinstance(given, list) else []
        if len(languages) != 2:  # noqa: PLR2004  source and translation
            languages = ["", self._options.language(record.document)]
        for item in record.sets:
            for judged in translation.judged(item):
                row = _kept_cells(judged.pair, item) or _made_cells(translation, judged.pair, languages)
                row[0] = item.annotator
                row[_SCORE], row[_SPANS] = self._cells(record, item, judged, kept)
                self._add_item(row, judged)
                yield row
        translation.note_unjudged()

    def _cells(
        self, record: DocumentRecord, item: SetRecord, judged: JudgedPair, kept: Mapping[str, Any]
    ) -> tuple[str, str]:
        """Return the score and the spans of a row."""
        ruler = InclusiveRuler(judged.pair.target.strip(), has_breaks=kept.get(HAS_BREAKS) is not False)
        lead = len(judged.pair.target) - len(judged.pair.target.lstrip())
        scores = [each for each in judged.marks if is_score(each.mark)]
        errors = [each for each in judged.marks if self._losses.takes(record, item, each.mark)]
        spans = [span for each in self._spans.in_order(errors) for span in self._spans_of(record, each, ruler, lead)]
        row = _kept_cells(judged.pair, item)
        return _score(scores, row[_SCORE] if row else ""), json.dumps(spans, ensure_ascii=False, separators=(",", ":"))

    def _spans_of(
        self, record: DocumentRecord, placed: PlacedMark, ruler: InclusiveRuler, lead: int
    ) -> Iterator[Mapping[str, Any]]:
        kept = self._spans.kept(placed)
        if kept is not None:
            yield kept
            return
        where = f"{record.document.name}: “{(placed.mark.quote or placed.mark.label)[:40]}”"
        if len(placed.target) > 1:
            what = "marks in several pieces, written as a span for each"
            self._losses.note("fragments", what, where, is_whole=True)
        types = self._spans.category(placed.mark)
        severity = self._spans.severity(placed.mark).lower() or "undecided"
        said = {SEVERITY: severity, ERROR_TYPE: types.split("/") if types else None}
        if placed.is_anchor:
            if any(start - lead < len(ruler.text) for start, _ in placed.target):
                what = "anchors inside of a segment, written as what is missing in it"
                self._losses.note("anchor", what, where, is_whole=True)
            yield {START: MISSING, END: MISSING, **said}
            return
        for start, end in placed.target:
            piece = Range(max(0, start - lead), min(len(ruler.text), end - lead))
            pair = ruler.given(piece) if piece.start < piece.end else None
            if pair is None:
                self._losses.note("line-break", "marks of line breaks and of blanks around a segment", where)
            else:
                yield {START: pair[0], END: pair[1], **said}

    def _add_item(self, row: Sequence[str], judged: JudgedPair) -> None:
        """Add the texts of a row, and the spans that it was filled with, which tell how their ends are meant."""
        pair = judged.pair
        kept = [kept_of(each.mark.extra, ESA) for each in judged.marks if self._spans.kept(each) is not None]
        filled = [kept_of(each, SPAN) for each in kept if each.get(IS_FILLED) is True]
        known = self.items.setdefault((row[_DOCUMENT], row[_ITEM]), self._item(row, pair))
        known["mqm"] += [span for span in filled if span not in known["mqm"]]

    def _item(self, row: Sequence[str], pair: WrittenPair) -> dict[str, Any]:
        return {
            "mqm": [],
            "documentID": row[_DOCUMENT],
            "sourceID": "source",
            "targetID": row[1],
            "sourceText": pair.source,
            "targetText": pair.target,
            "itemType": row[3],
            "_item": f"{row[1]} | {pair.id} | {row[_DOCUMENT]}",
            "itemID": int(row[_ITEM]) if row[_ITEM].isdecimal() else row[_ITEM],
            "isCompleteDocument": row[8] == "True",
        }


def _made_cells(translation: WrittenTranslation, pair: WrittenPair, languages: Sequence[str]) -> list[str]:
    document = f"{translation.name}#{translation.system}"
    number = pair.id if pair.id.isdecimal() else str(pair.number + 1)
    return ["", translation.system, number, TARGET, *languages, "", document, "False", "[]", "0", "0"]


def _kept_cells(pair: WrittenPair, item: SetRecord) -> list[str]:
    found: Any = kept_row(pair, item.annotator, ESA).get(CELLS)
    cells = cast("list[object]", found) if isinstance(found, list) else []
    return [str(cell) for cell in cells] if len(cells) > _SPANS else []


def _score(scores: Sequence[PlacedMark], kept: str) -> str:
    """Return a score, as it was written if it is the same number."""
    found = {name.casefold(): value for each in scores for name, value in scores_of(each.mark).items()}
    value = found.get(SCORE, next(iter(found.values()), None))
    if value is None:
        return ""
    try:
        is_same = float(kept) == value
    except ValueError:
        is_same = False
    return kept if is_same else str(int(value) if float(value).is_integer() else value)
