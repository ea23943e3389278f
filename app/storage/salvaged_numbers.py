"""The numbers of salvaged rows: one that Stet never gives is replaced, so that what was saved can be opened."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from app.storage.own_schema import MOST_ROWS, NUMBERED

_Place = tuple[str, str]  # a table and its column


def renumber(connection: sqlite3.Connection) -> Iterator[str]:
    """Give rows of impossible numbers others, and say so; what refers to them follows. Foreign keys must be off.

    Raises sqlite3.Error.
    """
    referring = _referring(connection)
    for table, key, is_counted in NUMBERED:
        is_one = f"{key} BETWEEN 1 AND {MOST_ROWS}"
        rows = connection.execute(f"SELECT {key} FROM {table} WHERE NOT {is_one} ORDER BY {key}").fetchall()
        (last,) = connection.execute(f"SELECT coalesce(max({key}), 0) FROM {table} WHERE {is_one}").fetchone()
        for number, (old,) in enumerate(rows, last + 1):
            for place, column in ((table, key), *referring[table, key]):
                connection.execute(f"UPDATE OR IGNORE {place} SET {column} = ? WHERE {column} = ?", [number, old])
            yield f"{table.replace('_', ' ')}: a row of the impossible number {old} is now number {number}"
        if is_counted:
            largest = f"SELECT coalesce(max({key}), 0) FROM {table}"
            ask = f"UPDATE sqlite_sequence SET seq = ({largest}) WHERE name = ? AND NOT seq BETWEEN 0 AND {MOST_ROWS}"
            connection.execute(ask, [table])


def _referring(connection: sqlite3.Connection) -> Mapping[_Place, Sequence[_Place]]:
    """Return, for each column that others refer to, which those are."""
    found: defaultdict[_Place, list[_Place]] = defaultdict(list)
    tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    for (table,) in tables:
        for _, _, target, column, of_target, *_ in connection.execute(f"PRAGMA foreign_key_list({table})").fetchall():
            found[target, of_target].append((table, column))
    return found
