"""A record of doccano's JSONL, of any generation, as values.

The generations: `label` with lists of start, end and label (1.0 to today), or `labels` with the same; `data` for the
text (1.2 to 1.4); `entities` and `relations` (today, in projects with relations), `entities` as lists (2018);
`annotations` with the numbers of labels and users (2019 to 2021); `cats` beside `entities` (intents and slots). See
https://doccano.github.io/doccano/tutorial/#import-a-dataset and backend/data_export in its source.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

from app.core.errors import FormatError
from app.exchange.foreign_document import LONGEST

TEXTS = ("text", "data")
LABELS = ("label", "labels", "entities", "annotations", "cats")
COMMENTS = ("Comments", "comments")
RELATIONS = "relations"
APPROVER = "annotation_approver"
NESTED = ("meta", "metadata")
IDS = ("id", "doc_id")
USERNAME = "username"
_TRIPLE = 3


class GivenSpan(NamedTuple):
    """A mark as the file gives it. `id` is its id there, `user` the number of who made it; None without."""

    start: int
    end: int
    label: str
    id: int | str | None = None
    user: str | None = None
    created: str = ""
    rest: Mapping[str, Any] = {}


class Category(NamedTuple):
    """A label of the whole text, and the number of who gave it."""

    label: str
    user: str | None = None


class GivenRelation(NamedTuple):
    """A relation, with the ids of its ends."""

    label: str
    source: int | str
    target: int | str
    id: int | str | None = None


class DoccanoRecord(NamedTuple):
    """What one record says. `nested` has the keys that stood in an object of metadata, by the object's key."""

    text: str
    id: str
    spans: list[GivenSpan]
    categories: list[Category]
    relations: list[GivenRelation]
    comments: list[Any]
    said: list[str]
    annotator: str | None
    is_approved: bool
    meta: dict[str, Any]
    own: dict[str, Any]


class Keys(NamedTuple):
    """The keys of a file's records: where a person named them, only these."""

    text: tuple[str, ...] = TEXTS
    labels: tuple[str, ...] = LABELS
    id: tuple[str, ...] = IDS

    @classmethod
    def of(cls, columns: Mapping[str, str]) -> "Keys":
        """Return the keys, given those that a person named, by what they are."""
        named = {"text": columns.get("text"), "labels": columns.get("label"), "id": columns.get("id")}
        return cls(**{what: (key,) for what, key in named.items() if key is not None})


def shape(value: Mapping[str, Any], keys: Keys = Keys()) -> str:  # noqa: B008  immutable
    """Return the key that has marks as doccano writes them, "" if none has."""
    for key in (*keys.labels, *value):
        items: Any = value.get(key)
        if isinstance(items, list) and items and all(map(_is_span, cast("list[object]", items))):
            return key
    return ""


def _is_span(item: object) -> bool:
    if isinstance(item, dict):
        found = cast("dict[str, object]", item)
        return _is_offset(found.get("start_offset")) and _is_offset(found.get("end_offset")) and "label" in found
    if isinstance(item, list):
        parts = cast("list[object]", item)
        return len(parts) == _TRIPLE and _is_offset(parts[0]) and _is_offset(parts[1]) and isinstance(parts[2], str)
    return False


def _is_offset(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def guessed_keys(objects: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> Keys:
    """Return the keys of a file, given its first records: doccano lets people name the columns of text and labels."""
    keys = Keys.of(columns)
    if "label" not in columns and not any(key in each for each in objects for key in LABELS):
        found = next((key for each in objects if (key := shape(each))), "")
        keys = keys._replace(labels=(found,)) if found else keys
    if "text" not in columns and objects and not any(key in each for each in objects for key in TEXTS):
        texts = [key for key, item in objects[0].items() if isinstance(item, str) and key not in keys.id]
        keys = keys._replace(text=(texts[0],)) if len(texts) == 1 else keys
    return keys


def parsed(value: Mapping[str, Any], keys: Keys) -> DoccanoRecord:
    """Return what a record says. Raises FormatError, without its place, for what can't be understood."""
    rest = dict(value)
    text_key = next((key for key in keys.text if isinstance(rest.get(key), str)), None)
    if text_key is None:
        here = ", ".join(f"“{key[:40]}”" for key in list(value)[:12])
        what = f"there is no text under {' or '.join(f'“{key}”' for key in keys.text)}; its keys are: {here or 'none'}"
        raise FormatError(what, hint="name the key of the text with --map-column text=KEY")
    text = rest.pop(text_key)
    id = _taken_id(rest, keys)
    found = DoccanoRecord(
        text=text,
        id=str(id),
        spans=[],
        categories=[],
        relations=_relations(rest),
        comments=_comments(rest),
        said=[],
        annotator=_text(rest.pop(USERNAME)) if isinstance(rest.get(USERNAME), str) else None,
        is_approved=bool(rest.get(APPROVER)),
        meta=rest,
        own={} if id == "" else {"id": id},
    )
    if APPROVER in rest:
        found.own[APPROVER] = rest.pop(APPROVER)
    for key in keys.labels:
        if _are_labels(key, rest.get(key)):
            _take_labels(found, key, rest.pop(key))
    _flatten(found)
    return found


def _taken_id(rest: dict[str, Any], keys: Keys) -> int | str:
    for key in keys.id:
        if isinstance(rest.get(key), int | str) and not isinstance(rest[key], bool):
            return rest.pop(key)
    return ""


def _are_labels(key: str, value: object) -> bool:
    """Whether the value of a key has labels; other programs, and metadata, may have the same keys."""
    return isinstance(value, list) or (isinstance(value, str) and key == "label")


def _take_labels(found: DoccanoRecord, key: str, value: object) -> None:
    items = cast("list[object]", value) if isinstance(value, list) else [value]
    for number, item in enumerate(items):
        if isinstance(item, list):
            found.spans.append(_span_of_list(cast("list[object]", item), f"{key}[{number}]"))
        elif isinstance(item, dict):
            _take_object(found, cast("dict[str, Any]", item), f"{key}[{number}]")
        elif isinstance(item, str) and (len(item) > LONGEST or not item.isprintable()):
            found.said.append(item)  # the answers of a sequence-to-sequence project are texts
        elif isinstance(item, str | int) and not isinstance(item, bool) and item != "":
            found.categories.append(Category(str(item)))
        elif item is not None:
            raise FormatError(f"{key}[{number}] is neither a mark nor a label", hint="write [start, end, label]")


def _span_of_list(item: list[object], where: str) -> GivenSpan:
    if len(item) != _TRIPLE:
        raise FormatError(f"{where} must be a start, an end and a label", hint="write [start, end, label]")
    return GivenSpan(_offset(item[0], where), _offset(item[1], where), _label(item[2], where))


def _take_object(found: DoccanoRecord, item: dict[str, Any], where: str) -> None:
    rest = dict(item)
    user = rest.pop("user", None)
    who = str(user) if isinstance(user, int | str) and not isinstance(user, bool) else None
    if "start_offset" not in rest:
        if "label" not in rest and isinstance(rest.get("text"), str):
            found.said.append(rest["text"])
            return
        found.categories.append(Category(_label(rest.get("label"), where), who))
        return
    created = rest.pop("created_at", "")
    found.spans.append(
        GivenSpan(
            start=_offset(rest.pop("start_offset"), where),
            end=_offset(rest.pop("end_offset", None), where),
            label=_label(rest.pop("label", None), where),
            id=_id(rest.pop("id", None), where),
            user=who,
            created=created if isinstance(created, str) else "",
            rest=rest,
        )
    )


def _offset(value: object, where: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise FormatError(f"{where}: a start or an end isn't a whole number", hint="fix the offsets")


def _label(value: object, where: str) -> str:
    if isinstance(value, str | int) and not isinstance(value, bool):
        return str(value)
    raise FormatError(f"{where} has no label", hint="add it, or remove the mark")


def _id(value: object, where: str) -> int | str | None:
    if value is None or (isinstance(value, int | str) and not isinstance(value, bool)):
        return value
    raise FormatError(f"{where}: an id must be a number or text", hint="fix it")


def _relations(rest: dict[str, Any]) -> list[GivenRelation]:
    value: Any = rest.get(RELATIONS)
    if not isinstance(value, list):
        return []
    del rest[RELATIONS]
    return list(_relations_of(cast("list[object]", value)))


def _relations_of(items: Sequence[object]) -> Iterator[GivenRelation]:
    for number, item in enumerate(items):
        where = f"{RELATIONS}[{number}]"
        given = cast("dict[str, Any]", item) if isinstance(item, dict) else {}
        ends = [_id(given.get(key), where) for key in ("from_id", "to_id")]
        if ends[0] is None or ends[1] is None:
            raise FormatError(f"{where} needs “from_id”, “to_id” and “type”", hint="add what is missing")
        label = given.get("type", given.get("label"))
        yield GivenRelation(_label(label, where), ends[0], ends[1], _id(given.get("id"), where))


def _comments(rest: dict[str, Any]) -> list[Any]:
    for key in COMMENTS:
        items: Any = rest.get(key)
        if isinstance(items, list) and all(map(comment_text, cast("list[object]", items))):
            del rest[key]
            return cast("list[Any]", items)
    return []


def comment_text(item: object) -> str:
    """Return the words of a comment, "" for what isn't one."""
    if isinstance(item, dict):
        item = cast("dict[str, object]", item).get("comment")
    return item if isinstance(item, str) else ""


def _text(value: str) -> str | None:
    return value.strip() or None


def _flatten(found: DoccanoRecord) -> None:
    """Move what an object of metadata has to the others, unless a name is taken."""
    for key in NESTED:
        inner: Any = found.meta.get(key)
        if not isinstance(inner, dict):
            continue
        values = cast("dict[str, Any]", inner)
        if set(values) & (set(found.meta) - {key}):
            continue
        del found.meta[key]
        found.meta.update(values)
        found.own.setdefault("nested", {})[key] = list(values)
