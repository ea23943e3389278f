"""What a record of Argilla says, in each of the shapes that its versions write.

On the Hub, 1.x has a column for each question with everybody's responses, and `QUESTION-suggestion` beside it; 2.x has
`QUESTION.responses`, `.responses.users` and `.responses.status`. `to_json` of 2.x nests fields, responses and
suggestions by question; that of 1.x has a response for each user with values by question. Records before 1.8 have
`annotation` and `prediction`.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, cast

import msgspec

from app.core.decode_faults import DECODE_FAULTS
from app.core.errors import FormatError
from app.exchange.formats.huggingface.rows import structs

SUGGESTION = "-suggestion"
_RESPONSES, _USERS, _STATUS = ".responses", ".responses.users", ".responses.status"
_SUGGESTED, _SCORE, _AGENT = ".suggestion", ".suggestion.score", ".suggestion.agent"
_DETAILS = "-suggestion-metadata"
_AGENTS = ("annotation_agent", "prediction_agent")
_OURS = ("_server_id", "vectors", "inserted_at", "updated_at", "status", "event_timestamp", "metrics", "explanation")
_IDS = ("external_id", "id")
ANSWER = "annotation"
"""What the only question of records before 1.8 is called."""


class GivenResponse(NamedTuple):
    """What somebody answered to a question; `user` is None, and `status` empty, where the record doesn't say it."""

    question: str
    user: str | None
    value: Any
    status: str = ""


class GivenSuggestion(NamedTuple):
    """What a program suggests for a question, and how sure it is: a number, or one for each part of the value."""

    question: str
    value: Any
    score: Any = None
    agent: str = ""


class ArgillaRecord(NamedTuple):
    """A record. `fields` are its texts by name; `meta` is all that is neither a field nor a question."""

    id: str
    fields: dict[str, str]
    responses: list[GivenResponse]
    suggestions: list[GivenSuggestion]
    meta: dict[str, Any]


def shape(row: Mapping[str, Any]) -> str:
    """Return by what a row is known as Argilla's, "" if it isn't."""
    fields = row.get("fields")
    if isinstance(fields, dict) and ("responses" in row or "suggestions" in row):
        return "fields"
    for key, value in row.items():
        if key.endswith(_DETAILS) and key.removesuffix(_DETAILS) in row:
            return key
        if key.endswith(_USERS) and key.removesuffix(_USERS) + _RESPONSES in row:
            return key
        if _are_responses(value):
            return key
    return next((key for key in _AGENTS if _is_legacy(row) and key in row), "")


def _is_legacy(row: Mapping[str, Any]) -> bool:
    """Whether a record is one before 1.8, on texts or tokens."""
    return isinstance(row.get("text"), str) and "status" in row and any(key in row for key in _AGENTS)


def _are_responses(value: object) -> bool:
    """Whether a value is the responses of a question as 1.x writes them to the Hub."""
    if isinstance(value, dict):
        return {"user_id", "value", "status"} <= set(cast("dict[str, Any]", value))
    items = cast("list[object]", value) if isinstance(value, list) else []
    return bool(items) and all(isinstance(each, dict) and {"user_id", "value"} <= set(each) for each in items)  # pyright: ignore[reportUnknownArgumentType]  keys of JSON


def parsed(row: dict[str, Any]) -> ArgillaRecord:
    """Return what a row says. Raises FormatError."""
    rest = dict(row)
    responses: list[GivenResponse] = []
    suggestions: list[GivenSuggestion] = []
    nested = rest.pop("fields", None)
    if isinstance(nested, dict):
        fields = _texts(cast("dict[str, Any]", nested))
        responses += _nested_responses(rest.pop("responses", None))
        suggestions += _nested_suggestions(rest.pop("suggestions", None))
        rest |= {key: value for key, value in cast("dict[str, Any]", nested).items() if key not in fields}
    else:
        responses += [*_dotted_responses(rest), *_column_responses(rest)]
        suggestions += [*_dotted_suggestions(rest), *_column_suggestions(rest)]
        for each in _legacy(rest):
            (responses if isinstance(each, GivenResponse) else suggestions).append(each)  # pyright: ignore[reportArgumentType]  of its kind
        fields = {}
    id = next((str(rest[key]) for key in _IDS if isinstance(rest.get(key), str | int) and rest[key] is not True), "")
    meta = _meta(rest)
    if not fields:
        fields = _texts(
            {key: value for key, value in meta.items() if key not in _IDS and key not in _nested_meta(rest)}
        )
        meta = {key: value for key, value in meta.items() if key not in fields}
    return ArgillaRecord(id, fields, responses, suggestions, meta)


def _meta(rest: Mapping[str, Any]) -> dict[str, Any]:
    found = {key: value for key, value in rest.items() if key not in (*_OURS, "metadata") and value is not None}
    return {**found, **_nested_meta(rest)}


def _nested_meta(rest: Mapping[str, Any]) -> dict[str, Any]:
    """Return the metadata of a record, which 1.x writes as text of JSON."""
    given = rest.get("metadata")
    if isinstance(given, str):
        try:
            given = msgspec.json.decode(given)
        except DECODE_FAULTS:
            return {"metadata": given}
    return cast("dict[str, Any]", given) if isinstance(given, dict) else {}


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    return {key: value for key, value in values.items() if isinstance(value, str)}


def _user(value: object) -> str | None:
    """Return a user's id; some exports have the word None for nobody."""
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) and value != "None" else None


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""


def _nested_responses(given: object) -> Iterator[GivenResponse]:
    if isinstance(given, dict):  # by question, as in 2.x
        for question, answers in cast("dict[str, Any]", given).items():
            for each in structs(answers, f"responses.{question[:40]}"):
                yield GivenResponse(question, _user(each.get("user_id")), each.get("value"), _word(each.get("status")))
        return
    for each in structs(given, "responses"):  # by user, as in 1.x
        values = each.get("values")
        for question, answer in cast("dict[str, Any]", values if isinstance(values, dict) else {}).items():
            value = cast("dict[str, Any]", answer).get("value") if isinstance(answer, dict) else answer
            yield GivenResponse(question, _user(each.get("user_id")), value, _word(each.get("status")))


def _nested_suggestions(given: object) -> Iterator[GivenSuggestion]:
    if isinstance(given, dict):
        for question, each in cast("dict[str, Any]", given).items():
            if isinstance(each, dict):
                said = cast("dict[str, Any]", each)
                yield GivenSuggestion(question, said.get("value"), said.get("score"), _word(said.get("agent")))
        return
    for each in structs(given, "suggestions"):
        question = _word(each.get("question_name"))
        if question:
            yield GivenSuggestion(question, each.get("value"), each.get("score"), _word(each.get("agent")))


def _dotted_responses(rest: dict[str, Any]) -> Iterator[GivenResponse]:
    for key in [key for key in rest if key.endswith(_RESPONSES)]:
        question = key.removesuffix(_RESPONSES)
        values, users, statuses = (_list(rest.pop(question + each, None)) for each in (_RESPONSES, _USERS, _STATUS))
        for at, value in enumerate(values):
            user = _user(users[at]) if at < len(users) else None
            yield GivenResponse(question, user, value, _word(statuses[at]) if at < len(statuses) else "")


def _dotted_suggestions(rest: dict[str, Any]) -> Iterator[GivenSuggestion]:
    for key in [key for key in rest if key.endswith(_SUGGESTED)]:
        question = key.removesuffix(_SUGGESTED)
        value, score, agent = (rest.pop(question + each, None) for each in (_SUGGESTED, _SCORE, _AGENT))
        if value is not None:
            yield GivenSuggestion(question, value, score, _word(agent))


def _column_responses(rest: dict[str, Any]) -> Iterator[GivenResponse]:
    for key in list(rest):
        is_question = key + SUGGESTION in rest or key + _DETAILS in rest or _are_responses(rest[key])
        if is_question and isinstance(rest[key], list | dict):
            for each in structs(rest.pop(key), key):
                yield GivenResponse(key, _user(each.get("user_id")), each.get("value"), _word(each.get("status")))


def _column_suggestions(rest: dict[str, Any]) -> Iterator[GivenSuggestion]:
    for key in [key for key in rest if key.endswith(SUGGESTION)]:
        question = key.removesuffix(SUGGESTION)
        value, details = rest.pop(key), rest.pop(question + _DETAILS, None)
        said = cast("dict[str, Any]", details) if isinstance(details, dict) else {}
        if value is not None:
            yield GivenSuggestion(question, value, said.get("score"), _word(said.get("agent")))
    for key in [key for key in rest if key.endswith(_DETAILS)]:
        del rest[key]  # of questions without a suggestion


def _legacy(rest: dict[str, Any]) -> Iterator[GivenResponse | GivenSuggestion]:
    """Yield what a record before 1.8 says of its only question, and take it out of the record."""
    if not _is_legacy(rest):
        return
    status = {"Validated": "submitted", "Discarded": "discarded"}.get(_word(rest.get("status")), "")
    value, user = rest.pop("annotation", None), _user(rest.pop("annotation_agent", None))
    predicted, agent = rest.pop("prediction", None), _word(rest.pop("prediction_agent", None))
    for key in ("tokens", "annotation_id", "multi_label"):
        rest.pop(key, None)
    if value is not None:
        yield GivenResponse(ANSWER, user, value, status)
    rows = structs(predicted, "prediction")
    if rows and all("start" in each for each in rows):
        yield GivenSuggestion(ANSWER, rows, [each.get("score") for each in rows], agent)
    elif rows:
        best = max(rows, key=_score_of)
        yield GivenSuggestion(ANSWER, best.get("label"), best.get("score"), agent)


def _score_of(row: Mapping[str, Any]) -> float:
    score = row.get("score")
    return float(score) if isinstance(score, int | float) else 0.0


def _list(value: object) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []


class SpanValue(NamedTuple):
    """A span of a response; `words` are those that it repeats."""

    start: int
    end: int
    label: str
    words: str | None


def spans_of(value: Any) -> list[SpanValue] | None:  # noqa: ANN401  of a response
    """Return the spans that a value is, None if it is anything else. Raises FormatError for invalid ones."""
    if isinstance(value, dict) and {"start", "end", "label"} <= set(cast("dict[str, Any]", value)):
        items = cast("list[object]", structs(cast("dict[str, Any]", value), "value"))
    else:
        items = cast("list[object]", value) if isinstance(value, list) else []
    if not items or not all(isinstance(each, dict) and "start" in each and "end" in each for each in items):
        return None
    found: list[SpanValue] = []
    for each in cast("list[dict[str, Any]]", items):
        start, end, label, words = each.get("start"), each.get("end"), each.get("label"), each.get("text")
        if type(start) is not int or type(end) is not int or not isinstance(label, str):
            raise FormatError("a span needs a start and an end that are whole numbers, and a label", hint="fix it")
        found.append(SpanValue(start, end, label, words if isinstance(words, str) else None))
    return found
