"""What a person may call a document, and say of it in its metadata."""

import unicodedata
from collections.abc import Mapping
from typing import Any

from app.core.errors import EditRejected
from app.core.json_depth import DEEPEST, is_too_deep
from app.core.record import META_EXTRA

LONGEST_NAME = 1000
_UNSTORABLE = ("Cc", "Cs")  # control characters and lone surrogates


def name_problem(name: str) -> str | None:
    """Return why a document can't be called so, None if it can."""
    if not name.strip():
        return "the name is empty"
    if len(name) > LONGEST_NAME:
        return f"the name has {len(name):,} characters, but the most is {LONGEST_NAME:,}"
    if any(unicodedata.category(char) in _UNSTORABLE for char in name):
        return "the name contains a line break or another control character"
    return None


def key_problem(key: str) -> str | None:
    """Return why metadata can't have a key, None if it can."""
    if not key.strip():
        return "a key is empty"
    if key == META_EXTRA:
        return f"“{META_EXTRA}” is a key that only Stet uses"
    if len(key) > LONGEST_NAME:
        return f"a key has {len(key):,} characters, but the most is {LONGEST_NAME:,}"
    return None


def check_description(name: str, meta: Mapping[str, Any]) -> None:
    """Raise EditRejected for a name or metadata that a document can't have."""
    wrong = name_problem(name) or next((wrong for key in meta if (wrong := key_problem(key))), None)
    if wrong is not None:
        raise EditRejected(wrong, hint="choose another one")
    if is_too_deep(dict(meta)):
        raise EditRejected("the metadata are nested too deeply", hint=f"the maximum is {DEEPEST} levels")
