"""Inserting very many rows, hundreds with one statement.

SQLite takes half the time for them then: it begins and ends fewer statements, and a cell that is the same in all of
them is handed over once.
"""

from collections.abc import Collection, Sequence
from functools import lru_cache
from itertools import chain, count
from typing import Any

from app.storage.connection import Connection

ROWS_A_STATEMENT = 400  # times the columns of a table, this must stay below the 32,766 parameters that SQLite takes


def insert_rows(
    connection: Connection,
    table: str,
    columns: tuple[str, ...],
    rows: Sequence[tuple[Any, ...]],
    *,
    alike: Collection[int] = (),
) -> None:
    """Insert rows in their order. `alike` are the numbers of columns that often have the same cell in all rows.

    Those hold text or nothing: cells that are equal must be the same. Where rows are summed apart (`seals`),
    the columns are those that are summed, in their order. Raises what a single insert would raise.
    """
    whole = len(rows) - len(rows) % ROWS_A_STATEMENT
    sums = connection.row_sums.get(table)
    for start in range(0, whole, ROWS_A_STATEMENT):
        some = rows[start : start + ROWS_A_STATEMENT]
        first, cells = some[0], list(zip(*some, strict=True))
        shared = tuple(n for n in alike if cells[n].count(first[n]) == len(some))
        own = zip(*(column for n, column in enumerate(cells) if n not in shared), strict=True)
        parameters = [*(first[n] for n in shared), *chain.from_iterable(own)]
        connection.execute(_statement(table, columns, shared), parameters)
        if sums is not None:
            sums.add_columns(cells, shared)
    slots = ", ".join("?" * len(columns))
    connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({slots})", rows[whole:])
    if sums is not None:
        sums.add(rows[whole:])


@lru_cache(maxsize=64)
def _statement(table: str, columns: tuple[str, ...], shared: tuple[int, ...]) -> str:
    """Return the insert of many rows, whose first parameters are the shared cells; the others follow, row by row."""
    given = {n: f"?{at}" for at, n in enumerate(shared, 1)}
    own = (f"?{number}" for number in count(len(shared) + 1))
    rows = (
        "(" + ", ".join(given[n] if n in given else next(own) for n in range(len(columns))) + ")"
        for _ in range(ROWS_A_STATEMENT)
    )
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join(rows)}"
