"""The full check of a project file that nobody has open, such as a copy of one: what must hold for it to count."""

import hashlib
import sqlite3
from contextlib import closing
from itertools import islice
from pathlib import Path

from app.core.errors import ProjectError
from app.storage import preflight
from app.storage.access import connect
from app.storage.connection import printable
from app.storage.connection_limits import raise_if_stopped
from app.storage.errors import storage_fault
from app.storage.seals import broken_seals

_ALONE = "mode=ro&immutable=1"  # creates no files beside it
_MOST_TOLD = 5


def is_sound(path: Path) -> bool:
    """Whether a file is a project of a known version in which the full check finds nothing wrong."""
    try:
        preflight.require_project(path)
        return not faults_of(path)
    except (ProjectError, OSError):
        return False


def faults_of(path: Path) -> list[str]:
    """Return what is wrong with a file, for experts; an empty list if it is sound.

    Checked are its pages and indexes (`integrity_check`), its foreign keys, that every text has the hash that it had
    when it was imported, that every row can be decoded, of an older file as it is once it is brought up to date, and,
    of a file of the present version, that the sums over rows match. Raises StorageFault if the file can't be read for
    another reason than damage, and Cancelled.
    """
    found = preflight.run_check(path, check="integrity_check", mode=_ALONE)
    if found:
        return found
    try:
        with closing(connect(path, _ALONE)) as connection:
            found = _dangling(connection) or [str(seal) for seal in islice(broken_seals(connection), _MOST_TOLD)]
        return [*found, *_undecodable(path)]
    except ProjectError as fault:
        if not fault.is_damage:
            raise
        return [fault.what]
    except sqlite3.Error as error:
        fault = storage_fault(error, path)
        if fault is not None and not fault.is_damage:
            raise fault from error
        return [str(error)]


def changed_texts(path: Path) -> list[str]:
    """Return the names of the documents of an open project whose text doesn't have its hash any more.

    Raises StorageFault if the file can't be read, ForeignSchema, and Cancelled.
    """
    try:
        with closing(connect(path)) as connection:
            connection.text_factory = bytes
            found: list[str] = []
            for name, text, stored in connection.execute("SELECT name, text, sha256 FROM document NOT INDEXED"):
                if not isinstance(text, bytes) or hashlib.sha256(text).hexdigest().encode() != stored:
                    found.append(printable(name))
            return found
    except sqlite3.Error as error:
        raise_if_stopped(error)
        fault = storage_fault(error, path)
        if fault is None:
            raise
        raise fault from error


def changed_rows(path: Path) -> list[str]:
    """Return, in words, which rows of an open project aren't as Stet wrote them, some of them if there are many.

    Raises StorageFault if the file can't be read, ForeignSchema, and Cancelled.
    """
    try:
        with closing(connect(path)) as connection:
            return [str(seal) for seal in islice(broken_seals(connection), _MOST_TOLD)]
    except sqlite3.Error as error:
        fault = storage_fault(error, path)
        if fault is None:
            raise
        raise fault from error


def _undecodable(path: Path) -> list[str]:
    # Imported here: what decodes rows needs the module of projects, which needs that of backups, and that needs this.
    from app.storage.connection import connect as connect_decoding
    from app.storage.damaged_rows import rows_of_any_version

    with closing(connect_decoding(path, _ALONE)) as connection:
        return [damage.what for damage in islice(rows_of_any_version(connection), _MOST_TOLD)]


def _dangling(connection: sqlite3.Connection) -> list[str]:
    tables = {str(row[0]) for row in connection.execute("PRAGMA foreign_key_check")}
    return [f"rows of the table {table} refer to rows that don't exist" for table in sorted(tables)]
