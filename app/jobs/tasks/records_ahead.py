"""What files hold, read before they are imported: for a preview, and for what the scheme lacks of them."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from app.core.errors import FormatError
from app.core.progress import CancelToken, Progress, no_progress
from app.core.record import DocumentRecord
from app.core.wording import counted
from app.exchange.encoded_text import OtherEncoding
from app.exchange.foreign_document import UnknownAnnotator
from app.exchange.format import ReadOptions
from app.exchange.offset_units import UnknownUnit
from app.exchange.text_column import NoTexts
from app.jobs.tasks.file_list import input_files
from app.jobs.tasks.input_readers import InputReaders, UnreadFile


def records_ahead(
    paths: Sequence[Path],
    readers: InputReaders,
    options: ReadOptions,
    *,
    total: int = 0,
    progress: Progress = no_progress,
    cancel: CancelToken | None = None,
) -> Iterator[DocumentRecord]:
    """Yield the records of files and folders. What can't be read goes to `options.refuse`; files that nobody reads are
    passed over, since the import says so. `progress` gets the records of a file so far, of `total`.

    Raises AmbiguousFormat, UnknownUnit, UnknownAnnotator and OtherEncoding, about which somebody must be asked, and
    Cancelled.
    """
    for file in input_files(paths, readers.is_whole):
        try:
            reader = readers.reader(file)
        except UnreadFile:
            continue
        if reader is None:
            continue
        try:
            for count, record in enumerate(reader.read(file.source, readers.options(reader, options)), 1):
                if cancel is not None:
                    cancel.raise_if_cancelled()
                progress(count, total, file.source.name if total else counted(count, "document"))
                yield record
        except (UnknownUnit, UnknownAnnotator, OtherEncoding):
            raise
        except FormatError as error:
            if isinstance(error, NoTexts) and not file.is_named:
                continue
            if error.path is None:
                error.path = file.source.path
            options.refuse(error)
