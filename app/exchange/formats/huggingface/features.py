"""The features of a data set: which of its columns hold numbers that stand for names.

They are told in three places: the metadata of Parquet and Arrow files, `dataset_info.json`, and the YAML of the card.
https://huggingface.co/docs/datasets/about_dataset_features
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, cast

import msgspec

METADATA = b"huggingface"
CLASS_LABEL, SEQUENCE, VALUE = "ClassLabel", "Sequence", "Value"
_LISTS = (SEQUENCE, "List", "LargeList")
_MOST_NAMES = 100_000

ClassNames = Mapping[str, list[str]]
"""The names that the numbers of a column stand for, by column."""


def names_in_metadata(metadata: Mapping[bytes, bytes] | None) -> ClassNames:
    """Return the names told by the metadata of an Arrow schema; none if it isn't Hugging Face's."""
    info = _object(_decoded((metadata or {}).get(METADATA, b"")).get("info"))
    return _of_features(_object(info.get("features")))


def names_in_info(data: bytes) -> ClassNames:
    """Return the names told by a `dataset_info.json`, or by a `dataset_infos.json` that has several by name."""
    found = _decoded(data)
    infos = [found] if "features" in found else [_object(each) for each in found.values()]
    names: dict[str, list[str]] = {}
    for info in infos:
        names.update(_of_features(_object(info.get("features"))))
    return names


def names_in_card(header: Mapping[str, Any]) -> ClassNames:
    """Return the names told by the YAML of a card, which has one `dataset_info` or a list of them."""
    given = header.get("dataset_info")
    infos = cast("list[object]", given) if isinstance(given, list) else [given]
    names: dict[str, list[str]] = {}
    for info in infos:
        features = _object(info).get("features")
        for each in cast("list[object]", features) if isinstance(features, list) else []:
            feature = _object(each)
            found = _yaml_names(feature)
            if found and isinstance(feature.get("name"), str):
                names[feature["name"]] = found
    return names


def _of_features(features: Mapping[str, Any]) -> ClassNames:
    return {column: names for column, feature in features.items() if (names := _json_names(feature))}


def _json_names(feature: object) -> list[str]:
    """Return the names of a feature that is numbers with names, or a list of such."""
    if isinstance(feature, list):  # a list, as older versions wrote it
        items = cast("list[object]", feature)
        return _json_names(items[0]) if len(items) == 1 else []
    found = _object(feature)
    if found.get("_type") == CLASS_LABEL:
        return _names(found.get("names"))
    return _json_names(found.get("feature")) if found.get("_type") in _LISTS else []


def _yaml_names(feature: Mapping[str, Any]) -> list[str]:
    """Return the names of a feature in a card: `class_label`, itself or below `dtype`, `sequence` or `list`."""
    label: object = feature.get("class_label")
    if label is not None:
        return _names(_object(label).get("names"))
    for key in ("dtype", "sequence", "list"):
        inner = _object(feature.get(key))
        if inner:
            return _yaml_names(inner)
    return []


def _names(value: object) -> list[str]:
    """Return names given as a list, or by their numbers."""
    if isinstance(value, list):
        items = [str(each) for each in cast("list[object]", value)]
        return items[:_MOST_NAMES]
    given = _object(value)
    numbered = {int(key): str(name) for key, name in given.items() if key.isascii() and key.isdigit() and len(key) < 9}
    return [numbered[at] for at in range(len(numbered))] if set(numbered) == set(range(len(numbered))) else []


def _decoded(data: bytes) -> dict[str, Any]:
    try:
        return _object(msgspec.json.decode(data)) if data else {}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}  # without names: what needs them says so


def _object(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


class ClassLabels(NamedTuple):
    """A column of numbers that stand for names."""

    names: list[str]


class ListOf(NamedTuple):
    """A column of lists."""

    of: "ColumnType"


class Struct(NamedTuple):
    """A column of structs, with the types of their parts."""

    parts: dict[str, "ColumnType"]


ColumnType = str | ClassLabels | ListOf | Struct
"""What a column has: a type such as `string` or `int64`, or one of the above."""


def feature_of(type_: ColumnType) -> Any:  # noqa: ANN401  JSON
    """Return the feature of a column in JSON."""
    match type_:
        case ClassLabels(names):
            return {"names": names, "_type": CLASS_LABEL}
        case ListOf(Struct() as inner):
            return [feature_of(inner)]  # so that it isn't read as a struct of lists
        case ListOf(inner):
            return {"feature": feature_of(inner), "_type": SEQUENCE}
        case Struct(parts):
            return {key: feature_of(each) for key, each in parts.items()}
        case str():
            return {"dtype": type_, "_type": VALUE}


def yaml_lines(name: str, type_: ColumnType, indent: str = "  ") -> Iterator[str]:
    """Yield the lines of a feature in the YAML of a card."""
    yield f"{indent}- name: {quoted(name)}"
    yield from _yaml_of(type_, indent + "  ", "dtype")


def _yaml_of(type_: ColumnType, indent: str, key: str) -> Iterator[str]:
    match type_:
        case ClassLabels(names):
            yield f"{indent}{key}:"
            yield f"{indent}  class_label:"
            yield f"{indent}    names:"
            yield from (f"{indent}      '{at}': {quoted(name)}" for at, name in enumerate(names))
        case ListOf(Struct(parts)):
            yield f"{indent}list:"
            for name, each in parts.items():
                yield from yaml_lines(name, each, indent)
        case ListOf(inner):
            yield from _yaml_of(inner, indent, "sequence")
        case Struct(parts):
            yield f"{indent}struct:"
            for name, each in parts.items():
                yield from yaml_lines(name, each, indent)
        case str():
            yield f"{indent}{key}: {type_}"


def quoted(text: str) -> str:
    """Return a text as a scalar of YAML, in quotes if it could be read as something else: JSON's strings are such."""
    is_plain = len(text) > 1 and text.isascii() and text.isidentifier() and text.casefold() not in _WORDS
    return text if is_plain else msgspec.json.encode(text).decode()


_WORDS = frozenset(("true", "false", "null", "yes", "no", "on", "off"))
