"""Lists input files that are given individually or by their folder."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from app.core.errors import FormatError
from app.exchange.source import Source, files_in


class InputFile(NamedTuple):
    """A file to read, or a folder to read as a whole; `is_named` is True if it was given individually."""

    source: Source
    is_named: bool


def input_files(paths: Iterable[Path], is_whole: Callable[[Path], bool]) -> Iterator[InputFile]:
    """Yield the files, those of folders recursively in order of their names.

    `name` is the file's own name, or inside a folder the relative path with `/` separators. Hidden files and folders
    are skipped, links to folders aren't followed. A folder that `is_whole` is one source. Raises FormatError for a path
    that doesn't exist.
    """
    for path in paths:
        if path.is_dir() and not is_whole(path):
            for found in files_in(path, is_whole):
                yield InputFile(Source(found, found.relative_to(path).as_posix()), is_named=False)
        elif path.exists():
            yield InputFile(Source(path), is_named=True)
        else:
            raise FormatError("no such file or folder", hint="check the path", path=path)
