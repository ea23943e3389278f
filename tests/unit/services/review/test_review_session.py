"""Deciding in a real project: what is in gold, what rows there are, and that all of it is undone."""

from collections.abc import Callable

import msgspec
import pytest

from app.core.annotation import Annotation, Evidence, Fragment, Stance, Status
from app.core.decision import GOLD, Outcome, Reason
from app.core.edits import AddAnnotation, RemoveAnnotation
from app.core.errors import Cancelled, EditRejected
from app.core.progress import CancelToken
from app.review.automerge import Equal, MergeStrategy, Rule
from app.review.decision_status import GroupStatus
from app.review.fields import rules_of
from app.review.gold_composition import REVIEWER, UNION, whole
from app.services.history.undo import redo, undo
from app.services.review.reviewer import PickedGroup, Remarks
from app.session.actions import Compound, SetEdit
from app.session.events import Event, Topic
from app.session.session import Session
from tests.conftest import add_documents
from tests.unit.services.review.reviews import Bench

UNANIMOUS = Rule(MergeStrategy.UNANIMOUS)


@pytest.fixture
def bench(news_session: Session) -> Bench:
    """Give a document that ana and ben have finished: agreed, a boundary, a missing one."""
    bench = Bench(news_session)
    bench.finish("ana", bench.mark("a1", 0, 12), bench.mark("a2", 42, 57), bench.mark("a3", 21, 28))
    bench.finish("ben", bench.mark("b1", 0, 12), bench.mark("b2", 51, 57))
    return bench


def take(bench: Bench, uid: str, said: Remarks | None = None) -> None:
    found = bench.group(uid)
    bench.reviewing.take(found, whole(found, uid, rules_of(bench.session.scheme, found.layer)), said=said)


# -- one step, one undo ------------------------------------------------------------------------------------------------


def do_take(bench: Bench) -> None:
    take(bench, "a2")


def do_take_all(bench: Bench) -> None:
    taken = [PickedGroup(found, {"label": found.sources[0]}) for found in bench.sheet.groups]
    assert bench.reviewing.take_all(taken, title="Take all") == 3


def do_reject(bench: Bench) -> None:
    bench.reviewing.reject(bench.group("a3"), Remarks(Reason.ANNOTATOR_ERROR))


def do_defer(bench: Bench) -> None:
    bench.reviewing.defer(bench.group("a3"), Remarks(note="ask"))


def do_create(bench: Bench) -> None:
    bench.reviewing.create(bench.document, bench.mark("mine", 30, 35), Remarks())


def do_auto(bench: Bench) -> None:
    bench.reviewing.auto(bench.reviewing.sheets(), UNANIMOUS)


def do_merge(bench: Bench) -> None:
    bench.reviewing.auto(bench.reviewing.sheets(), Rule(MergeStrategy.UNANIMOUS, Equal.OVERLAP))


def do_release(bench: Bench) -> None:
    bench.reviewing.release([bench.document])


def do_decide_anew(bench: Bench) -> None:
    bench.reviewing.reject(bench.group("a1"), Remarks())


def do_withdraw(bench: Bench) -> None:
    bench.reviewing.withdraw(bench.decisions()[0])


@pytest.mark.parametrize(
    "do", [do_take, do_take_all, do_reject, do_defer, do_create, do_merge, do_release, do_decide_anew, do_withdraw]
)
def test_everything_is_one_step_that_is_undone_and_redone(bench: Bench, do: Callable[[Bench], None]) -> None:
    take(bench, "a1")
    before, rows = bench.content(), bench.rows()
    do(bench)
    after = bench.content()
    assert bench.rows() == rows + 1
    assert after != before
    undo(bench.session)
    assert bench.content() == before
    redo(bench.session)
    assert bench.content() == after
    assert bench.session.undo_title() == undo(bench.session).title


# -- what is in gold ---------------------------------------------------------------------------------------------------


def test_taking_a_version_puts_it_into_gold_and_says_why(bench: Bench) -> None:
    found = bench.group("a2")
    take(bench, "b2", Remarks(Reason.GUIDELINE_GAP, " see rule 3 ", unclear=True))
    (gold,) = bench.gold.annotations.values()
    assert (gold.quote, gold.origin) == (bench.text[51:57], "review")
    (made,) = bench.decisions()
    assert (made.outcome, made.gold, made.key) == (Outcome.ACCEPTED, gold.uid, found.key)
    assert (made.reviewer, made.rule, made.is_by_person) == ("rina", "", True)
    assert (made.kinds, made.labels, made.sources) == (("boundary",), ("PERSON",), ("a2", "b2"))
    assert made.votes == {"ana": "a2", "ben": "b2"}
    assert made.tally is not None
    assert made.fields["range"] == "b2"
    assert (made.reason, made.note, made.unclear) == (Reason.GUIDELINE_GAP, "see rule 3", True)
    assert bench.sheet.standings.of(found) == (GroupStatus.DECIDED, made)
    assert bench.gold.status is Status.OPEN


def test_the_union_and_the_reviewer_s_own_values(bench: Bench) -> None:
    found = bench.group("a2")
    own = bench.mark("own", 40, 57, label="ORG", comment="mine")
    bench.reviewing.take(found, {"range": UNION, "label": REVIEWER, "comment": REVIEWER}, own=own)
    (gold,) = bench.gold.annotations.values()
    assert (gold.start, gold.end, gold.label, gold.comment) == (42, 57, "ORG", "mine")
    assert bench.decisions()[0].outcome is Outcome.EDITED


def test_rejecting_all_is_a_decision_and_leaves_nothing(bench: Bench) -> None:
    do_reject(bench)
    (made,) = bench.decisions()
    assert (made.outcome, made.gold, made.reason) == (Outcome.REJECTED, None, Reason.ANNOTATOR_ERROR)
    assert bench.quotes() == []
    assert bench.sheet.standings.of(bench.group("a3"))[0] is GroupStatus.DECIDED


def test_deferring_leaves_a_group_open(bench: Bench) -> None:
    do_defer(bench)
    assert bench.sheet.standings.of(bench.group("a3"))[0] is GroupStatus.DEFERRED
    assert len(bench.sheet.open_groups()) == 3


def test_deciding_again_replaces_gold_and_the_old_decision(bench: Bench) -> None:
    take(bench, "a2")
    take(bench, "b2")
    assert bench.quotes() == [bench.text[51:57]]
    assert len(bench.decisions()) == 1
    bench.reviewing.reject(bench.group("b2"), Remarks())
    assert bench.quotes() == []
    assert bench.acts() == [
        *(("decide", "accepted"), ("withdraw", "accepted"), ("decide", "accepted")),
        *(("withdraw", "accepted"), ("decide", "rejected")),
    ]


def test_deciding_on_an_outdated_group_is_refused(bench: Bench) -> None:
    found = bench.group("a2")
    bench.change("ana", bench.mark("a2", 43, 57))
    before = bench.content()
    for do in (
        lambda: bench.reviewing.take(found, {"label": "a2"}),
        lambda: bench.reviewing.reject(found, Remarks()),
        lambda: bench.reviewing.defer(found, Remarks()),
    ):
        with pytest.raises(EditRejected, match="have changed"):
            do()
    assert bench.content() == before


def test_one_invalid_group_rolls_back_the_whole_batch(bench: Bench) -> None:
    before, rows = bench.content(), bench.rows()
    taken = [PickedGroup(bench.group("a1"), {"label": "a1"}), PickedGroup(bench.group("a2"), {"label": "gone"})]
    with pytest.raises(EditRejected):
        bench.reviewing.take_all(taken, title="All")
    assert (bench.content(), bench.rows()) == (before, rows)


def test_nobody_can_not_review(bench: Bench) -> None:
    found = bench.group("a1")
    bench.session.become(None)
    with pytest.raises(EditRejected, match="no annotator is set"):
        bench.reviewing.take(found, {"label": "a1"})


def test_what_nobody_had_marked_is_created(bench: Bench) -> None:
    do_create(bench)
    (made,) = bench.decisions()
    assert (made.outcome, made.sources, made.votes) == (Outcome.CREATED, (), {"ana": None, "ben": None})
    assert bench.quotes() == [bench.text[30:35]]
    assert bench.sheet.standings.orphans == ()
    bench.reviewing.withdraw(made)
    assert (bench.quotes(), bench.decisions()) == ([], [])


# -- how far gold is ---------------------------------------------------------------------------------------------------


def test_gold_is_done_only_while_every_group_is_decided(bench: Bench) -> None:
    take(bench, "a1")
    do_reject(bench)
    assert bench.gold.status is Status.OPEN
    with pytest.raises(EditRejected, match="1 group of this document isn't decided yet"):
        bench.reviewing.finish(bench.document)
    take(bench, "b2")
    assert bench.gold.status is Status.DONE
    assert bench.sheet.is_settled
    do_create(bench)
    assert bench.gold.status is Status.DONE, "what a reviewer adds leaves nothing open"
    bench.reviewing.withdraw(bench.decisions()[0])
    assert bench.gold.status is Status.OPEN
    undo(bench.session)
    assert bench.gold.status is Status.DONE
    bench.reviewing.defer(bench.group("a1"), Remarks())
    assert bench.gold.status is Status.OPEN


def test_gold_without_a_mark_is_done_empty(bench: Bench) -> None:
    for uid in ("a1", "a2", "a3"):
        bench.reviewing.reject(bench.group(uid), Remarks())
    assert bench.gold.status is Status.DONE_EMPTY


def test_a_document_without_marks_is_finished_by_hand(news_session: Session) -> None:
    bench = Bench(news_session)
    bench.finish("ana")
    bench.finish("ben")
    assert bench.sheet.readers == ("ana", "ben")
    assert bench.sheet.groups == ()
    bench.reviewing.finish(bench.document)
    assert bench.gold.status is Status.DONE_EMPTY
    rows = bench.rows()
    with pytest.raises(EditRejected, match="gold of this document is finished already"):
        bench.reviewing.finish(bench.document)
    assert bench.rows() == rows


# -- annotators go on --------------------------------------------------------------------------------------------------


def test_reopening_makes_decisions_stale_and_finishing_restores(bench: Bench) -> None:
    take(bench, "a2")
    bench.reopen("ana")
    assert bench.sheet.waiting == ("ana",)
    assert bench.sheet.readers == ("ben",)
    assert bench.sheet.standings.of(bench.group("b2"))[0] is GroupStatus.STALE
    bench.finish("ana")
    assert bench.sheet.standings.of(bench.group("b2"))[0] is GroupStatus.DECIDED
    assert bench.quotes() == [bench.text[42:57]]


def test_a_change_makes_stale_keeps_gold_and_is_decided_anew(bench: Bench) -> None:
    take(bench, "a2")
    bench.change("ana", bench.mark("a2", 42, 50))
    standings = bench.sheet.standings
    stale = [standings.of(found)[0] for found in bench.sheet.groups]
    assert stale.count(GroupStatus.STALE) == 2, "what was one group is two: neither says what was decided"
    assert bench.quotes() == [bench.text[42:57]]
    take(bench, "a2")
    assert bench.quotes() == [bench.text[42:50]]
    assert bench.sheet.standings.of(bench.group("b2"))[0] is GroupStatus.OPEN


def test_both_parts_of_a_split_group_can_be_taken_in_one_step(bench: Bench) -> None:
    take(bench, "a2")
    bench.change("ana", bench.mark("a2", 42, 50))
    taken = [PickedGroup(bench.group(uid), {"label": uid}) for uid in ("a2", "b2")]
    bench.reviewing.take_all(taken, title="Both")
    assert bench.quotes() == [bench.text[42:50], bench.text[51:57]]
    assert len(bench.decisions()) == 2


def test_two_decided_groups_that_become_one_leave_no_second_gold(news_session: Session) -> None:
    bench = Bench(news_session)
    bench.finish("ana", bench.mark("a1", 0, 6), bench.mark("a2", 7, 12))
    bench.finish("ben", bench.mark("b1", 0, 6), bench.mark("b2", 7, 12))
    do_auto(bench)
    assert len(bench.quotes()) == 2
    bench.work("ana", RemoveAnnotation("a2"))
    bench.work("ben", RemoveAnnotation("b1"))
    bench.change("ana", bench.mark("a1", 0, 12))
    bench.change("ben", bench.mark("b2", 0, 12))
    take(bench, "a1")
    assert bench.quotes() == [bench.text[0:12]]
    assert len(bench.decisions()) == 1


def test_an_orphan_keeps_gold_open_until_it_is_withdrawn(bench: Bench) -> None:
    do_take_all(bench)
    assert bench.gold.status is Status.DONE
    bench.work("ana", RemoveAnnotation("a3"))
    (orphan,) = bench.sheet.standings.orphans
    assert not bench.sheet.is_settled
    with pytest.raises(EditRejected, match="1 group"):
        bench.reviewing.finish(bench.document)
    bench.reviewing.withdraw(orphan)
    assert bench.gold.status is Status.DONE
    assert len(bench.quotes()) == 2


def test_another_document_is_not_touched(bench: Bench) -> None:
    other = next(uid for uid in (s.document.uid for s in bench.session.reader.records()) if uid != bench.document)
    text = bench.session.reader.document(other).text
    mark = Annotation(uid="o1", layer="entity", label="ORG", fragments=(Fragment(0, 4),), quote=text[:4])
    for who, uid in (("ana", "o1"), ("ben", "o2")):
        bench.finish(who, msgspec.structs.replace(mark, uid=uid), document=other)
    assert [sheet.document for sheet in bench.reviewing.sheets()] == [bench.document, other]
    found = next(item for sheet in bench.reviewing.sheets() for item in sheet.groups if item.document == other)
    bench.reviewing.take(found, {"label": "o2"})
    assert bench.decisions() == []
    assert bench.session.executor.load(other, GOLD).status is Status.DONE


# -- rules -------------------------------------------------------------------------------------------------------------


def test_a_rule_decides_what_is_left_open_and_keeps_the_rest(bench: Bench) -> None:
    bench.reviewing.reject(bench.group("a1"), Remarks())
    bench.reviewing.defer(bench.group("a3"), Remarks())
    rule = Rule(MergeStrategy.UNANIMOUS, Equal.OVERLAP)
    result = bench.reviewing.auto(bench.reviewing.sheets(), rule)
    assert result[:4] == (1, 2, {}, 1)
    made = bench.decisions()[-1]
    assert (made.rule, made.is_by_person, made.reviewer) == ("unanimous overlap", False, "rina")
    again = bench.reviewing.auto(bench.reviewing.sheets(), rule, again=True)
    assert (again.decided, again.kept) == (1, 2)
    assert [item.outcome for item in bench.decisions()] == [Outcome.REJECTED, Outcome.DEFERRED, Outcome.ACCEPTED]


def test_a_second_run_changes_nothing_and_adds_no_row(bench: Bench) -> None:
    first = bench.reviewing.auto(bench.reviewing.sheets(), UNANIMOUS)
    assert first[:4] == (1, 0, {"1 of 2 agree": 1, "tied votes": 1}, 1)
    before, rows = bench.content(), bench.rows()
    second = bench.reviewing.auto(bench.reviewing.sheets(), UNANIMOUS)
    assert (second.decided, second.kept, second.left) == (0, 1, first.left)
    assert (bench.content(), bench.rows()) == (before, rows)


def test_a_dry_run_says_the_same_and_writes_nothing(bench: Bench) -> None:
    before, rows = bench.content(), bench.rows()
    promised = bench.reviewing.auto(bench.reviewing.sheets(), UNANIMOUS, dry_run=True)
    assert (bench.content(), bench.rows()) == (before, rows)
    assert bench.reviewing.auto(bench.reviewing.sheets(), UNANIMOUS) == promised


def test_again_withdraws_what_the_new_rule_does_not_decide(bench: Bench) -> None:
    bench.reviewing.auto(bench.reviewing.sheets(), Rule(MergeStrategy.THRESHOLD, Equal.OVERLAP, votes=1, confidence=0))
    assert len(bench.quotes()) == 3
    result = bench.reviewing.auto(bench.reviewing.sheets(), UNANIMOUS, again=True)
    assert (result.decided, result.withdrawn, result.kept) == (1, 2, 0)
    assert bench.quotes() == [bench.text[0:12]]
    assert [made.rule for made in bench.decisions()] == ["unanimous exact"]
    assert bench.gold.status is Status.OPEN


def test_rerunning_a_rule_removes_only_its_own_orphans(bench: Bench) -> None:
    take(bench, "a3")
    do_auto(bench)
    for who, uid in (("ana", "a1"), ("ben", "b1"), ("ana", "a3")):
        bench.work(who, RemoveAnnotation(uid))
    bench.reviewing.auto(bench.reviewing.sheets(), UNANIMOUS)
    assert len(bench.quotes()) == 2
    result = bench.reviewing.auto(bench.reviewing.sheets(), UNANIMOUS, again=True)
    assert result.withdrawn == 1
    assert bench.quotes() == [bench.text[21:28]]


def test_a_stale_decision_of_a_rule_stays_until_it_is_rerun(bench: Bench) -> None:
    do_auto(bench)
    bench.change("ana", bench.mark("a1", 0, 6))
    bench.change("ben", bench.mark("b1", 0, 6))
    assert bench.reviewing.auto(bench.reviewing.sheets(), UNANIMOUS).decided == 0
    assert bench.quotes() == [bench.text[0:12]]
    bench.reviewing.auto(bench.reviewing.sheets(), UNANIMOUS, again=True)
    assert bench.quotes() == [bench.text[0:6]]


def test_evidence_that_does_not_hold_is_left_to_a_person(news_session: Session) -> None:
    bench = Bench(news_session)
    reference = next(r.document.uid for r in news_session.reader.records() if r.document.uid != bench.document)
    proof = Evidence(uid="e", document=reference, fragments=(Fragment(0, 4),), quote="U.S.", stance=Stance.REFUTES)
    good = {"layer": "error", "label": "TORTURED_TERM"}
    for who in ("ana", "ben"):
        bench.finish(who, bench.mark(f"{who}1", 0, 6, **good, evidence=(proof,)), bench.mark(f"{who}2", 7, 12, **good))
    with news_session.project.atomic():
        news_session.project.db.conn.execute("UPDATE evidence SET quote = 'Zeus'")
    result = bench.reviewing.auto(bench.reviewing.sheets(), UNANIMOUS)
    assert result.left == {"a piece of evidence doesn't match its document": 1}
    assert bench.quotes() == [bench.text[7:12]]


@pytest.fixture
def crowd(bench: Bench) -> Bench:
    """Add three documents, in which ana and ben agree on two marks each."""
    text = "Ana met Ben.\n"
    for number, document in enumerate(add_documents(bench.session, dict.fromkeys(("x.txt", "y.txt", "z.txt"), text))):
        for who in ("ana", "ben"):
            marks = [
                Annotation(
                    uid=f"{who}{number}{at}",
                    layer="entity",
                    label="PERSON",
                    fragments=(Fragment(at, at + 3),),
                    quote=quote,
                )
                for at, quote in ((0, "Ana"), (8, "Ben"))
            ]
            bench.finish(who, *marks, document=document)
    return bench


def decided(bench: Bench) -> int:
    """Return how many decisions stand in the whole project."""
    return sum(len(sheet.decisions) for sheet in bench.reviewing.sheets())


def test_many_groups_are_one_step_despite_several_log_rows(crowd: Bench, monkeypatch) -> None:
    monkeypatch.setattr("app.services.review.reviewer._GROUPS_A_LOG_ROW", 1)
    session, before, newest = crowd.session, crowd.content(), crowd.session.undo_title()
    told: list[int] = []
    heard: list[Event] = []
    session.listen(heard.append)
    crowd.reviewing.auto(crowd.reviewing.sheets(), UNANIMOUS, progress=told.append)
    assert told == [1, 3, 5, 7]
    assert [row.title for row in session.log.rows(limit=3)] == [
        f"Merge automatically: everyone agrees (part {part})" for part in (3, 2, 1)
    ]
    assert sum(fact.topic is Topic.HISTORY for fact in heard) == 1
    assert len({fact.document for fact in heard if fact.topic is Topic.DECISIONS}) == 4
    after = crowd.content()
    assert decided(crowd) == 7
    assert undo(session).title == "Merge automatically: everyone agrees"
    assert (crowd.content(), session.undo_title(), decided(crowd)) == (before, newest, 0)
    redo(session)
    assert (crowd.content(), decided(crowd)) == (after, 7)


def test_cancelling_a_bulk_decision_decides_nothing(crowd: Bench) -> None:
    before, rows, token = crowd.content(), crowd.rows(), CancelToken()

    def stop(done: int) -> None:
        if done == 3:
            token.cancel()

    with pytest.raises(Cancelled):
        crowd.reviewing.auto(list(crowd.reviewing.sheets()), UNANIMOUS, progress=stop, cancel=token)
    assert (crowd.content(), crowd.rows(), decided(crowd)) == (before, rows, 0)


# -- relations ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def tied(news_session: Session) -> Bench:
    """Give a document in which two agree on two marks and a relation, and only ana has a second one."""
    bench = Bench(news_session)
    ties = {"ana": [("a1", "knows", "a2"), ("a2", "of", "a3")], "ben": [("b1", "knows", "b2")]}
    for who in ("ana", "ben"):
        marks = [bench.mark(f"{who[0]}{at}", *ends) for at, ends in ((1, (0, 12)), (2, (42, 57)), (3, (21, 28)))]
        bench.finish(who, *marks, ties=ties[who])
    return bench


def arrows(bench: Bench) -> list[tuple[str, str, str]]:
    gold = bench.gold
    quote = {uid: annotation.quote for uid, annotation in gold.annotations.items()}
    return sorted((quote[tie.source], tie.label, quote[tie.target]) for tie in gold.relations.values())


def test_a_rule_merges_shared_relations_and_leaves_others_open(tied: Bench) -> None:
    knows = (tied.text[0:12], "knows", tied.text[42:57])
    result = tied.reviewing.auto(tied.reviewing.sheets(), UNANIMOUS)
    assert (result.decided, result.torn) == (3, 1)
    assert arrows(tied) == [knows]
    assert [found.sources for found in tied.sheet.open_groups()] == [("a2", "b2")]
    assert tied.gold.status is Status.OPEN
    assert tied.reviewing.auto(tied.reviewing.sheets(), UNANIMOUS).decided == 0
    take(tied, "b2")
    assert arrows(tied) == [knows]
    assert tied.gold.status is Status.DONE
    take(tied, "a2")
    assert arrows(tied) == sorted([knows, (tied.text[42:57], "of", tied.text[21:28])])


def test_relations_come_when_their_second_end_is_decided(tied: Bench) -> None:
    take(tied, "b1")
    assert arrows(tied) == []
    take(tied, "a2")
    assert arrows(tied) == [(tied.text[0:12], "knows", tied.text[42:57])]


def test_both_ends_of_a_relation_can_be_decided_anew_in_one_step(tied: Bench) -> None:
    do_auto(tied)
    taken = [PickedGroup(tied.group(uid), {"label": uid}) for uid in ("a1", "a2")]
    tied.reviewing.take_all(taken, title="Again")
    assert len(arrows(tied)) == 2
    tied.reviewing.reject(tied.group("a1"), Remarks())
    assert [label for _, label, _ in arrows(tied)] == ["of"]


# -- release -----------------------------------------------------------------------------------------------------------


def test_release_and_reveal(bench: Bench) -> None:
    bench.reviewing.release([bench.document])
    assert bench.reviewing.releases() == {bench.document}
    assert bench.session.undo_title() == "Release 1 document"
    bench.reviewing.withdraw_release([bench.document])
    assert bench.reviewing.releases() == set()
    rows = bench.rows()
    bench.reviewing.log_reveal(bench.document)
    bench.reviewing.log_reveal("nowhere")
    assert [row[1:] for row in bench.session.executor.review.decisions.reveals()] == [("rina", bench.document)]
    assert bench.rows() == rows


def test_gold_and_what_is_open_are_no_readings(bench: Bench) -> None:
    do_auto(bench)
    bench.work("cyd", AddAnnotation(bench.mark("c1", 0, 12)))
    sheet = bench.sheet
    assert (sheet.readers, sheet.waiting) == (("ana", "ben"), ("cyd",))
    assert all(GOLD not in found.versions for found in sheet.groups)
    with pytest.raises(EditRejected):
        bench.session.perform(Compound((SetEdit("nowhere", GOLD, AddAnnotation(bench.mark("g", 0, 1))),)), title="x")
