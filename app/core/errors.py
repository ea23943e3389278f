"""Errors that are reported to a person, as opposed to bugs."""

from collections.abc import Sequence
from pathlib import Path


class StetError(Exception):
    """An error that a person can act on.

    `what` says what is wrong, `hint` what to do; `path` and `line` (1-based) say where, if it was in a file.
    """

    def __init__(self, what: str, *, hint: str = "", path: str | Path | None = None, line: int | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint
        self.path = path
        self.line = line

    def __str__(self) -> str:
        where = ""
        if self.path is not None:
            where = f"{self.path}:{self.line}: " if self.line is not None else f"{self.path}: "
        return f"{where}{self.what}" + (f"; {self.hint}" if self.hint else "")


class TextRefused(StetError):
    """A text that can't be stored because it contains NUL or a lone surrogate."""


class EditRejected(StetError):
    """An edit that isn't valid for the state it was applied to. Nothing was changed."""


class SchemeError(StetError):
    """An invalid scheme file; with the line."""


class FormatError(StetError):
    """A data file, foreign or our own, that can't be read; with the line."""


class WrongUse(StetError):
    """An invalid request, such as an unknown name. The command line exits with 2 for it."""


class BadChoice(FormatError, WrongUse):
    """An unknown or invalid format, layer, condition or split."""


class UnknownScheme(SchemeError, WrongUse):
    """The name of a scheme that isn't one of those shipped with Stet."""


class ProjectError(StetError):
    """A project file that can't be opened, written or trusted. The file wasn't changed."""


class ProjectDamaged(ProjectError):
    """A damaged project file. `details` are SQLite's messages, for experts."""

    def __init__(self, what: str, *, path: Path, details: Sequence[str] = ()) -> None:
        super().__init__(what, hint="restore a backup; the damaged file was left unchanged", path=path)
        self.details = tuple(details)


class NotWritable(ProjectError):
    """A project that can only be opened read-only."""


class Cancelled(StetError):
    """A job was cancelled by the person. Nothing was changed."""

    def __init__(self) -> None:
        super().__init__("cancelled", hint="nothing was changed")
