"""Private copies that stand in for a project's file: an older one that can't be updated, one that can't be written."""

from pathlib import Path

from app.core.errors import ProjectDamaged
from app.core.free_memory import free_memory
from app.storage.connection import UNSYNCED, Connection, connect_to_copy
from app.storage.schema_update import migrate
from app.storage.seals import keep_seals
from app.storage.version import READABLE_VERSION

stand_ins: dict[Path, Connection] = {}
"""The copies that stand in for files at the moment, by path: whoever reads such a project here reads the copy."""

_MUCH = 1 << 30  # bytes; more isn't taken where nobody knows how much memory is free


def updated_copy(source: Connection) -> Connection:
    """Return a connection to a private copy of an older project that is brought up to date; close the one given.

    So an older project can be read where it can't be written, and somebody else's without changing it. Raises
    ProjectDamaged, which names the first row that can't be read, StorageFault, ForeignSchema and Cancelled.
    """
    copy = connect_to_copy(source)
    try:
        migrate(copy, READABLE_VERSION)
        copy.execute("PRAGMA query_only=ON")
    except ProjectDamaged as error:
        copy.close()
        from app.storage.damaged_rows import older_rows  # it is rarely needed

        first = next(older_rows(source), None)
        if first is not None:
            error.what = f"the file is damaged: {first.what}"
        raise
    except BaseException:
        copy.close()
        raise
    source.close()
    return copy


def writable_copy(source: Connection) -> Connection:
    """Return a connection to a private copy in which work can go on as in the file.

    It is in memory if it takes no more than half of what is free, as the disk may be full; else in a temporary file.
    Raises StorageFault if there is no room for that either, sqlite3.Error, and Cancelled.
    """
    (pages,), (size,) = (source.execute(f"PRAGMA {what}").fetchone() for what in ("page_count", "page_size"))
    free = free_memory()
    copy = connect_to_copy(source, in_memory=pages * size < (_MUCH if free is None else free // 2))
    try:
        copy.execute("PRAGMA foreign_keys=ON")
        copy.execute(UNSYNCED)
        keep_seals(copy)
    except BaseException:
        copy.close()
        raise
    return copy
