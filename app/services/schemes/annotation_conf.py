"""Schemes from brat's annotation.conf; https://brat.nlplab.org/configuration.html."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from app.core.errors import SchemeError
from app.services.schemes.brat_look import BratLook
from app.services.schemes.scheme_builder import ForeignScheme, SchemeBuilder

_SECTIONS = ("entities", "relations", "events", "attributes")
_LAYERS = {"entities": "entity", "events": "event"}
_ROLE = re.compile(r"([^:?*+{\s]+)([?*+]|\{[\d-]+\})?\s*:\s*(.*)", re.DOTALL)
_ANY = {"<ENTITY>": ("entity",), "<EVENT>": ("event",), "<ANY>": ("entity", "event")}


class _Line(NamedTuple):
    number: int
    depth: int
    name: str
    roles: list[tuple[str, list[str]]]  # a role, or <SETTING>, and what it takes
    said: str  # all that stands behind the name


def from_annotation_conf(
    text: str, name: str, *, path: str = "annotation.conf", beside: Mapping[str, str] | None = None
) -> ForeignScheme:
    """Return the scheme of a brat configuration: entities and events are layers, the roles of events are relations.

    `beside` are the texts of `visual.conf` and `kb_shortcuts.conf`, by name, as far as they lie beside it: what types
    are called, their colours and keys. Raises SchemeError, with the line.
    """
    sections = _sections(text.lstrip("\ufeff"), path)
    made = SchemeBuilder(name)
    look = BratLook(beside or {})
    for section, layer in _LAYERS.items():
        _add_labels(made, layer, sections.get(section, []), look)
    if not made.layers:
        hint = "list one type on each line below [entities] or [events]"
        raise SchemeError("it has neither entities nor events", hint=hint, path=path, line=1)
    _add_roles(made, sections.get("events", []), path)
    for line in sections.get("relations", []):
        _add_relation(made, line, path)
    for line in [*sections.get("relations", []), *sections.get("events", [])]:
        for name in (line.name, *(role for role, _ in line.roles)):
            look.dress_relation(made.relations, made.known_id(("relation",), name), name)
    for line in sections.get("attributes", []):
        _add_attribute(made, line, path)
    return made.made("annotation.conf of brat")


def _sections(text: str, path: str) -> dict[str, list[_Line]]:
    found: dict[str, list[_Line]] = {}
    macros: dict[str, str] = {}
    for macro in re.finditer(r"(?m)^[ \t]*<([^>\n]+)>[ \t]*=[ \t]*(.*?)[ \t\r]*$", text):
        macros[f"<{macro[1]}>"] = _expanded(macro[2], macros)
    section = ""
    for number, raw in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        line = raw.rstrip()
        is_macro = re.fullmatch(r"\s*<[^>]+>\s*=.*", line) is not None
        head = re.fullmatch(r"\s*\[\s*([\w-]+)\s*\]\s*", line)
        if not line.strip() or line.lstrip().startswith("#") or re.fullmatch(r"[\s-]+", line):
            continue
        if head:
            section = head[1].lower()
            if section not in _SECTIONS:
                hint = f"brat has {', '.join(f'[{name}]' for name in _SECTIONS)}"
                raise SchemeError(f"unknown section [{head[1]}]", hint=hint, path=path, line=number)
        elif is_macro:
            continue
        elif not section:
            raise SchemeError("there is no section above it", hint="begin with [entities]", path=path, line=number)
        else:
            depth = len(line) - len(line.lstrip("\t "))
            name, *rest = line.split(None, 1)
            said = _expanded(rest[0], macros) if rest else ""
            found.setdefault(section, []).append(_Line(number, depth, name, _roles(said), said))
    return found


def _expanded(text: str, macros: dict[str, str]) -> str:
    for macro, meaning in macros.items():
        text = text.replace(macro, meaning)
    return text


def _roles(text: str) -> list[tuple[str, list[str]]]:
    roles: list[tuple[str, list[str]]] = []
    for part in text.split(","):
        found = _ROLE.fullmatch(part.strip())
        if found:
            roles.append((found[1], [item.strip() for item in found[3].split("|") if item.strip()]))
    return roles


def _add_labels(made: SchemeBuilder, layer_name: str, lines: Sequence[_Line], look: BratLook) -> None:
    above: list[tuple[int, str]] = []
    for line in lines:
        layer = made.layer(layer_name)
        while above and above[-1][0] >= line.depth:
            above.pop()
        parent = above[-1][1] if above else ""
        name = line.name.lstrip("!")
        label = made.label(layer, name, parent=parent, group=line.name.startswith("!"), **look.of(name))
        if line.said and not line.roles:
            made.note(f"“{line.said}” behind “{name}” is left out.")
        above.append((line.depth, label))


def _places(made: SchemeBuilder, types: Sequence[str], line: _Line, path: str) -> list[str]:
    """Return the ends of relations that types of the file are."""
    found: list[str] = []
    for type_ in types:
        if type_ in _ANY:
            found += [name for name in _ANY[type_] if any(layer["id"] == name for layer in made.layers)]
            continue
        known = [f"{layer['id']}.{id}" for layer, id in _labels(made, type_)]
        if not known:
            hint = "name an entity or event of this file"
            raise SchemeError(f"there is no type “{type_}”", hint=hint, path=path, line=line.number)
        found += known
    return list(dict.fromkeys(found))


def _labels(made: SchemeBuilder, name: str) -> Iterator[tuple[dict[str, Any], str]]:
    for layer in made.layers:
        id = made.known_id(("label", layer["id"]), name)
        if id:
            yield layer, id


def _join(ends: list[str], more: Sequence[str]) -> None:
    ends += [end for end in more if end not in ends]


def _add_roles(made: SchemeBuilder, lines: Sequence[_Line], path: str) -> None:
    uses: dict[str, set[tuple[str, ...]]] = {}
    for line in lines:
        for role, types in line.roles:
            if role.startswith("<"):
                continue
            relation = made.relation(role)
            targets = _places(made, types, line, path)
            _join(relation["source"], _places(made, [line.name.lstrip("!")], line, path))
            _join(relation["target"], targets)
            uses.setdefault(role, set()).add(tuple(sorted(targets)))
    if lines and uses:
        made.note("The roles of events are relations; how many of each an event must have isn’t in the scheme.")
    for role, targets in uses.items():
        if len(targets) > 1:
            made.note(
                f"The relation “{role}” joins what its events allow, so it can point to more than some of them do."
            )


def _add_relation(made: SchemeBuilder, line: _Line, path: str) -> None:
    if line.name.startswith("<"):
        made.note(f"{line.name} isn’t in the scheme: marks may overlap as they like.")
        return
    ends = [_places(made, types, line, path) for role, types in line.roles if not role.startswith("<")]
    if len(ends) != 2:
        hint = "write Arg1:TYPE, Arg2:TYPE after its name"
        raise SchemeError(f"relation “{line.name}” doesn't have two ends", hint=hint, path=path, line=line.number)
    relation = made.relation(line.name)
    _join(relation["source"], ends[0])
    _join(relation["target"], ends[1])
    kinds = {kind for role, types in line.roles if role == "<REL-TYPE>" for kind in types}
    if any("symmetric" in kind for kind in kinds):
        relation["directed"] = False
    is_chain = any("transitive" in kind and "symmetric" in kind for kind in kinds)
    if is_chain and sorted(relation["source"]) == sorted(relation["target"]):
        relation["chain"] = True
    else:
        relation.pop("chain", None)


def _add_attribute(made: SchemeBuilder, line: _Line, path: str) -> None:
    taken = dict(line.roles)
    values = [value for value in taken.get("Value", []) if value != "?"]
    default = taken.get("<DEFAULT>", [None])[0]
    types = taken.get("Arg", ["<ANY>"])
    named = {made.known_id(("relation",), type_) for type_ in types}
    of_relations = [item for item in made.relations if "<RELATION>" in types or item["id"] in named]
    for owner, limits in [*_layers_of(made, types), *((relation, {}) for relation in of_relations)]:
        field = made.field(owner, line.name, kind="choice" if values else "flag", **limits)
        for value in values:
            made.value(owner, field, value)
        if default is not None and default in values:
            field["default"] = made.id_of(("value", owner["id"], field["id"]), default)
    for setting in (role for role in taken if role.startswith("<") and role != "<DEFAULT>"):
        made.note(f"{setting} of the attribute “{line.name}” isn’t in the scheme.")
    for type_ in types:
        known = any(_labels(made, type_)) or made.known_id(("relation",), type_)
        if not type_.startswith("<") and not known:
            hint = "name an entity, event or relation of this file"
            raise SchemeError(f"there is no type “{type_}”", hint=hint, path=path, line=line.number)


def _layers_of(made: SchemeBuilder, types: Sequence[str]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield the layers whose marks have an attribute, each with the labels that it is limited to."""
    for layer in made.layers:
        if not {"<ANY>", f"<{layer['id'].upper()}>"}.isdisjoint(types):
            yield layer, {}
            continue
        own = [id for type_ in types for found, id in _labels(made, type_) if found is layer]
        if own:
            yield layer, {"labels": _with_below(layer, own)}


def _with_below(layer: dict[str, Any], labels: Sequence[str]) -> list[str]:
    """Return labels with those under them, in the order of the layer."""
    found = set(labels)
    for label in layer["label"]:  # what is below comes after what is above
        if label.get("parent") in found:
            found.add(label["id"])
    return [label["id"] for label in layer["label"] if label["id"] in found]
