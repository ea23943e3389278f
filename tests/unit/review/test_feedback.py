"""What became of an annotator's marks: each in one verdict, with what changed and why, and nobody named."""

from typing import Any

import msgspec
import pytest

from app.core.annotation import Annotation, Status
from app.core.decision import GOLD, Decision, Outcome, Reason
from app.core.document import Document, sha256
from app.core.record import DocumentRecord, SetRecord
from app.review.feedback import LabelTally, ReviewOutcome, Verdict, overturn, total, verdicts
from app.review.questions import NOTHING, Question, collected, questions
from tests.unit.review.build import SCHEME, TEXT, mark

DOCUMENT = Document(uid="d", name="d.txt", text=TEXT, sha256=sha256(TEXT))


def record(decisions: list[Decision] | None = None, **by: list[Annotation]) -> DocumentRecord:
    """Return a document with these sets, all finished; that of `gold` is gold."""
    sets = [
        SetRecord(name, GOLD if name == GOLD else "person", Status.DONE, "review@1", 0.0, tuple(marks), ())
        for name, marks in by.items()
    ]
    return DocumentRecord(DOCUMENT, sets=tuple(sets), decisions=tuple(decisions or ()))


def decided(outcome: Outcome, *sources: str, gold: str | None = None, uid: str = "", **fields: Any) -> Decision:
    """Return a decision of rina on the marks of ana, ben and cara whose names the uids begin with."""
    who = {"a": "ana", "b": "ben", "c": "cara"}
    votes = {name: next((s for s in sources if who[s[0]] == name), None) for name in who.values()}
    given = {"votes": votes, "key": "-".join(sources) or f"created:{gold}", "kinds": (), "labels": (), **fields}
    return Decision(
        uid=uid or f"d-{gold}-{'-'.join(sources)}",
        document="d",
        layer="error",
        outcome=outcome,
        reviewer="rina",
        time="2026-01-02T03:04:05Z",
        sources=tuple(sorted(sources)),
        gold=gold,
        **given,
    )


def one(found: tuple[Verdict, ...]) -> Verdict:
    (verdict,) = found
    return verdict


# -- verdicts ----------------------------------------------------------------------------------------------------------


def test_what_gold_says_too_is_kept() -> None:
    found = record(
        [decided(Outcome.ACCEPTED, "a1", "b1", gold="g1", reason=Reason.EDGE_CASE, note="rule 3", unclear=True)],
        ana=[mark("a1", (0, 5), severity="major")],
        ben=[mark("b1", (0, 9))],
        gold=[mark("g1", (0, 5), severity="major")],
    )
    verdict = one(verdicts(found, "ana", SCHEME))
    assert (verdict.fate, verdict.annotation.uid, verdict.gold.uid, verdict.changes) == (
        ReviewOutcome.KEPT,
        "a1",
        "g1",
        (),
    )
    ruling = verdict.ruling
    assert (ruling.outcome, ruling.reason, ruling.note, ruling.unclear) == (
        *(Outcome.ACCEPTED, Reason.EDGE_CASE, "rule 3", True),
    )
    assert (ruling.had, ruling.of) == (2, 3)


def test_a_changed_mark_says_in_which_fields() -> None:
    found = record(
        [decided(Outcome.COMBINED, "a1", "b1", gold="g1")],
        ana=[mark("a1", (0, 5), severity="minor", correction="this")],
        gold=[mark("g1", (0, 9), label="NAME", severity="major", correction="that", comment="reworded")],
    )
    verdict = one(verdicts(found, "ana", SCHEME))
    assert verdict.fate is ReviewOutcome.CHANGED
    assert [field.id for field in verdict.changes] == ["range", "label", "severity", "correction", "comment"]
    assert [field.id for field in verdict.changes if not field.counts] == ["comment"]


def test_a_field_that_does_not_count_leaves_a_mark_kept() -> None:
    found = record(
        [decided(Outcome.ACCEPTED, "a1", "b1", gold="g1")],
        ana=[mark("a1", (0, 5), comment="mine", hint="x")],
        gold=[mark("g1", (0, 5), comment="theirs")],
    )
    verdict = one(verdicts(found, "ana", SCHEME))
    assert verdict.fate is ReviewOutcome.KEPT
    assert [field.id for field in verdict.changes] == ["hint", "comment"]


@pytest.mark.parametrize(
    ("outcome", "fate"), [(Outcome.REJECTED, ReviewOutcome.REJECTED), (Outcome.DEFERRED, ReviewOutcome.UNDECIDED)]
)
def test_nothing_came_of_a_mark(outcome: Outcome, fate: ReviewOutcome) -> None:
    found = record([decided(outcome, "a1", note="why")], ana=[mark("a1", (0, 5))])
    verdict = one(verdicts(found, "ana", SCHEME))
    assert (verdict.fate, verdict.gold, verdict.ruling.note) == (fate, None, "why")


def test_a_mark_without_a_decision_is_not_decided() -> None:
    verdict = one(verdicts(record(ana=[mark("a1", (0, 5))]), "ana", SCHEME))
    assert (verdict.fate, verdict.ruling) == (ReviewOutcome.UNDECIDED, None)


def test_gold_the_annotator_lacked_is_missed_even_beside_a_mark() -> None:
    found = record(
        [
            decided(Outcome.ACCEPTED, "b1", gold="g1", reason=Reason.ANNOTATOR_ERROR),
            decided(Outcome.REJECTED, "a1"),
            decided(Outcome.CREATED, gold="g2"),
        ],
        ana=[mark("a1", (0, 9))],
        gold=[mark("g1", (0, 5), label="NAME"), mark("g2", (30, 35))],
    )
    first, second, third = verdicts(found, "ana", SCHEME)
    assert (first.fate, first.annotation, first.gold.uid) == (ReviewOutcome.MISSED, None, "g1")
    assert first.ruling.reason is Reason.ANNOTATOR_ERROR
    assert second.fate is ReviewOutcome.REJECTED
    assert (third.fate, third.ruling.had, third.ruling.of) == (ReviewOutcome.MISSED, 0, 3)


def test_what_one_marked_twice_is_one_verdict() -> None:
    found = record(
        [decided(Outcome.ACCEPTED, "a2", "b1", gold="g1")],
        ana=[mark("a1", (0, 5)), mark("a2", (0, 5))],
        gold=[mark("g1", (0, 5))],
    )
    verdict = one(verdicts(found, "ana", SCHEME))
    assert (verdict.fate, {verdict.annotation.uid, *verdict.twins}) == (ReviewOutcome.KEPT, {"a1", "a2"})


def test_the_newest_of_several_decisions_holds() -> None:
    found = record(
        [decided(Outcome.REJECTED, "a1", uid="d1"), decided(Outcome.ACCEPTED, "a1", gold="g1", uid="d2")],
        ana=[mark("a1", (0, 5))],
        gold=[mark("g1", (0, 5))],
    )
    assert one(verdicts(found, "ana", SCHEME)).fate is ReviewOutcome.KEPT


# -- which marks -------------------------------------------------------------------------------------------------------


def test_the_mark_at_decision_time_is_compared_not_later_changes() -> None:
    """Who sees gold and follows it hasn't been right from the start."""
    decision = decided(Outcome.ACCEPTED, "a1", "b1", gold="g1")
    found = record([decision], ana=[mark("a1", (0, 9), label="NAME")], gold=[mark("g1", (0, 9), label="NAME")])
    then = [mark("a1", (0, 5))]
    assert one(verdicts(found, "ana", SCHEME)).fate is ReviewOutcome.KEPT
    verdict = one(verdicts(found, "ana", SCHEME, frozen=then))
    assert (verdict.fate, verdict.annotation) == (ReviewOutcome.CHANGED, then[0])
    # A mark that was changed after review began and before it was decided on: its group is still the one decided on.
    assert one(verdicts(found, "ana", SCHEME, frozen=then, present={decision.key})).fate is ReviewOutcome.KEPT


def test_deleting_a_rejected_mark_does_not_delete_its_verdict() -> None:
    then = [mark("a1", (0, 5)), mark("a2", (20, 25))]
    found = record([decided(Outcome.REJECTED, "a1")], ana=[])
    assert [verdict.annotation.uid for verdict in verdicts(found, "ana", SCHEME, frozen=then)] == ["a1"]


def test_gold_decided_without_the_annotator_is_matched_to_marks() -> None:
    """It came from a file, or they finished after it was decided."""
    late = decided(Outcome.ACCEPTED, "b1", gold="g2", votes={"ben": "b1"}, note="said before")
    found = record(
        [late],
        ana=[mark("a1", (0, 5)), mark("a2", (22, 28)), mark("a3", (60, 65))],
        gold=[mark("g1", (0, 5)), mark("g2", (20, 28)), mark("g3", (80, 85))],
    )
    by = {verdict.shown.uid: verdict for verdict in verdicts(found, "ana", SCHEME)}
    assert {uid: verdict.fate for uid, verdict in by.items()} == {
        **{
            "a1": ReviewOutcome.KEPT,
            "a2": ReviewOutcome.CHANGED,
            "a3": ReviewOutcome.UNDECIDED,
            "g3": ReviewOutcome.MISSED,
        },
    }
    assert by["a2"].ruling.note == "said before"
    assert by["a1"].ruling is None


def test_a_bundle_without_other_votes_gives_the_same_verdict() -> None:
    decision = decided(Outcome.ACCEPTED, "b1", gold="g1", votes={"ana": "a1"})
    found = record([decision], ana=[mark("a1", (0, 5))], gold=[mark("g1", (0, 9))])
    assert one(verdicts(found, "ana", SCHEME)).fate is ReviewOutcome.CHANGED


@pytest.mark.parametrize(
    ("status", "fate"), [(Status.DONE, ReviewOutcome.REJECTED), (Status.OPEN, ReviewOutcome.UNDECIDED)]
)
def test_done_gold_without_decisions_is_treated_as_complete(status: Status, fate: ReviewOutcome) -> None:
    found = record(ana=[mark("a1", (0, 5)), mark("a2", (20, 25))], gold=[mark("g1", (0, 5))])
    ana, gold = found.sets
    found = found._replace(sets=(ana, gold._replace(status=status)))
    assert [verdict.fate for verdict in verdicts(found, "ana", SCHEME)] == [ReviewOutcome.KEPT, fate]


def test_no_verdict_names_anybody() -> None:
    found = record(
        [decided(Outcome.ACCEPTED, "a1", "b1", gold="g1"), decided(Outcome.ACCEPTED, "b2", gold="g2")],
        ana=[mark("a1", (0, 5))],
        ben=[mark("b1", (0, 9)), mark("b2", (30, 35))],
        gold=[mark("g1", (0, 5)), mark("g2", (30, 35))],
    )
    said = repr(verdicts(found, "ana", SCHEME))
    assert not any(name in said for name in ("ana", "ben", "cara", "rina"))


# -- the table ---------------------------------------------------------------------------------------------------------


def test_overturns_by_label() -> None:
    found = record(
        [
            decided(Outcome.ACCEPTED, "a1", gold="g1"),
            decided(Outcome.COMBINED, "a2", gold="g2"),
            decided(Outcome.REJECTED, "a3"),
            decided(Outcome.ACCEPTED, "b1", gold="g4"),
        ],
        ana=[mark("a1", (0, 5)), mark("a2", (10, 15)), mark("a3", (20, 25)), mark("a4", (30, 35))],
        gold=[mark("g1", (0, 5)), mark("g2", (10, 15), label="NAME"), mark("g4", (50, 55), label="NAME")],
    )
    rows = overturn(verdicts(found, "ana", SCHEME))
    name, term = rows
    assert name == LabelTally("error", "NAME", missed=1)
    assert (name.rate, name.why_no_rate) == (None, "only missed")
    assert term == LabelTally("error", "TERM", kept=1, changed=1, rejected=1, undecided=1)
    assert (term.decided, term.rate, term.why_no_rate) == (3, pytest.approx(2 / 3), "")
    assert total(rows) == LabelTally("", "", kept=1, changed=1, rejected=1, missed=1, undecided=1)
    assert total([]).why_no_rate == "no marks"
    assert LabelTally("l", "X", undecided=2).why_no_rate == "nothing decided yet"


# -- what the guideline leaves unclear ---------------------------------------------------------------------------------


def asked(decision: Decision, **by: list[Annotation]) -> Question:
    (found,) = questions(record([msgspec.structs.replace(decision, unclear=True)], **by))
    return found


def test_a_question_shows_where_it_arose_and_what_gold_took() -> None:
    found = asked(
        decided(
            Outcome.ACCEPTED, "a1", "b1", gold="g1", labels=("NAME", "TERM"), note="which?", reason=Reason.GUIDELINE_GAP
        ),
        ana=[mark("a1", (100, 105))],
        ben=[mark("b1", (103, 108), label="NAME")],
        gold=[mark("g1", (100, 105))],
    )
    assert (found.labels, found.took, found.quote, found.start) == (("NAME", "TERM"), "TERM", TEXT[100:108], 100)
    assert (found.before, found.after) == (TEXT[20:100], TEXT[108:188])
    assert (found.note, found.reason, found.document_name) == ("which?", Reason.GUIDELINE_GAP, "d.txt")


@pytest.mark.parametrize(
    ("outcome", "kinds", "labels", "gold", "expected"),
    [
        (Outcome.ACCEPTED, ("boundary",), ("TERM",), "TERM", ("TERM",)),
        (Outcome.ACCEPTED, ("missing",), ("TERM",), "TERM", (NOTHING, "TERM")),
        (Outcome.REJECTED, (), ("TERM",), None, (NOTHING, "TERM")),
        (Outcome.CREATED, (), ("TERM",), "TERM", (NOTHING, "TERM")),
        (Outcome.ACCEPTED, ("missing", "label"), ("NAME", "TERM"), "TERM", ("NAME", "TERM")),
        (Outcome.EDITED, (), ("TERM",), "NAME", ("NAME", "TERM")),
        (Outcome.DEFERRED, ("boundary",), ("TERM",), None, ("TERM",)),
    ],
)
def test_what_a_question_is_between(outcome, kinds, labels, gold, expected) -> None:
    made = [mark("g1", (0, 5), label=gold)] if gold else []
    decision = decided(outcome, "a1", gold="g1" if gold else None, kinds=kinds, labels=labels)
    assert asked(decision, ana=[mark("a1", (0, 5))], gold=made).labels == expected


def test_questions_are_flagged_decisions_even_on_deleted_marks() -> None:
    assert list(questions(record([decided(Outcome.REJECTED, "a1", labels=("TERM",))]))) == []
    flagged = decided(Outcome.REJECTED, "a1", labels=("TERM",), unclear=True)
    (gone,) = questions(record([flagged]))
    assert (gone.before, gone.quote, gone.after) == ("", "", "")
    (kept,) = questions(record([flagged]), frozen={"ana": [mark("a1", (10, 15))]})
    assert kept.quote == TEXT[10:15]


def test_questions_are_grouped_by_labels_most_frequent_first() -> None:
    both = [
        decided(Outcome.REJECTED, f"a{n}", uid=f"d{n}", labels=("TERM",) if n else ("NAME",), unclear=True)
        for n in range(3)
    ]
    marks = [mark(f"a{n}", (n * 10, n * 10 + 5)) for n in range(3)]
    found = collected(questions(record(both, ana=marks)))
    assert [(pair, len(items)) for pair, items in found] == [
        (("error", (NOTHING, "TERM")), 2),
        (("error", (NOTHING, "NAME")), 1),
    ]
