"""The file of records that an import left out, to be mended and imported again."""

from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import msgspec

from app.core.errors import FormatError, StetError
from app.exchange.output import OutputFiles

REASONS = "errors.jsonl"
_LONGEST = 64 * 1024 * 1024  # bytes of a line


class Rejects:
    """Collects invalid records: each as it stands in its file, one per line, and beside them, in another file named
    after this one (`bad.errors.jsonl`), where each was and what is wrong with it.

    Both are only there, at the end of the `with` block, if anything was rejected.
    """

    def __init__(self, path: Path, *, keep_off: Path) -> None:
        self._path = path
        self._files = OutputFiles(keep_off=keep_off)
        self._records: BinaryIO | None = None
        self._reasons: BinaryIO | None = None

    def __enter__(self) -> "Rejects":
        self._files.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._files.__exit__(kind, error, trace)

    def add(self, error: StetError, byte: int) -> None:
        """Add the record that an error is about; `byte` is where its line starts in its file."""
        if self._records is None or self._reasons is None:
            output = self._files.output(self._path)
            self._records, self._reasons = output.main(), output.open(REASONS)
        raw = error.record.encode() if isinstance(error, FormatError) and error.record else _line(error, byte)
        self._records.write(raw.rstrip(b"\r\n") + b"\n" if raw else b"")
        place = {"path": str(error.path) if error.path is not None else None, "line": error.line}
        said = {**place, "what": error.what, "hint": error.hint, "has_record": bool(raw)}
        self._reasons.write(msgspec.json.encode(said) + b"\n")


def _line(error: StetError, byte: int) -> bytes:
    """Return the line that an error is about, nothing if the file has no lines that can be told apart."""
    if error.path is None or error.line is None:
        return b""
    try:
        with Path(error.path).open("rb") as file:
            file.seek(byte)
            line = file.readline(_LONGEST)
    except OSError:
        return b""  # the error says that the file can't be read
    return line if line.strip() else b""
