"""Reads WebAnno TSV 3."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.annotator_files import PEOPLE, owned_files
from app.exchange.format import LARGEST, Claim, Reader, ReadOptions
from app.exchange.formats.uima.content import CasChain, CasContent, CasKeys, CasLink, CasRelation, CasSentence, CasSpan
from app.exchange.formats.uima.file_names import person_of
from app.exchange.formats.uima.inception_project import is_project
from app.exchange.formats.uima.marks import document_of, put
from app.exchange.formats.uima.type_names import ANNOTATION, CHAIN_LINK, DEPENDENCY, TOKEN, base_type
from app.exchange.formats.webanno.escapes import arrow, bracketed, split, unescaped_value
from app.exchange.formats.webanno.header import CHAIN, FORMAT_LINE, RELATION, TsvColumn, TsvLayer
from app.exchange.formats.webanno.table import TEXT_LINE, Assembled, TsvRow, TsvTable, assembled, has_words, table_of
from app.exchange.offset_units import Ruler, Unit
from app.exchange.source import Source, files_in, read_failed

_NOTHING, _NO_VALUE = "_", "*"
_SUFFIX = ".tsv"
_LOOKED_AT = 200  # files in which one of WebAnno's is looked for


class WebAnnoReader(Reader):
    """Reads files of WebAnno TSV 3, one document each, or a folder of them."""

    suffixes = (_SUFFIX,)
    is_folder = True
    options = (PEOPLE,)

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take a file with the format's first line, and a folder that has one."""
        if not path.is_dir():
            return Claim(f"it begins with {FORMAT_LINE.strip()}") if _is_ours(head) else None
        if is_project(path):
            return None  # all of it is INCEpTION's
        for count, file in enumerate(files_in(path)):
            if file.suffix.lower() == _SUFFIX and _is_ours(_head(file)):
                return Claim(f"{file.relative_to(path).as_posix()} begins with {FORMAT_LINE.strip()}")
            if count > _LOOKED_AT:
                break
        return None

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the documents. Files that can't be read go to `options.refuse`, as do annotations that can't be."""
        for file, owner in owned_files(source, lambda: _files(source, options), _stem, _printed_text, options):
            try:
                person = person_of(owner.annotator)
                yield read_document(_text_of(file.path), owner.document, person, file.path, options)
            except FormatError as error:
                error.path = error.path or file.path
                options.refuse(error)


def _files(source: Source, options: ReadOptions) -> Iterator[Source]:
    for file in source.files(_SUFFIX):
        if _is_ours(_head(file.path)):
            yield file
        else:
            options.report.note("other-file", "files that aren't WebAnno TSV, left out", file.name)


def _stem(name: str) -> str:
    return str(PurePosixPath(name).with_suffix("")) if name.lower().endswith(_SUFFIX) else name


def _printed_text(path: Path) -> bytes | None:
    """Return what stands for a file's text: the lines that repeat it."""
    made = hashlib.sha256()
    try:
        with path.open("rb") as file:
            lines = [made.update(line.rstrip(b"\r\n")) for line in file if line.startswith(TEXT_LINE.encode())]
    except OSError as error:
        raise read_failed(path, error) from error
    return made.digest() if lines else None


def _is_ours(head: bytes) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").startswith(FORMAT_LINE.encode())


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(64)
    except OSError as error:
        raise read_failed(path, error) from error


def _text_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise read_failed(path, error) from error
    if len(data) > LARGEST:
        raise FormatError(f"larger than {LARGEST // 1024**2} MiB", hint="split it", path=path)
    return decoded(data)


def decoded(data: bytes) -> str:
    """Return the text of a file's bytes. Raises FormatError, with the line, if they aren't UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FormatError("not UTF-8", hint="save the file as UTF-8", line=line) from error


def read_document(
    text: str, name: str, annotator: str | None, path: Path | str, options: ReadOptions
) -> DocumentRecord:
    """Return the document of a file's text, with the work of an annotator. Raises FormatError, with the line."""
    reading = TableReading(table_of(text), path, options)
    document = document_of(reading.content, name, options, reading.types)
    put(reading.content, document, annotator, options, path=path, lines=reading.lines)
    return document.record()


class _Found(NamedTuple):
    """An annotation that begins in a row: where it is so far, and what fills its slots."""

    span: CasSpan
    row: TsvRow
    slots: list[tuple[TsvRow, TsvColumn, str | None, str, str, CasLink]]


class TableReading:
    """Reads the annotations of a table. `content` has them, `lines` where each begins, `types` the columns."""

    def __init__(self, table: TsvTable, path: Path | str, options: ReadOptions, *, original: str | None = None) -> None:
        """`original` is the text from which the document was made, if it is there: what is between sentences isn't in
        the table.
        """
        self._options = options
        self._path = path
        made, unit = _assembled(table, options)
        if original is not None and has_words(original, table.blocks, unit):
            made = made._replace(text=original)
        self._ruler = Ruler(made.text, unit)
        self._by_id: dict[str, CasSpan] = {}
        self._at: dict[str, list[CasSpan]] = {}  # by unit
        self._rows: dict[str, TsvRow] = {}
        self._found: list[_Found] = []
        self._known: dict[tuple[str, str], _Found] = {}
        self._elements: dict[str, dict[str, dict[int, CasSpan]]] = {}  # of chains: by type, number and place
        self._ties: list[tuple[TsvRow, TsvLayer, str, dict[str, str]]] = []
        self._tokens: dict[str, CasSpan] = {}
        self.types: dict[str, dict[str, str]] = {layer.type: layer.ranges for layer in table.layers}
        self.lines: dict[str, int] = {}
        self.content = CasContent(text=made.text)
        for block, start in zip(table.blocks, made.starts, strict=True):
            self.content.sentences.append(CasSentence(start, start + len(block.text.rstrip()), block.id))
            for row in block.rows:
                self._guarded(row, self._read_row, table, row)
        self._finish()

    def _read_row(self, table: TsvTable, row: TsvRow) -> None:
        self._rows[row.unit] = row
        place = self._place(row)
        if not row.is_part and row.end > row.start:
            self.content.tokens.append(place)
        at = 0
        for layer in table.layers:
            cells = row.cells[at : at + len(layer.columns)]
            at += len(layer.columns)
            if all(cell == _NOTHING for cell in cells):
                continue
            parts = [[] if cell == _NOTHING else split(cell, "|") for cell in cells]
            for number in range(max(map(len, parts))):
                mine = [part[number] if number < len(part) else _NOTHING for part in parts]
                if layer.kind == RELATION:
                    self._read_relation(row, layer, mine)
                elif layer.kind == CHAIN:
                    self._read_element(row, layer, mine)
                else:
                    self._read_span(row, layer, mine)

    def _read_span(self, row: TsvRow, layer: TsvLayer, parts: list[str]) -> None:
        values = [(part, "") if column.kind == "target" else bracketed(part) for column, part in _zipped(layer, parts)]
        id = next((id for _, id in values if id), "")
        known = self._known.get((layer.type, id)) if id else None
        if known is not None:
            self._extend(known.span, row)
            self._at.setdefault(row.unit, []).append(known.span)
            return
        found = _Found(self._span(row, layer), row, [])
        roles = ""
        for (value, _), column in zip(values, layer.columns, strict=True):
            if column.kind == "value" and value not in (_NO_VALUE, _NOTHING):
                found.span.features[column.feature] = unescaped_value(value)
            elif column.kind == "role":
                roles = value
            elif column.kind == "target":
                self._read_slots(found, column, roles, value)
        self._found.append(found)
        if id:
            self._known[(layer.type, id)] = found
            self._by_id.setdefault(id, found.span)

    def _read_slots(self, found: _Found, column: TsvColumn, roles: str, targets: str) -> None:
        if roles == _NOTHING and targets in (_NO_VALUE, _NOTHING):
            return
        fillers = split(targets, ";")
        named = split(roles, ";")
        for number, filler in enumerate(fillers):
            said = named[number] if number < len(named) else _NO_VALUE
            role = None if said in (_NO_VALUE, _NOTHING) else unescaped_value(said)
            unit, id = bracketed(filler)
            link = CasLink(feature=column.feature, target="", role=role)
            slot = self.types[found.span.type].get(column.feature, "")
            link.type = slot.partition(":")[2].partition(">")[0]
            found.span.links.append(link)
            if unit not in (_NO_VALUE, _NOTHING):
                found.slots.append((found.row, column, role, unit, id, link))

    def _read_relation(self, row: TsvRow, layer: TsvLayer, parts: list[str]) -> None:
        features: dict[str, str] = {}
        end = ""
        for column, part in _zipped(layer, parts):
            if column.kind == "base":
                end = part
            else:
                value, _ = bracketed(part)
                if column.kind == "value" and value not in (_NO_VALUE, _NOTHING):
                    features[column.feature] = unescaped_value(value)
        if end in ("", _NOTHING, _NO_VALUE):
            raise FormatError(f"a relation of {layer.type} begins nowhere", hint="name a token, such as 1-1")
        self._ties.append((row, layer, end, features))

    def _read_element(self, row: TsvRow, layer: TsvLayer, parts: list[str]) -> None:
        features: dict[str, str] = {}
        place = ""
        for column, part in _zipped(layer, parts):
            value, place_here = arrow(part) if column.feature == CHAIN_LINK else bracketed(part)
            if column.feature == CHAIN_LINK:
                place = place_here
            if value not in (_NO_VALUE, _NOTHING):
                features[column.feature] = unescaped_value(value)
        chain, dash, number = place.partition("-")
        if not dash or not (number.isascii() and number.isdigit()):
            raise FormatError(
                f"“{place[:20]}” isn't a place in a chain", hint="write VALUE->CHAIN-PLACE, such as *->1-1"
            )
        elements = self._elements.setdefault(layer.type, {}).setdefault(chain, {})
        known = elements.get(int(number))
        if known is not None:
            self._extend(known, row)
            return
        span = self._span(row, layer)
        span.features.update(features)
        elements[int(number)] = span
        self._found.append(_Found(span, row, []))

    def _span(self, row: TsvRow, layer: TsvLayer) -> CasSpan:
        start, end = self._place(row)
        made = CasSpan(key="", type=layer.type, start=start, end=end, known=layer.features, features={}, links=[])
        self._at.setdefault(row.unit, []).append(made)
        return made

    def _extend(self, span: CasSpan, row: TsvRow) -> None:
        start, end = self._place(row)
        span.start, span.end = min(span.start, start), max(span.end, end)

    def _place(self, row: TsvRow) -> tuple[int, int]:
        try:
            return self._ruler.range(row.start, row.end)
        except ValueError as error:
            raise FormatError(f"{row.unit}: {error}", hint="fix the offsets") from error

    def _finish(self) -> None:
        """Give keys, and find the ends of relations and slots, which may come later in the file."""
        keys = CasKeys()
        for found in self._found:
            span = found.span
            span.key, span.place = keys.numbered(base_type(span.type), f"{span.start}-{span.end}")
            self.lines[span.key] = found.row.line
            self.content.spans.append(span)
        for by_number in self._elements.values():
            for elements in by_number.values():
                members = [elements[number].key for number in sorted(elements)]
                self.content.chains.append(CasChain(type=elements[min(elements)].type, members=members))
        for found in self._found:
            for row, column, _, unit, id, link in found.slots:
                self._guarded(row, self._fill, column, unit, id, link)
            empty = [link for link in found.span.links if not link.target and link.role is None]
            found.span.links[:] = [link for link in found.span.links if link not in empty]
        for row, layer, end, features in self._ties:
            self._guarded(row, self._relate, row, layer, end, features, keys)
        self.content.spans += self._tokens.values()

    def _fill(self, column: TsvColumn, unit: str, id: str, link: CasLink) -> None:
        link.target = self._end(column.type, unit, id).key

    def _relate(self, row: TsvRow, layer: TsvLayer, end: str, features: dict[str, str], keys: CasKeys) -> None:
        unit, ids = bracketed(end)
        one, _, other = ids.partition("_")
        base = next(column.type for column in layer.columns if column.kind == "base")
        is_dependency = layer.type == DEPENDENCY
        source = self._end(base, unit, one, is_dependency=is_dependency).key
        target = self._end(base, row.unit, other, is_dependency=is_dependency).key
        key = keys.key(layer.type, f"{source} -> {target}")
        self.lines[key] = row.line
        made = CasRelation(
            key=key, type=layer.type, source=source, target=target, features=dict(features), known=layer.features
        )
        self.content.relations.append(made)

    def _end(self, type_: str, unit: str, id: str, *, is_dependency: bool = False) -> CasSpan:
        """Return the annotation that a cell refers to, by its id (empty or 0: none), else by its type and unit."""
        if id not in ("", "0"):
            known = self._known.get((type_, id))
            found = known.span if known is not None else self._by_id.get(id)
            if found is None:
                raise FormatError(f"the annotation {unit}[{id}] isn't there", hint="fix its number")
            return found
        here = self._at.get(unit, [])
        fitting = [span for span in here if span.type == type_] or (
            here if type_ not in (ANNOTATION, TOKEN) and len(here) == 1 and not is_dependency else []
        )
        if type_ == ANNOTATION and len(here) == 1:
            return here[0]
        if fitting:
            return fitting[0]
        row = self._rows.get(unit)
        if row is None or (type_ not in (TOKEN, ANNOTATION) and not is_dependency):
            raise FormatError(f"there is no {type_} at {unit}", hint="fix the number of the token")
        if unit not in self._tokens:
            # Tokens aren't annotations, but what relations link must be marks.
            start, end = self._place(row)
            key = f"{TOKEN} {start}-{end}"
            self._tokens[unit] = CasSpan(key=key, type=TOKEN, start=start, end=end)
            self.lines[key] = row.line
        return self._tokens[unit]

    def _guarded(self, row: TsvRow, do: Callable[..., None], *what: object) -> None:
        try:
            do(*what)
        except FormatError as error:
            error.path, error.line = self._path, error.line or row.line
            self._options.refuse(error)


def _zipped(layer: TsvLayer, parts: list[str]) -> Iterator[tuple[TsvColumn, str]]:
    return zip(layer.columns, parts, strict=True)


def _assembled(table: TsvTable, options: ReadOptions) -> tuple[Assembled, Unit]:
    """Return the text, and the unit of the offsets: WebAnno's are UTF-16, but other programs write such files too."""
    units = [Unit(options.offsets)] if options.offsets in (Unit.UTF16, Unit.CODE_POINTS) else [Unit.UTF16]
    if options.offsets is None and any(not block.text.isascii() for block in table.blocks):
        units.append(Unit.CODE_POINTS)
    failed: FormatError | None = None
    made: list[tuple[Assembled, Unit]] = []
    for unit in units:
        try:
            made.append((assembled(table.blocks, unit), unit))
        except FormatError as error:
            failed = failed or error
    if not made:
        raise failed or FormatError("there are no sentences", hint="check that it is such a file", line=1)
    best = min(made, key=lambda each: len(each[0].wrong))
    if best[0].wrong:
        row = best[0].wrong[0]
        what = "tokens whose words aren't in the text where they should be; the text counts"
        options.report.note("token", what, f"{row.unit} “{row.words[:40]}”", count=len(best[0].wrong))
    return best
