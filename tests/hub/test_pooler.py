"""A hub through a pooler that gives each transaction another connection: nothing may hang on the connection."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from app.hub.address import parsed_hub_address
from app.hub.connection import HubConnection
from app.hub.hub_rows import HubRows
from app.jobs.tasks import hub as tasks
from app.jobs.tasks import review
from app.review.automerge import MergeStrategy, Rule
from app.services.hub.membership import require_membership
from app.ui.window import hub_link
from tests.driver import Driver
from tests.hub.pooler import Pooler
from tests.hub.postgres import Postgres
from tests.hub.team_at_hub import TeamAtHub
from tests.unit.services.team.lead import make, opened, quotes, statuses


@pytest.fixture(scope="module")
def pooler(postgres: Postgres) -> Iterator[Pooler]:
    """A pooler before the server of all tests."""
    found = Pooler(postgres)
    yield found
    found.remove()


def _join(team: TeamAtHub, pooler: Pooler, who: str, role: str = "annotator") -> None:
    line = team.invite(who, role)
    pooler.let_in(team.logins.values())
    tasks.join(line, team.project(who))
    with opened(team.project(who), who) as session:
        found = require_membership(session)
        assert found.place.host == str(pooler.folder), "the invitation leads through the pooler"


@pytest.fixture
def team(pooler: Pooler, hub: TeamAtHub) -> TeamAtHub:
    """A hub that was made through the pooler."""
    with opened(hub.project("lea"), "lea") as session:
        tasks.leave(session)
        hub.database = hub.server.new_database()
        hub.made = tasks.create(session, pooler.url(hub.database))
    return hub


def test_a_team_works_through_it(team: TeamAtHub, pooler: Pooler) -> None:
    team.sql("UPDATE hub SET annotators = 2")
    for who, role in (("ana", "annotator"), ("ben", "annotator"), ("rob", "reviewer")):
        _join(team, pooler, who, role)
    for who in ("ana", "ben"):
        team.take(who, 3)
        for document, words in (("spun.txt", "Kyiv"), ("other.txt", "Ankara")):
            team.mark(who, document, words, done=True)
        assert team.sync(who).sent == 2
    assert team.sync("rob").sets == 4
    assert statuses(team.project("rob"), "ana") == {"spun.txt": "done", "other.txt": "done"}
    with opened(team.project("rob"), "rob") as session:
        review.merge(session, Rule(MergeStrategy.MAJORITY))
        review.finish(session)
        assert review.release(session) == 2
    assert team.sync("rob").decided == 2
    assert team.sync("lea").decisions == 2
    team.sync("ana")
    assert quotes(team.project("ana"), "gold") == {"spun.txt": ["Kyiv"], "other.txt": ["Ankara"]}
    for who in ("ana", "rob", "lea"):
        done = team.sync(who)
        assert (done.sent, done.sets, done.documents, done.decisions) == (0, 0, 0, 0)


def test_roles_hold_and_nothing_is_left_on_its_connections(team: TeamAtHub, pooler: Pooler) -> None:
    """Two hubs, whose transactions share the connections to one database: neither sees the tables of the other."""
    _join(team, pooler, "ana")
    other = team.folder / "other.stet"
    make(other)
    with opened(other, "lea") as session:
        tasks.create(session, pooler.url(team.database), name="other")
        theirs = require_membership(session)
    with opened(team.project("lea"), "lea") as session:
        ours = require_membership(session)
    with HubConnection(ours.place) as first, HubConnection(theirs.place) as second:
        for _ in range(6):
            assert HubRows(first).state().uid == ours.uid
            assert HubRows(second).state().uid == theirs.uid
    bare = parsed_hub_address(pooler.url(team.database))
    with HubConnection(bare) as connection:
        for _ in range(4):
            assert connection.rows("SHOW search_path") == [('"$user", public',)]
            assert connection.rows("SELECT count(*) FROM pg_prepared_statements") == [(0,)]
    team.mark("lea", "spun.txt", "Kyiv")
    team.sync("lea")
    with opened(team.project("ana"), "ana") as session:
        place = require_membership(session).place
    with HubConnection(place) as connection:
        assert connection.rows("SELECT annotator FROM work") == []


def test_a_window_gets_work_without_being_woken(
    team: TeamAtHub, pooler: Pooler, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pooler takes the connection that listens away: the window looks from time to time, here more often."""
    monkeypatch.setattr(hub_link, "_LOOK_MS", 500)
    _join(team, pooler, "ana")
    team.take("ana", 3)
    lea = Driver(qtbot)
    lea.start(team.project("lea"), annotator="lea")
    qtbot.waitUntil(lambda: lea.window.status.hub.text() == "Hub: live", timeout=20_000)
    team.mark("ana", "spun.txt", "Kyiv")
    assert team.sync("ana").sent == 1

    def has_come() -> bool:
        records = lea.session.reader.records(with_text=False)
        return any(item.annotator == "ana" and item.annotations for record in records for item in record.sets)

    qtbot.waitUntil(has_come, timeout=20_000)
    assert lea.window.status.hub.text().startswith("Hub: live")
    lea.quit()
    assert team.sync("lea").sets == 0, "reading it again changes nothing"
