"""pyarrow, which reads and writes Parquet: an extra, imported only when it is needed."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from app.core.errors import FormatError
from app.exchange.extra_packages import extra_package

PARQUET_MAGIC = b"PAR1"
_BATCH = 200  # rows


def arrow(module: str = "") -> ModuleType:
    """Return the library, or one of its modules. Raises FormatError, which names the extra, if it isn't installed."""
    name = f"pyarrow.{module}" if module else "pyarrow"
    return extra_package(name, extra="parquet", needs="Parquet files need the package pyarrow")


@contextmanager
def reading(path: Path) -> Generator[None]:
    """Run what reads a file with the library; what it raises becomes a FormatError."""
    library = arrow()
    try:
        yield
    except FormatError:
        raise
    except (library.ArrowException, OSError, ValueError, TypeError, KeyError, MemoryError, OverflowError) as error:
        said = " ".join(str(error).split())[:120] or type(error).__name__
        what = f"this isn't a whole Parquet or Arrow file: {said}"
        raise FormatError(what, hint="get the file again", path=path) from error


class ArrowRows:
    """The rows of a Parquet file, or of an Arrow file as `save_to_disk` writes it; read batch by batch."""

    def __init__(self, path: Path) -> None:
        """Raise FormatError if the file can't be read, or the library isn't installed."""
        self._path = path
        with path.open("rb") as file:
            self._is_parquet = file.read(len(PARQUET_MAGIC)) == PARQUET_MAGIC
        with reading(path):
            if self._is_parquet:
                with arrow("parquet").ParquetFile(path) as opened:
                    schema = opened.schema_arrow
            else:
                with arrow("ipc").open_stream(path) as opened:
                    schema = opened.schema
        self.metadata: dict[bytes, bytes] | None = schema.metadata
        self.left_out = [field.name for field in schema if not _is_plain(field.type)]
        self._columns = [field.name for field in schema if _is_plain(field.type)]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield the rows, without the columns of bytes."""
        with reading(self._path):
            for batch in self._batches():
                yield from batch.to_pylist()

    def _batches(self) -> Iterator[Any]:
        if self._is_parquet:
            with arrow("parquet").ParquetFile(self._path) as opened:
                yield from opened.iter_batches(batch_size=_BATCH, columns=self._columns, use_threads=False)
            return
        with arrow("ipc").open_stream(self._path) as opened:
            for batch in opened:
                for start in range(0, batch.num_rows, _BATCH):
                    yield batch.select(self._columns).slice(start, _BATCH)


def _is_plain(type_: Any) -> bool:  # noqa: ANN401  a type of the library
    """Whether a type has no bytes in it, such as pictures and sounds."""
    types = arrow("types")
    if types.is_binary(type_) or types.is_large_binary(type_) or types.is_fixed_size_binary(type_):
        return False
    return all(_is_plain(type_.field(at).type) for at in range(type_.num_fields))
