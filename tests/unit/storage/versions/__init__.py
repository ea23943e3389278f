"""A small project as each schema version stored it: `python -m tests.unit.storage.versions` makes those that lack.

The files are kept, and never made again: a step of the migrations that is changed later would show on them. Their rows
are those of the sample project with suggestions, assignments and decisions, as far as a version has room for them.
"""

import lzma
import sqlite3
from contextlib import closing
from pathlib import Path

FOLDER = Path(__file__).parent


def stored(version: int) -> Path:
    """Return where the project of a schema version is kept, compressed."""
    return FOLDER / f"v{version:02}.stet.xz"


def versions() -> list[int]:
    """Return the schema versions of which there is a project."""
    return sorted(int(path.name[1:3]) for path in FOLDER.glob("v*.stet.xz"))


def unpack(version: int, out: Path) -> Path:
    """Write the project of a schema version to a file, and return it."""
    out.write_bytes(lzma.decompress(stored(version).read_bytes()))
    return out


def columns(db: sqlite3.Connection, table: str) -> list[str]:
    """Return the names of a table's columns."""
    return [row[1] for row in db.execute(f"PRAGMA table_info({table})")]


def tables(db: sqlite3.Connection) -> list[str]:
    """Return the names of the tables that hold rows of ours, without those of the index of words."""
    sql = "SELECT name FROM sqlite_schema WHERE type='table' AND name NOT LIKE 'sqlite_%' AND sql NOT LIKE '%VIRTUAL%'"
    return [row[0] for row in db.execute(sql) if not row[0].startswith(("document_fts", "word_index", "_sqlite"))]


def contents(path: Path) -> dict[str, int]:
    """Return how many rows each table has."""
    with closing(sqlite3.connect(path)) as db:
        return {table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables(db)}
