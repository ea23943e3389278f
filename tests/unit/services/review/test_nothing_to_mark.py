"""Documents without a mark: gold without annotations, by rule and by hand, undone, and overtaken by later work."""

import pytest

from app.core.annotation import Status
from app.core.decision import NOTHING_KEY, Outcome, Reason
from app.core.edits import RemoveAnnotation, SetStatus
from app.core.errors import EditRejected
from app.review.automerge import MergeStrategy, Rule
from app.review.decision_status import GroupStatus
from app.review.feedback import ReviewOutcome, verdicts
from app.services.history.undo import redo, undo
from app.services.review.reviewer import Remarks
from app.session.session import Session
from tests.unit.services.review.reviews import Bench

UNANIMOUS = Rule(MergeStrategy.UNANIMOUS)
REJECTING = Rule(MergeStrategy.MAJORITY, reject_unmarked=True)


@pytest.fixture
def clean(news_session: Session) -> Bench:
    """Give a document that ana and ben finished with nothing."""
    bench = Bench(news_session)
    bench.finish("ana")
    bench.finish("ben")
    return bench


def auto(bench: Bench, rule: Rule = UNANIMOUS, **options):
    return bench.reviewing.auto(bench.reviewing.sheets(), rule, **options)


def test_a_rule_decides_it_once_and_undo_takes_it_back(clean: Bench) -> None:
    before = clean.content()
    assert clean.sheet.is_unmarked
    assert auto(clean, dry_run=True).empty == 1
    assert clean.content() == before
    assert auto(clean).empty == 1
    assert clean.gold.status is Status.DONE_EMPTY
    (said,) = clean.decisions()
    assert (said.outcome, said.layer, said.key, said.rule) == (Outcome.EMPTY, "", NOTHING_KEY, "unanimous exact")
    assert said.votes == {"ana": None, "ben": None}
    assert (clean.sheet.is_settled, clean.sheet.is_unmarked, auto(clean).changes_anything) == (True, False, False)
    undo(clean.session)
    assert clean.content() == before
    redo(clean.session)
    assert (clean.gold.status, clean.decisions()) == (Status.DONE_EMPTY, [said])


def test_again_withdraws_what_the_other_rule_does_not_say(clean: Bench) -> None:
    auto(clean)
    strict = Rule(MergeStrategy.THRESHOLD, votes=3)
    assert auto(clean, strict).changes_anything is False
    result = auto(clean, strict, again=True)
    assert (result.withdrawn, result.left_empty) == (1, {"2 of 3 votes": 1})
    assert (clean.gold.status, clean.decisions()) == (Status.OPEN, [])
    assert auto(clean).empty == 1
    assert auto(clean, REJECTING, again=True).empty == 1
    assert [said.rule for said in clean.decisions()] == [REJECTING.name]


def test_a_person_s_word_is_kept_by_rules(clean: Bench) -> None:
    clean.reviewing.finish(clean.document, Remarks(Reason.EDGE_CASE, " seen twice ", unclear=True))
    (said,) = clean.decisions()
    assert (said.reason, said.note, said.unclear, said.rule) == (Reason.EDGE_CASE, "seen twice", True, "")
    assert auto(clean, Rule(MergeStrategy.THRESHOLD, votes=3), again=True).changes_anything is False
    clean.reviewing.withdraw(said)
    assert (clean.gold.status, clean.sheet.is_unmarked) == (Status.OPEN, True)


def test_a_document_that_one_person_finished_waits_for_a_hand(news_session: Session) -> None:
    bench = Bench(news_session)
    with pytest.raises(EditRejected, match="no one has finished this document yet"):
        bench.reviewing.finish(bench.document)
    bench.finish("ana")
    assert auto(bench).left_empty == {"only one person finished the document": 1}
    bench.reviewing.finish(bench.document)
    assert bench.gold.status is Status.DONE_EMPTY


def test_a_mark_made_since_is_a_group_to_decide(clean: Bench) -> None:
    auto(clean)
    clean.finish("cem", clean.mark("late", 4, 9))
    found = clean.sheet
    assert (found.is_settled, found.standings.of(found.groups[0])[0]) == (False, GroupStatus.OPEN)
    assert clean.gold.status is Status.DONE_EMPTY, "gold stays as it is until the group is decided"
    clean.reviewing.defer(found.groups[0], Remarks())
    assert clean.gold.status is Status.OPEN
    undo(clean.session)
    assert auto(clean, REJECTING).rejected == 1
    assert (clean.gold.status, [said.outcome for said in clean.decisions()]) == (
        Status.DONE_EMPTY,
        [Outcome.REJECTED],
    )
    undo(clean.session)
    assert [said.outcome for said in clean.decisions()] == [Outcome.EMPTY]


def test_accepting_a_later_mark_replaces_the_word(clean: Bench) -> None:
    auto(clean)
    clean.finish("cem", clean.mark("late", 4, 9))
    clean.reviewing.take(clean.group("late"), {"label": "late"})
    assert (clean.gold.status, [said.outcome for said in clean.decisions()]) == (Status.DONE, [Outcome.ACCEPTED])


def test_if_the_later_mark_goes_the_word_holds_again(clean: Bench) -> None:
    auto(clean)
    clean.finish("cem", clean.mark("late", 4, 9))
    clean.work("cem", RemoveAnnotation("late"))
    assert clean.sheet.is_settled
    assert auto(clean).changes_anything is False


def test_adding_to_gold_replaces_the_word(clean: Bench) -> None:
    auto(clean)
    own = clean.mark("own", 4, 9)
    clean.reviewing.create(clean.document, own, Remarks())
    (made,) = clean.decisions()
    assert (made.outcome, clean.gold.status) == (Outcome.CREATED, Status.DONE)
    clean.reviewing.withdraw(made)
    assert (clean.gold.status, clean.sheet.is_unmarked) == (Status.OPEN, True), "now nothing is said of it"


def test_more_who_find_nothing_change_nothing(clean: Bench) -> None:
    auto(clean)
    clean.finish("cem")
    assert (clean.sheet.is_settled, auto(clean).changes_anything) == (True, False)


def test_gold_is_finished_when_what_was_open_has_gone(clean: Bench) -> None:
    clean.finish("ana", clean.mark("a1", 4, 9), clean.mark("a2", 20, 24))
    clean.reviewing.take(clean.group("a1"), {"label": "a1"})
    clean.work("ana", SetStatus(Status.OPEN), RemoveAnnotation("a2"), SetStatus(Status.DONE))
    assert (clean.gold.status, clean.sheet.is_settled, clean.sheet.is_overdue) == (Status.OPEN, True, True)
    result = auto(clean)
    assert (result.finished, result.decided, clean.gold.status) == (1, 0, Status.DONE)
    assert auto(clean).changes_anything is False


def test_a_rejection_by_rule_settles_a_group_with_relations(news_session: Session) -> None:
    bench = Bench(news_session)
    bench.finish("ana", bench.mark("a1", 4, 9), bench.mark("a2", 20, 24), ties=[("a1", "ALIAS", "a2")])
    bench.finish("ben")
    bench.finish("cem")
    assert auto(bench, REJECTING).rejected == 2
    assert (bench.sheet.is_settled, bench.gold.status) == (True, Status.DONE_EMPTY)


def test_feedback_does_not_take_a_later_mark_for_rejected(clean: Bench) -> None:
    auto(clean)
    clean.finish("cem", clean.mark("late", 4, 9))
    record = clean.session.executor.record(clean.document)
    (found,) = verdicts(record, "cem", clean.session.scheme)
    assert found.fate is ReviewOutcome.UNDECIDED
    assert verdicts(record, "ana", clean.session.scheme) == ()


def test_the_word_keeps_the_sets_as_they_were(clean: Bench) -> None:
    auto(clean)
    clean.work("ana", SetStatus(Status.OPEN))
    kept = clean.session.reader.snapshots_of(clean.document)
    assert sorted(kept) == ["ana", "ben"]
