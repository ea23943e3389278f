"""What can go wrong and is told to a person, as opposed to a bug."""

from collections.abc import Sequence
from pathlib import Path


class StetError(Exception):
    """A failure that a person can act on.

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
    """A text that can't be stored: it holds NUL or a lone surrogate."""


class EditRejected(StetError):
    """An edit that doesn't fit the state it was applied to. The state is as before."""


class SchemeError(StetError):
    """A scheme file that is not one; carries the line."""


class FormatError(StetError):
    """A foreign or own data file that can't be read at some line."""


class WrongUse(StetError):
    """A request that makes no sense, such as a name that nothing has. The command line ends with 2 for it."""


class BadChoice(FormatError, WrongUse):
    """A format, layer, condition or split that isn't one."""


class UnknownScheme(SchemeError, WrongUse):
    """A scheme that was named, not given as a file, and doesn't ship with Stet."""


class ProjectError(StetError):
    """A project file that can't be opened, written or trusted. The file is as before."""


class ProjectDamaged(ProjectError):
    """The file was a project and isn't whole any more. `details` is what SQLite says of it, for experts."""

    def __init__(self, what: str, *, path: Path, details: Sequence[str] = ()) -> None:
        super().__init__(what, hint="restore a backup; the damaged file was left unchanged", path=path)
        self.details = tuple(details)


class NotWritable(ProjectError):
    """The project can't be opened for writing; reading it works."""


class Cancelled(StetError):
    """Long work was stopped by the person. Nothing of it was kept."""

    def __init__(self) -> None:
        super().__init__("cancelled", hint="nothing was changed")
