"""What a project keeps of a foreign file because it has no place of its own for it."""

from collections.abc import Mapping
from typing import Any, cast


def kept_of(extra: Mapping[str, Any], format: str) -> Mapping[str, Any]:
    """Return what is kept of a document or mark for a format, from its `extra`; empty if nothing is."""
    found = extra.get(format)
    return cast("Mapping[str, Any]", found) if isinstance(found, Mapping) else {}
