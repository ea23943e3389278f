"""Errors that are reported to a person, as opposed to bugs."""

from collections.abc import Sequence
from pathlib import Path


class StetError(Exception):
    """An error that a person can act on.

    `what` says what is wrong, `hint` what to do; `path` and `line` (1-based) say where, if it was in a file. In the
    window, `in_window` takes the place of the hint, or where it is None, the hint without its commands; see
    `wording.window_hint`.
    """

    def __init__(
        self,
        what: str,
        *,
        hint: str = "",
        in_window: str | None = None,
        path: str | Path | None = None,
        line: int | None = None,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint
        self.in_window = in_window
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
    """A data file, foreign or our own, that can't be read; with the line.

    `record` is the text of the invalid record, where it isn't the line by itself.
    """

    record: str = ""


class WrongUse(StetError):
    """An invalid request, such as an unknown name. The command line exits with 2 for it."""


class BadChoice(FormatError, WrongUse):
    """An unknown or invalid format, layer, condition or split."""


class UnknownScheme(SchemeError, WrongUse):
    """The name of a scheme that isn't one of those shipped with Stet."""


class ProjectError(StetError):
    """A project file that can't be opened, written or trusted. The file wasn't changed."""

    @property
    def is_damage(self) -> bool:
        """Whether the file's content is damaged, so that a backup of it is needed."""
        return isinstance(self, ProjectDamaged | DamagedRow)


class ProjectGone(ProjectError):
    """There is no file at the project's path any more."""


class ProjectDamaged(ProjectError):
    """A damaged project file. `details` are SQLite's messages, for experts."""

    def __init__(self, what: str, *, path: Path, details: Sequence[str] = ()) -> None:
        super().__init__(what, hint="restore a backup; the damaged file was left unchanged", path=path)
        self.details = tuple(details)


class DamagedRow(ProjectError):
    """A row of a project has content that Stet never writes.

    `table` and `row` (its uid or number) say which one; `reason` says what is wrong with it. `document` and `name` are
    the uid and name of its document, if they are known.
    """

    def __init__(self, table: str, row: str, reason: str, *, document: str = "", name: str = "") -> None:
        which = f"row {row} of the table “{table}”" if table else f"row {row}"
        super().__init__(f"{which} can't be read: {reason}", hint="restore a backup; stet check lists all damaged rows")
        self.table = table
        self.row = row
        self.reason = reason
        self.document = document
        self.name = name


class ChangedText(DamagedRow):
    """A document whose text isn't the one that was imported: its SHA-256 doesn't match. Offsets into it are wrong."""

    def __init__(self, document: str, name: str) -> None:
        super().__init__("document", document, "", document=document, name=name)
        self.what = f"the text of “{name}” differs from what was imported: its hash doesn't match"


class NotWritable(ProjectError):
    """A project that can only be opened read-only."""


class Cancelled(StetError):
    """A job was cancelled by the person. Nothing was changed."""

    def __init__(self) -> None:
        super().__init__("cancelled", hint="nothing was changed")
