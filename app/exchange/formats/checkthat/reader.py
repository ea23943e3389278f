"""Reads CheckThat!'s tables: debates, tweets and sentences, and runs of systems on them."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from app.core.annotation import Status
from app.core.byte_order_mark import marked_encoding
from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.claim_marks import CHECKED, LAYER, claim_range, split_fields
from app.exchange.foreign_document import ForeignDocument, ForeignWork
from app.exchange.format import HEAD, Claim, Reader, ReadOptions
from app.exchange.formats.checkthat.rows import (
    IDS,
    LABELS,
    RUNS,
    SCORES,
    TEXTS,
    ClaimRow,
    ClaimTable,
    TableKind,
    is_quoted,
    lines_in,
    rows_of,
    score_of,
    table_of,
    unquoted,
)
from app.exchange.option import FormatOption, OptionKind
from app.exchange.record_names import DistinctNames, name_from_text
from app.exchange.source import Source, files_at_top

OWN = "checkthat"
_SUFFIXES = (".tsv", ".txt")
_UNIMPORTANT, _NOT_FACTUAL = "UNIMPORTANT_FACTUAL", "NON_FACTUAL"
_YES, _NO = ("1", "yes", "true"), ("0", "no", "false")
_IS_CLAIM = ("claim",)
_LOOKED_AT = 60  # files beside a run
_RUN = "run"
QUOTED = FormatOption(
    "quoted",
    "Take quotes off",
    help="Takes off quotes around a text that a program put there as in CSV, and halves doubled ones within.",
)
DATA_FILE = FormatOption(
    "data",
    "File of the run’s texts",
    OptionKind.TEXT,
    "",
    help="The table that a run is on, where it isn't beside it, called as the run without what stands before.",
)


class CheckThatReader(Reader):
    """Reads a debate as one document, other tables as a document for each row, and runs as suggestions on them."""

    suffixes = _SUFFIXES
    options = (QUOTED, DATA_FILE)

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take tables with the columns of one of the years, and runs with their table beside them."""
        if path.suffix.lower() not in _SUFFIXES:
            return None
        table = _head_table(head)
        if table is None:
            return None
        if table.kind is TableKind.DEBATE:
            return _debate_claim(path, table)
        if table.kind is TableKind.TEXTS:
            is_ours = table.column(LABELS[:-1]) is not None or table.column(IDS[:2]) is not None
            return Claim(f"its header has “{table.column(TEXTS)}” and ids") if is_ours else None
        beside = _data_beside(path)
        return Claim(f"its lines have scores or labels of those of {beside.name}") if beside is not None else None

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the documents. Invalid rows go to `options.refuse`."""
        path = source.path
        lines = lines_in(path, options.encoding)
        table = table_of(lines)
        if table is None:
            hint = "the columns must be line, speaker, text and label, or have a header with tweet_text or Text"
            raise FormatError("this isn't a table of CheckThat!", hint=hint, path=path, line=1)
        if table.kind is not TableKind.RUN:
            yield from _Texts(options).of(lines, table, path, source.name)
            return
        run = _run_of(lines, table, path, options)
        data = _named_data(source, str(options.own.get(DATA_FILE.name) or "")) or _data_beside(path)
        if data is None:
            hint = "put the table with the texts beside it, or name it: --option data=FILE"
            in_window = "put the table with the texts beside it"
            raise FormatError("a run has no texts", hint=hint, in_window=in_window, path=path, line=1)
        yield from _on_texts(run, data, options)


def _debate_claim(path: Path, table: ClaimTable) -> Claim | None:
    if table.column(LABELS) is not None:
        return Claim("its lines have a number, a speaker, a text and 0 or 1")
    # Any table may have a number, a name and a text; in transcripts, speakers are in capitals.
    is_transcript = table.is_sure and path.suffix.lower() == _SUFFIXES[0]
    return Claim("its lines have a number, a speaker and a text", weak=True) if is_transcript else None


def _head_table(head: bytes) -> ClaimTable | None:
    text = head.decode(marked_encoding(head) or "utf-8", "ignore").removeprefix("\ufeff")
    lines = text.split("\n")
    return table_of(lines[:-1] if len(lines) > 1 and len(head) == HEAD else lines)  # the last one may be cut


def _table_in(path: Path) -> ClaimTable | None:
    with Source(path).open() as file:
        return _head_table(file.read(HEAD))


def _named_data(source: Source, given: str) -> Path | None:
    if not given:
        return None
    path = source.folder / given
    if not path.is_file():
        raise FormatError("there is no table here", hint="name the table with the texts of the run", path=path)
    return path


def _data_beside(path: Path) -> Path | None:
    """Return the table beside a run that it is on: the one whose name the run's ends with, else the only one."""
    tables: list[Path] = []
    for each in files_at_top(path.parent)[:_LOOKED_AT]:
        if each != path and each.suffix.lower() in _SUFFIXES:
            table = _table_in(each)
            if table is not None and table.kind is not TableKind.RUN:
                tables.append(each)
    named = [each for each in tables if path.stem.endswith(each.stem)]
    found = named or tables
    return found[0] if len(found) == 1 else None


class _Said(NamedTuple):
    """What a run says of a row; without a score it is only that it is worth checking."""

    score: float | None
    written: str


class _Run(NamedTuple):
    """What a system says, by the ids of rows."""

    maker: str
    said: Mapping[str, _Said]


def _run_of(lines: list[str], table: ClaimTable, path: Path, options: ReadOptions) -> _Run:
    id_column, label, score, maker = (table.column(names) for names in (IDS, LABELS, SCORES, RUNS))
    said: dict[str, _Said] = {}
    name = ""
    for row in rows_of(lines, table, path):
        if isinstance(row, FormatError):
            options.refuse(row)
            continue
        id = row.cells[id_column or "id"].strip()
        name = name or row.cells.get(maker or "", "").strip()
        if score is not None:
            found = score_of(row.cells[score])
            if found is None:
                what = f"“{row.cells[score][:40]}” isn't a score"
                options.refuse(FormatError(what, hint="write a number", path=path, line=row.number))
                continue
            said[id] = _Said(found, row.cells[score].strip())
        elif row.cells[label or ""].strip().casefold() in _YES:
            said[id] = _Said(None, "")
    return _Run(name or path.stem, said)


def _on_texts(run: _Run, data: Path, options: ReadOptions) -> Iterator[DocumentRecord]:
    """Yield the documents of a table with what a run suggests, without the work that the table has."""
    lines = lines_in(data, options.encoding)
    table = table_of(lines)
    if table is None or table.kind is TableKind.RUN:
        raise FormatError("this isn't a table with texts", hint="name the table that the run is on", path=data, line=1)
    texts = _Texts(options, run)
    yield from texts.of(lines, table, data, data.name)
    missed = run.said.keys() - texts.met
    what = "rows of a run that its table doesn’t have, left out"
    options.report.note("row", what, ", ".join(sorted(missed)[:3]), count=len(missed)) if missed else None


class _Texts:
    """Makes the documents of a table; with a run, what it suggests on them takes the place of the table's labels."""

    def __init__(self, options: ReadOptions, run: _Run | None = None) -> None:
        self._options = options
        self._run = run
        self._names = DistinctNames()
        self._takes_off = bool(options.own.get(QUOTED.name))
        self.met: set[str] = set()  # ids of the rows of the run that the table has

    def of(self, lines: list[str], table: ClaimTable, path: Path, name: str) -> Iterator[DocumentRecord]:
        """Yield the documents."""
        rows = self._rows(lines, table, path)
        if table.kind is TableKind.DEBATE:
            yield from self._debate(list(rows), name, path)
            return
        for row in rows:
            try:
                record = self._single(row, table)
            except FormatError as error:
                error.path, error.line = error.path or path, row.number
                self._options.refuse(error)
            else:
                yield record

    def _rows(self, lines: list[str], table: ClaimTable, path: Path) -> Iterator[ClaimRow]:
        text = table.column(TEXTS) or "text"
        for row in rows_of(lines, table, path):
            if isinstance(row, FormatError):
                self._options.refuse(row)
                continue
            self._options.at(row.number, 0)
            if is_quoted(row.cells[text]):
                if self._takes_off:
                    row = row._replace(cells={**row.cells, text: unquoted(row.cells[text])})  # noqa: PLW2901
                else:
                    what = "texts in quotes, which are kept; --option quoted=yes takes them off"
                    self._options.report.note("quoted", what, row.cells[text][:40])
            yield row

    # -- a debate ------------------------------------------------------------------------------------------------------

    def _debate(self, rows: list[ClaimRow], name: str, path: Path) -> Iterator[DocumentRecord]:
        if not rows:
            self._options.report.note("empty", "files without documents", str(path))
            return
        texts = [row.cells["text"] for row in rows]
        own = {"lines": [row.cells["line"] for row in rows], "speakers": [row.cells["speaker"] for row in rows]}
        try:
            made = ForeignDocument("\n".join(texts), name=name, options=self._options, extra={OWN: own})
            self._mark_lines(made, rows)
        except FormatError as error:
            error.path = error.path or path
            self._options.refuse(error)
            return
        yield made.record()

    def _mark_lines(self, made: ForeignDocument, rows: Iterable[ClaimRow]) -> None:
        work: ForeignWork | None = None
        at = 0
        for row in rows:
            cells, start = row.cells, at
            at += len(cells["text"]) + 1
            if not cells["text"].strip():
                continue
            low, high = claim_range(cells["text"])
            pair = (start + low, start + high)
            if self._run is not None:
                self._suggest(made, cells["line"], pair)
            elif "label" in cells:
                work = work or _finished(made)
                if cells["label"].strip() in _YES:
                    extra = {OWN: {"line": cells["line"]}}
                    work.mark(
                        f"line {cells['line']} {row.number}",
                        CHECKED,
                        [pair],
                        layer=LAYER,
                        attributes={"speaker": cells["speaker"]},
                        extra=extra,
                    )

    # -- a text in each row --------------------------------------------------------------------------------------------

    def _single(self, row: ClaimRow, table: ClaimTable) -> DocumentRecord:
        fields: dict[str, Any] = dict(row.cells)
        text = fields.pop(table.column(TEXTS) or "")
        id = row.cells[table.column(IDS) or ""].strip()
        name = self._names.of(name_from_text(text, id), text)
        meta, own = split_fields(fields)
        made = ForeignDocument(text, name=name, options=self._options, meta=meta, extra={OWN: own} if own else {})
        pair = claim_range(text)
        if self._run is not None:
            self._suggest(made, id, pair)
            return made.record()
        label_column, claim_column = table.column(LABELS), table.column(_IS_CLAIM)
        label = row.cells[label_column].strip() if label_column is not None else ""
        if label:
            self._judge(made, label, label_column or "", row.cells.get(claim_column or "", "").strip(), pair)
        return made.record()

    def _judge(self, made: ForeignDocument, label: str, column: str, claim: str, pair: tuple[int, int]) -> None:
        """Mark what a row says of its text: a claim worth checking, one that isn't, or none; other labels are of the
        document.
        """
        work = _finished(made)
        word = label.casefold()
        if word in _YES:
            work.mark("claim", CHECKED, [pair], layer=LAYER)
        elif word not in _NO:
            work.about_document(f"label {label}", label, layer=column)
        elif claim:
            factual = _UNIMPORTANT if claim.casefold() in _YES else _NOT_FACTUAL
            work.mark("claim", factual, [pair], layer=LAYER)

    def _suggest(self, made: ForeignDocument, id: str, pair: tuple[int, int]) -> None:
        run = self._run
        said = run.said.get(id.strip()) if run is not None else None
        if run is None or said is None:
            return
        self.met.add(id.strip())
        work = made.suggested(run.maker)
        reason = f"score {said.written}" if said.score is not None else ""
        mark = work.mark(f"{_RUN} {id} {pair[0]}", CHECKED, [pair], layer=LAYER, comment=reason)
        if mark is not None and said.score is not None:
            work.scores[mark.uid] = said.score
            if not 0 <= said.score <= 1:
                what = "scores of a run that aren’t from 0 to 1, only in the reasons of its suggestions"
                self._options.report.note("score", what, reason)


def _finished(made: ForeignDocument) -> ForeignWork:
    """Return the work on a document that somebody read to its end."""
    work = made.work()
    work.status = Status.DONE
    return work
