"""Reads Label Studio's tasks: an array of them, or one a line."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from app.core.annotation import Status
from app.core.byte_order_mark import marked_encoding
from app.core.decision import GOLD, is_gold_name
from app.core.errors import BadChoice, FormatError
from app.core.record import DocumentRecord
from app.exchange import json_arrays
from app.exchange.foreign_document import LONGEST, ForeignDocument, ForeignWork
from app.exchange.format import Claim, Reader, ReadOptions
from app.exchange.formats.label_studio.task_text import (
    TaskText,
    configured_key,
    is_address,
    key_by_words,
    names_elsewhere,
    text_of,
)
from app.exchange.formats.label_studio.task_work import TaskWork, take_remark
from app.exchange.formats.label_studio.wire import OWN, STET, Json, as_list, as_object, check_kept, seconds_of, word_of
from app.exchange.json_arrays import JsonElement
from app.exchange.json_records import begins_as_ours
from app.exchange.offset_units import GivenRange, Ruler, Unit, unit_of
from app.exchange.option import FormatOption, OptionKind
from app.exchange.record_names import DistinctNames, name_from_text
from app.exchange.source import Source

SUFFIXES = (".json", ".jsonl", ".ndjson")
PREDICTIONS = FormatOption(
    "predictions",
    "Predictions become",
    OptionKind.CHOICE,
    "work",
    ("work", "suggestions", "nothing"),
    help="Work of the model that made them, suggestions for the annotators, or nothing.",
)
USERS = FormatOption(
    "users",
    "Names of users",
    OptionKind.TEXT,
    "",
    help="Names for the numbers of users, such as 1=ana,2=ben.",
)
GROUND_TRUTH = FormatOption(
    "ground-truth", "Ground truth is gold", help="What is flagged as ground truth becomes gold, not its annotator's."
)
MODEL = "Label Studio model"
"""The name of a model that isn't named."""

NAMES = ("name", "file_name", "filename")
"""Keys of the data that name the document."""

_LOOKED_AT = 100  # regions that are asked which of a task's texts they are about
_WORK = ("annotations", "completions", "predictions")
_OF_TASK = frozenset(
    ("id", "data", "meta", "project", "inner_id", "file_upload", "created_at", "updated_at", "updated_by", "drafts")
)
_STATUS = {"open": Status.OPEN, "skipped": Status.SKIPPED}
_SAYS_IF_DONE = ("was_cancelled", "skipped", "lead_time")
_KEPT_ELSEWHERE = frozenset(("result", "completed_by", "was_cancelled", "skipped", "lead_time", STET))
_decoder = msgspec.json.Decoder()


class LabelStudioReader(Reader):
    """Reads tasks with annotations of people and predictions of models, also of exports before version 1.0."""

    suffixes = SUFFIXES
    columns = ("text", "name")
    options = (PREDICTIONS, USERS, GROUND_TRUTH)

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take a file whose first record is a task: it has `data`, and only what tasks have beside it."""
        task = first_record(path, head)
        data = as_object(task.get("data")) if task is not None else None
        if task is None or data is None:
            return None
        for key in _WORK:
            items = as_list(task.get(key))
            if items and all(isinstance(item, int) or "result" in (as_object(item) or {}) for item in items):
                return Claim(f"its first record has “data” and “{key}” with results")
        if set(task) <= _OF_TASK | set(_WORK):
            return Claim("its first record has “data” and nothing that tasks don’t have")
        return None

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield a document for each task. Invalid tasks go to `options.refuse`."""
        path = source.path
        reading = TaskFile(source, options)
        seen_any = False
        for element in json_arrays.elements(path):
            seen_any = True
            options.at(element.line, element.byte)
            try:
                yield _Task(task_of(element, path), reading).record()
            except FormatError as error:
                options.refuse(placed(error, element, path))
        if not seen_any:
            options.report.note("empty", "files without documents", str(path))


class TaskFile:
    """What is the same for all tasks of a file."""

    def __init__(self, source: Source, options: ReadOptions) -> None:
        """Raise FormatError if nothing tells the unit of the offsets, and BadChoice for an unusable option."""
        self.names = DistinctNames()
        self.options = options
        self.key = options.columns.get("text") or key_beside(source)
        self.people = parsed_users(str(options.own.get(USERS.name, "")))
        self.predictions = options.own.get(PREDICTIONS.name, PREDICTIONS.default)
        self.truth_is_gold = bool(options.own.get(GROUND_TRUTH.name))
        self.unit = _unit(source.path, self.key, options)


def first_record(path: Path, head: bytes) -> Json | None:
    """Return the first object of a JSON file, as far as it is one; `head` are the file's first bytes."""
    start = head.decode(marked_encoding(head) or "utf-8", "ignore").lstrip("\ufeff \t\r\n")
    if not start.startswith(("{", "[")) or '"' not in start or begins_as_ours(head):
        return None
    try:
        element = next(json_arrays.elements(path), None)
        return None if element is None else as_object(_decoder.decode(element.data))
    except (FormatError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def task_of(element: JsonElement, path: Path) -> Json:
    """Return the object that an element is. Raises FormatError."""
    task = as_object(json_arrays.decode(element, _decoder, path))
    if task is None:
        what = f"record {element.number:,} isn't an object"
        raise FormatError(what, hint="each record must be a task with “data”", path=path, line=element.line)
    return task


def placed(error: FormatError, element: JsonElement, path: Path) -> FormatError:
    """Return an error in a record with its place, and the record."""
    if error.path is None:
        error.what = f"record {element.number:,}: {error.what}"
        error.path, error.line = path, element.line
    error.record = element.in_one_line()
    return error


def parsed_users(text: str) -> dict[str, str]:
    """Return the names of users by their numbers, as `1=ana,2=ben` says them. Raises BadChoice."""
    found: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        number, equals, name = part.partition("=")
        if not equals or not number.strip() or not name.strip():
            raise BadChoice(f"“{part}” doesn't name a user", hint="write NUMBER=NAME, such as users=1=ana,2=ben")
        found[number.strip()] = name.strip()
    return found


def key_beside(source: Source) -> str:
    """Return the key of the text that a label configuration beside the file names, "" if there is none."""
    for name in (f"{source.path.stem}.config.xml", "config.xml", "label_config.xml"):
        found = None if source.is_folder else source.companion(name.rpartition("/")[2])
        if found is not None:
            with found.open() as file:
                return configured_key(file.read(1024 * 1024))
    return ""


def _unit(path: Path, key: str, options: ReadOptions) -> Unit:
    """Return the unit of a file's offsets: code points, or before October 2021 UTF-16.

    Only tasks with characters that the two count differently are looked at.
    """
    if options.offsets is not None:
        return Unit(options.offsets)
    if json_arrays.is_all_ascii(path):
        return Unit.CODE_POINTS

    def claims() -> Iterator[GivenRange]:
        for element in json_arrays.elements(path):
            if element.data.isascii() and b"\\u" not in element.data:
                continue
            try:
                yield from _given_ranges(task_of(element, path), key)
            except FormatError:
                continue  # said when the task is read

    return unit_of(claims(), among=(Unit.CODE_POINTS, Unit.UTF16))


def _given_ranges(task: Json, key: str) -> Iterator[GivenRange]:
    results = [result for item in _works(task) for result in as_list(item.get("result"))]
    data = as_object(task.get("data")) or {}
    text = _text(data, key, results)
    for result in results:
        value = as_object((as_object(result) or {}).get("value"))
        if value is None or ("start" not in value and "globalOffsets" not in value):
            continue
        place = text.place(value)
        words = value.get("text")
        yield GivenRange(text.text, *place, words if isinstance(words, str) else None)


def _works(task: Json) -> Iterator[Json]:
    for key in _WORK:
        for item in as_list(task.get(key)):
            found = as_object(item)
            if found is not None:
                yield found


def _regions(results: list[Any]) -> Iterator[tuple[Json, Json]]:
    """Yield the results that are about a place in a text, with their values."""
    for item in results:
        result = as_object(item)
        value = as_object(result.get("value")) if result is not None else None
        if result is not None and value is not None and ("start" in value or "globalOffsets" in value):
            yield result, value


def _text(data: Json, key: str, results: list[Any]) -> TaskText:
    is_html = is_dialogue = False
    named: list[str] = []
    for result, value in _regions(results):
        is_dialogue = result.get("type") == "paragraphlabels" or (
            "startOffset" in value and "globalOffsets" not in value
        )
        is_html = result.get("type") == "hypertextlabels" or isinstance(value.get("start"), str)
        named.append(word_of(result.get("source")).removeprefix("$"))
        break
    if not key and sum(isinstance(value, str) for value in data.values()) > 1:
        named.append(key_by_words(data, [value for _, value in islice(_regions(results), _LOOKED_AT)]))
    found = text_of(data, key, is_html=is_html, is_dialogue=is_dialogue, named=named)
    if is_address(found.text):
        what = f"its text is only an address ({found.text.strip()[:60]})"
        raise FormatError(what, hint="put the text itself into the task")
    return found


class _Task:
    """Builds the document of one task."""

    def __init__(self, task: Json, reading: TaskFile) -> None:
        self._task = task
        self._reading = reading
        self._options = reading.options
        data = as_object(task.get("data"))
        if data is None:
            raise FormatError("it has no “data”", hint="each record must be a task with “data”")
        results = [result for item in _works(task) for result in as_list(item.get("result"))]
        self._text = _text(data, reading.key, results)
        has_texts = sum(isinstance(value, str) for value in data.values()) > 1
        objects = map(as_object, results if has_texts else ())
        names = {word_of(item.get("to_name")) for item in objects if item is not None}
        pairs = ((word_of(result.get("to_name")), value) for result, value in _regions(results))
        self._elsewhere = names_elsewhere(data, self._text.key, pairs) if len(names) > 1 else set[str]()
        name = document_name(data, task, self._text.text, reading.options.columns.get("name"))
        if "id" not in task and name == name_from_text(self._text.text):
            name = reading.names.of(name, self._text.text)
        meta, others = sorted_data(data, self._text.key)
        kept: Json = {"key": self._text.key, "task": {k: v for k, v in task.items() if k != "data" and k not in _WORK}}
        kept["task"].pop("drafts", None)
        if others:
            kept["data"] = others
        if self._text.raw is not None:
            kept["raw"] = self._text.raw
        if as_list(task.get("drafts")):
            kept["drafts"] = task["drafts"]
            reading.options.report.note("draft", "drafts that nobody submitted, kept and not shown", name)
        self._kept = kept
        self._made = ForeignDocument(self._text.text, name=name, options=reading.options, meta=meta)
        self._ruler = Ruler(self._text.text, reading.unit)

    def record(self) -> DocumentRecord:
        seen: dict[str, int] = {}
        given = [item for key in ("annotations", "completions") for item in self._items(key)]
        for item in sorted(given, key=lambda each: is_skipped(each)):
            self._annotation(item, seen)
        if self._reading.predictions != "nothing":
            for item in self._items("predictions"):
                self._prediction(item, seen)
        self._made.extra = {OWN: self._kept}
        check_kept(self._kept, self._made.document.meta)
        return self._made.record()

    def _items(self, key: str) -> list[Json]:
        found: list[Json] = []
        for item in as_list(self._task.get(key)):
            one = as_object(item)
            if one is not None:
                found.append(one)
                continue
            what = "annotations or predictions of which the file has only the number, left out"
            self._options.report.note("only-id", what, f"{self._made.document.name}: {key} {str(item)[:40]}")
        return found

    def _annotation(self, item: Json, seen: dict[str, int]) -> None:
        said = as_object(item.get(STET)) or {}
        is_truth = self._reading.truth_is_gold and item.get("ground_truth") is True
        name = GOLD if word_of(said.get("kind")) == GOLD or is_truth else self._annotator(item)
        work = self._work(name, seen, GOLD if is_gold_name(name or "") else "person")
        if is_skipped(item):
            work.status = Status.SKIPPED
        elif any(key in item for key in _SAYS_IF_DONE):
            work.status = Status.DONE
        if word_of(said.get("status")) == "open":
            work.status = Status.OPEN
        take_remark(work, said)
        work.seconds = seconds_of(item.get("lead_time"))
        self._keep("annotations", work, item, self._results(work, item))

    def _annotator(self, item: Json) -> str | None:
        name = annotator_of(item)
        return self._reading.people.get(name, name) if name else None

    def _prediction(self, item: Json, seen: dict[str, int]) -> None:
        name = word_of(item.get("model_version"))
        name = " ".join(name.split())[: LONGEST - 10] or MODEL
        said = as_object(item.get(STET)) or {}
        if "suggestions" in said or self._reading.predictions == "suggestions":
            version = word_of(said.get("suggestions"))
            self._results(self._made.suggested(name, version), item)
            return
        work = self._work(name, seen, "model")
        work.status = _STATUS.get(word_of(said.get("status")), Status.DONE)
        work.seconds = seconds_of(item.get("lead_time"))
        take_remark(work, said)
        self._keep("predictions", work, item, self._results(work, item))

    def _results(self, work: ForeignWork, item: Json) -> list[Json]:
        return TaskWork(work, self._made, self._text, self._ruler, item).add(self._elsewhere)

    def _work(self, name: str | None, seen: dict[str, int], kind: str) -> ForeignWork:
        """Return the work of an annotator; what they made a second time is told apart by a number."""
        name = name or self._options.annotator
        number = seen[name or ""] = seen.get(name or "", 0) + 1
        if number > 1 and name:
            what = "annotations by one person of one text, told apart by a number behind the name"
            self._options.report.note("several", what, f"{self._made.document.name}: {name}")
            name = f"{name} ({number})"
        return self._made.work(name, kind=kind)

    def _keep(self, key: str, work: ForeignWork, item: Json, others: list[Json]) -> None:
        rest = {name: value for name, value in item.items() if name not in _KEPT_ELSEWHERE and value not in (None, {})}
        completed_by = item.get("completed_by")
        number = word_of(completed_by)
        is_told = completed_by == {"email": work.annotator} or (number.isdigit() and number == work.annotator)
        if completed_by is not None and not is_told:
            rest["completed_by"] = completed_by
        if others:
            what = "results that aren't about the text, kept and not shown"
            self._options.report.note("result", what, f"{self._made.document.name}: {others[0].get('type')}")
            rest["result"] = others
        if rest:
            self._kept.setdefault(key, {})[work.annotator] = rest


def document_name(data: Json, task: Json, text: str, wanted: str | None) -> str:
    """Return the name of a task's document: as its data say it, under the `wanted` key if there is one, else made of
    the task's number and the text.
    """
    keys = NAMES if wanted is None else (wanted,)
    named = next((word_of(data[key]) for key in keys if word_of(data.get(key))), "")
    return named[:LONGEST] or name_from_text(text, word_of(task.get("id")))


def sorted_data(data: Json, text_key: str) -> tuple[Json, Json]:
    """Return a task's data apart from the text and the name: single values, which become metadata, and the others."""
    meta: Json = {}
    others: Json = {}
    for key, value in data.items():
        if key == text_key or (key == NAMES[0] and isinstance(value, str) and value.strip()):
            continue
        is_single = isinstance(value, str | int | float) and not key.startswith("stet:")
        (meta if is_single else others)[key] = value
    return meta, others


def annotator_of(item: Json) -> str:
    """Return whose annotation it is: an e-mail, a name or a number; "" if it doesn't say so."""
    said = item.get("completed_by")
    person = as_object(said)
    if person is not None:
        full = " ".join(filter(None, (word_of(person.get(key)) for key in ("first_name", "last_name"))))
        return word_of(person.get("email")) or word_of(person.get("username")) or full or word_of(person.get("id"))
    return word_of(said) or word_of(item.get("created_username")).partition(",")[0].strip()


def is_skipped(item: Json) -> bool:
    """Whether an annotator passed over the task."""
    return item.get("was_cancelled") is True or item.get("skipped") is True
