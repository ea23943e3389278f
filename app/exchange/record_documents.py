"""The documents of files whose records are documents, each by itself."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.format import ReadOptions
from app.exchange.json_lines import JsonLine
from app.exchange.json_records import placed, records


def record_documents(
    path: Path, options: ReadOptions, make: Callable[[JsonLine], Iterable[DocumentRecord]]
) -> Iterator[DocumentRecord]:
    """Yield what `make` makes of each record of a file of JSON, all of it or nothing: the FormatError that it raises
    goes to `options.refuse`, with the record's place. A file without records is noted. Raises FormatError for what is
    no JSON.
    """
    seen_any = False
    for line in records(path):
        seen_any = True
        options.at(line.number, line.byte)
        try:
            found = list(make(line))
        except FormatError as error:
            options.refuse(placed(error, line, path))
        else:
            yield from found
    if not seen_any:
        options.report.note("empty", "files without documents", str(path))
