"""What must be known of a file of Prodigy's before it is read."""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from app.core.byte_order_mark import marked_encoding
from app.core.errors import FormatError
from app.exchange.format import HEAD, ReadOptions
from app.exchange.formats.prodigy.wire import parsed
from app.exchange.json_lines import JsonLine
from app.exchange.json_records import object_of, records
from app.exchange.offset_units import GivenRange, Unit, unit_of
from app.exchange.source import Source

_ASTRAL = re.compile(rb"[\xf0-\xf4]|\\u[dD][89abAB]")  # a character of two UTF-16 units, written or escaped


class _Text(msgspec.Struct):
    """The text of a record, and nothing else of it."""

    text: str


_text = msgspec.json.Decoder(_Text)


class ProdigySurvey:
    """What must be known of a file before it is read: the unit of its offsets, and which texts occur again.

    `later` has the places (bytes) of records whose text occurred before.
    """

    def __init__(self, path: Path, options: ReadOptions) -> None:
        self._path = path
        self._others: dict[int, list[JsonLine]] = {}  # by the text's hash; without what can be read again
        self.later: set[int] = set()
        can_seek = _is_plain(path)
        is_doubtful = False
        seen: set[int] = set()
        for line in records(path):
            is_doubtful = is_doubtful or _has_astral(line.data)
            key = _key(line)
            if key is None:
                continue  # it is refused when it is read
            if key in seen:
                self.later.add(line.byte)
                is_line = can_seek and b"\n" not in line.data
                self._others.setdefault(key, []).append(line._replace(data=b"") if is_line else line)
            seen.add(key)
        self.unit = self._unit(options) if is_doubtful or options.offsets else Unit.CODE_POINTS

    def others(self, line: JsonLine) -> Iterator[JsonLine]:
        """Yield the further records with the text of this one."""
        key = _key(line) if self._others else None
        found = self._others.get(key, ()) if key is not None else ()
        if not found:
            return
        with Source(self._path).open() as file:
            for each in found:
                if each.data:
                    yield each
                else:
                    file.seek(each.byte)
                    yield each._replace(data=file.readline().strip(b" \t\r\n"))

    def _unit(self, options: ReadOptions) -> Unit:
        """Return the unit of the offsets: Prodigy's are code points, but other programs write such files too."""

        def claims() -> Iterator[GivenRange]:
            for line in records(self._path):
                if not _has_astral(line.data):
                    continue
                try:
                    task = parsed(object_of(line, self._path))
                except FormatError:
                    continue  # it is refused when it is read
                for span in task.spans:
                    if span.words is not None:
                        yield GivenRange(task.text, span.start, span.end, span.words)
                for token in task.tokens or ():
                    if isinstance(token.get("text"), str):
                        yield GivenRange(task.text, token["start"], token["end"], token["text"])

        return unit_of(claims(), among=(Unit.CODE_POINTS, Unit.UTF16), given=options.offsets)


def _has_astral(data: bytes) -> bool:
    """Whether a line has a character that other programs count as two."""
    return (not data.isascii() or b"\\u" in data) and _ASTRAL.search(data) is not None


def _is_plain(path: Path) -> bool:
    """Whether lines of a file can be found again by their bytes: it is UTF-8, and not one array."""
    with Source(path).open() as file:
        head = file.read(HEAD)
    return marked_encoding(head) in (None, "utf-8-sig") and head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{"


def _key(line: JsonLine) -> int | None:
    """Return the hash of a record's text, None if it can't be read."""
    try:
        return hash(_text.decode(line.data).text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
