"""The versions of a project's scheme; the newest row is the current one."""

from typing import NamedTuple

import msgspec

from app.core.clock import now
from app.core.scheme_change import SchemeStory
from app.storage.project import Project
from app.storage.row_cells import SchemeCells, reads_row


class SchemeRow(NamedTuple):
    """A stored scheme, as its original TOML text."""

    key: int
    name: str
    version: int
    toml: str
    created: str
    story: SchemeStory = SchemeStory()


_encoder = msgspec.json.Encoder(order="deterministic")
_decoder = msgspec.json.Decoder(SchemeStory)
_STORY = "scheme:"  # prefix, before the row number, of the key among the project's properties


class Schemes:
    """All schemes that a project ever had, oldest first."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def current(self) -> SchemeRow | None:
        """Return the current scheme, None if there is none yet."""
        row = self._project.connection.cells(f"{SCHEMES} ORDER BY s.id DESC LIMIT 1").fetchone()
        return to_scheme(row) if row else None

    def all(self) -> list[SchemeRow]:
        """Return all schemes that were ever current, oldest first."""
        return [to_scheme(row) for row in self._project.connection.cells(f"{SCHEMES} ORDER BY s.id")]

    def add(self, *, name: str, version: int, toml: str, story: SchemeStory | None = None) -> int:
        """Make a scheme the current one; return its row number. Must be called inside `project.atomic()`."""
        sql = "INSERT INTO scheme (name, version, toml, created) VALUES (?,?,?,?)"
        key = self._project.connection.execute(sql, [name, version, toml, now()]).lastrowid or 0
        if story is not None:
            value = _encoder.encode(story).decode()
            self._project.connection.execute("INSERT INTO about (key, value) VALUES (?,?)", [f"{_STORY}{key}", value])
        return key


SCHEMES = (
    "SELECT s.id, s.name, s.version, s.toml, s.created, a.value FROM scheme s "
    f"LEFT JOIN about a ON a.key = '{_STORY}' || s.id"
)


@reads_row(SchemeCells)
def to_scheme(cells: SchemeCells) -> SchemeRow:
    """Return the scheme of a row of SCHEMES. Raises DamagedRow."""
    story = _decoder.decode(cells.story) if cells.story else SchemeStory()
    return SchemeRow(cells.id, cells.name, cells.version, cells.toml, cells.created, story)
