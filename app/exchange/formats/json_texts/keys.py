"""What is said of the key that has the texts of a file's objects."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.core.errors import FormatError
from app.exchange.text_column import FoundBy, TextColumn, in_quotes


def why_key(key: TextColumn) -> str:
    """Return why a key is taken for that of the text."""
    if key.by is FoundBy.NAME:
        return f"its objects have “{key.name}”"
    return f"“{key.name}” has {'the only' if key.by is FoundBy.ONLY else 'the longest'} texts of its objects"


def no_text(objects: Sequence[Mapping[str, Any]], key: str = "") -> FormatError:
    """Return the error for objects without a text, which names their keys; `key` is the one where it should be."""
    keys = in_quotes(name for each in objects for name in each)
    what = f"there is no text under “{key}”" if key else "no key looks like that of a text"
    hint = "say which key has the text: --format json --map-column text=KEY"
    in_window = "choose the format “JSON of texts”, and the key of the text"
    return FormatError(f"{what}; the keys are: {keys}", hint=hint, in_window=in_window)
