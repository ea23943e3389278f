"""Relations that only the reviewer has: added, changed and left out, through later decisions, undo and bundles."""

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from app.cli.main import cli
from app.core.annotation import Relation, Status
from app.core.decision import Outcome
from app.core.edits import AddAnnotation, AddRelation, SetStatus
from app.core.errors import EditRejected
from app.jobs.tasks.merge import merge_files
from app.review.decision_status import standings
from app.review.fields import rules_of
from app.review.gold_composition import whole
from app.services.history.undo import redo, undo
from app.services.review.reviewer import Remarks, Reviewer
from app.session.session import Session
from tests.conftest import add_documents
from tests.unit.review.build import TEXT
from tests.unit.review.kinds import KINDS, KINDS_SOURCE, claim, link
from tests.unit.services.review.reviews import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Give a document in which ana and ben have the same three marks; they are gold."""
    session = Session.create(tmp_path / "kinds.stet", scheme=KINDS_SOURCE, annotator="rina")
    session.open_document(*add_documents(session, {"d": TEXT}))
    yield Bench(session)
    session.close()


def finish(bench: Bench, *ties: Relation) -> None:
    for who in ("a", "b"):
        theirs = [
            msgspec.structs.replace(tie, uid=who + tie.uid, source=who + tie.source, target=who + tie.target)
            for tie in ties
        ]
        marks = (AddAnnotation(claim(f"{who}{number}")) for number in (1, 2, 3))
        bench.work({"a": "ana", "b": "ben"}[who], *marks, *map(AddRelation, theirs), SetStatus(Status.DONE))
    for number in (1, 2, 3):
        take(bench, f"a{number}")


def take(bench: Bench, uid: str, **picks: str) -> None:
    found = bench.group(uid)
    bench.reviewing.take(found, {**whole(found, uid, rules_of(KINDS, found.layer)), **picks})


def everything(bench: Bench) -> tuple:
    """Return all that undo must bring back, decisions in whatever order."""
    gold, ties, status, decisions, releases = bench.content()
    return gold, ties, status, sorted(decisions, key=lambda item: item.uid), releases


def at(bench: Bench, number: int) -> str:
    """Return the gold annotation of a number."""
    return next(a.uid for a in bench.gold.annotations.values() if a.start == 10 * number)


def related(bench: Bench) -> set[tuple]:
    gold = bench.gold
    place = {uid: annotation.start // 10 for uid, annotation in gold.annotations.items()}
    return {
        (r.label, place[r.source], place[r.target], tuple(sorted(r.attributes.items())), r.comment)
        for r in gold.relations.values()
    }


def relate(bench: Bench, source: int, target: int, label: str = "because", comment: str = "", **fields) -> None:
    made = link(at(bench, source), at(bench, target), label, comment=comment, **fields)
    bench.reviewing.relate(bench.document, made, Remarks(note="seen"))


def only(bench: Bench) -> Relation:
    (relation,) = bench.gold.relations.values()
    return relation


def test_a_relation_that_nobody_made_is_a_decision(bench: Bench) -> None:
    finish(bench)
    before = everything(bench)
    relate(bench, 1, 2, sure=True, comment="why")
    assert related(bench) == {("because", 1, 2, (("sure", True),), "why")}
    decision = bench.decisions()[-1]
    assert (decision.outcome, decision.relation, decision.gold, decision.note) == (
        *(Outcome.CREATED, only(bench).uid),
        *(None, "seen"),
    )
    assert bench.gold.status is Status.DONE
    undo(bench.session)
    assert everything(bench) == before
    redo(bench.session)
    assert related(bench) == {("because", 1, 2, (("sure", True),), "why")}


def test_it_outlives_decisions_on_its_ends(bench: Bench) -> None:
    finish(bench)
    relate(bench, 1, 2)
    uid = only(bench).uid
    take(bench, "b1")
    take(bench, "b2")
    assert related(bench) == {("because", 1, 2, (), "")}
    assert only(bench).uid == uid
    before = everything(bench)
    bench.reviewing.reject(bench.group("a2"), Remarks())
    assert related(bench) == set()
    assert not any(decision.relation for decision in bench.decisions()), "its decision goes with it"
    undo(bench.session)
    assert everything(bench) == before


def test_a_relation_of_the_annotators_is_changed(bench: Bench) -> None:
    finish(bench, link("1", "2", hint="x"))
    bench.reviewing.change_relation(bench.document, msgspec.structs.replace(only(bench), attributes={"hint": "z"}))
    assert related(bench) == {("because", 1, 2, (("hint", "z"),), "")}
    assert bench.decisions()[-1].outcome is Outcome.EDITED
    for uid in ("b1", "b2"):
        take(bench, uid)
        assert related(bench) == {("because", 1, 2, (("hint", "z"),), "")}, "theirs doesn't come back beside it"


def test_direction_and_type_are_changed(bench: Bench) -> None:
    finish(bench, link("1", "2"))
    tie = only(bench)
    turned = msgspec.structs.replace(tie, source=tie.target, target=tie.source)
    bench.reviewing.change_relation(bench.document, turned)
    take(bench, "b2")
    assert related(bench) == {("because", 2, 1, (), "")}
    bench.reviewing.change_relation(bench.document, msgspec.structs.replace(only(bench), label="like"))
    take(bench, "a2")
    assert related(bench) == {("like", 2, 1, (), "")}
    with pytest.raises(EditRejected, match="says that already"):
        bench.reviewing.change_relation(bench.document, only(bench))


def test_a_relation_of_the_annotators_is_left_out(bench: Bench) -> None:
    finish(bench, link("1", "2"), link("1", "2", "like"))
    before = everything(bench)
    uid = next(r.uid for r in bench.gold.relations.values() if r.label == "because")
    bench.reviewing.unrelate(bench.document, uid)
    assert related(bench) == {("like", 1, 2, (), "")}
    assert bench.sheet.is_settled
    take(bench, "b2")
    assert related(bench) == {("like", 1, 2, (), "")}, "what was decided at its source counts"
    undo(bench.session)
    undo(bench.session)
    assert everything(bench) == before
    with pytest.raises(EditRejected, match="no longer in gold"):
        bench.reviewing.unrelate(bench.document, "gone")


def test_one_of_the_reviewers_own_is_left_out(bench: Bench) -> None:
    finish(bench)
    relate(bench, 1, 2)
    bench.reviewing.unrelate(bench.document, only(bench).uid)
    assert related(bench) == set()
    assert not any(decision.relation for decision in bench.decisions())


def test_the_reviewer_joins_and_cuts_a_chain(bench: Bench) -> None:
    finish(bench, link("1", "2", "same"))
    relate(bench, 3, 1, "same", how="bridge")
    assert related(bench) == {("same", 1, 2, (), ""), ("same", 2, 3, (("how", "bridge"),), "")}
    take(bench, "b2")
    take(bench, "b1")
    gold = bench.gold
    assert len(gold.relations) == 2
    cut = next(r for r in gold.relations.values() if not r.attributes)
    bench.reviewing.unrelate(bench.document, cut.uid)
    assert len(bench.gold.relations) == 1
    assert bench.decisions()[-1].fields["relation:same"] == "reviewer"


@pytest.mark.parametrize(
    ("source", "target", "label", "says"),
    [(1, 1, "because", "itself"), (1, 2, "because", "already"), (2, 1, "like", "already"), (1, 2, "no", "no relation")],
)
def test_what_can_not_be_related_is_refused(bench: Bench, source: int, target: int, label: str, says: str) -> None:
    finish(bench, link("1", "2"), link("1", "2", "like"))
    before = everything(bench)
    with pytest.raises(EditRejected, match=says):
        relate(bench, source, target, label)
    with pytest.raises(EditRejected, match="from gold to gold"):
        bench.reviewing.relate(bench.document, link("a1", "a2"))
    assert everything(bench) == before


def test_decisions_on_relations_follow_what_is_decided(bench: Bench) -> None:
    finish(bench)
    sheet = bench.sheet
    relate(bench, 1, 2)
    made = bench.decisions()[-1]
    reviewing = Reviewer(bench.session)
    after = reviewing.follow(sheet, [made.uid]).sheet
    assert after.standings.related == {made.relation: made}
    assert after.standings == standings(sheet.groups, bench.decisions())
    undo(bench.session)
    back = reviewing.follow(after, [made.uid]).sheet
    assert not back.standings.related
    assert back.is_settled


def test_they_go_out_and_come_back_with_gold(bench: Bench, tmp_path: Path) -> None:
    finish(bench)
    relate(bench, 1, 2, sure=True, comment="why")
    out, back, again = tmp_path / "gold.jsonl", tmp_path / "back.jsonl", tmp_path / "again.stet"
    run = CliRunner().invoke
    assert run(cli, ["export", str(bench.session.path), str(out), "--gold"]).exit_code == 0
    (record,) = map(json.loads, out.read_text("utf-8").splitlines())
    (decision,) = [item for item in record["decisions"] if item["key"].startswith("related:")]
    assert (decision["outcome"], decision["note"], decision.get("gold")) == ("created", "seen", None)
    Session.create(again, scheme=KINDS_SOURCE).close()
    assert run(cli, ["import", str(again), str(out)]).exit_code == 0
    assert run(cli, ["export", str(again), str(back), "--gold"]).exit_code == 0
    assert back.read_bytes() == out.read_bytes()


def test_they_come_with_another_project_that_is_merged(bench: Bench, tmp_path: Path) -> None:
    finish(bench)
    copy = tmp_path / "copy.stet"
    bench.session.project.connection.execute("VACUUM INTO ?", [str(copy)])
    session = Session.open(copy, annotator="rina")
    session.open_document(bench.document)
    with_relation = Bench(session)
    relate(with_relation, 1, 2)
    session.close()
    merge_files(bench.session, [copy])
    assert related(bench) == {("because", 1, 2, (), "")}
    assert bench.sheet.standings.related.keys() == bench.gold.relations.keys()
    assert bench.sheet.is_settled
