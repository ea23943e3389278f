"""Byte order marks: what editors and shells on Windows put before a text, and how to read one that has it."""

import codecs

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


def decode_marked(data: bytes) -> str:
    """Return a text in UTF-8, or in the encoding that its byte order mark tells. Raises UnicodeDecodeError."""
    return data.decode(marked_encoding(data) or "utf-8")
