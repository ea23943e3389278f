"""The label configuration that fits an export: the scheme as Label Studio's controls, and what is used beyond it.

https://labelstud.io/tags names the controls. Attributes that Label Studio doesn't know, such as `kind`, it passes over;
`app.services.schemes.label_config` reads them, so that the same scheme comes back.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from xml.sax.saxutils import quoteattr

import msgspec

from app.core.scheme import SEVERITY, Attribute, FieldKind, Label, Layer, RelationType, Scheme, Value
from app.exchange.formats.label_studio.wire import CORRECTION, FIELD_OF_LAYER, FIELDS, Json, as_list, is_list

TEXT = "text"
"""The name of the text's own tag, at which results point."""

_TAGS = {
    "choices": "Choices",
    "textarea": "TextArea",
    "number": "Number",
    "rating": "Rating",
    "datetime": "DateTime",
    "taxonomy": "Taxonomy",
    "pairwise": "Pairwise",
}
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2
_MOST_STARS = 20
_OWN_KIND = {FieldKind.SCALE: "scale", FieldKind.FLAG: "flag", FieldKind.ENTITY: "entity"}


class Control(NamedTuple):
    """A control for a field: its name, the kind of its results, the field, and the layers whose marks have it."""

    name: str
    kind: str
    field: Attribute
    layers: tuple[str, ...]
    is_about_document: bool


class Controls:
    """The controls for a scheme's fields, by layer and field. Names are unique: equal fields of several layers share
    one, another is named after its layer too.
    """

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self._severity = Attribute(
            id=SEVERITY,
            title="Severity",
            kind=FieldKind.SCALE,
            values=tuple(Value(id=s.id, title=s.title, definition=s.definition) for s in scheme.severities),
        )
        self._by_field: dict[tuple[str, str], Control] = {}
        taken = {CORRECTION, *(layer.id for layer in scheme.layers)}
        same: dict[str, list[tuple[Layer, Attribute]]] = {}
        for layer in scheme.text_layers:
            for field in self._fields_of(layer):
                same.setdefault(field.id, []).append((layer, field))
        for id, uses in same.items():
            is_shared = id not in taken and all(field == uses[0][1] for _, field in uses)
            for layer, field in uses:
                layers = tuple(each.id for each, _ in uses) if is_shared else (layer.id,)
                name = id if is_shared else f"{layer.id}{FIELD_OF_LAYER}{id}"
                self._by_field[layer.id, id] = Control(name, _kind_of(field), field, layers, False)
        for layer in scheme.document_layers:
            for field in self._fields_of(layer):
                is_all = has_only_fields(layer) and field.id == layer.id
                name = layer.id if is_all else f"{layer.id}{FIELD_OF_LAYER}{field.id}"
                self._by_field[layer.id, field.id] = Control(name, _kind_of(field), field, (layer.id,), True)

    def _fields_of(self, layer: Layer) -> Iterator[Attribute]:
        if layer.has_severity and self.scheme.severities:
            yield self._severity
        yield from layer.attributes

    def find(self, layer: str, field: str) -> Control | None:
        """Return the control for a layer's field, None if the scheme hasn't got it."""
        return self._by_field.get((layer, field))

    def all(self) -> list[Control]:
        """Return all controls, each once."""
        return list({control.name: control for control in self._by_field.values()}.values())


class Used(msgspec.Struct):
    """What an export has beyond the scheme: labels by layer, of marks and of documents; fields with the kinds of their
    results and their values, by control; those with paths in a tree; relations; and what the texts were.
    """

    labels: dict[str, dict[str, None]] = {}
    about: dict[str, dict[str, None]] = {}
    fields: dict[tuple[str, bool], tuple[str, dict[str, None]]] = {}
    trees: dict[str, dict[tuple[str, ...], None]] = {}
    relations: dict[str, None] = {}
    tags: dict[str, None] = {}


def has_only_fields(layer: Layer) -> bool:
    """Whether a layer about the document has a label only because each has one."""
    return layer.is_about_document and [label.id for label in layer.labels] == [layer.id]


def label_config(controls: Controls, used: Used, key: str) -> str:
    """Return the XML of a configuration for texts that stand under a key of the data."""
    scheme = controls.scheme
    lines = ["<View>", *_pieces(_of_layers(controls, used)), *_pieces(_relations(scheme, used))]
    tag = next(iter(used.tags), "Text") if len(used.tags) == 1 else "Text"
    source = _tag(tag, {"name": TEXT, "value": f"${key}"})
    lines += ['  <View style="white-space: pre-wrap">', f"    {source}", "  </View>"]
    for control in controls.all():
        lines += _pieces(_of_field(control, scheme, used))
    lines += _pieces(_about(controls, used))
    lines += _pieces(_unknown_fields(used))
    return "\n".join([*lines, "</View>", ""])


def _pieces(lines: Iterable[str]) -> list[str]:
    return [f"  {line}" for line in lines]


def _tag(name: str, given: Mapping[str, object], below: Iterable[str] = ()) -> str:
    said = "".join(f" {key}={_quoted(str(value))}" for key, value in given.items() if value not in ("", None))
    inner = [f"\n  {line}" for line in below]
    return f"<{name}{said}>{''.join(inner)}\n</{name}>" if inner else f"<{name}{said}/>"


def _quoted(text: str) -> str:
    return quoteattr(_NO_XML.sub("\ufffd", text), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def _named(id: str, title: str) -> dict[str, object]:
    """Return how an item is called: people see `value`, results have `alias`."""
    return {"value": title, "alias": id} if title != id else {"value": id}


def _label(label: Label) -> dict[str, object]:
    return {
        **_named(label.id, label.title),
        "background": label.color,
        "hotkey": label.key,
        "hint": label.definition,
        "group": "true" if label.group else "",
        "anchor": "true" if label.anchor else "",
    }


def _of_layers(controls: Controls, used: Used) -> Iterator[str]:
    scheme = controls.scheme
    for layer in scheme.text_layers:
        about = {"name": layer.id, "toName": TEXT, "title": layer.title, "hotkey": layer.key, "hint": layer.definition}
        about |= {"correction": "true"} if layer.has_correction else {}
        about |= {"evidence": layer.stance.value} if layer.has_evidence else {}
        more = [_tag("Label", {"value": label}) for label in used.labels.get(layer.id, ())]
        if layer.is_tree:
            yield from _tag("Taxonomy", {**about, "labeling": "true"}, _tree(layer)).split("\n")
        else:
            yield from _tag("Labels", about, [*(_tag("Label", _label(each)) for each in layer.labels), *more]).split(
                "\n"
            )
        if layer.has_correction:
            given = {"name": CORRECTION, "toName": TEXT, "perRegion": "true", "maxSubmissions": "1", "rows": "1"}
            if layer is next(each for each in scheme.text_layers if each.has_correction):
                yield _tag("TextArea", {**given, "editable": "true"})
    for name, labels in used.labels.items():
        if scheme.layer(name) is None:
            below = [_tag("Label", {"value": label}) for label in labels]
            yield from _tag("Labels", {"name": name, "toName": TEXT}, below).split("\n")


def _tree(layer: Layer, parent: str = "", depth: int = 0) -> Iterator[str]:
    for label in layer.children(parent):
        below = [f"  {line}" for line in _tree(layer, label.id, depth + 1)]
        opening = _tag("Choice", _label(label))
        if below:
            yield opening.removesuffix("/>") + ">"
            yield from below
            yield "</Choice>"
        else:
            yield opening


def _relations(scheme: Scheme, used: Used) -> Iterator[str]:
    items = [_tag("Relation", _relation(each)) for each in scheme.relations]
    items += [_tag("Relation", {"value": name}) for name in used.relations if scheme.relation(name) is None]
    if items:
        yield from _tag("Relations", {}, items).split("\n")


def _relation(each: RelationType) -> dict[str, object]:
    return {
        "value": each.id,
        "background": each.color,
        "title": each.title if each.title != each.id else "",
        "hotkey": each.key,
        "directed": "" if each.directed else "false",
        "chain": "true" if each.chain else "",
        "sources": ",".join(each.sources),
        "targets": ",".join(each.targets),
    }


def _kind_of(field: Attribute) -> str:
    """Return the kind of results that a field has."""
    match field.kind:
        case FieldKind.CHOICE | FieldKind.MANY | FieldKind.FLAG:
            return "choices"
        case FieldKind.SCALE if field.values:
            return "choices"
        case FieldKind.SCALE if _is_stars(field):
            return "rating"
        case FieldKind.SCALE | FieldKind.NUMBER:
            return "number"
        case FieldKind.DATE:
            return "datetime"
        case FieldKind.TEXT | FieldKind.ENTITY:
            return "textarea"


def _is_stars(field: Attribute) -> bool:
    most = field.most
    return field.least == 1 and field.step == 1 and most is not None and most.is_integer() and most <= _MOST_STARS


def _of_field(control: Control, scheme: Scheme, used: Used) -> Iterator[str]:
    field = control.field
    given: dict[str, object] = {"name": control.name, "toName": TEXT}
    if not control.is_about_document:
        given |= {"perRegion": "true", "layers": ",".join(control.layers)}
        if len(control.layers) == 1:
            given["whenTagName"] = control.layers[0]
        if field.labels:
            given["whenLabelValue"] = ",".join(field.labels)
    given |= {"title": field.title, "required": "true" if field.required else "", "unit": field.unit}
    given |= {"hint": field.definition, "low": field.low, "high": field.high}
    given["kind"] = "" if control.kind == "rating" else _OWN_KIND.get(field.kind, "")
    paths = used.trees.get(control.name)
    if paths is not None:
        known = {path[-1] for path in paths}
        flat = {(value.id,): None for value in field.values if value.id not in known}
        yield from _tag("Taxonomy", {**given, "kind": ""}, _nested(paths | flat)).split("\n")
    elif control.kind == "choices":
        choice = "multiple" if field.kind is FieldKind.MANY else "single"
        weights = {each.id: each.weight for each in scheme.severities} if field.id == SEVERITY else {}
        yield from _tag("Choices", {**given, "choice": choice}, _choices(field, weights)).split("\n")
    elif control.kind == "rating":
        yield _tag("Rating", {**given, "maxRating": f"{field.most:g}"})
    elif control.kind == "number":
        limits = {"min": _number(field.least), "max": _number(field.most), "step": _number(field.step or None)}
        yield _tag("Number", {**given, **limits})
    elif control.kind == "datetime":
        yield _tag("DateTime", {**given, "only": "date", "format": "%Y-%m-%d"})
    else:
        yield _tag("TextArea", {**given, "list": field.entries, "editable": "true", "maxSubmissions": "1"})


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.12g}"


def _choices(field: Attribute, weights: Mapping[str, float]) -> list[str]:
    if field.kind is FieldKind.FLAG:
        return [_tag("Choice", {"value": "yes", "alias": "true"}), _tag("Choice", {"value": "no", "alias": "false"})]
    default = field.default
    defaults = as_list(default) if is_list(default) else [default]
    return [
        _tag(
            "Choice",
            {
                **_named(each.id, each.title),
                "hotkey": each.key,
                "hint": each.definition,
                "weight": _number(weights.get(each.id)),
                "selected": "true" if each.id in defaults else "",
            },
        )
        for each in field.values
    ]


def _nested(paths: Mapping[tuple[str, ...], None]) -> list[str]:
    """Return the choices of a tree, from the paths that lead to its nodes."""
    tops: dict[str, dict[tuple[str, ...], None]] = {}
    for path in paths:
        below = tops.setdefault(path[0], {})
        if path[1:]:
            below[path[1:]] = None
    found: list[str] = []
    for name, below in tops.items():
        opening = _tag("Choice", {"value": name})
        inner = [f"  {line}" for line in _nested(below)]
        found += [opening.removesuffix("/>") + ">", *inner, "</Choice>"] if inner else [opening]
    return found


def _about(controls: Controls, used: Used) -> Iterator[str]:
    for layer in controls.scheme.document_layers:
        if has_only_fields(layer):
            continue
        given = {"name": layer.id, "toName": TEXT, "choice": "single", "title": layer.title, "hotkey": layer.key}
        given |= {"hint": layer.definition}
        given |= {"evidence": layer.stance.value} if layer.has_evidence else {}
        given |= {"required": "true"} if layer.required else {}
        given |= {"allowNested": "true"} if layer.is_tree else {}
        more = [_tag("Choice", {"value": label}) for label in used.about.get(layer.id, ())]
        yield from _tag("Choices", given, [*_tree(layer), *more]).split("\n")
    for name, labels in used.about.items():
        if controls.scheme.layer(name) is None:
            below = [_tag("Choice", {"value": label}) for label in labels]
            yield from _tag("Choices", {"name": name, "toName": TEXT, "choice": "single"}, below).split("\n")


def _unknown_fields(used: Used) -> Iterator[str]:
    for (name, is_of_marks), (kind, values) in used.fields.items():
        given = {"name": name, "toName": TEXT, **({"perRegion": "true"} if is_of_marks else {})}
        paths = used.trees.get(name)
        if kind == "taxonomy" and paths is not None:
            yield from _tag("Taxonomy", given, _nested(paths)).split("\n")
        elif kind == "choices":
            below = [_tag("Choice", {"value": value}) for value in values]
            yield from _tag("Choices", {**given, "choice": "multiple"}, below).split("\n")
        elif kind in FIELDS:
            yield _tag(_TAGS[kind], given)


def path_of(layer: Layer, label: str) -> list[str]:
    """Return a label with those above it, as results of a tree have it."""
    return list(layer.lineage(label))


def leaves(paths: Any) -> list[Any]:  # noqa: ANN401  whatever the file had
    """Return the last of each path."""
    return [as_list(path)[-1] if as_list(path) else path for path in as_list(paths)]


__all__ = ["Control", "Controls", "Json", "Used", "has_only_fields", "label_config", "leaves", "path_of"]
