"""Whether a project's schema is the one that Stet creates, before anything is read from it.

A schema is code: views, triggers, generated columns, checks and expressions in indexes run when rows are read or
written, and virtual tables call other modules. So one with anything more, less or different is refused as a whole.
"""

import re
import sqlite3
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from pathlib import Path

from app.core.errors import ProjectDamaged, ProjectError
from app.storage.version import SCHEMA_DIGESTS, SCHEMA_VERSION

_MOST_OBJECTS = 500
_READ = f"SELECT type, name, tbl_name, sql FROM sqlite_schema LIMIT {_MOST_OBJECTS}"
# Tables whose rows are numbered, the column, and whether SQLite keeps the count of them apart.
NUMBERED = (
    ("edit_log", "sequence", True),
    ("decision", "sequence", True),
    ("reveal", "sequence", True),
    ("document", "id", False),
    ("scheme", "id", False),
    ("annotator", "id", False),
    ("annotation_set", "id", False),
)
"""The tables whose rows Stet numbers from 1 on: with the column, and whether SQLite keeps the last number."""
MOST_ROWS = 2**53
_INDEX_FORMATS = (4, 5)  # of FTS5
_Object = tuple[str, str, str, str]  # kind, name, table, SQL


class ForeignSchema(ProjectError):
    """A project file that isn't built as Stet builds them. Nothing in it was run."""

    def __init__(self, what: str, *, path: Path) -> None:
        hint = "nothing in it was run; it is damaged, or another program has changed it, so don't trust it"
        super().__init__(what, hint=hint, path=path)


def require_own_schema(connection: sqlite3.Connection, path: Path, *, version: int | None = None) -> None:
    """Raise ForeignSchema unless the schema is exactly that of its version, by default the header's `user_version`.

    An update that was interrupted leaves the schema of a later version than the header says; that one is accepted too.
    Raises sqlite3.Error if the schema can't be read.
    """
    if version is None:
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        candidates = range(min(max(version, 1), SCHEMA_VERSION), SCHEMA_VERSION + 1)
    else:
        candidates = range(version, version + 1)
    found = read_schema(connection)
    own = digest(found)
    if any(own == SCHEMA_DIGESTS[candidate] for candidate in candidates):
        return
    # Another release of sqlite-utils may word the same schema differently.
    given = _canonical(found)
    expected = [_canonical(_made_anew(candidate)) for candidate in candidates]
    if given not in expected:
        raise ForeignSchema(_difference(given, expected[0]), path=path)


def require_own_bookkeeping(connection: sqlite3.Connection, path: Path) -> None:
    """Raise ProjectDamaged if SQLite's own tables in a project hold what neither it nor Stet would write there.

    It would raise errors of any kind then, or number the next action beyond what it can count. Raises sqlite3.Error.
    """
    begins = not connection.in_transaction
    if begins:
        connection.execute("BEGIN")  # another process may write while this one reads
    try:
        _require_own_numbers(connection, path)
    finally:
        if begins and connection.in_transaction:
            connection.execute("COMMIT")


def _require_own_numbers(connection: sqlite3.Connection, path: Path) -> None:
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type='table'")}
    counts = dict(connection.execute("SELECT name, seq FROM sqlite_sequence"))
    for table, key, is_counted in NUMBERED:
        if table not in tables:
            continue
        (largest,) = connection.execute(f"SELECT coalesce(max({key}), 0) FROM {table}").fetchone()
        count = counts.get(table, 0) if is_counted else largest
        if type(count) is not int or not 0 <= largest <= count <= MOST_ROWS:
            raise ProjectDamaged(f"the file is damaged: “{table}” has rows of impossible numbers", path=path)
    for (version,) in connection.execute("SELECT v FROM document_fts_config WHERE k='version'"):
        if version not in _INDEX_FORMATS:
            raise ProjectDamaged("the file is damaged: its word index has an unknown format", path=path)


def digest(objects: Iterable[_Object]) -> str:
    """Return the SHA-256 of a schema in hexadecimal digits."""
    return sha256(repr(sorted(objects)).encode("utf-8", "surrogatepass")).hexdigest()


def read_schema(connection: sqlite3.Connection) -> frozenset[_Object]:
    """Return the schema of a connection. Reading it parses it, and runs nothing of it. Raises sqlite3.Error."""
    factory, connection.text_factory = connection.text_factory, _decode  # a damaged schema may not be UTF-8
    try:
        rows = connection.execute(_READ).fetchall()
    except UnicodeDecodeError as error:
        # SQLite's message quotes the damaged schema, and Python can't read the message.
        raise sqlite3.DatabaseError("the schema of the file is damaged") from error
    finally:
        connection.text_factory = factory
    return frozenset((str(kind), str(name), str(table), str(sql or "")) for kind, name, table, sql in rows)


def _decode(text: bytes) -> str:
    return text.decode("utf-8", "backslashreplace")


def _canonical(objects: Iterable[_Object]) -> frozenset[_Object]:
    return frozenset((kind, name, table, canonical(sql)) for kind, name, table, sql in objects)


def canonical(sql: str) -> str:
    """Return SQL as its tokens, so that neither blanks between them nor the kind of quotes around names matter."""
    return repr([_token(match) for match in _tokens().finditer(sql) if match.lastgroup != "blank"])


@cache
def _tokens() -> re.Pattern[str]:
    # A string, a name in one of three kinds of quotes, blanks, a word, any other character:
    # https://sqlite.org/lang_expr.html. Compiled when it is needed, which is rarely.
    return re.compile(
        r"""'(?:[^']|'')*'|"(?P<double>(?:[^"]|"")*)"|\[(?P<bracket>[^\]]*)\]|`(?P<backtick>(?:[^`]|``)*)`"""
        r"""|(?P<blank>[ \t\n\f\r]+)|\w+|.""",
        re.DOTALL,
    )


def _token(match: re.Match[str]) -> str:
    quotes = {"double": '"', "backtick": "`", "bracket": "]"}.get(match.lastgroup or "")
    return match[0] if quotes is None else '"' + str(match[match.lastgroup or 0]).replace(quotes * 2, quotes)


@cache
def _made_anew(version: int) -> frozenset[_Object]:
    """Return the schema of a version as its migrations make it."""
    from app.storage.migrations import schema_of

    connection = schema_of(version)
    try:
        return read_schema(connection)
    finally:
        connection.close()


def _difference(found: frozenset[_Object], own: frozenset[_Object]) -> str:
    """Return the most telling of the differences from our own schema, in words."""
    known = {(kind, name) for kind, name, *_ in own}
    present = {(kind, name) for kind, name, *_ in found}
    for kind in ("trigger", "view"):
        for _, name in sorted(named for named in present if named[0] == kind):
            return f"this project contains code of its own (the {kind} “{name}”), which Stet never writes"
    what = "this project can't be read, since its structure isn't Stet's own"
    for kind in ("table", "index"):
        for _, name in sorted(named for named in present - known if named[0] == kind):
            return f"{what}: it has another {kind}, “{name}”"
        for _, name in sorted({(item[0], item[1]) for item in found - own if item[0] == kind}):
            return f"{what}: its {kind} “{name}” is a different one"
    for kind, name in sorted(known - present, reverse=True):
        return f"{what}: it lacks the {kind} “{name}”"
    return f"{what}: it has entries of an unknown kind"
