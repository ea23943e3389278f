"""What the infons of an annotation or a relation say: which of them is the label, and which are fields.

BioC leaves their keys open. Most programs have the label in `type`; UIMA's have the type's name there and the label in
another. TeamTat (https://www.teamtat.org) adds `annotator`, `note` and `updated_at`.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple, cast

from app.exchange.foreign_document import LONGEST
from app.exchange.formats.bioc.elements import BiocAnnotation, BiocRelation, Json
from app.exchange.label_map import LabelMap

OWN = "bioc"
"""The key of `extra` under which stands what only BioC has."""

TYPE, ANNOTATOR, CORRECTION, IDENTIFIER = "type", "annotator", "correction", "identifier"
COMMENTS = ("comment", "note")
ROLES = ("source_role", "target_role")
"""The fields of a relation with the roles of its ends."""

CREATED, UPDATED = "created_at", "updated_at"
ANNOTATION, RELATED = "annotation", "related"
"""The label of an annotation, and that of a relation, that has none."""

_LABELS = (TYPE, "label", "value", "class", "category", "semantic_type", "name", "relation")
_JAVA = re.compile(r"[a-z]\w*(\.\w+)+")


class Naming(NamedTuple):
    """A layer, "" if none is named, a label, and the keys that say them: that of the label last, none if none does."""

    layer: str
    label: str
    keys: tuple[str, ...]


class SaidFields(NamedTuple):
    """What infons say besides the label: fields, and what is no field but empty or more than one can hold."""

    fields: Json
    kept: Json
    comment: str
    comment_key: str
    correction: str | None
    annotator: str
    created: str
    updated: str


def naming(infons: Mapping[str, Any], unnamed: str, labels: LabelMap | None = None) -> Naming:
    """Return what infons call their annotation or relation; a layer and a label of `labels` are no type of UIMA."""
    type = _word(infons.get(TYPE))
    if type and _JAVA.fullmatch(type) and not (labels is not None and labels.is_qualified(type)):
        layer = type.rpartition(".")[2]
        others = [key for key in infons if key not in (TYPE, ANNOTATOR, UPDATED, *COMMENTS)]
        key = next((key for key in _LABELS if key != TYPE and _word(infons.get(key))), "")
        key = key or (others[0] if len(others) == 1 and _word(infons[others[0]]) else "")
        return Naming(layer, _word(infons[key]), (TYPE, key)) if key else Naming(layer, layer, (TYPE, ""))
    key = next((key for key in _LABELS if _word(infons.get(key))), "")
    if key:
        return Naming("", _word(infons[key]), (key,))
    if len(infons) == 1:
        key, value = next(iter(infons.items()))
        if _word(value) and _word(key):
            return Naming(key, _word(value), (key,))
    return Naming("", unnamed, ())


def fields_of(infons: Mapping[str, Any], naming: Naming) -> SaidFields:
    """Return what infons say besides the label."""
    rest = {key: value for key, value in infons.items() if key not in naming.keys}
    said = {key: rest.pop(key) for key in (ANNOTATOR, CREATED, UPDATED) if _word(rest.get(key))}
    comment_key = next((key for key in COMMENTS if isinstance(rest.get(key), str) and rest[key]), "")
    comment = rest.pop(comment_key) if comment_key else ""
    correction = rest.pop(CORRECTION) if isinstance(rest.get(CORRECTION), str) else None
    if _word(rest.get(IDENTIFIER)) and rest[IDENTIFIER] not in ("-", "-1"):
        rest[IDENTIFIER] = {"id": _word(rest[IDENTIFIER]), "title": ""}
    kept = {key: value for key, value in rest.items() if not _is_field(key, value)}
    return SaidFields(
        fields={key: value for key, value in rest.items() if key not in kept},
        kept=kept,
        comment=comment,
        comment_key=comment_key,
        correction=correction,
        annotator=said.get(ANNOTATOR, ""),
        created=said.get(CREATED, ""),
        updated=said.get(UPDATED, ""),
    )


def own_of(given: BiocAnnotation | BiocRelation, named: Naming, said: SaidFields) -> Json:
    """Return what must be kept so that an annotation or a relation can be written again as it was."""
    own: Json = {"id": given.id, "keys": list(named.keys)}
    if len(named.keys) > 1:
        own["type"] = given.infons[named.keys[0]]
    own |= {"infons": said.kept} if said.kept else {}
    own |= {"more": given.more} if given.more else {}
    return own | ({"comment": said.comment_key} if said.comment_key else {})


def as_infon(value: object) -> Any:  # noqa: ANN401  whatever a field has
    """Return a field's value as an infon: an entity by its id."""
    found = cast("Json", value) if isinstance(value, dict) else {}
    return str(found["id"]) if "id" in found else cast("Any", value)


def _word(value: object) -> str:
    """Return what can be a label or a name, "" for anything else."""
    word = value.strip() if isinstance(value, str) else ""
    return word if len(word) <= LONGEST and word.isprintable() else ""


def _is_field(key: str, value: object) -> bool:
    if key == IDENTIFIER and isinstance(value, dict):
        return True
    if isinstance(value, list):
        items = cast("list[object]", value)
        return bool(items) and all(isinstance(each, str) for each in items)
    return isinstance(value, str | int | float) and value not in ("", "-")
