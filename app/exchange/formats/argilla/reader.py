"""Reads records of Argilla: responses are their users' work, suggestions are suggestions."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, cast

import msgspec

from app.core.annotation import Status
from app.core.errors import BadChoice, FormatError
from app.core.record import DocumentRecord
from app.exchange.foreign_document import ForeignDocument, ForeignWork
from app.exchange.format import Claim, Reader, ReadOptions
from app.exchange.formats.argilla.wire import ANSWER, ArgillaRecord, SpanValue, parsed, shape, spans_of
from app.exchange.formats.huggingface.arrow_library import PARQUET_MAGIC
from app.exchange.formats.huggingface.data_files import DataFolder
from app.exchange.formats.huggingface.rows import RowFile, row_values
from app.exchange.json_records import are_ours, first_objects
from app.exchange.kept_fields import metadata_of
from app.exchange.offset_units import GivenRange, Ruler, Unit, unit_of
from app.exchange.option import FormatOption, OptionKind
from app.exchange.record_names import DistinctNames, name_from_text
from app.exchange.source import Source
from app.exchange.text_column import in_quotes, text_column

OWN = "argilla"
USERS = FormatOption(
    "users",
    "Names of users",
    OptionKind.TEXT,
    "",
    help="Whose ids the users’ are, such as 3f2a…=ana,77c0…=ben; others are called by their id.",
)
_UNITS = (Unit.CODE_POINTS, Unit.UTF16)
_STATUSES = {"submitted": Status.DONE, "draft": Status.OPEN, "discarded": Status.SKIPPED}
_LABEL_KINDS = ("label_selection", "multi_label_selection", "dynamic_label_selection", "dynamic_multi_label_selection")
_NOBODY = "argilla"
"""The maker of suggestions that name none."""


class ArgillaReader(Reader):
    """Reads records as JSON, JSON Lines and Parquet, and folders of a data set that Argilla wrote."""

    suffixes = (".json", ".jsonl", ".ndjson", ".parquet")
    is_folder = True
    columns = ("text", "title", "name", "id", "language", "reference")
    options = (USERS,)

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take what has responses or suggestions as Argilla writes them, and a folder with its settings."""
        if path.is_dir():
            settings = DataFolder(path).argilla_settings
            return Claim(f"it has {settings}") if settings else None
        try:
            if head.startswith(PARQUET_MAGIC):
                rows = RowFile(path).first()
            else:
                objects = first_objects(path, head)
                rows = [] if are_ours(objects) else [row_values(each) for each in objects]
        except FormatError:
            return None
        known = next((found for each in rows if (found := shape(each))), "")
        return Claim(f"“{known}” is as Argilla writes it") if known else None

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the documents. Records that can't be read go to `options.refuse`."""
        users = _users(str(options.own.get(USERS.name) or ""))
        files = DataFolder(source.path).files() if source.is_folder else None
        names = DistinctNames()
        for path in [each.path for each in files] if files is not None else [source.path]:
            try:
                yield from _File(path, users, names, options).records()
            except FormatError as error:
                error.path = error.path or path
                options.refuse(error)


def _users(given: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for part in filter(None, (each.strip() for each in given.split(","))):
        id, equals, name = part.partition("=")
        if not equals or not id.strip() or not name.strip():
            raise BadChoice(f"“{part[:40]}” doesn't name a user", hint="write ID=NAME, with commas between")
        found[id.strip()] = name.strip()
    return found


class _File:
    """Reads one file."""

    def __init__(self, path: Path, users: Mapping[str, str], names: DistinctNames, options: ReadOptions) -> None:
        self._rows = RowFile(path)
        self._path = path
        self._users = users
        self._names = names
        self._options = options
        self._questions = _told_questions(path)
        self._references: set[str] = set()
        first = [record for row in self._rows.first() if (record := _record(row)) is not None]
        self._text = options.columns.get("text", "") or _text_field(first)

    def records(self) -> Iterator[DocumentRecord]:
        unit = self._unit()
        seen_any = False
        for row in self._rows:
            seen_any = True
            self._options.at(row.number, row.byte)
            try:
                if row.error is not None:
                    raise row.error
                found = list(self._documents(parsed(row.values), unit))
            except FormatError as error:
                error.path, error.line = error.path or self._path, error.line or row.number
                self._options.refuse(error)
            else:
                yield from found
        if not seen_any:
            self._options.report.note("empty", "files without documents", str(self._path))

    def _unit(self) -> Unit:
        """Return the unit of the offsets: Argilla's server counts code points, what a browser sends UTF-16 units."""

        def claims() -> Iterator[GivenRange]:
            for row in self._rows:
                record = _record(row.values)
                if record is not None:
                    yield from list(self._ranges(record))

        return unit_of(claims(), among=_UNITS, given=self._options.offsets)

    def _ranges(self, record: ArgillaRecord) -> Iterator[GivenRange]:
        for question, value in _answers(record):
            text = record.fields.get(self._field(record, question), "")
            try:
                found = spans_of(value) or []
            except FormatError:
                continue  # it is refused when the documents are made
            if not text.isascii():
                for span in found:
                    yield GivenRange(text, span.start, span.end, span.words)

    def _field(self, record: ArgillaRecord, question: str) -> str:
        """Return the field that is the text: of a question about spans, the one that its settings name."""
        told = self._questions.get(question)
        if told is not None and told.field in record.fields and "text" not in self._options.columns:
            return told.field
        return self._text if self._text in record.fields else next(iter(record.fields), "")

    def _documents(self, record: ArgillaRecord, unit: Unit) -> Iterator[DocumentRecord]:
        """Yield the document of a record, after its reference; of several fields with spans, a document for each."""
        spanned = {question for question, value in _answers(record) if spans_of(value)}
        fields = list(dict.fromkeys(self._field(record, question) for question in sorted(spanned)))
        for number, field in enumerate(fields or [self._field(record, "")]):
            text = record.fields.get(field)
            if text is None:
                what = f"there is no field that is a text; the fields are: {in_quotes(record.fields)}"
                raise FormatError(
                    what, hint="name it with --map-column text=FIELD", in_window="choose the text’s field"
                )
            made = self._made(record, field, text)
            reference = record.fields.get(self._options.columns.get("reference", ""))
            if reference is not None and reference.strip():
                other = ForeignDocument(reference, name=name_from_text(reference), options=self._options)
                made.refer_to(other)
                if other.uid not in self._references:
                    self._references.add(other.uid)
                    yield other.record()
            work = _Answers(made, Ruler(text, unit), self._users, self._questions)
            for answer in record.responses:
                if _belongs(answer.question, answer.value, field, number, self._field(record, answer.question)):
                    work.respond(answer.question, answer.user, answer.value, answer.status)
            for each in record.suggestions:
                if _belongs(each.question, each.value, field, number, self._field(record, each.question)):
                    work.suggest(each.question, each.value, each.score, each.agent)
            yield made.record()

    def _made(self, record: ArgillaRecord, field: str, text: str) -> ForeignDocument:
        columns = self._options.columns
        others = {name: value for name, value in record.fields.items() if name not in (field, columns.get("reference"))}
        meta = metadata_of({**others, **record.meta}, self._options.report)
        for ours in ("title", "language"):
            theirs = columns.get(ours)
            if theirs in meta:
                meta[ours] = meta.pop(theirs)
        id = meta.get(columns.get("id", "")) or record.id
        named = meta.get(columns.get("name", ""))
        name = named if isinstance(named, str) and named.strip() else name_from_text(text, str(id or ""))
        return ForeignDocument(text, name=self._names.of(name, text), options=self._options, meta=meta)


def _record(row: dict[str, Any]) -> ArgillaRecord | None:
    """Return what a row says, None if it can't be read: it is refused when the documents are made."""
    try:
        return parsed(row)
    except FormatError:
        return None


def _answers(record: ArgillaRecord) -> Iterator[tuple[str, Any]]:
    yield from ((each.question, each.value) for each in record.responses)
    yield from ((each.question, each.value) for each in record.suggestions)


def _belongs(question: str, value: object, field: str, number: int, wanted: str) -> bool:
    """Whether an answer belongs to the document of a field: spans to theirs, all others to the first."""
    return wanted == field if spans_of(value) else number == 0


def _text_field(records: Sequence[ArgillaRecord]) -> str:
    """Return the field that is the text of records, by its name or its length, "" if there are none."""
    found = text_column([dict(each.fields) for each in records])
    return found.name if found is not None else next((name for each in records for name in each.fields), "")


class _Question(NamedTuple):
    """What the settings tell of a question: its kind, such as `text`, and the field that spans are on."""

    kind: str
    field: str


def _told_questions(path: Path) -> Mapping[str, _Question]:
    """Return the questions that the settings of a data set beside a file tell; they are only there in 2.x."""
    for folder in (path.parent, path.parent.parent):
        settings = folder / ".argilla" / "settings.json"
        if settings.is_file():
            try:
                given = msgspec.json.decode(settings.read_bytes())
            except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                return {}
            questions = cast("dict[str, Any]", given).get("questions") if isinstance(given, dict) else None
            return dict(_questions(cast("list[Any]", questions) if isinstance(questions, list) else []))
    return {}


def _questions(given: Sequence[Any]) -> Iterator[tuple[str, _Question]]:
    for each in given:
        question = cast("dict[str, Any]", each) if isinstance(each, dict) else {}
        settings = question.get("settings")
        told = cast("dict[str, Any]", settings) if isinstance(settings, dict) else {}
        if isinstance(question.get("name"), str):
            yield question["name"], _Question(str(told.get("type") or ""), str(told.get("field") or ""))


class _Answers:
    """Puts answers into the work of users and of programs."""

    def __init__(
        self, made: ForeignDocument, ruler: Ruler, users: Mapping[str, str], questions: Mapping[str, _Question]
    ) -> None:
        self._made = made
        self._ruler = ruler
        self._users = users
        self._questions = questions

    def respond(self, question: str, user: str | None, value: object, status: str) -> None:
        """Add what a user answered."""
        name = self._users.get(user, user) if user is not None else None
        work = self._made.work(name)
        if status in _STATUSES:
            work.status = _STATUSES[status]
        self._put(work, question, value, None)

    def suggest(self, question: str, value: object, score: object, agent: str) -> None:
        """Add what a program suggests."""
        self._put(self._made.suggested(agent.strip()[:100] or _NOBODY), question, value, score)

    def _put(self, work: ForeignWork, question: str, value: object, score: object) -> None:
        spans = spans_of(value)
        labels = self._labels(question, value) if spans is None else []
        for at, span in enumerate(spans or []):
            self._mark(work, question, span, _item(score, at))
        for at, label in enumerate(labels):
            self._label(work, question, label, _item(score, at))
        if spans is None and not labels and value is not None and value != []:
            self._field(work, question, value)

    def _labels(self, question: str, value: object) -> list[str]:
        """Return the labels that an answer is; none if it is a text, a number or an order."""
        items = cast("list[object]", value) if isinstance(value, list) else [value]
        words = [each for each in items if isinstance(each, str)]
        told = self._questions.get(question)
        if len(words) < len(items) or (told is not None and told.kind not in ("", *_LABEL_KINDS)):
            return []
        return words if told is not None or all(map(_is_label, words)) else []

    def _mark(self, work: ForeignWork, question: str, span: SpanValue, score: object) -> None:
        try:
            pair = self._ruler.range(span.start, span.end)
        except ValueError as error:
            raise FormatError(f"“{question[:40]}”: {error}", hint="fix the offsets") from error
        key = f"{question} {pair[0]} {pair[1]} {span.label}"
        if not work.has(key):
            made = work.mark(key, span.label, [pair], layer=_layer(question), words=span.words)
            _score(work, made.uid if made is not None else "", score)

    @staticmethod
    def _label(work: ForeignWork, question: str, label: str, score: object) -> None:
        key = f"{question} {label}"
        if not work.has(key):
            made = work.about_document(key, label, layer=_layer(question))
            _score(work, made.uid if made is not None else "", score)

    @staticmethod
    def _field(work: ForeignWork, question: str, value: object) -> None:
        """Add an answer that is no label: a number, a text, or an order of things, as a field of the whole."""
        if not work.has(question):
            work.about_document(question, question, layer=question, attributes={question: _ranked(value)})


def _layer(question: str) -> str:
    """Return the layer of a question's labels: its name, unless that says nothing."""
    return "" if question in (ANSWER, "span", "spans", "label", "labels") else question


def _score(work: ForeignWork, uid: str, score: object) -> None:
    if uid and isinstance(score, int | float) and not isinstance(score, bool):
        work.scores[uid] = float(score)


def _is_label(value: str) -> bool:
    """Whether a text is an answer to a question with choices, as far as it shows: one short line."""
    return 0 < len(value.strip()) <= 60 and value.isprintable() and len(value.split()) <= 5  # noqa: PLR2004


def _item(score: object, at: int) -> object:
    """Return the score of one part of a value, all of which may have one together."""
    if not isinstance(score, list):
        return score
    scores = cast("list[object]", score)
    return scores[at] if at < len(scores) else None


def _ranked(value: Any) -> Any:  # noqa: ANN401  of a response
    """Return a ranking as a list in its order, and anything else as it is."""
    if not isinstance(value, list):
        return value
    items = cast("list[Any]", value)
    rows = [cast("dict[str, Any]", each) for each in items if isinstance(each, dict)]
    if rows and len(rows) == len(items) and all(type(each.get("rank")) is int and "value" in each for each in rows):
        return [str(each["value"]) for each in sorted(rows, key=lambda each: each["rank"])]
    return items
