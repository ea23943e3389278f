"""An immutable dictionary whose next version shares almost all of it."""

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

_V = TypeVar("_V")
_MOST = 256  # with more differences than this they are merged into a new base
_GONE = object()


class PersistentMap(Mapping[str, _V], Generic[_V]):
    """A base and a few differences from it.

    A lookup queries both; a change copies the differences, not the base. Reading all of it merges the two, and the
    result is cached.
    """

    __slots__ = ("_parts", "_size")

    def __init__(self, base: Mapping[str, _V]) -> None:
        if isinstance(base, PersistentMap):
            self._parts: tuple[dict[str, _V], dict[str, object]] = base._parts
            self._size = base._size
        else:
            self._parts = (dict(base), {})
            self._size = len(base)

    def with_item(self, key: str, value: _V) -> "PersistentMap[_V]":
        """Return a version with a key added or its value replaced."""
        return self._next(key, value, self._size + (key not in self))

    def without(self, key: str) -> "PersistentMap[_V]":
        """Return a version without a key. Raises KeyError if it isn't there."""
        if key not in self:
            raise KeyError(key)
        return self._next(key, _GONE, self._size - 1)

    def _next(self, key: str, value: object, size: int) -> "PersistentMap[_V]":
        base, over = self._parts
        found: PersistentMap[_V] = PersistentMap({})
        found._parts = (base, {**over, key: value})
        found._size = size
        if len(over) >= _MOST:
            found._merged()
        return found

    def _merged(self) -> dict[str, _V]:
        base, over = self._parts
        if over:
            base = {**base, **over}
            for key in [key for key, value in over.items() if value is _GONE]:
                del base[key]
            # A single assignment, so that a reader in another thread sees either the old parts or the new ones.
            self._parts = (base, {})  # pyright: ignore[reportAttributeAccessIssue]
        return self._parts[0]

    def __getitem__(self, key: str) -> _V:
        base, over = self._parts
        if over and key in over:
            value = over[key]
            if value is _GONE:
                raise KeyError(key)
            return value  # pyright: ignore[reportReturnType]
        return base[key]

    def __contains__(self, key: object) -> bool:
        base, over = self._parts
        return over[key] is not _GONE if key in over else key in base  # pyright: ignore[reportArgumentType]

    def __iter__(self) -> Iterator[str]:
        return iter(self._merged())

    def __len__(self) -> int:
        return self._size

    def keys(self):  # noqa: ANN201  a dictionary's own view, which only the type checker can name
        """Return the keys, as a dictionary's view."""
        return self._merged().keys()

    def values(self):  # noqa: ANN201
        """Return the values, as a dictionary's view."""
        return self._merged().values()

    def items(self):  # noqa: ANN201
        """Return the pairs, as a dictionary's view."""
        return self._merged().items()

    def __repr__(self) -> str:
        return f"Overlay({self._merged()!r})"
