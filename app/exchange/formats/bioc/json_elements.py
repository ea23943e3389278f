"""BioC's documents as JSON."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar, cast

import msgspec

from app.core.errors import FormatError
from app.exchange.formats.bioc.elements import (
    BiocAnnotation,
    BiocCollection,
    BiocDocument,
    BiocLocation,
    BiocNode,
    BiocPassage,
    BiocRelation,
    Json,
    whole_number,
)

_T = TypeVar("_T")

DOCUMENTS = ("documents", "PubTator3")
"""Keys of a collection with its documents; the second is that of PubTator's service."""

_PASSAGE = ("offset", "infons", "text", "sentences", "annotations", "relations")
_DOCUMENT = ("id", "infons", "passages", "annotations", "relations")
_COLLECTION = ("source", "date", "key", "version", "infons", *DOCUMENTS)


def collection_of(given: Mapping[str, Any]) -> tuple[BiocCollection, list[Any]]:
    """Return what an object says of its documents, and those; it may be a document itself. Raises FormatError."""
    key = next((key for key in DOCUMENTS if key in given), None)
    if key is None:
        return BiocCollection(), [given]
    head = BiocCollection(infons=_object(given, "infons"), more=_more(given, _COLLECTION))
    for name in ("source", "date", "key", "version"):
        setattr(head, name, _word(given.get(name)))
    return head, _list(given, key)


def document_of(given: Any) -> BiocDocument:  # noqa: ANN401  whatever a list has
    """Return the document that an object is. Raises FormatError; parts that are wrong by themselves are left out."""
    raw = _as_object(given, "a document")
    if not isinstance(raw.get("passages"), list):
        raise FormatError("the document has no list “passages”", hint="is it BioC?")
    found = BiocDocument(id=_word(raw.get("id")), infons=_object(raw, "infons"), more=_more(raw, _DOCUMENT))
    if not isinstance(raw.get("id"), str):
        found.more |= {"id": raw["id"]} if "id" in raw else {}
    found.passages = [_passage(each, found.errors) for each in _list(raw, "passages")]
    found.annotations = _annotations(raw, found.errors)
    found.relations = _relations(raw, found.errors)
    return found


def _passage(given: object, errors: list[FormatError]) -> BiocPassage:
    raw = _as_object(given, "a passage")
    text = raw.get("text")
    if text is not None and not isinstance(text, str):
        raise FormatError("the text of a passage must be text", hint="fix it")
    return BiocPassage(
        offset=_number(raw.get("offset"), "the offset of a passage"),
        infons=_object(raw, "infons"),
        text=text,
        sentences=[_passage(each, errors) for each in _list(raw, "sentences")],
        annotations=_annotations(raw, errors),
        relations=_relations(raw, errors),
        more=_more(raw, _PASSAGE),
    )


def _annotations(given: Mapping[str, Any], errors: list[FormatError]) -> list[BiocAnnotation]:
    return list(_each(given, "annotations", _annotation, errors))


def _annotation(raw: Json) -> BiocAnnotation:
    text = raw.get("text")
    locations = [_as_object(each, "a location") for each in _list(raw, "locations")]
    return BiocAnnotation(
        id=_word(raw.get("id")),
        infons=_object(raw, "infons"),
        text=text if isinstance(text, str) else None,
        locations=[BiocLocation(*(_number(at.get(k), f"its {k}") for k in BiocLocation._fields)) for at in locations],
        more=_more(raw, ("id", "infons", "text", "locations")),
    )


def _relations(given: Mapping[str, Any], errors: list[FormatError]) -> list[BiocRelation]:
    return list(_each(given, "relations", _relation, errors))


def _relation(raw: Json) -> BiocRelation:
    nodes = [_as_object(each, "a node") for each in _list(raw, "nodes")]
    return BiocRelation(
        id=_word(raw.get("id")),
        infons=_object(raw, "infons"),
        nodes=[BiocNode(_word(node.get("refid")), _word(node.get("role"))) for node in nodes],
        more=_more(raw, ("id", "infons", "nodes")),
    )


def _each(given: Mapping[str, Any], key: str, make: Callable[[Json], _T], errors: list[FormatError]) -> Iterator[_T]:
    """Yield what is made of the objects of a list; errors name the object by its id."""
    what = key.removesuffix("s")
    for item in _list(given, key):
        try:
            raw = _as_object(item, f"each {what}")
            yield make(raw)
        except FormatError as error:
            id = _word(cast("Json", item).get("id")) if isinstance(item, dict) else ""
            error.what = f"{what} {id[:40]}: {error.what}" if id else error.what
            errors.append(error)


def _as_object(value: object, what: str) -> Json:
    if not isinstance(value, dict):
        raise FormatError(f"{what} must be an object", hint="fix it")
    return cast("Json", value)


def _object(given: Mapping[str, Any], key: str) -> Json:
    value: object = given.get(key)
    return _as_object(value, f"“{key}”") if value is not None else {}


def _list(given: Mapping[str, Any], key: str) -> list[Any]:
    value: object = given.get(key)
    if value is not None and not isinstance(value, list):
        raise FormatError(f"“{key}” must be a list", hint="fix it")
    return cast("list[Any]", value) if value is not None else []


def _number(value: object, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise FormatError(f"{what} must be a whole number", hint="fix the offsets")
    return whole_number(str(value), what)


def _word(value: object) -> str:
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _more(given: Mapping[str, Any], known: tuple[str, ...]) -> Json:
    return {key: value for key, value in given.items() if key not in known}


# -- written -----------------------------------------------------------------------------------------------------------


def head_values(head: BiocCollection) -> Json:
    """Return a collection without its documents, whose key comes behind."""
    found: Json = {"source": head.source, "date": head.date, "key": head.key}
    found |= {"version": head.version} if head.version else {}
    return {**found, "infons": head.infons, **head.more}


def document_values(document: BiocDocument) -> Json:
    """Return a document as an object."""
    work = _work_values(document.annotations, document.relations)
    passages = [_passage_values(each, "passage") for each in document.passages]
    return {"id": document.id, "infons": document.infons, "passages": passages, **work, **document.more}


def _passage_values(passage: BiocPassage, what: str) -> Json:
    found: Json = {"offset": passage.offset, "infons": passage.infons, "text": passage.text or ""}
    if what == "passage":
        found["sentences"] = [_passage_values(each, "sentence") for each in passage.sentences]
    return {**found, **_work_values(passage.annotations, passage.relations), **passage.more}


def _work_values(annotations: list[BiocAnnotation], relations: list[BiocRelation]) -> Json:
    made = [
        {
            **{"id": each.id, "infons": each.infons, "text": each.text or ""},
            "locations": [at._asdict() for at in each.locations],
            **each.more,
        }
        for each in annotations
    ]
    ties = [
        {"id": tie.id, "infons": tie.infons, "nodes": [node._asdict() for node in tie.nodes], **tie.more}
        for tie in relations
    ]
    return {"annotations": made, "relations": ties}


encoder = msgspec.json.Encoder()
"""Writes the values."""
