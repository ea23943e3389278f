"""The encoding of a page: what its bytes, its sender or the page itself say."""

import codecs
import re
from typing import NamedTuple

from app.core.byte_order_mark import known_encoding, marked_encoding
from app.core.errors import BadChoice
from app.exchange.encoded_text import OtherEncoding
from app.exchange.source import Source
from app.exchange.text_encodings import EncodingChoices

_LOOKED_AT = 4096
_DECLARED = re.compile(
    rb"""<meta[^>]+charset\s*=\s*["']?\s*([\w.:-]+)|^\s*<\?xml[^>]+encoding\s*=\s*["']([\w.:-]+)""", re.IGNORECASE
)
_MOST_REPLACED = 5
_REPLACED_SHARE = 2_000  # bytes for each one more that is replaced

# Browsers read these as the encodings of Windows that extend them (WHATWG Encoding Standard, section 4.2).
_AS_BROWSERS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
    "iso8859-11": "cp874",
    "shift_jis": "cp932",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}


class Decoded(NamedTuple):
    """The text of a page, and how many bytes of it aren't in its encoding and became U+FFFD."""

    markup: str
    replaced: int = 0


def decoded(
    data: bytes, source: Source, encoding: str | EncodingChoices | None, *, sender: str | None = None
) -> Decoded:
    """Return the text of a page. `encoding` is what a person said of files that don't tell theirs, `sender` what came
    with the page, as in MHTML.

    Raises OtherEncoding for a page that doesn't tell its encoding and isn't UTF-8.
    """
    marked = marked_encoding(data)
    if marked is not None:
        return _replaced(data, marked)
    for name in (_usual(sender or ""), declared_encoding(data)):
        if name is not None:
            found = _replaced(data, name)
            if found.replaced <= _MOST_REPLACED + len(data) // _REPLACED_SHARE:
                return found
    try:
        return Decoded(data.decode())
    except UnicodeDecodeError as error:
        given = encoding.of(source.path, data) if isinstance(encoding, EncodingChoices) else encoding
        if given is not None:
            return _replaced(data, given)
        what = f"the page doesn't say its encoding, and isn't UTF-8: byte {error.start} is 0x{data[error.start]:02x}"
        line = data.count(b"\n", 0, error.start) + 1
        raise OtherEncoding(what, path=source.path, line=line) from error


def declared_encoding(data: bytes) -> str | None:
    """Return the encoding that a page says it is in, None if it says none that is known."""
    found = _DECLARED.search(data[:_LOOKED_AT])
    name = _usual((found[1] or found[2]).decode("ascii", "replace")) if found else None
    # What could be read so far is ASCII, so it isn't that.
    return "utf-8" if name is not None and name.startswith(("utf-16", "utf-32")) else name


def _usual(name: str) -> str | None:
    try:
        known = known_encoding(name) if name else None
    except BadChoice:
        return None
    return _AS_BROWSERS.get(known or "", known)


def _replaced(data: bytes, encoding: str) -> Decoded:
    try:
        return Decoded(data.decode(encoding))
    except UnicodeDecodeError:
        text = codecs.decode(data, encoding, "replace")
        return Decoded(text, max(1, text.count("\ufffd")))
