"""Reads data sets of the Hugging Face Hub: folders, and single files of Parquet, Arrow and JSON Lines."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.format import Claim, Reader, ReadOptions
from app.exchange.formats.huggingface.arrow_library import PARQUET_MAGIC
from app.exchange.formats.huggingface.data_files import SUFFIXES, DataFile, DataFolder, split_of, told_names
from app.exchange.formats.huggingface.documents import RowDocuments
from app.exchange.formats.huggingface.features import ClassNames
from app.exchange.formats.huggingface.layout import Form, layout_of
from app.exchange.formats.huggingface.rows import RowFile, row_values
from app.exchange.json_records import are_ours, first_objects
from app.exchange.offset_units import GivenRange, Unit, unit_of
from app.exchange.option import FormatOption, OptionKind
from app.exchange.record_names import DistinctNames
from app.exchange.source import Source

TAGS = FormatOption(
    "tags",
    "Column with tags",
    OptionKind.TEXT,
    "",
    help="The column with a tag for each token, where it isn’t called ner_tags or tags.",
)
NAMES = FormatOption(
    "names",
    "Names of the tags",
    OptionKind.TEXT,
    "",
    help="What tags that are numbers stand for, from 0, such as O,B-PER,I-PER, where no file of the data set says it.",
)
_OF_ARROW = b"\xff\xff\xff\xff"


class HubReader(Reader):
    """Reads tokens with tags, texts with spans, and texts with labels. Other columns and the split are metadata."""

    suffixes = SUFFIXES
    is_folder = True
    columns = ("text", "title", "name", "id", "language", "annotator", "label")
    options = (TAGS, NAMES)

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take a folder that is a data set, Parquet and Arrow, and JSON Lines with tokens and tags, or brat's spans."""
        if path.is_dir():
            reason = DataFolder(path).reason
            return Claim(reason) if reason else None
        if head.startswith(PARQUET_MAGIC):
            return Claim("it is a Parquet file", weak=True)
        if path.suffix.lower() == ".arrow" and head.startswith(_OF_ARROW):
            return Claim("it is an Arrow file", weak=True)
        objects = first_objects(path, head)
        if not objects or are_ours(objects):
            return None
        try:
            found = layout_of([row_values(each) for each in objects], {})
        except FormatError:
            return None
        return Claim(found.why) if found.form in (Form.TOKENS, Form.BRAT) else None

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the documents. Rows that can't be read go to `options.refuse`."""
        root = source.path if source.is_folder else None
        files = DataFolder(source.path).files() if source.is_folder else [_single(source)]
        distinct = DistinctNames()
        for file in files:
            try:
                yield from _records(file, root, options, distinct)
            except FormatError as error:
                error.path = error.path or file.path
                options.refuse(error)


def _single(source: Source) -> DataFile:
    return DataFile(source.path, source.name, split_of(source.name))


def _records(
    file: DataFile, root: Path | None, options: ReadOptions, distinct: DistinctNames
) -> Iterator[DocumentRecord]:
    rows = RowFile(file.path)
    first = rows.first()
    if not first:
        options.report.note("empty", "files without documents", str(file.path))
        if next(iter(rows), None) is None:
            return
    for column in rows.left_out:
        options.report.note("bytes", "columns of pictures, sounds and other bytes, left out", f"{file.name}: {column}")
    text, tags = options.columns.get("text", ""), str(options.own.get(TAGS.name) or "").strip()
    given = [each.strip() for each in str(options.own.get(NAMES.name) or "").split(",") if each.strip()]
    names: ClassNames = {**told_names(file.path, root), **rows.names}
    layout = layout_of(first, names, text=text, tags=tags)
    if given:
        names = {**names, layout.marks: given}
    made = RowDocuments(file.path, layout, names, file.split, options, distinct)
    unit = _unit(rows, made, options) if layout.form in (Form.BRAT, Form.RANGES) else Unit.CODE_POINTS
    for row in rows:
        options.at(row.number, row.byte)
        try:
            if row.error is not None:
                raise row.error
            found = made.document(row, unit)
        except FormatError as error:
            error.path, error.line = error.path or file.path, error.line or row.number
            options.refuse(error)
        else:
            yield found


def _unit(rows: RowFile, made: RowDocuments, options: ReadOptions) -> Unit:
    """Return the unit of the offsets; most data sets are made by Python, which counts code points."""

    def claims() -> Iterator[GivenRange]:
        for row in rows:
            try:
                yield from list(made.ranges(row.values))
            except FormatError:
                continue  # it is refused when the documents are made

    return unit_of(claims(), among=_UNITS, given=options.offsets)


_UNITS: Sequence[Unit] = (Unit.CODE_POINTS, Unit.UTF16)
