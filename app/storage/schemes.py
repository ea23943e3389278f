"""The versions of a project's scheme; the newest one counts."""

from typing import NamedTuple

from app.core.clock import now
from app.storage.project import Project


class SchemeRow(NamedTuple):
    """A stored scheme, as the TOML text it came in."""

    key: int
    name: str
    version: int
    toml: str
    created: str


class Schemes:
    """All schemes that a project ever had, oldest first."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def current(self) -> SchemeRow | None:
        """Return the scheme in force."""
        sql = "SELECT id, name, version, toml, created FROM scheme ORDER BY id DESC LIMIT 1"
        row = self._project.connection.execute(sql).fetchone()
        return SchemeRow(*row) if row else None

    def add(self, *, name: str, version: int, toml: str) -> int:
        """Put a scheme in force. Must be called inside `project.atomic()`."""
        sql = "INSERT INTO scheme (name, version, toml, created) VALUES (?,?,?,?)"
        return self._project.connection.execute(sql, [name, version, toml, now()]).lastrowid or 0
