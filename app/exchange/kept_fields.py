"""What a project keeps of a foreign file because it has no place of its own for it."""

from collections.abc import Mapping
from typing import Any, TypeVar, cast

import msgspec

from app.core.document_description import key_problem
from app.exchange.report import Report

_T = TypeVar("_T")


def kept_of(extra: Mapping[str, Any], format: str) -> Mapping[str, Any]:
    """Return what is kept of a document or mark for a format, from its `extra`; empty if nothing is."""
    found = extra.get(format)
    return cast("Mapping[str, Any]", found) if isinstance(found, Mapping) else {}


def metadata_of(values: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Return the values that can be metadata of a document; the report is told of keys that can't."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        problem = key_problem(key)
        if problem is None:
            found[key] = value
        else:
            report.note("key", "keys that metadata can't have, left out", f"“{key[:40]}”: {problem}")
    return found


def kept_as(extra: Mapping[str, Any], format: str, shape: type[_T]) -> _T | None:
    """Return what is kept for a format in the shape that its reader gives it; None if nothing is.

    An `extra` may come from anywhere: what hasn't that shape counts as nothing.
    """
    if format not in extra:
        return None
    try:
        return msgspec.convert(extra[format], shape)
    except msgspec.ValidationError:
        return None


def to_keep(value: msgspec.Struct) -> dict[str, Any]:
    """Return what a reader keeps as plain values, for `extra`."""
    return msgspec.to_builtins(value)
