"""Reading JSON element by element, in flat memory: the elements of an array, or objects that follow one another.

Exports of many tools are one array of any size, pretty-printed or on a single line; some hold one object only, or one a
line. Where an element ends is found by msgspec, which skips a value much faster than Python could.
"""

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol, TypeVar

import msgspec

from app.core.byte_order_mark import marked_encoding
from app.core.decode_faults import DECODE_FAULTS
from app.core.errors import FormatError
from app.exchange import json_lines
from app.exchange.format import LARGEST
from app.exchange.json_lines import JsonLine
from app.exchange.source import read_failed

_T = TypeVar("_T")

_CHUNK = 1024 * 1024  # bytes
_SPACE = re.compile(rb"[ \t\r\n]*")
_TRAILING = re.compile(r"trailing characters \(byte (\d+)\)")
_BYTE = re.compile(r" at byte (\d+) of the line")
_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
_SCALAR_END = re.compile(rb"[,\]}\s]")
_NEXT_OBJECT = re.compile(rb"\n(?=[{\[])")
_raw = msgspec.json.Decoder(msgspec.Raw)


class JsonElement(NamedTuple):
    """An element of an array, or an object of several. `number` counts from 1, as does the `line` on which it begins;
    `byte` is its offset in the file. `data` is what stands there, which may not be valid JSON.
    """

    number: int
    line: int
    byte: int
    data: bytes

    def in_one_line(self) -> str:
        """Return it without line breaks, for a file of rejected records."""
        if b"\n" not in self.data:
            return self.data.decode("utf-8", "replace")
        try:
            return msgspec.json.format(self.data, indent=-1).decode("utf-8", "replace")
        except DECODE_FAULTS:
            return re.sub(rb"\s*\n\s*", b" ", self.data).decode("utf-8", "replace")


class _Bytes(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Recoded:
    """The text of a file in another encoding, as UTF-8."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._text = io.TextIOWrapper(file, encoding=encoding, newline="")

    def read(self, size: int, /) -> bytes:
        return self._text.read(size).encode("utf-8", "surrogatepass")


def elements(path: Path) -> Iterator[JsonElement]:
    """Yield the elements of a file's array, or its objects if it isn't an array, such as JSON Lines.

    One that isn't valid JSON is yielded too, as far as its end can be told; `decode` says what is wrong with it. The
    file is UTF-8, or in the encoding that its byte order mark tells. Raises FormatError if the file can't be read, an
    element is longer than 512 MiB, or what stands between and behind the elements isn't JSON.
    """
    yield from _split(path, lambda splitter: splitter.elements())


def _split(path: Path, cut: Callable[["_Splitter"], Iterator[JsonElement]]) -> Iterator[JsonElement]:
    try:
        with path.open("rb") as file:
            encoding = marked_encoding(file.read(4))
            file.seek(3 if encoding == "utf-8-sig" else 0)
            start = file.tell()
            given: _Bytes = file if encoding in (None, "utf-8-sig") else _Recoded(file, encoding)
            yield from cut(_Splitter(given, path, start))
    except OSError as error:
        raise read_failed(path, error) from error
    except UnicodeDecodeError as error:
        hint = "the file is damaged or truncated; save it as UTF-8"
        raise FormatError(f"not {error.encoding.upper()}: {error.reason}", hint=hint, path=path) from error


def elements_of(path: Path, key: str) -> Iterator[JsonElement]:
    """Yield the elements of the array that a file's one object has under a key; its other keys are passed over.

    Raises FormatError as `elements` does.
    """
    yield from _split(path, lambda splitter: splitter.elements_of(key))


def is_array(head: bytes) -> bool:
    """Whether the first bytes of a file begin an array."""
    text = head.decode(marked_encoding(head) or "utf-8", "ignore").lstrip("\ufeff \t\r\n")
    return text.startswith("[")


def is_all_ascii(path: Path) -> bool:
    """Whether a file has no character beyond ASCII, not even an escaped one. Raises FormatError if it can't be read."""
    try:
        with path.open("rb") as file:
            # Where a chunk ends with a backslash, what it escapes isn't looked for.
            chunks = iter(lambda: file.read(_CHUNK), b"")
            return all(chunk.isascii() and b"\\u" not in chunk and chunk[-1:] != b"\\" for chunk in chunks)
    except OSError as error:
        raise read_failed(path, error) from error


def decode(element: JsonElement, decoder: "msgspec.json.Decoder[_T]", path: Path) -> _T:
    """Return the decoded element. Raises FormatError, which names its number and the line."""
    try:
        return json_lines.decode(JsonLine(element.line, element.byte, element.data, False), decoder, path)
    except FormatError as error:
        found = _BYTE.search(error.what)
        line = element.line + (element.data.count(b"\n", 0, int(found[1])) if found else 0)
        what = f"record {element.number:,}: {_BYTE.sub('', error.what)}"
        if element.data.startswith(b"["):
            what = f"record {element.number:,} is a list, where an object is expected"
        raise FormatError(what, hint="fix the record", path=path, line=line) from error


class _Splitter:
    """Reads chunks and cuts them. `_at` is the place in the buffer, `_line` that of `_at`."""

    def __init__(self, file: _Bytes, path: Path, start: int) -> None:
        self._file = file
        self._path = path
        self._buffer = b""
        self._before = start  # bytes of the file before the buffer
        self._at = 0
        self._line = 1
        self._is_whole = False  # the buffer ends where the file does

    def elements(self) -> Iterator[JsonElement]:
        first = self._next_sign()
        if first == b"[":
            self._move(self._at + 1)
            yield from self._of_array()
            return
        number = 0
        while self._next_sign():
            number += 1
            yield self._element(number, is_array=False)

    def elements_of(self, key: str) -> Iterator[JsonElement]:
        """Yield the elements of the array under a key of the object that the file is."""
        if self._next_sign() != b"{":
            raise self._wrong("the file isn't an object of JSON", "get the file again")
        wanted = msgspec.json.encode(key)
        sign = b","
        while sign == b",":
            self._move(self._at + 1)
            self._next_sign()
            name = self._element(0, is_array=True).data
            if self._next_sign() != b":":
                raise self._wrong("a key and a value are expected", "get the file again")
            self._move(self._at + 1)
            if self._next_sign() == b"[" and name == wanted:
                self._move(self._at + 1)
                yield from self._to_bracket()
            else:
                self._element(0, is_array=True)
            sign = self._next_sign()
        if sign != b"}":
            raise self._wrong("the object isn't closed: the file is truncated", "get the file again")

    def _of_array(self) -> Iterator[JsonElement]:
        yield from self._to_bracket()
        if self._next_sign():
            raise self._wrong("something follows the array", "keep one array only")

    def _to_bracket(self) -> Iterator[JsonElement]:
        """Yield the elements of an array whose bracket was passed, and pass the bracket that closes it."""
        number = 0
        sign = self._next_sign()
        while sign != b"]":
            if not sign:
                raise self._wrong("the array isn't closed: the file is truncated", "get the file again")
            if sign == b",":
                raise self._wrong("there is a comma too many", "remove it")
            number += 1
            yield self._element(number, is_array=True)
            sign = self._next_sign()
            if sign == b",":
                self._move(self._at + 1)
                sign = self._next_sign()
                if sign == b"]":
                    raise self._wrong("there is a comma after the last record", "remove it")
            elif sign not in (b"]", b""):
                raise self._wrong(f"a comma is missing after record {number:,}", "put one between the records")
        self._move(self._at + 1)

    def _element(self, number: int, *, is_array: bool) -> JsonElement:
        line, byte = self._line, self._before + self._at
        end = self._end(is_array=is_array)
        data = self._buffer[self._at : end]
        self._move(end)
        return JsonElement(number, line, byte, data.rstrip(b" \t\r\n"))

    def _end(self, *, is_array: bool) -> int:
        """Return where the value ends that begins here; that of one which isn't valid is a guess."""
        while True:
            try:
                _raw.decode(memoryview(self._buffer)[self._at :])
            except RecursionError:
                return self._end_of_invalid(is_array=is_array)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                found = _TRAILING.search(str(error))
                if found:
                    return self._at + int(found[1]) - 1  # msgspec counts the sign that is too many
                if "truncated" not in str(error):
                    return self._end_of_invalid(is_array=is_array)
                if self._is_whole:
                    return len(self._buffer) if is_array else self._end_of_invalid(is_array=False)
            else:
                if self._is_whole:
                    return len(self._buffer)
            self._read_more()

    def _end_of_invalid(self, *, is_array: bool) -> int:
        while True:
            end = self._closing() if is_array else self._before_next_object()
            if end is not None:
                return end
            if self._is_whole:
                return len(self._buffer)
            self._read_more()

    def _closing(self) -> int | None:
        """Return where the brackets that are open here are closed, strings aside; None if they aren't in the buffer."""
        if self._buffer[self._at : self._at + 1] not in (b"{", b"["):
            found = _SCALAR_END.search(self._buffer, self._at + 1)
            return found.start() if found else None
        depth = 0
        for found in _BRACKETS.finditer(self._buffer, self._at):
            sign = found[0][:1]
            if sign != b'"':
                depth += 1 if sign in b"{[" else -1
                if depth == 0:
                    return found.end()
        return None

    def _before_next_object(self) -> int | None:
        found = _NEXT_OBJECT.search(self._buffer, self._at)
        return found.start() if found else None

    def _next_sign(self) -> bytes:
        """Go to the next byte that isn't white space; return it, or nothing at the end of the file."""
        while True:
            found = _SPACE.match(self._buffer, self._at)
            self._move(found.end() if found else self._at)
            if self._at < len(self._buffer):
                return self._buffer[self._at : self._at + 1]
            if self._is_whole:
                return b""
            self._read_more()

    def _move(self, to: int) -> None:
        self._line += self._buffer.count(b"\n", self._at, to)
        self._at = to

    def _read_more(self) -> None:
        """Drop what was passed, and read as much again as is left, so that long elements cost no more than short."""
        rest = self._buffer[self._at :]
        if len(rest) > LARGEST:
            raise self._wrong(f"a record is longer than {LARGEST // 1024**2} MiB", "split the file")
        json_lines.require_room(len(rest), self._path, self._line)
        more = self._file.read(max(_CHUNK, len(rest)))
        self._before += self._at
        self._buffer, self._at, self._is_whole = rest + more, 0, not more

    def _wrong(self, what: str, hint: str) -> FormatError:
        return FormatError(what, hint=hint, path=self._path, line=self._line)
