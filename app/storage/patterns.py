"""Patterns of a project: what is always suggested."""

import msgspec

from app.core.suggestion_pattern import MOST_PATTERNS, SuggestionPattern
from app.core.token_pattern import Tokens
from app.storage.project import Project
from app.storage.row_cells import PatternCells, reads_row

_COLUMNS = "uid, words, match, layer, label, correction, created, severity, note, tokens"
PATTERNS = f"SELECT {_COLUMNS} FROM pattern"


@reads_row(PatternCells)
def to_pattern(cells: PatternCells) -> SuggestionPattern:
    """Return the pattern of a row of PATTERNS. Raises DamagedRow."""
    return SuggestionPattern(
        uid=cells.uid,
        words=cells.words,
        match=cells.match,
        layer=cells.layer,
        label=cells.label,
        correction=cells.correction,
        severity=cells.severity,
        note=cells.note,
        tokens=msgspec.json.decode(cells.tokens, type=Tokens),
        created=cells.created,
    )


class Patterns:
    """The patterns of a project. Methods that write must be called inside `project.atomic()`."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def all(self) -> list[SuggestionPattern]:
        """Return the patterns by words, MOST_PATTERNS at most. Raises DamagedRow."""
        sql = f"{PATTERNS} ORDER BY words, match, layer, label, uid LIMIT {MOST_PATTERNS}"
        return [to_pattern(row) for row in self._project.connection.cells(sql)]

    def find(self, uid: str) -> SuggestionPattern | None:
        """Return a pattern, None if there is none with this uid."""
        row = self._project.connection.cells(f"{PATTERNS} WHERE uid=?", [uid]).fetchone()
        return to_pattern(row) if row else None

    def count(self) -> int:
        """Return how many patterns there are."""
        return self._project.connection.execute("SELECT count(*) FROM pattern").fetchone()[0]

    def put(self, pattern: SuggestionPattern) -> None:
        """Add a pattern; one with the same uid is replaced."""
        sql = f"INSERT OR REPLACE INTO pattern ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?)"
        p = pattern
        row: list[str | None] = [p.uid, p.words, p.match.value, p.layer, p.label, p.correction, p.created, p.severity]
        row += [p.note, msgspec.json.encode(p.tokens).decode()]
        self._project.connection.execute(sql, row)

    def drop(self, uid: str) -> None:
        """Delete a pattern, if there is one with this uid."""
        self._project.connection.execute("DELETE FROM pattern WHERE uid=?", [uid])
