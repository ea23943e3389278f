"""Strict reading of JSON Lines: split at line feeds only, and rejecting what other parsers would guess at."""

import codecs
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, TypeVar

import msgspec

from app.core.byte_order_mark import marked_encoding
from app.core.errors import FormatError
from app.core.free_memory import shortage
from app.core.json_depth import DEEPEST
from app.exchange.format import LARGEST
from app.exchange.source import read_failed

_T = TypeVar("_T")

_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "bool": "true or false",
    "object": "an object",
    "array": "a list",
    "null": "null",
}

_A_LIST = ("a list, where one object per line is expected", "write each object on its own line")
_SMALL = 32 * 1024 * 1024  # bytes of a record for which there is memory enough
_TIMES = 7
_NO_NUMBER = re.compile(rb"[:\[,]\s*-?(NaN|Infinity)\b")
_HIGH, _LOW = rb"\\u[dD][89abAB][0-9a-fA-F]{2}", rb"\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_LONE_SURROGATE = re.compile(_HIGH + rb"(?!" + _LOW + rb")|(?<!" + _HIGH + rb")" + _LOW)


class JsonLine(NamedTuple):
    """A line that isn't blank. `number` counts from 1, `byte` is its offset; if `is_cut`, no line end follows."""

    number: int
    byte: int
    data: bytes
    is_cut: bool


def lines(path: Path) -> Iterator[JsonLine]:
    """Yield the lines of a file, split at line feeds only: U+2028 and the like may occur in strings.

    The file is UTF-8, or in the encoding that its byte order mark tells; the mark is skipped. Raises FormatError if the
    file can't be read or a line is longer than 512 MiB.
    """
    try:
        with path.open("rb") as file:
            yield from _lines(file, path)
    except OSError as error:
        raise read_failed(path, error) from error


def _lines(file: BinaryIO, path: Path) -> Iterator[JsonLine]:
    byte = number = 0
    for data in _raw_lines(file, path):
        number += 1  # noqa: SIM113  enumerate would keep the line
        length, is_cut = len(data), not data.endswith(b"\n")
        if length > LARGEST:
            limit = f"{LARGEST // 1024**2} MiB"
            raise FormatError(f"the line is longer than {limit}", hint="split the text", path=path, line=number)
        require_room(length, path, number)
        data = data.removeprefix(codecs.BOM_UTF8) if number == 1 else data  # noqa: PLW2901  one long line in memory
        found = [JsonLine(number, byte, data.strip(b" \t\r\n"), is_cut)]
        del data  # whoever gets the line may let go of it while this waits
        if found[0].data:
            yield found.pop()
        byte += length


def require_room(length: int, path: Path, line: int) -> None:
    """Raise FormatError for a record of so many bytes for which there isn't enough memory.

    What is made of it takes up to seven times as much: measured are 5 to 6 of a line with a million marks.
    """
    if length > _SMALL and (why := shortage(_TIMES * length)):
        what = f"the record of {length / 1024**2:,.0f} MB can't be read: {why}"
        raise FormatError(what, hint="close other programs, or split the document", path=path, line=line)


def _raw_lines(file: BinaryIO, path: Path) -> Iterator[bytes]:
    """Yield the lines of a file as UTF-8, with their ends; of those longer than is allowed, the beginning."""
    encoding = marked_encoding(file.read(4))
    file.seek(0)
    if encoding in (None, "utf-8-sig"):
        yield from iter(lambda: file.readline(LARGEST + 1), b"")
        return
    # PowerShell writes UTF-16 where output is redirected to a file.
    with io.TextIOWrapper(file, encoding=encoding, newline="\n") as text:
        try:
            yield from iter(lambda: text.readline(LARGEST + 1).encode("utf-8", "surrogatepass"), b"")
        except UnicodeDecodeError as error:
            hint = "the file is damaged or truncated; save it as UTF-8"
            raise FormatError(f"not {encoding.upper()}: {error.reason}", hint=hint, path=path) from error


def decode(line: JsonLine, decoder: "msgspec.json.Decoder[_T]", path: Path, *, within: str = "") -> _T:
    """Return the line's decoded object. Raises FormatError with a message that the user can act on.

    `within` is the part of the line to decode, such as `decisions[0]`; empty means the whole line.
    """
    try:
        return decoder.decode(line.data)
    except msgspec.ValidationError as error:
        what, hint = _A_LIST if line.data.startswith(b"[") and not within else explained(str(error), within)
        raise FormatError(what, hint=hint, path=path, line=line.number) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        what, hint = _malformed(line, error)
        raise FormatError(what, hint=hint, path=path, line=line.number) from error
    except RecursionError as error:
        hint = f"the maximum is {DEEPEST} levels"
        raise FormatError("objects are nested too deeply", hint=hint, path=path, line=line.number) from error


def explained(message: str, within: str) -> tuple[str, str]:
    """Return an error message and hint in plain words for one of msgspec's messages about a wrong value."""
    message, _, where = message.partition(" - at ")
    place = f"{within}{where.strip('`').removeprefix('$')}".removeprefix(".") or "the record"
    wrong = re.fullmatch(r"Expected `([^`]+)`, got `([^`]+)`", message)
    if wrong:
        wanted = " or ".join(_KINDS.get(kind.strip(), kind) for kind in wrong[1].split("|"))
        return f"{place} must be {wanted}, not {_KINDS.get(wrong[2], wrong[2])}", "fix the line"
    missing = re.fullmatch(r"Object missing required field `([^`]+)`", message)
    if missing:
        return f"“{missing[1]}” is missing in {place}", "add it"
    if "out of range" in message:
        return f"{place} is a number too large to store", "write it as a string"
    value = re.fullmatch(r"Invalid enum value (.*)", message)
    if value:
        return f"{place} can't be {value[1]}", "see stet's help on its JSONL"
    return f"{place}: {message[:1].lower()}{message[1:]}", "fix the line"


def _malformed(line: JsonLine, error: msgspec.DecodeError | UnicodeDecodeError) -> tuple[str, str]:
    data = line.data
    if isinstance(error, UnicodeDecodeError):
        return f"not UTF-8 ({error.reason})", "save the file as UTF-8"
    if data.startswith(b"["):
        return _A_LIST
    if data.endswith(b"},"):
        return "there is a comma after the object", "write one object per line, without commas between them"
    if line.is_cut and "truncated" in str(error):
        return "the last line is truncated", "get the file again; with --skip-bad the lines before it are imported"
    if _NO_NUMBER.search(data):
        return "NaN and Infinity aren't valid JSON", "write null, or leave out the field"
    if _LONE_SURROGATE.search(data):
        return "a string contains a lone surrogate (half a character)", "write the whole character, or remove it"
    found = re.search(r"\(byte (\d+)\)", str(error))
    where = f" at byte {found[1]} of the line" if found else ""
    return f"not JSON{where}: {_reason(str(error))}", "each line must be one JSON object"


def _reason(message: str) -> str:
    text = re.sub(r"^JSON is malformed: | \(byte \d+\)$", "", message)
    return "it ends unexpectedly" if "truncated" in text else text


def strict(line: JsonLine, path: Path) -> dict[str, Any]:
    """Return the line's object as plain values, rejecting duplicate keys in any object.

    For lines that were decoded successfully before: most decoders silently keep the last of two equal keys.
    """
    try:
        return json.loads(line.data.decode(), object_pairs_hook=_unique)
    except _Twice as error:
        what = f"the key “{error.key[:80]}” appears twice in one object"
        raise FormatError(what, hint="keep one of them", path=path, line=line.number) from error
    except UnicodeDecodeError as error:
        raise FormatError("not UTF-8", hint="save the file as UTF-8", path=path, line=line.number) from error
    except (ValueError, RecursionError) as error:
        hint = "each line must be one JSON object"
        raise FormatError(f"not JSON: {error}", hint=hint, path=path, line=line.number) from error


class _Twice(Exception):
    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        raise _Twice(next(key for key, _ in pairs if key in seen or seen.add(key)))
    return found
