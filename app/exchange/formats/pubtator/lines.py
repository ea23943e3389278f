"""The lines of a PubTator file, document by document.

A document is `ID|t|TITLE`, `ID|a|ABSTRACT`, then lines with tabs: `ID START END WORDS TYPE CONCEPT` for a mention, `ID
TYPE CONCEPT CONCEPT` for a relation, either with further columns. Offsets count over title and abstract with one
character between. Sources: the format's description at https://www.ncbi.nlm.nih.gov/research/pubtator3/tutorial, the
corpora BC5CDR, BioRED and tmVar.
"""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from app.core.errors import FormatError
from app.exchange.format import LARGEST
from app.exchange.source import read_failed

BETWEEN = "\n"
"""What stands between title and abstract: the format only says that it is one character."""

HEAD = re.compile(r"([^|\t\n]{1,200})\|([A-Za-z]{1,20})\|(.*)", re.DOTALL)
"""A line with a part of the text: id, kind of part, and the part."""

_LONGEST_NUMBER = 15  # digits
_SPAN_COLUMNS = 5  # at least
_TIE_COLUMNS = 4


class PubtatorSpan(msgspec.Struct, frozen=True):
    """A mention: the range as the file gives it, its words and type, and the columns behind."""

    line: int
    start: int
    end: int
    words: str
    type: str
    more: tuple[str, ...]


class PubtatorTie(msgspec.Struct, frozen=True):
    """A relation between two concepts, with the columns behind."""

    line: int
    type: str
    ends: tuple[str, str]
    more: tuple[str, ...]


class PubtatorDocument(msgspec.Struct):
    """A document as its lines say it; `parts` are kinds and texts. `byte` is where it begins, `errors` what is wrong
    with lines that are left out.
    """

    id: str
    line: int
    byte: int
    parts: list[tuple[str, str]] = []
    spans: list[PubtatorSpan] = []
    ties: list[PubtatorTie] = []
    errors: list[FormatError] = []

    @property
    def text(self) -> str:
        """The text that offsets count over."""
        return BETWEEN.join(text for _, text in self.parts)


def documents(path: Path) -> Iterator[PubtatorDocument]:
    """Yield the documents of a file. Raises FormatError if it can't be read or isn't UTF-8."""
    found: PubtatorDocument | None = None
    for number, byte, line in _lines(path):
        head = HEAD.fullmatch(line)
        if head is not None and "\t" not in head[1]:
            id, kind = head[1].strip(), head[2]
            if found is None or found.id != id or any(kind == known for known, _ in found.parts):
                if found is not None:
                    yield found
                found = PubtatorDocument(id, number, byte)
            found.parts.append((kind, head[3]))
        elif line.strip():
            if found is None:
                what = "the line stands before the first text"
                raise FormatError(what, hint="a document begins with ID|t|TITLE", path=path, line=number)
            try:
                _add(found, number, line)
            except FormatError as error:
                error.path, error.line, error.record = path, number, line
                found.errors.append(error)
    if found is not None:
        yield found


def _add(found: PubtatorDocument, number: int, line: str) -> None:
    cells = line.split("\t")
    if cells[0].strip() != found.id:
        what = f"the line is about “{cells[0][:40]}”, but the text above it is “{found.id[:40]}”"
        raise FormatError(what, hint="put it below its text")
    if len(cells) >= _SPAN_COLUMNS and _is_number(cells[1]) and _is_number(cells[2]):
        _, start, end, words, type, *more = cells
        found.spans.append(PubtatorSpan(number, int(start), int(end), words, type.strip(), tuple(more)))
    elif len(cells) >= _TIE_COLUMNS and not _is_number(cells[1]):
        _, type, one, other, *more = (cell.strip() for cell in cells)
        found.ties.append(PubtatorTie(number, type, (one, other), tuple(more)))
    else:
        hint = "write ID, start, end, words and type with tabs between, or ID, type and two concepts"
        raise FormatError("the line is neither a mention nor a relation", hint=hint)


def _is_number(cell: str) -> bool:
    text = cell.strip()
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER


def _lines(path: Path) -> Iterator[tuple[int, int, str]]:
    """Yield the lines with their numbers and first bytes, split at line feeds only."""
    byte = 0
    try:
        with path.open("rb") as file:
            for number, data in enumerate(iter(lambda: file.readline(LARGEST + 1), b""), 1):
                if len(data) > LARGEST:
                    limit = f"{LARGEST // 1024**2} MiB"
                    raise FormatError(f"the line is longer than {limit}", hint="split it", path=path, line=number)
                given = data.removeprefix(codecs.BOM_UTF8) if number == 1 else data
                yield number, byte, _decoded(given.removesuffix(b"\n").removesuffix(b"\r"), path, number)
                byte += len(data)
    except OSError as error:
        raise read_failed(path, error) from error


def _decoded(data: bytes, path: Path, line: int) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise FormatError("not UTF-8", hint="save the file as UTF-8", path=path, line=line) from error
