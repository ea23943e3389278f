"""Reads CoNLL: tokens are joined to texts, and their tags are marks."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from app.core.byte_order_mark import marked_encoding
from app.core.errors import BadChoice, FormatError
from app.core.record import DocumentRecord
from app.exchange.foreign_document import ForeignDocument
from app.exchange.format import Claim, Reader, ReadOptions
from app.exchange.formats.conll.lines import Layout, Sentence, layout_of, read_lines, sentences
from app.exchange.formats.conll.tags import chunks, scheme_of
from app.exchange.option import FormatOption, OptionKind
from app.exchange.source import Source

OWN = "conll"
COLUMNS = FormatOption(
    "columns",
    "Columns with tags",
    OptionKind.TEXT,
    "",
    help="The numbers of the columns whose tags are read, from 1, such as 4 or 3,4; the last one by default.",
)
_SUFFIXES = (".conll", ".iob", ".iob2", ".bio", ".bioes", ".biluo", ".conll03", ".tsv", ".txt")


class ConllReader(Reader):
    """Reads tokens with tags, one on each line, in any of the tag schemes."""

    suffixes = _SUFFIXES
    options = (COLUMNS,)

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take what has lines of tokens and tags such as B-PER."""
        text = head.decode(marked_encoding(head) or "utf-8", "ignore").removeprefix("\ufeff")
        if text.startswith(("#FORMAT=", "{", "[", "<")):
            return None
        lines = [line.removesuffix("\r") for line in text.split("\n")]
        layout = layout_of(lines[:-1] if len(lines) > 1 else lines)  # the last one may be cut
        return Claim("its lines are tokens with tags such as B-PER") if layout is not None else None

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield a document for each that the file begins with -DOCSTART-, or one for the file."""
        path = source.path
        lines = read_lines(path, options.encoding)
        layout = layout_of(lines)
        if layout is None:
            hint = "each line must have a token and a tag such as B-PER or O"
            raise FormatError("there are no tagged tokens in it", hint=hint, path=path, line=1)
        layout = _chosen(layout, str(options.own.get(COLUMNS.name, "")))
        found: list[Sentence] = []
        count, several = 0, sum(line.startswith("-DOCSTART-") for line in lines) > 1
        for sentence in sentences(lines, layout, path):
            if isinstance(sentence, FormatError):
                options.refuse(sentence)
                continue
            if sentence.starts and found:
                count += 1
                yield from self._record(found, layout, source.name, count if several else 0, options)
                found = []
            found.append(sentence)
        if found:
            yield from self._record(found, layout, source.name, count + 1 if several else 0, options)

    def _record(
        self, found: Sequence[Sentence], layout: Layout, name: str, number: int, options: ReadOptions
    ) -> Iterator[DocumentRecord]:
        options.at(found[0].tokens[0].number, 0)
        try:
            yield _document(found, layout, f"{name} {number}" if number else name, options)
        except FormatError as error:
            options.refuse(error)


def _chosen(layout: Layout, columns: str) -> Layout:
    if not columns.strip():
        return layout
    numbers = [part.strip() for part in columns.split(",")]
    if not all(part.isdecimal() and 1 < int(part) <= layout.columns for part in numbers):
        raise BadChoice(f"“{columns}” aren't columns of this file", hint=f"use numbers from 2 to {layout.columns}")
    return layout._replace(tags=tuple(int(part) - 1 for part in numbers))


def _document(found: Sequence[Sentence], layout: Layout, name: str, options: ReadOptions) -> DocumentRecord:
    """Return a document: tokens are joined with blanks, sentences with line breaks."""
    parts: list[str] = []
    ranges: list[list[tuple[int, int]]] = []
    at = 0
    for sentence in found:
        here: list[tuple[int, int]] = []
        for line in sentence.tokens:
            token = line.cells[layout.token]
            here.append((at, at + len(token)))
            at += len(token) + 1
        parts.append(" ".join(line.cells[layout.token] for line in sentence.tokens))
        ranges.append(here)
    made = ForeignDocument("\n".join(parts), name=name, options=options, extra={OWN: _own(found, layout)})
    what = "texts joined from tokens; the file doesn't say where there were blanks"
    options.report.note("joined", what, name)
    work = None
    for column in layout.tags:
        several = len(layout.tags) > 1
        layer, extra = (f"column {column + 1}", {OWN: {"column": column}}) if several else ("", {})
        for sentence, here in zip(found, ranges, strict=True):
            for chunk in chunks([line.cells[column] for line in sentence.tokens]):
                work = work or made.work()
                start, end = here[chunk.first][0], here[chunk.end - 1][1]
                work.mark(f"{column} {start} {end}", chunk.type, [(start, end)], layer=layer, extra=extra)
    if work is None and options.finished:
        made.work()
    return made.record()


def _own(found: Sequence[Sentence], layout: Layout) -> dict[str, Any]:
    """Return what only the file has, so that it can be written again: columns, comments, and how its tags are spelt."""
    others = [column for column in range(layout.columns) if column != layout.token and column not in layout.tags]
    tags = ([line.cells[layout.tags[0]] for line in sentence.tokens] for sentence in found)
    kept: dict[str, Any] = {
        "scheme": str(scheme_of(tags)),
        "separator": layout.separator or " ",
        "token": layout.token,
        "tags": list(layout.tags),
        "columns": layout.columns,
        "docstart": found[0].starts,
    }
    if others:
        kept["others"] = [[line.cells[column] for column in others] for each in found for line in each.tokens]
    comments = {str(number): each.comments for number, each in enumerate(found) if each.comments}
    return {**kept, "comments": comments} if comments else kept
