"""What became of suggestions: counted by suggester and label, and with the control share beside."""

from collections.abc import Sequence

from app.core.annotation import Annotation, Fragment, Status
from app.core.decision import GOLD
from app.core.document import Document, sha256
from app.core.record import DocumentRecord, SetRecord
from app.core.suggestion import Judgement, Sight, Suggested, Suggestion, SuggestionOutcome
from app.review.figures.suggestions import SuggestionCount
from app.review.suggestion_report import SuggestionKey, SuggestionTally

TEXT = "Ana met Ben and Cem in Berlin on Monday. " * 3
KEY = SuggestionKey("name", "1", "entity", "PERSON")


def mark(uid: str, start: int, end: int, *, label: str = "PERSON", correction: str | None = None) -> Annotation:
    return Annotation(
        uid=uid,
        layer="entity",
        label=label,
        fragments=(Fragment(start, end),),
        quote=TEXT[start:end],
        correction=correction,
    )


def suggested(
    uid: str,
    start: int,
    end: int,
    *,
    answers: Sequence[tuple[str, SuggestionOutcome, str | None]] = (),
    shown: Sequence[str] = (),
    label: str = "PERSON",
) -> Suggested:
    suggestion = Suggestion(
        uid=uid,
        maker="name",
        version="1",
        layer="entity",
        label=label,
        fragments=(Fragment(start, end),),
        quote=TEXT[start:end],
    )
    judgements = tuple(
        Judgement(suggestion=uid, annotator=who, outcome=outcome, time="", annotation=made)
        for who, outcome, made in answers
    )
    return Suggested(suggestion, judgements, tuple(Sight(suggestion=uid, annotator=who) for who in shown))


def made_set(who: str, *marks: Annotation, seconds: float = 0.0, kind: str = "person") -> SetRecord:
    return SetRecord(who, kind, Status.DONE, "ner@1", seconds, marks, ())


def record(uid: str, sets: Sequence[SetRecord], suggestions: Sequence[Suggested]) -> DocumentRecord:
    document = Document(uid=uid, name=uid, text=TEXT, sha256=sha256(TEXT))
    return DocumentRecord(document, sets=tuple(sets), suggestions=tuple(suggestions))


ACCEPTED, REJECTED = SuggestionOutcome.ACCEPTED, SuggestionOutcome.REJECTED


def test_each_answer_counts_once_for_each_annotator() -> None:
    tally = SuggestionTally(lambda document, who: False)
    ana = made_set("ana", mark("m1", 0, 3), mark("m2", 8, 11, label="ORG"), mark("m3", 16, 19))
    ben = made_set("ben", mark("m4", 23, 29))
    gold = made_set(GOLD, mark("g1", 0, 3), mark("g2", 16, 22), mark("g3", 33, 39), kind=GOLD)
    found = [
        suggested("s1", 0, 3, answers=[("ana", ACCEPTED, "m1")], shown=["ana", "ben"]),
        suggested("s2", 8, 11, answers=[("ana", ACCEPTED, "m2")], shown=["ana"]),  # relabelled since
        suggested("s3", 16, 19, shown=["ana"]),  # marked by hand
        suggested("s4", 23, 29, answers=[("ana", REJECTED, None), ("ben", ACCEPTED, "gone")], shown=["ana"]),
    ]
    tally.add(record("d1", [ana, ben, gold], found))
    counts = tally.counts()[KEY]
    assert (counts.suggested, counts.shown) == (4, 5)
    assert (counts.accepted, counts.edited, counts.rejected, counts.open) == (1, 1, 2, 1)
    assert counts.answers == (2, 4)
    assert (counts.gold, counts.proposed) == (3, 2), "one overlaps only in part, and one wasn't proposed"
    figure = SuggestionCount(tally, str.title).figure()
    assert [(row.cells[0], row.cells[3], row.cells[4]) for row in figure.rows] == [
        ("PERSON · Name", "accepted", 1),
        ("PERSON · Name", "edited", 1),
        ("PERSON · Name", "rejected", 2),
        ("PERSON · Name", "open", 1),
    ]


def test_gold_is_counted_in_documents_without_suggestions_too() -> None:
    tally = SuggestionTally(lambda document, who: False)
    tally.add(record("d1", [made_set(GOLD, mark("g1", 0, 3), kind=GOLD)], [suggested("s1", 0, 3)]))
    tally.add(record("d2", [made_set(GOLD, mark("g2", 0, 3), kind=GOLD)], []))
    assert tally.counts()[KEY].recall == 0.5


def test_the_control_share_is_compared_with_those_who_saw_some() -> None:
    tally = SuggestionTally(lambda document, who: document == "d2")
    gold = made_set(GOLD, mark("g1", 0, 3), mark("g2", 8, 11), kind=GOLD)
    two = (mark("m1", 0, 3), mark("m2", 8, 11))
    tally.add(record("d1", [made_set("ana", *two, seconds=60), gold], [suggested("s1", 0, 3, shown=["ana"])]))
    tally.add(record("d2", [made_set("ana", mark("m3", 0, 3), seconds=90), gold], [suggested("s2", 0, 3)]))
    tally.add(record("d3", [made_set("ana", *two)], []))  # nothing was suggested there
    tally.add(record("d4", [made_set("ana", *two)], [suggested("s4", 0, 3)]))  # neither shown nor controlled
    assert (tally.shown_to.sets, tally.control.sets) == (1, 1)
    assert (tally.shown_to.gold_f1, tally.control.gold_f1) == (1.0, 2 / 3)
    assert tally.shown_to.marks_per_1000 == 2 / 27 * 1000
    assert tally.control.seconds_per_1000 == 90 / 27 * 1000
    figure = SuggestionCount(tally).influence()
    assert [row.cells[:2] for row in figure.rows] == [
        (group, measure) for group in ("shown", "control") for measure in ("marks", "seconds", "gold")
    ]


def test_a_version_that_is_mostly_wrong_is_said_to_retire() -> None:
    tally = SuggestionTally(lambda document, who: False)
    found = [suggested(f"s{n}", n, n + 2, answers=[("ana", REJECTED, None)]) for n in range(30)]
    tally.add(record("d1", [made_set("ana")], found[:29]))
    assert tally.retired() == []
    tally.add(record("d2", [made_set("ana")], found[29:]))
    assert tally.retired() == [("name", "1", (0, 30))]
