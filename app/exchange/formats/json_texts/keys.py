"""Which key of a file's objects has the text."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.core.errors import FormatError

TEXT = "text"
_USUAL = (
    "body",
    "content",
    "document",
    "article",
    "sentence",
    "passage",
    "paragraph",
    "review",
    "abstract",
    "raw_text",
)
_SENTENCE = 20  # characters from which a string without a blank may be a text
_MOST_SHOWN = 12


class TextKey(NamedTuple):
    """A key, and why it is taken for that of the text; `is_sure` if it is called so."""

    key: str
    why: str
    is_sure: bool


def text_key(objects: Sequence[Mapping[str, Any]]) -> TextKey | None:
    """Return the key of the text in a file's first objects: `text` or another usual name, else the only key with texts,
    else the one with the longest. None if no key has what looks like a text, or several are alike.
    """
    for name in (TEXT, *_USUAL):
        found = next((key for each in objects for key, value in each.items() if _is_named(key, value, name)), None)
        if found is not None:
            return TextKey(found, f"its objects have “{found}”", is_sure=True)
    lengths: dict[str, int] = {}
    for each in objects:
        for key, value in each.items():
            if isinstance(value, str) and _looks_like_text(value):
                lengths[key] = lengths.get(key, 0) + len(value)
    longest = sorted(lengths, key=lambda key: -lengths[key])
    if not longest or (len(longest) > 1 and lengths[longest[0]] == lengths[longest[1]]):
        return None
    why = f"“{longest[0]}” has {'the only' if len(longest) == 1 else 'the longest'} texts of its objects"
    return TextKey(longest[0], why, is_sure=False)


def _is_named(key: str, value: object, name: str) -> bool:
    return key.casefold() == name and isinstance(value, str)


def _looks_like_text(value: str) -> bool:
    """Whether a string may be a text: it has words, or is as long as a sentence of a script without blanks."""
    words = value.split()
    is_address = len(words) == 1 and value.isascii()
    return not is_address and (len(words) > 2 or len(value) >= _SENTENCE)  # noqa: PLR2004  a name has two words


def no_text(objects: Sequence[Mapping[str, Any]], key: str = "") -> FormatError:
    """Return the error for objects without a text, which names their keys; `key` is the one where it should be."""
    keys = dict.fromkeys(name for each in objects for name in each)
    shown = ", ".join(f"“{name[:40]}”" for name in list(keys)[:_MOST_SHOWN])
    more = ", …" if len(keys) > _MOST_SHOWN else ""
    what = f"there is no text under “{key}”" if key else "no key looks like that of a text"
    hint = "say which key has the text: --format json --map-column text=KEY"
    in_window = "choose the format “JSON of texts”, and the key of the text"
    return FormatError(f"{what}; the keys are: {shown or 'none'}{more}", hint=hint, in_window=in_window)
