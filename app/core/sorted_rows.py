"""Values sorted by a key, found by their row: what a list shows while it grows and shrinks."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Any, Generic, TypeVar

_V = TypeVar("_V")
_CHUNK = 512


class SortedRows(Generic[_V]):
    """Values by row, in the order of their keys, which are unique tuples.

    They are kept in chunks, so that a change or a look at a row costs about the same among ten and among a million.
    """

    def __init__(self, items: Iterable[tuple[tuple[Any, ...], _V]] = ()) -> None:
        ordered = sorted(items, key=_key)
        parts = [ordered[at : at + _CHUNK] for at in range(0, len(ordered), _CHUNK)]
        self._keys: list[list[tuple[Any, ...]]] = [[key for key, _ in part] for part in parts]
        self._values: list[list[_V]] = [[value for _, value in part] for part in parts]
        self._lasts = [keys[-1] for keys in self._keys]
        self._size = len(ordered)

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[_V]:
        for values in self._values:
            yield from values

    def __getitem__(self, row: int) -> _V:
        for values in self._values:
            if row < len(values):
                return values[row]
            row -= len(values)
        raise IndexError(row)

    def _place(self, key: tuple[Any, ...]) -> tuple[int, int]:
        """Return the chunk and the place in it where a key is or belongs."""
        chunk = min(bisect_left(self._lasts, key), len(self._keys) - 1)
        return chunk, bisect_left(self._keys[chunk], key)

    def _row(self, chunk: int, at: int) -> int:
        return sum(map(len, self._keys[:chunk])) + at

    def row_of(self, key: tuple[Any, ...]) -> int:
        """Return the row of a key, -1 if there is none."""
        if not self._keys:
            return -1
        chunk, at = self._place(key)
        keys = self._keys[chunk]
        return self._row(chunk, at) if at < len(keys) and keys[at] == key else -1

    def room_for(self, key: tuple[Any, ...]) -> tuple[int, tuple[Any, ...] | None]:
        """Return the row that a new key would get, and the key that is there now; None at the end."""
        if not self._keys:
            return 0, None
        chunk, at = self._place(key)
        keys = self._keys[chunk]
        return self._row(chunk, at), keys[at] if at < len(keys) else None

    def insert(self, key: tuple[Any, ...], value: _V) -> None:
        """Add a value under a new key."""
        self._size += 1
        if not self._keys:
            self._keys, self._values, self._lasts = [[key]], [[value]], [key]
            return
        chunk, at = self._place(key)
        keys, values = self._keys[chunk], self._values[chunk]
        keys.insert(at, key)
        values.insert(at, value)
        if len(keys) > 2 * _CHUNK:
            self._keys[chunk : chunk + 1] = [keys[:_CHUNK], keys[_CHUNK:]]
            self._values[chunk : chunk + 1] = [values[:_CHUNK], values[_CHUNK:]]
            self._lasts.insert(chunk, keys[_CHUNK - 1])
            chunk += 1
        self._lasts[chunk] = self._keys[chunk][-1]

    def put(self, key: tuple[Any, ...], value: _V) -> None:
        """Replace the value of a key that is there."""
        chunk, at = self._place(key)
        self._values[chunk][at] = value

    def remove(self, key: tuple[Any, ...]) -> None:
        """Take away a key that is there, and its value."""
        chunk, at = self._place(key)
        self._size -= 1
        del self._keys[chunk][at], self._values[chunk][at]
        if self._keys[chunk]:
            self._lasts[chunk] = self._keys[chunk][-1]
        else:
            del self._keys[chunk], self._values[chunk], self._lasts[chunk]


def _key(item: tuple[tuple[Any, ...], object]) -> tuple[Any, ...]:
    return item[0]
