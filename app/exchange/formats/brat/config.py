"""brat's `annotation.conf` and `visual.conf` for a scheme; https://brat.nlplab.org/configuration.html."""

import re
from collections.abc import Iterator, Sequence

from app.core.field_values import level
from app.core.scheme import Attribute, FieldKind, Layer, RelationType, Scheme

_NO_TYPE = re.compile(r"[^A-Za-z0-9_-]+")


class BratTypes:
    """The names that labels, relations and fields have in brat: letters, digits, `_` and `-` only, and each once."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self._labels: dict[tuple[str, str], str] = {}
        for layer in scheme.text_layers:
            for label in layer.labels:
                self.label(layer.id, label.id)

    def label(self, layer: str, label: str) -> str:
        """Return the type of a label. One that another layer has too is told apart by its layer."""
        key = (layer, label)
        if key not in self._labels:
            plain = type_name(label)
            taken = set(self._labels.values())
            name = plain if plain not in taken else type_name(f"{layer}-{label}")
            number = 2
            while name in taken:
                name, number = f"{type_name(f'{layer}-{label}')}_{number}", number + 1
            self._labels[key] = name
        return self._labels[key]

    def ends(self, wanted: Sequence[str]) -> str:
        """Return what may be an end of a relation, as annotation.conf writes it."""
        if not wanted:
            return "<ENTITY>"
        found: list[str] = []
        for end in wanted:
            for layer in self.scheme.text_layers:
                fitting = [each.id for each in layer.givable if end == layer.id or _is_end(layer, each.id, end)]
                found += [self.label(layer.id, id) for id in fitting]
        return "|".join(dict.fromkeys(found)) or "<ENTITY>"


def type_name(name: str) -> str:
    """Return a name as brat can read it."""
    return _NO_TYPE.sub("_", name).strip("_") or "_"


def annotation_conf(types: BratTypes) -> str:
    """Return the text of annotation.conf: labels with those under them, relations, and fields of few values."""
    scheme = types.scheme
    lines = [f"# {scheme.title} ({scheme.tag})", "", "[entities]"]
    for layer in scheme.text_layers:
        lines += ["", f"# {layer.title}", *_tree(types, layer, "", 0)]
    lines += ["", "[relations]", "", "<OVERLAP> Arg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>"]
    lines += [_relation(types, each) for each in scheme.relations]
    lines += ["", "[events]", "", "[attributes]", ""]
    for layer in scheme.text_layers:
        lines += [_attribute(types, layer, each) for each in layer.attributes if has_values(each)]
        if layer.has_severity and scheme.severities:
            steps = "|".join(type_name(step.id) for step in scheme.severities)
            lines.append(f"severity\tArg:{types.ends([layer.id])}, Value:{steps}")
    return "\n".join(lines) + "\n"


def visual_conf(types: BratTypes) -> str:
    """Return the text of visual.conf: titles and colours."""
    scheme = types.scheme
    lines = ["[labels]", ""]
    for layer in scheme.text_layers:
        lines += [
            f"{types.label(layer.id, label.id)} | {_plain(label.title)} | {_plain(label.badge)}"
            for label in layer.labels
        ]
    lines += [f"{type_name(each.id)} | {_plain(each.title)} | {_plain(each.badge)}" for each in scheme.relations]
    lines += ["", "[drawing]", "", "SPAN_DEFAULT\tfgColor:black, bgColor:lightgreen, borderColor:darken", ""]
    for layer in scheme.text_layers:
        lines += [f"{types.label(layer.id, label.id)}\tbgColor:{label.color}" for label in layer.labels]
    lines += [f"{type_name(each.id)}\tcolor:{each.color}" for each in scheme.relations]
    return "\n".join(lines) + "\n"


def has_values(attribute: Attribute) -> bool:
    """Whether brat can show a field: a flag, or one value of a list."""
    return attribute.kind is FieldKind.FLAG or (
        attribute.kind in (FieldKind.CHOICE, FieldKind.SCALE)
        and bool(attribute.values)
        and level(attribute) is not None
    )


def _tree(types: BratTypes, layer: Layer, parent: str, depth: int) -> Iterator[str]:
    for label in layer.children(parent):
        yield "\t" * depth + ("!" if label.group else "") + types.label(layer.id, label.id)
        yield from _tree(types, layer, label.id, depth + 1)


def _relation(types: BratTypes, each: RelationType) -> str:
    kind = "symmetric-transitive" if each.chain else "" if each.directed else "symmetric"
    more = f", <REL-TYPE>:{kind}" if kind else ""
    return f"{type_name(each.id)}\tArg1:{types.ends(each.sources)}, Arg2:{types.ends(each.targets)}{more}"


def _attribute(types: BratTypes, layer: Layer, each: Attribute) -> str:
    whose = types.ends([f"{layer.id}.{label}" for label in each.labels] or [layer.id])
    values = "" if each.kind is FieldKind.FLAG else f", Value:{'|'.join(type_name(v.id) for v in each.values)}"
    return f"{type_name(each.id)}\tArg:{whose}{values}"


def _is_end(layer: Layer, label: str, end: str) -> bool:
    head, dot, wanted = end.partition(f"{layer.id}.")
    return not head and bool(dot) and layer.is_in(label, wanted)


def _plain(text: str) -> str:
    return " ".join(text.replace("|", "/").split())
