"""Entries of thresh.tools: a source, a target, and the edits between them or the errors in the target.

An edit has a `category`, ranges in the source (`input_idx`) and in the target (`output_idx`), half-open, and answers to
the questions of its typology (`annotation`): `{"fluency_type": {"val": "grammar", "grammar": "somewhat"}}` says that
the answer is `grammar`, and that the question which follows from it was answered with `somewhat`. An edit made of
others has them under `constituent_edits`. See https://github.com/davidheineman/thresh.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, cast

from app.core.errors import FormatError
from app.exchange.segments import Range

EDITS, METADATA = "edits", "metadata"
SOURCES, TARGETS, CONTEXT = ("source", "original"), ("target", "simplified"), "context"
INPUT, OUTPUT, CATEGORY, ANNOTATION, PARTS = "input_idx", "output_idx", "category", "annotation", "constituent_edits"
_VALUE = "val"
_RATERS = ("annotator", "rater", "user")
_MOST_PARTS = 1_000
_NOTHING: Mapping[str, Any] = {}


class ThreshEdit(NamedTuple):
    """An edit: its label, `category` or `category/answer`; its ranges on both sides; its other answers by question; and
    the object as the file has it.
    """

    label: str
    source: Sequence[Range]
    target: Sequence[Range]
    answers: Mapping[str, Any]
    given: Mapping[str, Any]


class ThreshEntry(NamedTuple):
    """An entry: its texts, who annotated it, "" if it doesn't say, its edits, and its other keys."""

    source: str
    target: str
    context: str
    rater: str
    edits: Sequence[ThreshEdit]
    rest: Mapping[str, Any]

    def said(self, *keys: str) -> str:
        """Return the first of some values of its metadata or of itself that is text or a number, "" if none is."""
        for key in keys:
            for values in (_object(self.rest.get(METADATA)), self.rest):
                found = values.get(key)
                if isinstance(found, str | int) and not isinstance(found, bool) and str(found).strip():
                    return str(found).strip()
        return ""


def is_entry(value: Mapping[str, Any]) -> bool:
    """Whether an object is an entry."""
    edits: Any = value.get(EDITS)
    if not isinstance(edits, list) or not _has_text(value, SOURCES) or not _has_text(value, TARGETS):
        return False
    return all(isinstance(edit, dict) and CATEGORY in edit for edit in cast("list[object]", edits))


def _has_text(value: Mapping[str, Any], keys: Sequence[str]) -> bool:
    return any(isinstance(value.get(key), str) for key in keys)


def parsed_entry(value: Mapping[str, Any]) -> ThreshEntry:
    """Return what an entry says. Raises FormatError, without its place."""
    rest = dict(value)
    source, target = _text(rest, SOURCES), _text(rest, TARGETS)
    context = rest.pop(CONTEXT) if isinstance(rest.get(CONTEXT), str) else ""
    given: Any = rest.pop(EDITS, None)
    items = cast("list[object]", given) if isinstance(given, list) else [given] if given is not None else []
    edits = [parsed_edit(item, f"{EDITS}[{number}]", source, target) for number, item in enumerate(items)]
    made = ThreshEntry(source, target, context, "", edits, rest)
    return made._replace(rater=made.said(*_RATERS))


def _text(rest: dict[str, Any], keys: Sequence[str]) -> str:
    key = next((key for key in keys if isinstance(rest.get(key), str)), None)
    if key is None:
        raise FormatError(f"there is no text under “{keys[0]}”", hint="add it")
    return rest.pop(key)


def parsed_edit(item: object, where: str, source: str, target: str) -> ThreshEdit:
    """Return what an edit of two texts says; `where` it stands. Raises FormatError, without its place."""
    given = _object(item)
    category = given.get(CATEGORY)
    if not isinstance(category, str) or not category:
        raise FormatError(f"{where} has no category", hint="add it, or remove the edit")
    parts: Any = given.get(PARTS)
    within = cast("list[object]", parts)[:_MOST_PARTS] if isinstance(parts, list) else []
    objects = [given, *map(_object, within)]
    answer, answers = _answers(given.get(ANNOTATION))
    return ThreshEdit(
        label=f"{category}/{answer}" if answer else category,
        source=_joined(_ranges(each.get(INPUT), f"{where}.{INPUT}", len(source)) for each in objects),
        target=_joined(_ranges(each.get(OUTPUT), f"{where}.{OUTPUT}", len(target)) for each in objects),
        answers=answers,
        given=given,
    )


def _ranges(value: object, where: str, length: int) -> list[Range]:
    if value is None:
        return []
    items = cast("list[object]", value) if isinstance(value, list) else [value]
    found: list[Range] = []
    for item in items:
        pair = cast("list[object]", item) if isinstance(item, list) else []
        if len(pair) != 2 or not all(type(each) is int for each in pair):  # noqa: PLR2004  start and end
            raise FormatError(f"{where} must be pairs of a start and an end", hint="write [[0, 4]]")
        start, end = cast("list[int]", pair)
        if not 0 <= start <= end <= length:
            raise FormatError(f"{where}: range {start}-{end} isn't in the text of {length} characters", hint="fix it")
        found.append(Range(start, end))
    return found


def _joined(ranges: Iterable[Sequence[Range]]) -> list[Range]:
    """Return ranges in order, those that overlap as one."""
    found: list[Range] = []
    for each in sorted(each for part in ranges for each in part):
        if found and each.start < found[-1].end:
            found[-1] = Range(found[-1].start, max(found[-1].end, each.end))
        elif not found or found[-1] != each:
            found.append(each)
    return found


def _answers(value: object) -> tuple[str, dict[str, Any]]:
    """Return the first answer that was chosen from a tree, and the values of all questions."""
    answer = ""
    found: dict[str, Any] = {}
    for question, given in _object(value).items():
        inner = _object(given)
        if not isinstance(given, dict):
            found[question] = given
            continue
        chosen = inner.get(_VALUE)
        if isinstance(chosen, str) and chosen and not answer:
            answer, found[question] = chosen, _plain(inner.get(chosen))
        else:
            found[question] = chosen
    return answer, {question: each for question, each in found.items() if each is not None and each != ""}


def _plain(value: object) -> object:
    """Return an answer that is nested further as its own answer."""
    inner = _object(value)
    return inner.get(_VALUE) if isinstance(value, dict) else value


def _object(value: object) -> Mapping[str, Any]:
    """Return an object of JSON, an empty one for what isn't one."""
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else _NOTHING
