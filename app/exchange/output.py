"""Files that are written beside their places and put there only when they are whole."""

import os
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from app.core.errors import FormatError


class OutputFiles:
    """Several files that come into being together, at the end of the `with` block, or not at all if it fails.

    What stood at their places before is replaced only then. A place that is no plain file, such as a pipe or
    `/dev/null`, is written to directly. Raises FormatError where a file can't be made or `keep_off` would be
    overwritten.
    """

    def __init__(self, *, keep_off: Path) -> None:
        self._keep_off = keep_off.resolve()
        self._files: list[tuple[BinaryIO, Path | None, Path]] = []
        self.replaced: set[Path] = set()
        """Those of the paths at which a file stood before."""

    def open(self, path: Path) -> BinaryIO:
        """Return the file to write to; it is closed at the end."""
        place = path.resolve()
        if place == self._keep_off:
            raise FormatError("this is the project itself", hint="choose another name", path=path)
        if place.is_dir():
            raise FormatError("this is a folder", hint="give a file name in it", path=path)
        is_plain = place.is_file() or not place.exists()
        unfinished = place.with_name(f".{place.name}.{os.getpid()}.part") if is_plain else None
        try:
            file = (unfinished or place).open("wb")
        except OSError as error:
            raise _failed(path, error) from error
        if place.is_file():
            self.replaced.add(path)
        self._files.append((file, unfinished, place))
        return file

    def __enter__(self) -> "OutputFiles":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._finish()
        finally:
            for file, unfinished, _ in self._files:
                file.close()
                if unfinished is not None:
                    unfinished.unlink(missing_ok=True)

    def _finish(self) -> None:
        for file, unfinished, place in self._files:
            try:
                file.flush()
                if unfinished is not None:
                    os.fsync(file.fileno())
                file.close()
            except OSError as error:
                raise _failed(place, error) from error
        for _, unfinished, place in self._files:
            if unfinished is not None:
                try:
                    os.replace(unfinished, place)
                except OSError as error:
                    raise _failed(place, error) from error


def _failed(path: Path, error: OSError) -> FormatError:
    hint = "check space, folder and permissions; the existing file is unchanged"
    return FormatError(f"can't be written: {error.strerror}", hint=hint, path=path)


def write_failed(path: Path, error: OSError) -> FormatError:
    """Return the error for people of a write that failed half-way."""
    return _failed(path, error)
