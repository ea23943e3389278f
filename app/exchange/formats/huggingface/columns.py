"""Which columns a data set that is written has, and where metadata go that aren't in a column."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import msgspec

from app.exchange.formats.huggingface.documents import META
from app.exchange.formats.huggingface.features import ClassLabels, ColumnType, ListOf, Struct

_LARGEST = 2**63
_SINGLE: dict[type, str] = {str: "string", bool: "bool", int: "int64", float: "float64"}


class MetadataColumns:
    """The columns of metadata. They are those of the first documents whose values are all of one type; what comes
    later, or is of another type, is in one column as text of JSON, since all rows of a data set have the same columns.
    """

    def __init__(self, first: Sequence[Mapping[str, Any]], taken: Iterable[str]) -> None:
        """`taken` are the names of columns that are there already."""
        others = {*taken, META}
        self.types: dict[str, ColumnType] = {}
        for key in dict.fromkeys(key for each in first for key in each):
            type_ = _common([each[key] for each in first if each.get(key) is not None])
            if key not in others and type_ is not None:
                self.types[key] = type_

    def values(self, meta: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values of all columns for a document's metadata."""
        found: dict[str, Any] = dict.fromkeys(self.types)
        rest: dict[str, Any] = {}
        for key, value in meta.items():
            if key in self.types and _fits(value, self.types[key]):
                found[key] = float(value) if self.types[key] == "float64" and value is not None else value
            else:
                rest[key] = value
        return {**found, META: msgspec.json.encode(rest).decode() if rest else None}


def _common(values: Sequence[object]) -> ColumnType | None:
    """Return the type that all values have, None if there is none that a column can have."""
    types = {_type_of(each) for each in values}
    if types == {"int64", "float64"}:
        return "float64"
    if len(types) == 1:
        return types.pop()
    if types and all(isinstance(each, ListOf) for each in types):
        types.discard(_EMPTY)
        return types.pop() if len(types) == 1 else None
    return None


_EMPTY = ListOf("string")  # a list without items may be of any type


def _type_of(value: object) -> ColumnType | None:
    if isinstance(value, list):
        items = cast("list[object]", value)
        kinds = {_type_of(each) for each in items}
        kind = kinds.pop() if len(kinds) == 1 else None
        return _EMPTY if not items else (ListOf(kind) if isinstance(kind, str) else None)
    if type(value) is int and not -_LARGEST <= value < _LARGEST:
        return None
    return _SINGLE.get(type(value))


def _fits(value: object, type_: ColumnType) -> bool:
    found = _type_of(value)
    is_number = type_ == "float64" and found == "int64"
    return value is None or found == type_ or is_number or (found == _EMPTY and isinstance(type_, ListOf))


def arrow_type(type_: ColumnType, library: Any) -> Any:  # noqa: ANN401  of the library
    """Return the type of a column in the words of pyarrow."""
    match type_:
        case ClassLabels():
            return library.int64()
        case ListOf(inner):
            return library.list_(arrow_type(inner, library))
        case Struct(parts):
            return library.struct([(name, arrow_type(each, library)) for name, each in parts.items()])
        case str():
            return {"bool": library.bool_}.get(type_, getattr(library, type_, library.string))()
