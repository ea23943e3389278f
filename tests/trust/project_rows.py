"""What is in a project file, whatever its bytes: to tell whether a failed command has left it as it was."""

import shutil
import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory


def digest_of(path: Path) -> str:
    """Return a hash of all rows of all tables, of what is still in the log too, whether or not somebody is writing.

    Nothing is written beside the file.
    """
    found = sha256()
    with TemporaryDirectory() as folder, closing(sqlite3.Connection(_copied(path, Path(folder)))) as connection:
        connection.text_factory = bytes
        names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").fetchall()
        for (name,) in names:
            table = name.decode()
            if not table.startswith("document_fts") and table != "sitting":
                for row in connection.execute(f'SELECT * FROM "{table}"'):
                    found.update(repr((table, row)).encode())
    return found.hexdigest()


def _copied(path: Path, folder: Path) -> Path:
    for name in (path.name, f"{path.name}-wal"):
        if (path.parent / name).exists():
            shutil.copy(path.parent / name, folder)
    return folder / path.name


def left_beside(path: Path) -> list[str]:
    """Return what a command has left in a project's folder, or in that of its backups, that is temporary."""
    folders = (path.parent, path.with_suffix(".backups"))
    names = [entry.name for folder in folders if folder.is_dir() for entry in folder.iterdir()]
    return [name for name in names if name.endswith((".part", "-journal"))]
