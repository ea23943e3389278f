"""Names of types and features from a stranger's file, before they reach the library: it makes Python code of them.

Features that are named like a word of Python's own, such as `from`, get a `_` there, and lose it when they are read.
"""

import json
import keyword
import re
from collections.abc import Iterable
from typing import Any, cast
from xml.etree import ElementTree

from app.core.errors import FormatError

# UIMA's names are those of Java; https://uima.apache.org/d/uimaj-current/references.html#ugr.ref.xml.component_descriptor
_FEATURE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,199}")
_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*){0,50}(\[\])?")
_RESERVED = ("self", "type")
"""Names that the library changes itself."""
_MARKS = ("@", "#", "^")
_SPACE = "{http://uima.apache.org/resourceSpecifier}"


def accessor(feature: str) -> str:
    """Return the name under which the library has a feature."""
    return f"{feature}_" if keyword.iskeyword(feature) or feature in _RESERVED else feature


def plain(name: str) -> str:
    """Return a feature's own name."""
    bare = name.removesuffix("_")
    return bare if bare != name and accessor(bare) == name else name


def declared(feature: str) -> str:
    """Return the name under which a feature is added to the library's types, which change some themselves."""
    return feature if feature in _RESERVED else accessor(feature)


def check_feature(name: object) -> str:
    """Return a feature's name. Raises FormatError unless it is one."""
    if not isinstance(name, str) or not _FEATURE.fullmatch(name):
        raise FormatError(f"“{str(name)[:40]}” isn't the name of a feature", hint="use letters, digits and “_”")
    return name


def check_type(name: object) -> str:
    """Return a type's name. Raises FormatError unless it is one."""
    if not isinstance(name, str) or not _TYPE.fullmatch(name):
        raise FormatError(f"“{str(name)[:40]}” isn't the name of a type", hint="use letters, digits, “_” and points")
    return name


def safe_json(text: str) -> str:
    """Return a CAS in JSON with names that the library can take. Raises FormatError for those that no tool has, and
    ValueError or RecursionError for what isn't JSON.
    """
    data = json.loads(text)
    types = _table(_table(data).get("%TYPES"))
    has_words = False
    for name, described in types.items():
        check_type(name)
        for key, feature in _table(described).items():
            if not key.startswith("%"):
                has_words |= keyword.iskeyword(check_feature(key))
                check_type(_table(feature).get("%RANGE"))
    if not has_words:
        return text
    for described in types.values():
        _rename(cast("dict[str, Any]", described))
    structures = _table(data).get("%FEATURE_STRUCTURES")
    is_list = isinstance(structures, list)
    items = cast("list[object]", structures) if is_list else list(_table(structures).values())
    for item in items:
        _rename(_table(item))
    return json.dumps(data)


def _table(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _rename(table: dict[str, Any]) -> None:
    """Give the keys of a table that are words of Python's their `_`."""
    for key in list(table):
        mark = key[0] if key.startswith(_MARKS) else ""
        name = key[len(mark) :]
        if keyword.iskeyword(name):
            value = table.pop(key)
            table[f"{mark}{accessor(name)}"] = value
            if isinstance(value, dict) and "%NAME" in value:
                value["%NAME"] = accessor(name)


def safe_type_system(data: bytes) -> bytes:
    """Return a type system with names that the library can take. Raises FormatError and SyntaxError."""
    root = ElementTree.fromstring(data)
    has_words = False
    for type_ in root.iter(f"{_SPACE}typeDescription"):
        check_type(_text(type_, "name"))
        check_type(_text(type_, "supertypeName"))
        for feature in type_.iter(f"{_SPACE}featureDescription"):
            name = feature.find(f"{_SPACE}name")
            found = check_feature(_text(feature, "name"))
            check_type(_text(feature, "rangeTypeName"))
            if name is not None and keyword.iskeyword(found):
                has_words = True
                name.text = accessor(found)
    return ElementTree.tostring(root, "utf-8") if has_words else data


def _text(node: ElementTree.Element, name: str) -> str:
    found = node.find(f"{_SPACE}{name}")
    return ((found.text if found is not None else None) or "").strip()


def safe_xmi(data: bytes, attributes: Iterable[str]) -> bytes:
    """Return XMI whose elements have `attributes` and lists with names that the library can take."""
    words = {name for name in attributes if keyword.iskeyword(name)}
    if not words:
        return data
    root = ElementTree.fromstring(data)
    for node in root:
        for name in words.intersection(node.keys()):
            node.set(accessor(name), node.attrib.pop(name))
        for child in node:
            if child.tag in words:
                child.tag = accessor(child.tag)
    return ElementTree.tostring(root, "utf-8", xml_declaration=True)
