"""Pairs of segments, source and translation, collected from a file and made into documents.

What one system made of one document is a document of its own, with the source document as its reference. A file may
have these pairs in any order, and more than once.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from app.core.annotation import Status
from app.core.errors import FormatError
from app.exchange.foreign_document import ForeignDocument, ForeignWork
from app.exchange.format import ReadOptions
from app.exchange.option import FormatOption
from app.exchange.segments import LINES, SEGMENTS, Range, joined, line_ranges, lines_of

R = TypeVar("R")
OWN = "translation"
"""The key under which documents keep what all formats of translations share."""
ID = "id"
"""The key of what a file calls a segment."""
SYSTEM = "system"
DOCUMENT = "document"
SOURCE = "source"
"""The key of the lines of the source that a segment translates: the number of the first, from 0, and how many."""
ROWS = "rows"
"""The key of who judged a segment, with what else a file says of that."""
ONE_EACH = FormatOption(
    "segments",
    "Each segment is a document",
    help="Segments aren’t joined to the document that they are from, so that each rater’s work on one is finished.",
)


class SegmentPair(Generic[R]):
    """A segment and its translation by a system, with the `rows` that the file has on it, and what is `kept` of it."""

    def __init__(self, key: str, source: str | None, target: str) -> None:
        self.key = key
        self.source = source
        self.target = target
        self.rows: list[R] = []
        self.kept: dict[str, Any] = {}


class PlacedPair(NamedTuple, Generic[R]):
    """A pair, and where it is in the translation and in the source, None without one."""

    pair: SegmentPair[R]
    target: Range
    source: Range | None


class Translation(NamedTuple, Generic[R]):
    """A document as a system translated it, its source, and their pairs of segments."""

    document: ForeignDocument
    source: ForeignDocument | None
    pairs: Sequence[PlacedPair[R]]
    name: str
    system: str

    def keep(self, format: str, **more: Any) -> None:  # noqa: ANN401  values of JSON
        """Keep what a writer needs to write the same segments again; `more` is what only this format has."""
        kept: dict[str, Any] = {DOCUMENT: self.name, SYSTEM: self.system}
        if more:
            kept[format] = more
        lines = line_ranges(self.source.text) if self.source is not None else []
        numbers = {line.start: number for number, line in enumerate(lines)}
        kept[SEGMENTS] = [_kept(placed, numbers) for placed in self.pairs]
        self.document.extra[OWN] = kept


def _kept(placed: PlacedPair[Any], numbers: Mapping[int, int]) -> dict[str, Any]:
    pair = placed.pair
    found: dict[str, Any] = {ID: pair.key, **pair.kept}
    if lines_of(pair.target) > 1:
        found[LINES] = lines_of(pair.target)
    if placed.source is not None:
        found[SOURCE] = [numbers[placed.source.start], lines_of(pair.source or "")]
    return found


class Bitexts(Generic[R]):
    """Collects pairs. Those that a file has with another text are told apart: they become a further document."""

    def __init__(self) -> None:
        self._documents: dict[str, dict[str, list[dict[str, SegmentPair[R]]]]] = {}  # by document and system
        self._orders: dict[str, dict[str, int]] = {}  # by document: when a key was first seen

    def pair(self, document: str, system: str, key: str, source: str | None, target: str) -> SegmentPair[R]:
        """Return the pair with this key in a document (name) of a system, which is made if it isn't there."""
        variants = self._documents.setdefault(document, {}).setdefault(system, [])
        order = self._orders.setdefault(document, {})
        order.setdefault(key, len(order))
        for variant in variants:
            known = variant.get(key)
            if known is None:
                break
            if (known.source, known.target) == (source, target):
                return known
        else:
            variant = dict[str, SegmentPair[R]]()
            variants.append(variant)
        made = variant[key] = SegmentPair[R](key, source, target)
        return made

    def translations(self, options: ReadOptions, *, one_each: bool) -> Iterator[Translation[R] | ForeignDocument]:
        """Yield each document of each system, after its source. With `one_each` a segment is a document.

        What can't be a document goes to `options.refuse`.
        """
        for name, systems in self._documents.items():
            order = _order(self._orders[name])
            found = [
                (system, number, dict(sorted(variant.items(), key=lambda item: order(item[0]))))
                for system, variants in systems.items()
                for number, variant in enumerate(variants, 1)
            ]
            if not one_each:
                yield from _Documents(name, found, order, options).made()
                continue
            for key in sorted(self._orders[name], key=order):
                single = [(system, number, {key: each[key]}) for system, number, each in found if key in each]
                yield from _Documents(name, single, order, options, segment=f"/{key}").made()


def _order(seen: Mapping[str, int]) -> Callable[[str], int]:
    if all(key.isascii() and key.isdecimal() and len(key) < 10 for key in seen):  # noqa: PLR2004  digits
        return int
    return lambda key: seen[key]


class _Documents(Generic[R]):
    """Makes the documents of one source document."""

    def __init__(
        self,
        name: str,
        found: Sequence[tuple[str, int, dict[str, SegmentPair[R]]]],
        order: Callable[[str], int],
        options: ReadOptions,
        segment: str = "",
    ) -> None:
        self._name = name
        self._segment = segment
        self._found = found
        self._order = order
        self._options = options

    def made(self) -> Iterator[Translation[R] | ForeignDocument]:
        sources = self._sources()
        documents: dict[int, tuple[ForeignDocument, dict[str, Range]]] = {}
        for (system, number, pairs), at in zip(self._found, sources, strict=True):
            try:
                if at is not None and id(at) not in documents:
                    count = len(documents) + 1
                    documents[id(at)] = self._source(at, "" if count == 1 else f" ({count})")
                    yield documents[id(at)][0]
                yield self._translation(system, number, pairs, documents[id(at)] if at is not None else None)
            except FormatError as error:
                self._options.refuse(error)

    def _sources(self) -> list[dict[str, str] | None]:
        """Return the texts of the source by key, for each system: one for all, unless they differ."""
        variants: list[dict[str, str]] = []
        found: list[dict[str, str] | None] = []
        for _, _, pairs in self._found:
            texts = {key: pair.source for key, pair in pairs.items() if pair.source is not None}
            if not any(text.strip() for text in texts.values()):
                found.append(None)
                continue
            fitting = (each for each in variants if all(each.get(key, text) == text for key, text in texts.items()))
            variant = next(fitting, None)
            if variant is None:
                variant = dict[str, str]()
                variants.append(variant)
            variant.update(texts)
            found.append(variant)
        return found

    def _source(self, texts: Mapping[str, str], number: str) -> tuple[ForeignDocument, dict[str, Range]]:
        keys = sorted(texts, key=self._order)
        text, ranges = joined([texts[key] for key in keys])
        meta = {DOCUMENT: self._name}
        made = ForeignDocument(
            text, name=f"{self._name}{self._segment}/source{number}", options=self._options, meta=meta
        )
        return made, dict(zip(keys, ranges, strict=True))

    def _translation(
        self,
        system: str,
        number: int,
        pairs: Mapping[str, SegmentPair[R]],
        source: tuple[ForeignDocument, dict[str, Range]] | None,
    ) -> Translation[R]:
        text, ranges = joined([pair.target for pair in pairs.values()])
        numbered = "" if number == 1 else f" ({number})"
        made = ForeignDocument(
            text,
            name=f"{self._name}{self._segment}/{system}{numbered}",
            options=self._options,
            meta={DOCUMENT: self._name, SYSTEM: system},
        )
        if number > 1:
            what = "segments that a system translated in two ways, in a document of their own"
            self._options.report.note("variant", what, made.document.name, count=len(pairs))
        if source is not None:
            made.refer_to(source[0])
        placed = [
            PlacedPair(pair, at, source[1].get(pair.key) if source is not None and pair.source is not None else None)
            for pair, at in zip(pairs.values(), ranges, strict=True)
        ]
        return Translation(made, source[0] if source is not None else None, placed, self._name, system)


class Raters:
    """Who judged which segments of a translation. Work is done if all of them were judged."""

    def __init__(self, translation: Translation[Any], format: str, options: ReadOptions) -> None:
        self._translation = translation
        self._format = format
        self._options = options
        self._judged: dict[str, tuple[ForeignWork, set[int]]] = {}

    def work(self, rater: str | None, pair: int) -> ForeignWork:
        """Return the work of a rater, who judged the segment with this number. Raises FormatError as `work` does."""
        work = self._translation.document.work(rater)
        known = self._judged.setdefault(work.annotator, (work, set()))
        if pair not in known[1]:
            known[1].add(pair)
            rows: dict[str, Any] = self._translation.pairs[pair].pair.kept.setdefault(ROWS, {})
            rows.setdefault(work.annotator, {})
        return work

    def keep(self, rater: str, pair: int, **said: Any) -> None:  # noqa: ANN401  values of JSON
        """Keep what a file of the format says of a rater's judgement of a segment, beside its marks."""
        rows: dict[str, dict[str, Any]] = self._translation.pairs[pair].pair.kept.setdefault(ROWS, {})
        rows.setdefault(rater, {}).setdefault(self._format, {}).update(said)

    def has(self, rater: str) -> bool:
        """Whether somebody judged a segment."""
        return rater in self._judged

    def settle(self) -> None:
        """Say of each rater's work whether it is done."""
        everything = len(self._translation.pairs)
        for name, (work, judged) in self._judged.items():
            work.status = Status.DONE if len(judged) == everything else Status.OPEN
            if len(judged) < everything:
                what = (
                    "raters who judged some segments of a document only, whose work stays open; "
                    "with the option segments=yes each segment is a document"
                )
                shown = f"{self._translation.document.document.name}: {name}, {len(judged)} of {everything}"
                self._options.report.note("partial", what, shown)
