"""Errors as spans: objects with a start, an end, a severity and perhaps a category, as browsers' tools write them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, cast

from app.core.annotation import Annotation, Evidence
from app.core.errors import FormatError
from app.core.scheme import SEVERITY
from app.exchange.category_names import ERROR, ERROR_LAYER, OMISSION, CategoryNames
from app.exchange.foreign_document import ForeignDocument, ForeignWork
from app.exchange.formats.translation.bitexts import PlacedPair
from app.exchange.formats.translation.placed_marks import PlacedMark
from app.exchange.kept_fields import kept_of
from app.exchange.segments import Range

SPAN, AT, ORDER = "span", "at", "order"
_CATEGORY = "category"


def span_objects(value: object, where: str) -> list[Mapping[str, Any]]:
    """Return the spans in a list of JSON; None is an empty one. Raises FormatError, without its place."""
    if value is None:
        return []
    items = cast("list[object]", value) if isinstance(value, list) else [value]
    wrong = next((number for number, item in enumerate(items) if not isinstance(item, dict)), None)
    if wrong is not None:
        raise FormatError(f"{where}[{wrong}] isn't an object", hint="write spans as objects with a start and an end")
    return [cast("Mapping[str, Any]", item) for item in items]


class SpanMarks:
    """Adds the spans of one rater on one segment to their work. They are kept, and written again unless changed."""

    def __init__(
        self, work: ForeignWork, placed: PlacedPair[Any], format: str, reference: ForeignDocument | None = None
    ) -> None:
        self._work = work
        self._reference = reference
        self._placed = placed
        self._format = format
        self._seen: Counter[str] = Counter()
        self._count = 0

    def add(
        self,
        span: Mapping[str, Any],
        found: Range | None,
        category: str,
        *,
        source: Range | None = None,
        kept: Mapping[str, Any] = MappingProxyType({}),
    ) -> Annotation | None:
        """Add a span in a range of the segment, None for something that is missing, which may have a place in
        the `source`; return its mark.

        Without a category the label is `Error`, or an omission; `kept` is kept beside the span. Raises FormatError as
        `ForeignWork.mark` does.
        """
        at = self._placed.target
        length = at.end - at.start
        place = found or Range(length, length)
        severity = span.get(SEVERITY)
        key = f"{self._placed.pair.key}: {place.start}-{place.end} {category} {severity}"
        if source is not None:
            key += f" {source.start}-{source.end}"
        self._seen[key] += 1
        self._count += 1
        key = f"{key} {self._seen[key]}"
        return self._work.mark(
            key,
            category or (OMISSION if found is None else ERROR),
            [(at.start + place.start, at.start + place.end)],
            layer=ERROR_LAYER,
            attributes={SEVERITY: severity} if isinstance(severity, str) and severity else {},
            evidence=self._evidence(key, source),
            extra={self._format: {SPAN: dict(span), AT: list(place), ORDER: self._count, _CATEGORY: category, **kept}},
        )

    def _evidence(self, key: str, source: Range | None) -> list[Evidence]:
        at = self._placed.source
        if source is None or at is None or self._reference is None:
            return []
        return [self._work.evidence(key, self._reference, [(at.start + source.start, at.start + source.end)])]


class WrittenSpans:
    """Writes marks as spans of a format."""

    def __init__(self, names: CategoryNames, format: str) -> None:
        self._names = names
        self._format = format

    def kept(self, placed: PlacedMark) -> Mapping[str, Any] | None:
        """Return the span that a mark was read from, None if it says something else now."""
        kept = kept_of(placed.mark.extra, self._format)
        span = kept_of(kept, SPAN)
        is_here = len(placed.target) == 1 and list(placed.target[0]) == kept.get(AT)
        given = str(span.get(SEVERITY) or "")
        is_same = self._names.severity(placed.mark, given).casefold() == given.casefold()
        return span if span and is_here and is_same and self._is_category(placed.mark, kept) else None

    def severity(self, mark: Annotation) -> str:
        """Return the severity of a mark, "" without one."""
        return self._names.severity(mark, kept_of(kept_of(mark.extra, self._format), SPAN).get(SEVERITY))

    def category(self, mark: Annotation) -> str:
        """Return the category of a mark, "" if its label only says that it is an error or an omission."""
        name = self._names.of(mark, kept_of(mark.extra, self._format).get(_CATEGORY) or _usual(mark))
        return "" if name == _usual(mark) else name

    def in_order(self, marks: Sequence[PlacedMark]) -> list[PlacedMark]:
        """Return marks in the order that they had in the file, new ones last."""
        last = len(marks) + 1_000_000
        return sorted(marks, key=lambda each: int(kept_of(each.mark.extra, self._format).get(ORDER, last)))

    def _is_category(self, mark: Annotation, kept: Mapping[str, Any]) -> bool:
        given = kept.get(_CATEGORY)
        return isinstance(given, str) and self.category(mark) == given


def _usual(mark: Annotation) -> str:
    return OMISSION if mark.is_anchor else ERROR
