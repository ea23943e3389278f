"""The queue: documents are given back without loss, and handed out by the rules that the lead has set."""

import pytest
from click.testing import CliRunner

from app.cli.main import cli
from app.core.errors import StetError
from app.jobs.tasks import hub as tasks
from app.jobs.tasks.hub_queue import GivenBack, QueueRules, give_back, queue_rules
from tests.hub.team_at_hub import TeamAtHub, trouble_of
from tests.unit.services.team.lead import opened, quotes, uid_of


def _give_back(hub: TeamAtHub, who: str, *names: str) -> GivenBack:
    with opened(hub.project(who), who) as session:
        return give_back(session, names)


def _assigned(hub: TeamAtHub, who: str) -> list[str]:
    with opened(hub.project(who), who) as session:
        uids = session.reader.assignments().get("ana", ())
        return sorted(session.reader.document(uid).name for uid in uids)


def test_unfinished_documents_are_given_back_with_their_marks(hub: TeamAtHub) -> None:
    hub.join("ana", take=3)
    hub.mark("ana", "spun.txt", "Kyiv", done=True)
    hub.mark("ana", "other.txt", "Ankara")
    done = _give_back(hub, "ana")
    assert done.documents == ("other.txt", "third.txt")
    assert _assigned(hub, "ana") == ["spun.txt"]
    assert _give_back(hub, "ana").documents == ()
    hub.join("ben", take=5)
    hub.mark("ana", "other.txt", "175 people")  # she goes on all the same
    for who in ("ana", "ben", "lea"):
        hub.sync(who)
    assert _assigned(hub, "lea") == ["spun.txt"]
    both = {"spun.txt": ["Kyiv"], "other.txt": ["175 people", "Ankara"]}
    assert quotes(hub.project("ana"), "ana") == quotes(hub.project("lea"), "ana") == both
    assert {row[0] for row in hub.sql("SELECT taken FROM queue")} == {1}


def test_named_documents_are_given_back_or_it_is_said_why_not(hub: TeamAtHub) -> None:
    hub.join("ana", take=3)
    hub.mark("ana", "spun.txt", "Kyiv", done=True)
    assert "no document “nothing.txt”" in trouble_of(_give_back, hub, "ana", "other.txt", "nothing.txt")
    done = _give_back(hub, "ana", "other.txt", "spun.txt")
    assert done.documents == ("other.txt",)
    assert [(name, "finished" in why) for name, why in done.kept] == [("spun.txt", True)]
    hub.sql("UPDATE seat SET state = 'assigned', until = NULL")
    hub.sql("UPDATE seat SET state = 'given back' WHERE document = %s", _uid(hub, "other.txt"))
    done = _give_back(hub, "ana", "third.txt")
    assert done.documents == ()
    assert "assigned to you" in done.kept[0][1]


def _uid(hub: TeamAtHub, name: str) -> str:
    with opened(hub.project("lea"), "lea") as session:
        return uid_of(session, name)


def test_what_was_reserved_too_long_leaves_ones_list(hub: TeamAtHub) -> None:
    hub.join("ana", take=2)
    hub.mark("ana", "spun.txt", "Kyiv")
    hub.sync("ana")
    hub.sql("UPDATE seat SET until = now() - interval '1 second'")
    hub.join("ben", take=3)
    hub.sync("ana")
    assert _assigned(hub, "ana") == []
    assert quotes(hub.project("ana"), "ana") == {"spun.txt": ["Kyiv"]}


def test_the_lead_sets_how_documents_are_handed_out(hub: TeamAtHub) -> None:
    for who in ("ana", "ben"):
        hub.join(who)
    with opened(hub.project("lea"), "lea") as session:
        assert queue_rules(session) == QueueRules(1, 72, "order")
        changed = queue_rules(session, annotators=2, hours=0.5, sorting="longest")
        assert changed == QueueRules(2, 0.5, "longest") == queue_rules(session)
        assert changed.sentence() in tasks.status(session).lines()[1]
    for who in ("ana", "ben"):
        hub.take(who, 1)
    longest = hub.sql("SELECT uid FROM document WHERE is_work ORDER BY words DESC LIMIT 1")[0]
    assert hub.sql("SELECT document FROM seat") == [longest, longest]
    assert hub.sql("SELECT bool_and(until BETWEEN now() + '20 min' AND now() + '31 min') FROM seat") == [(True,)]
    with opened(hub.project("ana"), "ana") as session:
        assert "only a lead" in trouble_of(lambda: queue_rules(session, annotators=5))
        for wrong in ({"annotators": 0}, {"hours": 0.0}, {"hours": float("nan")}, {"sorting": "loudest"}):
            with pytest.raises(StetError):
                queue_rules(session, **wrong)


def test_each_order_rules_old_and_new_documents(hub: TeamAtHub) -> None:
    hub.sql("UPDATE hub SET sorting = 'random'")
    drawn = hub.sql("SELECT document FROM queue ORDER BY place")
    hub.sql("UPDATE queue SET taken = taken")
    assert hub.sql("SELECT document FROM queue ORDER BY place") == drawn
    for number, (sorting, by) in enumerate((("shortest", "words"), ("longest", "-words"), ("order", "position"))):
        hub.sql("UPDATE hub SET sorting = %s", sorting)
        hub.sql("INSERT INTO document (uid, sha256, words, is_work, line) VALUES (%s, '', 5, true, '')", f"n{number}")
        hub.sql("INSERT INTO queue (document, place) VALUES (%s, 0)", f"n{number}")
        expected = hub.sql(f"SELECT uid FROM document WHERE is_work ORDER BY {by}, uid")
        assert hub.sql("SELECT document FROM queue ORDER BY place, document") == expected, sorting


def test_an_invitation_names_no_file_of_the_leads(hub: TeamAtHub) -> None:
    out = hub.folder / "for ana.stet-hub"
    shown = CliRunner().invoke(cli, ["hub", "invite", str(hub.project("lea")), "Ana", "--out", str(out)])
    assert "they join with: stet hub join 'for ana.stet-hub' lea-Ana.stet\n" in shown.stderr
    assert "it has no password" in shown.stderr


def test_the_commands_of_the_queue(hub: TeamAtHub) -> None:
    hub.join("ana", take=3)
    run = CliRunner().invoke
    shown = run(cli, ["hub", "queue", str(hub.project("lea")), "--annotators", "3", "--order", "random"])
    assert shown.output == "3 annotators a document, reserved for 72 hours, in random order\n"
    given = run(cli, ["hub", "give-back", str(hub.project("ana")), "other.txt"])
    assert "gave back 1 document; the marks in them stay" in given.output
    refused = run(cli, ["hub", "queue", str(hub.project("ana")), "--hours", "1"])
    assert refused.exit_code != 0
    assert "only a lead" in refused.stderr
