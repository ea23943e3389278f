"""Decisions, release and assignment: written, undone, kept apart from anyone's own marks."""

from pathlib import Path

import pytest

from app.core import annotation_edits
from app.core.annotation import Annotation, Status
from app.core.decision import GOLD, Decision, Outcome
from app.core.edits import AddAnnotation, RemoveAnnotation, SetStatus
from app.core.errors import EditRejected
from app.services.history.undo import redo, undo
from app.session.actions import Assign, Compound, Decide, Release, SetEdit, WithdrawRelease
from app.session.events import Event, Topic
from app.session.session import Session


def finished(session: Session, name: str, words: str) -> Annotation:
    """Have someone mark words in the open document and call it done."""
    session.become(name)
    start = session.state.document.text.index(words)
    edit = annotation_edits.annotate(
        session.state, [(start, start + len(words))], layer="entity", label="PERSON", scheme=session.scheme
    )
    session.apply(edit, title="Mark")
    session.set_status(Status.DONE)
    return edit.annotation


def decision(session: Session, source: Annotation, gold: str | None, uid: str = "d1") -> Decision:
    return Decision(
        uid=uid,
        document=session.state.document.uid,
        layer="entity",
        key="k",
        outcome=Outcome.ACCEPTED,
        reviewer="rina",
        time="2026-01-02T03:04:05Z",
        sources=(source.uid,),
        gold=gold,
        fields={"range": source.uid},
        votes={"ana": source.uid, "ben": None},
    )


def accept(session: Session, source: Annotation) -> Decision:
    """Take an annotation into gold."""
    made = decision(session, source, "g1")
    gold = Annotation(uid="g1", layer="entity", label="PERSON", fragments=source.fragments, quote=source.quote)
    work = SetEdit(made.document, GOLD, AddAnnotation(gold))
    session.perform(Compound((work, Decide(made))), title="Accept")
    return made


def test_a_decision_is_written_with_its_gold_and_undone_with_it(news_session: Session) -> None:
    source = finished(news_session, "ana", "Puttin")
    news_session.become("rina")
    made = accept(news_session, source)
    uid, review = made.document, news_session.executor.review.decisions
    assert review.of_document(uid) == [made]
    assert list(news_session.executor.load(uid, GOLD).annotations) == ["g1"]
    undo(news_session)
    assert review.of_document(uid) == []
    assert not news_session.executor.load(uid, GOLD).annotations
    redo(news_session)
    assert review.of_document(uid) == [made]
    with news_session.project.snapshot():
        rows = news_session.project.reader.execute("SELECT act FROM decision ORDER BY sequence").fetchall()
    assert rows == [("decide",), ("withdraw",), ("decide",)], "rows are only ever added"


def test_gold_is_an_annotator_of_its_own_kind_that_nobody_can_be(news_session: Session) -> None:
    source = finished(news_session, "ana", "Puttin")
    accept(news_session, source)
    assert (GOLD, GOLD) in [(name, kind) for _, name, kind in news_session.reader.annotators()]
    for name in ("gold", " Gold "):
        with pytest.raises(EditRejected, match=f"“{name}” isn't a valid annotator name"):
            news_session.become(name)


def test_the_first_decision_freezes_what_was_finished_then(news_session: Session) -> None:
    source = finished(news_session, "ana", "Puttin")
    news_session.become("ben")
    accept(news_session, source)
    uid = news_session.state.document.uid
    news_session.become("ana")
    news_session.apply(SetStatus(Status.OPEN), title="Reopen")
    frozen = news_session.executor.review.decisions.snapshots()
    assert list(frozen) == [(uid, "ana")]
    assert [a.uid for a in frozen[uid, "ana"].annotations] == [source.uid]


def test_the_stream_carries_standing_decisions(news_session: Session) -> None:
    made = accept(news_session, finished(news_session, "ana", "Puttin"))
    found = {record.document.uid: record.decisions for record in news_session.reader.records()}
    assert found[made.document] == (made,)
    assert sum(map(len, found.values())) == 1


def test_release_and_assignment_are_undone_like_anything_else(news_session: Session) -> None:
    news_session.become("rina")
    uid = news_session.state.document.uid
    facts: list[Event] = []
    news_session.listen(facts.append)
    review = news_session.executor.review
    news_session.perform(Release((uid,), "rina"), title="Release")
    assert review.decisions.releases()[uid].reviewer == "rina"
    news_session.perform(WithdrawRelease((uid,)), title="Take back")
    assert not review.decisions.releases()
    undo(news_session)
    assert review.decisions.releases()[uid].reviewer == "rina"
    news_session.perform(Assign(begin=((uid, "ana"), (uid, "ben"))), title="Assign")
    news_session.perform(Assign(begin=((uid, "ana"),), end=((uid, "ben"),)), title="Assign")
    assert review.assignments.assignments() == {"ana": (uid,)}
    undo(news_session)
    assert review.assignments.assignments() == {"ana": (uid,), "ben": (uid,)}
    assert {Topic.RELEASES, Topic.ASSIGNMENTS} <= {fact.topic for fact in facts}


def test_agreement_uses_the_sets_as_they_were_before_review(news_session: Session) -> None:
    from app.jobs.tasks.agreement import finished_readings

    source = finished(news_session, "ana", "Puttin")
    news_session.become("ben")
    accept(news_session, source)
    news_session.become("ana")
    news_session.apply(SetStatus(Status.OPEN), title="Reopen")
    news_session.apply(RemoveAnnotation(source.uid), title="Delete")
    (readings,) = finished_readings(news_session)
    assert [a.uid for a in readings.by["ana"].annotations] == [source.uid]


def test_an_export_says_where_gold_has_been_overtaken(news_session: Session, tmp_path: Path) -> None:
    from app.jobs.tasks.export_file import export_project
    from app.services.review.reviewer import Remarks, Reviewer

    finished(news_session, "ana", "Puttin")
    news_session.become("rina")
    reviewing = Reviewer(news_session)
    document = news_session.state.document.uid
    (group,) = reviewing.sheet(document).groups
    reviewing.take(group, {"label": group.sources[0]}, said=Remarks())
    first = export_project(news_session, tmp_path / "one.jsonl", format="training", gold=True)
    assert not any("with undecided marks added or changed since" in str(loss) for loss in first.losses)
    news_session.become("ana")
    news_session.apply(SetStatus(Status.OPEN), title="Reopen")
    finished(news_session, "ana", "senator")
    then = export_project(news_session, tmp_path / "two.jsonl", format="training", gold=True)
    assert any("with undecided marks added or changed since" in str(loss) for loss in then.losses)
