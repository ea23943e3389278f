"""A hub whose server is a stranger's: any value in any cell, rows that lead nowhere, columns of another type."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from psycopg import sql

from app.core.errors import StetError
from app.jobs.tasks import hub as tasks
from app.storage.soundness import faults_of
from tests.hub.team_at_hub import TeamAtHub, in_schema
from tests.unit.services.team.lead import opened

TABLES = (
    "hub",
    "person",
    "scheme",
    "document",
    "reference",
    "work",
    "suggested",
    "pattern",
    "decision",
    "release",
    "event",
    "queue",
    "seat",
)
_DEEP = '{"a":' * 3000 + "1" + "}" * 3000
_TEXTS = (
    "",
    " ",
    "x" * 2_000_000,
    "\u202egnp.exe",
    "<img src=file:///etc/passwd>",
    "../../etc/passwd",
    "{",
    "[]",
    "[[[[",
    "null",
    "7",
    '{"a":NaN}',
    '{"stet":1}',
    _DEEP,
    "9" * 5000,
    "2026-13-45T99:99:99Z",
    "\ud7ff\ue000\U0010ffff",
    "a\nb\x1e\x1f",
)
_NUMBERS = (0, -1, 1, 2**31 - 1, -(2**31))
_TYPES = ("text", "bytea", "jsonb", "double precision", "boolean", "text[]")
_MOST_S = 10


class Column(NamedTuple):
    """A column of a hub's table."""

    table: str
    name: str
    type: str


class HostileServer:
    """Spoils a hub as its server's administrator, has people exchange with it, and puts all of it back."""

    def __init__(self, hub: TeamAtHub, people: tuple[str, ...]) -> None:
        self._hub = hub
        self._people = people
        self._kept = f"{hub.database}_kept"
        self._copies = {who: Path(shutil.copy(hub.project(who), hub.folder / f"{who}.kept")) for who in people}
        self._as_admin("postgres", f"CREATE DATABASE {self._kept} TEMPLATE {hub.database}")
        self.columns = [
            Column(*row)
            for row in hub.sql(
                "SELECT table_name, column_name, data_type FROM information_schema.columns "
                "WHERE table_schema = current_schema() AND is_generated = 'NEVER' ORDER BY 1, ordinal_position"
            )
            if row[0] in TABLES
        ]

    def _as_admin(self, database: str, *statements: str) -> None:
        with self._hub.server.connect(database) as connection:
            connection.autocommit = True
            for statement in statements:
                connection.execute(statement.encode())

    def put_back(self) -> None:
        """Let server and projects be as they were."""
        name = self._hub.database
        self._as_admin(
            "postgres", f"DROP DATABASE {name} WITH (FORCE)", f"CREATE DATABASE {name} TEMPLATE {self._kept}"
        )
        for who, kept in self._copies.items():
            for left in self._hub.folder.glob(f"{who}.stet*"):
                left.unlink()
            shutil.copy(kept, self._hub.project(who))

    def spoil(self, chance: random.Random) -> str:
        """Spoil something; return what, in words, or "" if the server itself wouldn't have it."""
        column = chance.choice(self.columns)
        way: Callable[[psycopg.Connection[Any], Column, random.Random], str]
        way = chance.choice((_cell, _cell, _cell, _row, _type, _gone))
        try:
            with self._hub.server.connect(self._hub.database) as connection:
                in_schema(connection, self._hub.schema)
                # Neither triggers nor foreign keys.
                connection.execute("SET session_replication_role = replica")
                return way(connection, column, chance)
        except psycopg.Error:
            return ""

    def wrong_after(self, what: str) -> str:
        """Have everybody exchange; return what went wrong that must not, "" if nothing did.

        Raises what is no error for people.
        """
        for who in self._people:
            try:
                with opened(self._hub.project(who), who) as session:
                    tasks.sync(session)
            except StetError as error:
                if not error.what:
                    return f"{what}: {who} isn't told why"
            found = faults_of(self._hub.project(who))
            if found:
                return f"{what}: {who}'s project: {found}"
        return ""


def _run(connection: psycopg.Connection[Any], text: str, names: dict[str, str], *values: Any) -> int:
    composed = sql.SQL(text).format(**{key: sql.Identifier(name) for key, name in names.items()})
    return connection.execute(composed, values).rowcount


def _value(column: Column, chance: random.Random) -> Any:
    if chance.random() < 0.1:
        return None
    if column.type in ("text", "character varying"):
        return chance.choice(_TEXTS)
    if column.type == "boolean":
        return chance.random() < 0.5
    return chance.choice(_NUMBERS)


def _loosen(connection: psycopg.Connection[Any], column: Column) -> None:
    """Take away what keeps values out of a table."""
    rows = connection.execute(
        "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('c', 'u')", [column.table]
    )
    for (name,) in rows.fetchall():
        _run(connection, "ALTER TABLE {table} DROP CONSTRAINT {name}", {"table": column.table, "name": name})
    names = {"table": column.table, "column": column.name}
    connection.execute("SAVEPOINT loose")
    try:
        _run(connection, "ALTER TABLE {table} ALTER COLUMN {column} DROP NOT NULL", names)
    except psycopg.Error:
        connection.execute("ROLLBACK TO loose")


def _new(connection: psycopg.Connection[Any], table: str) -> None:
    """Let everyone read a table's rows again, if they are numbered by transactions."""
    has = connection.execute(
        "SELECT 1 FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = %s "
        "AND column_name = 'at'",
        [table],
    ).fetchone()
    if has is not None:
        _run(connection, "UPDATE {table} SET at = pg_current_xact_id()", {"table": table})


def _cell(connection: psycopg.Connection[Any], column: Column, chance: random.Random) -> str:
    _loosen(connection, column)
    value = _value(column, chance)
    names = {"table": column.table, "column": column.name}
    if chance.random() < 0.5:
        changed = _run(connection, "UPDATE {table} SET {column} = %s", names, value)
    else:
        one = "UPDATE {table} SET {column} = %s WHERE ctid = (SELECT ctid FROM {table} ORDER BY random() LIMIT 1)"
        changed = _run(connection, one, names, value)
    _new(connection, column.table)
    return f"{column.table}.{column.name} = {str(value)[:40]!r}" if changed else ""


def _row(connection: psycopg.Connection[Any], column: Column, chance: random.Random) -> str:
    """Add a row that is another one but for its key, and leads nowhere."""
    _loosen(connection, column)
    value = _value(column, chance) if chance.random() < 0.5 else "nowhere"
    copy = "CREATE TEMP TABLE copied ON COMMIT DROP AS SELECT * FROM {table} ORDER BY random() LIMIT 1"
    _run(connection, copy, {"table": column.table})
    _run(connection, "UPDATE copied SET {column} = %s", {"column": column.name}, value)
    added = _run(
        connection, "INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT * FROM copied", {"table": column.table}
    )
    _new(connection, column.table)
    return f"a row of {column.table} with {column.name} = {str(value)[:40]!r}" if added else ""


def _type(connection: psycopg.Connection[Any], column: Column, chance: random.Random) -> str:
    kind = chance.choice(_TYPES)
    using = {"jsonb": "to_jsonb({column})", "text[]": "ARRAY[{column}::text]", "bytea": "{column}::text::bytea"}
    text = (
        f"ALTER TABLE {{table}} ALTER COLUMN {{column}} TYPE {kind} USING {using.get(kind, '{column}::text::' + kind)}"
    )
    _run(connection, text, {"table": column.table, "column": column.name})
    _new(connection, column.table)
    return f"{column.table}.{column.name} as {kind}"


def _gone(connection: psycopg.Connection[Any], column: Column, chance: random.Random) -> str:
    what = chance.choice(
        ("DELETE FROM {table}", "ALTER TABLE {table} DROP COLUMN {column} CASCADE", "DROP TABLE {table} CASCADE")
    )
    composed = {"table": sql.Identifier(column.table), "column": sql.Identifier(column.name)}
    connection.execute(sql.SQL(what).format(**composed))
    return f"{what} of {column.table}.{column.name}"
