"""Parsing a scheme from TOML, with line numbers in errors."""

import datetime
import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, cast

import msgspec

from app.core.errors import SchemeError
from app.core.scheme import (
    Attribute,
    Drawing,
    EntityList,
    Entry,
    Label,
    Layer,
    RelationType,
    Scheme,
    Severity,
    Value,
)
from app.core.scheme_checks import TAKEN_KEYS, SchemeChecks
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
_ENDLESS = re.compile(r"[0-9_]{4300}")
_HEX = re.compile(r"#[0-9A-Fa-f]{6}")
_Path = tuple[str | int, ...]


@lru_cache(maxsize=16)  # opening a project asks for the same text three times; schemes can't be changed
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

    def fail(self, where: _Path, what: str, hint: str = "") -> SchemeError:
        # Where a line is takes as long to find out as a fifth of the parsing, and is asked of what is wrong only.
        return SchemeError(what, hint=hint, path=self.path, line=TomlLines(self.source).find(where))

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
        except ValueError as error:  # of Python itself, which turns no number of more than 4,300 digits into one
            line = next((at for at, text in enumerate(self.source.split("\n"), 1) if _ENDLESS.search(text)), 1)
            raise SchemeError("a number has too many digits", hint="shorten it", path=self.path, line=line) from error
        scheme: Scheme = self.convert((), raw, _SCHEME_KEYS, Scheme, {"source": self.source})
        SchemeChecks(self.fail, scheme, is_stored=self.is_stored).run()
        return scheme

    def convert(
        self, where: _Path, raw: Mapping[str, Any], keys: Mapping[str, str], kind: type[Any], more: Mapping[str, Any]
    ) -> Any:  # noqa: ANN401
        """Turn one TOML table into `kind`; `keys` maps its allowed keys to field names."""
        for key in raw:
            if key not in keys:
                raise self.fail((*where, key), f"unknown key “{key}”", f"use one of: {', '.join(sorted(keys))}")
        values: dict[str, Any] = {}
        for key, value in _inherited(kind, raw).items():
            nested = _NESTED.get((kind, key))
            values[keys[key]] = self.tables((*where, key), value, nested) if nested else value
        self.inherit(where, kind, values)
        if isinstance(values.get("default"), datetime.date):
            values["default"] = values["default"].isoformat()  # TOML has dates of its own
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
        if kind not in (Scheme, Entry) and "id" in values:
            values.setdefault("title", words.capitalize())
        if kind in (Label, RelationType) and "id" in values:
            values.setdefault("badge", words)
        if self.is_stored and kind in _KEYED and str(values.get("key", "")).lower() in TAKEN_KEYS:
            del values["key"]
        if "color" in values:
            values["color"] = self.color((*where, "color"), values["color"])

    def color(self, where: _Path, value: object) -> str:
        if isinstance(value, str) and _is_color(value):
            return PALETTE.get(value, value)
        raise self.fail(where, f"“{value}” isn't a colour", f"use #rrggbb or one of: {', '.join(PALETTE)}")


def _inherited(kind: type, raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """Let labels without a drawing or colour of their own inherit that of their layer, and give a layer about documents
    that has no labels one that stands for the layer: its annotations then only have fields.
    """
    if kind is not Layer:
        return raw
    labels = raw.get("label")
    if labels is None and raw.get("kind") == "document" and "id" in raw:
        alone = {"id": raw["id"], **({"title": raw["title"]} if "title" in raw else {})}
        labels = [alone]
    # What is invalid is reported by the layer's own conversion, which knows its line.
    drawing = {"draw": raw["draw"]} if raw.get("draw") in list(Drawing) else {}
    color = raw.get("color")
    given = {**drawing, **({"color": color} if _is_color(color) else {})}
    if not isinstance(labels, list):
        return raw
    tables = cast(list[Any], labels)
    return {**raw, "label": [{**given, **table} if isinstance(table, dict) else table for table in tables]}


def _is_color(value: object) -> bool:
    return isinstance(value, str) and (value in PALETTE or _HEX.fullmatch(value) is not None)


_Nested = tuple[Mapping[str, str], type]


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


_LABEL_KEYS = _same(
    *("id", "title", "badge", "parent", "group", "key", "color", "draw", "definition", "example"),
    *("required", "only", "anchor", "weights", "maps", "takes"),
)
_ATTRIBUTE_KEYS = {
    **_same("id", "title", "kind", "default", "key", "labels", "required", "counts", "definition"),
    **_same("unit", "least", "most", "step", "low", "high"),
    **{"list": "entries", "value": "values"},
}
_LAYER_KEYS = {
    **_same("id", "title", "kind", "key", "color", "required", "definition", "draw", "stance", "counts"),
    **{"severity": "has_severity", "correction": "has_correction", "evidence": "has_evidence"},
    **{"label": "labels", "attribute": "attributes"},
}
_RELATION_KEYS = {
    **_same("id", "title", "badge", "key", "color", "directed", "chain", "counts", "definition", "example"),
    **{"source": "sources", "target": "targets", "attribute": "attributes"},
}
_SCHEME_KEYS = {
    **_same("name", "version", "title", "definition", "language", "tie_rules", "proposals"),
    **{"severity": "severities", "layer": "layers", "relation": "relations", "list": "entity_lists"},
}
_VALUE_KEYS = _same("id", "title", "key", "definition", "requires", "closes")
_NESTED: dict[tuple[type, str], _Nested] = {
    (Scheme, "severity"): ({**_same("id", "title", "weight", "definition"), "mark": "sign"}, Severity),
    (Scheme, "layer"): (_LAYER_KEYS, Layer),
    (Scheme, "relation"): (_RELATION_KEYS, RelationType),
    (Scheme, "list"): ({**_same("id", "title", "file", "definition"), "entry": "entries"}, EntityList),
    (EntityList, "entry"): (_same("id", "title", "description", "aliases"), Entry),
    (Layer, "label"): (_LABEL_KEYS, Label),
    (Layer, "attribute"): (_ATTRIBUTE_KEYS, Attribute),
    (RelationType, "attribute"): (_ATTRIBUTE_KEYS, Attribute),
    (Attribute, "value"): (_VALUE_KEYS, Value),
}
KEYS_OF: Mapping[type, Mapping[str, str]] = {Scheme: _SCHEME_KEYS, **{kind: keys for keys, kind in _NESTED.values()}}
"""The keys of each kind of table in the file, with the names of the fields that they become."""
_KEYED = (Label, Layer, RelationType, Value)
