"""What the bodies of a web annotation say of a mark, and bodies that say it.

| body | is |
|---|---|
| text with the purpose `tagging` | the label; further ones are the field `tags` |
| text with the purpose `classifying` | the layer, or the label if no tag is there |
| resource with the purpose `classifying` or `identifying` | the field `identifier`, a link to an entity |
| text with the purpose `editing` | the correction |
| text with the purpose `describing` and a `label` | the field of that name |
| any other text | the comment |
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

import msgspec

from app.core.decode_faults import DECODE_FAULTS
from app.exchange.foreign_document import LONGEST
from app.exchange.formats.w3c.wire import (
    CLASSIFYING,
    COMMENTING,
    DESCRIBING,
    EDITING,
    HIGHLIGHTING,
    IDENTIFYING,
    TAGGING,
    Json,
    as_object,
    id_of,
    many,
    motivations,
    word,
)

IDENTIFIER, TAGS = "identifier", "tags"
_JSON = "application/json"
_LABEL, _LAYER, _COMMENT, _CORRECTION, _OTHER = "label", "layer", "comment", "correction", ""
_FIELD = "field "


class _Body(NamedTuple):
    """One body: what it is about, and its value."""

    aspect: str
    value: Any
    raw: Any


class SaidBodies(NamedTuple):
    """What bodies say. Without a tag, the label is the motivation, and `is_tagged` is not set."""

    label: str
    is_tagged: bool
    layer: str
    comment: str
    correction: str | None
    fields: Json


class Bodies:
    """The bodies of an annotation."""

    def __init__(self, annotation: Mapping[str, Any]) -> None:
        self._motivations = motivations(annotation)
        value = annotation.get("bodyValue")
        given = [*many(annotation.get("body")), *([value] if isinstance(value, str) else [])]
        self._bodies = list(self._sorted(given, is_text=isinstance(value, str) and "body" not in annotation))

    def _sorted(self, given: Sequence[Any], *, is_text: bool) -> Iterator[_Body]:
        has_label = False
        purposes = [_purpose(each) for each in given]
        for raw, purpose in zip(given, purposes, strict=True):
            aspect, value = self._read(raw, purpose, is_text=is_text)
            if aspect == _LAYER and TAGGING not in purposes:
                aspect = _LABEL
            if aspect == _LABEL and (has_label or not _can_be_label(value)):
                aspect = _FIELD + TAGS if _can_be_label(value) else _COMMENT
            has_label = has_label or aspect == _LABEL
            yield _Body(aspect, value, raw)

    def _read(self, raw: Any, purpose: str, *, is_text: bool) -> tuple[str, Any]:  # noqa: ANN401  any body
        found = as_object(raw)
        if found is None:
            return (_COMMENT, raw) if isinstance(raw, str) else (_OTHER, None)
        text = found.get("value")
        if not isinstance(text, str):
            return _resource(found, purpose)
        purpose = purpose or (self._motivations[0] if len(self._motivations) == 1 else "")
        if purpose == TAGGING:
            return _LABEL, text.strip()
        if purpose == CLASSIFYING:
            return _LAYER, text.strip()
        if purpose == EDITING:
            return _CORRECTION, text
        name = word(found.get("label"))
        if purpose == DESCRIBING and name:
            return _FIELD + name, _decoded(text) if found.get("format") == _JSON else text
        return _COMMENT, text

    def said(self) -> SaidBodies:
        """Return what the bodies say."""
        comment = "\n".join(each.value for each in self._bodies if each.aspect == _COMMENT)
        corrections = [each.value for each in self._bodies if each.aspect == _CORRECTION]
        fields: Json = {}
        for each in self._bodies:
            name = each.aspect.removeprefix(_FIELD)
            if name == each.aspect:
                continue
            if name == TAGS:
                fields[name] = [*fields.get(name, []), each.value]
            elif name in fields:
                fields[name] = [*many(fields[name]), each.value]
            else:
                fields[name] = each.value
        return SaidBodies(
            label=self._first(_LABEL) or self._unnamed(comment, corrections),
            is_tagged=self._first(_LABEL) != "",
            layer=self._first(_LAYER),
            comment=comment,
            correction=corrections[0] if corrections else None,
            fields=fields,
        )

    def _first(self, aspect: str) -> str:
        return next((each.value for each in self._bodies if each.aspect == aspect and _can_be_label(each.value)), "")

    def _unnamed(self, comment: str, corrections: Sequence[str]) -> str:
        """Return the label of an annotation without a tag."""
        if self._motivations and _can_be_label(self._motivations[0]):
            return self._motivations[0]
        return EDITING if corrections else COMMENTING if comment else HIGHLIGHTING

    def written(self, now: SaidBodies) -> list[Any]:
        """Return bodies that say what is so now: those that still say it as they are, others made new."""
        before = self.said()
        same = {
            _LABEL: before.label == now.label,
            _LAYER: before.layer == now.layer,
            _COMMENT: before.comment == now.comment,
            _CORRECTION: before.correction == now.correction,
            _OTHER: True,
            **{_FIELD + name: now.fields.get(name) == value for name, value in before.fields.items()},
        }
        kept = [each.raw for each in self._bodies if same.get(each.aspect, False)]
        new: list[Any] = []
        if not same[_LABEL]:
            new.append(_text(TAGGING, now.label))
        if not same[_LAYER] and now.layer:
            new.append(_text(CLASSIFYING, now.layer))
        if not same[_CORRECTION] and now.correction is not None:
            new.append(_text(EDITING, now.correction))
        if not same[_COMMENT] and now.comment:
            new.append(_text(COMMENTING, now.comment))
        fields = {name: value for name, value in now.fields.items() if not same.get(_FIELD + name, False)}
        return [*kept, *new, *field_bodies(fields)]


def new_bodies(now: SaidBodies) -> list[Any]:
    """Return the bodies of a mark that doesn't come from a web annotation."""
    found = [_text(TAGGING, now.label), *([_text(CLASSIFYING, now.layer)] if now.layer else [])]
    found += [_text(EDITING, now.correction)] if now.correction is not None else []
    found += [_text(COMMENTING, now.comment)] if now.comment else []
    return [*found, *field_bodies(now.fields)]


def field_bodies(fields: Mapping[str, Any]) -> Iterator[Json]:
    """Yield bodies for fields: links as resources, lists as several, what isn't text as JSON."""
    for name, value in fields.items():
        entry = as_object(value)
        if entry is not None and word(entry.get("id")):
            made: Json = {"type": "SpecificResource", "purpose": IDENTIFYING, "source": _source(entry)}
            yield made if name == IDENTIFIER else {**made, "label": name}
            continue
        items = cast("list[Any]", value) if isinstance(value, list) else []
        if name == TAGS and items:
            yield from (_text(TAGGING, str(each)) for each in items)
            continue
        is_texts = len(items) > 1 and all(isinstance(each, str) for each in items)
        values = items if is_texts else [cast("Any", value)]
        for each in values:
            if isinstance(each, str):
                yield {**_text(DESCRIBING, each), "label": name}
            else:
                text = msgspec.json.encode(each).decode()
                yield {**_text(DESCRIBING, text), "label": name, "format": _JSON}


def _source(entry: Mapping[str, Any]) -> Any:  # noqa: ANN401  an id or an object
    title = word(entry.get("title"))
    return {"id": entry["id"], "label": title} if title else entry["id"]


def _resource(found: Json, purpose: str) -> tuple[str, Any]:
    """Return what a body is that isn't a text: a link to an entity, a tag by its address, or something else."""
    source = found.get("source", found)
    id = id_of(source)
    if not id:
        return _OTHER, None
    if purpose == TAGGING:
        return _LABEL, id.rstrip("/#").rpartition("#")[2].rpartition("/")[2]
    if purpose in (CLASSIFYING, IDENTIFYING):
        inner = as_object(source) or {}
        name = word(found.get("label")) if inner is not found else ""
        return _FIELD + (name or IDENTIFIER), {"id": id, "title": word(inner.get("label"))}
    return _OTHER, None


def _purpose(body: object) -> str:
    found = as_object(body)
    given = found.get("purpose") or found.get("role") if found is not None else None
    return word(given).rpartition(":")[2]


def _decoded(text: str) -> Any:  # noqa: ANN401  whatever the JSON has
    try:
        return msgspec.json.decode(text)
    except DECODE_FAULTS:
        return text


def _can_be_label(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST and value.isprintable()


def _text(purpose: str, value: str) -> Json:
    return {"type": "TextualBody", "purpose": purpose, "value": value}
