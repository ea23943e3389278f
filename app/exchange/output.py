"""Writes files and folders under temporary names and moves them into place, all together, once they are complete."""

import hashlib
import io
import os
import shutil
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NamedTuple, Protocol, cast

from app.core.errors import FormatError
from app.core.os_faults import describe
from app.exchange.inner_path import inner_path
from app.staging_folder import StagingFolder, is_taken, move_over, sync_folder


class Output(Protocol):
    """What a writer writes to: one file with files beside it, a folder of files, or a stream."""

    @property
    def path(self) -> Path | None:
        """The target path; None for a stream."""
        ...

    def main(self) -> BinaryIO:
        """Return the file of a single-file format. It is closed at the end."""
        ...

    def open(self, name: str) -> BinaryIO:
        """Open a further file: in the folder, by a path such as `news/one.ann`, or beside the main file and named after
        it (`labels.xml` beside `out.json` is `out.labels.xml`).

        Close it once it is written: there may be many. Raises FormatError for a name that leads out of the folder or is
        used twice, and for a stream.
        """
        ...

    def part(self, name: str) -> "Output":
        """Return the output of a part, such as `train`: a file named after the main one, or a subfolder.

        Raises FormatError for a stream.
        """
        ...


class FileDigest(NamedTuple):
    """A written file: its name, or its path within the folder that it is in; its size in bytes, and its SHA-256."""

    name: str
    size: int
    sha256: str


class OutputFiles:
    """Files and folders that are put in place together at the end of the `with` block, or not at all if it fails.

    Existing files are only replaced then. A path that isn't a regular file, such as a pipe or `/dev/null`, is written
    to directly. Raises FormatError, which names the file, if one can't be created or written, or if `keep_off` would be
    overwritten; the files returned raise it too.
    """

    def __init__(self, *, keep_off: Path) -> None:
        self._keep_off = keep_off.resolve()
        self._staged: list[_StagedFile | _StagedFolder] = []
        self.replaced: set[Path] = set()
        """The paths at which a file existed before."""

    def open(self, path: Path) -> BinaryIO:
        """Return the file to write to; it is closed at the end."""
        place = self._place(path)
        if place.is_dir() or not path.name:
            raise FormatError("this is a folder", hint="give a file name in it", path=path)
        staged = _StagedFile(path, place)
        self._staged.append(staged)
        if staged.replaces:
            self.replaced.add(path)
        return staged.file

    def output(self, path: Path, *, is_folder: bool = False) -> Output:
        """Return the output for a path, a file or a folder. An existing folder must be empty. Raises FormatError."""
        if not is_folder:
            return _FileOutput(self, path)
        place = self._place(path)
        if is_taken(place) and not place.is_dir():
            raise FormatError("this is a file, but the format is a folder of files", hint="name a folder", path=path)
        if place.is_dir() and any(place.iterdir()):
            raise FormatError("this folder isn't empty", hint="name a new or an empty folder", path=path)
        staged = _StagedFolder(path, place)
        self._staged.append(staged)
        return _FolderOutput(staged, path)

    def digests(self) -> list[FileDigest]:
        """Return what was written so far, by name: size and SHA-256 of each file that is put in place at the end."""
        return [digest for staged in self._staged for digest in staged.digests()]

    def _place(self, path: Path) -> Path:
        place = path.resolve()
        if place == self._keep_off:
            raise FormatError("this is the project itself", hint="choose another name", path=path)
        return place

    def __enter__(self) -> "OutputFiles":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._finish()
        finally:
            for staged in self._staged:
                staged.discard()

    def _finish(self) -> None:
        for staged in self._staged:
            try:
                staged.complete()
            except OSError as error:
                raise write_failed(staged.path, error) from error
        done: list[_StagedFile | _StagedFolder] = []
        try:
            for staged in self._staged:
                try:
                    staged.put(can_be_undone=len(self._staged) > 1)
                except OSError as error:
                    raise write_failed(staged.path, error) from error
                done.append(staged)
        except BaseException:
            for staged in reversed(done):
                staged.undo()
            raise


class _NamedFile(io.FileIO):
    """A file whose errors in writing name the path that the person asked for, whoever writes to it."""

    def __init__(self, place: Path, path: Path, *, mode: str) -> None:
        super().__init__(place, mode)
        self._path = path

    def write(self, data: object, /) -> int:
        try:
            return super().write(data)  # pyright: ignore[reportArgumentType]  whatever FileIO takes
        except OSError as error:
            raise write_failed(self._path, error) from error


def _opened(place: Path, path: Path, *, mode: str = "wb") -> BinaryIO:
    """Open a buffered file to write to. Raises OSError, or FormatError when it is written to."""
    return cast(BinaryIO, io.BufferedWriter(_NamedFile(place, path, mode=mode)))


def _closed_anyhow(file: BinaryIO) -> None:
    """Close a file that isn't wanted any more: whether its last bytes can still be written doesn't matter."""
    with suppress(OSError, FormatError):
        file.close()


def _digest(place: Path, name: str) -> FileDigest:
    with place.open("rb") as file:
        return FileDigest(name, place.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def _staging(path: Path, place: Path) -> StagingFolder:
    try:
        return StagingFolder(place)
    except OSError as error:
        raise write_failed(path, error) from error


class _StagedFile:
    """A file that is written in a staging folder beside its target path."""

    def __init__(self, path: Path, place: Path) -> None:
        self.path = path
        self._place = place
        self.replaces = place.is_file()
        is_regular = self.replaces or not place.exists()
        self._staging = _staging(path, place) if is_regular else None
        self._unfinished = self._staging.path / "new" if self._staging is not None else None
        self._before: Path | None = None  # backup of the replaced file, kept until everything is in place
        try:
            self.file = _opened(self._unfinished or place, path)
        except OSError as error:
            self._discard_staging()
            raise write_failed(path, error) from error

    def digests(self) -> list[FileDigest]:
        """Return the digest of what was written so far; nothing for what isn't a regular file."""
        self.file.flush()
        return [_digest(self._unfinished, self.path.name)] if self._unfinished is not None else []

    def complete(self) -> None:
        """Flush all bytes to the disk. Raises OSError and FormatError."""
        if not self.file.closed:
            self.file.flush()
            if self._unfinished is not None:
                os.fsync(self.file.fileno())
            self.file.close()
        elif self._unfinished is not None:
            with self._unfinished.open("rb+") as file:  # a writer with many files closed it
                os.fsync(file.fileno())

    def put(self, *, can_be_undone: bool) -> None:
        """Move the file into place. Raises OSError, in which case an existing file is unchanged."""
        if self._unfinished is None:
            return
        if can_be_undone and self.replaces:
            self._before = self._unfinished.with_name("before")
            try:
                os.link(self._place, self._before)
            except OSError:  # not every file system supports links
                shutil.copy2(self._place, self._before)
        move_over(self._unfinished, self._place)

    def undo(self) -> None:
        """Restore what existed before."""
        with suppress(OSError):
            if self._before is not None:
                os.replace(self._before, self._place)
            elif self._unfinished is not None:
                self._place.unlink()

    def discard(self) -> None:
        """Close the file, and remove temporary files."""
        _closed_anyhow(self.file)
        self._discard_staging()

    def _discard_staging(self) -> None:
        if self._staging is not None:
            self._staging.discard()


class _StagedFolder:
    """A folder that is filled in a staging folder beside its target path."""

    def __init__(self, path: Path, place: Path) -> None:
        self.path = path
        self._place = place
        self._was_there = place.is_dir()
        self._staging = _staging(path, place)
        self._unfinished = self._staging.path / "new"
        self._open: list[BinaryIO] = []
        try:
            self._unfinished.mkdir()
        except OSError as error:
            self._staging.discard()
            raise write_failed(path, error) from error

    def open(self, name: str) -> BinaryIO:
        """Open a new file by its path in the folder. Raises FormatError."""
        inner = inner_path(name)
        path = self._unfinished / inner
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = _opened(path, self.path / inner, mode="xb")
        except FileExistsError as error:
            raise FormatError("there would be two files of this name", path=self.path / inner) from error
        except OSError as error:
            raise write_failed(self.path / inner, error) from error
        self._open = [other for other in self._open if not other.closed]
        self._open.append(file)
        return file

    def digests(self) -> list[FileDigest]:
        """Return the digests of what was written so far, in the order of the paths."""
        for file in self._open:
            if not file.closed:
                file.flush()
        inner = sorted(path for path in self._unfinished.rglob("*") if path.is_file())
        return [_digest(path, path.relative_to(self._unfinished).as_posix()) for path in inner]

    def complete(self) -> None:
        """Close the files that the writer left open. Raises OSError and FormatError."""
        for file in self._open:
            file.close()

    def put(self, *, can_be_undone: bool) -> None:
        """Move the folder into place. Raises OSError, in which case an existing folder is unchanged."""
        if self._was_there:
            self._place.rmdir()
        try:
            os.rename(self._unfinished, self._place)
        except OSError:
            if self._was_there:
                self._place.mkdir()
            raise
        sync_folder(self._place.parent)

    def undo(self) -> None:
        """Remove the folder again."""
        shutil.rmtree(self._place, ignore_errors=True)
        if self._was_there:
            with suppress(OSError):
                self._place.mkdir()

    def discard(self) -> None:
        """Remove the temporary folder."""
        for file in self._open:
            _closed_anyhow(file)
        self._staging.discard()


class _FileOutput:
    """A file, and files beside it that are named after it."""

    def __init__(self, files: OutputFiles, path: Path) -> None:
        self._files = files
        self._path = path
        self._main: BinaryIO | None = None

    @property
    def path(self) -> Path | None:
        return self._path

    def main(self) -> BinaryIO:
        if self._main is None:
            self._main = self._files.open(self._path)
        return self._main

    def open(self, name: str) -> BinaryIO:
        inner = inner_path(name)
        if len(inner.parts) > 1:
            raise FormatError(f"“{name}” isn't a name of a file beside another", hint="leave out “/”", path=self._path)
        return self._files.open(self._named(f"{self._path.stem}.{inner}"))

    def part(self, name: str) -> Output:
        return _FileOutput(self._files, self._named(f"{self._path.stem}.{name}{self._path.suffix}"))

    def _named(self, name: str) -> Path:
        if not self._path.name:
            raise FormatError("this is a folder", hint="give a file name in it", path=self._path)
        return self._path.with_name(name)


class _FolderOutput:
    """A folder, or a subfolder of it; `within` is the subfolder's relative path, ending with `/`."""

    def __init__(self, staged: _StagedFolder, path: Path, within: str = "") -> None:
        self._staged = staged
        self._path = path
        self._within = within

    @property
    def path(self) -> Path | None:
        return self._path

    def main(self) -> BinaryIO:
        raise ValueError("a folder has no main file: its files are opened by name")

    def open(self, name: str) -> BinaryIO:
        return self._staged.open(f"{self._within}{inner_path(name)}")

    def part(self, name: str) -> Output:
        return _FolderOutput(self._staged, self._path / name, f"{self._within}{name}/")


class StreamOutput:
    """A stream, such as standard output: one file and nothing else."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    @property
    def path(self) -> Path | None:
        """None: a stream has no path."""
        return None

    def main(self) -> BinaryIO:
        """Return the stream."""
        return self._stream

    def open(self, name: str) -> BinaryIO:
        """Raise FormatError."""
        raise FormatError(f"“{name}” needs a file to be beside", hint="give a file name instead of -")

    def part(self, name: str) -> Output:
        """Raise FormatError."""
        raise FormatError("a split needs an output file", hint="give a file name instead of -")


def write_failed(path: Path, error: OSError) -> FormatError:
    """Return the error for a file or folder that couldn't be written."""
    what, hint = describe(error)
    return FormatError(f"can't be written: {what}", hint=f"{hint}; an existing file is unchanged", path=path)
