"""What the columns of a data set are: tokens and tags, a text with spans, or a text and its labels."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple, cast

from app.core.errors import FormatError
from app.exchange.formats.conll.tags import is_tag, opens
from app.exchange.formats.huggingface.features import ClassNames
from app.exchange.text_column import in_quotes, text_column

CONTEXT, SPANS, LOCATIONS = "context", "spans", "locations"
LABELS = ("label", "labels")
_TOKENS = ("tokens", "words", "token")
_TAGS = ("ner_tags", "ner", "ner_tag", "tags", "entity_tags", "labels")
_SPAN_LABELS = ("label", "type", "entity_type", "entity_group", "tag", "class")
_SPAN_LISTS = ("spans", "entities", "ner", "annotations", "mentions", "privacy_mask")
_WORDS = ("text", "value", "word", "span")
_IGNORED = -100
"""What trainers write for tokens that don't count."""


class Form(StrEnum):
    """How marks are told."""

    TOKENS = "tokens"
    BRAT = "brat"
    RANGES = "ranges"
    TEXT = "text"


class DataLayout(NamedTuple):
    """The columns of a file: of the text or its tokens, of the marks ("" if there are none), of labels of the whole.

    `why` says by what it was known; it is empty if any table of texts has the same.
    """

    form: Form
    text: str
    marks: str
    labels: tuple[str, ...]
    why: str = ""


def layout_of(rows: Sequence[Mapping[str, Any]], names: ClassNames, *, text: str = "", tags: str = "") -> DataLayout:
    """Return the layout of a file by its first rows. `text` and `tags` are columns that a person named.

    Raises FormatError if there is nothing that can be a text, naming the columns.
    """
    columns = list(dict.fromkeys(key for row in rows for key in row))
    tokens = next((each for each in (text, *_TOKENS) if each and _are_strings(rows, each)), "")
    tagged = [each for each in ([tags] if tags else columns) if each != tokens and _is_beside(rows, each, tokens)]
    found = _tag_column(rows, tagged, names)
    if tokens and found:
        labels = _label_columns(rows, names, {tokens, *tagged})
        return DataLayout(Form.TOKENS, tokens, found, labels, f"“{tokens}” has tokens and “{found}” their tags")
    if not text and any(isinstance(row.get(CONTEXT), str) and _is_brat(row) for row in rows):
        labels = _label_columns(rows, names, {CONTEXT, SPANS})
        return DataLayout(Form.BRAT, CONTEXT, SPANS, labels, f"“{SPANS}” has types and locations")
    column = text_column(rows) if not text else None
    shown = text or (column.name if column is not None else "")
    if not shown:
        what = f"no column looks like that of a text; the columns are: {in_quotes(columns)}"
        hint = "say which column has the text: --map-column text=COLUMN"
        raise FormatError(what, hint=hint, in_window="choose the column of the text")
    ranges = next((each for each in (*_SPAN_LISTS, *columns) if any(_is_ranges(row.get(each)) for row in rows)), "")
    labels = _label_columns(rows, names, {shown, ranges})
    why = f"“{ranges}” has marks with start, end and label" if ranges else ""
    return DataLayout(Form.RANGES if ranges else Form.TEXT, shown, ranges, labels, why)


def _are_strings(rows: Sequence[Mapping[str, Any]], column: str) -> bool:
    values = [row[column] for row in rows if column in row]
    return bool(values) and all(
        isinstance(each, list) and all(isinstance(item, str) for item in cast("list[object]", each)) for each in values
    )


def _is_beside(rows: Sequence[Mapping[str, Any]], column: str, tokens: str) -> bool:
    """Whether a column has a tag for each token."""
    pairs = [(row[tokens], row[column]) for row in rows if tokens and tokens in row and column in row]
    return any(words for words, _ in pairs) and all(
        isinstance(given, list)
        and len(cast("list[object]", given)) == len(words)
        and all(each is None or isinstance(each, str | int) for each in cast("list[object]", given))
        for words, given in pairs
    )


def _tag_column(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], names: ClassNames) -> str:
    """Return the column of tags: the one that is called so, else one whose values look like tags."""
    for column in (*(each for each in _TAGS if each in columns), *columns):
        spelt = [str(each) for row in rows for each in row.get(column) or () if isinstance(each, str)]
        known = names.get(column, spelt)
        if column in _TAGS and (known or column in columns):
            return column
        if known and all(map(is_tag, known)) and any(map(opens, known)):
            return column
    return ""


def _label_columns(rows: Sequence[Mapping[str, Any]], names: ClassNames, others: set[str]) -> tuple[str, ...]:
    """Return the columns with labels of the whole. Numbers that nothing names are no labels but metadata."""
    columns = dict.fromkeys(key for row in rows for key in row)
    named = (each for each in columns if each in names or (each in LABELS and _are_words(rows, each)))
    return tuple(each for each in named if each not in others)


def _are_words(rows: Sequence[Mapping[str, Any]], column: str) -> bool:
    values = [row[column] for row in rows if column in row]
    items = [item for value in values for item in (cast("list[object]", value) if isinstance(value, list) else [value])]
    return bool(items) and all(isinstance(each, str) for each in items)


def _is_brat(row: Mapping[str, Any]) -> bool:
    spans = row.get(SPANS)
    if isinstance(spans, dict):
        return LOCATIONS in spans and "type" in spans
    items = cast("list[object]", spans) if isinstance(spans, list) else []
    is_empty = isinstance(spans, list) and not items and isinstance(row.get("relations"), list)
    return is_empty or (bool(items) and all(isinstance(each, dict) and LOCATIONS in each for each in items))


def _is_ranges(value: object) -> bool:
    if isinstance(value, dict):
        given = cast("dict[str, object]", value)
        return (
            isinstance(given.get("start"), list)
            and isinstance(given.get("end"), list)
            and _key(given, _SPAN_LABELS) != ""
        )
    items = cast("list[object]", value) if isinstance(value, list) else []
    return bool(items) and all(isinstance(each, dict) and _is_range(cast("dict[str, object]", each)) for each in items)


def _is_range(span: Mapping[str, object]) -> bool:
    return type(span.get("start")) is int and type(span.get("end")) is int and _key(span, _SPAN_LABELS) != ""


def _key(span: Mapping[str, object], among: Sequence[str]) -> str:
    return next((key for key in among if key in span), "")


class RowSpan(NamedTuple):
    """A span with a start, an end and a label; `words` are those that it repeats, `rest` its other values."""

    start: int
    end: int
    label: str
    words: str | None
    rest: dict[str, Any]


def span_of(span: Mapping[str, Any], where: str, names: ClassNames) -> RowSpan:
    """Return a span with start, end and label. Raises FormatError."""
    rest = dict(span)
    start, end = rest.pop("start", None), rest.pop("end", None)
    if type(start) is not int or type(end) is not int:
        raise FormatError(f"{where}: start and end aren't whole numbers", hint="fix the row")
    key = _key(rest, _SPAN_LABELS)
    label = rest.pop(key, None)
    if not isinstance(label, str):
        raise FormatError(f"{where} has no label that is text", hint="fix the row")
    words_key = next((each for each in _WORDS if isinstance(rest.get(each), str)), "")
    words = rest.pop(words_key) if words_key else None
    return RowSpan(start, end, label, words, {name: value for name, value in rest.items() if value is not None})


def tags_of_row(values: object, tokens: int, column: str, names: ClassNames) -> list[str]:
    """Return the tags of a row as texts. Raises FormatError if they aren't one for each token, or are numbers that
    nothing names.
    """
    items = cast("list[object]", values) if isinstance(values, list) else []
    if len(items) != tokens:
        what = f"“{column[:40]}” has {len(items)} tags for {tokens} tokens"
        raise FormatError(what, hint="fix the row")
    return [tag_of(each, column, names) for each in items]


def tag_of(value: object, column: str, names: ClassNames) -> str:
    """Return one tag or label as text. Raises FormatError for a number that nothing names."""
    if value is None or (value == _IGNORED and not isinstance(value, bool | str)):
        return "O"
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int):
        raise FormatError(f"“{column[:40]}” has {str(value)[:40]}, which is no tag", hint="fix the row")
    known = names.get(column)
    if known is None:
        what = f"“{column[:40]}” has numbers, and nothing says what they stand for"
        hint = "put the data set's README.md or dataset_info.json beside it, or name them: --option names=O,B-PER,I-PER"
        raise FormatError(what, hint=hint, in_window="put the data set’s README.md beside it, or give the names")
    if not 0 <= value < len(known):
        what = f"“{column[:40]}” has the number {value}, but there are names for 0 to {len(known) - 1}"
        raise FormatError(what, hint="fix the number, or the names")
    return known[value]
