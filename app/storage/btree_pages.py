"""The rows of an SQLite file read page by page, without SQLite: what is left of a table when a part of it is damaged.

The layout is that of https://www.sqlite.org/fileformat2.html: sections 1.3 (header), 1.5 (freelist), 1.6 (b-trees), 2.1
(records) and 4.1 (log). SQLite itself gives up a table at the first page that it can't follow; here each page is read
for itself, and a row is lost only with its own page.
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from app.storage.access import log_of
from app.storage.held_file import Hold
from app.storage.wal_frames import committed_frames

Cell = int | float | str | bytes | None
_INTERIOR_INDEX, _INTERIOR_TABLE, _LEAF_INDEX, _LEAF_TABLE = 2, 5, 10, 13
_KINDS = frozenset((_INTERIOR_INDEX, _INTERIOR_TABLE, _LEAF_INDEX, _LEAF_TABLE))
_INTERIOR = frozenset((_INTERIOR_INDEX, _INTERIOR_TABLE))
_SIZES = tuple(1 << bits for bits in range(12, 17))  # of our pages: SQLite's default, and larger
_LARGEST_ROW = 1 << 29  # bytes; no connection of ours writes a larger one
_INTEGERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}  # bytes of each serial type
_MOST_COLUMNS = 64


class BadPage(Exception):
    """A page, or a cell in it, that can't be what SQLite wrote."""


class PageRow(NamedTuple):
    """A row: its row number, None in a clustered table, and its values in the order in which they are stored."""

    number: int | None
    values: list[Cell]


class BtreePages:
    """The pages of a file, with those of the log beside it where `with_log`.

    A context: it holds the file open, which mustn't be written meanwhile. Raises OSError if it can't be opened; a part
    that can't be read counts as damaged. `lost` is the number of pages and cells that were no rows, so far.
    """

    def __init__(self, path: Path, *, with_log: bool = False) -> None:
        self._hold = Hold(path)
        header = self._bytes(0, 100)
        self.version = struct.unpack(">I", header[60:64])[0]
        self.size = _page_size(header)
        self.count = -(-path.stat().st_size // self.size)
        self._log = committed_frames(log_of(path), self.size) if with_log else {}
        self.count = max(self.count, *self._log) if self._log else self.count
        self.lost = 0
        self._seen: set[int] = set()

    def __enter__(self) -> "BtreePages":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hold.release()

    @property
    def read(self) -> int:
        """How many pages were read so far."""
        return len(self._seen)

    def begin_again(self) -> None:
        """Forget which pages were read, and what was lost."""
        self.lost = 0
        self._seen.clear()

    def rows(self, root: int) -> Iterator[PageRow]:
        """Yield the rows of the tree with a root page, those that can be read; count the rest in `lost`."""
        waiting = [root]
        while waiting:
            number = waiting.pop()
            try:
                page = self._page(number)
                if number in self._seen or page[_start(number)] not in _KINDS:
                    raise BadPage
            except BadPage:
                self.lost += 1
                continue
            self._seen.add(number)
            yield from self._rows_of(number, page)
            waiting += reversed(self._children(number, page))

    def stray_pages(self) -> Iterator[int]:
        """Yield the leaves that no tree read so far has led to, but for those that are free."""
        free = self._free_pages()
        for number in range(2, self.count + 1):
            if number in self._seen or number in free:
                continue
            try:
                kind = self._page(number)[0]
            except BadPage:
                continue
            if kind in _KINDS - {_INTERIOR_TABLE}:
                yield number

    def stray_rows(self, number: int) -> Iterator[PageRow]:
        """Yield the rows of a single page that can be read."""
        try:
            yield from self._rows_of(number, self._page(number))
        except BadPage:
            self.lost += 1

    # -- pages ---------------------------------------------------------------------------------------------------------

    def _bytes(self, at: int, length: int) -> bytes:
        """Return bytes of the file; what can't be read is filled with zeros."""
        try:
            found = self._hold.read(at, length)
        except OSError:
            found = b""
        return found.ljust(length, b"\x00")

    def _page(self, number: int) -> bytes:
        if not 1 <= number <= self.count:
            raise BadPage
        return self._log.get(number) or self._bytes((number - 1) * self.size, self.size)

    def _pointers(self, number: int, page: bytes) -> list[int]:
        """Return where the cells of a page begin; those that can't be are left out, and counted as lost."""
        start = _start(number)
        count = struct.unpack_from(">H", page, start + 3)[0]
        first = start + (12 if page[start] in _INTERIOR else 8)
        if first + 2 * count > self.size:
            self.lost += 1
            count = max(0, (self.size - first) // 2)
        found = struct.unpack_from(f">{count}H", page, first)
        good = [at for at in found if first + 2 * count <= at <= self.size - 4]
        self.lost += len(found) - len(good)
        return good

    def _children(self, number: int, page: bytes) -> list[int]:
        start = _start(number)
        if page[start] not in _INTERIOR:
            return []
        below = [struct.unpack_from(">I", page, at)[0] for at in self._pointers(number, page)]
        return [*below, struct.unpack_from(">I", page, start + 8)[0]]

    def _free_pages(self) -> set[int]:
        """Return the pages of the freelist, as far as it can be followed."""
        trunk = struct.unpack(">I", self._page(1)[32:36])[0] if self.count else 0
        free: set[int] = set()
        while 1 < trunk <= self.count and trunk not in free:
            free.add(trunk)
            page = self._page(trunk)
            after, count = struct.unpack_from(">II", page)
            free.update(struct.unpack_from(f">{min(count, self.size // 4 - 2)}I", page, 8))
            trunk = after
        return free

    # -- cells and records ---------------------------------------------------------------------------------------------

    def _rows_of(self, number: int, page: bytes) -> Iterator[PageRow]:
        kind = page[_start(number)]
        if kind == _INTERIOR_TABLE:
            return  # its cells are row numbers only
        for at in self._pointers(number, page):
            try:
                yield self._row(page, at + 4 if kind == _INTERIOR_INDEX else at, is_table=kind == _LEAF_TABLE)
            except (BadPage, IndexError, struct.error):
                self.lost += 1

    def _row(self, page: bytes, at: int, *, is_table: bool) -> PageRow:
        length, at = _varint(page, at)
        rowid = None
        if is_table:
            rowid, at = _varint(page, at)
            rowid = rowid - (1 << 64) if rowid >= 1 << 63 else rowid
        return PageRow(rowid, _record(self._payload(page, at, length, is_table=is_table)))

    def _payload(self, page: bytes, at: int, length: int, *, is_table: bool) -> bytes:
        if not 0 < length <= _LARGEST_ROW:
            raise BadPage
        most = self.size - 35 if is_table else (self.size - 12) * 64 // 255 - 23
        if length <= most:
            here = length
        else:
            least = (self.size - 12) * 32 // 255 - 23
            here = least + (length - least) % (self.size - 4)
            here = here if here <= most else least
        parts = [page[at : at + here]]
        if len(parts[0]) < here:
            raise BadPage
        left, follows = length - here, 0
        if left:
            follows = struct.unpack_from(">I", page, at + here)[0]
        chain: set[int] = set()
        while left:
            if follows in chain:
                raise BadPage
            chain.add(follows)
            overflow = self._page(follows)
            parts.append(overflow[4 : 4 + left])
            left -= len(parts[-1])
            follows = struct.unpack_from(">I", overflow)[0]
        self._seen |= chain
        return b"".join(parts)


def _page_size(header: bytes) -> int:
    size = struct.unpack(">H", header[16:18])[0]
    size = 65536 if size == 1 else size
    return size if size in _SIZES else _SIZES[0]


def _start(number: int) -> int:
    return 100 if number == 1 else 0


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """Return a number of 1 to 9 bytes, and where it ends."""
    value = 0
    for place in range(at, at + 8):
        byte = data[place]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, place + 1
    return value << 8 | data[at + 8], at + 9


def _record(data: bytes) -> list[Cell]:
    """Return the values of a record. Raises BadPage; text that isn't UTF-8 stays bytes."""
    end, at = _varint(data, 0)
    if end > len(data):
        raise BadPage
    types: list[int] = []
    while at < end:
        kind, at = _varint(data, at)
        types.append(kind)
    if at != end or not 0 < len(types) <= _MOST_COLUMNS:
        raise BadPage
    values: list[Cell] = []
    for kind in types:
        value, at = _value(data, at, kind)
        values.append(value)
    if at != len(data):
        raise BadPage
    return values


def _value(data: bytes, at: int, kind: int) -> tuple[Cell, int]:
    if kind >= 12:
        size = (kind - 12) // 2
        found = data[at : at + size]
        if len(found) < size:
            raise BadPage
        return (_text(found) if kind % 2 else found), at + size
    if kind in _INTEGERS:
        size = _INTEGERS[kind]
        return int.from_bytes(data[at : at + size], "big", signed=True), at + size
    if kind == 7:
        return struct.unpack_from(">d", data, at)[0], at + 8
    if kind in (0, 8, 9):
        return (None, 0, 1)[(0, 8, 9).index(kind)], at
    raise BadPage


def _text(data: bytes) -> str | bytes:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data
