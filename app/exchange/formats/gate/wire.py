"""What GATE's documents hold, and how bdoc JSON says it.

Sources: https://gatenlp.github.io/python-gatenlp/pythondoc/gatenlp/document.html, the plugin Format_Bdoc
(https://github.com/GateNLP/gateplugin-Format_Bdoc) and the exports of Teamware
(https://github.com/GateNLP/gate-teamware).
"""

from collections.abc import Iterator, Mapping
from typing import Any, cast

import msgspec

from app.core.errors import FormatError
from app.exchange.offset_units import Unit

OWN = "gate"
"""The key of `extra` under which stands what only GATE has."""

MARKUPS = "Original markups"
"""The set in which GATE keeps the tags of the HTML or XML that a document was."""

DOCUMENT = "Document"
"""The type of an annotation on the whole text, whose features are about the document."""

CORRECTION, COMMENT, FRAGMENTS, RELATIONS, STET_ID = "correction", "comment", "fragments", "relations", "stet_id"
"""Features with what annotations of GATE have no other place for."""

FIELD_OF_LAYER = ":"
"""Between a layer about the document and its field, in the name of a feature."""

UNITS = {"j": Unit.UTF16, "p": Unit.CODE_POINTS}
"""The units by `offset_type`: Java's and Python's."""

Json = dict[str, Any]
_MOST = 2**53
_ANNOTATION = frozenset(("id", "type", "start", "end", "features"))


class GateAnnotation(msgspec.Struct):
    """An annotation; offsets are in the unit of its file. `more` are keys that aren't GATE's own."""

    id: int | str
    type: str
    start: int
    end: int
    features: Json = {}
    more: Json = {}


class GateSet(msgspec.Struct):
    """An annotation set; the default one has no name. `errors` are of annotations that are left out."""

    name: str
    annotations: list[GateAnnotation] = []
    next_id: int | None = None
    errors: list[FormatError] = []
    raw: Json = {}


def text_and_sets(given: Mapping[str, Any]) -> tuple[str, Iterator[GateSet]]:
    """Return the text and the annotation sets of a document. Raises FormatError."""
    text, sets = given.get("text"), given.get("annotation_sets")
    if not isinstance(text, str):
        raise FormatError("“text” must be text", hint="is it a document of GATE?")
    if sets is None:
        sets = {}
    if isinstance(sets, list):
        return text, (_set("", each) for each in cast("list[object]", sets))
    if not isinstance(sets, dict):
        raise FormatError("“annotation_sets” must be an object", hint="is it a document of GATE?")
    return text, (_set(name, each) for name, each in cast("dict[str, object]", sets).items())


def _set(key: str, given: object) -> GateSet:
    if not isinstance(given, dict):
        raise FormatError(f"the annotation set “{key[:40]}” must be an object", hint="fix it")
    raw = cast("Json", given)
    name = raw.get("name", key)
    items = raw.get("annotations")
    if not isinstance(items, list):
        raise FormatError(f"the annotation set “{key[:40]}” has no list “annotations”", hint="fix it")
    found = GateSet(key or str(name or ""), raw=raw)
    for number, item in enumerate(cast("list[object]", items), 1):
        try:
            found.annotations.append(_annotation(item, number))
        except FormatError as error:
            error.what = f"annotation {number:,} of the set “{found.name[:40]}”: {error.what}"
            found.errors.append(error)
    found.next_id = whole(raw.get("next_annid"))
    return found


def _annotation(given: object, number: int) -> GateAnnotation:
    if not isinstance(given, dict):
        raise FormatError("it must be an object", hint="fix it")
    raw = cast("Json", given)
    start, end = whole(raw.get("start")), whole(raw.get("end"))
    type = raw.get("type")
    if start is None or end is None:
        raise FormatError("“start” and “end” must be whole numbers", hint="fix the offsets")
    if not isinstance(type, str):
        raise FormatError("“type” must be text", hint="fix it")
    id = whole(raw.get("id"))
    more = {key: value for key, value in raw.items() if key not in _ANNOTATION}
    return GateAnnotation(f"#{number}" if id is None else id, type, start, end, features_of(raw), more)


def features_of(given: Mapping[str, Any]) -> Json:
    """Return the features of a document or an annotation, none if there are none. Raises FormatError."""
    found: object = given.get("features")
    if found is not None and not isinstance(found, dict):
        raise FormatError("“features” must be an object", hint="fix it")
    return cast("Json", found) if found else {}


def whole(value: object) -> int | None:
    """Return the number if it is whole, and one that JSON has exactly, else None."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not -_MOST <= value <= _MOST:
        return None
    return int(value) if value == int(value) else None


def entry(value: object) -> Json | None:
    """Return the value if it is an entity with an id and a title, as Stet writes one."""
    if not isinstance(value, dict):
        return None
    found = cast("Json", value)
    return found if set(found) == {"id", "title"} and all(isinstance(each, str) for each in found.values()) else None


def is_field(value: object) -> bool:
    """Whether a feature's value can be that of a field: a text, a number, yes or no, an entity or a list of texts."""
    if isinstance(value, list):
        items = cast("list[object]", value)
        return bool(items) and all(isinstance(each, str) for each in items)
    if isinstance(value, str | int | float):
        return value != ""
    return entry(value) is not None
