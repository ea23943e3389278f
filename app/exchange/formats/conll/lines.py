"""The lines of a CoNLL file: sentences of tokens with their columns, and where documents begin."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from app.core.errors import FormatError
from app.exchange.formats.conll.tags import is_tag, opens
from app.exchange.formats.text import text_document
from app.exchange.text_encodings import EncodingChoices

DOCSTART = "-DOCSTART-"
_LOOKED_AT = 400  # lines
_FEWEST = 2


class TokenLine(NamedTuple):
    """A line with a token; `cells` are all of its columns."""

    number: int
    cells: list[str]


class Sentence(NamedTuple):
    """The tokens between two blank lines, and the comments before them; `starts` if a document begins with it."""

    tokens: list[TokenLine]
    comments: list[str]
    starts: bool = False


class Layout(NamedTuple):
    """How lines are cut, which column is the token, and which are tags; `has_index` if tokens are numbered."""

    separator: str | None
    columns: int
    token: int
    tags: tuple[int, ...]
    has_index: bool = False


def cut(line: str, separator: str | None) -> list[str]:
    """Return the cells of a line."""
    return line.split(separator) if separator else line.split()


def layout_of(lines: Sequence[str]) -> Layout | None:
    """Return the layout of a file by some of its lines, None if they aren't tokens with tags."""
    used = [line for line in lines if line.strip() and not line.startswith(DOCSTART)][:_LOOKED_AT]
    separator = "\t" if sum("\t" in line for line in used) * 2 > len(used) else None
    rows = [cut(line, separator) for line in used]
    widths = [len(row) for row in rows if not _is_comment(row)]
    if not widths or max(widths) < _FEWEST:
        return None
    width = max(set(widths), key=widths.count)
    rows = [row for row in rows if len(row) == width]
    if len(rows) * 10 < len(used) * 7:
        return None
    fitting = [column for column in range(1, width) if all(is_tag(row[column]) for row in rows if not _is_comment(row))]
    tagged = [column for column in fitting if any(opens(row[column]) for row in rows)]
    if not tagged:  # in a file that says where documents begin, they may be without marks
        tagged = fitting if any(line.startswith(DOCSTART) for line in lines) else []
    if not tagged:
        return None
    has_index = width > _FEWEST and all(row[0].isdecimal() for row in rows if not _is_comment(row))
    if has_index:
        return Layout(separator, width, 1, tuple(column for column in fitting if column > 1), True)
    # Where there are chunks beside entities, as in CoNLL-2003, the last column has the entities.
    return Layout(separator, width, 0, (tagged[-1],))


def _is_comment(cells: Sequence[str]) -> bool:
    return cells[0].startswith("#") and not any(map(is_tag, cells[1:]))


def read_lines(path: Path, encoding: str | EncodingChoices | None) -> list[str]:
    """Return the lines of a file, split at line feeds only. Raises FormatError as texts do."""
    text = text_document(path, path.name, encoding).text
    return [line.removesuffix("\r") for line in text.split("\n")]


def sentences(lines: Sequence[str], layout: Layout, path: Path) -> Iterator[Sentence | FormatError]:
    """Yield the sentences of a file, or the error in a line of one, which then lacks it."""
    tokens: list[TokenLine] = []
    comments: list[str] = []
    starts = False
    for number, line in enumerate([*lines, ""], 1):
        if not line.strip():
            if tokens:
                yield Sentence(tokens, comments, starts)
                tokens, comments, starts = [], [], False
            continue
        if line.startswith(DOCSTART):
            if tokens:
                yield Sentence(tokens, comments, starts)
                tokens, comments = [], []
            starts = True
            continue
        cells = cut(line, layout.separator)
        if _is_comment(cells) and (len(cells) != layout.columns or re.match(r"#\s", line)):
            comments.append(line)
        elif len(cells) <= max(layout.token, *layout.tags):
            what = f"{len(cells)} columns, where {layout.columns} are expected"
            error = FormatError(what, hint="fix the line", path=path, line=number)
            error.record = line
            yield error
        else:
            tokens.append(TokenLine(number, cells))
