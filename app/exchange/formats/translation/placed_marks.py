"""Translations as the formats of campaigns write them: pairs of segments, with the marks in each."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

from app.core.annotation import Annotation, Status
from app.core.document import Document
from app.core.record import DocumentRecord, SetRecord
from app.exchange.format import WriteOptions
from app.exchange.formats.translation.bitexts import DOCUMENT, ID, OWN, ROWS, SOURCE, SYSTEM
from app.exchange.kept_fields import kept_of
from app.exchange.losses import Losses
from app.exchange.segments import Range, grouped, kept_lines, kept_segments, line_ranges

_SYSTEM = "text"  # of a document that doesn't say by whom it is


class WrittenPair(NamedTuple):
    """A segment with its source: their texts, where they are in their documents, and what is kept of the segment."""

    number: int
    target: str
    source: str
    target_range: Range
    source_range: Range
    kept: Mapping[str, Any]

    @property
    def id(self) -> str:
        """What a file called it, else its number, from 1."""
        return _text(self.kept.get(ID)) or str(self.number + 1)


class PlacedMark(NamedTuple):
    """A mark in a segment: its ranges in it, and those of its evidence in the source of the segment."""

    mark: Annotation
    target: tuple[Range, ...]
    source: tuple[Range, ...]

    @property
    def is_anchor(self) -> bool:
        """Whether it is the place of something that is missing."""
        return all(start == end for start, end in self.target)


class JudgedPair(NamedTuple):
    """A segment that somebody judged, and their marks in it."""

    pair: WrittenPair
    marks: Sequence[PlacedMark]


class WrittenTranslation:
    """A document as pairs of segments. Without what an import kept, its lines and those of its reference are the
    segments, if they are equally many; else it is one segment.
    """

    def __init__(self, record: DocumentRecord, options: WriteOptions, losses: Losses) -> None:
        self._record = record
        self._losses = losses
        own = self.kept = kept_of(record.extra, OWN)
        references = (options.document(uid) for uid in record.references)
        self.reference: Document | None = next((each for each in references if each is not None), None)
        self.pairs = self._pairs(own)
        self._starts = [pair.target_range.start for pair in self.pairs]
        self._unjudged = {pair.number for pair in self.pairs}
        meta = record.document.meta
        self.name = _text(own.get(DOCUMENT)) or _text(meta.get(DOCUMENT)) or record.document.name
        self.system = _text(own.get(SYSTEM)) or _text(meta.get(SYSTEM)) or _SYSTEM

    def judged(self, item: SetRecord, about_document: Sequence[Annotation] = ()) -> list[JudgedPair]:
        """Return the segments that an annotator judged, with the marks: all of them if their work is finished."""
        taken = {mark.uid for mark in about_document}
        marks: dict[int, list[PlacedMark]] = {}
        for mark in item.annotations:
            if mark.uid not in taken:
                for number, placed in self._placed(mark):
                    marks.setdefault(number, []).append(placed)
        found = [
            JudgedPair(pair, marks.get(pair.number, ()))
            for pair in self.pairs
            if item.status.is_finished or pair.number in marks or item.annotator in row_names(pair)
        ]
        self._unjudged -= {each.pair.number for each in found}
        is_open = item.status is Status.OPEN and len(found) < len(self.pairs)
        if not item.status.is_finished and not is_open:
            what = "work that isn’t finished, which counts as finished since all segments are judged"
            where = f"{self._record.document.name} ({item.annotator})"
            self._losses.note("unfinished-work", what, where, is_whole=True)
        return found

    def note_unjudged(self) -> None:
        """Note the segments that nobody judged, when all annotators' work was asked for."""
        what = "segments that nobody judged, left out"
        self._losses.note("unjudged", what, self._record.document.name, count=len(self._unjudged), is_whole=True)

    def _pairs(self, own: Mapping[str, Any]) -> list[WrittenPair]:
        text = self._record.document.text
        source = self.reference.text if self.reference is not None else ""
        kept = kept_segments(own)
        lines, source_lines = line_ranges(text), line_ranges(source)
        targets = grouped(lines, [kept_lines(each) for each in kept])
        if targets is None:
            if kept:
                what = "documents whose lines aren’t the segments that were imported, written line by line"
                self._losses.note("segments", what, self._record.document.name, is_whole=True)
            is_parallel = self.reference is None or len(lines) == len(source_lines)
            targets = lines if is_parallel else [Range(0, len(text))]
            kept = [{SOURCE: [number, 1]} if is_parallel else {} for number in range(len(targets))]
        found: list[WrittenPair] = []
        for number, (target, segment) in enumerate(zip(targets, kept, strict=True)):
            at = _source_range(segment, source_lines, len(source), is_only=len(targets) == 1)
            found.append(WrittenPair(number, text[slice(*target)], source[slice(*at)], target, at, segment))
        return found

    def _placed(self, mark: Annotation) -> Iterator[tuple[int, PlacedMark]]:
        """Yield the segments that a mark is in, with its place in each."""
        pieces: dict[int, list[Range]] = {}
        for fragment in mark.fragments:
            first = max(0, bisect_right(self._starts, fragment.start) - 1)
            for number in range(first, len(self.pairs)):
                start, end = self.pairs[number].target_range
                if start > fragment.end or (start == fragment.end and fragment.start < fragment.end):
                    break
                piece = Range(max(start, fragment.start) - start, min(end, fragment.end) - start)
                if piece.start < piece.end or (fragment.start == fragment.end and piece.start == piece.end):
                    pieces.setdefault(number, []).append(piece)
        name = self._record.document.name
        if not pieces:
            what = "marks of nothing but a line break between segments, left out"
            self._losses.note("line-break", what, f"{name}: {mark.label}", is_whole=True)
        elif len(pieces) > 1:
            what = "marks that go over several segments, written in each of them"
            self._losses.note("crossing", what, f"{name}: “{mark.quote[:40]}”", is_whole=True)
        for number, ranges in pieces.items():
            yield number, PlacedMark(mark, tuple(ranges), self._source_pieces(mark, self.pairs[number]))

    def _source_pieces(self, mark: Annotation, pair: WrittenPair) -> tuple[Range, ...]:
        if not mark.evidence or self.reference is None:
            return ()
        first, last = pair.source_range
        found = {
            Range(max(first, piece.start) - first, min(last, piece.end) - first)
            for evidence in mark.evidence
            if evidence.document == self.reference.uid
            for piece in evidence.fragments
            if piece.start <= last and piece.end >= first
        }
        return tuple(sorted(each for each in found if each.start < each.end))


def _source_range(segment: Mapping[str, Any], lines: Sequence[Range], length: int, *, is_only: bool) -> Range:
    place: Any = segment.get(SOURCE)
    items = cast("list[object]", place) if isinstance(place, list) else []
    if len(items) == 2 and all(type(each) is int for each in items):  # noqa: PLR2004  first line and how many
        first, count = cast("list[int]", items)
        if count > 0 and first >= 0 and first + count <= len(lines):
            return Range(lines[first].start, lines[first + count - 1].end)
    return Range(0, length) if is_only else Range(0, 0)


def row_names(pair: WrittenPair) -> Mapping[str, Any]:
    """Return what is kept of the judgements of a segment, by annotator."""
    found = pair.kept.get(ROWS)
    return cast("Mapping[str, Any]", found) if isinstance(found, dict) else {}


def kept_row(pair: WrittenPair, annotator: str, format: str) -> Mapping[str, Any]:
    """Return what is kept of an annotator's judgement of a segment for a format."""
    return kept_of(kept_of(row_names(pair), annotator), format)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
