"""The YAML at the beginning of a data set's card, as far as the Hub writes it: blocks of mappings, lists and scalars.

Anchors, tags and texts of several lines aren't read; what isn't understood is left out.
"""

import re
from typing import Any, NamedTuple, cast

import msgspec

from app.core.decode_faults import DECODE_FAULTS

_FENCE = "---"
_MOST_LINES = 200_000
_DEEPEST = 40
_KEY = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s:#&*!|>'"{}\[\],][^:#]*?)\s*:(?:\s+(.*))?""")


class _Line(NamedTuple):
    indent: int
    text: str


def header_of(card: str) -> dict[str, Any]:
    """Return the mapping at the beginning of a card, empty if there is none."""
    lines = card.removeprefix("\ufeff").split("\n")[:_MOST_LINES]
    if not lines or lines[0].rstrip() != _FENCE:
        return {}
    inside: list[_Line] = []
    for line in lines[1:]:
        if line.rstrip() == _FENCE:
            break
        text = line.rstrip()
        stripped = text.lstrip(" ")
        if stripped and not stripped.startswith("#"):
            inside.append(_Line(len(text) - len(stripped), stripped))
    found = _Blocks(inside).block(0, 0)
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


class _Blocks:
    """Reads blocks of lines by their indents."""

    def __init__(self, lines: list[_Line]) -> None:
        self._lines = lines
        self._at = 0

    def block(self, indent: int, depth: int) -> Any:  # noqa: ANN401  whatever YAML has
        """Return the mapping or list that begins at the present line, of this indent."""
        if self._at < len(self._lines) and self._lines[self._at].text.startswith("- "):
            return self._list(indent, depth)
        return self._mapping(indent, depth)

    def _mapping(self, indent: int, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while self._at < len(self._lines) and self._lines[self._at].indent >= indent:
            line = self._lines[self._at]
            if line.text == "-" or line.text.startswith("- "):
                break
            self._at += 1
            parts = _KEY.fullmatch(line.text)
            if line.indent > indent or parts is None:
                continue  # a text of several lines, or something that isn't read
            found[_scalar_text(parts[1])] = self._value(parts[2] or "", indent, depth)
        return found

    def _list(self, indent: int, depth: int) -> list[Any]:
        found: list[Any] = []
        while self._at < len(self._lines) and self._lines[self._at].indent == indent:
            line = self._lines[self._at]
            if line.text != "-" and not line.text.startswith("- "):
                break
            rest = line.text[1:].lstrip()
            inner = indent + len(line.text) - len(rest)
            if rest and _KEY.fullmatch(rest):
                # The item is a mapping, whose first key stands behind the dash.
                self._lines[self._at] = _Line(inner, rest)
                found.append(self.block(inner, depth + 1) if depth < _DEEPEST else None)
            else:
                self._at += 1
                found.append(_scalar(rest) if rest else self._below(indent, depth))
        return found

    def _value(self, text: str, indent: int, depth: int) -> Any:  # noqa: ANN401  whatever YAML has
        return _scalar(text) if text and not text.startswith("#") else self._below(indent, depth)

    def _below(self, indent: int, depth: int) -> Any:  # noqa: ANN401  whatever YAML has
        """Return the block under a line of this indent, None if there is none. Lists may stand at the same indent."""
        if self._at >= len(self._lines) or depth >= _DEEPEST:
            return None
        line = self._lines[self._at]
        is_list = line.text == "-" or line.text.startswith("- ")
        return (
            self.block(line.indent, depth + 1) if line.indent > indent or (is_list and line.indent == indent) else None
        )


def _scalar(text: str) -> Any:  # noqa: ANN401  a text, a number, or a list in brackets
    if text.startswith("[") and text.endswith("]"):
        return [_scalar_text(each.strip()) for each in text[1:-1].split(",") if each.strip()]
    return _scalar_text(text)


def _scalar_text(text: str) -> str:
    """Return a scalar as text, without quotes and comments."""
    if text.startswith('"'):
        try:
            return msgspec.json.decode(text.encode("utf-8", "replace"), type=str)
        except DECODE_FAULTS:
            return text.strip('"')
    if text.startswith("'"):
        return text.strip("'").replace("''", "'")
    return text.partition(" #")[0].strip()
