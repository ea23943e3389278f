"""The tables of a scheme made from another program's labels: valid ids, keys and colours, and the text in TOML."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from app.core.scheme_checks import OWN_FIELDS, TAKEN_KEYS
from app.core.scheme_file import PALETTE
from app.services.schemes.css_colors import css_color
from app.services.schemes.scheme_text import table_lines

_ID = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
_HEX = re.compile(r"#[0-9A-Fa-f]{6}")
_LATIN = str.maketrans({"ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O"})
_LAYER_KEYS = ("F2", "F3", "F4", "F10", "F11")
_CYCLE = ("blue", "vermillion", "green", "purple", "orange", "sky", "yellow")


class ForeignScheme(NamedTuple):
    """A scheme from another program's file as TOML, and in sentences what of the file isn't in it as it was."""

    toml: str
    notes: tuple[str, ...]


class SchemeBuilder:
    """Collects layers, labels, fields and relations. Names that are no ids become the titles of ids made from them.
    With `has_own_colors` the names of colours are first of all those of our palette.
    """

    def __init__(self, name: str, *, has_own_colors: bool = False) -> None:
        self._name = name
        self._has_own_colors = has_own_colors
        self._ids: dict[tuple[str, ...], dict[str, str]] = {}  # by place: the id of each name
        self.layers: list[dict[str, Any]] = []
        self.relations: list[dict[str, Any]] = []
        self.severities: list[dict[str, Any]] = []
        self.lists: list[dict[str, Any]] = []
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        """Remember, once, what isn't in the scheme as it was in the file."""
        if text not in self.notes:
            self.notes.append(text)

    def id_of(self, place: tuple[str, ...], name: str) -> str:
        """Return the id of a name among those of a place; the same for the same name."""
        known = self._ids.setdefault(place, {})
        if name not in known:
            known[name] = found = free_id(name, set(known.values()))
            if found != name:
                self.note(f"“{name}” has the id {found}.")
        return known[name]

    def known_id(self, place: tuple[str, ...], name: str) -> str:
        """Return the id that a name has among those of a place, "" if it isn't there."""
        return self._ids.get(place, {}).get(name, "")

    def layer(self, name: str, **more: object) -> dict[str, Any]:
        """Return the layer of a name, which is added if it isn't there."""
        id = self.id_of(("layer",), name)
        found = next((item for item in self.layers if item["id"] == id), None)
        if found is None:
            found = {"id": id, **_titled(name, id), **more, "label": [], "attribute": []}
            if len(self.layers) < len(_LAYER_KEYS):
                found["key"] = _LAYER_KEYS[len(self.layers)]
            self.layers.append(found)
        return found

    def label(self, layer: Mapping[str, Any], name: str, *, key: str = "", color: str = "", **more: object) -> str:
        """Add a label to a layer, unless it has it, with what else the scheme file says of it; return its id."""
        id = self.id_of(("label", layer["id"]), name)
        if all(item["id"] != id for item in layer["label"]):
            made: dict[str, Any] = {"id": id, **_titled(name, id)}
            parent = more.get("parent", "")
            used = {item.get("key") for item in layer["label"] if item.get("parent", "") == parent}
            if key and self.is_key(key, used, f"the label “{name}”"):
                made["key"] = key
            made["color"] = self.color(color, name) or _CYCLE[len(layer["label"]) % len(_CYCLE)]
            layer["label"].append({**made, **{name: value for name, value in more.items() if value}})
        return id

    def is_key(self, key: str, used: Iterable[object], what: str) -> bool:
        """Whether a key can be used; a note says that it can't."""
        is_free = len(key) == 1 and key.isprintable() and not key.isspace() and key.lower() not in TAKEN_KEYS
        if not is_free or key in used:
            self.note(f"The key “{key}” of {what} is left out: it is taken, or isn’t one character.")
            return False
        return True

    def color(self, color: str, name: str) -> str:
        """Return a colour as schemes have it, "" for one that can't be read, which is noted."""
        given = color.strip()
        if not given or _HEX.fullmatch(given) or (self._has_own_colors and given in PALETTE):
            return given
        found = css_color(given)
        if not found:
            self.note(f"The colour “{given}” of “{name}” is left out.")
        return found

    def field(self, owner: dict[str, Any], name: str, **more: object) -> dict[str, Any]:
        """Add a field to a layer or relation, unless it has it; return it."""
        id = self.id_of(("attribute", owner["id"]), name)
        found = next((item for item in owner["attribute"] if item["id"] == id), None)
        if found is None:
            found = {"id": id, **_titled(name, id), **{key: value for key, value in more.items() if value is not None}}
            owner["attribute"].append(found)
        return found

    def value(self, owner: Mapping[str, Any], field: dict[str, Any], name: str, **more: object) -> None:
        """Add a value to a field, unless it has it."""
        id = self.id_of(("value", owner["id"], field["id"]), name)
        values = field.setdefault("value", [])
        if all(item["id"] != id for item in values):
            values.append({"id": id, **_titled(name, id), **more})

    def severity(self, name: str, weight: float, **more: object) -> None:
        """Add a step of the severity scale, the mildest first."""
        id = self.id_of(("severity",), name)
        self.severities.append({"id": id, **_titled(name, id), "weight": weight, **more})

    def entries(self, name: str, entries: Mapping[str, str]) -> str:
        """Add a list of entities, titles by id; return the list's id."""
        id = self.id_of(("list",), name)
        rows = [{"id": entry, "title": title or entry} for entry, title in entries.items()]
        self.lists.append({"id": id, **_titled(name, id), "entry": rows})
        return id

    def relation(self, name: str) -> dict[str, Any]:
        """Return the relation type of a name, which is added if it isn't there."""
        id = self.id_of(("relation",), name)
        found = next((item for item in self.relations if item["id"] == id), None)
        if found is None:
            color = _CYCLE[len(self.relations) % len(_CYCLE)]
            found = {"id": id, **_titled(name, id), "color": color, "source": [], "target": [], "attribute": []}
            self.relations.append(found)
        return found

    def _settle_keys(self) -> None:
        """Take the keys from values and relations that labels, or others before them, have already."""
        of_labels = [{item.get("key") for item in layer["label"] if not item.get("parent")} for layer in self.layers]
        used = set[object]().union(*of_labels)
        for layer, keys in zip(self.layers, of_labels, strict=True):
            for value in (value for field in layer["attribute"] for value in field.get("value", ())):
                self._take_key(value, keys, "value")
                keys.add(value.get("key"))
                used.add(value.get("key"))
        for relation in self.relations:
            self._take_key(relation, used, "relation")
            used.add(relation.get("key"))

    def _take_key(self, table: dict[str, Any], used: Collection[object], what: str) -> None:
        if table.get("key") in used and table.get("key"):
            key = table.pop("key")
            self.note(f"The key “{key}” of the {what} “{table.get('title', table['id'])}” is left out: it is taken.")

    def made(self, origin: str) -> ForeignScheme:
        """Return the scheme; `origin` says, in its first line, where it is from."""
        id = self._name if _ID.fullmatch(self._name) else _id_like(self._name)
        self._settle_keys()
        lines = [f"# From {origin}", f'name = "{id}"', "version = 1", *_title_line(self._name), ""]
        for step in self.severities:
            lines += table_lines(["severity"], step)
        for entries in self.lists:
            lines += table_lines(["list"], entries)
        for layer in self.layers:
            lines += table_lines(["layer"], _filled(layer))
        for relation in self.relations:
            lines += table_lines(["relation"], _filled(relation))
        return ForeignScheme("\n".join(lines), tuple(self.notes))


def _title_line(name: str) -> list[str]:
    words = " ".join(name.replace("_", " ").replace("-", " ").split())
    safe = "".join(char for char in words if char.isprintable() and char not in '"\\')
    return [f'title = "{safe[:1].upper()}{safe[1:]}"']


def _filled(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table without its empty lists."""
    return {key: value for key, value in table.items() if value != []}


def _titled(name: str, id: str) -> dict[str, str]:
    words = id.replace("_", " ").capitalize()
    shown = name.replace("_", " ") if name == id else name
    return {"title": shown} if shown != words and (name != id or name != name.lower()) else {}


def free_id(name: str, known: Collection[object]) -> str:
    """Return an id for a name that isn't among the known ones: the name itself if it is a valid id."""
    wanted = name if _ID.fullmatch(name) and name not in OWN_FIELDS else _id_like(name)
    found, number = wanted, 1
    while found in known or found in OWN_FIELDS:
        number += 1
        found = f"{wanted[:58]}_{number}"
    return found


def _id_like(name: str) -> str:
    """Return an id made from a name: its Latin letters without accents, and digits."""
    plain = unicodedata.normalize("NFKD", name.translate(_LATIN)).encode("ascii", "ignore").decode()
    found = re.sub(r"[^A-Za-z0-9_.-]+", "_", plain).strip("_.-")[:58]
    return found if found[:1].isalpha() else f"L_{found}".rstrip("_")
