"""What salvaged rows need of each other: persons, sets and texts that are missing are put, or the rows are let go."""

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import msgspec

from app.core.clock import now
from app.core.errors import ProjectError, SchemeError
from app.core.ids import new_uid
from app.core.names import annotator_key, clean_name
from app.core.scheme_file import parse_scheme
from app.core.wording import counted
from app.storage.access import connect
from app.storage.backups import backups
from app.storage.connection import printable

UNKNOWN = "recovered"
"""The name of an annotator of whom only the work was left."""
_ALONE = "mode=ro&immutable=1"
_ABOUT_A_MARK = (
    ("relation", "source NOT IN (SELECT uid FROM annotation) OR target NOT IN (SELECT uid FROM annotation)"),
    ("evidence", "annotation NOT IN (SELECT uid FROM annotation)"),
)


class Links:
    """What was done so that the rows of a salvaged project fit together, in words."""

    def __init__(self) -> None:
        self.lost: list[str] = []
        self.mended: list[str] = []
        self.from_backups: list[str] = []
        self.lost_by_table: dict[str, int] = {}


def settle(made: sqlite3.Connection, damaged: Path) -> Links:
    """Make the rows of a salvaged project fit together. Must be called inside a transaction."""
    links = Links()
    earlier = _Earlier(damaged)
    _find_documents(made, earlier, links)
    _find_texts(made, earlier, links)
    _name_people(made, links)
    _gather_marks(made, links)
    let_go(made, links)
    _find_scheme(made, earlier, links)
    if not made.execute("SELECT 1 FROM about WHERE key = 'uid'").fetchone():
        made.execute("INSERT INTO about (key, value) VALUES ('uid', ?)", [new_uid()])
        links.mended.append("the project’s own id: it has a new one")
    return links


class _Earlier:
    """The backups of the damaged project, newest first, as far as they can be read."""

    def __init__(self, damaged: Path) -> None:
        self._paths = backups(damaged)

    def rows(self, sql: str, values: list[Any]) -> Iterator[tuple[Path, Any]]:
        """Yield the first row of a query from each backup that has one."""
        for path in self._paths:
            with suppress(ProjectError, sqlite3.Error), closing(connect(path, _ALONE)) as connection:
                row = connection.execute(sql, values).fetchone()
                if row is not None:
                    yield path, row


def _find_documents(made: sqlite3.Connection, earlier: _Earlier, links: Links) -> None:
    """Take documents that others' rows speak of and that are lost from a backup."""
    sql = " UNION ".join(f"SELECT document FROM {table}" for table in ("annotation_set", "annotation", "reference"))
    missing = [key for (key,) in made.execute(f"{sql} EXCEPT SELECT id FROM document").fetchall()]
    columns = "id, uid, name, sha256, length, words, meta, batch, removed, text"
    for key in missing:
        for path, row in earlier.rows(f"SELECT {columns} FROM document WHERE id = ?", [key]):
            if _sha256(row[-1]) != row[3]:
                continue
            try:
                made.execute(f"INSERT INTO document ({columns}) VALUES (?,?,?,?,?,?,?,?,?,?)", row)
            except sqlite3.IntegrityError:
                continue
            links.from_backups.append(f"the document “{printable(row[2])}” ({path.name})")
            break


def _find_texts(made: sqlite3.Connection, earlier: _Earlier, links: Links) -> None:
    """Take the text of a document from a backup if it isn't the one that its hash is of; else hash what there is."""
    for key, uid, name, text, stored in made.execute("SELECT id, uid, name, text, sha256 FROM document").fetchall():
        if _sha256(text) == stored:
            continue
        sql = "SELECT text FROM document WHERE uid = ? AND sha256 = ?"
        found = ((path, row[0]) for path, row in earlier.rows(sql, [uid, stored]) if _sha256(row[0]) == stored)
        path, whole = next(found, (None, text))
        made.execute("UPDATE document SET text = ?, sha256 = ? WHERE id = ?", [whole, _sha256(whole), key])
        if path is not None:
            links.from_backups.append(f"the text of “{printable(name)}” ({path.name})")
        else:
            what = "the text or its hash is damaged; the text is kept as it is now: read it before you rely on it"
            links.mended.append(f"document “{printable(name)}”: {what}")


def _sha256(text: object) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() if isinstance(text, str) else ""


def _name_people(made: sqlite3.Connection, links: Links) -> None:
    """Put an annotator for each row number that work speaks of and nobody has; the log may still know the name."""
    named = [
        ("annotation_set", "annotator"),
        ("edit_log", "annotator"),
        ("decision", "reviewer"),
        ("judgement", "annotator"),
        ("frozen", "annotator"),
    ]
    sql = " UNION ".join(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL" for table, column in named)
    for (key,) in made.execute(f"{sql} EXCEPT SELECT id FROM annotator").fetchall():
        name = _name_in_log(made, key) or UNKNOWN
        kind = "gold" if name == "gold" else "person"
        taken = {row[0] for row in made.execute("SELECT key FROM annotator")}
        free = next(n for n in _numbered(name) if annotator_key(n) not in taken)
        values = [key, new_uid(), free, kind, annotator_key(free)]
        made.execute("INSERT INTO annotator (id, uid, name, kind, key) VALUES (?,?,?,?,?)", values)
        links.mended.append(f"annotator “{free}”: the name was lost, and was put for their work")


def _numbered(name: str) -> Iterator[str]:
    yield name
    for number in range(2, 1_000_000):
        yield f"{name} {number}"


def _name_in_log(made: sqlite3.Connection, key: int) -> str:
    for (edit,) in made.execute("SELECT edit FROM edit_log WHERE annotator = ? ORDER BY sequence", [key]):
        for part in _parts(edit):
            if part.get("type") == "work" and isinstance(part.get("annotator"), str):
                return clean_name(part["annotator"])
    return ""


def _parts(edit: str) -> Iterator[dict[str, Any]]:
    """Yield the simple actions in the JSON of a log row, with compounds flattened."""
    try:
        waiting = [json.loads(edit)]
    except (ValueError, RecursionError):
        return
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict) and part.get("type") == "together" and isinstance(part.get("edits"), list):
            waiting += part["edits"]
        elif isinstance(part, dict):
            yield part


def _gather_marks(made: sqlite3.Connection, links: Links) -> None:
    """Put a set for annotations whose own one is lost: whose they were isn't known any more."""
    sql = (
        "SELECT a.set_id, a.document, count(*), d.name FROM annotation a JOIN document d ON d.id = a.document "
        "LEFT JOIN annotation_set s ON s.id = a.set_id AND s.document = a.document WHERE s.id IS NULL "
        "GROUP BY a.set_id, a.document"
    )
    for set_key, document, count, name in made.execute(sql).fetchall():
        has_number = made.execute("SELECT 1 FROM annotation_set WHERE id = ?", [set_key]).fetchone() is not None
        person = _somebody(made, document)
        values = [None if has_number else set_key, document, person, "open", 0.0, "", 0]
        made.execute(
            "INSERT INTO annotation_set (id, document, annotator, status, seconds, scheme, position) "
            "VALUES (?,?,?,?,?,?,?)",
            values,
        )
        new = made.execute("SELECT last_insert_rowid()").fetchone()[0]
        made.execute("UPDATE annotation SET set_id = ? WHERE set_id = ? AND document = ?", [new, set_key, document])
        who = made.execute("SELECT name FROM annotator WHERE id = ?", [person]).fetchone()[0]
        marks = counted(count, "annotation")
        links.mended.append(f"{marks} of “{printable(name)}”: whose they were is lost; they are under “{who}” now")


def _somebody(made: sqlite3.Connection, document: int) -> int:
    """Return an annotator put for lost ones who has no set on a document yet."""
    for name in _numbered(UNKNOWN):
        row = made.execute("SELECT id FROM annotator WHERE key = ?", [annotator_key(name)]).fetchone()
        if row is None:
            sql = "INSERT INTO annotator (uid, name, kind, key) VALUES (?,?,'person',?)"
            return made.execute(sql, [new_uid(), name, annotator_key(name)]).lastrowid or 0
        sql = "SELECT 1 FROM annotation_set WHERE document = ? AND annotator = ?"
        if made.execute(sql, [document, row[0]]).fetchone() is None:
            return int(row[0])
    raise AssertionError("a million lost annotators")


def let_go(made: sqlite3.Connection, links: Links) -> None:
    """Delete rows that point to rows that are lost, until none does."""
    sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%REFERENCES%'"
    tables = [row[0] for row in made.execute(sql)]
    is_going = True
    while is_going:
        is_going = False
        for table in tables:
            needed = {row[1]: bool(row[3] or row[5]) for row in made.execute(f"PRAGMA table_info({table})")}
            for row in made.execute(f"PRAGMA foreign_key_list({table})").fetchall():
                parent, column, other = row[2], row[3], row[4] or "id"
                dangling = f"{column} IS NOT NULL AND {column} NOT IN (SELECT {other} FROM {parent})"
                if not needed[column]:
                    made.execute(f"UPDATE {table} SET {column} = NULL WHERE {dangling}")
                elif _deleted(made, table, dangling, links):
                    is_going = True
        for table, dangling in _ABOUT_A_MARK:
            is_going |= _deleted(made, table, dangling, links)


def _deleted(made: sqlite3.Connection, table: str, condition: str, links: Links) -> bool:
    count = made.execute(f"DELETE FROM {table} WHERE {condition}").rowcount
    if count:
        links.lost.append(f"{counted(count, 'row')} of the table “{table}”: what they belong to is lost")
        links.lost_by_table[table] = links.lost_by_table.get(table, 0) + count
    return count > 0


def _find_scheme(made: sqlite3.Connection, earlier: _Earlier, links: Links) -> None:
    """See to it that the newest scheme can be read: else from the log, a backup, or the labels that are used."""
    for key, toml in made.execute("SELECT id, toml FROM scheme ORDER BY id DESC").fetchall():
        if _is_scheme(toml):
            break
        made.execute("DELETE FROM scheme WHERE id = ?", [key])
        made.execute("DELETE FROM about WHERE key = ?", [f"scheme:{key}"])
        links.lost.append(f"version {key} of the scheme: it can't be read")
    else:
        source, toml = next(_schemes_elsewhere(made, earlier), ("", ""))
        if not source:
            source, toml = "the labels that are used", _scheme_of_labels(made)
        scheme = parse_scheme(toml, is_stored=True)
        sql = "INSERT INTO scheme (name, version, toml, created) VALUES (?,?,?,?)"
        made.execute(sql, [scheme.name, scheme.version, toml, now()])
        links.mended.append(f"the scheme was lost, and was taken from {source}")


def _schemes_elsewhere(made: sqlite3.Connection, earlier: _Earlier) -> Iterator[tuple[str, str]]:
    for (edit,) in made.execute("SELECT edit FROM edit_log WHERE instr(edit, '\"scheme\"') ORDER BY sequence DESC"):
        for part in _parts(edit):
            if part.get("type") == "scheme" and _is_scheme(part.get("toml")):
                yield "the log", part["toml"]
    for path, row in earlier.rows("SELECT toml FROM scheme ORDER BY id DESC", []):
        if _is_scheme(row[0]):
            yield f"a backup ({path.name})", row[0]


def _is_scheme(toml: object) -> bool:
    if not isinstance(toml, str):
        return False
    try:
        parse_scheme(toml, is_stored=True)
    except SchemeError:
        return False
    return True


def _scheme_of_labels(made: sqlite3.Connection) -> str:
    used: dict[str, list[str]] = {}
    for layer, label in made.execute("SELECT DISTINCT layer, label FROM annotation ORDER BY layer, label"):
        used.setdefault(layer, []).append(label)
    scheme = _scheme_text(used)
    # A damaged id may be none that a scheme allows; the marks keep it, as after any change of the scheme.
    return scheme if _is_scheme(scheme) else _scheme_text({})


def _scheme_text(used: Mapping[str, Sequence[str]]) -> str:
    lines = ['name = "recovered"', "version = 1", 'title = "Recovered labels"']
    for layer, labels in (used or {"entity": ["ENTITY"]}).items():
        lines += ["[[layer]]", f"id = {_quoted(layer)}"]
        for label in labels:
            lines += ["[[layer.label]]", f"id = {_quoted(label)}"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return msgspec.json.encode(text).decode()
