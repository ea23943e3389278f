"""A hub is believed no more than a file of a stranger, and whatever becomes of it, the local project is whole."""

import json
import signal

import pytest

from app.jobs.tasks import hub as tasks
from app.jobs.tasks.check_project import check_project
from tests.hub.postgres import Postgres
from tests.hub.team_at_hub import TeamAtHub, trouble_of
from tests.unit.services.team.lead import content, opened, quotes


def _spoil(hub: TeamAtHub, who: str, **changes: object) -> None:
    """Let somebody's own role write what their Stet never would into their set."""
    ((text,),) = hub.sql("SELECT content FROM work WHERE annotator = %s", who)
    found = json.loads(text)
    for key, value in changes.items():
        found[key] = value
    sql = "UPDATE work SET content = %s, digest = digest || 'x', event = event || 'x' WHERE annotator = %s"
    hub.sql(sql, json.dumps(found), who, who=who)


def test_an_invalid_set_keeps_nobody_elses_out(hub: TeamAtHub) -> None:
    hub.join("ana", take=3)
    hub.join("ben")
    hub.sql("UPDATE hub SET annotators = 2")
    hub.take("ben", 3)
    hub.mark("ana", "spun.txt", "Kyiv")
    hub.mark("ben", "spun.txt", "Donald Trump")
    for who in ("ana", "ben"):
        hub.sync(who)
    hub.join("rob", "reviewer")
    present = hub.sql("SELECT content FROM work WHERE annotator = 'ana'")[0][0]
    mark = json.loads(present)["annotations"][0]
    words = iter(("US", "senator", "spoke", "with", "Puttin", "agreed", "Trump", "the"))
    for changes in (
        {"annotator": "ben"},
        {"kind": "gold"},
        {"status": "x" * 1000},
        {"annotations": [{**mark, "start": -5}]},
        {"annotations": [{**mark, "end": 10**9}]},
        {"annotations": [{**mark, "extra": _nested(200)}]},
        {"annotations": [mark, mark]},
        {"annotations": 7},
    ):
        _spoil(hub, "ana", **changes)
        hub.mark("ben", "spun.txt", next(words))
        hub.sync("ben")
        done = hub.sync("rob")
        assert done.sets == 1, changes
        assert any(finding.kind.startswith("hub-") for finding in done.report), changes
        hub.sql("UPDATE work SET content = %s, event = event || 'y' WHERE annotator = 'ana'", present, who="ana")
    assert quotes(hub.project("rob"), "ana") == {"spun.txt": ["Kyiv"]}
    with opened(hub.project("rob"), "rob") as session:
        assert not [finding for finding in check_project(session) if finding.is_problem]


def _nested(depth: int) -> object:
    found: object = 1
    for _ in range(depth):
        found = {"a": found}
    return found


def test_somebody_elses_mark_in_ones_own_set_is_left_out(hub: TeamAtHub) -> None:
    """Its uid belongs to another set: the merge would refuse it, and with it everyone's work."""
    hub.sql("UPDATE hub SET annotators = 2")
    hub.join("ana", take=3)
    hub.join("ben", take=3)
    hub.mark("ben", "other.txt", "Ankara")
    hub.mark("ana", "spun.txt", "Kyiv")
    stolen = hub.mark("ben", "spun.txt", "Donald Trump")
    for who in ("ben", "ana", "lea"):
        hub.sync(who)
    ((text,),) = hub.sql("SELECT content FROM work WHERE annotator = 'ana'")
    found = json.loads(text)
    found["annotations"][0]["id"] = stolen
    hub.sql(
        "UPDATE work SET content = %s, digest = 'x', event = 'x' WHERE annotator = 'ana'", json.dumps(found), who="ana"
    )
    hub.mark("ben", "other.txt", "175 people")
    hub.sync("ben")
    done = hub.sync("lea")
    assert done.sets == 1
    assert [finding.count for finding in done.report if finding.kind == "hub-merge"] == [1]
    assert quotes(hub.project("lea"), "ana") == {"spun.txt": ["Kyiv"]}


def test_another_hub_at_the_address_is_refused(hub: TeamAtHub) -> None:
    hub.join("ana", take=3)
    before = content(hub.project("ana"))
    hub.sql("UPDATE hub SET uid = 'another'")
    assert "another hub" in trouble_of(hub.sync, "ana")
    hub.sql("UPDATE hub SET version = 99")
    assert "update Stet" in trouble_of(hub.sync, "ana")
    assert content(hub.project("ana")) == before


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
def test_work_goes_on_while_the_server_is_away(hub: TeamAtHub, how: int) -> None:
    server = Postgres()
    try:
        folder = hub.folder / "away"
        folder.mkdir()
        team = TeamAtHub(server, server.new_database(), folder)
        team.join("ana", take=3)
        server.stop(how)
        team.mark("ana", "spun.txt", "Kyiv")
        assert "can't be reached" in trouble_of(team.sync, "ana")
        with opened(team.project("ana"), "ana") as session:
            found = tasks.status(session)
        assert found.trouble
        assert found.waiting == 1
        server.start()
        assert team.sync("ana").sent == 1
    finally:
        server.remove()


def test_a_hub_that_was_put_back_gets_everything_again(hub: TeamAtHub) -> None:
    hub.join("ana", take=3)
    hub.mark("ana", "other.txt", "Ankara")
    hub.sync("ana")
    hub.sync("lea")
    dump = hub.server.dump(hub.database)
    hub.mark("ana", "spun.txt", "Kyiv")
    hub.mark("ana", "other.txt", "175 people")
    hub.sync("ana")
    hub.sync("lea")
    hub.database = _restored(hub.server, hub, dump)
    assert hub.sql("SELECT count(*) FROM work WHERE annotator = 'ana'") == [(1,)]
    hub.sync("lea")
    assert hub.sync("ana").sent == 2
    both = {"spun.txt": ["Kyiv"], "other.txt": ["175 people", "Ankara"]}
    assert quotes(hub.project("ana"), "ana") == both, "nothing older was taken over from the hub"
    hub.sync("lea")
    assert quotes(hub.project("lea"), "ana") == both


def test_a_hub_that_moved_to_another_server_goes_on(hub: TeamAtHub) -> None:
    """The other server has counted fewer transactions than the first."""
    with hub.server.connect(hub.database) as connection:
        for _ in range(2000):
            connection.execute("SELECT pg_current_xact_id()")
    hub.join("ana", take=3)
    hub.mark("ana", "other.txt", "Ankara")
    hub.sync("ana")
    hub.sync("lea")
    before = hub.membership("lea")
    other = Postgres()
    try:
        other.roles([*hub.logins.values(), f"{hub.schema}_member"])
        with other.connect("postgres") as connection:
            for login in hub.logins.values():
                connection.execute(f'GRANT "{hub.schema}_member" TO "{login}"'.encode())
        dump = hub.server.dump(hub.database)
        hub.server = other
        hub.database = _restored(other, hub, dump)
        hub.mark("ana", "spun.txt", "Kyiv")
        hub.sync("ana")
        hub.sync("lea")
        assert quotes(hub.project("lea"), "ana") == {"spun.txt": ["Kyiv"], "other.txt": ["Ankara"]}
        after = hub.membership("lea")
        assert after.cursor < before.cursor
        assert after.incarnation != before.incarnation
    finally:
        other.remove()


def _restored(server: Postgres, hub: TeamAtHub, dump: bytes) -> str:
    """Restore a dump under the first one's name, so that everyone's address leads to it; return its name."""
    name = hub.database
    with server.connect("postgres") as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}".encode())
        connection.execute(f"CREATE DATABASE {name}".encode())
    server.restore(name, dump)
    for who in hub.logins:
        project = hub.project(who)
        if project.exists():
            _move(hub, who, server)
    return name


def _move(hub: TeamAtHub, who: str, server: Postgres) -> None:
    """Give a project the address of another server."""
    import msgspec

    from app.services.hub.membership import keep_membership, require_membership

    with opened(hub.project(who), who) as session:
        found = require_membership(session)
        place = found.place._replace(host=str(server.folder))
        keep_membership(session, msgspec.structs.replace(found, address=place.url))
