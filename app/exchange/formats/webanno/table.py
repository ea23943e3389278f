"""The lines of a file of WebAnno TSV 3: sentences with their text, and the rows of tokens and parts of tokens."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from app.core.errors import FormatError
from app.exchange.formats.webanno.escapes import unescaped_text
from app.exchange.formats.webanno.header import FORMAT_LINE, TsvLayer, layers_of, minor_version
from app.exchange.offset_units import Unit

TEXT_LINE = "#Text="
"""Begins a line of a sentence’s text."""
_SENTENCE_ID = "#Sentence.id="
_UNIT = re.compile(r"\d+-\d+(\.\d+)?")
_RANGE = re.compile(r"(\d{1,12})-(\d{1,12})")


class TsvRow(NamedTuple):
    """A token, or a part of one (`is_part`), with its cells; offsets as in the file."""

    line: int
    unit: str
    start: int
    end: int
    words: str
    cells: tuple[str, ...]
    is_part: bool


class TsvSentence(NamedTuple):
    """A sentence: its id, its text, and its rows."""

    line: int
    id: str
    text: str
    rows: list[TsvRow]


class TsvTable(NamedTuple):
    """A file: its layers and sentences."""

    layers: list[TsvLayer]
    blocks: list[TsvSentence]


def table_of(text: str) -> TsvTable:
    """Return what the lines of a file say, which are split at line feeds only. Raises FormatError, with the line."""
    lines = [(number, line.removesuffix("\r")) for number, line in enumerate(text.split("\n"), 1)]
    first = lines[0][1]
    if not first.startswith(FORMAT_LINE):
        raise FormatError(f"the first line isn't “{FORMAT_LINE}3.3”", hint="check that it is such a file", line=1)
    try:
        minor = minor_version(first)
    except FormatError as error:
        error.line = 1
        raise
    count = 1
    while count < len(lines) and lines[count][1].startswith("#T_"):
        count += 1
    layers = layers_of(lines[1:count])
    return TsvTable(layers, list(_blocks(lines[count:], minor, sum(len(layer.columns) for layer in layers))))


def _blocks(lines: Sequence[tuple[int, str]], minor: int, columns: int) -> Iterator[TsvSentence]:
    id, text, rows, begun = "", list[str](), list[TsvRow](), 0
    for number, line in [*lines, (len(lines), "")]:
        is_row = bool(line) and not line.startswith("#")
        if rows and not is_row:
            yield TsvSentence(begun, id, "\n".join(text), rows)
            id, text, rows, begun = "", [], [], 0
        if line.startswith(TEXT_LINE):
            begun = begun or number
            text.append(unescaped_text(line.removeprefix(TEXT_LINE), minor))
        elif line.startswith(_SENTENCE_ID):
            id = unescaped_text(line.removeprefix(_SENTENCE_ID), minor)
        elif is_row:
            if not begun:
                raise FormatError("a token without the text of its sentence", hint="add a line #Text=…", line=number)
            rows.append(_row(number, line, columns))


def _row(number: int, line: str, columns: int) -> TsvRow:
    unit, *rest = line.split("\t")
    place = _RANGE.fullmatch(rest[0]) if rest else None
    found = _UNIT.fullmatch(unit)
    if found is None or place is None:
        what = f"“{line[:40]}” isn't a token: its number, its offsets, the word, and a cell for each column"
        raise FormatError(what, hint="compare it with the lines before it", line=number)
    cells = rest[2 : 2 + columns]
    if len(cells) < columns or len(rest) < 2:  # noqa: PLR2004  offsets and word
        what = f"the token {unit} has {len(cells)} of {columns} cells"
        raise FormatError(what, hint="add the missing cells, with tabs between", line=number)
    return TsvRow(number, unit, int(place[1]), int(place[2]), rest[1], tuple(cells), found[1] is not None)


class Assembled(NamedTuple):
    """The text of a file, where its sentences begin (code points), and tokens whose words aren't there."""

    text: str
    starts: list[int]
    wrong: list[TsvRow]


def assembled(blocks: Sequence[TsvSentence], unit: Unit) -> Assembled:
    """Return the text that the sentences make, with offsets in a unit. What is between two sentences isn't in the
    file: a line break, and blanks where there is more. Raises FormatError for sentences that overlap.
    """
    parts: list[str] = []
    starts: list[int] = []
    wrong: list[TsvRow] = []
    done = at = 0  # in the file's unit, in code points
    for block in blocks:
        first = block.rows[0]
        start = first.start - _size(_before(block.text, first.words), unit)
        gap = start - done
        if gap < 0:
            what = f"the sentence begins at {start}, but the one before it ends at {done}"
            raise FormatError(what, hint="fix the offsets", line=first.line)
        if gap > _LONGEST_GAP:
            what = f"there are {gap:,} characters between two sentences"
            raise FormatError(what, hint="fix the offsets", line=first.line)
        filler = " " * gap if not parts or not gap else "\n" + " " * (gap - 1)
        parts += [filler, block.text]
        starts.append(at + gap)
        at += gap + len(block.text)
        wrong += _wrong(block, start, unit)
        done = start + _size(block.text, unit)
    return Assembled("".join(parts), starts, wrong)


_LONGEST_GAP = 1_000_000


def has_words(text: str, blocks: Sequence[TsvSentence], unit: Unit) -> bool:
    """Whether a text has all words of a table where the table says."""
    data = text.encode("utf-16-le", "surrogatepass") if unit is Unit.UTF16 else b""
    for block in blocks:
        for row in block.rows:
            there = (
                data[2 * row.start : 2 * row.end].decode("utf-16-le", "replace")
                if unit is Unit.UTF16
                else text[row.start : row.end]
            )
            if there != row.words:
                return False
    return True


def _before(text: str, words: str) -> str:
    """Return the white space that a sentence has before its first word."""
    bare = text.lstrip()
    return text[: len(text) - len(bare)] if words and not text.startswith(words) and bare.startswith(words) else ""


def _size(text: str, unit: Unit) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2 if unit is Unit.UTF16 else len(text)


def _wrong(block: TsvSentence, start: int, unit: Unit) -> Iterator[TsvRow]:
    if unit is Unit.UTF16 and not block.text.isascii():
        data = block.text.encode("utf-16-le", "surrogatepass")
        for row in block.rows:
            there = data[2 * (row.start - start) : 2 * (row.end - start)] if row.start >= start else b""
            if there != row.words.encode("utf-16-le", "surrogatepass"):
                yield row
        return
    for row in block.rows:
        if row.start < start or block.text[row.start - start : row.end - start] != row.words:
            yield row
