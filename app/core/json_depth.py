"""How deep values of JSON are nested: too deep a one can be written but not read again."""

from typing import Any

DEEPEST = 64
"""The maximum nesting of objects and lists: a project must be able to encode them again deep in a call stack."""


def is_too_deep(value: object, levels: int = DEEPEST) -> bool:
    """Return whether lists and objects are nested more than `levels` deep."""
    if isinstance(value, dict):
        items: Any = value.values()  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    elif isinstance(value, list):
        items = value  # pyright: ignore[reportUnknownVariableType]
    else:
        return False
    return levels == 0 or any(is_too_deep(item, levels - 1) for item in items)
