"""Making and dropping the schema of a hub, and the roles of those who use it."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from app.core.names import annotator_key
from app.hub.connection import HubConnection, HubError, HubRefused, as_sql
from app.paths import resources

if TYPE_CHECKING:
    from psycopg import Cursor

VERSION = 1
ROLES = ("annotator", "reviewer", "lead")

_LONGEST = 40


def slug_of(name: str) -> str:
    """Return what a name is called in the names of roles and schemas: small letters of ASCII, digits and “_”."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:_LONGEST] or "hub"


def schema_name(project: str, uid: str) -> str:
    """Return the name of a hub's schema, given the name of the project and the uid of the hub."""
    return f"stet_{slug_of(project)}_{uid[-6:]}"


def login_name(schema: str, person: str, taken: frozenset[str] = frozenset()) -> str:
    """Return a name for a person's role that isn't taken."""
    base = f"{schema[:30]}_{slug_of(person)}"[:58]
    numbered = (f"{base}_{number}" for number in range(2, 10_000))
    return base if base not in taken else next(name for name in numbered if name not in taken)


def member_role(schema: str) -> str:
    """Return the role whose members may use a hub."""
    return f"{schema}_member"


def creation_sql(schema: str) -> str:
    """Return the SQL that makes the schema of a hub and its role, as `stet hub create --dry-run` prints it."""
    text = (resources() / "hub" / f"{VERSION}.sql").read_text(encoding="utf-8")
    body = text.replace("{schema}", _quoted(schema)).replace("{member}", _quoted(member_role(schema)))
    beginning = (
        f"CREATE ROLE {_quoted(member_role(schema))} NOLOGIN;\n"
        f"CREATE SCHEMA {_quoted(schema)};\n"
        f"SET LOCAL search_path = {_quoted(schema)}, pg_temp;\n"
    )
    return beginning + body


def create(connection: HubConnection, schema: str, *, uid: str, project: str, name: str, lead: str) -> None:
    """Make a hub with one lead: the role that is connected. All of it or nothing. Raises HubError."""
    with connection.transaction() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [schema])
        if cursor.fetchone():
            raise HubRefused(f"there is a schema “{schema}” already", hint="drop that hub first, or give another name")
        cursor.execute(as_sql(creation_sql(schema)))
        values = [uid, project, name, VERSION]
        cursor.execute("INSERT INTO hub (uid, project, name, version) VALUES (%s, %s, %s, %s)", values)
        person = "INSERT INTO person (key, name, login, role) VALUES (%s, %s, session_user, 'lead')"
        cursor.execute(person, [annotator_key(lead), lead])
        cursor.execute(as_sql(f"GRANT {_quoted(member_role(schema))} TO SESSION_USER"))


def add_person(
    connection: HubConnection, *, name: str, role: str, login: str, password: str | None, exists: bool
) -> None:
    """Add a person who connects as `login`, a role that `exists` or is made with a password. Raises HubError."""
    schema = connection.address.schema
    with connection.transaction() as cursor:
        cursor.execute("SELECT name FROM person WHERE key = %s", [annotator_key(name)])
        found = cursor.fetchone()
        if found:
            raise HubRefused(f"“{found[0]}” is in the hub already", hint="use another name")
        if not exists:
            cursor.execute(as_sql(f"CREATE ROLE {_quoted(login)} LOGIN"))
            if password:
                _set_password(cursor, connection, login, password)
        cursor.execute(as_sql(f"GRANT {_quoted(member_role(schema))} TO {_quoted(login)}"))
        values = [annotator_key(name), name, login, role]
        cursor.execute("INSERT INTO person (key, name, login, role) VALUES (%s, %s, %s, %s)", values)


def _set_password(cursor: Cursor[tuple[Any, ...]], connection: HubConnection, login: str, password: str) -> None:
    """Give a role a password. Only its SCRAM verifier is sent, so that no log of the server can have the password."""
    verifier = connection.verifier_of(password, login)
    cursor.execute(as_sql(f"ALTER ROLE {_quoted(login)} PASSWORD {_literal(verifier)}"))


def logins(connection: HubConnection) -> frozenset[str]:
    """Return the names of all roles of the server. Raises HubError."""
    return frozenset(row[0] for row in connection.rows("SELECT rolname FROM pg_roles"))


def person_of(connection: HubConnection, key: str) -> tuple[str, str] | None:
    """Return the login and role of a person, by the key of their name; None for a stranger. Raises HubError."""
    rows = connection.rows("SELECT login, role FROM person WHERE key = %s", [key])
    return (rows[0][0], rows[0][1]) if rows else None


def remove_person(connection: HubConnection, key: str) -> None:
    """Take the right to use the hub from a person; their work stays. Raises HubError."""
    member = _quoted(member_role(connection.address.schema))
    with connection.transaction() as cursor:
        cursor.execute("SELECT login FROM person WHERE key = %s", [key])
        found = cursor.fetchone()
        if found:
            cursor.execute(as_sql(f"REVOKE {member} FROM {_quoted(found[0])}"))


def drop(connection: HubConnection) -> list[str]:
    """Drop the hub with all that is in it; return the roles that Stet made for its people, now without rights.

    They are left to the administrator: a role may be used elsewhere. Raises HubError.
    """
    schema = connection.address.schema
    if not schema:
        raise HubError("no hub is named", hint="give its whole address")
    with connection.transaction() as cursor:
        cursor.execute("SELECT login FROM person ORDER BY login")
        people = [row[0] for row in cursor.fetchall()]
        cursor.execute(as_sql(f"DROP SCHEMA {_quoted(schema)} CASCADE"))
        cursor.execute(as_sql(f"DROP OWNED BY {_quoted(member_role(schema))}"))
        cursor.execute(as_sql(f"DROP ROLE {_quoted(member_role(schema))}"))
    return [login for login in people if login.startswith(schema[:30])]


def _quoted(name: str) -> str:
    if "\x00" in name or "%" in name or "{" in name:
        raise HubError(f"“{name[:80]!r}” can't be the name of a role or schema", hint="use letters, digits and “_”")
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
