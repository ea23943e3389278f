"""Byte order marks: what editors and shells on Windows put before a text, and how to read one that has it."""

import codecs

from app.core.errors import BadChoice

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def marked_encoding(data: bytes) -> str | None:
    """Return the encoding that a text's byte order mark tells, None if it has none; decoding by it drops the mark."""
    return next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)


_NO_TEXT = frozenset(("idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"))


def known_encoding(name: str) -> str:
    """Return the usual name of an encoding that a person named. Raises BadChoice if there is no such one."""
    hint = "name one such as windows-1250, windows-1251, iso-8859-7, koi8-r, shift_jis, gb18030 or big5"
    try:
        found = codecs.lookup(name)
        "".encode(found.name)  # refuses what isn't an encoding of texts, such as base64
    except (LookupError, ValueError) as error:
        raise BadChoice(f"unknown encoding “{name[:40]}”", hint=hint) from error
    if found.name in _NO_TEXT:
        raise BadChoice(f"“{name}” isn't an encoding of texts", hint=hint)
    return found.name


def decode_marked(data: bytes) -> str:
    """Return a text in UTF-8, or in the encoding that its byte order mark tells. Raises UnicodeDecodeError."""
    return data.decode(marked_encoding(data) or "utf-8")
