"""Work goes to the hub and comes from it: whole, once, and nothing is lost on either side."""

import shutil

import pytest

from app.core import annotation_edits, clock
from app.hub.connection import HubUnreachable
from app.hub.hub_rows import HubRows, HubWork
from app.services.hub import hub_sync
from app.session.actions import LinkReference
from tests.hub.team_at_hub import TeamAtHub, trouble_of
from tests.unit.services.team.lead import comment, content, open_text, opened, quotes, statuses, uid_of, unmark


def test_a_mark_goes_from_an_annotator_to_the_reviewer(hub: TeamAtHub) -> None:
    hub.join("ana", take=3)
    hub.join("rob", "reviewer")
    hub.mark("ana", "spun.txt", "Kyiv", done=True)
    assert hub.sync("ana").sent == 1
    assert hub.sync("rob").sets == 1
    assert quotes(hub.project("rob"), "ana") == {"spun.txt": ["Kyiv"]}
    assert statuses(hub.project("rob"), "ana") == {"spun.txt": "done"}


def test_again_changes_nothing(hub: TeamAtHub) -> None:
    hub.join("ana", take=2)
    hub.mark("ana", "spun.txt", "Kyiv")
    hub.sync("ana")
    before = content(hub.project("ana")), hub.sql("SELECT document, annotator, revision, digest FROM work")
    for who in ("ana", "lea", "ana"):
        hub.sync(who)
    done = hub.sync("ana")
    assert (done.sent, done.sets, done.documents) == (0, 0, 0)
    assert (content(hub.project("ana")), hub.sql("SELECT document, annotator, revision, digest FROM work")) == before


def test_an_annotator_gets_references_and_no_work_of_others(hub: TeamAtHub) -> None:
    hub.join("ana", take=3)
    hub.join("ben", take=3)
    hub.mark("lea", "spun.txt", "Donald Trump")
    hub.sync("lea")
    hub.sync("ben")
    with_reference = {"spun.txt", "other.txt", "third.txt", "report.txt"}
    assert quotes(hub.project("ben"), "lea") == {}
    names = {name for name, _ in _documents(hub, "ana")} | {name for name, _ in _documents(hub, "ben")}
    assert names == with_reference


def _documents(hub: TeamAtHub, who: str) -> list[tuple[str, str]]:

    with opened(hub.project(who), who) as session:
        return [(record.document.name, record.document.uid) for record in session.reader.records()]


def test_references_come_whatever_comes_first(hub: TeamAtHub, monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents come one by one; two of them refer to each other, and the lead links one to another later."""
    monkeypatch.setattr(hub_sync, "_AT_ONCE", 1)
    hub.sql("INSERT INTO reference (document, reference) SELECT reference, document FROM reference")
    line = "jsonb_set(line::jsonb, '{references}', (SELECT jsonb_agg(reference) FROM reference WHERE document = uid))"
    hub.sql(f"UPDATE document SET line = {line}::text WHERE NOT is_work")
    done = hub.join("ana", take=3)
    assert [finding.what for finding in done.report] == []
    first = {
        "other.txt": ["report.txt"],
        "report.txt": ["spun.txt", "other.txt"],
        "spun.txt": ["report.txt"],
        "third.txt": [],
    }
    assert _references(hub, "ana") == first
    with opened(hub.project("lea"), "lea") as session:
        session.perform(LinkReference(uid_of(session, "third.txt"), uid_of(session, "spun.txt")), title="Link")
    hub.sync("lea")
    hub.sync("ana")
    assert _references(hub, "ana") == {**first, "third.txt": ["spun.txt"]}


def test_a_reference_that_was_linked_later_comes_too(hub: TeamAtHub) -> None:
    hub.join("ana")
    hub.sql("SELECT take(1)", who="ana")
    hub.sync("ana")
    assert set(_references(hub, "ana")) == {"spun.txt", "report.txt"}
    with opened(hub.project("lea"), "lea") as session:
        session.perform(LinkReference(uid_of(session, "report.txt"), uid_of(session, "third.txt")), title="Link")
    hub.sync("lea")
    hub.sync("ana")
    assert _references(hub, "ana") == {"spun.txt": ["report.txt"], "report.txt": ["third.txt"], "third.txt": []}


def _references(hub: TeamAtHub, who: str) -> dict[str, list[str]]:
    with opened(hub.project(who), who) as session:
        documents = session.reader.documents
        names = {record.document.uid: record.document.name for record in session.reader.records()}
        return {name: [names[other] for other in documents.references(uid)] for uid, name in sorted(names.items())}


def test_a_deletion_reaches_the_reviewer(hub: TeamAtHub) -> None:
    hub.join("ana", take=3)
    hub.mark("ana", "spun.txt", "Kyiv")
    hub.mark("ana", "spun.txt", "Donald Trump")
    hub.sync("ana")
    hub.sync("lea")
    with opened(hub.project("ana"), "ana") as session:
        unmark(session, "spun.txt", "Kyiv")
    hub.sync("ana")
    hub.sync("lea")
    assert quotes(hub.project("lea"), "ana") == {"spun.txt": ["Donald Trump"]}


def test_one_person_on_two_computers_keeps_both(hub: TeamAtHub) -> None:
    hub.join("ana", take=3)
    shutil.copy(hub.project("ana"), hub.project("laptop"))
    hub.mark("ana", "spun.txt", "Kyiv")
    hub.mark("ana", "spun.txt", "Vladimir Puttin", file="laptop")
    hub.sync("ana")
    done = hub.sync("ana", file="laptop")
    assert done.sent == 1
    assert any("is only here and was kept" in example for finding in done.report for example in finding.examples)
    hub.sync("ana")
    hub.sync("lea")
    both = {"spun.txt": ["Vladimir Puttin", "Kyiv"]}
    assert quotes(hub.project("ana"), "ana") == quotes(hub.project("laptop"), "ana") == both
    assert quotes(hub.project("lea"), "ana") == both


@pytest.mark.parametrize("how", ["unheard", "late"])
def test_a_set_that_arrived_unheard_is_ones_own(hub: TeamAtHub, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """The server has committed, and the answer is lost: what is deleted then doesn't come back from the hub."""
    hub.join("ana", take=3)
    hub.mark("ana", "spun.txt", "Kyiv")
    hub.sync("ana")
    hub.mark("ana", "spun.txt", "senator")
    put_work = HubRows.put_work
    unheard: list[list[HubWork]] = []

    def lose(rows: HubRows, sets: list[HubWork], _decisions: object) -> list[HubWork]:
        if how == "unheard":
            put_work(rows, sets)
        unheard.append(sets)
        raise HubUnreachable("the connection was lost")

    with monkeypatch.context() as cut:
        cut.setattr(HubRows, "put_work", lose)
        assert "was lost" in trouble_of(hub.sync, "ana")
    with opened(hub.project("ana"), "ana") as session:
        unmark(session, "spun.txt", "Kyiv")
    if how == "late":  # the server commits what it had got after it was asked for news

        def overtaken(rows: HubRows, sets: list[HubWork], _decisions: object) -> list[HubWork]:
            put_work(rows, unheard.pop()) if unheard else None
            return put_work(rows, sets)

        monkeypatch.setattr(HubRows, "put_work", overtaken)
    done = hub.sync("ana")
    assert [str(finding) for finding in done.report] == []
    hub.sync("lea")
    for file in ("ana", "lea"):
        assert quotes(hub.project(file), "ana") == {"spun.txt": ["senator"]}


@pytest.mark.parametrize("file", ["ana", "laptop"])
def test_a_set_that_was_emptied_is_filled_again(hub: TeamAtHub, file: str) -> None:
    """On the same machine, or on one that has never seen anything in it."""
    hub.join("ana", take=3)
    shutil.copy(hub.project("ana"), hub.project("laptop"))
    hub.mark("ana", "spun.txt", "Kyiv")
    hub.sync("ana")
    with opened(hub.project("ana"), "ana") as session:
        unmark(session, "spun.txt", "Kyiv")
    assert hub.sync("ana").sent == 1
    hub.mark("ana", "spun.txt", "senator", file=file)
    assert hub.sync("ana", file=file).sent == 1
    hub.sync("lea")
    assert quotes(hub.project("lea"), "ana") == {"spun.txt": ["senator"]}


def test_a_change_counts_whatever_the_clocks_say(hub: TeamAtHub, monkeypatch: pytest.MonkeyPatch) -> None:
    """The desktop's clock is years ahead. The laptop changes what it has marked, while it marks something else."""
    hub.join("ana", take=3)
    with monkeypatch.context() as ahead:
        ahead.setattr(clock, "now", lambda: "2031-01-01T00:00:00.000000Z")
        ahead.setattr(annotation_edits, "now", clock.now)
        hub.mark("ana", "spun.txt", "Kyiv")
    hub.sync("ana")
    shutil.copy(hub.project("ana"), hub.project("laptop"))
    with opened(hub.project("laptop"), "ana") as session:
        open_text(session, "spun.txt")
        assert session.state is not None
        comment(session, session.state.in_order()[0], "the capital")
    hub.mark("ana", "spun.txt", "senator")
    hub.sync("ana", file="laptop")
    for file in ("ana", "laptop", "lea"):
        hub.sync("lea" if file == "lea" else "ana", file=file)
    for file in ("ana", "laptop", "lea"):
        assert _comments(hub, file) == {"Kyiv": "the capital", "senator": ""}


def _comments(hub: TeamAtHub, file: str) -> dict[str, str]:
    with opened(hub.project(file)) as session:
        sets = [item for record in session.reader.records() for item in record.sets if item.annotator == "ana"]
    return {mark.quote: mark.comment for item in sets for mark in item.annotations}


def test_days_offline_come_in_one_exchange(hub: TeamAtHub) -> None:
    hub.join("ana", take=3)
    for document, words in (("spun.txt", "Kyiv"), ("other.txt", "Ankara"), ("third.txt", "aide")):
        hub.mark("ana", document, words, done=True)
    assert hub.sync("ana").sent == 3
    assert hub.sync("lea").sets == 3


def test_an_older_copy_of_a_project_gets_its_work_back(hub: TeamAtHub) -> None:
    hub.join("ana", take=3)
    hub.mark("ana", "spun.txt", "Kyiv")
    hub.sync("ana")
    shutil.copy(hub.project("ana"), hub.project("backup"))
    hub.mark("ana", "other.txt", "Ankara")
    hub.mark("ana", "spun.txt", "Donald Trump")
    hub.sync("ana")
    shutil.copy(hub.project("backup"), hub.project("ana"))
    hub.sync("ana")
    assert quotes(hub.project("ana"), "ana") == {"spun.txt": ["Donald Trump", "Kyiv"], "other.txt": ["Ankara"]}
