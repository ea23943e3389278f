"""Reads brat's folders, and single `.ann` files with the text beside them."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, cast

from app.core.annotation import Status
from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.foreign_document import ForeignDocument, ForeignWork
from app.exchange.format import Claim, Reader, ReadOptions
from app.exchange.formats.brat.standoff import (
    BratEvent,
    BratLine,
    BratRelation,
    Equivalence,
    Mark,
    Normalization,
    Note,
    Span,
    parsed,
)
from app.exchange.formats.text import text_document
from app.exchange.offset_units import GivenRange, Ruler, Unit, unit_of
from app.exchange.option import FormatOption
from app.exchange.source import Source, files_in, read_failed

ANN = ".ann"
COMMENT = "AnnotatorNotes"
CORRECTION = "Correction"
OWN = "brat"
_TEXTS = (".txt",)
_LOOKED_AT = 2_000  # files in which one of brat's is looked for
PEOPLE = FormatOption(
    "people",
    "Each folder is an annotator",
    help="The first folders in the folder are annotators, who worked on the same documents.",
)


class BratReader(Reader):
    """Reads a folder of `.txt` files with `.ann` files beside them; a text without one is a document without work."""

    suffixes = (ANN,)
    is_folder = True
    options = (PEOPLE,)

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take a folder with an `.ann` file that has a text beside it, and such a file."""
        if not path.is_dir():
            return Claim("its name ends in .ann") if path.suffix.lower() == ANN else None
        for count, file in enumerate(files_in(path)):
            if file.suffix.lower() == ANN and _text_beside(file).is_file():
                return Claim(f"it has {file.relative_to(path).as_posix()} and the text to it")
            if count > _LOOKED_AT:
                break
        return None

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the documents. Invalid lines go to `options.refuse`; the rest of their file is read."""
        files = list(_documents(source))
        folders = bool(options.own.get(PEOPLE.name))
        unit = _unit(files, options)
        for text, ann, name in files:
            options.at(1, 0)
            annotator, name_here = _person(name) if folders else (None, name)
            try:
                made = _Document(text, ann, name_here, annotator, unit, options)
                yield made.record()
            except FormatError as error:
                options.refuse(error)


def _documents(source: Source) -> Iterator[tuple[Path, Path | None, str]]:
    """Yield the texts with the annotations beside them, if there are any, and the documents' names."""
    for file in source.files():
        suffix = file.path.suffix.lower()
        if suffix == ANN:
            text = _text_beside(file.path)
            yield text, file.path, str(PurePosixPath(file.name).with_suffix(text.suffix))
        elif suffix in _TEXTS and not any(file.path.with_suffix(each).is_file() for each in (ANN, ANN.upper())):
            yield file.path, None, file.name


def _text_beside(ann: Path) -> Path:
    found = (ann.with_suffix(suffix) for suffix in (".txt", ".TXT"))
    return next((path for path in found if path.is_file()), ann.with_suffix(".txt"))


def _person(name: str) -> tuple[str, str]:
    person, slash, rest = name.partition("/")
    if not slash:
        hint = "leave out the option “people”, or put the files into folders"
        raise FormatError(f"“{name}” isn't in an annotator's folder", hint=hint)
    return person, rest


def _unit(files: Sequence[tuple[Path, Path | None, str]], options: ReadOptions) -> Unit:
    """Return the unit of the offsets: brat's own are code points, but other programs write such files too."""
    if options.offsets is not None:
        return Unit(options.offsets)

    def claims() -> Iterator[GivenRange]:
        for text, ann, name in files:
            if ann is None or not text.is_file():
                continue
            document = text_document(text, name, options.encoding)
            if document.text.isascii() and "\r" not in document.text:
                continue
            for _, line in parsed(_lines(ann), ann):
                if isinstance(line, Span) and len(line.ranges) == 1:
                    yield GivenRange(document.text, *line.ranges[0], line.words)

    return unit_of(claims())


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines of a file, split at line feeds only: words may have others in them."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise read_failed(path, error) from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FormatError("not UTF-8", hint="save the file as UTF-8", path=path, line=line) from error
    yield from ((number, line.removesuffix("\r")) for number, line in enumerate(text.split("\n"), 1))


class _Document:
    """Builds the record of one text and its annotations."""

    def __init__(
        self, text: Path, ann: Path | None, name: str, annotator: str | None, unit: Unit, options: ReadOptions
    ) -> None:
        if not text.is_file():
            hint = "put the text beside it, under the same name"
            raise FormatError(f"there is no {text.name} beside it", hint=hint, path=ann, line=1)
        read = text_document(text, name, options.encoding)
        self._made = ForeignDocument(read.text, name=name, options=options, meta=read.meta)
        self._ruler = Ruler(read.text, unit)
        self._options = options
        self._ann = ann
        self._annotator = annotator
        self._events: dict[str, BratEvent] = {}
        self._fields: dict[str, dict[str, Any]] = {}  # by what they are of
        self._comments: dict[str, list[str]] = {}
        self._corrections: dict[str, str] = {}
        self._kept: dict[str, list[list[str]]] = {}  # notes of other kinds, by what they are on

    def record(self) -> DocumentRecord:
        if self._ann is None:
            return self._made.record()
        lines = [each for each in parsed(_lines(self._ann), self._ann) if self._is_sound(each[1])]
        if lines or self._options.finished:
            work = self._made.work(self._annotator)
            self._read(work, [(number, line) for number, line in lines if not isinstance(line, FormatError)])
            if not lines:
                work.status = Status.DONE_EMPTY
        return self._made.record()

    def _is_sound(self, line: BratLine | FormatError) -> bool:
        if isinstance(line, FormatError):
            self._options.refuse(line)
            return False
        return True

    def _read(self, work: ForeignWork, lines: Sequence[tuple[int, BratLine]]) -> None:
        # Lines may be in any order, and name what comes later.
        for _, line in lines:
            self._collect(line)
        spans = {line.id: (number, line) for number, line in lines if isinstance(line, Span)}
        triggers = {event.trigger for event in self._events.values()}
        for id, (number, span) in spans.items():
            if id not in triggers:
                self._guarded(number, self._mark, work, id, span, "entity")
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
            error.path, error.line = self._ann, number
            self._options.refuse(error)

    def _mark(self, work: ForeignWork, id: str, span: Span, layer: str, event: BratEvent | None = None) -> None:
        try:
            ranges = [self._ruler.range(*pair) for pair in span.ranges]
        except ValueError as error:
            raise FormatError(f"{span.id}: {error}", hint="fix the offsets") from error
        # What only brat has, so that the file can be written again as it was.
        own: dict[str, Any] = {"notes": notes} if (notes := self._kept.get(id)) else {}
        if event is not None:
            own["trigger"] = event.trigger
        fields = {**(self._fields.get(span.id, {}) if event else {}), **self._fields.get(id, {})}
        comments = [*(self._comments.get(span.id, []) if event else []), *self._comments.get(id, [])]
        work.mark(
            id,
            event.type if event else span.type,
            _apart(ranges),
            layer=layer,
            words=span.words,
            attributes=fields,
            correction=self._corrections.get(id),
            comment="\n".join(comments),
            extra={OWN: own} if own else {},
        )

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
