"""Makes the projects of schema versions that lack one."""

import lzma
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from click.testing import CliRunner

from app.cli.main import cli
from app.storage import word_index
from app.storage.document_meta import fill_meta, fill_titles
from app.storage.migrations import migrate
from app.storage.packed_action import unpacked
from app.storage.version import APPLICATION_ID, SCHEMA_VERSION
from tests.unit.storage.versions import columns, stored, tables

_COMMANDS = (
    ("new", "p.stet", "--sample", "--as", "ana"),
    ("suggest", "p.stet", "--with", "corrections", "--as", "ana"),
    ("assign", "p.stet", "--to", "zoe"),
    ("bundle", "p.stet", "b.stet", "--for", "zoe"),
    ("review", "p.stet", "--auto", "unanimous", "--as", "rina"),
    ("review", "p.stet", "--release", "--as", "rina"),
    ("edit-text", "p.stet", "Budget vote, spun", "--replace", "the", "a", "--every", "--as", "ana"),
    ("patterns", "p.stet", "add", "slave trade", "--label", "entity.PERSON", "--as", "ana"),
)


def _rich(folder: Path) -> Path:
    path = folder / "p.stet"
    for words in _COMMANDS:
        ran = CliRunner().invoke(cli, [str(folder / word) if word.endswith(".stet") else word for word in words])
        print(words[0], ran.exit_code, ran.output.strip()[-100:])
    return path


def _make(version: int, rich: Path, out: Path) -> None:
    with closing(sqlite3.connect(out, isolation_level=None)) as db:
        migrate(db, version)
        db.execute("ATTACH ? AS rich", [str(rich)])
        db.execute("BEGIN")
        for table in tables(db):
            there = {row[1] for row in db.execute(f"PRAGMA rich.table_info({table})")}
            names = ", ".join(f'"{name}"' for name in columns(db, table) if name in there)
            if names:
                db.execute(f"DELETE FROM {table}")
                db.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM rich.{table}")
        if version < 13:
            log = db.execute("SELECT packed, sequence FROM rich.edit_log WHERE packed IS NOT NULL").fetchall()
            rows = [(*unpacked(value), sequence) for value, sequence in log]
            db.executemany("UPDATE main.edit_log SET edit=?, inverse=? WHERE sequence=?", rows)
        if version < 6:
            db.execute("INSERT INTO document_fts(document_fts) VALUES ('rebuild')")
        else:
            word_index.fill(db)
        if version >= 9:
            db.execute("DELETE FROM document_meta")
            fill_meta(db)
        if version >= 10:
            db.execute("DELETE FROM document_title")
            fill_titles(db)
        db.execute("COMMIT")
        db.execute("DETACH rich")
        db.execute(f"PRAGMA application_id={APPLICATION_ID}")
        db.execute(f"PRAGMA user_version={version}")
        db.execute("VACUUM")


def main() -> None:
    """Make what lacks."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rich = _rich(folder)
        for version in range(1, SCHEMA_VERSION + 1):
            if not stored(version).exists():
                _make(version, rich, folder / f"{version}.stet")
                stored(version).write_bytes(lzma.compress((folder / f"{version}.stet").read_bytes(), preset=9))


main()
