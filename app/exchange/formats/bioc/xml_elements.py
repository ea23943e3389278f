"""BioC's documents as XML."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape, quoteattr

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

HEAD = ("source", "date", "key", "version", "infon")
"""The elements that stand before the documents."""

NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""A character that XML can't have (XML 1.0, production 2)."""

_BREAKS = {"\r": "&#13;"}
_SPACES = {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}


def add_to_head(head: BiocCollection, element: Element) -> None:
    """Take over what an element before the documents says."""
    if element.tag == "infon":
        _add_infon(head.infons, element)
    else:
        setattr(head, element.tag, element.text or "")


def document_of(element: Element) -> BiocDocument:
    """Return the document that an element is. Raises FormatError; parts that are wrong by themselves are left out."""
    found = BiocDocument(id=_id(element), infons=_infons(element))
    found.passages = [_passage(each, found.errors) for each in element.findall("passage")]
    found.annotations = _annotations(element, found.errors)
    found.relations = _relations(element)
    return found


def _id(element: Element) -> str:
    """Return an id, which newer versions have as an attribute."""
    return (element.findtext("id") or element.get("id") or "").strip()


def _infons(element: Element) -> Json:
    found: Json = {}
    for infon in element.findall("infon"):
        _add_infon(found, infon)
    return found


def _add_infon(found: Json, infon: Element) -> None:
    key, value = infon.get("key") or "", infon.text or ""
    if key not in found:
        found[key] = value
    elif isinstance(found[key], list):
        found[key].append(value)
    else:
        found[key] = [found[key], value]


def _passage(element: Element, errors: list[FormatError]) -> BiocPassage:
    text = element.find("text")
    given = element.findtext("offset") or element.get("offset") or ""
    return BiocPassage(
        offset=whole_number(given, f"the offset of a {element.tag}"),
        infons=_infons(element),
        text=(text.text or "") if text is not None else None,
        sentences=[_passage(each, errors) for each in element.findall("sentence")],
        annotations=_annotations(element, errors),
        relations=_relations(element),
    )


def _annotations(element: Element, errors: list[FormatError]) -> list[BiocAnnotation]:
    found: list[BiocAnnotation] = []
    for each in element.findall("annotation"):
        id = each.get("id") or ""
        try:
            locations = [_location(location) for location in each.findall("location")]
        except FormatError as error:
            error.what = f"annotation {id[:40]}: {error.what}"
            errors.append(error)
            continue
        words = each.find("text")
        text = (words.text or "") if words is not None else None
        found.append(BiocAnnotation(id=id.strip(), infons=_infons(each), text=text, locations=locations))
    return found


def _location(element: Element) -> BiocLocation:
    return BiocLocation(*(whole_number(element.get(key) or "", f"its {key}") for key in BiocLocation._fields))


def _relations(element: Element) -> list[BiocRelation]:
    return [
        BiocRelation(
            id=(each.get("id") or "").strip(),
            infons=_infons(each),
            nodes=[BiocNode(node.get("refid") or "", node.get("role") or "") for node in each.findall("node")],
        )
        for each in element.findall("relation")
    ]


# -- written -----------------------------------------------------------------------------------------------------------


def head_lines(head: BiocCollection) -> Iterator[str]:
    """Yield the lines before the documents; `END` follows them."""
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield "<collection>"
    yield from (f"  {_tag(name, value)}" for name, value in _said(head))
    yield from _infon_lines(head.infons, 1)


END = "</collection>"
"""The line behind the documents."""


def _said(head: BiocCollection) -> Iterator[tuple[str, str]]:
    yield "source", head.source
    yield "date", head.date
    yield "key", head.key
    if head.version:
        yield "version", head.version


def document_lines(document: BiocDocument) -> Iterator[str]:
    """Yield the lines of a document. Characters that XML can't have become blanks."""
    yield "  <document>"
    yield f"    {_tag('id', document.id)}"
    yield from _infon_lines(document.infons, 2)
    for passage in document.passages:
        yield from _passage_lines("passage", passage, 2)
    yield from _work_lines(document.annotations, document.relations, 2)
    yield "  </document>"


def _passage_lines(name: str, passage: BiocPassage, depth: int) -> Iterator[str]:
    pad = "  " * depth
    yield f"{pad}<{name}>"
    yield from _infon_lines(passage.infons, depth + 1)
    yield f"{pad}  {_tag('offset', str(passage.offset))}"
    if passage.text is not None:
        yield f"{pad}  {_tag('text', passage.text)}"
    for sentence in passage.sentences:
        yield from _passage_lines("sentence", sentence, depth + 1)
    yield from _work_lines(passage.annotations, passage.relations, depth + 1)
    yield f"{pad}</{name}>"


def _work_lines(annotations: list[BiocAnnotation], relations: list[BiocRelation], depth: int) -> Iterator[str]:
    pad = "  " * depth
    for each in annotations:
        yield f"{pad}<annotation id={_quoted(each.id)}>"
        yield from _infon_lines(each.infons, depth + 1)
        yield from (f'{pad}  <location offset="{at.offset}" length="{at.length}"/>' for at in each.locations)
        if each.text is not None:
            yield f"{pad}  {_tag('text', each.text)}"
        yield f"{pad}</annotation>"
    for tie in relations:
        yield f"{pad}<relation id={_quoted(tie.id)}>"
        yield from _infon_lines(tie.infons, depth + 1)
        yield from (f"{pad}  <node refid={_quoted(node.refid)} role={_quoted(node.role)}/>" for node in tie.nodes)
        yield f"{pad}</relation>"


def _infon_lines(infons: Mapping[str, Any], depth: int) -> Iterator[str]:
    for key, value in infons.items():
        for each in cast("list[object]", value) if isinstance(value, list) else [cast("object", value)]:
            yield f"{'  ' * depth}<infon key={_quoted(key)}>{_escaped(_word(each))}</infon>"


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return msgspec.json.encode(value).decode()
    return "" if value is None else str(value)


def _tag(name: str, text: str) -> str:
    return f"<{name}>{_escaped(text)}</{name}>"


def _escaped(text: str) -> str:
    return escape(NO_XML.sub(" ", text), _BREAKS)


def _quoted(text: str) -> str:
    return quoteattr(NO_XML.sub(" ", text), _SPACES)
