"""The database itself says who reads and writes what: each of these asks with that person's own role."""

import threading
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from app.hub.address import parsed_hub_address
from app.hub.connection import HubError, require_version
from app.jobs.tasks import hub as tasks
from app.services.hub.hub_sync import Synced
from tests.hub.postgres import Postgres
from tests.hub.team_at_hub import TeamAtHub, in_schema
from tests.unit.services.team.lead import make, mark, opened


@pytest.fixture
def team(hub: TeamAtHub) -> TeamAtHub:
    """Ana and Ben have marked, Rob reviews."""
    hub.join("ana", take=3)
    hub.join("ben")
    hub.join("rob", "reviewer")
    hub.mark("ana", "spun.txt", "Kyiv")
    hub.sync("ana")
    return hub


_SET = (
    "INSERT INTO work (document, annotator, kind, digest, sha256, status, marks, content, event) "
    "SELECT uid, %s, %s, 'd', sha256, 'open', 0, '{}', %s FROM document LIMIT 1"
)


def test_an_annotator_reads_only_their_own_sets(team: TeamAtHub) -> None:
    assert team.sql("SELECT annotator FROM work", who="ben") == []
    assert team.sql("SELECT annotator FROM work", who="ana") == [("ana",)]
    assert team.sql("SELECT annotator FROM work", who="rob") == [("ana",)]
    assert team.sql("SELECT subject FROM event", who="ben") == []
    assert team.sql("SELECT name FROM person", who="ben") == [("ben",)]
    assert team.sql("SELECT annotator FROM seat", who="ben") == []


def test_gold_is_told_after_its_release_only(team: TeamAtHub) -> None:
    told = "SELECT annotator FROM told_gold(ARRAY(SELECT uid FROM document), '0')"
    assert not team.refused(_SET, "gold", "gold", "e1", who="rob")
    assert team.sql(told, who="ben") == []
    team.sql("INSERT INTO release (document, reviewer) SELECT document, 'rob' FROM work WHERE kind = 'gold'", who="rob")
    assert team.sql(told, who="ben") == [("gold",)]
    assert team.sql("SELECT annotator FROM work", who="ben") == []


_REFUSED = [
    ("UPDATE work SET content = '{}' WHERE annotator = 'ana' RETURNING 1", "ben"),
    ("DELETE FROM work", "ana"),
    ("DELETE FROM work", "rob"),
    ("INSERT INTO document (uid, sha256, words, is_work, line) VALUES ('x', 'x', 0, true, '{}')", "ana"),
    ("INSERT INTO document (uid, sha256, words, is_work, line) VALUES ('x', 'x', 0, true, '{}')", "rob"),
    ("INSERT INTO scheme (number, tag, toml) VALUES (2, 'x@1', '')", "ana"),
    ("INSERT INTO release (document, reviewer) SELECT uid, 'ana' FROM document", "ana"),
    ("INSERT INTO seat (document, annotator, state) SELECT uid, 'ben', 'assigned' FROM document", "ben"),
    ("UPDATE seat SET until = now() + interval '1 year' RETURNING document", "ana"),
    ("UPDATE seat SET state = 'given back' RETURNING document", "rob"),
    ("UPDATE seat SET annotator = 'ben' RETURNING document", "ana"),
    ("UPDATE hub SET annotators = 9 RETURNING uid", "rob"),
    ("UPDATE queue SET place = 0 RETURNING document", "ana"),
    ("UPDATE pattern SET content = '{}'", "ana"),
    ("DELETE FROM suggested", "ana"),
    ("INSERT INTO person (key, name, login, role) VALUES ('eve', 'Eve', 'eve', 'lead')", "ana"),
    ("UPDATE person SET role = 'lead'", "ana"),
    ("UPDATE hub SET incarnation = 'x'", "rob"),
    ("UPDATE event SET marks = 0", "ana"),
    ("DELETE FROM event", "rob"),
    ("INSERT INTO event (uid, person, kind, subject, digest, at) VALUES ('x','ana','work','','','1')", "ana"),
    ("TRUNCATE event", "rob"),
    ("DROP TABLE work", "rob"),
    ("SET SESSION AUTHORIZATION admin", "ana"),
]


def test_what_nobody_but_the_lead_may_do(team: TeamAtHub) -> None:
    before = team.sql("SELECT document, annotator, digest, content FROM work")
    for statement, who in _REFUSED:
        try:
            done = team.sql(statement, who=who)
        except psycopg.errors.InsufficientPrivilege:
            done = []
        assert done == [], statement
        assert team.sql("SELECT document, annotator, digest, content FROM work") == before, statement
    assert team.sql("SELECT count(*) FROM document") == [(4,)]
    assert team.sql("SELECT role FROM person WHERE key = 'ana'") == [("annotator",)]


def test_nobody_writes_a_set_in_anothers_name(team: TeamAtHub) -> None:
    assert team.refused(_SET, "ana", "person", "e2", who="ben")
    assert team.refused(_SET, "rob", "person", "e3", who="ben")
    assert team.refused(_SET, "gold", "gold", "e4", who="ben")
    assert team.refused(_SET, "ben", "gold", "e5", who="rob")
    assert team.refused(_SET, "ben", "model", "e5", who="rob")
    assert not team.refused(_SET, "ben", "person", "e6", who="ben")


def test_the_log_only_grows_even_for_its_owner(team: TeamAtHub) -> None:
    for statement in ("UPDATE event SET marks = 9", "DELETE FROM event", "TRUNCATE event"):
        assert team.refused(statement, who="lea")
    assert team.sql("SELECT kind, subject FROM event") == [("work", "ana")]


def test_a_stranger_reads_nothing(team: TeamAtHub) -> None:
    team.server.roles(["stranger"])
    team.logins["eve"] = "stranger"
    for table in ("work", "document", "hub", "person"):
        assert team.refused(f'SELECT * FROM "{team.schema}".{table}', who="eve")
    # A member whom the hub doesn't know as a person reads nothing either.
    team.sql(f'GRANT "{team.schema}_member" TO stranger')
    for table in ("work", "document", "hub", "person", "scheme", "reference", "seat", "queue"):
        assert team.sql(f"SELECT 1 FROM {table}", who="eve") == []


def test_a_transaction_that_commits_late_is_not_skipped(hub: TeamAtHub) -> None:
    """Two are held open: the one that began first commits last, after others' later work was fetched."""
    hub.join("ana", take=3)
    hub.join("ben", take=3)
    hub.join("rob", "reviewer")
    ana, ben = (hub.server.connect(hub.database, hub.logins[who]) for who in ("ana", "ben"))
    with closing(ana) as late, closing(ben) as middle:
        for connection, name in ((late, "ana"), (middle, "ben")):
            in_schema(connection, hub.schema)
            connection.execute("BEGIN")
            connection.execute(_SET, [name, "person", f"event-{name}"])
        hub.mark("lea", "third.txt", "aide")
        hub.sync("lea")
        assert hub.sync("rob").sets == 1, "a transaction that nobody ends holds nobody up"
        middle.execute("COMMIT")
        assert _left_out(hub.sync("rob")) == ["ben"]
        late.execute("COMMIT")
        before = hub.membership("rob").cursor
        assert "ana" in _left_out(hub.sync("rob")), "the late one's set was never looked at"
        assert hub.membership("rob").cursor > before
    assert _left_out(hub.sync("rob")) == [], "nor is it looked at forever"


def _left_out(done: Synced) -> list[str]:
    """Return whose sets were looked at and refused: those that the transactions wrote aren't valid."""
    examples = [example for finding in done.report if finding.kind == "hub-set" for example in finding.examples]
    return sorted({example.split(", ")[1].split(":")[0] for example in examples})


def test_two_who_ask_at_once_get_different_documents(hub: TeamAtHub) -> None:
    people = ["ana", "ben", "cara"]
    for who in people:
        hub.invite(who)
    got: list[list[str]] = []

    def ask(who: str) -> None:
        with hub.server.connect(hub.database, hub.logins[who]) as connection:
            in_schema(connection, hub.schema)
            for _ in range(4):
                got.append([row[0] for row in connection.execute("SELECT document FROM take(1)")])

    threads = [threading.Thread(target=ask, args=[who]) for who in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = [uid for part in got for uid in part]
    assert len(taken) == len(set(taken)) == 3, "three documents are to be worked on, by one person each"
    assert hub.sql("SELECT taken FROM queue") == [(1,), (1,), (1,)]


def test_what_is_reserved_too_long_is_given_back(hub: TeamAtHub) -> None:
    hub.join("ana", take=2)
    hub.mark("ana", "spun.txt", "Kyiv")
    hub.sync("ana")
    hub.sql("UPDATE seat SET until = now() - interval '1 second'")
    hub.join("ben", take=3)
    assert len(hub.sql("SELECT 1 FROM seat WHERE annotator = 'ben'")) == 3
    hub.mark("ana", "spun.txt", "Donald Trump")
    assert hub.sync("ana").sent == 1
    assert hub.sync("lea").sets == 1, "what she marked is there, before and after"


def test_a_lead_needs_no_more_than_two_rights(postgres: Postgres, tmp_path: Path) -> None:
    """To create roles, and schemas in the database: as the help says, and not to be a superuser."""
    database = postgres.new_database()
    with postgres.connect("postgres") as connection:
        connection.execute("DROP ROLE IF EXISTS modest")
        connection.execute("CREATE ROLE modest LOGIN CREATEROLE")
        connection.execute(f"GRANT CREATE ON DATABASE {database} TO modest".encode())
    make(tmp_path / "lea.stet")
    with opened(tmp_path / "lea.stet", "lea") as session:
        tasks.create(session, postgres.url(database, "modest"))
        line = tasks.invite(session, "ana", new_password="x").line()  # noqa: S106  of a role without any rights
    tasks.join(line, tmp_path / "ana.stet")
    with opened(tmp_path / "ana.stet", "ana") as session:
        assert tasks.take(session, 3)[0] == 3
        mark(session, "spun.txt", "Kyiv")
        assert tasks.sync(session).sent == 1
    with opened(tmp_path / "lea.stet", "lea") as session:
        assert tasks.sync(session).sets == 1
        assert len(tasks.drop(session)) == 1


def test_a_server_that_is_too_old_is_refused() -> None:
    place = parsed_hub_address("postgresql://lea@db.example.org/news")
    require_version(130_000, place)
    with pytest.raises(HubError, match=r"PostgreSQL 12, and a hub needs 13"):
        require_version(120_022, place)
