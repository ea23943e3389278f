"""What a reader reads: a file or a folder, and the files that belong to it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from app.core.errors import FormatError
from app.exchange.inner_path import inner_path


def _no_folder(_folder: Path) -> bool:
    return False


class Source:
    """A file, or a folder of files that belong together, such as a text and its annotations.

    `name` is for a document whose file doesn't name it; by default the file's name.
    """

    def __init__(self, path: Path, name: str = "") -> None:
        self.path = path
        self.name = name or path.name

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        return self.path.is_dir()

    @property
    def folder(self) -> Path:
        """The folder itself, or the one that contains the file."""
        return self.path if self.is_folder else self.path.parent

    def open(self) -> BinaryIO:
        """Open the file for reading. Raises FormatError."""
        try:
            return self.path.open("rb")
        except OSError as error:
            raise read_failed(self.path, error) from error

    def companion(self, name: str) -> "Source | None":
        """Return another file of the folder by its relative path, such as `one.ann`; None if there is no such file.

        Raises FormatError for a name that leads out of the folder.
        """
        path = self.folder / inner_path(name)
        if not os.path.isfile(path):  # which a name that is too long for any file doesn't make raise
            return None
        if not path.resolve().is_relative_to(self.folder.resolve()):
            raise FormatError(f"“{name}” is a link out of the folder", hint="replace it with the file", path=self.path)
        return Source(path, name)

    def files(self, *suffixes: str) -> Iterator["Source"]:
        """Yield the file, or all files of the folder recursively, by name.

        With suffixes (lower case, with the dot), only files with one of these. A file in the folder is named by its
        relative path, with `/` separators.
        """
        if not self.is_folder:
            if not suffixes or self.path.suffix.lower() in suffixes:
                yield self
            return
        for path in files_in(self.path):
            if not suffixes or path.suffix.lower() in suffixes:
                yield Source(path, path.relative_to(self.path).as_posix())

    def size(self) -> int:
        """Return the size of the file, or the total of all files in the folder, in bytes. Raises OSError."""
        if not self.is_folder:
            return self.path.stat().st_size
        return sum(path.stat().st_size for path in files_in(self.path))


def files_in(folder: Path, is_whole: Callable[[Path], bool] = _no_folder) -> Iterator[Path]:
    """Yield the files of a folder by name, then those of its subfolders.

    A folder that `is_whole` is yielded itself, without its contents. Hidden files and folders are skipped, links to
    folders aren't followed.
    """
    for parent, folders, files in os.walk(folder):
        paths = [Path(parent, name) for name in sorted(folders) if not name.startswith(".")]
        whole = [path for path in paths if not path.is_symlink() and is_whole(path)]
        folders[:] = [path.name for path in paths if path not in whole]
        for name in sorted(files):
            path = Path(parent, name)
            if not name.startswith(".") and path.is_file():
                yield path
        yield from whole


def files_at_top(folder: Path) -> list[Path]:
    """Return the files of a folder by name, without those of subfolders and hidden ones; none if it can't be listed."""
    for _, _, names in os.walk(folder):
        paths = (Path(folder, name) for name in sorted(names) if not name.startswith("."))
        return [path for path in paths if path.is_file()]
    return []


def read_failed(path: Path, error: OSError) -> FormatError:
    """Return the error for a file that can't be read."""
    return FormatError(f"can't be read: {error.strerror}", hint="check its path and permissions", path=path)
