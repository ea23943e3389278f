"""Which fields the tables of a scheme have, in words, and what can be chosen for each."""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from app.core.annotation import Stance
from app.core.scheme import SEVERITY, Drawing, FieldKind, LayerKind
from app.core.scheme_checks import OWN_FIELDS
from app.services.schemes.scheme_builder import free_id
from app.services.schemes.scheme_text import Place, at


class EntryKind(StrEnum):
    """How a value is entered."""

    LINE = "line"
    TEXT = "text"
    LINES = "lines"
    NUMBER = "number"
    FLAG = "flag"
    CHOICE = "choice"
    NAMES = "names"
    COLOR = "color"
    TABLE = "table"


class SchemeField(NamedTuple):
    """A key of a table of the scheme. `otherwise` is the value of a flag that is left out."""

    key: str
    title: str
    entry: EntryKind = EntryKind.LINE
    note: str = ""
    otherwise: bool = False


_L, _F, _C, _N = EntryKind.LINE, EntryKind.FLAG, EntryKind.CHOICE, EntryKind.NAMES
_ID = SchemeField("id", "Id")
_TITLE = SchemeField("title", "Title")
_DEFINITION = SchemeField("definition", "Definition", EntryKind.TEXT)
_EXAMPLE = SchemeField("example", "Example")
_BADGE = SchemeField("badge", "Badge", _L, "The short name under a mark")
_COLOR = SchemeField("color", "Colour", EntryKind.COLOR)
_DRAW = SchemeField("draw", "Drawn as", _C)
_COUNTS = SchemeField("counts", "A difference in it is a conflict", _F, otherwise=True)

FIELDS: Mapping[str, Sequence[SchemeField]] = {
    "": (
        SchemeField("name", "Name"),
        _TITLE,
        _DEFINITION,
        SchemeField("language", "Language", _L, "Such as en; empty for any"),
        SchemeField(
            "tie_rules", "Where two labels fit", EntryKind.LINES, "One rule per line; the first that applies wins"
        ),
        SchemeField("proposals", "New labels are proposals until the lead accepts them", _F),
    ),
    "severity": (
        _ID,
        _TITLE,
        SchemeField("weight", "Penalty points", EntryKind.NUMBER),
        SchemeField("mark", "Sign after the label"),
        _DEFINITION,
    ),
    "layer": (
        _ID,
        _TITLE,
        SchemeField("kind", "About", _C),
        SchemeField("key", "Key", _L, "F2 to F4, F10 or F11"),
        _COLOR,
        _DRAW,
        _DEFINITION,
        SchemeField("severity", "Marks have a severity", _F),
        SchemeField("correction", "Marks have a correction", _F),
        SchemeField("evidence", "Evidence can be linked", _F),
        SchemeField("stance", "New evidence", _C),
        SchemeField("counts", "A difference is a conflict in", _N),
        SchemeField("required", "Every document needs a label of it", _F),
    ),
    "label": (
        _ID,
        _TITLE,
        _BADGE,
        SchemeField("key", "Key", _L, "One letter, digit or sign"),
        _COLOR,
        SchemeField("parent", "A kind of", _C),
        _DEFINITION,
        _EXAMPLE,
        SchemeField("required", "A finished mark needs", _N),
        SchemeField("only", "Values that it allows", EntryKind.TABLE),
        SchemeField("weights", "Penalty points of its own", EntryKind.TABLE),
        SchemeField("maps", "Its name in other schemes", EntryKind.TABLE),
        SchemeField("takes", "Names in other tools’ files that become it", EntryKind.LINES, "One name per line"),
        _DRAW,
        SchemeField("group", "Only the labels under it can be given", _F),
        SchemeField("anchor", "Can be placed between two characters", _F),
    ),
    "attribute": (
        _ID,
        _TITLE,
        SchemeField("kind", "Kind", _C),
        _DEFINITION,
        SchemeField("key", "Key", _L, "One letter, digit or sign; it leads to the field"),
        SchemeField("default", "What a new mark gets"),
        SchemeField("labels", "Only for these labels", _N),
        SchemeField("required", "Required for finished marks", _F),
        _COUNTS,
        SchemeField("unit", "Unit"),
        SchemeField("least", "Least", EntryKind.NUMBER),
        SchemeField("most", "Most", EntryKind.NUMBER),
        SchemeField("step", "Step", EntryKind.NUMBER),
        SchemeField("low", "Name of the low end", _L, "Such as: nothing"),
        SchemeField("high", "Name of the high end", _L, "Such as: all of it"),
        SchemeField("list", "List of entities", _C),
    ),
    "value": (
        _ID,
        _TITLE,
        SchemeField("key", "Key", _L, "One letter, digit or sign"),
        _DEFINITION,
        SchemeField("requires", "Requires", _N),
        SchemeField("closes", "May then be missing", _N),
    ),
    "relation": (
        _ID,
        _TITLE,
        SchemeField("badge", "Badge", _L, "The short name on its arc"),
        SchemeField("key", "Key", _L, "One letter, digit or sign"),
        _COLOR,
        SchemeField("source", "Can start at", _N, "Layers, or LAYER.LABEL; empty for any mark"),
        SchemeField("target", "Can point to", _N, "Layers, or LAYER.LABEL; empty for any mark"),
        SchemeField("directed", "The direction matters", _F, otherwise=True),
        SchemeField("chain", "Its marks all mean the same", _F),
        _COUNTS,
        _DEFINITION,
        _EXAMPLE,
    ),
    "list": (
        _ID,
        _TITLE,
        SchemeField("file", "File beside the project", _L, "A CSV file with id and title; empty: in the project"),
        _DEFINITION,
    ),
    "entry": (
        _ID,
        _TITLE,
        SchemeField("description", "Description", _L, "What tells it from others"),
        SchemeField("aliases", "Also called", EntryKind.LINES, "One name per line"),
    ),
}
_ONLY_NUMBERS = ("unit", "least", "most", "step")
_ONLY_SLIDERS = ("low", "high")


def kind_of(place: Place) -> str:
    """Return which kind of table is at a place: the name of its list, "" for the scheme itself."""
    return next((step for step in reversed(place) if isinstance(step, str)), "")


def fields_of(data: Mapping[str, Any], place: Place) -> list[SchemeField]:
    """Return the fields of a table: those that its kind has, and those that are given although it doesn't have them."""
    kind, table = kind_of(place), at(data, place)
    given = FIELDS[kind]
    left_out: set[str] = set()
    if kind == "attribute":
        of = table.get("kind", FieldKind.CHOICE)
        has_numbers = of in (FieldKind.NUMBER, FieldKind.SCALE) and not table.get("value")
        left_out |= set() if has_numbers else set(_ONLY_NUMBERS)
        left_out |= set() if has_numbers and of == FieldKind.SCALE else set(_ONLY_SLIDERS)
        left_out |= set() if of == FieldKind.ENTITY else {"list"}
        left_out |= {"labels", "key"} if place[0] == "relation" else set()
    if kind == "layer":
        is_about_document = table.get("kind") == LayerKind.DOCUMENT
        left_out |= {"correction"} if is_about_document else {"required"}
        left_out |= set() if table.get("evidence") else {"stance"}
    if kind == "value" and place[0] == "relation":
        left_out |= {"requires", "closes"}
    if kind == "label":
        left_out |= {field.key for field in given if field.entry is EntryKind.TABLE and field.key != "maps"}
        left_out -= {row.table for row in rows_of(data, place)}
    return [field for field in given if field.key not in left_out or field.key in table]


class TableRow(NamedTuple):
    """A row of a key whose value is a table: its name there, what it is called, what stands for it if it is left out,
    and, where its value is a list, what can be in that.
    """

    table: str
    name: str
    title: str
    otherwise: str
    names: Sequence[str] = ()
    is_number: bool = False


def rows_of(data: Mapping[str, Any], place: Place) -> list[TableRow]:
    """Return the rows that the tables of a label have: a field with values that it may restrict, a step of severity, a
    scheme that it or another label names; and those that are given though nothing has them.
    """
    if kind_of(place) != "label":
        return []
    layer, label = data["layer"][place[1]], at(data, place)
    found: list[TableRow] = []
    for field in layer.get("attribute", ()):
        values = [str(value.get("id", "")) for value in field.get("value", ())]
        applies = label.get("id") in field.get("labels", ()) or not field.get("labels")
        if values and (applies or field.get("id") in label.get("only", {})):
            found.append(TableRow("only", str(field.get("id", "")), _title(field), "all of them", values))
    if layer.get("severity"):
        for step in data.get("severity", ()):
            weight = f"{step.get('weight', 0):g}" if isinstance(step.get("weight"), int | float) else ""
            found.append(TableRow("weights", str(step.get("id", "")), _title(step), weight, is_number=True))
    others = [item.get("maps", {}) for owner in data.get("layer", ()) for item in owner.get("label", ())]
    for name in dict.fromkeys(name for maps in others for name in maps):
        found.append(TableRow("maps", name, name, "no counterpart"))
    known = {(row.table, row.name) for row in found}
    for key, is_number in (("only", False), ("weights", True)):
        given = label.get(key, {})
        left = [name for name in given if (key, name) not in known] if isinstance(given, dict) else []
        found += [TableRow(key, name, name, "", given[name] if not is_number else (), is_number) for name in left]
    return found


def options_of(data: Mapping[str, Any], place: Place, key: str) -> list[tuple[str, str]]:
    """Return what can be chosen for a key, as pairs of title and value; "" is what is left out."""
    kind = kind_of(place)
    layer = data["layer"][place[1]] if place[:1] == ("layer",) else {}
    match kind, key:
        case "layer", "kind":
            return [("places in the text", ""), ("the document as a whole", LayerKind.DOCUMENT)]
        case _, "draw":
            return [("as the layer" if kind == "label" else "fill", ""), *((str(item), item) for item in Drawing)]
        case _, "stance":
            return [("refutes", ""), *((str(item), item) for item in Stance if item is not Stance.REFUTES)]
        case "label", "parent":
            own = layer["label"][place[-1]].get("id")
            others = (item for item in layer.get("label", ()) if item.get("id") != own)
            return [("nothing: at the top", ""), *((_title(item), item.get("id", "")) for item in others)]
        case "attribute", "kind":
            return [(_KINDS[item], "" if item is FieldKind.CHOICE else item) for item in FieldKind]
        case "attribute", "list":
            return [("–", ""), *((_title(item), item.get("id", "")) for item in data.get("list", ()))]
        case _:
            return []


def names_of(data: Mapping[str, Any], place: Place, key: str) -> list[str]:
    """Return the ids that a list of names can have."""
    layer = data["layer"][place[1]] if place[:1] == ("layer",) else {}
    match kind_of(place), key:
        case "layer", "counts":
            return ["label", *OWN_FIELDS]
        case "attribute", "labels":
            return [item.get("id", "") for item in layer.get("label", ())]
        case (("label" | "value"), _):
            own = [key for key in (SEVERITY, "correction", "evidence") if layer.get(key)]
            return [*own, "comment", *(item.get("id", "") for item in layer.get("attribute", ()))]
        case "relation", _:
            found: list[str] = []
            for item in data.get("layer", ()):
                if item.get("kind") != LayerKind.DOCUMENT:
                    found += [item.get("id", ""), *(f"{item.get('id')}.{of.get('id')}" for of in item.get("label", ()))]
            return found
        case _:
            return []


def note_of(table: Mapping[str, Any], key: str) -> str:
    """Return what stands for a title or badge that is left out; "" for any other key."""
    words = str(table.get("id", "")).replace("_", " ")
    return {"title": words.capitalize(), "badge": words}.get(key, "") if words else ""


_KINDS = {
    FieldKind.CHOICE: "one of its values",
    FieldKind.MANY: "several of its values",
    FieldKind.SCALE: "a scale",
    FieldKind.NUMBER: "a number",
    FieldKind.DATE: "a date",
    FieldKind.TEXT: "free text",
    FieldKind.FLAG: "yes or no",
    FieldKind.ENTITY: "an entity of a list",
}


def _title(table: Mapping[str, Any]) -> str:
    return str(table.get("title") or table.get("id", "").replace("_", " ").capitalize() or "(no id)")


def title_of_table(place: Place, table: Mapping[str, Any]) -> str:
    """Return what a table is called in the list of what the scheme has."""
    named = _title(table)
    key = f"  [{table['key']}]" if table.get("key") else ""
    match kind_of(place):
        case "":
            return "The scheme"
        case "layer":
            return f"Layer: {named}{key}"
        case "attribute":
            return f"Field: {named}{key}"
        case "severity":
            return f"Severity: {named}"
        case "relation":
            return f"Relation: {named}{key}"
        case "list":
            return f"List: {named}"
        case "entry":
            return named
        case _:
            return f"{named}{key}"


_NEW = {
    **{"label": "NEW_LABEL", "layer": "new_layer", "attribute": "new_field", "value": "new_value"},
    **{"entry": "new_entry", "list": "new_list", "relation": "new_relation", "severity": "new_step"},
}


def new_table(kind: str, known: Collection[object]) -> dict[str, Any]:
    """Return a new table of a kind, with an id that isn't among the known ones and what else it must have."""
    more: dict[str, dict[str, Any]] = {
        "layer": {"label": [{"id": "NEW_LABEL"}]},
        "attribute": {"kind": "text"},
        "severity": {"weight": 1},
        "entry": {"title": "New entry"},
        "list": {"entry": [{"id": "new_entry", "title": "New entry"}]},
    }
    return {"id": free_id(_NEW.get(kind, kind), known), **more.get(kind, {})}
