"""Answers and items of Pearmut as values; see https://github.com/zouharvi/pearmut.

A log has a line for each answer: `user_id`, `item_i`, `annotation` (one object for each segment of a document, with the
answer for each model), `item` (the segments) and what the person did. Early logs have no `item`; then the campaign's
file has the texts. A campaign is an object with `info`, `campaign_id` and `data`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

from app.core.errors import FormatError

ANNOTATION, ITEM, ITEM_I, USER = "annotation", "item", "item_i", "user_id"
SCORE, SPANS, SLIDERS, TEXTFIELD = "score", "error_spans", "sliders", "textfield"
SRC, TGT, ITEM_ID = "src", "tgt", "item_id"
RESET = "__RESET__"
_APART = ("welcome_", "random_", "goodbye_")
_SEGMENT = re.compile(r"_#_[0-9]+$")


class PearmutItem(NamedTuple):
    """A segment: its source, None without, its translations by model, and its other keys."""

    src: str | None
    tgt: Mapping[str, str]
    rest: Mapping[str, Any]

    @property
    def id(self) -> str:
        """Its id, "" without one."""
        found = self.rest.get(ITEM_ID)
        return str(found) if isinstance(found, str | int) else ""


class PearmutAnswer(NamedTuple):
    """What a user answered about a document. `items` is None where the log doesn't have them; `annotations` has, for
    each segment, the answer by model; `rest` are the other keys of the line.
    """

    user: str
    item_i: int | str
    annotations: Sequence[Mapping[str, Mapping[str, Any]]]
    items: Sequence[PearmutItem] | None
    rest: Mapping[str, Any]

    def of_segment(self, number: int) -> Mapping[str, Mapping[str, Any]]:
        """Return what it says of a segment, by model."""
        return self.annotations[number] if number < len(self.annotations) else {}

    @property
    def is_apart(self) -> bool:
        """Whether it is about a tutorial, a form or a test of attention."""
        return isinstance(self.item_i, str) and self.item_i.startswith(_APART)


class PearmutReset(NamedTuple):
    """That the answers of a user so far don't count, or those about one document."""

    user: str
    item_i: int | str | None


def parsed_answer(record: Mapping[str, Any]) -> PearmutAnswer | PearmutReset | None:
    """Return what a line of a log says, None for the answer to a form. Raises FormatError, without its place."""
    user, item_i = record.get(USER), record.get(ITEM_I)
    if not isinstance(user, str) or not user.strip():
        raise FormatError(f"there is no name under “{USER}”", hint="add it")
    given: Any = record.get(ANNOTATION)
    if given == RESET:
        return PearmutReset(user, item_i if _is_number(item_i) else None)
    if not _is_number(item_i):
        raise FormatError(f"there is no number under “{ITEM_I}”", hint="add it")
    item: Any = record.get(ITEM)
    items = parsed_items(item) if item is not None else None
    if item is not None and items is None:
        return None
    found = cast("list[object]", given) if isinstance(given, list) else [given]
    annotations = [_answers(each, number) for number, each in enumerate(found)]
    if items is not None and len(items) != len(annotations):
        what = f"{len(annotations)} annotations of {len(items)} segments"
        raise FormatError(what, hint=f"“{ANNOTATION}” and “{ITEM}” must have as many elements")
    rest = {key: value for key, value in record.items() if key not in (ANNOTATION, ITEM, ITEM_I, USER)}
    return PearmutAnswer(user.strip(), cast("int | str", item_i), annotations, items, rest)


def _is_number(value: object) -> bool:
    return isinstance(value, str) or type(value) is int


def _answers(given: object, number: int) -> Mapping[str, Mapping[str, Any]]:
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise FormatError(f"{ANNOTATION}[{number}] isn't an object of models", hint="fix the line")
    found = cast("dict[str, Any]", given)
    wrong = next((model for model, each in found.items() if not isinstance(each, dict)), None)
    if wrong is not None:
        raise FormatError(f"{ANNOTATION}[{number}]: the answer for “{wrong[:40]}” isn't an object", hint="fix the line")
    return found


def parsed_items(value: object) -> list[PearmutItem] | None:
    """Return the segments of a document, None if they are a form. Raises FormatError, without its place."""
    items = cast("list[object]", value) if isinstance(value, list) else [value]
    if any(isinstance(each, dict) and "form" in each and "text" in each for each in items):
        return None
    return [_item(each, number) for number, each in enumerate(items)]


def _item(given: object, number: int) -> PearmutItem:
    values = cast("dict[str, Any]", given) if isinstance(given, dict) else {}
    tgt: Any = values.get(TGT)
    texts = cast("dict[str, Any]", tgt) if isinstance(tgt, dict) else {}
    if not texts or not all(isinstance(text, str) for text in texts.values()):
        what = f"{ITEM}[{number}] has no texts by model under “{TGT}”"
        raise FormatError(what, hint="write an object such as {“model”: “translation”}")
    src = values.get(SRC)
    if not isinstance(src, str | None):
        raise FormatError(f"“{SRC}” of {ITEM}[{number}] must be text", hint="fix the line")
    rest = {key: each for key, each in values.items() if key not in (SRC, TGT)}
    return PearmutItem(src, texts, rest)


def is_campaign(value: Mapping[str, Any]) -> bool:
    """Whether an object is a campaign."""
    return isinstance(value.get("info"), dict) and "campaign_id" in value and isinstance(value.get("data"), list | dict)


class PearmutCampaign:
    """The documents of a campaign: of each user by name, in a list for each user, or in one list for all."""

    def __init__(self, value: Mapping[str, Any]) -> None:
        data: Any = value.get("data")
        self._by_user = cast("Mapping[str, object]", data) if isinstance(data, dict) else None
        self._tasks = cast("list[object]", data) if isinstance(data, list) else []

    def items(self, user: str, item_i: int | str) -> list[PearmutItem] | None:
        """Return the segments of a document of a user, None if the campaign doesn't tell. Raises FormatError."""
        if type(item_i) is not int or item_i < 0:
            return None
        if self._by_user is None and any(_depth(each) > 1 for each in self._tasks):
            return None  # a list of tasks: whose they are is known to the server only
        found: object = self._tasks if self._by_user is None else self._by_user.get(user)
        documents = cast("list[object]", found) if isinstance(found, list) else []
        return parsed_items(documents[item_i]) if item_i < len(documents) else None

    def documents(self) -> Iterator[tuple[str, object]]:
        """Yield all documents, each with its place in the file; `parsed_items` reads them."""
        if self._by_user is not None:
            for user, found in self._by_user.items():
                yield from _numbered(found, user)
        elif any(_depth(each) > 1 for each in self._tasks):
            for number, task in enumerate(self._tasks, 1):
                yield from _numbered(task, str(number))
        else:
            yield from _numbered(self._tasks, "")


def _numbered(found: object, where: str) -> Iterator[tuple[str, object]]:
    for number, document in enumerate(cast("list[object]", found) if isinstance(found, list) else [], 1):
        yield f"{where} {number}".strip(), document


def _depth(value: object) -> int:
    """Return how many lists are around the first object."""
    depth = 0
    while isinstance(value, list) and value:
        depth += 1
        value = cast("list[object]", value)[0]
    return depth


def document_name(items: Sequence[PearmutItem], otherwise: str) -> str:
    """Return the name of a document: the id of its first segment without the number of that."""
    return _SEGMENT.sub("", items[0].id) if items and items[0].id else otherwise
