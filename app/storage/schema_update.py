"""Bringing a project of an earlier Stet up to date: tried on a copy, which takes its place only if it checks clean."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from app.core.errors import ProjectDamaged, ProjectError
from app.core.os_faults import describe
from app.staging_folder import StagingFolder, move_over, sync_file
from app.storage.access import connect as connect_plain
from app.storage.access import left_unclean, tidy
from app.storage.backups import back_up
from app.storage.connection import UNSYNCED, Connection, connect
from app.storage.errors import StorageFault
from app.storage.own_schema import require_own_schema
from app.storage.packed_action import pack_all
from app.storage.seals import keep_seals
from app.storage.soundness import faults_of
from app.storage.version import APPLICATION_ID, SCHEMA_VERSION

REASON = "migration"


def update(project: Path) -> None:
    """Replace a project of an earlier schema, whose lock the caller holds, by one of the present schema.

    A backup is made first. Whatever happens, there is one whole file at the project's path: the old one, or the new one
    once it has stood the full check. Raises ProjectError.
    """
    path = project.resolve()
    try:
        backup = back_up(path, reason=REASON).path
    except ProjectDamaged as error:
        from app.storage.damaged_rows import rows_of_file  # it is rarely needed

        first = next(rows_of_file(path), None)
        error.what = f"the file is damaged: {error.details[0] if first is None else first.what}"
        raise
    try:
        with StagingFolder(path) as staging:
            fresh = staging.path / "updated.stet"
            shutil.copyfile(backup, fresh)
            _migrate_alone(fresh)
            faults = faults_of(fresh)
            if faults:
                # As above: what Stet wrote stands the check.
                raise ProjectDamaged(f"the file is damaged: {faults[0]}", path=path, details=faults)
            sync_file(fresh)
            _resemble(path, fresh)
            _empty_log(path)
            move_over(fresh, path)
    except OSError as error:
        what, hint = describe(error)
        raise ProjectError(f"can't be updated: {what}", hint=hint, path=path) from error


def migrate(connection: Connection, to: int = SCHEMA_VERSION) -> None:
    """Bring the schema of an open file to a version in one transaction, or leave it as it is.

    Raises ProjectDamaged if its rows don't fit, StorageFault and ForeignSchema.
    """
    if connection.execute("PRAGMA user_version").fetchone()[0] == to:
        return
    from app.storage import migrations

    with _fitting(connection.path), migrations.database_of(connection).atomic():
        migrations.migrate(connection, to)
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version={to}")
        # The table of applied migrations is content, which may claim anything.
        require_own_schema(connection, connection.path)


@contextmanager
def _fitting(path: Path) -> Iterator[None]:
    try:
        yield
    except StorageFault:
        raise
    except sqlite3.Error as error:
        # Sound rows of every version are updated (`test_migrations`): these hold what Stet never wrote.
        what = "the file is damaged: its rows can't be updated to this version"
        raise ProjectDamaged(what, path=path, details=[str(error)]) from error


def _migrate_alone(fresh: Path) -> None:
    """Update a file that nobody else knows, and that is thrown away if anything happens: it needn't be on the disk."""
    with _fitting(fresh), closing(connect(fresh, "mode=rw")) as connection:
        connection.execute(UNSYNCED)
        connection.execute("PRAGMA foreign_keys=ON")
        migrate(connection)
        keep_seals(connection)
        connection.execute("BEGIN")
        pack_all(connection)
        connection.execute("COMMIT")
        connection.execute("VACUUM")  # what was packed leaves most of its pages empty


def _resemble(path: Path, fresh: Path) -> None:
    shutil.copymode(path, fresh)
    there = path.stat()
    if os.name == "posix" and (there.st_uid, there.st_gid) != (os.geteuid(), os.getegid()):
        with suppress(OSError):  # only root may give files away; the group's members still have what its mode says
            os.chown(fresh, there.st_uid, there.st_gid)


def _empty_log(path: Path) -> None:
    """Move what is in the log into the file: beside the new one SQLite would take it for that one's own."""
    if left_unclean(path):
        with closing(connect_plain(path, "mode=rw")) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    tidy(path)
    if left_unclean(path):
        raise ProjectError("another program reads it just now", hint="try again", path=path)
