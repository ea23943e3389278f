"""The escapes of WebAnno TSV 3: in values, where they keep separators apart, and in the text of sentences."""

import re
from collections.abc import Iterator

_VALUE = {"\\": "\\\\", "[": "\\[", "]": "\\]", "|": "\\|", "_": "\\_", ";": "\\;", "*": "\\*"}
_VALUE_MADE = {**{ord(char): escape for char, escape in _VALUE.items()}, 9: "\\t", 10: "\\n"}
_VALUE_READ = re.compile(r"\\(->|.)", re.DOTALL)
_TEXT_MADE = {9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 8: "\\b", 92: "\\\\"}
# Java's escapes with octal numbers, up to three digits, the first of which is at most 3.
_JAVA = re.compile(r"\\(u+[0-9A-Fa-f]{4}|[0-3]?[0-7]{1,2}|.)", re.DOTALL)
_C = re.compile(r"\\(.)", re.DOTALL)
_NAMED = {"t": "\t", "n": "\n", "f": "\f", "r": "\r", "b": "\b"}


def escaped_value(value: str) -> str:
    """Return a value as a cell has it."""
    return value.translate(_VALUE_MADE).replace("->", "\\->")


def unescaped_value(cell: str) -> str:
    """Return the value of a part of a cell."""
    return _VALUE_READ.sub(lambda found: {"t": "\t", "n": "\n"}.get(found[1], found[1]), cell)


def escaped_text(line: str) -> str:
    """Return a line of a text as `#Text=` has it."""
    return "".join(
        _TEXT_MADE.get(ord(char), f"\\{char}" if ord(char) < 32 else char)  # noqa: PLR2004  control characters
        for char in line
    )


def unescaped_text(line: str, minor: int) -> str:
    """Return a line of a text; `minor` is the y of version 3.y. Up to 3.1 the escapes are Java's, which names other
    characters by number, as surrogates where needed.
    """
    if "\\" not in line:
        return line
    if minor >= 2:  # noqa: PLR2004  version 3.2
        return _C.sub(lambda found: _NAMED.get(found[1], found[1]), line)
    read = _JAVA.sub(lambda found: _java(found[1]), line)
    return read.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def _java(escape: str) -> str:
    if escape[0] == "u" and len(escape) > 1:
        return chr(int(escape[-4:], 16))
    return chr(int(escape, 8)) if escape.isascii() and escape.isdigit() else _NAMED.get(escape, escape)


def split(cell: str, separator: str) -> list[str]:
    """Return the parts of a cell between separators (of one character) that aren't escaped."""
    if separator not in cell:
        return [cell]
    bounds = [-1, *_plain(cell, separator), len(cell)]
    return [cell[start + 1 : end] for start, end in zip(bounds, bounds[1:], strict=False)]


def _plain(cell: str, char: str) -> Iterator[int]:
    at = 0
    while at < len(cell):
        if cell[at] == "\\":
            at += 1
        elif cell[at] == char:
            yield at
        at += 1


def bracketed(part: str) -> tuple[str, str]:
    """Return a part without the brackets at its end, and what is in them; "" if there are none."""
    if not part.endswith("]"):
        return part, ""
    opened = list(_plain(part, "["))
    closed = list(_plain(part, "]"))
    if not opened or not closed or closed[-1] != len(part) - 1:
        return part, ""
    return part[: opened[-1]], part[opened[-1] + 1 : -1]


def arrow(part: str) -> tuple[str, str]:
    """Return what is before and behind the last `->` that isn't escaped; "" behind if there is none."""
    for at in reversed(list(_plain(part, "-"))):
        if part.startswith("->", at):
            return part[:at], part[at + 2 :]
    return part, ""
