"""Text files of which a person may have to say the encoding: which one it is, and the text as a stream."""

import codecs
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, TextIO

from app.core.byte_order_mark import marked_encoding
from app.core.errors import FormatError
from app.exchange.source import Source, read_failed
from app.exchange.text_encodings import READ_FIRST, EncodingChoices, hidden_encoding

_CHUNK = 1024 * 1024


class OtherEncoding(FormatError):
    """A text in another encoding than expected, which only a person can know; `tried` is that one, empty for UTF-8."""

    def __init__(self, what: str, *, path: Path, line: int, tried: str = "") -> None:
        hint = "name its encoding with --encoding NAME, or convert it: iconv -f ENCODING -t UTF-8 (see: iconv -l)"
        other = "name another encoding" if tried else hint
        super().__init__(what, hint=other, in_window="choose its encoding", path=path, line=line)
        self.tried = tried


def chosen_encoding(
    path: Path, start: bytes, encoding: str | EncodingChoices | None, is_utf8: Callable[[], bool]
) -> str | None:
    """Return what a person chose for a text without a byte order mark, None if nothing needs to be chosen.

    `start` are its first bytes, or all; `is_utf8` says whether all of them are valid UTF-8. Raises OtherEncoding if the
    text may be in an encoding whose bytes are valid UTF-8 too.
    """
    is_marked = marked_encoding(start) is not None
    hidden = hidden_encoding(start) if not is_marked and not isinstance(encoding, str) else None
    if isinstance(encoding, EncodingChoices):
        is_known = is_marked or (hidden is None and is_utf8())
        encoding = None if is_known else encoding.of(path, start)
    if hidden is not None and encoding is None:
        raise OtherEncoding(f"the text may be {hidden.title}", path=path, line=1)
    return encoding


def open_text(path: Path, encoding: str | EncodingChoices | None) -> TextIO:
    """Open a file to be read as text, with its line ends as they are and without its byte order mark.

    The mark tells the encoding; what is UTF-8 beyond ASCII is UTF-8; the rest is in the given encoding. Raises
    FormatError if the file can't be read, and OtherEncoding, with the line, if its bytes are in none of these. Reading
    may raise UnicodeDecodeError where the encoding is one that was marked or given: see `undecodable`.
    """
    with Source(path).open() as file:
        start = file.read(READ_FIRST)
        marked = marked_encoding(start)
        if marked == "utf-32":
            raise FormatError("the text is in UTF-32", hint="save it as UTF-8", path=path, line=1)
        wrong = _first_wrong(file, path) if marked is None else None
    chosen = marked
    if chosen is None:
        given = chosen_encoding(path, start, encoding, lambda: wrong is None)
        if wrong is not None and given is None:
            raise wrong
        # Some encodings, such as ISO-2022-JP, are made of ASCII bytes.
        chosen = given if given is not None and (wrong is not None or start.isascii()) else "utf-8"
    try:
        return path.open("r", encoding=chosen, newline="")
    except OSError as error:
        raise read_failed(path, error) from error


def undecodable(error: UnicodeDecodeError, path: Path, line: int) -> FormatError:
    """Return what to say of a text that can't be read to its end in its encoding; `line` is the last one before."""
    if error.encoding.startswith(("utf-8", "utf-16")):
        hint = "the file is damaged or truncated"
        return FormatError(f"not {error.encoding.upper()}: {error.reason}", hint=hint, path=path, line=line)
    return OtherEncoding(f"not {error.encoding}: {error.reason}", path=path, line=line, tried=error.encoding)


def _first_wrong(file: BinaryIO, path: Path) -> OtherEncoding | None:
    """Return the error at the first byte of a file that isn't UTF-8, None if all of it is."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    byte, line = 0, 1
    try:
        while chunk := file.read(_CHUNK):
            kept = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                at = max(0, error.start - kept)
                line += chunk.count(b"\n", 0, at)
                return OtherEncoding(f"not UTF-8: byte {byte + at} is 0x{chunk[at]:02x}", path=path, line=line)
            byte, line = byte + len(chunk), line + chunk.count(b"\n")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return OtherEncoding("not UTF-8: the last character is cut", path=path, line=line)
    except OSError as error:
        raise read_failed(path, error) from error
    return None
