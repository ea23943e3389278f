"""The layers of a scheme as INCEpTION imports them, with their tagsets: what tables of tokens only name.

Its import takes a list of layers in JSON, which it makes before documents are imported that have them. Layers that it
brings along can't be defined again. See `ExportedAnnotationLayer` and `LayerImportExportUtils` in
https://github.com/inception-project/inception.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from app.core.scheme import SEVERITY, Attribute, FieldKind, Layer, RelationType, Scheme
from app.exchange.formats.uima.annotations import CasTypes
from app.exchange.formats.uima.type_names import (
    ANNOTATION,
    COMMENT,
    CORRECTION,
    CUSTOM,
    FRAGMENT,
    FRAGMENTS,
    feature_of,
    short_name,
)

FILE = "layers.json"
"""What the file with the layers is called, beside the documents."""
_STRING, _DOUBLE, _BOOLEAN = "uima.cas.String", "uima.cas.Double", "uima.cas.Boolean"
_RELATIONS = "relations"
_VALUE = "value"

Table = dict[str, Any]


def layer_definitions(scheme: Scheme, types: CasTypes) -> bytes:
    """Return the layers of a scheme that INCEpTION lacks, as JSON."""
    found = [*_span_layers(scheme, types), _layer(FRAGMENT, "Further piece of a mark", [])]
    found += _relation_layers(scheme, types)
    return msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n"


def _span_layers(scheme: Scheme, types: CasTypes) -> Iterator[Table]:
    for layer in _own_layers(scheme, types):
        type_ = types.of(layer.id)
        name = short_name(type_)
        tags = [(label.id, label.definition) for label in layer.givable]
        features = [_feature(_VALUE, "Label", tags=_tagset(layer.title, layer.title, tags))]
        if layer.has_severity:
            steps = [(step.id, step.definition) for step in scheme.severities]
            features.append(_feature(SEVERITY, "Severity", tags=_tagset(layer.title, "Severity", steps)))
        if layer.has_correction:
            features.append(_feature(CORRECTION, "Correction"))
        features += [_field(layer.title, attribute) for attribute in layer.attributes]
        features.append(_feature(COMMENT, "Comment"))
        features.append(_slot(FRAGMENTS, "Further pieces", f"{CUSTOM}{name}FragmentsLink", FRAGMENT))
        if scheme.relations:
            features.append(_slot(_RELATIONS, "Relations", f"{CUSTOM}{name}RelationsLink", ANNOTATION))
        yield _layer(type_, layer.title, features, layer.definition)


def _relation_layers(scheme: Scheme, types: CasTypes) -> Iterator[Table]:
    """Yield a layer for the relations within each layer; those between two layers are slots."""
    for layer in _own_layers(scheme, types):
        here = [each for each in scheme.relations if _can_end(each.sources, layer) and _can_end(each.targets, layer)]
        if not here:
            continue
        type_ = types.of(layer.id)
        tags = [(each.id, each.definition) for each in here]
        title = f"{layer.title}: relations"
        features = [_feature(_VALUE, "Relation", tags=_tagset(layer.title, "relations", tags))]
        features += [_field(title, attribute) for attribute in _attributes(here)]
        features.append(_feature(COMMENT, "Comment"))
        made = _layer(f"{CUSTOM}{short_name(type_)}Relation", title, features)
        yield {**made, "type": "relation", "attach_type": {"name": type_}}


def _own_layers(scheme: Scheme, types: CasTypes) -> Iterator[Layer]:
    of_text = (layer for layer in scheme.layers if not layer.is_about_document)
    return (layer for layer in of_text if types.of(layer.id).startswith(CUSTOM))


def _can_end(ends: Sequence[str], layer: Layer) -> bool:
    return not ends or any(end.partition(".")[0] == layer.id for end in ends)


def _attributes(relations: Sequence[RelationType]) -> list[Attribute]:
    """Return the fields of relations, the first of each name."""
    found: dict[str, Attribute] = {}
    for relation in relations:
        for attribute in relation.attributes:
            found.setdefault(attribute.id, attribute)
    return list(found.values())


def _layer(type_: str, title: str, features: Sequence[Table], definition: str = "") -> Table:
    return {
        "name": type_,
        "features": list(features),
        "uiName": title,
        "type": "span",
        "description": definition or None,
        "enabled": True,
        "built_in": False,
        "readonly": False,
        "attach_type": None,
        "attach_feature": None,
        "allow_stacking": True,
        "cross_sentence": True,
        "show_hover": True,
        "anchoring_mode": "CHARACTERS",
        "overlap_mode": "ANY_OVERLAP",
        "validation_mode": "NEVER",
        "lock_to_token_offset": False,
        "multiple_tokens": True,
        "linked_list_behavior": False,
    }


def _field(owner: str, attribute: Attribute) -> Table:
    name = feature_of(attribute.id)
    match attribute.kind:
        case FieldKind.FLAG:
            type_ = _BOOLEAN
        case FieldKind.NUMBER:
            type_ = _DOUBLE
        case FieldKind.SCALE if not attribute.values:
            type_ = _DOUBLE
        case _:
            type_ = _STRING
    # What has several values is written as one text, which is in no tagset.
    values = () if attribute.kind is FieldKind.MANY else attribute.values
    tags = _tagset(owner, attribute.title, [(value.id, value.definition) for value in values]) if values else None
    return _feature(name, attribute.title, type_, tags=tags, definition=attribute.definition)


def _tagset(owner: str, title: str, tags: Sequence[tuple[str, str]]) -> Table:
    name = title if owner == title else f"{owner}: {title}"
    return {
        "name": name,
        "description": None,
        "language": None,
        "tags": [{"tag_name": tag, "tag_description": definition or None} for tag, definition in tags],
        "create_tag": True,
    }


def _feature(
    name: str, title: str, type_: str = _STRING, *, tags: Mapping[str, Any] | None = None, definition: str = ""
) -> Table:
    return {
        "name": name,
        "tag_set": tags,
        "uiName": title,
        "type": type_,
        "enabled": True,
        "visible": True,
        "include_in_hover": False,
        "required": False,
        "remember": False,
        "hideUnconstraintFeature": False,
        "description": definition or None,
        "multi_value_mode": "NONE",
        "link_mode": "NONE",
        "link_type_name": None,
        "link_type_role_feature_name": None,
        "link_type_target_feature_name": None,
    }


def _slot(name: str, title: str, link_type: str, filler: str) -> Table:
    links = {
        "multi_value_mode": "ARRAY",
        "link_mode": "WITH_ROLE",
        "link_type_name": link_type,
        "link_type_role_feature_name": "role",
        "link_type_target_feature_name": "target",
    }
    return {**_feature(name, title, filler), **links}
