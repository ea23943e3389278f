"""Schemes from the label configuration of Label Studio, an XML text of controls; https://labelstud.io/tags.

A configuration that Stet wrote beside an export says more, in attributes that Label Studio passes over; see
`app.exchange.formats.label_studio.config`.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from xml.parsers import expat

from app.core.annotation import Stance
from app.core.errors import SchemeError
from app.core.scheme import SEVERITY
from app.services.schemes.scheme_builder import ForeignScheme, SchemeBuilder

_MOST = 2_000_000
_DEEPEST = 60
_LABELS = ("Labels", "HyperTextLabels", "ParagraphLabels")
_SHOWN = ("View", "Text", "HyperText", "Paragraphs", "Header", "Style", "Filter", "Collapse", "Panel", "Relations")
_PARTS = ("Label", "Choice", "Relation")
_CONDITIONS = ("visibleWhen", "whenChoiceValue", "whenRole")
_OF_LAYER = ":"  # between a layer and its field in the name of a control that Stet wrote
_LAYER_KEY = re.compile(r"F(?:2|3|4|10|11)")
_STANCES = tuple(Stance)
_WEIGHTS = (1, 5, 10)
"""Of the steps of severity, if the file doesn't say them: the first two as in MQM (Freitag et al. 2021)."""


class _Tag(NamedTuple):
    name: str
    given: dict[str, str]
    line: int
    below: list["_Tag"]

    def walk(self) -> Iterator["_Tag"]:
        for tag in self.below:
            yield tag
            yield from tag.walk()


_Choice = tuple[_Tag, tuple[str, ...]]
"""A choice, with the titles of those above it and its own."""


class _Refused(Exception):  # noqa: N818  carries what is wrong out of the parser's handlers
    """What isn't read."""


def from_label_config(text: str, name: str, *, path: str = "config.xml") -> ForeignScheme:
    """Return the scheme of a label configuration. Raises SchemeError, with the line; entities aren't read at all."""
    root = _parsed(text, path)
    made = SchemeBuilder(name)
    tags = list(root.walk())
    for tag in tags:
        if tag.name in _LABELS:
            layer = _layer(made, tag)
            for item in tag.walk():
                if item.name == "Label":
                    _add_label(made, layer, item)
        elif _is_tree_of_labels(tag):
            _add_tree(made, _layer(made, tag), tag.below)
    for tag in tags:
        _Control(made, tag).add()
    _drop_empty_layers(made)
    for tag in tags:
        if tag.name == "Relation" and tag.given.get("value"):
            _add_relation(made, tag)
    if not made.layers:
        hint = "name the configuration that has <Labels> or <Choices>"
        raise SchemeError("there are no labels for text in it", hint=hint, path=path, line=root.line)
    return made.made("a label configuration of Label Studio")


def _layer(made: SchemeBuilder, tag: _Tag, **more: object) -> dict[str, Any]:
    """Return the layer of a control that gives labels, with what Stet says of it."""
    given = tag.given
    layer = made.layer(given.get("name") or "label", **_given_title(tag), **more)
    for name in ("correction", "severity"):
        if given.get(name) == "true":
            layer[name] = True
    if given.get("evidence") in _STANCES:
        layer |= {"evidence": True, "stance": given["evidence"]}
    key = given.get("hotkey", "")
    if _LAYER_KEY.fullmatch(key):
        for other in made.layers:
            if other is not layer and other.get("key") == key:
                del other["key"]
        layer["key"] = key
    if given.get("hint"):
        layer["definition"] = given["hint"]
    return layer


def _given_title(tag: _Tag) -> dict[str, str]:
    title = tag.given.get("title", "").strip()
    return {"title": title} if title else {}


def _named(tag: _Tag) -> tuple[str, dict[str, Any]]:
    """Return by what name an item stands in results, and more of it: its title, if that is another, and so on."""
    value, alias = tag.given.get("value", ""), tag.given.get("alias", "")
    more: dict[str, Any] = {"title": value} if alias and value and alias != value else {}
    if tag.given.get("hint"):
        more["definition"] = tag.given["hint"]
    more |= {name: True for name in ("group", "anchor") if tag.given.get(name) == "true"}
    return alias or value, more


def _add_label(made: SchemeBuilder, layer: dict[str, Any], item: _Tag, parent: str = "") -> str:
    name, more = _named(item)
    if name.startswith("$") or not name:
        made.note("Labels that come from each task are left out.")
        return parent
    if item.given.get("maxUsages"):
        made.note(f"How often “{name}” may be used (maxUsages) isn’t in the scheme.")
    return made.label(
        layer,
        name,
        key=item.given.get("hotkey", ""),
        color=item.given.get("background", ""),
        **more,
        parent=parent,
    )


def _add_tree(made: SchemeBuilder, layer: dict[str, Any], tags: list[_Tag], parent: str = "") -> None:
    for tag in tags:
        if tag.name == "Choice":
            _add_tree(made, layer, tag.below, _add_label(made, layer, tag, parent))
        else:
            _add_tree(made, layer, tag.below, parent)


def _add_relation(made: SchemeBuilder, tag: _Tag) -> None:
    given = tag.given
    relation = made.relation(given["value"])
    relation |= _given_title(tag)
    if given.get("background"):
        relation["color"] = made.color(given["background"], given["value"]) or relation["color"]
    if given.get("hotkey") and made.is_key(given["hotkey"], (), f"the relation “{given['value']}”"):
        relation["key"] = given["hotkey"]
    if given.get("directed") == "false":
        relation["directed"] = False
    if given.get("chain") == "true":
        relation["chain"] = True
    places = {layer["id"] for layer in made.layers}
    places |= {f"{layer['id']}.{label['id']}" for layer in made.layers for label in layer["label"]}
    for key, ends in (("source", _names(given.get("sources"))), ("target", _names(given.get("targets")))):
        relation[key] = [end for end in ends if end in places]


def _names(text: str | None) -> list[str]:
    return [name.strip() for name in (text or "").split(",") if name.strip()]


def _is_tree_of_labels(tag: _Tag) -> bool:
    return tag.name == "Taxonomy" and tag.given.get("labeling", "").lower() == "true"


def _drop_empty_layers(made: SchemeBuilder) -> None:
    for layer in list(made.layers):
        if not layer["label"] and layer.get("kind") != "document":
            made.layers.remove(layer)


class _Control:
    """A control that isn't a list of labels: fields of marks where it is `perRegion`, else about the document."""

    def __init__(self, made: SchemeBuilder, tag: _Tag) -> None:
        self.made = made
        self.tag = tag
        self.name = tag.given.get("name") or tag.name.lower()
        self.is_required = tag.given.get("required", "").lower() == "true"
        self.is_of_marks = tag.given.get("perRegion", "").lower() == "true"
        self.layers = _names(tag.given.get("layers") or tag.given.get("whenTagName"))

    def add(self) -> None:
        tag = self.tag
        if tag.name in (*_LABELS, *_SHOWN, *_PARTS) or _is_tree_of_labels(tag):
            return
        for key in _CONDITIONS:
            if tag.given.get(key):
                self.made.note(f"When “{self.name}” is asked for ({key}) isn’t in the scheme.")
        many = tag.name == "Taxonomy" or tag.given.get("choice") == "multiple"
        if tag.name in ("Choices", "Taxonomy"):
            self._add_choices(many=many)
        elif tag.name == "TextArea":
            self._add_text()
        elif tag.name == "Number":
            kind = "scale" if tag.given.get("kind") == "scale" else "number"
            self._add_field(kind, least=_number(tag, "min"), most=_number(tag, "max"), step=_number(tag, "step"))
        elif tag.name == "Rating":
            self._add_field("scale", least=1, most=_number(tag, "maxRating") or 5, step=1)
        elif tag.name == "DateTime":
            self._add_field("date")
        else:
            self.made.note(f"<{tag.name}> (line {tag.line}) has no counterpart and is left out.")

    def _add_choices(self, *, many: bool) -> None:
        kind = self.tag.given.get("kind")
        if self.is_of_marks and _field_name(self.name) == SEVERITY and not many:
            self._add_severity()
        elif kind == "flag":
            self._add_field("flag")
        elif self.is_of_marks or many or _OF_LAYER in self.name:
            self._add_field("many" if many else "scale" if kind == "scale" else "choice", values=True)
        else:
            self._add_labels()

    def _add_text(self) -> None:
        if self.is_of_marks and self.name == "correction":
            known = any(layer.get("correction") for layer in self.made.layers)
            for layer in self.made.layers:
                if layer.get("kind") != "document" and not known:
                    layer["correction"] = True
            return
        if self.tag.given.get("kind") == "entity":
            self.made.note(f"“{self.name}” links to a list of entities, which isn’t in the file; it is a text here.")
        self._add_field("text")

    def _add_severity(self) -> None:
        """Make the choices of a control with this name the scale of severity, the mildest first."""
        steps = [tag for tag in self.tag.walk() if tag.name == "Choice" and _named(tag)[0]]
        for number, step in enumerate(steps):
            weight = _number(step, "weight")
            self.made.severity(
                _named(step)[0], _WEIGHTS[min(number, 2)] if weight is None else weight, **_named(step)[1]
            )
        for layer in self.made.layers:
            if layer.get("kind") != "document" and (not self.layers or layer["id"] in self.layers):
                layer["severity"] = True

    def _add_labels(self) -> None:
        """Choose one for the document: a layer about it, whose labels are the choices."""
        layer = _layer(self.made, self.tag, kind="document", **({"required": True} if self.is_required else {}))
        _add_tree(self.made, layer, self.tag.below)
        if not layer["label"]:
            self.made.layers.remove(layer)
            self.made.note("Choices that come from each task are left out.")

    def _add_field(self, kind: str, *, values: bool = False, **more: object) -> None:
        items = list(_choices(self.tag)) if values else []
        if values and not items:
            self.made.note("Choices that come from each task are left out.")
            return
        if any(len(path) > 1 for _, path in items):
            self.made.note(f"The tree of “{self.name}” is a list; titles say what each value is under.")
        asked = {"kind": kind, **more, **({"required": True} if self.is_required else {}), **_given_title(self.tag)}
        asked |= {name: self.tag.given[name] for name in ("unit", "low", "high") if self.tag.given.get(name)}
        if self.tag.given.get("hint"):
            asked["definition"] = self.tag.given["hint"]
        if not self.is_of_marks:
            layer = self.made.layer(self.name.partition(_OF_LAYER)[0], kind="document")
            self._fill(layer, asked, items)
            return
        for layer in self.made.layers:
            if layer.get("kind") == "document" or (self.layers and layer["id"] not in self.layers):
                continue
            only = _names(self.tag.given.get("whenLabelValue"))
            labels = [self.made.id_of(("label", layer["id"]), name) for name in only]
            known = {item["id"] for item in layer["label"]}
            if not labels or known.intersection(labels):
                limits = {"labels": [label for label in labels if label in known]} if labels else {}
                self._fill(layer, {**asked, **limits}, items)

    def _fill(self, layer: dict[str, Any], asked: dict[str, Any], items: list[_Choice]) -> None:
        field = self.made.field(layer, _field_name(self.name), **asked)
        selected: list[str] = []
        for item, path in items:
            name, more = _named(item)
            key = item.given.get("hotkey", "")
            used = (each.get("key") for each in (*layer["label"], *field.get("value", ())))
            if key and self.made.is_key(key, used, f"“{name}”"):
                more["key"] = key
            if len(path) > 1:
                more["title"] = " › ".join(path)
            self.made.value(layer, field, name, **more)
            selected += [name] if item.given.get("selected", "").lower() == "true" else []
        ids = [self.made.id_of(("value", layer["id"], field["id"]), name) for name in selected]
        if ids:
            field.setdefault("default", ids if field["kind"] == "many" else ids[0])


def _choices(tag: _Tag, above: tuple[str, ...] = ()) -> Iterator[_Choice]:
    """Yield the choices of a control, without those that come from each task."""
    for item in tag.below:
        name, more = _named(item) if item.name == "Choice" else ("", {})
        is_given = bool(name) and not name.startswith("$")
        path = (*above, str(more.get("title", name))) if is_given else above
        if is_given:
            yield item, path
        yield from _choices(item, path)


def _field_name(name: str) -> str:
    """Return the name of a field without that of its layer before it."""
    return name.rpartition(_OF_LAYER)[2]


def _number(tag: _Tag, key: str) -> float | int | None:
    given = tag.given.get(key, "").strip()
    if not re.fullmatch(r"[+-]?\d+(\.\d+)?", given):
        return None
    return float(given) if "." in given else int(given)


def _parsed(text: str, path: str) -> _Tag:
    if len(text) > _MOST:
        raise SchemeError(f"longer than {_MOST:,} characters", hint="name a label configuration", path=path)
    top = _Tag("", {}, 1, [])
    open_tags = [top]
    parser = expat.ParserCreate("utf-8")  # the text is decoded, whatever it says of itself

    def start(name: str, given: dict[str, str]) -> None:
        if len(open_tags) > _DEEPEST:
            raise _Refused("it is nested too deeply")
        tag = _Tag(name, given, parser.CurrentLineNumber, [])
        open_tags[-1].below.append(tag)
        open_tags.append(tag)

    def end(_name: str) -> None:
        open_tags.pop()

    def refuse(*_given: object) -> None:
        raise _Refused("it defines a document type or entities, which aren't read")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(text.lstrip("\ufeff").encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        what = f"not XML: {expat.errors.messages.get(error.code, error.code)}"
        raise SchemeError(what, hint="fix the line", path=path, line=error.lineno) from error
    except _Refused as error:
        what = str(error)
        raise SchemeError(what, hint="remove it", path=path, line=parser.CurrentLineNumber) from error
    return top
