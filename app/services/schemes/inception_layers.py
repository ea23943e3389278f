"""Schemes from the layers and tagsets of an exported INCEpTION project."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from app.core.errors import FormatError, SchemeError
from app.exchange.archive import Archive
from app.exchange.formats.uima.inception_project import InceptionProject, tables
from app.exchange.formats.uima.type_names import (
    CHAIN_LABEL,
    CHAIN_LINK,
    COMMENT,
    CORRECTION,
    CORRECTION_TYPE,
    SENTENCE,
    TOKEN,
    label_feature,
    layer_name,
    short_name,
)
from app.services.schemes.scheme_builder import ForeignScheme, SchemeBuilder

_KINDS = {
    "uima.cas.Boolean": "flag",
    "uima.cas.Integer": "number",
    "uima.cas.Long": "number",
    "uima.cas.Float": "number",
    "uima.cas.Double": "number",
}
_LONGEST = 2_000  # characters of a definition


def from_inception(path: Path) -> ForeignScheme:
    """Return the scheme of an exported project: layers, their tags as labels, and relations; named after the project.

    Raises SchemeError for a file that isn't such a project.
    """
    try:
        with Archive(path) as archive:
            description = InceptionProject(archive).description
    except FormatError as error:
        hint = "name a project exported from INCEpTION, or a scheme"
        raise SchemeError(error.what, hint=hint, path=path) from error
    made = SchemeBuilder(str(description.get("name") or path.stem)[:80])
    layers = [each for each in tables(description, "layers") if _name(each) not in ("", TOKEN, SENTENCE)]
    layers = [each for each in layers if each.get("enabled") is not False]
    for kind, add in (("span", _add_spans), ("chain", _add_chain), ("relation", _add_relation)):
        for each in layers:
            if each.get("type") == kind:
                add(made, each)
            elif each.get("type") not in ("span", "chain", "relation"):
                made.note(f"The layer “{_title(each)}” is left out: it is of the kind “{each.get('type')}”.")
    if not made.layers:
        raise SchemeError("it has no layers", hint="name a project with layers", path=path)
    return made.made("a project of INCEpTION")


def _name(table: Mapping[str, Any]) -> str:
    return str(table.get("name") or "")


def _title(table: Mapping[str, Any]) -> str:
    return " ".join(str(table.get("uiName") or short_name(_name(table))).split())[:80]


def _definition(table: Mapping[str, Any], key: str = "description") -> dict[str, str]:
    text = str(table.get(key) or "").strip()[:_LONGEST]
    return {"definition": text} if text else {}


def _tags(feature: Mapping[str, Any]) -> list[dict[str, Any]]:
    tagset = feature.get("tag_set")
    found = tables(cast("dict[str, Any]", tagset), "tags") if isinstance(tagset, dict) else []
    return [each for each in found if str(each.get("tag_name") or "").strip()]


def _features(layer: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {_name(each): each for each in tables(cast("dict[str, Any]", layer), "features") if _name(each)}


def _is_link(feature: Mapping[str, Any]) -> bool:
    return feature.get("link_mode") not in (None, "NONE")


def _add_spans(made: SchemeBuilder, layer: Mapping[str, Any]) -> None:
    features = _features(layer)
    name = label_feature(_name(layer), [each for each, feature in features.items() if not _is_link(feature)])
    table = _add_layer(made, layer, layer_name(_name(layer)), features.get(name))
    for feature in features.values():
        if _is_link(feature):
            _add_slot(made, table, feature)
        elif _name(feature) == ("value" if _name(layer) == CORRECTION_TYPE else CORRECTION):
            table["correction"] = True
        elif _name(feature) not in (name, COMMENT):
            _add_field(made, table, feature)


def _add_layer(
    made: SchemeBuilder, layer: Mapping[str, Any], name: str, labels: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Add a layer with the tags of a feature as labels; without any, its name is the only one."""
    table = made.layer(name, **({"title": _title(layer)} if _title(layer) != name else {}), **_definition(layer))
    tags = _tags(labels) if labels is not None else []
    for tag in tags:
        made.label(table, str(tag["tag_name"]), **_definition(tag, "tag_description"))
    if not tags:
        made.label(table, name)
        if labels is not None:
            made.note(f"The layer “{_title(layer)}” has no tagset: its labels are those that occur.")
    return table


def _add_field(made: SchemeBuilder, owner: dict[str, Any], feature: Mapping[str, Any]) -> None:
    tags = _tags(feature)
    is_list = feature.get("multi_value_mode") not in (None, "NONE")
    range_ = str(feature.get("type") or "")
    kind = ("many" if is_list else "choice") if tags else _KINDS.get(range_, "text")
    title = _title(feature)
    more = {"title": title} if title != _name(feature) else {}
    field = made.field(owner, _name(feature), kind=kind, **more, **_definition(feature))
    for tag in tags:
        made.value(owner, field, str(tag["tag_name"]), **_definition(tag, "tag_description"))
    if not tags and range_ not in (*_KINDS, "uima.cas.String"):
        made.note(f"The field “{title}” is text: in INCEpTION it is of the kind {range_ or 'unknown'}.")


def _add_slot(made: SchemeBuilder, layer: Mapping[str, Any], feature: Mapping[str, Any]) -> None:
    """Add the relations that a slot becomes: one for each role."""
    for name in [str(tag["tag_name"]) for tag in _tags(feature)] or [_name(feature)]:
        relation = made.relation(name)
        if layer["id"] not in relation["source"]:
            relation["source"].append(layer["id"])


def _add_chain(made: SchemeBuilder, layer: Mapping[str, Any]) -> None:
    features = _features(layer)
    name = layer_name(f"{_name(layer)}Link", is_chain=True)
    table = _add_layer(made, layer, name, features.get(CHAIN_LABEL))
    for relation in [str(tag["tag_name"]) for tag in _tags(features.get(CHAIN_LINK, {}))] or [name]:
        found = made.relation(relation)
        found["chain"] = True
        found["source"] = found["target"] = [table["id"]]


def _add_relation(made: SchemeBuilder, layer: Mapping[str, Any]) -> None:
    features = _features(layer)
    name = label_feature(_name(layer), list(features))
    ends = layer.get("attach_type")
    attached = _name(cast("dict[str, Any]", ends)) if isinstance(ends, dict) else ""
    end = made.known_id(("layer",), layer_name(attached)) if attached else ""
    for tag in _tags(features.get(name, {})) or [{"tag_name": layer_name(_name(layer)), "tag_description": None}]:
        relation = made.relation(str(tag["tag_name"]))
        relation.update(_definition(tag, "tag_description") or _definition(layer))
        for side in ("source", "target"):
            if end and end not in relation[side]:
                relation[side].append(end)
        for feature in features.values():
            if _name(feature) not in (name, COMMENT):
                _add_field(made, relation, feature)
