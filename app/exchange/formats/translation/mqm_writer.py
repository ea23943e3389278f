"""Writes MQM as WMT's files have it, in either generation."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, BinaryIO

from app.core.record import DocumentRecord, SetRecord
from app.core.scheme import SEVERITY
from app.exchange.category_names import CategoryNames
from app.exchange.format import WriteOptions, Writer
from app.exchange.formats.translation.error_losses import ErrorLosses
from app.exchange.formats.translation.marot_tokens import (
    MARKED,
    SEGMENT,
    SOURCE_SPANS,
    SOURCE_TOKENS,
    TARGET_SPANS,
    TARGET_TOKENS,
    MarotTokens,
    made_tokens,
)
from app.exchange.formats.translation.mqm_reader import IS_MAROT, IS_OPEN, IS_WHOLE, METADATA, MQM, NUMBER, UNRATED
from app.exchange.formats.translation.mqm_rows import NO_ERROR, NOTE
from app.exchange.formats.translation.placed_marks import (
    JudgedPair,
    PlacedMark,
    WrittenPair,
    WrittenTranslation,
    kept_row,
)
from app.exchange.formats.translation.score_marks import is_score
from app.exchange.formats.translation.v_tags import tagged
from app.exchange.kept_fields import kept_of
from app.exchange.option import FormatOption, OptionKind
from app.exchange.output import Output
from app.exchange.report import LossReport
from app.exchange.segments import Range

_AS_READ, _CLASSIC, _MAROT = "as read", "classic", "marot"
GENERATION = FormatOption(
    "generation",
    "Generation",
    OptionKind.CHOICE,
    _AS_READ,
    (_AS_READ, _CLASSIC, _MAROT),
    help="classic has comments, marot an object of JSON; “as read” is that of the imported file, classic for others.",
)
_HEADS = {
    False: "system doc doc_id seg_id rater source target category severity comment",
    True: "system doc docSegId globalSegId rater source target category severity metadata",
}
_BREAKS = str.maketrans("\t\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029", " " * 11)


class MqmWriter(Writer):
    """Writes a row for each error, and one for each segment in which a rater found none."""

    suffix = ".tsv"
    options = (GENERATION,)

    def write(self, records: Iterable[DocumentRecord], output: Output, options: WriteOptions) -> LossReport:
        """Write the records as they come; documents without a set aren't written."""
        losses = ErrorLosses("MQM", MQM, options, "comment", "evidence")
        rows = _Rows(output.main(), str(options.own.get(GENERATION.name, _AS_READ)), options, losses)
        for record in records:
            if losses.takes_document(record):
                rows.write(record)
        rows.finish()
        return losses.finished()


class _Rows:
    """Writes the rows of a file. Its generation is that of the first document, unless one was chosen."""

    def __init__(self, out: BinaryIO, generation: str, options: WriteOptions, losses: ErrorLosses) -> None:
        self._out = out
        self._options = options
        self._losses = losses
        self._names = CategoryNames(options.scheme)
        self._is_marot: bool | None = None if generation == _AS_READ else generation == _MAROT
        self._has_head = False
        self._segments = 0

    def write(self, record: DocumentRecord) -> None:
        translation = WrittenTranslation(record, self._options, self._losses)
        self._losses.of_name(record, translation)
        if self._is_marot is None:
            self._is_marot = kept_of(translation.kept, MQM).get(IS_MAROT) is True
        for pair in translation.pairs:
            for metadata in _unrated(pair) if self._is_marot else ():
                self._row(translation, pair, ["", pair.source, pair.target, "", "", _json(metadata)])
        for item in record.sets:
            for judged in translation.judged(item):
                self._write_judged(record, item, translation, judged)
        if not self._is_marot:
            translation.note_unjudged()
        self._segments += len(translation.pairs)

    def finish(self) -> None:
        """Write the line of the columns, if there was no row before."""
        self._head()

    def _head(self) -> None:
        if not self._has_head:
            self._has_head = True
            self._out.write(_HEADS[bool(self._is_marot)].replace(" ", "\t").encode() + b"\n")

    def _row(self, translation: WrittenTranslation, pair: WrittenPair, cells: Sequence[str]) -> None:
        self._head()
        number = kept_of(pair.kept, MQM).get(NUMBER)
        running = str(self._segments + pair.number + 1)
        ids = [translation.system, translation.name, pair.id, number if isinstance(number, str) else running]
        clean = [cell.translate(_BREAKS) for cell in (*ids, *cells)]
        if clean[4:] != list(cells):
            what = "segments and comments with line breaks or tabs, which are blanks in a table"
            self._losses.note("line-break", what, translation.name, is_whole=True)
        self._out.write("\t".join(clean).encode() + b"\n")

    def _write_judged(
        self, record: DocumentRecord, item: SetRecord, translation: WrittenTranslation, judged: JudgedPair
    ) -> None:
        pair = judged.pair
        marks = [each for each in judged.marks if self._takes(record, item, each)]
        if not marks:
            kept = kept_row(pair, item.annotator, MQM)
            said = str(kept.get("said", ""))
            cells = [item.annotator, pair.source, pair.target, NO_ERROR, NO_ERROR]
            self._row(translation, pair, [*cells, _json(kept.get(METADATA)) if self._is_marot else said])
            return
        tokens = _PairTokens(pair, marks) if self._is_marot else None
        for each in marks:
            kept = kept_of(each.mark.extra, MQM)
            target, source = _sides(each, kept, pair)
            if target and source and not self._is_marot and IS_OPEN not in kept:
                self._losses.note(
                    "evidence",
                    "the places in the source of what is marked in the translation",
                    f"{translation.name}: “{each.mark.quote[:40]}”",
                )
                source = ()
            is_open = kept.get(IS_OPEN) is True
            cells = [
                item.annotator,
                tagged(pair.source, source, is_open=is_open),
                tagged(pair.target, target, is_open=is_open),
                self._names.of(each.mark, kept.get("category")),
                self._names.severity(each.mark, kept.get(SEVERITY)),
            ]
            said = each.mark.comment if tokens is None else _json(tokens.metadata(each, kept, target, source))
            self._row(translation, pair, [*cells, said])

    def _takes(self, record: DocumentRecord, item: SetRecord, placed: PlacedMark) -> bool:
        mark = placed.mark
        where = f"{record.document.name} ({item.annotator}): “{(mark.quote or mark.label)[:40]}”"
        if not self._losses.takes(record, item, mark):
            self._losses.note("score", "scores of segments", where, count=int(is_score(mark)))
            return False
        if not mark.attributes.get(SEVERITY):
            what = "errors without a severity, which programs for MQM can't weigh"
            self._losses.note("severity", what, where, is_whole=True)
        return True


def _sides(placed: PlacedMark, kept: Mapping[str, Any], pair: WrittenPair) -> tuple[Sequence[Range], Sequence[Range]]:
    """Return the ranges of a mark on both sides: what is missing is marked in the source, if that is known."""
    end = len(pair.target)
    if placed.source and placed.is_anchor and placed.target == (Range(end, end),):
        return (), placed.source
    if kept.get(IS_WHOLE) is True and placed.target == (Range(0, end),):
        return (), placed.source
    return placed.target, placed.source


class _PairTokens:
    """The tokens of a segment, and whether a row has them already."""

    def __init__(self, pair: WrittenPair, marks: Sequence[PlacedMark]) -> None:
        self._pair = pair
        known = [kept_of(kept_of(each.mark.extra, MQM), METADATA) for each in marks]
        self._is_written = any(SEGMENT in each for each in known)
        self._made = {
            TARGET_TOKENS: made_tokens(pair.target, [each for mark in marks for each in mark.target]),
            SOURCE_TOKENS: made_tokens(pair.source, [each for mark in marks for each in mark.source]),
        }
        self._target = self._tokens(known, TARGET_TOKENS, pair.target)
        self._source = self._tokens(known, SOURCE_TOKENS, pair.source)

    def _tokens(self, known: Sequence[Mapping[str, Any]], key: str, text: str) -> MarotTokens:
        found = (MarotTokens.kept(each, key, text) for each in known)
        return next((each for each in found if each is not None), None) or MarotTokens(self._made[key])

    def metadata(
        self, placed: PlacedMark, kept: Mapping[str, Any], target: Sequence[Range], source: Sequence[Range]
    ) -> dict[str, Any]:
        """Return the metadata of a row: those that it had, as far as they still hold."""
        found = dict(kept_of(kept, METADATA))
        is_new = METADATA not in kept
        for key, tokens, ranges in ((TARGET_SPANS, self._target, target), (SOURCE_SPANS, self._source, source)):
            if not is_new and tuple(tokens.ranges(found.get(key))) == tuple(ranges):
                continue
            spans = tokens.spans(ranges) if ranges else None
            found.pop(key, None)
            found.pop(MARKED, None)
            if spans is not None and (is_new or self._is_written):
                found[key] = spans
        if placed.mark.comment != found.get(NOTE, ""):
            found[NOTE] = placed.mark.comment
        if is_new and not self._is_written:
            self._is_written = True
            found[SEGMENT] = self._made
        return found


def _unrated(pair: WrittenPair) -> list[object]:
    found = kept_of(pair.kept, MQM).get(UNRATED)
    return list(found) if isinstance(found, list) else []  # pyright: ignore[reportUnknownArgumentType]


def _json(value: object) -> str:
    return json.dumps(value if value is not None else {}, ensure_ascii=False, separators=(",", ":"))
