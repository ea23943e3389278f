"""Who made a web annotation."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from app.core.decision import GOLD, is_gold_name
from app.exchange.formats.w3c.wire import Json, as_object, id_of, many, types_of, word

_KINDS = {"model": "Software", GOLD: "Organization"}
_NAMES = ("name", "nickname", "label", "email")


class Creator(NamedTuple):
    """An annotator by name, "" if none is said, and of which kind: person, model or gold."""

    name: str
    kind: str


def creator_of(annotation: Mapping[str, Any]) -> Creator:
    """Return who an annotation says made it: the first that it names."""
    for given in many(annotation.get("creator")):
        found = as_object(given) or {}
        name = next((said for key in _NAMES if (said := word(found.get(key)).strip())), "") or id_of(given).strip()
        if is_gold_name(name):
            return Creator(GOLD, GOLD)
        if name:
            is_program = any(each in ("Software", "SoftwareAgent") for each in types_of(found))
            return Creator(name, "model" if is_program else "person")
    return Creator("", "person")


def creator_values(name: str, kind: str) -> Json:
    """Return what stands for an annotator."""
    return {"type": _KINDS.get(kind, "Person"), "name": name}
