"""Parsing a scheme from TOML, with line numbers in errors."""

import re
import tomllib
from collections.abc import Mapping
from typing import Any, cast

import msgspec

from app.core.errors import SchemeError
from app.core.scheme import SEVERITY, Attribute, Drawing, Label, Layer, Scheme, Severity, Value
from app.core.toml_lines import TomlLines

# Okabe and Ito's palette, whose colours can be distinguished with any of the three kinds of colour blindness.
PALETTE = {
    "black": "#000000",
    "orange": "#E69F00",
    "sky": "#56B4E9",
    "green": "#009E73",
    "yellow": "#F0E442",
    "blue": "#0072B2",
    "vermillion": "#D55E00",
    "purple": "#CC79A7",
    "grey": "#999999",
}
# Keys that the program uses itself, so that labels and layers can't have them.
RESERVED_KEYS = {"k": "link evidence", "u": "unsure", ".": "mark with the last label"}
RESERVED_FUNCTION_KEYS = {
    "F1": "manual",
    "F5": "refresh",
    "F6": "next pane",
    "F7": "swap text and reference",
    "F8": "next mark with an unmet rule",
    "F9": "next suggestion",
    "F12": "next concordance hit",
}
OWN_FIELDS = (SEVERITY, "correction", "evidence", "comment")
_COUNTING = ("label", SEVERITY, "correction", "evidence", "comment")

_ID = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
_HEX = re.compile(r"#[0-9A-Fa-f]{6}")
_FUNCTION_KEY = re.compile(r"F([1-9]|1[0-2])")
_TAKEN = {*RESERVED_KEYS, *map(str.lower, RESERVED_FUNCTION_KEYS)}
_FREE = ", ".join(key for n in range(1, 13) if (key := f"F{n}") not in RESERVED_FUNCTION_KEYS)
_Path = tuple[str | int, ...]


def parse_scheme(source: str, *, path: str = "scheme", is_stored: bool = False) -> Scheme:
    """Parse a scheme. `path` is only for messages. Raises SchemeError with the line and what to do.

    A scheme stored in a project (`is_stored`) may use a key that the program has reserved since: it loses that key.
    """
    return _Reader(source, path, is_stored=is_stored).scheme()


class _Reader:
    def __init__(self, source: str, path: str, *, is_stored: bool) -> None:
        self.is_stored = is_stored
        self.source = source
        self.path = path
        self.lines = TomlLines(source)

    def fail(self, where: _Path, what: str, hint: str = "") -> SchemeError:
        return SchemeError(what, hint=hint, path=self.path, line=self.lines.find(where))

    def scheme(self) -> Scheme:
        try:
            raw = tomllib.loads(self.source)
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"\(at line (\d+)", str(error))
            line = int(found[1]) if found else self.source.count("\n") + 1
            what = re.sub(r" \(at .*\)$", "", str(error))
            raise SchemeError(f"not TOML: {what}", hint="fix the line", path=self.path, line=line) from error
        except RecursionError as error:
            raise SchemeError("nested too deeply", hint="a scheme has three levels", path=self.path, line=1) from error
        scheme: Scheme = self.convert((), raw, _SCHEME_KEYS, Scheme, {"source": self.source})
        self.check_severities(scheme)
        self.check_layers(scheme)
        return scheme

    def convert(
        self, where: _Path, raw: Mapping[str, Any], keys: Mapping[str, str], kind: type[Any], more: Mapping[str, Any]
    ) -> Any:  # noqa: ANN401
        """Turn one TOML table into `kind`; `keys` maps its allowed keys to field names."""
        for key in raw:
            if key not in keys:
                raise self.fail((*where, key), f"unknown key “{key}”", f"use one of: {', '.join(sorted(keys))}")
        values: dict[str, Any] = {}
        for key, value in _with_drawing(kind, raw).items():
            nested = _NESTED.get((kind, key))
            values[keys[key]] = self.tables((*where, key), value, nested) if nested else value
        self.inherit(where, kind, values)
        try:
            return msgspec.convert({**values, **more}, kind)
        except msgspec.ValidationError as error:
            raise self.conversion_failure(where, raw, keys, str(error)) from error

    def conversion_failure(
        self, where: _Path, raw: Mapping[str, Any], keys: Mapping[str, str], message: str
    ) -> SchemeError:
        missing = re.search(r"missing required field `(\w+)`", message)
        if missing:
            key = next((key for key, field in keys.items() if field == missing[1]), missing[1])
            return self.fail(where, f"“{key}” is missing", f"add {key} = ...")
        found = re.search(r"at `\$\.(\w+)", message)
        key = next((key for key, field in keys.items() if found and field == found[1] and key in raw), None)
        what = re.sub(r" - at `.*`$", "", message)
        subject = f"“{key}”: " if key else ""
        return self.fail((*where, key) if key else where, subject + what, "give a value of that kind")

    def tables(self, where: _Path, value: object, nested: "_Nested") -> list[Any]:
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):  # pyright: ignore[reportUnknownVariableType]
            raise self.fail(where, f"“{where[-1]}” must be written as [[{where[-1]}]] tables", "see the scheme help")
        keys, kind = nested
        tables = cast(list[dict[str, Any]], value)
        return [self.convert((*where, at), item, keys, kind, {}) for at, item in enumerate(tables)]

    def inherit(self, where: _Path, kind: type, values: dict[str, Any]) -> None:
        """Derive missing titles and badges from the id, and resolve colour names."""
        words = str(values.get("id", "")).replace("_", " ")
        if kind is not Scheme and "id" in values:
            values.setdefault("title", words.capitalize())
        if kind is Label and "id" in values:
            values.setdefault("badge", words)
        if self.is_stored and kind in (Label, Layer) and str(values.get("key", "")).lower() in _TAKEN:
            del values["key"]
        if "color" in values:
            values["color"] = self.color((*where, "color"), values["color"])

    def color(self, where: _Path, value: object) -> str:
        if isinstance(value, str) and (value in PALETTE or _HEX.fullmatch(value)):
            return PALETTE.get(value, value)
        raise self.fail(where, f"“{value}” isn't a colour", f"use #rrggbb or one of: {', '.join(PALETTE)}")

    def check_id(self, where: _Path, value: str) -> None:
        if not _ID.fullmatch(value):
            raise self.fail(
                (*where, "id"),
                f"“{value[:40]}” isn't a valid id",
                "use a letter, then letters, digits, “_”, “-” or “.”, 64 at most",
            )

    def check_unique(self, where: _Path, field: str, values: list[str]) -> None:
        seen: dict[str, int] = {}
        for at, value in enumerate(values):
            if value and value in seen:
                raise self.fail((*where, at, field), f"{field} “{value}” is used twice", "give each a unique one")
            seen[value] = at

    def check_severities(self, scheme: Scheme) -> None:
        self.check_unique(("severity",), "id", [item.id for item in scheme.severities])
        for at, severity in enumerate(scheme.severities):
            self.check_id(("severity", at), severity.id)
            self.check_weight(("severity", at, "weight"), severity.weight)

    def check_weight(self, where: _Path, weight: float) -> None:
        if not 0 <= weight < float("inf"):
            raise self.fail(where, "a weight must be 0 or more", "such as 5")

    def check_layers(self, scheme: Scheme) -> None:
        if scheme.version < 1:
            raise self.fail(("version",), "version must be 1 or more", "increase it with each change")
        if not _ID.fullmatch(scheme.name):
            raise self.fail(("name",), f"“{scheme.name[:40]}” isn't a valid name", "use letters, digits, “_”, “-”")
        if not scheme.layers:
            raise self.fail((), "there is no layer", "add a [[layer]] with at least one [[layer.label]]")
        self.check_unique(("layer",), "id", [layer.id for layer in scheme.layers])
        self.check_unique(("layer",), "key", [layer.key for layer in scheme.layers])
        for at, layer in enumerate(scheme.layers):
            self.check_layer(("layer", at), layer, scheme)

    def check_layer(self, where: _Path, layer: Layer, scheme: Scheme) -> None:
        self.check_id(where, layer.id)
        if layer.key and not _FUNCTION_KEY.fullmatch(layer.key):
            raise self.fail((*where, "key"), f"“{layer.key}” isn't a valid layer key", f"use one of: {_FREE}")
        if layer.key in RESERVED_FUNCTION_KEYS:
            what = f"key “{layer.key}” is already used for “{RESERVED_FUNCTION_KEYS[layer.key]}”"
            raise self.fail((*where, "key"), what, f"use one of: {_FREE}")
        for field in layer.counts:
            if field not in _COUNTING:
                what = f"“{field}” can't count as a difference"
                raise self.fail((*where, "counts"), what, f"use: {', '.join(_COUNTING)}")
        if layer.has_severity and not scheme.severities:
            raise self.fail((*where, "severity"), "there is no severity scale", "add [[severity]] steps")
        if not layer.labels:
            raise self.fail(where, f"layer “{layer.id}” has no label", "add a [[layer.label]]")
        self.check_unique((*where, "label"), "id", [label.id for label in layer.labels])
        self.check_unique((*where, "attribute"), "id", [attribute.id for attribute in layer.attributes])
        self.check_unique((*where, "label"), "key", [label.key for label in layer.labels])
        for at, attribute in enumerate(layer.attributes):
            self.check_attribute((*where, "attribute", at), attribute, layer)
        for at, label in enumerate(layer.labels):
            self.check_label((*where, "label", at), label, layer, scheme)

    def check_attribute(self, where: _Path, attribute: Attribute, layer: Layer) -> None:
        self.check_id(where, attribute.id)
        if attribute.id in OWN_FIELDS:
            raise self.fail((*where, "id"), f"“{attribute.id}” is a built-in field", "choose another id")
        values = [value.id for value in attribute.values]
        if attribute.kind == "choice" and not values:
            raise self.fail(where, f"attribute “{attribute.id}” has no value", 'add values, or set kind = "text"')
        self.check_unique((*where, "value"), "id", values)
        for at, value in enumerate(attribute.values):
            self.check_fields((*where, "value", at, "requires"), value.requires, layer)
        if attribute.kind == "choice" and attribute.default is not None and attribute.default not in values:
            raise self.fail((*where, "default"), f"“{attribute.default}” isn't a value of it", f"use one of: {values}")
        for label in attribute.labels:
            if layer.label(label) is None:
                raise self.fail((*where, "labels"), f"there is no label “{label}”", "name labels of this layer")

    def check_label(self, where: _Path, label: Label, layer: Layer, scheme: Scheme) -> None:
        self.check_id(where, label.id)
        if label.key and (len(label.key) != 1 or not label.key.isprintable() or label.key.isspace()):
            raise self.fail((*where, "key"), f"“{label.key}” isn't a valid key", "use one letter, digit or sign")
        if label.key.lower() in RESERVED_KEYS:
            use = RESERVED_KEYS[label.key.lower()]
            raise self.fail((*where, "key"), f"key “{label.key}” is already used for “{use}”", "choose another")
        self.check_fields((*where, "required"), label.required, layer, label.id)
        for field, allowed in label.only.items():
            attribute = layer.attribute(field)
            known_values = {value.id for value in attribute.values} if attribute else set[str]()
            for value in allowed:
                if value not in known_values:
                    raise self.fail((*where, "only"), f"“{field}” can't be “{value}”", "name an attribute and values")
        for severity, weight in label.weights.items():
            if scheme.severity(severity) is None:
                raise self.fail((*where, "weights"), f"there is no severity “{severity}”", "name a step of the scale")
            self.check_weight((*where, "weights"), weight)

    def check_fields(self, where: _Path, fields: tuple[str, ...], layer: Layer, label: str = "") -> None:
        """Raise SchemeError for fields that the layer lacks, or that are attributes of other labels only."""
        has = {SEVERITY: layer.has_severity, "correction": layer.has_correction, "evidence": layer.has_evidence}
        for field in fields:
            attribute = layer.attribute(field)
            if not has.get(field, field == "comment" or attribute is not None):
                raise self.fail(where, f"layer “{layer.id}” has no “{field}”", "add it to the layer")
            if label and attribute is not None and not attribute.applies_to(label):
                raise self.fail(where, f"label “{label}” has no “{field}”", "add it to the attribute's labels")


def _with_drawing(kind: type, raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """Let labels without a drawing of their own inherit that of their layer."""
    labels = raw.get("label")
    # An invalid drawing is reported by the layer's own conversion, which knows its line.
    if kind is not Layer or raw.get("draw") not in list(Drawing) or not isinstance(labels, list):
        return raw
    tables = cast(list[Any], labels)
    return {**raw, "label": [{"draw": raw["draw"], **t} if isinstance(t, dict) else t for t in tables]}


_Nested = tuple[Mapping[str, str], type]


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


_LABEL_KEYS = _same(
    *("id", "title", "badge", "key", "color", "draw", "definition", "example"),
    *("required", "only", "anchor", "weights", "maps"),
)
_ATTRIBUTE_KEYS = _same("id", "title", "kind", "default", "key", "labels", "required", "counts", "definition")
_LAYER_KEYS = {
    **_same("id", "title", "key", "draw", "stance", "counts"),
    **{"severity": "has_severity", "correction": "has_correction", "evidence": "has_evidence"},
    **{"label": "labels", "attribute": "attributes"},
}


_SCHEME_KEYS = {
    **_same("name", "version", "title", "definition", "language", "tie_rules"),
    "severity": "severities",
    "layer": "layers",
}
_NESTED: dict[tuple[type, str], _Nested] = {
    (Scheme, "severity"): ({**_same("id", "title", "weight", "definition"), "mark": "sign"}, Severity),
    (Scheme, "layer"): (_LAYER_KEYS, Layer),
    (Layer, "label"): (_LABEL_KEYS, Label),
    (Layer, "attribute"): ({**_ATTRIBUTE_KEYS, "value": "values"}, Attribute),
    (Attribute, "value"): (_same("id", "title", "definition", "requires"), Value),
}
