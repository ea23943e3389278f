"""A record of Prodigy's JSONL, a task with its answer, as values. See https://prodi.gy/docs/api-interfaces."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, cast

from app.core.errors import FormatError
from app.exchange.formats.prodigy.tokens import ranges_of

ACCEPT, REJECT, IGNORE = "accept", "reject", "ignore"
ANSWERS = (ACCEPT, REJECT, IGNORE)
INPUT_HASH, TASK_HASH = "_input_hash", "_task_hash"
HASHES = (INPUT_HASH, TASK_HASH)
SESSION, ANNOTATOR, TIMESTAMP, VIEW = "_session_id", "_annotator_id", "_timestamp", "_view_id"
BINARY = "_is_binary"
_BINARY_VIEWS = ("ner", "classification")
_NO_NAME = re.compile(r"\d{4}-\d{2}-\d{2}[_T ]\d{2}[-:]\d{2}[-:]\d{2}")  # sessions are named after the time by default
_LATEST = 253402300799  # the last second of the year 9999


class TaskSpan(NamedTuple):
    """A span. `words` is its text as the file repeats it, `rest` what only Prodigy has of it; `raw` as it stands."""

    start: int
    end: int
    label: str
    words: str | None
    rest: dict[str, Any]
    raw: dict[str, Any]


class TaskEnd(NamedTuple):
    """An end of a relation: the range of a span or of a token, and its label, "" for a token. `number` is that of its
    token, `raw` the span; None where the file doesn't give them.
    """

    start: int
    end: int
    label: str
    number: int | None = None
    raw: dict[str, Any] | None = None


class TaskRelation(NamedTuple):
    """A relation from a head to a child."""

    label: str
    head: TaskEnd
    child: TaskEnd
    color: str | None
    rest: dict[str, Any]


class TaskVersion(NamedTuple):
    """One of the answers that a review compared: who gave it, and their task."""

    sessions: list[str]
    task: "Task"


class Task(NamedTuple):
    """A record. `keys` has what isn't otherwise here, as it stands; `ranges` those of its tokens."""

    text: str
    meta: dict[str, Any]
    spans: list[TaskSpan]
    has_spans: bool
    relations: list[TaskRelation]
    has_relations: bool
    tokens: list[Any] | None
    ranges: list[tuple[int, int]] | None
    versions: list[TaskVersion]
    keys: dict[str, Any]

    @property
    def answer(self) -> str | None:
        """What was answered, None if nothing."""
        found = self.keys.get("answer")
        return found if found in ANSWERS else None

    @property
    def is_binary(self) -> bool:
        """Whether the question was only if what is suggested is right."""
        return asks_yes_or_no(self.keys) or any("answer" in span.raw for span in self.spans)

    @property
    def accepted(self) -> list[str]:
        """The labels of the whole text: the options that were chosen, or the one that was asked about."""
        chosen: Any = self.keys.get("accept")
        if isinstance(chosen, list):
            return [_option(each, self.keys.get("options")) for each in cast("list[object]", chosen)]
        label = self.keys.get("label")
        is_asked = isinstance(label, str) and label != "" and not self.has_spans
        return [cast("str", label)] if is_asked and self.answer in (ACCEPT, None) else []

    @property
    def annotator(self) -> str | None:
        """Who answered, None if the record doesn't say."""
        return who(self.keys.get(ANNOTATOR), self.keys.get(SESSION))

    @property
    def time(self) -> str:
        """When it was answered (ISO 8601), "" if the record doesn't say."""
        at = self.keys.get(TIMESTAMP)
        if isinstance(at, bool) or not isinstance(at, int | float) or not 0 <= at <= _LATEST:
            return ""
        return datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def asks_yes_or_no(keys: Mapping[str, Any]) -> bool:
    """Whether a record, by its keys, is of an interface that asks only if something is right."""
    return keys.get(BINARY) is True or keys.get(VIEW) in _BINARY_VIEWS


def who(annotator: object, session: object) -> str | None:
    """Return the name of an annotator, given their id and that of the session, which is `DATASET-NAME`."""
    name = annotator if isinstance(annotator, str) else ""
    within = session if isinstance(session, str) else ""
    if name and name != within:
        return None if _NO_NAME.fullmatch(name) else name
    if not within or _NO_NAME.fullmatch(within):
        return None
    return within.rpartition("-")[2] or within


def _option(id: object, options: object) -> str:
    """Return the id of an option as a label; of one that has only a number, its text."""
    if isinstance(id, str):
        return id
    for option in cast("list[object]", options) if isinstance(options, list) else []:
        values = cast("dict[str, object]", option) if isinstance(option, dict) else {}
        text = values.get("text")
        if values.get("id") == id and isinstance(text, str):
            return text
    return str(id)


def parsed(value: Mapping[str, Any], *, within: str = "") -> Task:
    """Return what a record says; offsets stand as they are. Raises FormatError, without its place.

    `within` is the part of the record that it is, such as `versions[0].`.
    """
    keys = dict(value)
    text = keys.pop("text", None)
    if not isinstance(text, str):
        here = ", ".join(f"“{key[:40]}”" for key in list(value)[:12])
        hint = "Stet reads tasks with a text; leave out those about pictures, sounds or HTML"
        raise FormatError(f"{within}there is no “text”; the keys are: {here or 'none'}", hint=hint)
    meta: Any = keys.pop("meta", {})
    if not isinstance(meta, dict):
        keys["meta"], meta = meta, {}
    tokens: Any = keys.pop("tokens", None)
    ranges = ranges_of(tokens, text)
    if ranges is None and tokens is not None:
        keys["tokens"], tokens = tokens, None
    spans, relations = keys.pop("spans", None), keys.pop("relations", None)
    versions = _list(keys.pop("versions", None), "versions")
    return Task(
        text=text,
        meta=cast("dict[str, Any]", meta),
        spans=[_span(each, ranges, f"{within}spans[{n}]") for n, each in enumerate(_list(spans, "spans"))],
        has_spans=spans is not None,
        relations=[
            _relation(each, ranges, f"{within}relations[{n}]") for n, each in enumerate(_list(relations, "relations"))
        ],
        has_relations=relations is not None,
        tokens=tokens,
        ranges=ranges,
        versions=[_version(each, value, f"{within}versions[{n}]") for n, each in enumerate(versions)],
        keys=keys,
    )


def _list(value: object, what: str) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise FormatError(f"“{what}” must be a list", hint="fix the record")
    return cast("list[Any]", value)


def _object(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise FormatError(f"{where} must be an object", hint="fix the record")
    return cast("dict[str, Any]", value)


def _span(value: object, ranges: Sequence[tuple[int, int]] | None, where: str) -> TaskSpan:
    raw = _object(value, where)
    rest = dict(raw)
    start, end = _pair(raw, ranges, where)
    for key in ("start", "end"):
        rest.pop(key, None)
    label = rest.pop("label", None)
    if not isinstance(label, str) or not label:
        raise FormatError(f"{where} has no label", hint="add it, or remove the span")
    words = rest.pop("text", None)
    if words is not None and not isinstance(words, str):
        raise FormatError(f"{where}: its “text” isn't text", hint="fix the record")
    return TaskSpan(start, end, label, words, rest, raw)


def _pair(raw: Mapping[str, Any], ranges: Sequence[tuple[int, int]] | None, where: str) -> tuple[int, int]:
    start, end = raw.get("start"), raw.get("end")
    if type(start) is int and type(end) is int:
        return start, end
    first, last = raw.get("token_start"), raw.get("token_end")
    if ranges is not None and type(first) is int and type(last) is int and 0 <= first <= last < len(ranges):
        return ranges[first][0], ranges[last][1]  # the number of the last token is inclusive
    raise FormatError(f"{where}: a start or an end isn't a whole number", hint="fix the offsets")


def _relation(value: object, ranges: Sequence[tuple[int, int]] | None, where: str) -> TaskRelation:
    raw = _object(value, where)
    rest = dict(raw)
    label = rest.pop("label", None)
    if not isinstance(label, str) or not label:
        raise FormatError(f"{where} has no label", hint="add it, or remove the relation")
    color = rest.pop("color", None)
    ends: list[TaskEnd] = []
    for key in ("head", "child"):
        number, span = rest.pop(key, None), rest.pop(f"{key}_span", None)
        number = number if type(number) is int else None
        if isinstance(span, dict):
            values = cast("dict[str, Any]", span)
            known = values.get("label")
            pair = _pair(values, ranges, where)
            ends.append(TaskEnd(*pair, known if isinstance(known, str) else "", number, values))
        elif ranges is not None and number is not None and 0 <= number < len(ranges):
            ends.append(TaskEnd(*ranges[number], "", number))
        else:
            raise FormatError(f"{where}: its {key} isn't a token of the record", hint="fix the record")
    return TaskRelation(label, ends[0], ends[1], color if isinstance(color, str) else None, rest)


def _version(value: object, record: Mapping[str, Any], where: str) -> TaskVersion:
    raw = _object(value, where)
    sessions: Any = raw.get("sessions")
    names = (
        [each for each in cast("list[object]", sessions) if isinstance(each, str)] if isinstance(sessions, list) else []
    )
    whole = {**{key: record[key] for key in ("text", "tokens") if key in record}, **raw}
    whole.pop("versions", None)
    return TaskVersion(names, parsed(whole, within=f"{where}: "))
