"""Puts what brat's lines say into an annotator's work."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, cast

from app.core.errors import FormatError
from app.exchange.foreign_document import ForeignWork
from app.exchange.format import ReadOptions
from app.exchange.formats.brat.standoff import (
    BratEvent,
    BratLine,
    BratRelation,
    Equivalence,
    Mark,
    Normalization,
    Note,
    Span,
)
from app.exchange.offset_units import Ruler
from app.exchange.provenance import ANSWER, SUGGESTED_BY

COMMENT = "AnnotatorNotes"
CORRECTION = "Correction"
OWN = "brat"


class BratWork:
    """Collects the lines on one text, which may name what comes later. `path` is the file that errors name; `layer` is
    that of spans.
    """

    def __init__(self, ruler: Ruler, options: ReadOptions, path: Path, *, layer: str = "entity") -> None:
        self._ruler = ruler
        self._options = options
        self._path = path
        self._layer = layer
        self._events: dict[str, BratEvent] = {}
        self._fields: dict[str, dict[str, Any]] = {}  # by what they are of
        self._comments: dict[str, list[str]] = {}
        self._corrections: dict[str, str] = {}
        self._kept: dict[str, list[list[str]]] = {}  # notes of other kinds, by what they are on

    def put(self, work: ForeignWork, lines: Sequence[tuple[int, BratLine]]) -> None:
        """Add marks and relations of lines, given with their numbers; invalid ones go to `options.refuse`."""
        for _, line in lines:
            self._collect(line)
        spans = {line.id: (number, line) for number, line in lines if isinstance(line, Span)}
        triggers = {event.trigger for event in self._events.values()}
        for id, (number, span) in spans.items():
            if id not in triggers:
                self._guarded(number, self._mark, work, id, span, self._layer)
        numbers = {line.id: number for number, line in lines}
        for event in self._events.values():
            self._guarded(numbers[event.id], self._event, work, event, spans)
        for number, line in lines:
            if isinstance(line, BratEvent | BratRelation | Equivalence):
                self._guarded(number, self._relate, work, line)

    def _collect(self, line: BratLine) -> None:
        """Note what a line says of another annotation."""
        match line:
            case BratEvent():
                self._events[line.id] = line
            case Mark():
                self._add_field(line.of, line.name, True if line.value is None else line.value)
            case Normalization():
                self._add_field(line.of, line.name, {"id": _entry(line), "title": line.title})
            case Note(kind=kind) if kind == COMMENT:
                self._comments.setdefault(line.of, []).append(line.text)
            case Note(kind=kind) if kind == CORRECTION:
                self._corrections[line.of] = line.text
            case Note():
                self._kept.setdefault(line.of, []).append([line.kind, line.text])
            case _:
                pass

    def _add_field(self, of: str, name: str, value: object) -> None:
        fields = self._fields.setdefault(of, {})
        if name not in fields:
            fields[name] = value
            return
        held = fields[name]
        fields[name] = [*cast("list[object]", held), value] if isinstance(held, list) else [held, value]

    def _guarded(self, number: int, do: Any, *what: object) -> None:  # noqa: ANN401  any of this class's methods
        try:
            do(*what)
        except FormatError as error:
            error.path, error.line = self._path, number
            self._options.refuse(error)

    def _mark(self, work: ForeignWork, id: str, span: Span, layer: str, event: BratEvent | None = None) -> None:
        try:
            ranges = [self._ruler.range(*pair) for pair in span.ranges]
        except ValueError as error:
            raise FormatError(f"{span.id}: {error}", hint="fix the offsets") from error
        label = event.type if event else span.type
        self._take_noted_fields(id, layer, label)
        # What only brat has, so that the file can be written again as it was.
        own: dict[str, Any] = {"notes": notes} if (notes := self._kept.get(id)) else {}
        if event is not None:
            own["trigger"] = event.trigger
        fields = {**(self._fields.get(span.id, {}) if event else {}), **self._fields.get(id, {})}
        comments = [*(self._comments.get(span.id, []) if event else []), *self._comments.get(id, [])]
        work.mark(
            id,
            label,
            _apart(ranges),
            layer=layer,
            words=span.words,
            attributes=fields,
            correction=self._corrections.get(id),
            comment="\n".join(comments),
            extra={OWN: own} if own else {},
        )

    def _take_noted_fields(self, id: str, layer: str, label: str) -> None:
        """Take notes that are named after a field for its values: brat has no other place for numbers and texts."""
        labels = self._options.labels
        if labels is None:
            return
        rest: list[list[str]] = []
        for kind, text in self._kept.get(id, []):
            if kind in (SUGGESTED_BY, ANSWER) or labels.has_field(layer, label, kind):
                self._add_field(id, kind, text)
            else:
                rest.append([kind, text])
        self._kept[id] = rest

    def _event(self, work: ForeignWork, event: BratEvent, spans: dict[str, tuple[int, Span]]) -> None:
        if event.trigger not in spans:
            raise FormatError(
                f"{event.id}: its trigger {event.trigger} isn't there", hint="add it, or remove the event"
            )
        # Two events may have one trigger: each is a mark of its own.
        self._mark(work, event.id, spans[event.trigger][1], "event", event)

    def _relate(self, work: ForeignWork, line: BratEvent | BratRelation | Equivalence) -> None:
        match line:
            case BratEvent():
                for number, (role, end) in enumerate(line.roles):
                    work.relate(f"{line.id} {number}", role, line.id, self._end(work, end))
            case BratRelation():
                for kind, text in self._kept.pop(line.id, []):
                    self._add_field(line.id, kind, text)
                source = self._end(work, line.source)
                made = work.relate(
                    line.id,
                    line.type,
                    source,
                    self._end(work, line.target),
                    attributes=self._fields.get(line.id, {}),
                    comment="\n".join(self._comments.get(line.id, [])),
                )
                if made is not None and source in self._events:
                    own = work.get(source).extra[OWN]
                    own.setdefault("relations", []).append(made.uid)  # the others from here are roles of the event
            case Equivalence():
                ends = [self._end(work, member) for member in line.members]
                for one, other in zip(ends, ends[1:], strict=False):
                    work.relate(f"* {one} {other}", line.type, one, other)

    def _end(self, work: ForeignWork, id: str) -> str:
        """Return the key of the mark that an end is; a trigger stands for the first of its events."""
        if work.has(id):
            return id
        return next((event.id for event in self._events.values() if event.trigger == id), id)


def _entry(line: Normalization) -> str:
    """Return the id of an entry, without a resource that is only the field's name again."""
    resource, colon, id = line.entry.partition(":")
    return id if colon and resource == line.name else line.entry


def _apart(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    return sorted(set(ranges))
