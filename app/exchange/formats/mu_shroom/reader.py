"""Reads Mu-SHROOM's JSONL: with everyone's marks, or with hard and soft labels only."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from app.core.annotation import Status
from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.core.soft_labels import likely
from app.exchange.category_names import ERROR_LAYER
from app.exchange.foreign_document import ForeignDocument, ForeignWork
from app.exchange.format import Claim, Reader, ReadOptions
from app.exchange.formats.mu_shroom.wire import (
    HARD,
    LABEL,
    LANG,
    LANGUAGE,
    OWN,
    PEOPLE,
    SHORT,
    SOFT,
    TEXT,
    KeptRecord,
    KeptSpan,
    MuShroomRecord,
    SoftLabel,
    Span,
    digest,
    parsed,
)
from app.exchange.json_records import first_objects, object_of, placed, records
from app.exchange.kept_fields import metadata_of, to_keep
from app.exchange.offset_units import Ruler, Unit
from app.exchange.option import FormatOption
from app.exchange.record_names import DistinctNames, name_from_text
from app.exchange.source import Source

SOFT_MAKER = "soft labels"
SUGGEST = FormatOption(
    "suggest",
    "Soft labels become suggestions",
    default=True,
    help="Where a file doesn’t have everyone’s marks, its soft labels become suggestions with their share as score.",
)


class MuShroomReader(Reader):
    """Reads a document from each output. If a record has everyone's marks, each annotator's are theirs; else the hard
    labels are those of the annotator who was named for the import.
    """

    suffixes = (".jsonl", ".json", ".ndjson")
    options = (SUGGEST,)

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take objects with an output of a model and labels, or its language."""
        for each in first_objects(path, head):
            if isinstance(each.get(TEXT), str):
                found = next((key for key in (SOFT, HARD, PEOPLE, LANG) if key in each), None)
                return Claim(f"its records have “{TEXT}” and “{found}”") if found is not None else None
        return None

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the documents. Invalid records go to `options.refuse`."""
        path, names, is_empty = source.path, DistinctNames(), True
        for line in records(path):
            is_empty = False
            options.at(line.number, line.byte)
            try:
                made = _Document(parsed(object_of(line, path)), names, options).record()
            except FormatError as error:
                options.refuse(placed(error, line, path))
            else:
                yield made
        if is_empty:
            options.report.note("empty", "files without documents", str(path))


class _Document:
    """Builds the record of one output."""

    def __init__(self, given: MuShroomRecord, names: DistinctNames, options: ReadOptions) -> None:
        self._given = given
        self._options = options
        meta = dict(given.meta)
        if given.lang and LANGUAGE not in meta:
            meta[LANGUAGE] = given.lang.lower()
        name = given.name or name_from_text(given.text, "" if given.id is None else str(given.id))
        self._made = ForeignDocument(
            given.text,
            name=names.of(name, given.text),
            options=options,
            meta=metadata_of(meta, options.report),
        )
        self._ruler = Ruler(given.text, Unit(options.offsets or Unit.CODE_POINTS))
        self._length = self._ruler.given(len(given.text))

    def record(self) -> DocumentRecord:
        given = self._given
        spans: dict[str, list[Span]] = {}
        if given.people is not None:
            for name, ranges in given.people.items():
                spans[name] = self._mark(self._made.work(name), ranges)
        elif given.hard is not None or given.soft is not None:
            soft = [(each.start, each.end, each.share) for each in given.soft or ()]
            spans[""] = self._mark(self._made.work(), likely(soft) if given.hard is None else given.hard)
            self._suggest(given.soft or ())
        kept = KeptRecord(
            id=given.id,
            lang=given.lang,
            text=self._made.document.sha256[:SHORT],
            marks=digest(spans),
            has_people=given.people is not None,
            hard=None if given.hard is None else [self._converted(*each) for each in given.hard],
            soft=None if given.soft is None else [self._converted_soft(each) for each in given.soft],
            tokens=given.tokens,
        )
        self._made.extra[OWN] = to_keep(kept)
        return self._made.record()

    def _mark(self, work: ForeignWork, ranges: Iterable[Span]) -> list[Span]:
        """Add marks; return where they are in the file, in code points. Whoever has none has looked, too."""
        work.status = Status.DONE
        seen: Counter[Span] = Counter()
        found: list[Span] = []
        for start, end in ranges:
            seen[start, end] += 1
            key = f"{start}-{end}" if seen[start, end] == 1 else f"{start}-{end} ({seen[start, end]})"
            pair = self._within(start, end)
            beyond = self._converted(start, end)[1]
            made = work.mark(key, LABEL, [pair], layer=ERROR_LAYER)
            if made is not None:
                made.extra[OWN] = to_keep(KeptSpan(end=beyond if beyond != pair[1] else None))
                found.append((pair[0], beyond))
        return found

    def _within(self, start: int, end: int) -> Span:
        """Return a range as code points; one that ends behind the text ends with it, which is noted."""
        if start <= self._length < end:
            what = "marks that end behind the text, cut to it (if the file counts otherwise, say so with --offsets)"
            self._options.report.note("behind", what, f"{self._made.document.name}: {start}-{end}")
            end = self._length
        return self._range(start, end)

    def _range(self, start: int, end: int) -> Span:
        try:
            return self._ruler.range(start, end)
        except ValueError as error:
            raise FormatError(f"{LABEL}: {error}", hint="fix the offsets") from error

    def _converted(self, start: int, end: int) -> Span:
        """Return a range of the file in code points, where it may end behind the text."""
        found = self._range(start, min(end, self._length))
        return found[0], found[1] + max(0, end - self._length)

    def _converted_soft(self, label: SoftLabel) -> dict[str, object]:
        start, end = self._converted(label.start, label.end)
        return {**label.given, "start": start, "end": end}

    def _suggest(self, soft: Iterable[SoftLabel]) -> None:
        if not self._options.own.get(SUGGEST.name, SUGGEST.default):
            return
        work = self._made.suggested(SOFT_MAKER)
        seen: Counter[Span] = Counter()
        for label in soft:
            span = self._within(label.start, label.end)
            seen[span] += 1
            made = work.mark(f"{span[0]}-{span[1]} {seen[span]}", LABEL, [span], layer=ERROR_LAYER)
            if made is not None:
                work.scores[made.uid] = label.share
