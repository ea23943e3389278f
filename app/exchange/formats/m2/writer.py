"""Writes M2: the tokens of texts, and the marks that have corrections."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple, cast

from app.core.annotation import Annotation, Fragment
from app.core.correction import correction_place
from app.core.record import DocumentRecord, SetRecord
from app.exchange.category_names import CategoryNames
from app.exchange.error_marks import IdleDocuments
from app.exchange.format import WriteOptions, Writer
from app.exchange.formats.m2.blocks import ALTERNATIVE, NONE, NOOP, REQUIRED, M2Edit
from app.exchange.formats.m2.reader import (
    ALTERNATIVES,
    ANNOTATOR,
    HEADER,
    IS_NONE,
    IS_OPTIONAL,
    NOTE,
    ORDER,
    OWN,
    SENTENCES,
    TYPE,
)
from app.exchange.kept_fields import kept_of
from app.exchange.losses import Losses
from app.exchange.output import Output
from app.exchange.report import LossReport
from app.exchange.segments import line_ranges

_CROSSWALK = "errant"
_NUMBERED = re.compile(rf"{ANNOTATOR} (\S+)")
_BREAK = re.compile(r"\s+")
_NOOP = M2Edit(0, -1, -1, NOOP, NONE, REQUIRED, NONE, "")


class _Sentence(NamedTuple):
    """A line of a text: its place, the places of its tokens, and its words as they are written."""

    start: int
    end: int
    tokens: list[tuple[int, int]]
    words: str


class M2Writer(Writer):
    """Writes a block for each sentence, with the edits of all annotators; those who changed nothing are named, too."""

    suffix = ".m2"

    is_training_data = True

    def write(self, records: Iterable[DocumentRecord], output: Output, options: WriteOptions) -> LossReport:
        """Write the records as they come; documents without a set aren't written."""
        out = output.main()
        losses = Losses("M2", OWN, keeps=("correction", "status", "mark-extra"))
        ids = _AnnotatorIds()
        idle = IdleDocuments(losses)
        for record in records:
            if not record.sets:
                idle.add(record)
            else:
                losses.of_document(record)
                if OWN not in record.extra:
                    losses.note("boundary", "names of documents, and where one ends", record.document.name)
                made = _Written(record, options, ids, losses)
                out.write("".join(f"{line}\n" for block in made.blocks() for line in [*block, ""]).encode())
        idle.note()
        return losses.report


class _AnnotatorIds:
    """The ids of annotators: those of the file that they are from, else the next number."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}

    def of(self, annotator: str) -> str:
        if annotator not in self._ids:
            found = _NUMBERED.fullmatch(annotator)
            taken = set(self._ids.values())
            id = found[1] if found and found[1] not in taken else ""
            free = (str(number) for number in range(len(taken) + 1) if str(number) not in taken)
            self._ids[annotator] = id or next(free)
        return self._ids[annotator]


class _Written:
    """The blocks of a document."""

    def __init__(self, record: DocumentRecord, options: WriteOptions, ids: _AnnotatorIds, losses: Losses) -> None:
        self._record = record
        self._options = options
        self._ids = ids
        self._losses = losses
        self._names = CategoryNames(options.scheme, _CROSSWALK)
        self._own = kept_of(record.extra, OWN)
        self._sentences = list(_sentences(record, options, is_cut=SENTENCES in self._own))
        self._starts = [sentence.start for sentence in self._sentences]

    def blocks(self) -> Iterator[list[str]]:
        """Yield the lines of each block."""
        header = _texts(self._own.get(HEADER))
        if header:
            yield [f"S {header[0]}", *(_NOOP._replace(annotator=id).written() for id in header[1:])]
        self._losses.of_tokens(self._record, "\n".join(sentence.words for sentence in self._sentences))
        edits: list[dict[str, list[M2Edit]]] = [{} for _ in self._sentences]
        for item in self._record.sets:
            self._losses.of_set(self._record, item)
            self._add(item, edits)
        for sentence, here in zip(self._sentences, edits, strict=True):
            yield [f"S {sentence.words}", *(edit.written() for found in here.values() for edit in found)]

    def _add(self, item: SetRecord, edits: Sequence[dict[str, list[M2Edit]]]) -> None:
        """Add the edits of an annotator, and that there are none, for the sentences that they judged."""
        id = self._ids.of(item.annotator)
        self._losses.note("relation", "relations", self._record.document.name, count=len(item.relations))
        if item.annotator != f"{ANNOTATOR} {id}":
            what = "names of annotators, who are numbers in M2"
            self._losses.note("annotator", what, f"{item.annotator}: {id}", is_whole=True)
        given: Any = self._own.get(SENTENCES)
        kept: list[object] = cast("list[object]", given) if isinstance(given, list) else []
        if len(kept) != len(self._sentences):
            kept = [list[str]() for _ in self._sentences]
        for mark in sorted(item.annotations, key=lambda each: int(kept_of(each.extra, OWN).get(ORDER, 0))):
            found = self._edit(item, mark, id)
            if found is not None:
                edits[found[0]].setdefault(id, []).append(found[1])
        for number, here in enumerate(edits):
            if id in here:
                here[id].sort(key=lambda each: (each.start, each.end))  # those at one place stay in order
                continue
            # Where a sentence had no edits at all, its file doesn't name those who found none.
            if kept[number] is not None and (item.status.is_finished or id in _texts(kept[number])):
                here[id] = [_NOOP._replace(annotator=id)]
        if not item.status.is_finished and all(id in here for here in edits):
            what = "work that isn’t finished, which counts as finished since there is an edit in each sentence"
            self._losses.note("unfinished-work", what, self._record.document.name, is_whole=True)

    def _edit(self, item: SetRecord, mark: Annotation, id: str) -> tuple[int, M2Edit] | None:
        """Return the edit of a mark, and the number of its sentence; None, noted, if it has none."""
        where = f"{self._record.document.name} ({item.annotator}): “{(mark.quote or mark.label)[:40]}”"
        if self._options.scheme.is_about_document(mark.layer):
            self._losses.note("about-document", "labels of documents as a whole", where)
            return None
        self._losses.of_mark(self._record, item, mark)
        if mark.correction is None:
            self._losses.note("uncorrected", "marks without a correction, left out", where, is_whole=True)
            return None
        if len(mark.fragments) > 1:
            what = "marks in several pieces, of which the one that has the correction is written"
            self._losses.note("fragments", what, where, is_whole=True)
        place = mark.fragments[correction_place(mark.fragments)]
        number = bisect_right(self._starts, place.start) - 1
        sentence = self._sentences[number]
        if number < 0 or place.end > sentence.end:
            self._losses.note("crossing", "marks that go over several lines, left out", where, is_whole=True)
            return None
        start, end, correction = _at_tokens(sentence, place, mark.correction, self._record.document.text)
        if correction != mark.correction:
            what = "corrections of parts of tokens, written as those of whole ones"
            self._losses.note("widened", what, where, is_whole=True)
        return number, self._made(mark, start, end, correction, id)

    def _made(self, mark: Annotation, start: int, end: int, correction: str, id: str) -> M2Edit:
        kept = kept_of(mark.extra, OWN)
        words = _BREAK.sub(" ", correction).strip(" ")
        if kept.get(IS_NONE) is True and not words:
            words = NONE
        words = ALTERNATIVE.join([words, *_texts(kept.get(ALTERNATIVES))])
        return M2Edit(
            line=0,
            start=start,
            end=end,
            type=self._names.of(mark, kept.get(TYPE)),
            correction=words,
            required=str(kept.get(IS_OPTIONAL, REQUIRED)),
            comment=str(kept.get(NOTE, NONE)),
            annotator=id,
        )


def _at_tokens(sentence: _Sentence, place: Fragment, correction: str, text: str) -> tuple[int, int, str]:
    """Return a range as numbers of tokens, and its correction with what else of these tokens stays."""
    if place.start < place.end:
        first = next((number for number, (start, _) in enumerate(sentence.tokens) if start == place.start), None)
        ends = [number for number, (_, end) in enumerate(sentence.tokens) if end == place.end]
        if first is not None and ends and first <= ends[-1]:
            return first, ends[-1] + 1, correction
    inside = [
        number
        for number, (start, end) in enumerate(sentence.tokens)
        if start < place.end and end > place.start and (place.start < place.end or start < place.start < end)
    ]
    if not inside:
        number = sum(start < place.start for start, _ in sentence.tokens)
        return number, number, correction
    start, end = sentence.tokens[inside[0]][0], sentence.tokens[inside[-1]][1]
    before, after = text[start : max(start, place.start)], text[min(end, place.end) : end]
    return inside[0], inside[-1] + 1, f"{before}{correction}{after}"


def _sentences(record: DocumentRecord, options: WriteOptions, *, is_cut: bool) -> Iterator[_Sentence]:
    """Yield the lines of a text. Where it is from M2, its tokens are what stands between blanks."""
    text = record.document.text
    tokens = [] if is_cut else [span for span in options.tokens(record.document) if text[slice(*span)].strip()]
    starts = [start for start, _ in tokens]
    for line in line_ranges(text):
        here = tokens[bisect_left(starts, line.start) : bisect_left(starts, line.end)]
        if is_cut:
            yield _Sentence(*line, list(_cut(text, *line)), text[slice(*line)])
        elif here:
            yield _Sentence(*line, here, " ".join(text[start:end] for start, end in here))


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield what is between single blanks of a line, be it nothing, as M2 counts tokens."""
    for token in text[start:end].split(" "):
        yield start, start + len(token)
        start += len(token) + 1


def _texts(value: object) -> list[str]:
    items = cast("list[object]", value) if isinstance(value, list) else []
    return [item for item in items if isinstance(item, str)]
