"""A piece of a text in a form that a text field shows and keeps as it is.

What a field would rewrite, or what nobody could see in it, is written as an escape.

Qt's fields make one line break of several kinds, drop byte order marks and noncharacters and turn no-break spaces into
others. So whatever isn't plain stands as `\\u00a0`, `\\r` or the like, and a backslash as two.
"""

import re
import unicodedata
from collections.abc import Iterator

_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\"}
_MEANINGS = {shown[1]: char for char, shown in _NAMED.items()}
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.?))", re.DOTALL)
_JOINERS = "\u200c\u200d"  # of Persian words and of emoji: seen by what they do
_OBJECT = "\ufffc"  # stands for a picture in a field


def line_end_of(text: str) -> str:
    """Return what a line break of a field stands for in a text: a line feed, or both characters if all lines end so."""
    return "\r\n" if "\r\n" in text and text.count("\n") == text.count("\r\n") else "\n"


def escaped(text: str, *, line_end: str = "\n") -> str:
    """Return a text as a field shows it; `line_end` is what its line breaks stand for."""
    return "\n".join("".join(_shown(line)) for line in text.split(line_end))


def _shown(line: str) -> Iterator[str]:
    for char in line:
        yield _NAMED.get(char) or (char if _is_plain(char) else _code(char))


def _code(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) <= 0xFFFF else f"\\U{ord(char):08x}"


def _is_plain(char: str) -> bool:
    if char.isascii():
        return char.isprintable()
    category = unicodedata.category(char)
    if category == "Zs":
        return char == "\u3000"
    is_tag = 0xE0020 <= ord(char) <= 0xE007F  # of flags
    return category not in ("Cc", "Cf", "Cn", "Cs", "Zl", "Zp") and char != _OBJECT or char in _JOINERS or is_tag


def unescaped(shown: str, *, line_end: str = "\n") -> str:
    """Return the text that a field shows. Raises ValueError, with the escape, for one that means nothing."""
    return _ESCAPE.sub(_meant, shown.replace("\n", line_end)) if line_end != "\n" else _ESCAPE.sub(_meant, shown)


def _meant(found: re.Match[str]) -> str:
    short, long, named = found.groups()
    if named is not None:
        if named not in _MEANINGS:
            raise ValueError(found[0])
        return _MEANINGS[named]
    code = int(short or long, 16)
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF or code == 0:
        raise ValueError(found[0])
    return chr(code)
