"""A lead's project with a hub, and people who join it with projects of their own."""

from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from app.core.annotation import Status
from app.core.errors import StetError
from app.jobs.tasks import hub as tasks
from app.services.hub.hub_sync import Synced
from app.services.hub.membership import Membership, require_membership
from tests.hub.postgres import Postgres
from tests.unit.services.team.lead import finish, make, mark, opened


class TeamAtHub:
    """The people of one hub. Each has a project file named after them; the lead is `lea`."""

    def __init__(self, server: Postgres, database: str, folder: Path, *, more: int = 0) -> None:
        self.server = server
        self.database = database
        self.folder = folder
        make(self.project("lea"), more=more)
        with opened(self.project("lea"), "lea") as session:
            self.made = tasks.create(session, server.url(database))
        self.logins = {"lea": "admin"}

    @property
    def schema(self) -> str:
        """The schema of the hub."""
        return self.made.address.schema

    def project(self, who: str) -> Path:
        """Return the path of somebody's project."""
        return self.folder / f"{who}.stet"

    def move(self, server: Postgres) -> None:
        """Leave the hub, before anybody joined, for a new one in another server."""
        self.server, self.database = server, server.new_database()
        with opened(self.project("lea"), "lea") as session:
            tasks.leave(session)
            self.made = tasks.create(session, server.url(self.database))

    def invite(self, who: str, role: str = "annotator") -> str:
        """Let somebody in; return their invitation, as a line."""
        with opened(self.project("lea"), "lea") as session:
            found = tasks.invite(session, who, role=role)
        self.logins[who] = found.place.login
        return found.line()

    def join(self, who: str, role: str = "annotator", *, take: int = 0, file: str = "") -> Synced:
        """Let somebody in, who joins, and takes so many documents."""
        done = tasks.join(self.invite(who, role), self.project(file or who))
        return self.take(who, take, file=file) if take else done

    def sync(self, who: str, *, file: str = "") -> Synced:
        """Exchange somebody's work, which must be settled then: again changes nothing."""
        with opened(self.project(file or who), who) as session:
            return tasks.sync(session)

    def take(self, who: str, most: int, *, file: str = "") -> Synced:
        """Take documents from the queue."""
        with opened(self.project(file or who), who) as session:
            return tasks.take(session, most)[1]

    def mark(self, who: str, document: str, words: str, *, file: str = "", done: bool = False, **fields: str) -> str:
        """Mark words in somebody's project, by them; return the mark's uid."""
        with opened(self.project(file or who), who) as session:
            made = mark(session, document, words, **fields)
            if done:
                finish(session, document)
        return made.uid

    def reopen(self, who: str, document: str) -> None:
        """Open a finished document again."""
        with opened(self.project(who), who) as session:
            (uid,) = session.reader.documents.find(document)
            session.open_document(uid)
            session.set_status(Status.OPEN)

    def membership(self, who: str) -> Membership:
        """Return what somebody's project knows of the hub."""
        with opened(self.project(who), who) as session:
            return require_membership(session)

    def sql(self, query: str, *values: Any, who: str = "lea") -> list[tuple[Any, ...]]:
        """Return the rows of a query in the hub's schema, asked by somebody's role."""
        with self.server.connect(self.database, self.logins[who]) as connection:
            in_schema(connection, self.schema)
            cursor = connection.execute(query.encode(), values)
            return cursor.fetchall() if cursor.description else []

    def refused(self, query: str, *values: Any, who: str) -> bool:
        """Whether the server refuses a statement to somebody's role for want of rights."""
        try:
            self.sql(query, *values, who=who)
        except psycopg.errors.InsufficientPrivilege:
            return True
        return False


def in_schema(connection: psycopg.Connection[Any], schema: str) -> None:
    """Let a connection find the tables of a hub."""
    connection.execute(sql.SQL("SET search_path = {}").format(sql.Identifier(schema)))


def trouble_of(what: Any, *arguments: Any) -> str:
    """Return the words of the error that a call ends with."""
    try:
        what(*arguments)
    except StetError as error:
        return str(error)
    raise AssertionError("it went well")
