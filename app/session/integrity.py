"""The health of an open project: its file, its links, and the rows that don't say what Stet would write."""

from collections.abc import Iterator
from typing import NamedTuple

from app.storage import preflight
from app.storage.decisions import damaged_decisions
from app.storage.project import Project
from app.storage.stale_evidence import Stale, stale_evidence
from app.storage.suggestions import damaged_suggestions


class RowDamage(NamedTuple):
    """A row that can't be as it should: of which document (uid, name), and what is wrong."""

    document: str
    name: str
    what: str


class Integrity:
    """Reads everything; changes nothing."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def file_damage(self) -> list[str]:
        """Return what SQLite finds wrong with the file, nothing if it is whole."""
        return preflight.run_check(self._project.path, check="integrity_check")

    def broken_links(self) -> list[str]:
        """Return the tables with rows that refer to rows which don't exist."""
        return preflight.broken_links(self._project.path)

    def damaged_decisions(self) -> Iterator[RowDamage]:
        """Yield the decisions that can't be read, or that are on gold which doesn't exist."""
        return (RowDamage(item.document, item.name, item.what) for item in damaged_decisions(self._project))

    def damaged_suggestions(self) -> Iterator[RowDamage]:
        """Yield the suggestions and judgements that can't be read."""
        return (RowDamage(*item) for item in damaged_suggestions(self._project))

    def stale_evidence(self) -> Iterator[Stale]:
        """Yield the evidence whose quote isn't what stands in its document."""
        return stale_evidence(self._project)
