"""What a record of GLiNER or GLiNER2 says, checked.

GLiNER's has tokens, and entities by the numbers of their first and last token (inclusive); relations name entities by
their place in that list. GLiNER2's has a text and the words that are mentioned in it, without their places
(docs/training.md of GLiNER, tutorial/8-train_data.md of GLiNER2).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

from app.core.errors import FormatError

TOKENS, NER, RELATIONS = "tokenized_text", "ner", "relations"
LABEL_KEYS = ("ner_labels", "ner_negatives", "rel_labels", "rel_negatives")
"""The types of entities and relations that a record of GLiNER names for training, beside those that occur."""

ENTITIES, CLASSES, STRUCTURES = "entities", "classifications", "json_structures"
HEAD, TAIL = "head", "tail"
TASK, TRUE = "task", "true_label"
_TASKS = (ENTITIES, RELATIONS, CLASSES, STRUCTURES)
_SHAPES = (("input", "output"), ("text", "schema"))
_TRIPLE = 3


class GivenEntity(NamedTuple):
    """Tokens `first` to `last`, both included."""

    first: int
    last: int
    label: str


class GivenTie(NamedTuple):
    """A relation between two entities, given by their place in the list of entities."""

    head: int
    tail: int
    label: str


class TokenRecord(NamedTuple):
    """A record of GLiNER. `meta` is what has no meaning for GLiNER, `own` the types that it names for training."""

    tokens: list[str]
    entities: list[GivenEntity]
    ties: list[GivenTie]
    own: dict[str, Any]
    meta: dict[str, Any]


class GivenMentions(NamedTuple):
    """The ends of a relation as words, and its other fields; `given` is the relation as it stands."""

    label: str
    head: str | None
    tail: str | None
    fields: dict[str, Any]
    given: dict[str, Any]


class GivenClasses(NamedTuple):
    """A question about the whole text and its answers; `given` is all of it."""

    task: str
    labels: list[str]
    given: dict[str, Any]


class MentionRecord(NamedTuple):
    """A record of GLiNER2. `keys` are those of its text and of what is said of it, `tasks` the kinds of that; `rest` is
    what else is said.
    """

    text: str
    keys: tuple[str, str]
    tasks: list[str]
    entities: dict[str, list[str]]
    relations: list[GivenMentions]
    classes: list[GivenClasses]
    rest: dict[str, Any]
    meta: dict[str, Any]


def shape(value: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the keys by which a record is known, None if it is neither GLiNER's nor GLiNER2's."""
    if isinstance(value.get(TOKENS), list):
        return TOKENS, NER
    for keys in _SHAPES:
        said: Any = value.get(keys[1])
        if isinstance(value.get(keys[0]), str) and isinstance(said, dict) and any(task in said for task in _TASKS):
            return keys
    return None


def token_record(value: dict[str, Any]) -> TokenRecord:
    """Return a record of GLiNER. Raises FormatError for what isn't one."""
    rest = dict(value)
    tokens = _strings(rest.pop(TOKENS), TOKENS)
    entities = [
        GivenEntity(*_numbered(item, f"{NER}[{number}]", len(tokens), "token"))
        for number, item in enumerate(_list(rest.pop(NER, []), NER))
    ]
    for number, each in enumerate(entities):
        if each.last < each.first:
            what = f"{NER}[{number}] ends at token {each.last}, before it starts at {each.first}"
            raise FormatError(what, hint="fix the numbers; the last token is included")
    ties = [
        GivenTie(*_numbered(item, f"{RELATIONS}[{number}]", len(entities), "entity"))
        for number, item in enumerate(_list(rest.pop(RELATIONS, []), RELATIONS))
    ]
    own: dict[str, Any] = {key: _strings(rest.pop(key), key) for key in LABEL_KEYS if key in rest}
    if RELATIONS in value and not ties:
        own[RELATIONS] = True
    return TokenRecord(tokens, entities, ties, own, rest)


def _numbered(item: object, where: str, count: int, what: str) -> tuple[int, int, str]:
    """Return two numbers below a count, and a label."""
    values = cast("list[object]", item) if isinstance(item, list) else []
    if len(values) != _TRIPLE:
        raise FormatError(f"{where} must be two numbers and a label", hint='write [0, 1, "LABEL"]')
    one, other, label = values
    if type(one) is not int or type(other) is not int:
        raise FormatError(f"{where}: {one!r:.40} and {other!r:.40} aren't whole numbers", hint="fix the numbers")
    if not isinstance(label, str):
        raise FormatError(f"{where}: its label isn't text", hint="fix the label")
    outside = next((number for number in (one, other) if not 0 <= number < count), None)
    if outside is not None:
        had = f"there are {count}" if count else "there is none"
        raise FormatError(f"{where}: there is no {what} {outside}, as {had}", hint="numbers count from 0")
    return one, other, label


def mention_record(value: dict[str, Any], keys: tuple[str, str]) -> MentionRecord:
    """Return a record of GLiNER2. Raises FormatError for what isn't one."""
    rest = dict(value)
    text, said = rest.pop(keys[0]), cast("dict[str, Any]", dict(rest.pop(keys[1])))
    tasks = [key for key in (ENTITIES, RELATIONS, CLASSES) if key in said]
    given: Any = said.pop(ENTITIES, {})
    if not isinstance(given, dict):
        raise FormatError(f"“{ENTITIES}” must be an object with a list of mentions for each type", hint="fix it")
    entities = {
        label: [words] if isinstance(words, str) else _strings(words, f"{ENTITIES}.{label[:40]}")
        for label, words in cast("dict[str, Any]", given).items()
    }
    relations = list(_relations(_list(said.pop(RELATIONS, []), RELATIONS)))
    classes = list(_classes(_list(said.pop(CLASSES, []), CLASSES)))
    return MentionRecord(text, keys, tasks, entities, relations, classes, said, rest)


def _relations(items: Sequence[object]) -> Iterator[GivenMentions]:
    for number, item in enumerate(items):
        given = _object(item, f"{RELATIONS}[{number}]")
        for label, value in given.items():
            fields = dict(_object(value, f"{RELATIONS}[{number}].{label[:40]}"))
            ends = [fields.get(key) if isinstance(fields.get(key), str) else None for key in (HEAD, TAIL)]
            for key in (HEAD, TAIL):
                fields.pop(key, None)
            yield GivenMentions(label, ends[0], ends[1], fields, {label: value})


def _classes(items: Sequence[object]) -> Iterator[GivenClasses]:
    for number, item in enumerate(items):
        given = _object(item, f"{CLASSES}[{number}]")
        task, true = given.get(TASK), given.get(TRUE)
        if not isinstance(task, str):
            raise FormatError(f"{CLASSES}[{number}] has no “{TASK}”", hint="name what is asked")
        labels = [true] if isinstance(true, str) else _strings(true, f"{CLASSES}[{number}].{TRUE}")
        yield GivenClasses(task, labels, given)


def _object(value: object, where: str) -> dict[str, Any]:
    if isinstance(value, dict):
        return cast("dict[str, Any]", value)
    raise FormatError(f"{where} must be an object", hint="fix the record")


def _list(value: object, where: str) -> list[object]:
    if isinstance(value, list):
        return cast("list[object]", value)
    if value is None:
        return []
    raise FormatError(f"“{where}” must be a list", hint="fix the record")


def _strings(value: object, where: str) -> list[str]:
    items = _list(value, where)
    strings = [item for item in items if isinstance(item, str)]
    if len(strings) < len(items):
        raise FormatError(f"“{where}” must be a list of texts", hint="fix the record")
    return strings
