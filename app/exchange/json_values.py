"""Values of a foreign record under their keys, checked for their type."""

from collections.abc import Mapping
from typing import Any, cast

from app.core.errors import FormatError

_MOST_SHOWN = 12


def text_under(value: Mapping[str, Any], key: str) -> str:
    """Return the text under a key. Raises FormatError, which names the keys that are there, if it isn't one."""
    found = value.get(key)
    if isinstance(found, str):
        return found
    here = ", ".join(f"“{name[:40]}”" for name in list(value)[:_MOST_SHOWN])
    more = ", …" if len(value) > _MOST_SHOWN else ""
    raise FormatError(f"there is no text under “{key}”; the keys are: {here or 'none'}{more}", hint="add it")


def texts_under(value: Mapping[str, Any], key: str, where: str) -> list[str]:
    """Return the texts of a list under a key; a text by itself is a list of one. Raises FormatError."""
    found = value.get(key)
    items = cast("list[object]", found) if isinstance(found, list) else [found]
    texts = [each for each in items if isinstance(each, str)]
    if len(texts) < len(items):
        raise FormatError(f"{where}: “{key}” must be a text or a list of texts", hint="fix it")
    return texts


def objects_under(value: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """Return the objects of a list under a key, none if the key is missing or null. Raises FormatError."""
    found = value.get(key)
    if found is None:
        return []
    items = cast("list[object]", found) if isinstance(found, list) else [found]
    objects = [cast("dict[str, Any]", each) for each in items if isinstance(each, dict)]
    if not isinstance(found, list) or len(objects) < len(items):
        raise FormatError(f"“{key}” must be a list of objects", hint="fix it")
    return objects


def whole_number(value: object, where: str) -> int:
    """Return a whole number. Raises FormatError, which says where it was expected."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise FormatError(f"{where} isn't a whole number", hint="fix the offsets")


def id_text(value: object) -> str:
    """Return an id, which may be a number, as text; "" for anything else."""
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
