"""Review through the hub: sets arrive, decisions go to the other reviewer, annotators are told what was released."""

import json

import pytest

from app.hub.connection import HubUnreachable
from app.hub.hub_rows import HubRows, HubWork
from app.jobs.tasks import review
from app.review.automerge import MergeStrategy, Rule
from app.services.review.reviewer import Reviewer
from tests.hub.team_at_hub import TeamAtHub, trouble_of
from tests.unit.services.team.lead import opened, quotes


@pytest.fixture
def team(hub: TeamAtHub) -> TeamAtHub:
    """Ana and Ben have finished a document, and Rob has what they did."""
    hub.sql("UPDATE hub SET annotators = 2")
    for who in ("ana", "ben"):
        hub.join(who, take=3)
        hub.mark(who, "spun.txt", "Kyiv", done=True)
        hub.sync(who)
    hub.join("rob", "reviewer")
    return hub


def _decide(hub: TeamAtHub, who: str) -> None:
    with opened(hub.project(who), who) as session:
        review.merge(session, Rule(MergeStrategy.MAJORITY))
        review.finish(session)


def _released(hub: TeamAtHub, who: str) -> set[str]:
    with opened(hub.project(who), who) as session:
        return {session.reader.document(uid).name for uid in session.executor.review.decisions.releases()}


def test_decisions_and_gold_go_to_the_other_reviewer(team: TeamAtHub) -> None:
    _decide(team, "rob")
    done = team.sync("rob")
    assert (done.decided, done.sent) == (1, 1)
    assert team.sync("lea").decisions == 1
    assert quotes(team.project("lea"), "gold") == {"spun.txt": ["Kyiv"]}


def test_a_decision_is_read_with_its_gold(team: TeamAtHub, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lead's exchange falls between what a reviewer's sends first and what comes after."""
    _decide(team, "rob")
    put = HubRows.put_work

    def alone(rows: HubRows, sets: list[HubWork], _decisions: object = ()) -> list[HubWork]:
        left = put(rows, sets)
        team.sync("lea")
        raise HubUnreachable(f"the connection was lost after {left}")

    with monkeypatch.context() as cut:
        cut.setattr(HubRows, "put_work", alone)
        assert "was lost" in trouble_of(team.sync, "rob")
    assert team.sql("SELECT count(*) FROM decision") == [(0,)]
    team.sync("rob")
    assert [str(finding) for finding in team.sync("lea").report] == []
    for who in ("rob", "lea"):
        with opened(team.project(who), who) as session:
            assert len(session.executor.review.decisions.all()) == 1


def test_gold_and_its_decisions_arrive_together(team: TeamAtHub) -> None:
    _decide(team, "rob")
    team.sync("rob")
    ((gold,),) = team.sql("SELECT at::text FROM work WHERE kind = 'gold'")
    assert team.sql("SELECT DISTINCT at::text FROM decision") == [(gold,)]


def test_a_withdrawn_decision_is_withdrawn_elsewhere(team: TeamAtHub) -> None:
    _decide(team, "rob")
    team.sync("rob")
    team.sync("lea")
    with opened(team.project("rob"), "rob") as session:
        (decision,) = session.executor.review.decisions.all()
        Reviewer(session).withdraw(decision)
    team.sync("rob")
    team.sync("lea")
    with opened(team.project("lea"), "lea") as session:
        assert session.executor.review.decisions.all() == []
    assert quotes(team.project("lea"), "gold") == {}


def test_annotators_are_told_without_names_what_was_released(team: TeamAtHub) -> None:
    _decide(team, "rob")
    team.sync("rob")
    team.sync("ana")
    assert quotes(team.project("ana"), "gold") == {}
    with opened(team.project("rob"), "rob") as session:
        assert review.release(session) == 1
    team.sync("rob")
    done = team.sync("ana")
    assert [str(finding) for finding in done.report] == []
    assert _released(team, "ana") == {"spun.txt"}
    assert quotes(team.project("ana"), "gold") == {"spun.txt": ["Kyiv"]}
    assert quotes(team.project("ana"), "ben") == {}
    with opened(team.project("ana"), "ana") as session:
        (decision,) = session.executor.review.decisions.all()
    assert decision.reviewer == "reviewer"
    assert set(decision.votes) == {"ana", "1"}
    told = json.dumps(
        [
            team.sql("SELECT content FROM told_gold(ARRAY(SELECT uid FROM document), '0')", who="ana"),
            team.sql("SELECT content FROM told_decisions(ARRAY(SELECT uid FROM document), '0')", who="ana"),
        ]
    )
    assert "rob" not in told
    assert "ben" not in told
    assert team.refused("SELECT reviewer FROM release", who="ana")


def test_a_release_that_is_withdrawn_ends_for_everyone(team: TeamAtHub) -> None:
    _decide(team, "rob")
    with opened(team.project("rob"), "rob") as session:
        review.release(session)
    team.sync("rob")
    for who in ("ana", "lea"):
        team.sync(who)
        assert _released(team, who) == {"spun.txt"}
    with opened(team.project("lea"), "lea") as session:
        review.release(session, withdraw=True)
    for who in ("lea", "rob", "ana"):
        team.sync(who)
        assert _released(team, who) == set()
    assert team.sql("SELECT count(*) FROM told_gold(ARRAY(SELECT uid FROM document), '0')", who="ana") == [(0,)]
