"""Makes documents of the rows of a data set."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import msgspec

from app.core.decode_faults import DECODE_FAULTS
from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.foreign_document import ForeignDocument
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
from app.exchange.formats.brat.work import BratWork
from app.exchange.formats.conll.tags import TagScheme, chunks, scheme_of
from app.exchange.formats.huggingface.features import ClassNames
from app.exchange.formats.huggingface.layout import LABELS, LOCATIONS, DataLayout, Form, span_of, tag_of, tags_of_row
from app.exchange.formats.huggingface.rows import DataRow, structs
from app.exchange.kept_fields import metadata_of
from app.exchange.offset_units import GivenRange, Ruler, Unit
from app.exchange.record_names import DistinctNames, name_from_text
from app.exchange.token_text import TokenText

OWN = "huggingface"
ANNOTATOR, META, SPLIT, NAME = "annotator", "meta", "split", "file_name"
LENGTHS, LISTS, TAG_SCHEME = "lengths", "lists", "scheme"
"""What is kept of a row of tokens: their lengths, other columns with a value for each, and how tags are spelt."""

RELATIONS, EQUIVALENCES, EVENTS = "relations", "equivalence_relations", "events"
ATTRIBUTIONS, NORMALIZATIONS, NOTES = "attributions", "normalizations", "notes"
_BRAT = (RELATIONS, EQUIVALENCES, EVENTS, ATTRIBUTIONS, NORMALIZATIONS, NOTES)
_NAMES = (NAME, "name", "filename")


class RowDocuments:
    """Makes the documents of a file. `split` is that of its rows, "" if nothing tells it."""

    def __init__(
        self,
        path: Path,
        layout: DataLayout,
        names: ClassNames,
        split: str,
        options: ReadOptions,
        distinct: DistinctNames,
    ) -> None:
        self._path = path
        self._layout = layout
        self._names = names
        self._split = split
        self._options = options
        self._distinct = distinct
        self._columns = dict(options.columns)

    def ranges(self, row: Mapping[str, Any]) -> Iterator[GivenRange]:
        """Yield the ranges of a row, from which the unit of the offsets is found. Raises FormatError."""
        text = row.get(self._layout.text)
        if not isinstance(text, str) or (text.isascii() and "\r" not in text):
            return
        for number, span in enumerate(structs(row.get(self._layout.marks), self._layout.marks)):
            where = f"{self._layout.marks}[{number}]"
            if self._layout.form is Form.BRAT:
                found = _span(span, where)
                if len(found.ranges) == 1:
                    yield GivenRange(text, *found.ranges[0], found.words)
            else:
                given = span_of(span, where, self._names)
                yield GivenRange(text, given.start, given.end, given.words)

    def document(self, row: DataRow, unit: Unit) -> DocumentRecord:
        """Return the document of a row. Raises FormatError."""
        rest = dict(row.values)
        given, marks = rest.pop(self._layout.text, None), rest.pop(self._layout.marks, None)
        own: dict[str, Any] = {}
        ranges: list[tuple[int, int]] = []
        if self._layout.form is Form.TOKENS:
            joined = self._joined(given)
            text, ranges = joined.text, joined.ranges
            own = {"tokens": True, **({LENGTHS: joined.lengths} if joined.lengths is not None else {})}
            own |= self._lists(rest, len(ranges))
        elif isinstance(given, str):
            text = given
        else:
            raise FormatError(f"there is no text under “{self._layout.text[:40]}”", hint="fix the row")
        annotator = self._taken(rest, ANNOTATOR, (ANNOTATOR,))
        brat = {key: structs(rest.pop(key, None), key) for key in _BRAT} if self._layout.form is Form.BRAT else {}
        labels = {column: rest.pop(column) for column in self._label_columns(rest)}
        name = self._taken(rest, "name", _NAMES)
        made = self._made(text, name, annotator, rest, own)
        match self._layout.form:
            case Form.TOKENS:
                self._tag(made, annotator, marks, ranges)
            case Form.BRAT:
                self._brat(made, annotator, [(row.number, line) for line in _lines(marks, brat)], unit)
            case Form.RANGES:
                self._span(made, annotator, marks, unit)
            case Form.TEXT:
                pass
        self._label(made, annotator, labels)
        if annotator or self._options.finished:
            made.work(annotator or None)
        return made.record()

    def _made(self, text: str, name: str, annotator: str, rest: dict[str, Any], own: dict[str, Any]) -> ForeignDocument:
        id = rest.get(self._columns.get("id", "id"))
        shown = name or name_from_text(text, str(id) if isinstance(id, str | int) and not isinstance(id, bool) else "")
        if not annotator:
            shown = self._distinct.of(shown, text)
        meta = metadata_of(_with_nested(rest), self._options.report)
        if self._split:
            meta[SPLIT] = self._split
        for ours in ("title", "language"):
            theirs = self._columns.get(ours)
            if theirs in meta:
                meta[ours] = meta.pop(theirs)
        return ForeignDocument(text, name=shown, options=self._options, meta=meta, extra={OWN: own} if own else {})

    def _taken(self, rest: dict[str, Any], ours: str, usual: tuple[str, ...]) -> str:
        """Take a name out of a row: from the column that a person named, else from one that is called so."""
        for column in (self._columns[ours],) if ours in self._columns else usual:
            value = rest.get(column)
            if isinstance(value, str) and value.strip() and value.isprintable():
                return str(rest.pop(column)).strip()
        return ""

    def _joined(self, given: object) -> TokenText:
        items = cast("list[object]", given) if isinstance(given, list) else None
        tokens = [each for each in items or [] if isinstance(each, str)]
        if items is None or len(tokens) < len(items):
            raise FormatError(f"“{self._layout.text[:40]}” must be a list of texts", hint="fix the row")
        joined = TokenText.joined(tokens)
        what = "texts joined from tokens; the file doesn't say where there were blanks"
        self._options.report.note("joined", what, name_from_text(joined.text))
        return joined

    def _lists(self, rest: dict[str, Any], tokens: int) -> dict[str, Any]:
        """Take the other columns with a value for each token out of a row, such as parts of speech."""
        found: dict[str, list[Any]] = {}
        for column, value in list(rest.items()):
            items = cast("list[Any]", value) if isinstance(value, list) else []
            if tokens and len(items) == tokens and column not in LABELS:
                names = self._names.get(column)
                found[column] = [tag_of(each, column, self._names) for each in items] if names else items
                del rest[column]
        return {LISTS: found} if found else {}

    def _tag(self, made: ForeignDocument, annotator: str, given: object, ranges: list[tuple[int, int]]) -> None:
        column = self._layout.marks
        tags = tags_of_row(given, len(ranges), column, self._names)
        scheme = scheme_of([tags])
        if scheme is not TagScheme.IOB2:
            made.extra[OWN][TAG_SCHEME] = str(scheme)
        for chunk in chunks(tags):
            start, end = ranges[chunk.first][0], ranges[chunk.end - 1][1]
            if start < end:
                made.work(annotator or None).mark(f"{start} {end}", chunk.type, [(start, end)])

    def _brat(self, made: ForeignDocument, annotator: str, lines: list[tuple[int, BratLine]], unit: Unit) -> None:
        if lines:
            work = made.work(annotator or None)
            BratWork(Ruler(made.text, unit), self._options, self._path, layer="").put(work, lines)

    def _span(self, made: ForeignDocument, annotator: str, given: object, unit: Unit) -> None:
        ruler = Ruler(made.text, unit)
        for number, span in enumerate(structs(given, self._layout.marks)):
            where = f"{self._layout.marks}[{number}]"
            found = span_of(span, where, self._names)
            try:
                pair = ruler.range(found.start, found.end)
            except ValueError as error:
                raise FormatError(f"{where}: {error}", hint="fix the offsets") from error
            key = f"{pair[0]} {pair[1]} {found.label}"
            work = made.work(annotator or None)
            if not work.has(key):
                work.mark(key, found.label, [pair], words=found.words, attributes=found.rest)

    def _label_columns(self, rest: Mapping[str, Any]) -> list[str]:
        """Return the columns with labels of the whole: those that a person or the features name, and those that are
        called like a layer of the scheme about documents.
        """
        named = self._columns.get("label")
        labels = self._options.labels
        found = [each for each in rest if labels is not None and labels.is_about_document(each)]
        wanted = [*([named] if named else []), *self._layout.labels, *found]
        return list(dict.fromkeys(each for each in wanted if each in rest))

    def _label(self, made: ForeignDocument, annotator: str, given: Mapping[str, Any]) -> None:
        for column, value in given.items():
            items = cast("list[object]", value) if isinstance(value, list) else [value]
            layer = "" if column in LABELS else column
            for item in items:
                if item is None or item == -1:
                    continue  # test sets have it for labels that are hidden
                label = tag_of(item, column, self._names)
                work = made.work(annotator or None)
                if label.strip() and not work.has(key := f"label {column} {label}"):
                    work.about_document(key, label, layer=layer)


def _with_nested(rest: Mapping[str, Any]) -> dict[str, Any]:
    """Return columns as metadata, with those that are written together as one text of JSON beside the others."""
    found = dict(rest)
    text = found.get(META)
    if isinstance(text, str) and text.startswith("{"):
        try:
            nested = msgspec.json.decode(text)
        except DECODE_FAULTS:
            return found
        if isinstance(nested, dict) and not set(cast("dict[str, Any]", nested)) & (set(found) - {META}):
            del found[META]
            found.update(cast("dict[str, Any]", nested))
    return found


def _text(value: Mapping[str, Any], key: str, where: str) -> str:
    found = value.get(key)
    if isinstance(found, str) and found:
        return found
    raise FormatError(f"{where} has no {key}", hint="fix the row")


def _span(span: Mapping[str, Any], where: str) -> Span:
    pairs: list[tuple[int, int]] = []
    for place in structs(span.get(LOCATIONS), f"{where}.{LOCATIONS}"):
        start, end = place.get("start"), place.get("end")
        if type(start) is not int or type(end) is not int:
            raise FormatError(f"{where}: start and end aren't whole numbers", hint="fix the row")
        pairs.append((start, end))
    words = span.get("text")
    id = _text(span, "id", where)
    return Span(id, _text(span, "type", where), tuple(pairs), words if isinstance(words, str) else "")


def _lines(spans: object, given: Mapping[str, list[dict[str, Any]]]) -> list[BratLine]:
    """Return what a row says, as brat's lines would. Raises FormatError."""
    found: list[BratLine] = [_span(each, f"spans[{at}]") for at, each in enumerate(structs(spans, "spans"))]
    for at, each in enumerate(given[RELATIONS]):
        where = f"{RELATIONS}[{at}]"
        ends = [_text(end, "target", where) for end in structs(each.get("arguments"), where)]
        if len(ends) != 2:  # noqa: PLR2004  a pair
            raise FormatError(f"{where} must have two arguments", hint="fix the row")
        found.append(BratRelation(_text(each, "id", where), _text(each, "type", where), *ends))
    for at, each in enumerate(given[EQUIVALENCES]):
        targets: Any = each.get("targets") or []
        members = tuple(str(target) for target in targets)
        found.append(Equivalence(f"*{at}", _text(each, "type", f"{EQUIVALENCES}[{at}]"), members))
    for at, each in enumerate(given[EVENTS]):
        where = f"{EVENTS}[{at}]"
        roles = tuple(
            (_text(role, "type", where), _text(role, "target", where)) for role in structs(each.get("arguments"), where)
        )
        found.append(
            BratEvent(_text(each, "id", where), _text(each, "type", where), _text(each, "trigger", where), roles)
        )
    found += _about(given)
    return found


def _about(given: Mapping[str, list[dict[str, Any]]]) -> Iterator[BratLine]:
    """Yield what is said of marks and relations."""
    for at, each in enumerate(given[ATTRIBUTIONS]):
        where, value = f"{ATTRIBUTIONS}[{at}]", each.get("value")
        said = str(value) if value not in (None, "") else None
        yield Mark(f"A{at}", _text(each, "type", where), _text(each, "target", where), said)
    for at, each in enumerate(given[NORMALIZATIONS]):
        where = f"{NORMALIZATIONS}[{at}]"
        resource, entity = str(each.get("resource_id") or ""), str(each.get("entity_id") or "")
        entry = f"{resource}:{entity}" if resource else entity
        title = str(each.get("entity") or each.get("text") or "")
        yield Normalization(f"N{at}", _text(each, "type", where), _text(each, "target", where), entry, title)
    for at, each in enumerate(given[NOTES]):
        where = f"{NOTES}[{at}]"
        yield Note(f"#{at}", _text(each, "type", where), _text(each, "target", where), str(each.get("note") or ""))
