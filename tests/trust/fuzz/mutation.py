"""Spoils files the way strangers, damaged disks and half-finished programs do.

What has a structure is spoilt inside of it too, or nothing behind the first check would ever be reached: values of
JSON, members of ZIP files, the packed bytes of DocBin.
"""

import io
import json
import random
import re
import warnings
import zipfile
import zlib
from collections.abc import Sequence
from typing import Any

ZIP = b"PK\x03\x04"
LARGEST = 1 << 18
"""Bytes of a spoilt file: what is done with it has to be bounded by that."""

_NUMBER = re.compile(rb"-?\d+")
_NUMBERS = (b"-1", b"0", b"1", b"-0", b"65536", b"2147483648", b"-9223372036854775809", b"1e400", b"9" * 5000, b"0.5")
_TOKENS = (
    *(b"\0", b"\xff", b"\xef\xbb\xbf", b"\r", b"\n", b"\r\n", b"\t", b"\x1f", b"\x85", b"\xc2\x85", b"\x0c", b"\x1b["),
    *(b'"', b"'", b"\\", b"\\ud800", b"\\u0000", b"%s%n", b"{0}", b"NaN", b"Infinity", b"null", b"true", b"[]", b"{}"),
    *(b"[" * 3000, b"{" * 3000, b'{"a":' * 3000, b"(" * 500, b"<a>" * 1000, b"</", b"<!--", b"]]>", b"<![CDATA["),
    *(b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>', b"&x;", b"&#0;", b"&#xd800;", b"&amp;", b"<?x ?>"),
    *(b"../", b"/etc/passwd", b"C:\\x", b"CON", b"~/.", b"=cmd|' /C calc'!A0", b"=1+1", b"@x", b"!!python/object:x"),
    *("\u202e", "\u2028", "\ufeff", "\ufdd0", "\U0010ffff", "e\u0301" * 40, "a" + "\u0301" * 300, "😀", "ﬁ", "İ"),
    *(
        b"O",
        b"B-",
        b"I-X",
        b"_",
        b"*[1]",
        b"|||",
        b"#Text=",
        b"T1\t",
        b"R1\t",
        b"\t0 0;0 0",
        b"(a+)+$",
        b"\xed\xa0\x80",
    ),
)
_TOKEN_BYTES = tuple(each.encode() if isinstance(each, str) else each for each in _TOKENS)
_VALUES: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        -1,
        1.5,
        1e308,
        2**31,
        2**63,
        -(2**63) - 1,
        10**40,
        "",
        " ",
        "x",
        "a\0b",
        "\ud800",
        "\u202e",
    ),
    *(
        "x" * 3000,
        "=1+1",
        "../../x",
        "1",
        "O",
        [],
        [[]],
        [0],
        [None],
        {},
        {"a": 1},
        {"id": 1},
        [[0, 1, "X"]],
        ["x", "x"],
    ),
)


class Mutator:
    """Spoils data; the same number brings the same results."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def chance(self, part: float) -> bool:
        """Say yes that often."""
        return self._random.random() < part

    def choice(self, among: Sequence[Any]) -> Any:
        """Choose one."""
        return self._random.choice(among)

    def spoilt(self, data: bytes, other: bytes = b"") -> bytes:
        """Return the data, spoilt in one to six places; parts of `other` may come into it."""
        changed = self._inside(data) if self.chance(0.7) else None
        if changed is None:
            changed = data
            for _ in range(self._random.choice((1, 1, 1, 2, 3, 6))):
                changed = self._step(changed, other)
        return changed[:LARGEST]

    def _inside(self, data: bytes) -> bytes | None:
        """Spoil what is inside of a container, None if it is none that is known."""
        if data.startswith(ZIP):
            return self._in_zip(data)
        if data[:2] in (b"x\x9c", b"x\xda", b"x\x01"):
            with_room = zlib.decompressobj()
            try:
                return zlib.compress(self._step(with_room.decompress(data, LARGEST), b""))
            except zlib.error:
                return None
        return self._in_json(data) if data.lstrip()[:1] in (b"{", b"[") else None

    def _in_zip(self, data: bytes) -> bytes | None:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as file:
                members = {each.filename: file.read(each) for each in file.infolist()}
        except (zipfile.BadZipFile, zlib.error, OSError, ValueError, RuntimeError, NotImplementedError, EOFError):
            return None
        if not members:
            return None
        name = self.choice(sorted(members))
        kind = self._random.randrange(8)
        if kind == 0:
            del members[name]
        elif kind == 1:
            members[self.choice(("../out.txt", "/tmp/out.txt", "C:\\out", name.upper(), "CON", "a/" * 200))] = b"x"
        elif kind == 2:
            members[self.choice(sorted(members))] = members[name]
        else:
            members[name] = self.spoilt(members[name])
        made = io.BytesIO()
        with warnings.catch_warnings(), zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
            warnings.simplefilter("ignore")
            for each, content in members.items():
                out.writestr(each, content)
        return made.getvalue()

    def _in_json(self, data: bytes) -> bytes | None:
        """Spoil one value of a document of JSON, or of one line of many."""
        lines = data.split(b"\n")
        at = self._random.randrange(len(lines)) if lines[0].rstrip()[-1:] in (b"}", b"]") else -1
        try:
            value = json.loads(lines[at] if at >= 0 else data)
        except (ValueError, RecursionError):
            return None
        made = json.dumps(self._with_odd_value(value), ensure_ascii=self.chance(0.5)).encode("utf-8", "surrogatepass")
        if at < 0:
            return made
        return b"\n".join((*lines[:at], made, *lines[at + 1 :]))

    def _with_odd_value(self, value: Any) -> Any:
        if isinstance(value, dict) and value and self.chance(0.9):
            key = self.choice(sorted(value))
            if self.chance(0.1):
                return {each: value[each] for each in value if each != key}
            if self.chance(0.05):
                return {**value, self.choice(("id", "text", "label", "", "\0")): value[key]}
            return {**value, key: self._with_odd_value(value[key])}
        if isinstance(value, list) and value and self.chance(0.9):
            at = self._random.randrange(len(value))
            if self.chance(0.1):
                return value[:at] + value[at + 1 :]
            if self.chance(0.1):
                return [*value, value[at]]
            return [*value[:at], self._with_odd_value(value[at]), *value[at + 1 :]]
        if isinstance(value, str) and value and self.chance(0.4):
            return self._step(value.encode("utf-8", "surrogatepass"), b"").decode("utf-8", "replace")
        if isinstance(value, int) and self.chance(0.4):
            return value + self.choice((-1, 1, 2, 1000, -1000))
        return self.choice(_VALUES)

    def _step(self, data: bytes, other: bytes) -> bytes:
        start, end = self._range(data)
        cut = data[start:end]
        kind = self._random.randrange(9)
        if kind == 0 and data:
            at = self._random.randrange(len(data))
            return data[:at] + bytes([data[at] ^ 1 << self._random.randrange(8)]) + data[at + 1 :]
        if kind == 1:
            return data[:start] + data[end:]
        if kind == 2:
            return data[:end] + cut + data[end:]
        if kind == 3:
            return data[:start]
        if kind == 4 and other:
            low, high = self._range(other)
            return data[:start] + other[low:high] + data[end:]
        if kind == 5:
            numbers = list(_NUMBER.finditer(data[:LARGEST]))
            if numbers:
                found = self.choice(numbers)
                return data[: found.start()] + self.choice(_NUMBERS) + data[found.end() :]
        if kind == 6:
            lines = data.split(b"\n")
            at = self._random.randrange(len(lines))
            to = self._random.randrange(len(lines))
            lines[at], lines[to] = lines[to], lines[at]
            return b"\n".join(lines)
        return data[:start] + self.choice(_TOKEN_BYTES) + (data[start:] if self.chance(0.7) else data[end:])

    def _range(self, data: bytes) -> tuple[int, int]:
        start = self._random.randrange(len(data) + 1)
        return start, min(len(data), start + self._random.choice((1, 2, 4, 16, 100, 1000)))
