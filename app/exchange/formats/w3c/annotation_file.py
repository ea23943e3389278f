"""Files of web annotations, or of what can be read as such.

A file holds the annotations of any number of documents, in any order. So it is read whole before the first document is
made; annotations are held as they stand in the file.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.core.wording import counted
from app.exchange.foreign_document import ForeignDocument
from app.exchange.format import ReadOptions
from app.exchange.formats.w3c.annotated_texts import AnnotatedTexts, FoundText
from app.exchange.formats.w3c.bodies import Bodies
from app.exchange.formats.w3c.places import TargetPlaces
from app.exchange.formats.w3c.targets import GivenTarget, targets_of
from app.exchange.formats.w3c.wire import (
    OWN,
    REPLYING,
    Json,
    id_of,
    many,
    motivations,
    word,
)
from app.exchange.formats.w3c.work import W3cWork
from app.exchange.formats.w3c.written_iris import is_of_document
from app.exchange.json_records import object_of, records
from app.exchange.offset_units import GivenRange, Unit, unit_of
from app.exchange.source import Source

UNITS = (Unit.CODE_POINTS, Unit.UTF16)
_INNER = ("items", "first", "@graph")
_DEEPEST_THREAD = 100
_encoder = msgspec.json.Encoder(order="deterministic")
_decoder = msgspec.json.Decoder(dict[str, Any])


class _Held(NamedTuple):
    """An annotation as JSON, with the line and byte of the record that it is in."""

    data: bytes
    line: int
    byte: int

    def annotation(self) -> Json:
        return _decoder.decode(self.data)


class AnnotationFile:
    """Reads one file. `annotations` yields the web annotations of each of its objects. Unless `trusts_positions`, a
    position counts only where the words are those that are quoted.
    """

    def __init__(
        self,
        source: Source,
        options: ReadOptions,
        annotations: Callable[[object], Iterator[Json]],
        *,
        trusts_positions: bool = True,
    ) -> None:
        self._source = source
        self._options = options
        self._annotations = annotations
        self._trusts_positions = trusts_positions
        self._texts = AnnotatedTexts(source, options)
        self._names: dict[str | None, tuple[str, ...]] = {}  # what documents are called, by address
        self._described: dict[str | None, tuple[str, Json]] = {}  # names and metadata
        self._groups: dict[str | None, list[_Held]] = {}
        self._links: list[tuple[_Held, list[str]]] = []
        self._replies: dict[str, list[_Held]] = {}  # by the id of what they answer
        self._where: dict[str, str | None] = {}  # by an annotation's id, the address of its document
        self._documents: dict[tuple[str, str], tuple[ForeignDocument, TargetPlaces]] = {}
        self._yielded: set[str] = set()
        self._unit = Unit.CODE_POINTS

    def records(self) -> Iterator[DocumentRecord]:
        """Yield the documents, each after what is evidence in it. What is wrong goes to `options.refuse`."""
        held = list(self._held())
        if not held:
            self._options.report.note("empty", "files without documents", str(self._source.path))
        ids = {id_of(each.annotation()) for each in held} - {""}
        for each in held:
            self._sort_in(each, ids)
        self._unit = self._found_unit()
        works: dict[str, W3cWork] = {}
        for address, group in self._groups.items():
            work = self._work(address, group, works)
            if work is not None:
                self._add(work, group)
        for each, ends in self._links:
            self._link(each, ends, works)
        for work in works.values():
            for reference in work.references:
                if reference.uid not in self._yielded:
                    self._yielded.add(reference.uid)
                    yield reference.record()
            self._yielded.add(work.made.uid)
            yield work.made.record()

    # -- what is in the file -------------------------------------------------------------------------------------------

    def _held(self) -> Iterator[_Held]:
        path = self._source.path
        for line in records(path):
            self._options.at(line.number, line.byte)
            try:
                found = list(self._annotations(object_of(line, path)))
            except FormatError as error:
                error.path, error.line = error.path or path, error.line or line.number
                self._options.refuse(error)
                continue
            for each in found:
                yield _Held(_encoder.encode(each), line.number, line.byte)

    def _sort_in(self, held: _Held, ids: set[str]) -> None:
        """Sort an annotation to the others of its document, to links or to replies."""
        annotation = held.annotation()
        targets = targets_of(annotation)
        linked = [each.id for each in targets if each.id in ids]
        if REPLYING in motivations(annotation) and (linked or all(each.is_whole for each in targets)):
            if not linked:
                self._refuse(FormatError("what the annotation answers isn't there", hint="remove it"), held)
            else:
                self._replies.setdefault(linked[0], []).append(held)  # the nearest one that is there
            return
        if targets and len(linked) == len(targets):
            linked += [id for each in many(annotation.get("body")) if (id := id_of(each)) in ids]
            if len(linked) == 1 and Bodies(annotation).said().comment:
                self._replies.setdefault(linked[0], []).append(held)
            else:
                self._links.append((held, linked))
            return
        main = next((each for each in targets if not each.is_evidence and each.id not in ids), None)
        if main is None:
            self._refuse(FormatError("the annotation has no target in a text", hint="add one"), held)
            return
        self._groups.setdefault(main.address, []).append(held)
        if id_of(annotation):
            self._where.setdefault(id_of(annotation), main.address)
        for each in targets:
            self._note_text(each, is_description=is_of_document(id_of(annotation)))

    def _note_text(self, target: GivenTarget, *, is_description: bool) -> None:
        """Note what a target says of its document: its name, and its text; of what Stet says of it, also metadata."""
        node = target.node
        names = [said for key in ("label", "title", "name") if (said := word(node.get(key)).strip())]
        text = node.get("value")
        if names and target.address not in self._names:
            self._names[target.address] = tuple(names)
        meta = {key: said for key in ("language", "title") if (said := word(node.get(key)))}
        if is_description and names:
            self._described[target.address] = names[0], meta
        if isinstance(text, str):
            name = names[0] if names else target.address or self._source.name
            self._texts.add(target.address, FoundText(name, text, meta))

    def _found_unit(self) -> Unit:
        """Return the unit of positions: the model says code points, programs in JavaScript count UTF-16 units."""
        if self._options.offsets is not None:
            return Unit(self._options.offsets)

        def claims() -> Iterator[GivenRange]:
            for address, group in self._groups.items():
                found = self._text(address)
                if found is not None and not found.text.isascii():
                    for each in group:
                        yield from _claims(each.annotation(), found.text)

        return unit_of(claims(), among=UNITS)

    def _text(self, address: str | None) -> FoundText | None:
        try:
            return self._found_text(address)
        except FormatError:
            return None  # said when its document is made

    def _found_text(self, address: str | None) -> FoundText | None:
        """Return the text at an address; if all annotations are of one, the only text there is does too."""
        found = self._texts.find(address, *self._names.get(address, ()))
        if found is not None and address in self._described:
            name, meta = self._described[address]
            return FoundText(name, found.text, {**found.meta, **meta})
        if found is None and address is not None and len(self._groups) == 1 and address in self._groups:
            return self._texts.find(None)
        return found

    # -- documents -----------------------------------------------------------------------------------------------------

    def _work(self, address: str | None, group: Sequence[_Held], works: dict[str, W3cWork]) -> W3cWork | None:
        """Return the document at an address, None if its text isn't there: then its annotations are refused."""
        try:
            found = self._found_text(address)
            if found is None:
                raise self._texts.missing(address, *self._names.get(address, ()))
            made, places = self._document(found, address)
        except FormatError as error:
            error.what = f"{error.what}: {counted(len(group), 'annotation')} left out"
            self._refuse(error, group[0])
            return None
        if made.uid not in works:
            works[made.uid] = W3cWork(made, places, self._find, self._options)
        return works[made.uid]

    def _document(self, found: FoundText, address: str | None) -> tuple[ForeignDocument, TargetPlaces]:
        key = (found.name, found.text)
        if key not in self._documents:
            own: Json = {"source": address} if address is not None else {"is_unnamed": True}
            made = ForeignDocument(
                found.text, name=found.name, options=self._options, meta=found.meta, extra={OWN: own}
            )
            report = self._options.report
            places = TargetPlaces(found.text, self._unit, report, found.name, trusts_positions=self._trusts_positions)
            self._documents[key] = made, places
        return self._documents[key]

    def _find(self, target: GivenTarget) -> tuple[ForeignDocument, TargetPlaces] | None:
        found = self._found_text(target.address)
        return self._document(found, target.address) if found is not None else None

    def _add(self, work: W3cWork, group: Sequence[_Held]) -> None:
        seen: dict[str, int] = {}
        for held in group:
            annotation = held.annotation()
            key = id_of(annotation) or f"#{hashlib.blake2b(held.data, digest_size=8).hexdigest()}"
            seen[key] = seen.get(key, 0) + 1
            key = key if seen[key] == 1 else f"{key} {seen[key]}"
            try:
                work.add(annotation, key, [each.annotation() for each in self._answers(id_of(annotation))])
            except FormatError as error:
                self._refuse(error, held)

    def _answers(self, id: str, depth: int = 0) -> Iterator[_Held]:
        """Yield the replies to an annotation, and those to them."""
        for each in self._replies.pop(id, []) if id and depth < _DEEPEST_THREAD else ():
            yield each
            yield from self._answers(id_of(each.annotation()), depth + 1)

    def _link(self, held: _Held, ends: Sequence[str], works: Mapping[str, W3cWork]) -> None:
        found = self._text(self._where.get(ends[0])) if ends[0] in self._where else None
        work = works.get(self._document(found, None)[0].uid) if found is not None else None
        if work is None:
            self._refuse(FormatError("what the annotation links isn't there", hint="remove it"), held)
            return
        try:
            work.relate(held.annotation(), ends)
        except FormatError as error:
            self._refuse(error, held)

    def _refuse(self, error: FormatError, held: _Held) -> None:
        id = id_of(held.annotation())
        error.what = f"annotation {id[:60]}: {error.what}" if id and "left out" not in error.what else error.what
        error.path, error.line = error.path or self._source.path, error.line or held.line
        error.record = held.data.decode()
        self._options.refuse(error)


def _claims(annotation: Mapping[str, Any], text: str) -> Iterator[GivenRange]:
    for each in targets_of(annotation):
        if len(each.positions) == 1 and each.quotes and not each.positions[0].is_bytes:
            yield GivenRange(text, each.positions[0].start, each.positions[0].end, each.quotes[0].exact)
