"""Writes the log of a campaign of Pearmut: a line for each answer, with the texts."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from app.core.record import DocumentRecord, SetRecord
from app.core.scheme import SEVERITY
from app.exchange.category_names import CategoryNames
from app.exchange.format import WriteOptions, Writer
from app.exchange.formats.translation.error_losses import ErrorLosses
from app.exchange.formats.translation.inclusive_ends import END, START, InclusiveRuler
from app.exchange.formats.translation.pearmut_reader import HAS_BREAKS, HAS_ITEM, ITEM_REST, MODELS, PEARMUT, USERS
from app.exchange.formats.translation.pearmut_wire import (
    ANNOTATION,
    ITEM,
    ITEM_I,
    ITEM_ID,
    SCORE,
    SLIDERS,
    SPANS,
    SRC,
    TEXTFIELD,
    TGT,
    USER,
)
from app.exchange.formats.translation.placed_marks import (
    PlacedMark,
    WrittenPair,
    WrittenTranslation,
    kept_row,
)
from app.exchange.formats.translation.score_marks import is_score, scores_of
from app.exchange.formats.translation.span_marks import WrittenSpans
from app.exchange.kept_fields import kept_of
from app.exchange.output import Output
from app.exchange.report import LossReport


class PearmutWriter(Writer):
    """Writes answers. Translations of one document by several systems are one answer of each annotator."""

    suffix = ".jsonl"

    def write(self, records: Iterable[DocumentRecord], output: Output, options: WriteOptions) -> LossReport:
        """Write the answers, which are complete when all records have come."""
        out = output.main()
        losses = ErrorLosses("Pearmut", PEARMUT, options, "remark", "seconds")
        lines = _Lines(options, losses)
        for record in records:
            if losses.takes_document(record):
                lines.take(record)
        for line in lines.values():
            out.write(json.dumps(line, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n")
        return losses.finished()


class _Line:
    """An answer that is collected: its segments, with what each model wrote and got."""

    def __init__(self, user: str, number: int) -> None:
        self.user = user
        self.item_i: object = number
        self.has_item = True
        self.models: list[str] = []
        self.rest: dict[str, Any] = {}
        self.note = ""
        self.items: dict[int, dict[str, Any]] = {}
        self.answers: dict[int, dict[str, Any]] = {}

    def value(self) -> dict[str, Any]:
        """Return the line as values of JSON."""
        found: dict[str, Any] = {ANNOTATION: [self._sorted(each) for _, each in sorted(self.answers.items())]}
        if self.has_item:
            found[ITEM] = [{**each, TGT: self._sorted(each[TGT])} for _, each in sorted(self.items.items())]
        rest = dict(self.rest)
        if self.note or "comment" in rest:
            rest["comment"] = self.note
        return {USER: self.user, ITEM_I: self.item_i, **found, **rest}

    def _sorted(self, by_model: Mapping[str, Any]) -> dict[str, Any]:
        order = {model: number for number, model in enumerate(self.models)}
        return dict(sorted(by_model.items(), key=lambda each: order.get(each[0], len(order))))


class _Lines:
    """Collects the answers of all documents."""

    def __init__(self, options: WriteOptions, losses: ErrorLosses) -> None:
        self._options = options
        self._losses = losses
        self._spans = WrittenSpans(CategoryNames(options.scheme), PEARMUT)
        self._found: dict[tuple[str, str, str], _Line] = {}
        self._numbers: dict[str, int] = {}

    def values(self) -> Iterator[dict[str, Any]]:
        """Yield the lines as values of JSON."""
        for line in self._found.values():
            if line.answers:
                yield line.value()
            else:
                what = "work without an answer about any segment, left out"
                self._losses.note("not-begun", what, line.user, is_whole=True)

    def take(self, record: DocumentRecord) -> None:
        """Add what annotators found in a translation."""
        translation = WrittenTranslation(record, self._options, self._losses)
        self._losses.of_name(record, translation)
        kept = kept_of(translation.kept, PEARMUT)
        for item in record.sets:
            line = self._line(translation, kept_of(kept_of(kept, USERS), item.annotator), item)
            for judged in translation.judged(item):
                pair = judged.pair
                _add_texts(line, translation, pair)
                ruler = InclusiveRuler(pair.target, has_breaks=kept.get(HAS_BREAKS) is not False)
                scores = [each for each in judged.marks if is_score(each.mark)]
                row = kept_row(pair, item.annotator, PEARMUT)
                answer = _scores(row, scores)
                errors = [each for each in judged.marks if self._losses.takes(record, item, each.mark)]
                answer[SPANS] = [
                    span for each in self._spans.in_order(errors) for span in self._spans_of(translation, each, ruler)
                ]
                if not row and not answer[SPANS] and answer[SCORE] is None and item.status.is_finished:
                    del answer[SCORE]  # with an empty one, the segment was skipped
                line.answers[pair.number][translation.system] = answer
        translation.note_unjudged()

    def _line(self, translation: WrittenTranslation, said: Mapping[str, Any], item: SetRecord) -> _Line:
        """Return the line of an annotator's answer about a document, of which this is one translation."""
        number = self._numbers.setdefault(translation.name, len(self._numbers))
        key = (item.annotator, translation.name, json.dumps(said.get(ITEM_I)))
        line = self._found.setdefault(key, _Line(item.annotator, number))
        line.item_i = said.get(ITEM_I, line.item_i)
        line.has_item = said.get(HAS_ITEM) is not False
        given: Any = said.get(MODELS)
        line.models = line.models or [
            str(each) for each in cast("list[object]", given if isinstance(given, list) else [])
        ]
        line.rest = dict(kept_of(said, ITEM_REST)) or line.rest
        line.note = item.remark.note or line.note
        if item.remark.flag is not None:
            self._losses.note("flag", "flags of documents", f"{translation.name}: {item.annotator}")
        return line

    def _spans_of(
        self, translation: WrittenTranslation, placed: PlacedMark, ruler: InclusiveRuler
    ) -> Iterator[Mapping[str, Any]]:
        kept = self._spans.kept(placed)
        if kept is not None:
            yield kept
            return
        if len(placed.target) > 1:
            what = "marks in several pieces, written as a span for each"
            self._losses.note("fragments", what, f"{translation.name}: “{placed.mark.quote[:40]}”", is_whole=True)
        said = {
            "category": self._spans.category(placed.mark) or None,
            SEVERITY: self._spans.severity(placed.mark).lower() or None,
        }
        for piece in placed.target:
            if piece.start == piece.end and piece.end < len(ruler.text):
                what = "anchors inside of a segment, written as what is missing in it"
                self._losses.note("anchor", what, f"{translation.name}: {placed.mark.label}", is_whole=True)
            pair = (ruler.units, ruler.units) if piece.start == piece.end else ruler.given(piece)
            if pair is None:
                self._losses.note("line-break", "marks of line breaks", f"{translation.name}: {placed.mark.label}")
            else:
                yield {START: pair[0], END: pair[1], **said}


def _add_texts(line: _Line, translation: WrittenTranslation, pair: WrittenPair) -> None:
    if pair.number not in line.items:
        own = dict(kept_of(kept_of(pair.kept, PEARMUT), ITEM_REST))
        source = {SRC: pair.source} if translation.reference is not None else {}
        line.items[pair.number] = {**(own or {ITEM_ID: f"{translation.name}_#_{pair.number}"}), **source, TGT: {}}
    line.items[pair.number][TGT][translation.system] = pair.target
    line.answers.setdefault(pair.number, {})


def _scores(kept: Mapping[str, Any], scores: Sequence[PlacedMark]) -> dict[str, Any]:
    """Return an answer without its spans: the scores, and what is kept of it."""
    numbers = {name.casefold(): (name, value) for each in scores for name, value in scores_of(each.mark).items()}
    _, score = numbers.pop(SCORE, ("", None))
    found: dict[str, Any] = {SCORE: score, **kept}
    sliders = {name: value for name, value in numbers.values()}
    if SLIDERS in kept:  # under their own names, also those that weren't answered
        sliders = {name: numbers.get(name.casefold(), ("", None))[1] for name in kept_of(kept, SLIDERS)}
    if sliders or SLIDERS in kept:
        found[SLIDERS] = sliders
    comment = next((each.mark.comment for each in scores if each.mark.comment), None)
    if comment is not None:
        found[TEXTFIELD] = comment
    return found
