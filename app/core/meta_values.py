"""Values of a document's metadata as people type them into a table."""

from typing import Any

import msgspec

from app.core.decode_faults import DECODE_FAULTS
from app.core.document import meta_text

_LARGEST = 2**63 - 1


def single_value(value: object) -> str | int | float | None:
    """Return a single value of metadata as it is compared: a number as it is, true, false and text as they are typed;
    None for a list, an object or null.
    """
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _LARGEST:
        return value  # neither infinite nor NaN: JSON has neither
    return meta_text(value)


def shown_value(value: object) -> str:
    """Return a value as it is shown and typed: text as it is, anything else as JSON."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def typed_value(text: str, present: Any = "") -> Any:  # noqa: ANN401  whatever metadata may hold
    """Return the value that a text means, typed in place of a present one.

    An unchanged text keeps the value. What was no text, and still reads as JSON, stays of its kind; a number in its
    plain form is one; anything else is text.
    """
    if text == shown_value(present):
        return present
    try:
        value = msgspec.json.decode(text.encode("utf-8", "surrogatepass"))
    except DECODE_FAULTS:
        return text
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    is_plain = is_number and shown_value(value) == text
    return value if is_plain or not isinstance(present, str) else text
