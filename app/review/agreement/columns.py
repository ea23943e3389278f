"""Tables that grow by whole columns, and numbers for names: what is counted is kept as arrays, not as objects."""

from collections.abc import Hashable, Iterable
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from numpy import ndarray

T = TypeVar("T", bound=Hashable)


class Numbering(Generic[T]):
    """Numbers values in order of appearance."""

    def __init__(self, values: Iterable[T] = ()) -> None:
        self.values: list[T] = []
        self._numbers: dict[T, int] = {}
        for value in values:
            self.number(value)

    def __len__(self) -> int:
        return len(self.values)

    def number(self, value: T) -> int:
        """Return the number of a value, a new one if it hasn't appeared yet."""
        found = self._numbers.get(value)
        if found is None:
            found = self._numbers[value] = len(self.values)
            self.values.append(value)
        return found


class ColumnTable:
    """Rows in named columns. `types` are numpy's names of the columns' types."""

    def __init__(self, **types: str) -> None:
        self._types = types
        self._chunks: dict[str, list[ndarray]] = {name: [] for name in types}

    @property
    def names(self) -> list[str]:
        """The names of the columns, in order."""
        return list(self._types)

    def add(self, **columns: "ndarray") -> None:
        """Append rows; all columns must be given, equally long."""
        for name, kind in self._types.items():
            self._chunks[name].append(columns[name].astype(kind))

    def column(self, name: str) -> "ndarray":
        """Return a whole column."""
        import numpy

        chunks = self._chunks[name]
        if len(chunks) != 1:
            chunks[:] = [numpy.concatenate(chunks) if chunks else numpy.zeros(0, dtype=self._types[name])]
        return chunks[0]

    def columns(self, *names: str) -> "tuple[ndarray, ...]":
        """Return several columns."""
        return tuple(self.column(name) for name in names)
