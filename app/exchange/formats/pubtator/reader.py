"""Reads PubTator's format."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from app.core.annotation import Status
from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.foreign_document import ForeignDocument, ForeignWork
from app.exchange.format import Claim, Reader, ReadOptions
from app.exchange.formats.pubtator.lines import HEAD, PubtatorDocument, PubtatorSpan, PubtatorTie, documents
from app.exchange.offset_units import GivenRange, Ruler, Unit, unit_of
from app.exchange.record_names import DistinctNames
from app.exchange.source import Source

OWN = "pubtator"
CONCEPT = "identifier"
"""The field with a mention's concept."""

NOVELTY, VALUE = "novelty", "value"
"""The field of a relation with what BioRED says in a fifth column, or with anything else that is there."""

NO_CONCEPT = ("", "-", "-1")
_NOVELTIES = ("Novel", "No")
_SEVERAL = re.compile(r"[|;,]")


class PubtatorReader(Reader):
    """Reads title, abstract, mentions and relations. A relation, which is between concepts, becomes one between two
    mentions of theirs.
    """

    suffixes = (".pubtator", ".txt")

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take what begins with a title or an abstract after an id."""
        text = head.decode("utf-8-sig", "ignore").lstrip()
        found = HEAD.fullmatch(text.partition("\n")[0])
        if found is not None and found[2] in ("t", "a"):
            return Claim(f"its first line begins with “{found[1][:20]}|{found[2]}|”")
        return None

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the documents. Invalid lines go to `options.refuse`; the rest of their document is read."""
        unit = _unit(source.path, options)
        names = DistinctNames()
        seen_any = False
        for found in documents(source.path):
            seen_any = True
            options.at(found.line, found.byte)
            for error in found.errors:
                options.refuse(error)
            try:
                yield _Document(found, names, unit, options, source.path).record()
            except FormatError as error:
                error.path, error.line = error.path or source.path, error.line or found.line
                options.refuse(error)
        if not seen_any:
            options.report.note("empty", "files without documents", str(source.path))


def _unit(path: Path, options: ReadOptions) -> Unit:
    """Return the unit of the offsets: code points, but programs in Java write such files too."""
    if options.offsets is not None:
        return Unit(options.offsets)

    def claims() -> Iterator[GivenRange]:
        for found in documents(path):
            text = found.text
            if not text.isascii():
                yield from (GivenRange(text, span.start, span.end, span.words) for span in found.spans)

    return unit_of(claims())


class _Document:
    """Builds the record of one document."""

    def __init__(
        self, found: PubtatorDocument, names: DistinctNames, unit: Unit, options: ReadOptions, path: Path
    ) -> None:
        text = found.text
        self._found = found
        self._ruler = Ruler(text, unit)
        self._options = options
        self._path = path
        kinds, title = [kind for kind, _ in found.parts], found.parts[0][1].strip()
        meta = {"title": title} if kinds[:1] == ["t"] and len(kinds) > 1 and title else {}
        # Lengths tell where the parts are when the file is written again.
        self._own: dict[str, Any] = {"parts": [[kind, len(part)] for kind, part in found.parts]}
        name = names.of(found.id, text)
        if name != found.id:
            self._own["id"] = found.id
        self._made = ForeignDocument(text, name=name, options=options, meta=meta, extra={OWN: self._own})
        self._seen: Counter[str] = Counter()

    def record(self) -> DocumentRecord:
        found = self._found
        if found.spans or found.ties or self._options.finished:
            work = self._made.work()
            if not found.spans:
                work.status = Status.DONE_EMPTY if self._options.finished else Status.OPEN
            concepts: dict[str, list[str]] = {}
            for span in found.spans:
                self._guarded(span, lambda span=span: self._mark(work, span, concepts))
            ties = [self._relate(work, tie, concepts) for tie in found.ties]
            if ties:
                self._own["relations"] = ties
        return self._made.record()

    def _guarded(self, line: PubtatorSpan, do: Callable[[], None]) -> None:
        try:
            do()
        except FormatError as error:
            error.path, error.line = self._path, line.line
            cells = (self._found.id, str(line.start), str(line.end), line.words, line.type, *line.more)
            error.record = "\t".join(cells)
            self._options.refuse(error)

    def _mark(self, work: ForeignWork, span: PubtatorSpan, concepts: dict[str, list[str]]) -> None:
        try:
            pair = self._ruler.range(span.start, span.end)
        except ValueError as error:
            raise FormatError(f"“{span.words[:40]}”: {error}", hint="fix the offsets") from error
        concept = span.more[0].strip() if span.more else ""
        plain = f"{span.start}-{span.end} {span.type} {concept}"
        self._seen[plain] += 1
        key = f"{plain} {self._seen[plain]}"
        own: dict[str, Any] = {"more": list(span.more[1:])} if len(span.more) > 1 else {}
        if concept in NO_CONCEPT:
            own["concept"] = concept if span.more else None
        fields = {CONCEPT: {"id": concept, "title": ""}} if concept not in NO_CONCEPT else {}
        work.mark(key, span.type, [pair], words=span.words, attributes=fields, extra={OWN: own} if own else None)
        if fields:
            for name in dict.fromkeys((concept, *(part.strip() for part in _SEVERAL.split(concept)))):
                concepts.setdefault(name, []).append(key)

    def _relate(self, work: ForeignWork, tie: PubtatorTie, concepts: Mapping[str, list[str]]) -> list[Any]:
        """Return a relation's columns, after the uid of what it became, None if it is only kept."""
        columns = [tie.type, *tie.ends, *tie.more]
        ends = _two_of(*(concepts.get(end, ()) for end in tie.ends))
        where = f"{self._made.document.name}: {' '.join(columns[:3])}"
        if ends is None:
            what = "relations of concepts that no two marks have, kept to be written again"
            self._options.report.note("concept", what, where)
            return [None, *columns]
        made = None
        try:
            made = work.relate("\t".join(columns[:3]), tie.type, *ends, attributes=_fields(tie.more))
        except FormatError as error:
            error.path, error.line = self._path, tie.line
            self._options.refuse(error)
        if made is not None:
            what = "relations between concepts, drawn between their first mentions"
            self._options.report.note("first-mention", what, where)
        return [made.uid if made is not None else None, *columns]


def _two_of(ones: Iterable[str], others: Iterable[str]) -> tuple[str, str] | None:
    """Return a mark of each that isn't the same, the first ones; None if there are no such."""
    there = list(others)
    return next(((one, other) for one in ones for other in there if one != other), None)


def _fields(more: tuple[str, ...]) -> dict[str, str]:
    said = more[0] if more else ""
    return {NOVELTY if said in _NOVELTIES else VALUE: said} if said else {}
