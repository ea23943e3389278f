"""Another scheme and what reviewers did: decisions stand on the marks as they are now, and agreement speaks of them."""

import msgspec
import pytest

from app.core import annotation_edits
from app.core.annotation import Status
from app.core.decision import Outcome
from app.core.edits import MigrateAnnotations, MigratedValues
from app.core.scheme import Attribute, Value
from app.core.scheme_change import AddAttribute, LabelChange, SplitLabel, SplitPart
from app.jobs.tasks.agreement import reading_together
from app.review.decision_status import GroupStatus
from app.review.fields import rules_of
from app.review.gold_composition import whole
from app.services.history.undo import redo, undo
from app.services.migration.migration import migrate, plan
from app.services.review.sheets import Remarks
from app.session.session import Session
from app.storage.decisions import damaged_decisions
from tests.unit.services.review.reviews import Bench

RENAME = LabelChange("entity", "PERSON", "HUMAN")
MERGE = LabelChange("entity", "PERSON", "ORG")
DELETE = LabelChange("entity", "PERSON", None)
CHAIN = (("Donald Trump", "PERSON"), ("US", "ORG"), ("Puttin", "PERSON"))


@pytest.fixture
def bench(news_session: Session) -> Bench:
    """Give a document with four decided groups: agreed, another label, missing, rejected."""
    bench = Bench(news_session)
    bench.finish(
        "ana",
        bench.mark("a1", 0, 12),
        bench.mark("a2", 41, 56),
        bench.mark("a3", 21, 28, label="ORG"),
        bench.mark("a4", 30, 34),
        ties=[("a1", "met", "a2")],
    )
    bench.finish("ben", bench.mark("b1", 0, 12), bench.mark("b2", 41, 56, label="ORG"), ties=[("b1", "met", "b2")])
    for uid in ("a1", "a2", "a3"):
        found = bench.group(uid)
        picks = whole(found, uid, rules_of(bench.session.scheme, found.layer))
        bench.reviewing.take(found, picks, said=Remarks(note=f"on {uid}"))
    bench.reviewing.reject(bench.group("a4"), Remarks())
    assert standings(bench) == {"a1": "decided", "a2": "decided", "a3": "decided", "a4": "decided"}
    return bench


def standings(bench: Bench) -> dict[str, str]:
    """Return how far each group is, by its first source."""
    sheet = bench.sheet
    return {found.sources[0]: sheet.standings.of(found)[0].value for found in sheet.groups}


def content(bench: Bench) -> tuple[object, ...]:
    """Return all that undo must bring back, decisions in whatever order."""
    gold, ties, status, decisions, releases = bench.content()
    session = bench.session
    frozen = session.executor.review.decisions.snapshots()
    sets = [session.executor.record(bench.document).sets]
    return gold, ties, status, sorted(decisions, key=lambda item: item.uid), releases, frozen, sets, session.scheme


def frozen_labels(bench: Bench) -> list[str]:
    kept = bench.session.executor.review.decisions.snapshots_by_annotator(bench.document)
    return sorted({mark.label for item in kept.values() for mark in item.annotations})


def test_a_deleted_label_leaves_chains_joined(news_session: Session) -> None:
    bench = Bench(news_session)
    for who in ("ana", "ben"):
        marks = [bench.mark(f"{who}{at}", *bench.place(words), label=label) for at, (words, label) in enumerate(CHAIN)]
        bench.finish(who, *marks, ties=[(f"{who}0", "same", f"{who}1"), (f"{who}1", "same", f"{who}2")])
    for at in range(3):
        found = bench.group(f"ana{at}")
        bench.reviewing.take(found, whole(found, f"ana{at}", rules_of(bench.session.scheme, found.layer)))
    before = content(bench)
    migrate(bench.session, [LabelChange("entity", "ORG", None)])
    sets = [item.relations for item in bench.session.executor.record(bench.document).sets]
    frozen = bench.session.executor.review.decisions.snapshots_by_annotator(bench.document).values()
    assert [len(ties) for ties in (*sets, *(item.relations for item in frozen))] == [1] * 5, "gold, two sets, as frozen"
    assert {tie.ends for ties in sets for tie in ties} >= {("ana0", "ana2"), ("ben0", "ben2")}
    undo(bench.session)
    assert content(bench) == before
    redo(bench.session)
    undo(bench.session)
    assert content(bench) == before


def test_a_rename_leaves_every_decision_as_it_stands(bench: Bench) -> None:
    before, rows = bench.decisions(), len(bench.acts())
    done = migrate(bench.session, [RENAME])
    assert (done.kept, done.open_again, done.withdrawn, done.gold) == (3, 0, 0, 2), "the one on ORG isn't touched"
    assert set(standings(bench).values()) == {"decided"}
    assert bench.sheet.is_settled
    after = {item.uid: item for item in bench.decisions()}
    for old in before:
        new = after[old.uid]
        assert (new.gold, new.note, new.reviewer, new.time, new.votes) == (
            *(old.gold, old.note, old.reviewer, old.time),
            old.votes,
        )
        assert new.labels == tuple(sorted({"PERSON": "HUMAN"}.get(label, label) for label in old.labels))
    assert {mark.label for mark in bench.gold.annotations.values()} == {"HUMAN", "ORG"}
    assert bench.gold.status is Status.DONE
    assert len(bench.acts()) == rows + 3, "rows are added, none is changed"
    assert set(damaged_decisions(bench.session.project)) == set()


def test_agreement_uses_the_new_label_and_undo_restores_all(bench: Bench) -> None:
    before = content(bench)
    migrate(bench.session, [RENAME])
    assert frozen_labels(bench) == ["HUMAN", "ORG"]
    record = bench.session.executor.record(bench.document)
    readings = reading_together(record, bench.session.executor.review.decisions.snapshots_by_annotator(bench.document))
    assert {mark.label for item in readings.by.values() for mark in item.annotations} == {"HUMAN", "ORG"}
    after = content(bench)
    undo(bench.session)
    assert content(bench) == before
    redo(bench.session)
    assert content(bench) == after


def test_a_merge_opens_what_agrees_now_and_loses_no_decision(bench: Bench) -> None:
    before = content(bench)
    done = migrate(bench.session, [MERGE])
    assert (done.kept, done.open_again, done.withdrawn) == (2, 1, 0)
    assert standings(bench) == {"a1": "decided", "a2": "stale", "a3": "decided", "a4": "decided"}
    assert {item.note for item in bench.decisions()} == {"on a1", "on a2", "on a3", ""}
    assert set(damaged_decisions(bench.session.project)) == set()
    undo(bench.session)
    assert content(bench) == before


def test_votes_are_in_the_new_terms(bench: Bench) -> None:
    def tallies() -> dict[str, dict[str, int]]:
        return {item.note: dict(item.tally["label"]) for item in bench.decisions() if item.tally}

    before = {"on a1": {"PERSON": 2}, "on a2": {"ORG": 1, "PERSON": 1}, "on a3": {"ORG": 1}}
    assert tallies() == before
    bench.change("ben", bench.mark("b1", 0, 12, label="ORG"))  # since the decision, which its votes don't follow
    migrate(bench.session, [MERGE])
    assert tallies() == {"on a1": {"ORG": 2}, "on a2": {"ORG": 2}, "on a3": {"ORG": 1}}
    undo(bench.session)
    assert tallies() == before


def test_twins_from_a_label_merge_become_one_in_gold_and_frozen(news_session: Session) -> None:
    bench = Bench(news_session)
    bench.finish("ana", bench.mark("a1", 0, 12), bench.mark("a2", 0, 12, label="ORG"))
    for uid in ("a1", "a2"):
        found = bench.group(uid)
        bench.reviewing.take(found, whole(found, uid, rules_of(bench.session.scheme, found.layer)))
    before = content(bench)
    migrate(bench.session, [MERGE])
    assert len(bench.gold.annotations) == 1
    assert [item.label for item in bench.session.executor.load(bench.document, "ana").in_order()] == ["ORG"]
    assert frozen_labels(bench) == ["ORG"]
    assert {item.gold for item in bench.decisions()} == set(bench.gold.annotations)
    assert set(damaged_decisions(bench.session.project)) == set()
    undo(bench.session)
    assert content(bench) == before


def test_a_decision_on_a_deleted_label_goes_with_its_gold(bench: Bench) -> None:
    before = content(bench)
    done = migrate(bench.session, [DELETE])
    assert done.withdrawn == 1
    # ben's ORG is still there where ana had said PERSON and gold had taken it: that is open again.
    assert standings(bench) == {"b2": "stale", "a3": "decided"}
    assert set(damaged_decisions(bench.session.project)) == set()
    undo(bench.session)
    assert content(bench) == before


def test_a_deferred_group_stays_deferred(news_session: Session) -> None:
    bench = Bench(news_session)
    bench.finish("ana", bench.mark("a1", 0, 12))
    bench.finish("ben", bench.mark("b1", 0, 12, label="ORG"))
    bench.reviewing.defer(bench.group("a1"), Remarks(note="ask"))
    migrate(bench.session, [RENAME])
    standing, decision = bench.sheet.standings.of(bench.group("a1"))
    assert (standing, decision.note, decision.outcome) == (GroupStatus.DEFERRED, "ask", Outcome.DEFERRED)


def test_a_split_by_words_and_the_rest(bench: Bench) -> None:
    before = content(bench)
    split = SplitLabel("entity", "PERSON", "HUMAN", (SplitPart("LEADER", quotes=("VLADIMIR  puttin",)),))
    wanted = plan(bench.session, [split])
    made = {(item.new, item.annotator): item.annotations for item in wanted.touched}
    assert made == {
        ("HUMAN", "ana"): 2,
        ("LEADER", "ana"): 1,
        ("HUMAN", "ben"): 1,
        ("HUMAN", "gold"): 1,
        ("LEADER", "gold"): 1,
    }
    assert content(bench) == before
    migrate(bench.session, [split])
    scheme = bench.session.scheme
    assert [scheme.label("entity", label) is not None for label in ("PERSON", "HUMAN", "LEADER")] == [False, True, True]
    assert {item.quote for item in bench.gold.annotations.values() if item.label == "LEADER"} == {"Vladimir Puttin"}
    assert set(standings(bench).values()) == {"decided"}
    undo(bench.session)
    assert content(bench) == before


def test_a_split_by_an_expression_can_keep_the_label(bench: Bench) -> None:
    split = SplitLabel("entity", "PERSON", "PERSON", (SplitPart("SENATOR", pattern="^don"),))
    migrate(bench.session, [split])
    assert bench.session.scheme.label("entity", "PERSON") is not None
    ana = bench.session.executor.load(bench.document, "ana")
    assert [item.label for item in ana.in_order()] == ["SENATOR", "ORG", "PERSON", "PERSON"]


CERTAINTY = Attribute(
    id="certainty",
    title="Certainty",
    values=(Value(id="low", title="Low"), Value(id="high", title="High")),
    required=True,
)


def test_an_unset_required_attribute_is_reported_without_changes(bench: Bench) -> None:
    before = bench.session.executor.record(bench.document)
    attribute = msgspec.structs.replace(CERTAINTY, labels=("PERSON",))
    done = migrate(bench.session, [AddAttribute("entity", attribute)])
    assert done.annotations == 0
    assert [item.look for item in done.documents] == [("ana", "ben", "gold")]
    assert bench.session.executor.record(bench.document) == before
    assert bench.session.scheme.layer("entity").attribute("certainty").required
    assert set(standings(bench).values()) == {"decided"}


def test_an_attribute_filled_in_leaves_nothing_open(bench: Bench) -> None:
    before = content(bench)
    done = migrate(bench.session, [AddAttribute("entity", CERTAINTY, "low")])
    assert (done.annotations, done.look, done.kept) == (9, (), 4)
    for name in ("ana", "ben", "gold"):
        state = bench.session.executor.load(bench.document, name)
        assert {item.attributes["certainty"] for item in state.annotations.values()} == {"low"}
    assert set(standings(bench).values()) == {"decided"}
    undo(bench.session)
    assert content(bench) == before


def test_what_was_marked_since_goes_back_with_the_label(bench: Bench) -> None:
    migrate(bench.session, [RENAME])
    bench.finish("cara", bench.mark("c1", 0, 12, label="HUMAN"))
    lead = bench.session
    undo(lead)  # of rina's line: cara's own action stands
    assert lead.scheme.label("entity", "HUMAN") is None
    assert [item.label for item in lead.executor.load(bench.document, "cara").in_order()] == ["PERSON"]
    redo(lead)
    assert [item.label for item in lead.executor.load(bench.document, "cara").in_order()] == ["HUMAN"]


def test_undoing_a_rename_keeps_changes_made_since(bench: Bench) -> None:
    migrate(bench.session, [RENAME])
    ana = bench.session.executor.load(bench.document, "ana")
    bench.change("ana", msgspec.structs.replace(ana.annotations["a1"], comment="mine"))
    undo(bench.session)
    mark = bench.session.executor.load(bench.document, "ana").annotations["a1"]
    assert (mark.label, mark.comment) == ("PERSON", "mine")


def test_undo_of_older_work_speaks_of_the_new_label(news_session: Session) -> None:
    news_session.become("ana")
    edit = annotation_edits.annotate(
        news_session.state, [(0, 12)], layer="entity", label="PERSON", scheme=news_session.scheme
    )
    news_session.apply(edit, title="Mark")
    news_session.apply(
        annotation_edits.remove(news_session.state, news_session.state.in_order(), scheme=news_session.scheme),
        title="Delete",
    )
    news_session.become("lead")
    migrate(news_session, [RENAME])
    news_session.become("ana")
    undo(news_session)
    assert [item.label for item in news_session.state.in_order()] == ["HUMAN"]


def test_a_decision_restored_by_undo_refers_to_renamed_marks(bench: Bench) -> None:
    found = bench.group("a3")
    bench.reviewing.reject(found, Remarks(note="second thoughts"))
    bench.session.become("lead")
    migrate(bench.session, [LabelChange("entity", "ORG", "FIRM")])
    bench.session.become("rina")
    assert bench.session.undo_title().startswith("Reject")
    undo(bench.session)
    standing, decision = bench.sheet.standings.of(bench.group("a3"))
    assert (standing, decision.note, decision.labels) == (GroupStatus.DECIDED, "on a3", ("FIRM",))
    assert bench.gold.annotations[decision.gold].label == "FIRM"


def test_a_mark_that_is_gone_is_passed_over(bench: Bench) -> None:
    edit = MigrateAnnotations((MigratedValues("nobody", "HUMAN"), MigratedValues("a1", "HUMAN")))
    bench.work("ana", edit)
    assert bench.session.executor.load(bench.document, "ana").annotations["a1"].label == "HUMAN"


def test_the_lineage_leads_from_every_scheme_to_the_present_one(bench: Bench) -> None:
    session = bench.session
    first = session.scheme.source
    migrate(session, [RENAME])
    second = session.scheme.source
    undo(session)
    migrate(session, [LabelChange("entity", "PERSON", "MENSCH")])
    third = session.scheme.source
    lineage = session.executor.lineage()
    steps = {
        source: [change.title for step in lineage.since_scheme(source, "none@0") for change in step.changes]
        for source in (first, second, third)
    }
    assert steps == {
        first: ["entity.PERSON → MENSCH"],
        second: ["entity.HUMAN → PERSON", "entity.PERSON → MENSCH"],
        third: [],
    }
    assert lineage.since_scheme("another", "none@0") is None
