"""Writes data sets that `load_dataset` reads: folders of Parquet or JSON Lines with a card that tells their columns."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, BinaryIO, Protocol, cast

import msgspec

from app.core.annotation import Annotation
from app.core.record import DocumentRecord, SetRecord
from app.core.scheme import Layer
from app.exchange.format import WriteOptions, Writer
from app.exchange.formats.brat.work import OWN as BRAT
from app.exchange.formats.conll.tags import OUTSIDE, TagScheme, tags_of
from app.exchange.formats.conll.token_chunks import TokenChunks
from app.exchange.formats.huggingface.arrow_library import arrow
from app.exchange.formats.huggingface.brat_columns import BRAT_COLUMNS, BratColumns
from app.exchange.formats.huggingface.card import WrittenSplit, card_text, features_json, info_json
from app.exchange.formats.huggingface.columns import MetadataColumns, arrow_type
from app.exchange.formats.huggingface.data_files import CARD, INFOS, split_of
from app.exchange.formats.huggingface.documents import ANNOTATOR, LENGTHS, LISTS, META, NAME, OWN, SPLIT, TAG_SCHEME
from app.exchange.formats.huggingface.features import METADATA, ClassLabels, ColumnType, ListOf
from app.exchange.formats.huggingface.layout import CONTEXT
from app.exchange.kept_fields import kept_of
from app.exchange.label_names import LabelNames
from app.exchange.losses import Losses
from app.exchange.option import FormatOption, OptionKind
from app.exchange.output import Output
from app.exchange.provenance import OriginPlace
from app.exchange.report import LossReport
from app.exchange.token_text import cut_again

_SPANS, _TOKENS = "spans", "tokens"
FORM = FormatOption(
    "form",
    "Marks as",
    OptionKind.CHOICE,
    _SPANS,
    (_SPANS, _TOKENS),
    help="spans: the text with all that marks say, in the columns of brat; tokens: tokens with a tag each.",
)
_PARQUET, _JSONL = "parquet", "jsonl"
FILES = FormatOption(
    "files", "Files", OptionKind.CHOICE, _PARQUET, (_PARQUET, _JSONL), help="Parquet needs the package pyarrow."
)
NUMBERS = FormatOption(
    "numbers",
    "Labels as numbers",
    help="Tags and labels of documents are numbers that the card names, as many training scripts expect them.",
)
_TOKEN_COLUMN, _TAG_COLUMN = "tokens", "ner_tags"
_FIRST = 1_000  # documents by whose metadata the columns are chosen
_BATCH = 1_000  # rows of a row group
_SPLIT = re.compile(r"\w+(\.\w+)*")
_KEPT = ("meta", "name")
_KEPT_OF_SPANS = (*_KEPT, "attribute", "correction", "comment", "relation-field")


class HubWriter(Writer):
    """Writes a row for each annotator's work on a document, in the split that its metadata name."""

    is_folder = True
    origin_place = OriginPlace.FIELDS
    takes_one_annotator = True
    companions = (CARD, INFOS[0])
    options = (FORM, FILES, NUMBERS)

    def write(self, records: Iterable[DocumentRecord], output: Output, options: WriteOptions) -> LossReport:
        """Write the records as they come; the card, which has their numbers, comes last."""
        is_tokens = options.own.get(FORM.name) == _TOKENS
        losses = Losses("this data set", OWN, keeps=_KEPT if is_tokens else _KEPT_OF_SPANS)
        rows = _Rows(options, losses, is_tokens=is_tokens)
        data = _DataSet(rows.columns, output, is_parquet=options.own.get(FILES.name, _PARQUET) == _PARQUET)
        name = output.path.name if output.path is not None else ""
        default = split_of(name) or "train"
        for record in records:
            if record.sets:
                losses.of_document(record)
            meta = dict(record.document.meta)
            split = meta.get(SPLIT)
            split = str(meta.pop(SPLIT)) if isinstance(split, str) and _SPLIT.fullmatch(split) else default
            for item in record.sets:
                losses.of_set(record, item)
                data.add(split, rows.values(record, item), {**meta, **rows.lists(record)})
        splits = data.finish(default)
        tasks = ["token-classification", *(["text-classification"] if rows.label_layers else [])]
        with output.open(CARD) as file:
            file.write(card_text(options.scheme, data.columns, splits, tasks).encode())
        with output.open(INFOS[0]) as file:
            file.write(info_json(data.columns, splits))
        return losses.report


class _Rows:
    """Makes the values of rows, apart from metadata."""

    def __init__(self, options: WriteOptions, losses: Losses, *, is_tokens: bool) -> None:
        self._options = options
        self._scheme = options.scheme
        self._losses = losses
        self._is_tokens = is_tokens
        self._names = LabelNames(options.scheme, options.layers)
        self._has_numbers = bool(options.own.get(NUMBERS.name))
        wanted = [layer for layer in self._scheme.layers if not options.layers or layer.id in options.layers]
        self.label_layers = [layer for layer in wanted if layer.is_about_document and layer.id not in _TAKEN]
        texts = [layer for layer in wanted if not layer.is_about_document]
        labels = [self._names.of(layer.id, label.id) for layer in texts for label in layer.givable]
        self._tags = [OUTSIDE, *(f"{prefix}-{label}" for label in labels for prefix in "BI")]
        tag: ColumnType = ClassLabels(self._tags) if self._has_numbers else "string"
        tokens: dict[str, ColumnType] = {_TOKEN_COLUMN: ListOf("string"), _TAG_COLUMN: ListOf(tag)}
        marks = tokens if is_tokens else {CONTEXT: "string", **BRAT_COLUMNS}
        abouts = {layer.id: self._label_type(layer) for layer in self.label_layers}
        self.columns: dict[str, ColumnType] = {NAME: "string", ANNOTATOR: "string", **marks, **abouts}

    def _label_type(self, layer: Layer) -> ColumnType:
        return ClassLabels([label.id for label in layer.givable]) if self._has_numbers else "string"

    def values(self, record: DocumentRecord, item: SetRecord) -> dict[str, Any]:
        document = record.document
        found: dict[str, Any] = {NAME: document.name, ANNOTATOR: item.annotator}
        marks: list[Annotation] = []
        for mark in item.annotations:
            is_about = self._scheme.is_about_document(mark.layer)
            self._note(record, item, mark, is_about=is_about)
            if is_about:
                found[mark.layer] = self._label(mark, document.name)
            else:
                marks.append(mark)
        for tie in item.relations:
            self._losses.of_relation(record, item, tie)
        if self._is_tokens:
            found |= self._tagged(record, item, marks)
        else:
            found[CONTEXT] = document.text
            found |= BratColumns(record, item, self._scheme, self._names, self._losses).values(marks)
        return found

    def _note(self, record: DocumentRecord, item: SetRecord, mark: Annotation, *, is_about: bool) -> None:
        if BRAT in mark.extra and not self._is_tokens:
            rest = {key: value for key, value in mark.extra.items() if key != BRAT}
            mark = msgspec.structs.replace(mark, extra=rest)
        self._losses.of_mark(record, item, mark, has_fields=False if is_about else None)

    def _label(self, mark: Annotation, name: str) -> str | int | None:
        type_ = self.columns.get(mark.layer)
        if type_ == "string":
            return mark.label
        if isinstance(type_, ClassLabels) and mark.label in type_.names:
            return type_.names.index(mark.label)
        self._losses.note("label", "labels of documents that the scheme doesn't have", f"{name}: {mark.label}")
        return None

    def lists(self, record: DocumentRecord) -> Mapping[str, Any]:
        """Return the columns that an imported document has beside its tokens, if its tokens are what they were."""
        own = kept_of(record.extra, OWN)
        lists = cast("dict[str, list[Any]]", own.get(LISTS) or {}) if self._is_tokens else {}
        if not lists:
            return {}
        count = len(cut_again(record.document.text, own.get(LENGTHS)))
        kept = {column: values for column, values in lists.items() if len(values) == count}
        if len(kept) < len(lists):
            what = "columns of tokens of an edited text, left out"
            self._losses.note("token-column", what, record.document.name, is_whole=True)
        return kept

    def _tagged(self, record: DocumentRecord, item: SetRecord, marks: Sequence[Annotation]) -> dict[str, Any]:
        document = record.document
        own = kept_of(record.extra, OWN)
        if own.get("tokens"):
            tokens = cut_again(document.text, own.get(LENGTHS))
        else:
            tokens = [pair for pair in self._options.tokens(document) if document.text[slice(*pair)].strip()]
        self._losses.note("relation", "relations", document.name, count=len(item.relations))
        chunks = TokenChunks(document.name, tokens, self._names, self._losses)
        taken, _ = chunks.chosen([mark for mark in marks if chunks.has_place(mark, self._scheme)])
        known = set(self._tags)
        if self._has_numbers:
            unknown = [chunk for chunk in taken if f"B-{chunk.type}" not in known]
            for chunk in unknown:
                what = "marks with labels that the scheme doesn't have, left out"
                self._losses.note("label", what, f"{document.name}: {chunk.type}", is_whole=True)
            taken = [chunk for chunk in taken if chunk not in unknown]
        given = own.get(TAG_SCHEME)
        scheme = TagScheme(given) if given in tuple(TagScheme) and not self._has_numbers else TagScheme.IOB2
        tags: list[Any] = list(tags_of(sorted(taken), len(tokens), scheme))
        if self._has_numbers:
            numbers = {tag: at for at, tag in enumerate(self._tags)}
            tags = [numbers[tag] for tag in tags]
        return {_TOKEN_COLUMN: [document.text[slice(*pair)] for pair in tokens], _TAG_COLUMN: tags}


_TAKEN = frozenset((NAME, ANNOTATOR, META, SPLIT, CONTEXT, _TOKEN_COLUMN, _TAG_COLUMN, *BRAT_COLUMNS))
"""Columns that a layer about documents can't be called like."""


class _SplitFile(Protocol):
    """A file of one split."""

    def write(self, rows: list[dict[str, Any]]) -> None: ...

    def close(self) -> None: ...


class _JsonLines:
    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, rows: list[dict[str, Any]]) -> None:
        for row in rows:
            self._file.write(msgspec.json.encode(row) + b"\n")

    def close(self) -> None:
        self._file.close()


class _Parquet:
    """A file of Parquet, with a row group for each batch."""

    def __init__(self, file: BinaryIO, columns: Mapping[str, ColumnType]) -> None:
        library = arrow()
        told = msgspec.json.encode({"info": {"features": features_json(columns)}})
        fields = [(name, arrow_type(type_, library)) for name, type_ in columns.items()]
        self._schema = library.schema(fields, metadata={METADATA: told})
        self._table = library.Table
        self._file = file
        self._writer = arrow("parquet").ParquetWriter(file, self._schema)

    def write(self, rows: list[dict[str, Any]]) -> None:
        self._writer.write_table(self._table.from_pylist(rows, schema=self._schema))

    def close(self) -> None:
        self._writer.close()
        self._file.close()


class _DataSet:
    """The files of all splits. Rows wait until the columns of metadata are chosen, then batch by batch."""

    def __init__(self, columns: dict[str, ColumnType], output: Output, *, is_parquet: bool) -> None:
        if is_parquet:
            arrow()  # before anything is written
        self.columns = columns
        self._output = output
        self._is_parquet = is_parquet
        self._metadata: MetadataColumns | None = None
        self._waiting: list[tuple[str, dict[str, Any], dict[str, Any]]] = []
        self._batches: dict[str, list[dict[str, Any]]] = {}
        self._files: dict[str, _SplitFile] = {}
        self._counts: dict[str, int] = {}

    def add(self, split: str, values: dict[str, Any], meta: dict[str, Any]) -> None:
        """Add a row."""
        if self._metadata is None:
            self._waiting.append((split, values, meta))
            if len(self._waiting) == _FIRST:
                self._choose()
        else:
            self._put(split, values, meta, self._metadata)

    def _choose(self) -> None:
        chosen = self._metadata = MetadataColumns([meta for _, _, meta in self._waiting], [*self.columns, *_TAKEN])
        self.columns = {**self.columns, **chosen.types, META: "string"}
        for each in self._waiting:
            self._put(*each, chosen)
        self._waiting = []

    def _put(self, split: str, values: dict[str, Any], meta: dict[str, Any], chosen: MetadataColumns) -> None:
        given = {**values, **chosen.values(meta)}
        batch = self._batches.setdefault(split, [])
        batch.append({column: given.get(column) for column in self.columns})
        if len(batch) == _BATCH:
            self._flush(split)

    def _flush(self, split: str) -> None:
        rows = self._batches.pop(split, [])
        if split not in self._files:
            file = self._output.open(self._name(split))
            self._files[split] = _Parquet(file, self.columns) if self._is_parquet else _JsonLines(file)
        self._files[split].write(rows)
        self._counts[split] = self._counts.get(split, 0) + len(rows)

    def _name(self, split: str) -> str:
        return f"data/{split}-00000-of-00001.parquet" if self._is_parquet else f"data/{split}.jsonl"

    def finish(self, default: str) -> list[WrittenSplit]:
        """Write what is left, close the files, and return the splits; without rows, an empty one."""
        if self._metadata is None:
            self._choose()
        for split in list(self._batches) or ([] if self._files else [default]):
            self._flush(split)
        for file in self._files.values():
            file.close()
        return [WrittenSplit(split, self._name(split), self._counts[split]) for split in self._files]
