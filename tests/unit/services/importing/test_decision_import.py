"""Bringing reviewers' decisions in: with their gold, nothing twice, ours kept, and back out again by undo."""

from pathlib import Path

import msgspec
import pytest

from app.core.annotation import Status
from app.core.decision import GOLD, Decision
from app.core.errors import FormatError, StetError
from app.core.record import DocumentRecord
from app.services.history.undo import redo, undo
from app.services.importing.additions import decision_gap
from app.services.importing.document_import import import_documents
from app.session.actions import WithdrawDecision
from app.session.events import Event, Topic
from app.session.session import Session
from tests.unit.build import annotation
from tests.unit.exchange.build import TEXT, decision, exported, gold, project, record, work


@pytest.fixture
def rina(tmp_path: Path):
    """Give an empty project that rina works in."""
    with project(tmp_path / "news.stet", annotator="rina") as session:
        yield session


def given(session: Session, *records: DocumentRecord, **options):
    """Bring records in."""
    return import_documents(session, records, title="Import", **options)


def person(uid: str):
    """Return an annotation of TEXT."""
    return annotation(TEXT, (0, 12), uid=uid, layer="entity", label="PERSON")


PLAIN = record(sets=(work(person("a1"), status=Status.DONE),))
ACCEPTED = decision("k1", gold="g1", sources=("a1",), votes={"ana": "a1", "boris": None})
DEFERRED = decision("k2", key="other")
REVIEWED = PLAIN._replace(sets=(*PLAIN.sets, gold(person("g1"))), decisions=(ACCEPTED, DEFERRED))


def decisions(session: Session) -> list[Decision]:
    """Return the standing decisions."""
    return session.executor.review.decisions.all()


def test_a_new_document_comes_in_with_its_decisions(rina: Session) -> None:
    heard: list[Topic] = []
    rina.listen(lambda fact: heard.append(fact.topic))
    done = given(rina, REVIEWED)
    assert (done.documents, done.annotations, done.decisions) == (1, 2, 2)
    assert list(rina.reader.records()) == [REVIEWED]
    assert list(rina.executor.load("d1", GOLD).annotations) == ["g1"]
    assert (GOLD, GOLD) in [(name, kind) for _, name, kind in rina.reader.annotators()]
    assert heard == [Topic.DOCUMENTS, Topic.DECISIONS, Topic.HISTORY]


def test_decisions_go_and_come_with_their_import(rina: Session) -> None:
    given(rina, REVIEWED)
    after = exported(rina)
    undo(rina)
    assert (decisions(rina), exported(rina)) == ([], b"")
    redo(rina)
    assert exported(rina) == after
    undo(rina)
    assert given(rina, REVIEWED).decisions == 0, "its rows are still there, and shown again"
    assert exported(rina) == after


def test_a_document_that_is_here_gets_what_was_decided_elsewhere(rina: Session) -> None:
    given(rina, PLAIN)
    before = exported(rina)
    heard: list[Event] = []
    rina.listen(heard.append)
    done = given(rina, REVIEWED)
    assert (done.documents, done.extended, done.added, done.decisions) == (0, 1, 1, 2)
    assert Event(Topic.DECISIONS) in heard
    after = exported(rina)
    assert list(rina.reader.records()) == [REVIEWED]
    assert len(list(rina.log.rows())) == 2
    undo(rina)
    assert decisions(rina) == []
    (found,) = rina.reader.records()
    assert found.gold is not None
    assert found.gold.annotations == ()
    assert exported(rina) != before, "a set stays, empty and open"
    redo(rina)
    assert exported(rina) == after


def test_the_same_again_changes_nothing(rina: Session) -> None:
    given(rina, REVIEWED)
    before = exported(rina)
    done = given(rina, REVIEWED)
    assert (done.changes_anything, done.decisions, done.sequence, list(done.report)) == (False, 0, None, [])
    assert exported(rina) == before


def test_decisions_alone_extend_a_document(rina: Session) -> None:
    given(rina, REVIEWED._replace(decisions=(ACCEPTED,)))
    done = given(rina, REVIEWED)
    assert (done.extended, done.added, done.decisions) == (1, 0, 1)
    assert decisions(rina) == [ACCEPTED, DEFERRED]


def test_a_decision_that_differs_here_stays_as_it_is(rina: Session) -> None:
    given(rina, REVIEWED)
    other = msgspec.structs.replace(ACCEPTED, note="theirs")
    done = given(rina, REVIEWED._replace(decisions=(other,)))
    assert not done.changes_anything
    assert [(finding.kind, finding.examples) for finding in done.report] == [("differs-decision", ["spun.txt: k1"])]
    assert decisions(rina) == [ACCEPTED, DEFERRED]


def test_what_was_taken_back_stands_again_if_a_file_brings_it(rina: Session) -> None:
    given(rina, REVIEWED)
    rina.perform(WithdrawDecision("k2"), title="Take back")
    (found,) = rina.reader.records()
    assert found.decisions == (ACCEPTED,)
    assert given(rina, REVIEWED).decisions == 1
    assert decisions(rina) == [ACCEPTED, DEFERRED]


def test_a_decision_id_of_another_document_is_refused(rina: Session) -> None:
    other = record(uid="d2", name="b", decisions=(decision("k1", document="d2"),))
    with pytest.raises(StetError, match="the id k1 already belongs to another decision"):
        given(rina, REVIEWED, other)
    given(rina, REVIEWED)
    with pytest.raises(StetError, match="the id k1 already belongs to another decision"):
        given(rina, other)
    given(rina, other._replace(decisions=()))
    with pytest.raises(FormatError, match="decision k1 is already in the project, on another document"):
        given(rina, other)
    assert decisions(rina) == [ACCEPTED, DEFERRED]


def test_a_dry_run_tells_of_decisions_and_keeps_none(rina: Session) -> None:
    assert given(rina, REVIEWED, dry_run=True).decisions == 2
    assert decisions(rina) == []


def test_people_are_called_as_they_are_here(rina: Session) -> None:
    given(rina, record(uid="d0", name="a", sets=(work(annotator="Ana"), work(annotator="RINA"))))
    given(rina, REVIEWED)
    (_, found) = rina.reader.records()
    assert found.decisions[0].reviewer == "RINA"
    assert dict(found.decisions[0].votes) == {"Ana": "a1", "boris": None}
    twice = decision("k3", votes={"ana": None, "Ana": "a1"})
    with pytest.raises(FormatError, match="decision k3 has two votes by one person"):
        given(rina, REVIEWED._replace(decisions=(twice,)))


@pytest.mark.parametrize(
    ("item", "what"),
    [
        (work(annotator="Gold"), "“Gold” can't be of the kind “person”"),
        (work(annotator="expert", kind=GOLD), "“expert” can't be of the kind “gold”"),
    ],
)
def test_gold_is_nobody_s_work_whatever_format_it_comes_in(rina: Session, item, what: str) -> None:
    with pytest.raises(FormatError, match=what):
        given(rina, record(sets=(item,)))


def test_gold_keeps_its_name_however_a_file_spells_it(rina: Session) -> None:
    given(rina, record(sets=(work(annotator="GOLD", kind=GOLD),)))
    assert (GOLD, GOLD) in [(name, kind) for _, name, kind in rina.reader.annotators()]


def test_no_reviewer_is_called_gold(rina: Session) -> None:
    with pytest.raises(FormatError, match="“gold” can't be of the kind “person”"):
        given(rina, record(decisions=(decision(reviewer="gold"),)))


@pytest.mark.parametrize("is_there", [False, True])
def test_what_was_finished_is_frozen_with_the_first_decision(rina: Session, is_there: bool) -> None:
    if is_there:
        given(rina, PLAIN)
    boris = work(person("b1"), annotator="boris", status=Status.OPEN)
    given(rina, REVIEWED._replace(sets=(*REVIEWED.sets, boris)))
    frozen = rina.executor.review.decisions.snapshots()
    assert {key: [a.uid for a in kept.annotations] for key, kept in frozen.items()} == {("d1", "ana"): ["a1"]}


def test_what_a_record_has_decided_and_we_have_not_can_be_asked(rina: Session) -> None:
    given(rina, REVIEWED._replace(decisions=(ACCEPTED,)))
    changed = msgspec.structs.replace(ACCEPTED, unclear=True)
    gap = decision_gap(REVIEWED._replace(decisions=(changed, DEFERRED)), rina.executor.review.decisions)
    assert (gap.missing, gap.differing) == ([DEFERRED], [ACCEPTED])


def test_many_decisions_are_imported_in_parts_but_undone_as_one(rina: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.session.transaction.ANNOTATIONS_A_LOG_ROW", 1)
    given(rina, record(), record(uid="d2", name="b"))
    first = record(decisions=(decision("k1"), decision("k2")))
    second = record(uid="d2", name="b", decisions=(decision("k3", document="d2"), decision("k4", document="d2")))
    given(rina, first, second)
    assert [row.title for row in rina.log.rows(limit=2)] == ["Import (part 2)", "Import (part 1)"]
    assert undo(rina).title == "Import"
    assert decisions(rina) == []
    assert redo(rina).title == "Import"
    assert [found.uid for found in decisions(rina)] == ["k1", "k2", "k3", "k4"]
