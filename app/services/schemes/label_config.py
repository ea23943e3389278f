"""Schemes from the label configuration of Label Studio, an XML text of controls; https://labelstud.io/tags."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from xml.parsers import expat

from app.core.errors import SchemeError
from app.services.schemes.scheme_builder import ForeignScheme, SchemeBuilder

_MOST = 2_000_000
_DEEPEST = 60
_LABELS = ("Labels", "HyperTextLabels", "ParagraphLabels")
_SHOWN = ("View", "Text", "HyperText", "Paragraphs", "Header", "Style", "Filter", "Collapse", "Panel", "Relations")
_PARTS = ("Label", "Choice", "Relation")


class _Tag(NamedTuple):
    name: str
    given: dict[str, str]
    line: int
    below: list["_Tag"]

    def walk(self) -> Iterator["_Tag"]:
        for tag in self.below:
            yield tag
            yield from tag.walk()


class _Refused(Exception):  # noqa: N818  carries what is wrong out of the parser's handlers
    """What isn't read."""


def from_label_config(text: str, name: str, *, path: str = "config.xml") -> ForeignScheme:
    """Return the scheme of a label configuration. Raises SchemeError, with the line; entities aren't read at all."""
    root = _parsed(text, path)
    made = SchemeBuilder(name)
    tags = list(root.walk())
    for tag in tags:
        if tag.name in _LABELS:
            layer = made.layer(tag.given.get("name") or "label")
            for item in tag.walk():
                if item.name == "Label":
                    _add_label(made, layer, item)
    for tag in tags:
        _Control(made, tag).add()
    _drop_empty_layers(made)
    for tag in tags:
        if tag.name == "Relation" and tag.given.get("value"):
            made.relation(tag.given["value"])
    if not made.layers:
        hint = "name the configuration that has <Labels> or <Choices>"
        raise SchemeError("there are no labels for text in it", hint=hint, path=path, line=root.line)
    return made.made("a label configuration of Label Studio")


def _add_label(made: SchemeBuilder, layer: dict[str, Any], item: _Tag) -> None:
    value = item.given.get("value", "")
    if value.startswith("$") or not value:
        made.note("Labels that come from each task are left out.")
        return
    made.label(
        layer,
        item.given.get("alias") or value,
        key=item.given.get("hotkey", ""),
        color=item.given.get("background", ""),
    )


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

    def add(self) -> None:
        tag = self.tag
        if tag.name in (*_LABELS, *_SHOWN, *_PARTS):
            return
        many = tag.name == "Taxonomy" or tag.given.get("choice") == "multiple"
        if tag.name in ("Choices", "Taxonomy"):
            if not self.is_of_marks and not many:
                self._add_labels()
            else:
                self._add_field("many" if many else "choice", values=True)
        elif tag.name == "TextArea":
            self._add_field("text")
        elif tag.name == "Number":
            self._add_field("number", least=_number(tag, "min"), most=_number(tag, "max"), step=_number(tag, "step"))
        elif tag.name == "Rating":
            self._add_field("scale", least=1, most=_number(tag, "maxRating") or 5, step=1)
        elif tag.name == "DateTime":
            self._add_field("date")
        else:
            self.made.note(f"<{tag.name}> (line {tag.line}) has no counterpart and is left out.")

    def _add_labels(self) -> None:
        """Choose one for the document: a layer about it, whose labels are the choices."""
        layer = self.made.layer(self.name, kind="document", **({"required": True} if self.is_required else {}))

        def add(tags: list[_Tag], parent: str) -> None:
            for tag in tags:
                value = tag.given.get("alias") or tag.given.get("value", "")
                if tag.name == "Choice" and value and not value.startswith("$"):
                    add(tag.below, self.made.label(layer, value, key=tag.given.get("hotkey", ""), parent=parent))
                elif tag.name != "Choice":
                    add(tag.below, parent)

        add(self.tag.below, "")
        if not layer["label"]:
            self.made.layers.remove(layer)
            self.made.note("Choices that come from each task are left out.")

    def _add_field(self, kind: str, *, values: bool = False, **more: object) -> None:
        choices = [item.given.get("alias") or item.given.get("value", "") for item in self.tag.walk()] if values else []
        choices = [choice for choice in choices if choice and not choice.startswith("$")]
        if values and not choices:
            self.made.note("Choices that come from each task are left out.")
            return
        asked = {"kind": kind, **more, **({"required": True} if self.is_required else {})}
        if not self.is_of_marks:
            layer = self.made.layer(self.name, kind="document")
            self._fill(layer, asked, choices)
            return
        for layer in self.made.layers:
            if layer.get("kind") == "document":
                continue
            only = [name.strip() for name in self.tag.given.get("whenLabelValue", "").split(",") if name.strip()]
            labels = [self.made.id_of(("label", layer["id"]), name) for name in only]
            known = {item["id"] for item in layer["label"]}
            if not labels or known.intersection(labels):
                limits = {"labels": [label for label in labels if label in known]} if labels else {}
                self._fill(layer, {**asked, **limits}, choices)

    def _fill(self, layer: dict[str, Any], asked: dict[str, Any], choices: list[str]) -> None:
        field = self.made.field(layer, self.name, **asked)
        for choice in choices:
            self.made.value(layer, field, choice)


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
    parser = expat.ParserCreate()

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
        parser.Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        what = f"not XML: {expat.errors.messages.get(error.code, error.code)}"
        raise SchemeError(what, hint="fix the line", path=path, line=error.lineno) from error
    except _Refused as error:
        what = str(error)
        raise SchemeError(what, hint="remove it", path=path, line=parser.CurrentLineNumber) from error
    return top
