"""The JSON objects of a file: one per line, printed over several lines one after another, or the items of an array.

`json_lines` splits strictly; here, an object may go on over lines, as some tools and people print them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any, cast

import msgspec

from app.core.byte_order_mark import marked_encoding
from app.core.decode_faults import DECODE_FAULTS
from app.core.errors import FormatError
from app.core.json_depth import DEEPEST
from app.exchange import json_lines
from app.exchange.format import HEAD
from app.exchange.json_arrays import elements, is_array
from app.exchange.json_lines import JsonLine
from app.exchange.source import Source

_OBJECTS = 100
"""How many objects of a file's beginning are looked at."""
_FIRST_LINE = 16 * 1024 * 1024  # bytes read of a file whose first object doesn't end in its beginning
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\]]', re.DOTALL)
_OURS = re.compile(rb'\s*\{\s*"stet"\s*:\s*\d')
_MOST = 2**64  # whole numbers that the project's JSON can hold lie below
_LEAST = -(2**63)
_NO_BRACKETS = bytes(sorted(set(range(256)) - set(b"{}[]")))
_SHALLOW = 12  # levels
_DIGITS = bytes(48 if 48 <= code <= 57 else 32 for code in range(256))  # noqa: PLR2004  those of 0 and 9
_LARGE = b"0" * 19
_NESTED: frozenset[type] = frozenset((dict, list))
_object = msgspec.json.Decoder(dict[str, Any])


def records(path: Path) -> Iterator[JsonLine]:
    """Yield the objects of a file, each with the number of its first line. Raises FormatError as `lines` and `elements`
    do.
    """
    with Source(path).open() as file:
        head = file.read(HEAD)
    if is_array(head) or _goes_on(head):
        yield from (JsonLine(each.line, each.byte, each.data, False) for each in elements(path))
    else:
        yield from json_lines.lines(path)


def _goes_on(head: bytes) -> bool:
    """Whether the first line of a file begins an object that ends on a later line, as it does where it is printed."""
    first = head.decode(marked_encoding(head) or "utf-8", "ignore").lstrip("\ufeff \t\r\n").partition("\n")
    return first[1] == "\n" and first[0].startswith("{") and first[0].rstrip()[-1:] in ("{", "[", ",", ":")


def object_of(line: JsonLine, path: Path) -> dict[str, Any]:
    """Return a record's object as plain values that a project can hold.

    Raises FormatError, with the line, for what isn't JSON, has a key twice, is nested too deeply, or has a whole number
    of more than 64 bits.
    """
    found = json_lines.decode(line, _object, path)
    # Most records are seen to be sound by what takes no loop over all values.
    if _is_shallow(line.data) and _LARGE not in line.data.translate(_DIGITS) and line.data.count(b'":') == _keys(found):
        return found
    found = json_lines.strict(line, path)
    try:
        _check(found, "the record", DEEPEST)
    except _Unstorable as error:
        raise FormatError(error.what, hint=error.hint, path=path, line=line.number) from error
    return found


def placed(error: FormatError, line: JsonLine, path: Path) -> FormatError:
    """Return the error in a record with where it is, and with the record if it can't be found again as a line."""
    error.path, error.line = error.path or path, error.line or line.number
    if b"\n" in line.data:
        error.record = line.data.decode("utf-8", "replace").replace("\n", " ")
    return error


def _is_shallow(data: bytes) -> bool:
    """Whether brackets are nested a few levels only, which those in strings may hide."""
    left = data.translate(None, _NO_BRACKETS)
    for _ in range(_SHALLOW):
        if not left:
            return True
        left = left.replace(b"{}", b"").replace(b"[]", b"")
    return not left


def _keys(value: Any) -> int:  # noqa: ANN401  an object or a list of JSON
    """Return how many keys all objects in a value have; the text has more if one of them is there twice."""
    if isinstance(value, dict):
        found = cast("dict[str, Any]", value)
        return len(found) + _keys_in(found.values())
    items = cast("list[Any]", value)
    # Long lists of small objects, such as tokens, without a loop in Python.
    is_flat = set(map(type, items)) == {dict} and _NESTED.isdisjoint(
        set(map(type, chain.from_iterable(map(dict[str, Any].values, items))))
    )
    return sum(map(len, items)) if is_flat else _keys_in(items)


def _keys_in(items: Iterable[Any]) -> int:
    return sum(_keys(item) for item in items if type(item) in (dict, list))


class _Unstorable(Exception):
    def __init__(self, what: str, hint: str) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint


def _check(value: Any, key: str, levels: int) -> None:  # noqa: ANN401  an object or a list of JSON
    """Raise _Unstorable for what is nested too deeply, or a whole number that is too large."""
    if levels < 0:
        raise _Unstorable("objects are nested too deeply", f"the maximum is {DEEPEST} levels")
    pairs = cast("dict[str, Any]", value).items() if isinstance(value, dict) else _named(cast("list[Any]", value), key)
    for name, item in pairs:
        if type(item) in (dict, list):
            _check(item, name, levels - 1)
        elif type(item) is int and not _LEAST <= item < _MOST:
            raise _Unstorable(f"“{name[:80]}” has a number too large to store", "write it as a string")


def _named(items: list[Any], key: str) -> Iterator[tuple[str, Any]]:
    return ((key, item) for item in items)


def first_objects(path: Path, head: bytes) -> list[dict[str, Any]]:
    """Return the objects in the first bytes of a file, be they lines, printed over lines, or the items of a list.

    What isn't JSON is passed over. If the first object is longer than these bytes, more of the file is read: once for
    all readers that ask about the file.
    """
    found = objects_in(head)
    if begins_as_ours(head) and not found:
        return []
    if found or len(head) < HEAD or head.lstrip()[:1] not in (b"{", b"[", b"\xef"):
        return found
    return _long_objects(path, head)


@lru_cache(maxsize=1)
def _long_objects(path: Path, _head: bytes) -> list[dict[str, Any]]:
    with Source(path).open() as file:
        data = file.read(_FIRST_LINE)
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] != b"{":
        return objects_in(data)
    lines = data.split(b"\n", _OBJECTS)[:_OBJECTS]
    found = [each for each in map(_object_of, lines) if each is not None]
    return found or (objects_in(data) if len(lines) > 1 else [])


def _object_of(line: bytes) -> dict[str, Any] | None:
    try:
        return _object.decode(line)
    except DECODE_FAULTS:
        return None


def forget_first_objects() -> None:
    """Let go of what `first_objects` has read of a file, once its format is known."""
    _long_objects.cache_clear()


def begins_as_ours(head: bytes) -> bool:
    """Whether a file begins as Stet writes projects. Then no other reader need look at its first object, which may have
    hundreds of megabytes.
    """
    return _OURS.match(head) is not None


def are_ours(objects: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a file's first objects are of Stet's own formats, which other readers would only half understand."""
    return any(isinstance(each.get(key), int) for each in objects for key in ("stet", "training"))


def objects_in(head: bytes) -> list[dict[str, Any]]:
    """Return the objects in the first bytes of a file, as far as they are whole; the caller must not change them."""
    return list(_whole_objects(head))


@lru_cache(maxsize=2)  # some twenty readers ask for those of one file, one after another
def _whole_objects(head: bytes) -> tuple[dict[str, Any], ...]:
    return tuple(_objects(head))


def _objects(head: bytes) -> Iterator[dict[str, Any]]:
    data = head.decode(marked_encoding(head) or "utf-8", "ignore").lstrip("\ufeff \t\r\n").encode("utf-8", "ignore")
    if data[:1] not in (b"{", b"["):
        return
    base = depth = 1 if data.startswith(b"[") else 0
    start = count = 0
    for token in _TOKEN.finditer(data, base):
        kind = token[0][:1]
        if kind in b"{[":
            if depth == base:
                start = token.start()
            depth += 1
        elif kind in b"}]":
            depth -= 1
            if depth == base and kind == b"}":
                try:
                    yield _object.decode(data[start : token.end()])
                except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                    continue
                count += 1
            if count == _OBJECTS or depth < base:
                return
