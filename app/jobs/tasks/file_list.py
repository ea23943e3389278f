"""Files named one by one or by their folder."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from app.core.errors import FormatError


class InputFile(NamedTuple):
    """A file to read. `name` is what a text document from it is called; `is_named` that it was given by itself."""

    path: Path
    name: str
    is_named: bool


def input_files(paths: Iterable[Path]) -> Iterator[InputFile]:
    """Yield the files, those of folders in order of their names, with all folders below.

    A file's name is its own; inside a folder it is the path from there, with “/” between the parts. Hidden files and
    folders are passed over, links to folders aren't followed. Raises FormatError for a path that leads nowhere.
    """
    for path in paths:
        if path.is_dir():
            yield from _in_folder(path)
        elif path.exists():
            yield InputFile(path, path.name, is_named=True)
        else:
            raise FormatError("no such file or folder", hint="check the path", path=path)


def _in_folder(folder: Path) -> Iterator[InputFile]:
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(parent, name)
            if not name.startswith(".") and path.is_file():
                yield InputFile(path, path.relative_to(folder).as_posix(), is_named=False)
