"""The format `token-classification`: tokens and their tags, as Hugging Face's examples and AutoTrain read them.

See https://huggingface.co/docs/transformers/tasks/token_classification. Tags are words, not numbers, since a number
means nothing without the list that it was counted in.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from app.core.annotation import Annotation
from app.core.record import DocumentRecord, PooledVotes, SetRecord
from app.core.validation import quote_holds
from app.exchange.format import ExportNotes, Format, WriteOptions, Writer
from app.exchange.formats.conll.tags import OUTSIDE, TagScheme, tags_of
from app.exchange.formats.conll.token_chunks import TokenChunks
from app.exchange.label_names import LabelNames
from app.exchange.losses import Losses
from app.exchange.option import FormatOption, OptionKind
from app.exchange.output import Output
from app.exchange.report import LossReport
from app.exchange.text_pieces import pieces

SENTENCE, DOCUMENT = "sentence", "document"
ENTITY = "entity"
LAYER = FormatOption(
    "layer",
    "Layer",
    OptionKind.TEXT,
    "",
    help="The layer whose marks become tags; without it the layers that are exported, of all of them entity.",
)
UNIT = FormatOption(
    "unit",
    "A line for each",
    OptionKind.CHOICE,
    DOCUMENT,
    (DOCUMENT, SENTENCE),
    help="Whether each document is a line, or each sentence. Sentences that a mark joins or crosses are one line.",
)
SCHEME = FormatOption(
    "scheme",
    "Tag scheme",
    OptionKind.CHOICE,
    TagScheme.IOB2.value,
    tuple(map(str, TagScheme)),
    help="How tags are spelt.",
)
UNMARKED = FormatOption(
    "unmarked",
    "Also lines without marks",
    default=True,
    help="Whether documents or sentences are written in which nothing is marked.",
)


class TokenClassificationWriter(Writer):
    """Writes tokens by the rules of each document's language, with one tag each."""

    suffix = ".tokens.jsonl"
    takes_one_annotator = True
    is_training_data = True
    takes_soft = True
    options = (LAYER, UNIT, SCHEME, UNMARKED)

    def write(self, records: Iterable[DocumentRecord], output: Output, options: WriteOptions) -> LossReport:
        """Write the records as they come; documents without a set aren't written."""
        losses = Losses("this format", "", keeps=("name", "status", "seconds", "model"))
        names = LabelNames(options.scheme, _layers(options))
        out = output.main()
        for record in records:
            if record.sets:
                losses.of_document(record)
            for item in record.sets:
                losses.of_set(record, item)
                losses.note("relation", "relations", record.document.name, count=len(item.relations))
                for line in _Lines(record, item, options, names, losses):
                    out.write(msgspec.json.encode(line) + b"\n")
        return losses.report


class _Unit(NamedTuple):
    """A part of a document: its tokens `[first, end)`, and its place in code points."""

    first: int
    end: int
    start: int
    stop: int


class _Lines:
    """The lines of one annotator's work on a document."""

    def __init__(
        self, record: DocumentRecord, item: SetRecord, options: WriteOptions, names: LabelNames, losses: Losses
    ) -> None:
        self._record = record
        self._item = item
        self._options = options
        self._losses = losses
        self._tokens = options.tokens(record.document)
        self._layers = _layers(options)
        self._chunks = TokenChunks(record.document.name, self._tokens, names, losses)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        document, own = self._record.document, self._options.own
        placed = [mark for mark in self._item.annotations if self._has_place(mark)]
        pooled = self._item.pooled
        soft = self._shares(placed, pooled) if pooled is not None and pooled.is_soft else None
        if pooled is not None and pooled.is_soft:
            placed = [mark for mark in placed if pooled.share(mark) > 0.5]  # noqa: PLR2004  more than half
        taken, _ = self._chunks.chosen(placed)
        tags = tags_of(sorted(taken), len(self._tokens), TagScheme(own.get(SCHEME.name, TagScheme.IOB2)))
        wholes = [(self._tokens[chunk.first][0], self._tokens[chunk.end - 1][1]) for chunk in taken]
        for unit in self._units(wholes):
            mine = tags[unit.first : unit.end]
            where = f"{document.name} ({self._item.annotator}): {unit.start}"
            if all(tag == OUTSIDE for tag in mine) and not own.get(UNMARKED.name, UNMARKED.default):
                what = "documents or sentences in which nothing is marked, left out"
                self._losses.note("unmarked", what, where, is_whole=True)
                continue
            line: dict[str, Any] = {
                "id": document.uid,
                "annotator": self._item.annotator,
                "start": unit.start,
                "end": unit.stop,
                "tokens": [document.text[start:end] for start, end in self._tokens[unit.first : unit.end]],
                "tags": mine,
            }
            yield line if soft is None else {**line, "soft": soft[unit.first : unit.end]}

    def _shares(self, marks: Iterable[Annotation], pooled: PooledVotes) -> list[dict[str, float]]:
        """Return, for each token, the share of annotators who gave each label to it."""
        found: list[dict[str, float]] = [{} for _ in self._tokens]
        for mark in marks:
            for chunk in self._chunks.of(mark):
                for each in found[chunk.first : chunk.end]:
                    each[chunk.type] = max(each.get(chunk.type, 0.0), round(pooled.share(mark), 3))
        return found

    def _units(self, wholes: list[tuple[int, int]]) -> Iterator[_Unit]:
        text = self._record.document.text
        if self._options.own.get(UNIT.name) != SENTENCE:
            yield _Unit(0, len(self._tokens), 0, len(text))
            return
        at = 0
        for start, end in pieces(text, [*wholes, *self._tokens]):
            first = at
            while at < len(self._tokens) and self._tokens[at][0] < end:
                at += 1
            if first < at:
                yield _Unit(first, at, start, end)

    def _has_place(self, mark: Annotation) -> bool:
        where = f"{self._record.document.name} ({self._item.annotator}): “{(mark.quote or mark.label)[:40]}”"
        if mark.layer not in self._layers:
            self._losses.note("layer", "marks of other layers, left out", where, is_whole=True)
            return False
        if not quote_holds(mark, self._record.document.text):
            self._losses.note("quote", "marks whose quote doesn't match the text, left out", where, is_whole=True)
            return False
        self._losses.of_mark(self._record, self._item, mark)
        return self._chunks.has_place(mark, self._options.scheme)


def _layers(options: WriteOptions) -> tuple[str, ...]:
    """Return the layers whose marks become tags."""
    asked = str(options.own.get(LAYER.name) or "").strip()
    if asked or options.layers:
        return (asked,) if asked else options.layers
    known = [layer.id for layer in options.scheme.text_layers]
    return (ENTITY,) if ENTITY in known else tuple(known[:1])


FORMAT = Format(
    "token-classification",
    "Tokens and tags",
    None,
    TokenClassificationWriter(),
    summary="JSONL for Hugging Face: tokens and string tags of one layer",
    help_page="fine-tuning.md",
    notes=ExportNotes(
        everyone="The tokens of each document, or sentence, with a tag each, for each annotator.",
        one="The tokens of each document, or sentence, with the tags of NAME’s marks.",
    ),
)
