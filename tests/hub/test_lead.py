"""What only a lead sends: new documents, edited texts, schemes, assignments; and how it reaches everyone."""

from app.core.scheme_change import LabelChange
from app.jobs.tasks import hub as tasks
from app.jobs.tasks.text_edit import replaced
from app.services.hub.hub_sync import HubExchange, Synced
from app.services.hub.membership import require_membership
from app.services.hub.steps import run_here
from app.services.migration.migration import migrate
from app.services.texts.text_edit import edit_text
from app.session.actions import Assign
from app.session.session import Session
from tests.conftest import add_documents
from tests.hub.team_at_hub import TeamAtHub
from tests.unit.services.team.lead import opened, quotes, uid_of


def _labels(hub: TeamAtHub, who: str) -> set[str]:
    with opened(hub.project(who), who) as session:
        return {a.label for record in session.reader.records() for item in record.sets for a in item.annotations}


def test_documents_that_are_added_later_reach_the_queue(hub: TeamAtHub) -> None:
    hub.join("ana", take=3)
    with opened(hub.project("lea"), "lea") as session:
        add_documents(session, {"new.txt": "Minsk was new in the news."})
    hub.sync("lea")
    hub.take("ana", 5)
    hub.mark("ana", "new.txt", "Minsk")
    hub.sync("ana")
    hub.sync("lea")
    assert quotes(hub.project("lea"), "ana") == {"new.txt": ["Minsk"]}


def test_what_the_lead_assigns_reaches_the_annotator(hub: TeamAtHub) -> None:
    hub.join("ana")
    with opened(hub.project("lea"), "lea") as session:
        session.perform(Assign(begin=((uid_of(session, "spun.txt"), "ana"),)), title="Assign")
    hub.sync("lea")
    assert hub.sync("ana").documents == 2, "the document and its reference"
    with opened(hub.project("ana"), "ana") as session:
        assert session.reader.assignments() == {"ana": (uid_of(session, "spun.txt"),)}


def test_an_edited_text_reaches_everyone_and_marks_move(hub: TeamAtHub) -> None:
    hub.join("ana", take=3)
    hub.mark("ana", "spun.txt", "Kyiv")
    hub.sync("ana")
    hub.mark("ana", "spun.txt", "senator")  # not sent yet
    with opened(hub.project("lea"), "lea") as session:
        uid = uid_of(session, "spun.txt")
        text = session.reader.document(uid).text
        edit_text(session, uid, replaced(text, [("Donald Trump", "Mr Donald J. Trump")]), reason="name")
    hub.sync("lea")
    hub.sync("ana")
    with opened(hub.project("ana"), "ana") as session:
        assert "Mr Donald J. Trump" in session.reader.document(uid_of(session, "spun.txt")).text
    hub.sync("lea")
    expected = {"spun.txt": ["senator", "Kyiv"]}
    assert quotes(hub.project("ana"), "ana") == quotes(hub.project("lea"), "ana") == expected


def test_work_on_an_earlier_text_is_brought_to_the_present_one(hub: TeamAtHub) -> None:
    """Ana hasn't heard of the edit when she sends her work."""
    hub.join("ana", take=3)
    hub.join("rob", "reviewer")
    with opened(hub.project("lea"), "lea") as session:
        uid = uid_of(session, "spun.txt")
        text = session.reader.document(uid).text
        edit_text(session, uid, replaced(text, [("Donald", "Mr Donald")]), reason="name")
    hub.mark("ana", "spun.txt", "Kyiv")
    hub.sync("ana")
    hub.sync("lea")
    hub.sync("rob")
    for who in ("lea", "rob"):
        assert quotes(hub.project(who), "ana") == {"spun.txt": ["Kyiv"]}, who
        with opened(hub.project(who), who) as session:
            assert "Mr Donald" in session.reader.document(uid).text


def _rename(hub: TeamAtHub) -> None:
    with opened(hub.project("lea"), "lea") as session:
        migrate(session, [LabelChange("entity", "GPE", "PLACE")])
    hub.sync("lea")


def test_a_scheme_reaches_everyone_with_its_migration(hub: TeamAtHub) -> None:
    hub.join("ana", take=3)
    hub.mark("ana", "spun.txt", "Kyiv")
    hub.sync("ana")
    hub.sync("lea")
    hub.mark("ana", "other.txt", "Ankara")
    _rename(hub)
    assert _labels(hub, "lea") == {"PLACE"}
    hub.sync("ana")
    assert _labels(hub, "ana") == {"PLACE"}
    hub.sync("lea")
    assert _labels(hub, "lea") == {"PLACE"}
    assert quotes(hub.project("lea"), "ana") == {"spun.txt": ["Kyiv"], "other.txt": ["Ankara"]}
    assert (hub.sync("ana").sent, hub.sync("lea").sets) == (0, 0)


def test_work_under_the_earlier_scheme_is_migrated_on_arrival(hub: TeamAtHub) -> None:
    hub.join("ana", take=3)
    _rename(hub)
    hub.mark("ana", "spun.txt", "Kyiv")
    assert _without_scheme(hub, "ana").waits
    assert _labels(hub, "ana") == {"GPE"}
    hub.sync("lea")
    assert _labels(hub, "lea") == {"PLACE"}
    hub.sync("ana")
    hub.sync("lea")
    assert _labels(hub, "ana") == _labels(hub, "lea") == {"PLACE"}


def _without_scheme(hub: TeamAtHub, who: str) -> Synced:
    """Exchange as long as the document is open."""
    from app.hub.connection import HubConnection
    from app.hub.hub_rows import HubRows

    with opened(hub.project(who), who) as session, HubConnection(require_membership(session).place) as connection:
        work = HubExchange(session, HubRows(connection), at_once=5, may_change_scheme=False)
        return run_here(work.steps())


def test_an_invalid_scheme_of_the_hub_changes_nothing_here(hub: TeamAtHub) -> None:
    hub.join("ana", take=3)
    hub.mark("ana", "spun.txt", "Kyiv")
    before = _source(hub, "ana")
    hub.sql("INSERT INTO scheme (number, tag, toml, changes) VALUES (2, 'x@1', 'name = 7', '[{\"type\": \"what\"}]')")
    done = hub.sync("ana")
    assert done.waits
    assert done.sent == 1
    assert any(finding.kind == "hub-scheme" for finding in done.report)
    assert _source(hub, "ana") == before


def _source(hub: TeamAtHub, who: str) -> str:
    with opened(hub.project(who), who) as session:
        return session.scheme.source


def test_who_is_where_is_seen_by_the_lead_only(hub: TeamAtHub) -> None:
    hub.join("ana", take=2)
    hub.join("ben", take=1)
    hub.mark("ana", "spun.txt", "Kyiv")
    hub.sync("ana")
    lines = _status(hub, "lea")
    assert "  ana (annotator): 2 documents, 1 begun, 0 finished" in lines
    assert "  ben (annotator): 1 document, 0 begun, 0 finished" in lines
    assert not any("ana" in line for line in _status(hub, "ben"))


def test_an_assignment_ends_and_begins_again_for_everyone(hub: TeamAtHub) -> None:
    hub.join("ana", take=2)
    with opened(hub.project("lea"), "lea") as session:
        tasks.sync(session)
        uid, other = sorted(session.reader.assignments()["ana"])
        session.perform(Assign(end=((uid, "ana"),)), title="Take back")
    for who in ("lea", "ana"):
        hub.sync(who)
    assert _assigned(hub, "ana") == _assigned(hub, "lea") == {"ana": (other,)}
    assert sorted(hub.sql("SELECT taken FROM queue")) == [(0,), (0,), (1,)]
    with opened(hub.project("lea"), "lea") as session:
        session.perform(Assign(begin=((uid, "ana"),)), title="Assign")
    for who in ("lea", "ana", "lea"):
        hub.sync(who)
    assert {uid for (uid,) in hub.sql("SELECT document FROM seat WHERE state <> 'given back'")} == {uid, other}
    assert set(_assigned(hub, "ana")["ana"]) == set(_assigned(hub, "lea")["ana"]) == {uid, other}


def _assigned(hub: TeamAtHub, who: str) -> dict[str, tuple[str, ...]]:
    with opened(hub.project(who), who) as session:
        return dict(session.reader.assignments())


def _status(hub: TeamAtHub, who: str) -> list[str]:
    session: Session
    with opened(hub.project(who), who) as session:
        return tasks.status(session).lines()
