"""What an exchange reads in the server depends on what is new, not on how much the hub has."""

import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from app.services.hub.membership import keep_membership, require_membership
from tests.hub.postgres import Postgres
from tests.hub.team_at_hub import TeamAtHub
from tests.unit.services.team.lead import opened, quotes

_DOCUMENTS = 2_000
_MORE = 60
"""Rows that an exchange may read more in a hub with so many more documents: an index has another level."""

# As a hub is after a year: most is finished and its reservations are over, half is released, everyone has decided.
_GROWN = (
    "INSERT INTO document (uid, sha256, words, is_work, line) SELECT 'filler' || n, 's', 9, true, '{}' "
    "FROM generate_series(1, %(n)s) n",
    "INSERT INTO queue (document, place, taken) SELECT uid, -position, 2 FROM document WHERE uid LIKE 'filler%%'",
    "INSERT INTO seat (document, annotator, state, until) "
    "SELECT 'filler' || n, 'p' || (1 + (n + k) %% 40), 'reserved', now() - interval '1 day' "
    "FROM generate_series(1, %(n)s) n, generate_series(0, 1) k",
    "INSERT INTO work (document, annotator, kind, digest, sha256, status, marks, content, event) "
    "SELECT document, annotator, 'person', 'd', 's', 'done', 9, '{}', document || annotator FROM seat "
    "WHERE document LIKE 'filler%%'",
    "INSERT INTO release (document, reviewer) SELECT 'filler' || n, 'rob' FROM generate_series(1, %(n)s, 2) n",
    "INSERT INTO decision (uid, document, reviewer, content, event) "
    "SELECT 'k' || n, 'filler' || n, 'rob', '{}', 'k' || n FROM generate_series(1, %(n)s) n",
    "INSERT INTO reference (document, reference) SELECT 'filler' || n, 'filler' || (n - 1) "
    "FROM generate_series(2, %(n)s) n",
    "INSERT INTO suggested (document, person, digest, sha256, content) "
    "SELECT document, annotator, 'd', 's', '[]' FROM work WHERE document LIKE 'filler%%'",
    "INSERT INTO pattern (uid, person, content) SELECT 'p' || n, 'lea', '{}' FROM generate_series(1, 300) n",
    "VACUUM ANALYZE",  # as autovacuum does, which is off here
)


class GrowingHub:
    """A team whose hub has many documents of others, which nobody here looks at."""

    def __init__(self, team: TeamAtHub) -> None:
        self.team = team
        team.sql("UPDATE hub SET annotators = 2")
        team.sql(
            "INSERT INTO person (key, name, login, role) SELECT 'p' || n, 'p' || n, 'p' || n, 'annotator' "
            "FROM generate_series(1, 40) n"
        )
        team.join("ana", take=3)
        team.join("rob", "reviewer")

    def grow(self) -> None:
        """Add what others have done, which everybody has read."""
        with self.team.server.connect(self.team.database) as connection:
            connection.execute(f'SET search_path = "{self.team.schema}"'.encode())
            for statement in _GROWN:
                connection.execute(statement.encode(), {"n": _DOCUMENTS})
            horizon = connection.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint").fetchone()
        for who in ("ana", "rob", "lea"):
            with opened(self.team.project(who), who) as session:
                found = require_membership(session)
                keep_membership(session, msgspec.structs.replace(found, cursor=horizon[0] if horizon else 0))

    def read_by(self, work: Callable[[], object]) -> int:
        """Return how many rows and entries of indexes the server reads in the hub for some work."""
        before = self._read()
        work()
        return self._read() - before

    def _read(self) -> int:
        """Return how many were read so far, once everyone who was connected has gone and left their counts."""
        others = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        read = (
            "SELECT (SELECT sum(seq_tup_read) FROM pg_stat_user_tables WHERE schemaname = %s)"
            " + (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE schemaname = %s)"
        )
        with self.team.server.connect(self.team.database) as connection:
            while connection.execute(others).fetchone():
                time.sleep(0.01)
            found = connection.execute(read, [self.team.schema] * 2).fetchone()
        assert found is not None
        return int(found[0])


@pytest.fixture
def growing(postgres: Postgres, tmp_path: Path) -> GrowingHub:
    """A team of one of each role, with more documents in the queue than are taken."""
    return GrowingHub(TeamAtHub(postgres, postgres.new_database(), tmp_path, more=4))


def test_an_exchange_reads_what_is_new(growing: GrowingHub) -> None:
    team = growing.team
    words = iter(("Kyiv", "senator", "spoke"))

    def send() -> None:
        team.mark("ana", "spun.txt", next(words), done=True)
        team.sync("ana")

    send()  # what is measured then is another mark in a set
    kinds: dict[str, Callable[[], object]] = {
        "an annotator with nothing new": lambda: team.sync("ana"),
        "a mark goes out": send,
        "a mark comes to the reviewer": lambda: team.sync("rob"),
        "a reviewer with nothing new": lambda: team.sync("rob"),
        "a mark comes to the lead": lambda: team.sync("lea"),
        "a lead with nothing new": lambda: team.sync("lea"),
        "a document is taken": lambda: team.take("ana", 1),
    }
    small = {kind: growing.read_by(work) for kind, work in kinds.items()}
    growing.grow()
    large = {kind: growing.read_by(work) for kind, work in kinds.items()}
    assert {kind: (small[kind], large[kind]) for kind in kinds if large[kind] > small[kind] + _MORE} == {}
    assert team.sql("SELECT count(*) FROM seat WHERE annotator = 'ana'") == [(5,)], "what was measured was done"
    assert quotes(team.project("rob"), "ana") == {"spun.txt": ["senator", "spoke", "Kyiv"]}
