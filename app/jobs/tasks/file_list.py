"""Files named one by one or by their folder."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from app.core.errors import FormatError
from app.exchange.source import Source, files_in


class InputFile(NamedTuple):
    """A file to read, or a folder to read as a whole; `is_named` tells that it was given by itself."""

    source: Source
    is_named: bool


def input_files(paths: Iterable[Path], is_whole: Callable[[Path], bool]) -> Iterator[InputFile]:
    """Yield the files, those of folders in order of their names, with all folders below.

    A file's name is its own; inside a folder it is the path from there, with “/” between the parts. Hidden files and
    folders are passed over, links to folders aren't followed. A folder that `is_whole` is one source. Raises
    FormatError for a path that leads nowhere.
    """
    for path in paths:
        if path.is_dir() and not is_whole(path):
            for found in files_in(path, is_whole):
                yield InputFile(Source(found, found.relative_to(path).as_posix()), is_named=False)
        elif path.exists():
            yield InputFile(Source(path), is_named=True)
        else:
            raise FormatError("no such file or folder", hint="check the path", path=path)
