"""The sheet of documents: a row for each, with their metadata in columns, which are known when all have been seen."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Any

import msgspec

from app.core.csv_table import Cell
from app.core.document import Document
from app.core.record import DocumentRecord
from app.exchange.formats.tables.annotation_table import flat_value

TITLES = (
    *("document", "id", "title", "language", "characters", "references", "annotators", "status", "marks", "relations"),
    *("flags", "notes"),
)
_MOST_KEYS = 200
_IN_MEMORY = 8 * 1024 * 1024  # bytes


class DocumentSheet:
    """Collects the rows in a temporary file, which is gone at the end of the `with` block."""

    def __init__(self, document: Callable[[str], Document | None]) -> None:
        self._document = document
        self._keys: dict[str, None] = {}
        self._has_others = False
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  closed by __exit__

    def __enter__(self) -> "DocumentSheet":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, record: DocumentRecord) -> None:
        """Add the row of a document."""
        document, sets = record.document, record.sets
        for key in document.meta:
            if key not in self._keys:
                if len(self._keys) < _MOST_KEYS:
                    self._keys[key] = None
                else:
                    self._has_others = True
        references = (self._document(uid) for uid in record.references)
        flags = ((item.annotator, item.remark.flag) for item in sets if item.remark.flag is not None)
        cells: list[Cell] = [
            *(document.name, document.uid, document.title, document.language, document.length),
            "\n".join(each.name for each in references if each is not None),
            "\n".join(item.annotator for item in sets),
            "\n".join(item.status.value for item in sets),
            sum(len(item.annotations) for item in sets),
            sum(len(item.relations) for item in sets),
            "\n".join(f"{annotator}: {reason}" if reason else annotator for annotator, reason in flags),
            "\n".join(f"{item.annotator}: {item.remark.note}" for item in sets if item.remark.note),
        ]
        self._file.write(msgspec.json.encode((cells, document.meta)) + b"\n")

    @property
    def titles(self) -> Sequence[str]:
        """The titles of the columns."""
        return (*TITLES, *(f"meta.{key}" for key in self._keys), *(("other_metadata",) if self._has_others else ()))

    def rows(self) -> Iterator[Sequence[Cell]]:
        """Yield the rows."""
        self._file.seek(0)
        for line in self._file:
            cells, meta = msgspec.json.decode(line, type=tuple[list[Any], dict[str, Any]])
            others = {key: value for key, value in meta.items() if key not in self._keys}
            more = [msgspec.json.encode(others).decode()] if others else []
            yield (*cells, *(flat_value(meta.get(key)) for key in self._keys), *more)
