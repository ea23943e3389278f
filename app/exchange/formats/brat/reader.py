"""Reads brat's folders, and single `.ann` files with the text beside them."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from app.core.annotation import Status
from app.core.byte_order_mark import marked_encoding
from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.annotator_files import PEOPLE, AnnotatorFiles, Owner, annotator_files
from app.exchange.foreign_document import ForeignDocument
from app.exchange.format import Claim, Reader, ReadOptions
from app.exchange.formats.brat.standoff import BratLine, Span, parsed
from app.exchange.formats.brat.work import BratWork
from app.exchange.formats.text import text_document
from app.exchange.offset_units import GivenRange, Ruler, Unit, unit_of
from app.exchange.source import Source, files_in, read_failed

ANN = ".ann"
_TEXTS = (".txt",)
_LOOKED_AT = 2_000  # files in which one of brat's is looked for


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
        unit = _unit(files, options)
        try:
            owners = _owners(files, source, options) if source.is_folder else AnnotatorFiles()
        except FormatError as error:
            error.path = error.path or source.path
            options.refuse(error)
            return
        for text, ann, name in files:
            options.at(1, 0)
            try:
                owner = _owner(owners, name, is_annotated=_is_somebodys(name, ann))
                made = _Document(text, ann, owner.document, owner.annotator, unit, options)
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


def _owners(files: Sequence[tuple[Path, Path | None, str]], source: Source, options: ReadOptions) -> AnnotatorFiles:
    texts = {_stem(name): text for text, ann, name in files if _is_somebodys(name, ann)}
    folder = source.path.resolve().name
    return annotator_files(list(texts), lambda name: _digest(texts[name]), options, folder=folder)


def _is_somebodys(name: str, ann: Path | None) -> bool:
    """Whether a file may be an annotator's work: an empty one beside annotators' folders makes brat list a text."""
    return ann is not None and ("/" in name or ann.stat().st_size > 0)


def _owner(owners: AnnotatorFiles, name: str, *, is_annotated: bool) -> Owner:
    """Return whose work a text has, and the document's name, which keeps its suffix."""
    try:
        owner = owners.owner(_stem(name))
    except FormatError:
        if is_annotated:
            raise
        return Owner(None, name)  # a text that nobody has worked on may lie anywhere
    return owner._replace(document=owner.document + name.removeprefix(_stem(name)))


def _stem(name: str) -> str:
    return str(PurePosixPath(name).with_suffix(""))


def _digest(text: Path) -> bytes | None:
    """Return what stands for a text; None for one without words, which many have alike, or that isn't there."""
    try:
        data = text.read_bytes() if text.is_file() else b""
    except OSError as error:
        raise read_failed(text, error) from error
    return hashlib.sha256(data).digest() if data.strip() else None


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
        self._path = text
        self._ann = ann
        self._annotator = annotator

    def record(self) -> DocumentRecord:
        if self._ann is None:
            return self._made.record()
        lines = [each for each in parsed(_lines(self._ann), self._ann) if self._is_sound(each[1])]
        if self._counts_mark(lines):
            lines = [(number, _before_mark(line)) for number, line in lines]
        if lines or self._options.finished:
            work = self._made.work(self._annotator)
            sound = [(number, line) for number, line in lines if not isinstance(line, FormatError)]
            BratWork(self._ruler, self._options, self._ann).put(work, sound)
            if not lines:
                work.status = Status.DONE_EMPTY
        return self._made.record()

    def _counts_mark(self, lines: Sequence[tuple[int, BratLine | FormatError]]) -> bool:
        """Whether a byte order mark, which isn't part of the text, counts as its first character, as brat has it."""
        with self._path.open("rb") as file:
            if marked_encoding(file.read(4)) is None:
                return False
        text = self._made.text
        spans = [line for _, line in lines if isinstance(line, Span) and line.words and len(line.ranges) == 1]
        places = [(start, line.words) for line in spans for start, _ in line.ranges]
        as_is = sum(text.startswith(words, start) for start, words in places)
        return sum(start > 0 and text.startswith(words, start - 1) for start, words in places) > as_is

    def _is_sound(self, line: BratLine | FormatError) -> bool:
        if isinstance(line, FormatError):
            self._options.refuse(line)
            return False
        return True


def _before_mark(line: BratLine | FormatError) -> BratLine | FormatError:
    if not isinstance(line, Span):
        return line
    return line._replace(ranges=tuple((max(0, start - 1), max(0, end - 1)) for start, end in line.ranges))
