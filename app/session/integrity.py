"""Integrity checks of an open project: its file, its foreign keys, and rows that Stet wouldn't have written."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from app.core.errors import DamagedRow, ProjectError, SchemeError, StetError
from app.core.progress import CancelToken, Progress, no_progress
from app.core.salvage_report import SalvageReport
from app.storage import preflight
from app.storage.backups import how_to_restore
from app.storage.damaged_rows import damaged_rows, rows_of_file
from app.storage.decisions import damaged_decisions
from app.storage.derived_rows import derived_faults, make_again
from app.storage.file_verification import FileVerification
from app.storage.own_schema import ForeignSchema
from app.storage.project import Project
from app.storage.seals import broken_seals
from app.storage.stale_evidence import Stale, stale_evidence
from app.storage.suggestions import damaged_suggestions


class RowDamage(NamedTuple):
    """A damaged row: its document (uid and name), and what is wrong with it, in words."""

    document: str
    name: str
    what: str


def damage_of(path: Path) -> Iterator[DamagedRow]:
    """Yield the rows that can't be decoded of a project that can't be opened, since its file or scheme is damaged."""
    return rows_of_file(path)


def how_to_mend(path: Path) -> str:
    """Return advice on what to do about a damaged project: its newest good backup, or how what can be read is saved."""
    return how_to_restore(path)


def is_damage(path: Path, error: StetError) -> bool:
    """Whether an error about a project says that its file is damaged, or isn't built as ours are."""
    if isinstance(error, SchemeError | ForeignSchema):
        return True
    return isinstance(error, ProjectError) and (error.is_damage or preflight.has_hurt_header(path))


def salvaged(path: Path, out: Path, *, tell: Callable[[int, int, str], None]) -> SalvageReport:
    """Save what can be read of a damaged project that isn't open here into a new file; see `storage.salvage`."""
    from app.storage.salvage import salvage  # it is rarely needed

    return salvage(path, out, tell=tell)


class Integrity:
    """The checks. They read everything and, but for `make_again`, change nothing; all raise ProjectError if the file
    can't be read.
    """

    def __init__(self, project: Project) -> None:
        self._project = project

    def file_damage(self) -> list[str]:
        """Return what SQLite's integrity check finds wrong with the file; empty if it is intact."""
        return preflight.run_check(self._project.path, check="integrity_check")

    def verified(self, *, with_texts: bool = False) -> FileVerification:
        """Return a context in which the whole file is checked, for a block that reads what will leave the project.

        Who doesn't hash the texts that it reads has it done `with_texts`.
        """
        return FileVerification(self._project.path, with_texts=with_texts)

    def broken_links(self) -> list[str]:
        """Return the tables that have rows with dangling foreign keys."""
        return preflight.broken_links(self._project.path)

    def damaged_rows(self) -> Iterator[DamagedRow]:
        """Yield the rows that can't be decoded: of schemes, annotators, snapshots and the log.

        The reader's `records` finds those of documents and of the work on them.
        """
        return damaged_rows(self._project.reader)

    def damaged_decisions(self) -> Iterator[RowDamage]:
        """Yield the decisions that can't be decoded, or whose gold annotation doesn't exist."""
        return (RowDamage(item.document, item.name, item.what) for item in damaged_decisions(self._project))

    def damaged_suggestions(self) -> Iterator[RowDamage]:
        """Yield the suggestions and judgements that can't be decoded."""
        return (RowDamage(*item) for item in damaged_suggestions(self._project))

    def derived_faults(self) -> Iterator[RowDamage]:
        """Yield the documents that are listed or found otherwise than they are."""
        return (RowDamage(*fault) for fault in derived_faults(self._project))

    def make_again(self) -> None:
        """Make again what lists and search go by, in a project that can be written. Raises ProjectError."""
        with self._project.atomic():
            make_again(self._project)

    def require_sound(self) -> None:
        """Raise ProjectDamaged or DamagedRow if anything in the file isn't as it was written."""
        self._project.require_whole()
        self._project.require_content()
        for damage in damaged_rows(self._project.reader, everywhere=True):
            raise damage

    def replay_faults(
        self, *, progress: Progress = no_progress, cancel: CancelToken | None = None
    ) -> Iterator[RowDamage]:
        """Undo the whole log on a private copy and do it again; yield where that doesn't give the tables.

        Raises Cancelled.
        """
        from app.session.log_replay import LogReplay  # which needs what carries out actions, and that the reader

        return (RowDamage(*fault) for fault in LogReplay(self._project).faults(progress=progress, cancel=cancel))

    def broken_seals(self) -> Iterator[RowDamage]:
        """Yield the documents, and the tables of the project as a whole, whose rows aren't as Stet wrote them."""
        return (RowDamage(*seal) for seal in broken_seals(self._project.reader))

    def stale_evidence(self) -> Iterator[Stale]:
        """Yield the evidence whose quote doesn't match the text of its document."""
        return stale_evidence(self._project)
