"""Reads Label Studio's JSON_MIN: a flat record for each annotation, with what each control says under its name.

Written by the converter of Label Studio, https://github.com/HumanSignal/label-studio-converter: the task's data come
first, then its number, then the controls, then who made the annotation and when. It lacks relations and the ids of
regions, so that what is said of a region is told by its place only.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.core.annotation import Status
from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange import json_arrays
from app.exchange.foreign_document import ForeignDocument
from app.exchange.format import Claim, Reader, ReadOptions
from app.exchange.formats.label_studio.reader import (
    SUFFIXES,
    USERS,
    annotator_of,
    document_name,
    first_record,
    key_beside,
    parsed_users,
    placed,
    sorted_data,
    task_of,
)
from app.exchange.formats.label_studio.task_text import TaskText, text_of
from app.exchange.formats.label_studio.task_work import TaskWork
from app.exchange.formats.label_studio.wire import (
    FIELDS,
    LABELS,
    OWN,
    Json,
    as_list,
    as_object,
    check_kept,
    is_list,
    seconds_of,
    word_of,
)
from app.exchange.offset_units import GivenRange, Ruler, Unit, unit_of
from app.exchange.source import Source

_LONGEST_CHOICE = 80  # characters; what is longer was typed
_BEHIND = ("annotator", "annotation_id", "created_at", "updated_at", "lead_time", "agreement", "history")
_VALUE_KEYS = {**{kind: kind for kind in (*LABELS, *FIELDS)}, "text": "textarea", "selected": "pairwise"}


class MinReader(Reader):
    """Reads JSON_MIN; each annotation is the work of its annotator, and is done."""

    suffixes = SUFFIXES
    columns = ("text", "name")
    options = (USERS,)

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take a file whose first record has the keys that each record of this kind ends with."""
        record = first_record(path, head)
        if record is None or "data" in record or "result" in record:
            return None
        if all(key in record for key in ("id", "annotator", "annotation_id")):
            return Claim("its first record has “annotator” and “annotation_id” beside the text")
        return None

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield a document for each annotation; those of one task have the same. Bad records go to `options.refuse`."""
        path = source.path
        key = options.columns.get("text") or key_beside(source)
        users = parsed_users(str(options.own.get(USERS.name, "")))
        unit = _unit(path, key, options)
        seen: Counter[int] = Counter()
        seen_any = False
        for element in json_arrays.elements(path):
            seen_any = True
            options.at(element.line, element.byte)
            try:
                yield _made(_Record(task_of(element, path), key), users, seen, unit, options)
            except FormatError as error:
                options.refuse(placed(error, element, path))
        if not seen_any:
            options.report.note("empty", "files without documents", str(path))


def _unit(path: Path, key: str, options: ReadOptions) -> Unit:
    if options.offsets is not None:
        return Unit(options.offsets)
    if json_arrays.is_all_ascii(path):
        return Unit.CODE_POINTS

    def claims() -> Iterator[GivenRange]:
        for element in json_arrays.elements(path):
            if element.data.isascii() and b"\\u" not in element.data:
                continue
            try:
                yield from _Record(task_of(element, path), key).given_ranges()
            except FormatError:
                continue  # said when the record is read

    return unit_of(claims(), among=(Unit.CODE_POINTS, Unit.UTF16))


class _Record:
    """One annotation: the task's `data`, the `text` of it, and its `results` as Label Studio's JSON has them."""

    def __init__(self, raw: Json, key: str) -> None:
        keys = list(raw)
        if "id" not in raw or not any(name in raw for name in ("annotator", "annotation_id")):
            what = "it lacks “id”, or both “annotator” and “annotation_id”"
            raise FormatError(what, hint="each record must be one of JSON_MIN")
        at = keys.index("id")
        behind = next((n for n, name in enumerate(keys) if n > at and name in _BEHIND), len(keys))
        self.raw = raw
        self.data = {name: raw[name] for name in keys[:at]}
        controls = {name: raw[name] for name in keys[at + 1 : behind]}
        if not self.data:  # keys that somebody sorted
            controls = {name: value for name, value in raw.items() if _is_of_control(value)}
            self.data = {k: v for k, v in raw.items() if k not in controls and k != "id" and k not in _BEHIND}
        self.results = [result for name, value in controls.items() for result in _results(name, value)]
        is_html = any(isinstance(result["value"].get("start"), str) for result in self.results)
        self.text: TaskText = text_of(self.data, key, is_html=is_html)
        _join(self.results)

    def given_ranges(self) -> Iterator[GivenRange]:
        for result in self.results:
            value = result["value"]
            if "start" in value:
                words = value.get("text")
                yield GivenRange(self.text.text, *self.text.place(value), words if isinstance(words, str) else None)


def _is_of_control(value: object) -> bool:
    return any("start" in (as_object(item) or {}) for item in as_list(value))


def _results(control: str, value: Any) -> Iterator[Json]:  # noqa: ANN401  whatever the control has
    """Yield what a control says, as results; a bare text is a choice or what was typed."""
    for item in as_list(value) if is_list(value) else [value]:
        said = as_object(item)
        if said is None:
            word = word_of(item)
            if len(word) > _LONGEST_CHOICE or "\n" in word:
                yield {"from_name": control, "type": "textarea", "value": {"text": [word]}}
            elif word:
                yield {"from_name": control, "type": "choices", "value": {"choices": [word]}}
            continue
        kind = next((_VALUE_KEYS[key] for key in said if key in _VALUE_KEYS and _says(key, said)), "")
        if kind:
            yield {"from_name": control, "type": kind, "value": said}


def _says(key: str, said: Json) -> bool:
    """Whether a key holds what is said, not the words that are marked."""
    return key != "text" or isinstance(said[key], list)


def _join(results: list[Json]) -> None:
    """Give the results of one place the id of the region that they are of, if only one region is there."""
    regions: dict[str, list[Json]] = {}
    others: list[Json] = []
    for number, result in enumerate(results):
        if "start" not in result["value"]:
            continue
        if result["type"] in LABELS:
            result["id"] = f"region {number}"
            regions.setdefault(_place(result), []).append(result)
        else:
            others.append(result)
    for result in others:
        here = regions.get(_place(result), [])
        if len(here) == 1:
            result["id"] = here[0]["id"]


def _place(result: Json) -> str:
    value = result["value"]
    return f"{value.get('start')}-{value.get('end')} {value.get('startOffset')}-{value.get('endOffset')}"


def _made(
    record: _Record, users: dict[str, str], seen: Counter[int], unit: Unit, options: ReadOptions
) -> DocumentRecord:
    raw = record.raw
    name = document_name(record.data, raw, record.text.text, options.columns.get("name"))
    meta, others = sorted_data(record.data, record.text.key)
    kept: Json = {"key": record.text.key, "task": {"id": raw["id"]}}
    if others:
        kept["data"] = others
    if record.text.raw is not None:
        kept["raw"] = record.text.raw
    check_kept(kept, meta)
    made = ForeignDocument(record.text.text, name=name, options=options, meta=meta, extra={OWN: kept})
    who = annotator_of({"completed_by": raw.get("annotator")})
    who = users.get(who, who) or options.annotator or ""
    again = hash((made.uid, who))
    seen[again] += 1
    work = made.work(who if seen[again] == 1 or not who else f"{who} ({seen[again]})")
    work.status = Status.DONE
    work.seconds = seconds_of(raw.get("lead_time"))
    item = {"result": record.results, "created_at": raw.get("created_at"), "updated_at": raw.get("updated_at")}
    TaskWork(work, made, record.text, Ruler(record.text.text, unit), item).add()
    return made.record()
