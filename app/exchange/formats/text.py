"""Plain text files: one document each, kept exactly as it is."""

import codecs
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.core.byte_order_mark import marked_encoding
from app.core.document import Document, check_storable, sha256
from app.core.errors import FormatError, TextRefused
from app.core.free_memory import shortage
from app.core.record import DocumentRecord
from app.exchange.encoded_text import OtherEncoding, chosen_encoding
from app.exchange.format import LARGEST, Claim, Format, Reader, ReadOptions
from app.exchange.source import Source, read_failed
from app.exchange.text_encodings import EncodingChoices

_SMALL = 32 * 1024 * 1024  # bytes for which there is memory enough
_TIMES = 12  # bytes of memory for each of a text: several copies of four bytes a character if it has an emoji


class TextReader(Reader):
    """Reads `.txt` and `.md` files in UTF-8, or in UTF-16 with a byte order mark. Line ends are kept."""

    suffixes = (".txt", ".text", ".md")

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take what has one of the suffixes, and nothing else claims."""
        suffix = path.suffix.lower()
        return Claim(f"its name ends in {suffix}", weak=True) if suffix in self.suffixes else None

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the one document. Its name is that of the source, suffix included."""
        options.at(1, 0)
        try:
            document = text_document(source.path, source.name, options.encoding)
        except FormatError as error:
            options.refuse(error)
            return
        if not document.text:
            options.report.note("empty", "empty files, imported as empty documents", str(source.path))
        elif document.text.isspace():
            options.report.note("blank", "files with only white space", str(source.path))
        yield DocumentRecord(document)


def text_document(path: Path, name: str, encoding: str | EncodingChoices | None) -> Document:
    """Return the document of a text file, without an id. Raises FormatError for what can't be stored as a text."""
    try:
        with path.open("rb") as file:
            size = min(os.fstat(file.fileno()).st_size, LARGEST)
            if size > _SMALL and (why := shortage(_TIMES * size)):
                what = f"the text of {size / 1024**2:,.0f} MB can't be read: {why}"
                raise FormatError(what, hint="close other programs, or split it into several files", path=path)
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise read_failed(path, error) from error
    if len(data) > LARGEST:
        limit = f"{LARGEST // 1024**2} MiB"
        raise FormatError(f"the text is larger than {limit}", hint="split it into several files", path=path)
    _check_name(name, path)
    encoding = chosen_encoding(path, data, encoding, lambda: _is_utf8(data))
    text, meta = decode(data, path, encoding)
    try:
        check_storable(text)
    except TextRefused as error:
        hint = "it may not be text, or may be UTF-16 without a byte order mark" if "NUL" in error.what else error.hint
        raise FormatError(error.what, hint=hint, path=path, line=error.line) from error
    return Document(uid="", name=name, text=text, sha256=sha256(text), meta=meta)


def _check_name(name: str, path: Path) -> None:
    try:
        check_storable(name)
    except TextRefused as error:
        shown = path.as_posix().encode("utf-8", "backslashreplace").decode()
        raise FormatError("the file's name isn't valid Unicode", hint="rename the file", path=shown) from error


def decode(data: bytes, path: Path, given: str | None = None) -> tuple[str, dict[str, Any]]:
    """Return the text of a file's bytes, and metadata on its encoding.

    A byte order mark tells the encoding; what is UTF-8 beyond ASCII is UTF-8; the rest is in the `given` encoding.
    Raises FormatError with byte and line if the bytes are in none of these.
    """
    encoding = marked_encoding(data) or "utf-8"
    meta: dict[str, Any] = {}
    if encoding == "utf-32":
        raise FormatError("the text is in UTF-32", hint="save it as UTF-8", path=path, line=1)
    if encoding == "utf-16":
        meta = {"encoding": "utf-16"}
    elif encoding == "utf-8-sig":
        meta = {"bom": True}
    if given is not None and encoding == "utf-8" and (data.isascii() or not _is_utf8(data)):
        # Some encodings, such as ISO-2022-JP, are made of ASCII bytes.
        encoding, meta = given, ({} if given in ("ascii", "utf-8") else {"encoding": given})
    try:
        return data.decode(encoding), meta
    except UnicodeDecodeError as error:
        start = error.start + (len(codecs.BOM_UTF8) if encoding == "utf-8-sig" else 0)
        raise _undecodable(data, start, encoding, path) from error


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _undecodable(data: bytes, start: int, encoding: str, path: Path) -> FormatError:
    if encoding == "utf-16":
        return FormatError(f"not UTF-16 at byte {start}", hint="the file is damaged or truncated", path=path)
    line = data.count(b"\n", 0, start) + 1
    if encoding not in ("utf-8", "utf-8-sig"):
        return OtherEncoding(f"not {encoding} at byte {start}", path=path, line=line, tried=encoding)
    return OtherEncoding(f"not UTF-8: byte {start} is 0x{data[start]:02x}", path=path, line=line)


FORMAT = Format(
    "text", "Plain text", TextReader(), summary="text files, one document each", help_page="command-line.md"
)
