"""Finding over the project, and marking what was found: in a real project, through a real session."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core import annotation_edits
from app.core.annotation import Annotation, Status
from app.core.errors import Cancelled, EditRejected
from app.core.progress import CancelToken
from app.core.text_search import Wanted
from app.services.history.undo import redo, undo
from app.services.search.bulk_annotation import Model, annotation_hits, delete_hits, propagate, relabel_hits
from app.services.search.concordance import Concordance, Hit, find
from app.session.session import Session
from tests.conftest import REFERENCE, add_documents, scheme_source

TEXTS = {
    "one.txt": "A restricted slave trade. The Slave trade of slaves.\n",
    "two.txt": "Nothing here but a trader of salt.\n",
    "three.txt": "The slave\ntrade again, and a slave trade.\n",
    "report.txt": REFERENCE,
    "other.txt": "Another report of a prisoner exchange.\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Session]:
    session = Session.create(tmp_path / "a.stet", scheme=scheme_source("news-errors"), annotator="ana")
    one, two, three, report, other = add_documents(session, TEXTS)
    with session.project.atomic():
        for uid in (one, two):
            session.reader.documents.link(uid, report)
        session.reader.documents.link(three, other)
    session.open_document(one)
    yield session
    session.close()


def places(session: Session, text: str, **options: bool) -> list[tuple[str, str]]:
    return [(hit.name, hit.match) for hit in find(session, Wanted(text, **options))]


def hits(session: Session, text: str, **options: bool) -> list[Hit]:
    return list(find(session, Wanted(text, **options)))


def first_mark(session: Session) -> Annotation:
    """Mark the term in the open document with everything that can be said of it."""
    state = session.state
    start = state.document.text.index("restricted slave trade")
    span = (start, start + len("restricted slave trade"))
    made = annotation_edits.annotate(state, [span], layer="error", label="TORTURED_TERM", scheme=session.scheme)
    session.apply(made, title="Mark")
    uid = made.annotation.uid
    session.apply(
        annotation_edits.change_severity(mark_of(session, uid), "critical", scheme=session.scheme), title="Severity"
    )
    session.apply(annotation_edits.change_correction(mark_of(session, uid), "prisoner exchange"), title="Correct")
    reference = session.reader.document(session.reader.documents.references(state.document.uid)[0])
    at = reference.text.index("prisoner exchange")
    spans = [(at, at + len("prisoner exchange"))]
    session.apply(
        annotation_edits.link_evidence(mark_of(session, uid), reference, spans, scheme=session.scheme), title="Link"
    )
    return mark_of(session, uid)


def mark_of(session: Session, uid: str) -> Annotation:
    return session.state.annotations[uid]


def marks(session: Session, name: str) -> list[Annotation]:
    uid = next(
        row.uid
        for row in session.reader.documents.rows(session.reader.documents.keys(), annotator=None)
        if row.name == name
    )
    return session.executor.load(uid, "ana").in_order()


def test_every_match_is_found_once_in_order_with_its_context(project: Session) -> None:
    assert places(project, "slave trade", whole_words=True) == [
        ("one.txt", "slave trade"),
        ("one.txt", "Slave trade"),
        ("three.txt", "slave\ntrade"),
        ("three.txt", "slave trade"),
    ]
    assert places(project, "slave trade", whole_words=True, case=True)[1] == ("three.txt", "slave\ntrade")
    hit = hits(project, "Slave trade", case=True)[0]
    assert hit.before.endswith("trade. The ")
    assert hit.after == " of slaves.\n"
    assert {hit.form for hit in hits(project, "slave trade")} == {"slave trade"}


def test_parts_of_words_are_found_wherever_they_stand(project: Session) -> None:
    assert len(places(project, "trade")) == 5, "the index knows that words begin so"
    assert places(project, "rader") == [("two.txt", "rader")], "and not that they go on so"
    assert places(project, "…") == []
    assert places(project, "  ") == []


def test_spellings_that_the_index_does_not_know_are_found_too(project: Session) -> None:
    texts = {
        "ru.txt": "Чеи\u0306 чей\n",
        "ar.txt": "كَتَبَ كتب\n",
        "zh.txt": "双方达成囚犯交换协议。\n",
        "th.txt": "ภาษาไทยง่าย\n",
    }
    add_documents(project, {**texts, "fr.txt": "Le cafe\u0301, le café.\n", "uk.txt": "Комп’ютер, комп\u02bcютер\n"})
    assert places(project, "чей", whole_words=True) == [("ru.txt", "Чеи\u0306"), ("ru.txt", "чей")]
    assert len(places(project, "كتب", whole_words=True)) == 2
    assert places(project, "交换") == places(project, "交换", whole_words=True) == [("zh.txt", "交换")]
    assert places(project, "ไทย", whole_words=True) == [("th.txt", "ไทย")]
    assert len(places(project, "café", whole_words=True)) == 2
    assert places(project, "café", whole_words=True, alike=False) == [("fr.txt", "café")]
    assert len(places(project, "комп'ютер", whole_words=True)) == 2


@pytest.mark.parametrize(("wanted", "whole_words"), [("term", True), ("term", False), ("ter", False), ("erm", False)])
def test_each_document_comes_once_whichever_way_it_was_found(
    project: Session, wanted: str, *, whole_words: bool
) -> None:
    texts = {f"{n:03}.txt": ("no", "a term", "the terms", "in determined")[n % 4] + "\n" for n in range(420)}
    add_documents(project, texts)
    found = places(project, wanted, whole_words=whole_words)
    assert (
        len(found)
        == len(set(found))
        == sum((text == "a term\n") if whole_words else wanted in text for text in texts.values())
    )


def test_the_first_hits_are_there_before_the_index_has_said_all(project: Session) -> None:
    add_documents(project, {f"{n:04}.txt": f"s{n} and more\n" for n in range(400)})
    asked: list[str] = []
    project.project.reader.set_trace_callback(asked.append)
    hit = next(iter(find(project, Wanted("s"))))
    project.project.reader.set_trace_callback(None)
    assert hit.match == "s"
    assert not [sql for sql in asked if "MATCH" in sql]


def test_a_regex_searches_every_text_and_gives_up_on_slow_ones(project: Session) -> None:
    assert places(project, r"slaves?\b", regex=True, case=True)[:2] == [("one.txt", "slave"), ("one.txt", "slaves")]
    add_documents(project, {"long.txt": "a" * 60 + "!"})
    search = Concordance(project, Wanted(r"(a|aa)+$|salt", regex=True), seconds_each=0.1)
    assert [hit.match for hit in search] == ["salt"]
    assert search.given_up == ["long.txt"]
    out_of_time = Concordance(project, Wanted("salt", regex=True), seconds_in_all=0)
    assert (list(out_of_time), out_of_time.stopped) == ([], True)


def test_a_hit_knows_what_the_annotator_marked_there(project: Session) -> None:
    mark = first_mark(project)
    assert [hit.labels for hit in hits(project, "slave trade")][:2] == [(("error", "TORTURED_TERM"),), ()]
    assert hits(project, "slave trade")[0].annotations == (mark,)
    project.become("ben")
    assert hits(project, "slave trade")[0].annotations == ()


def test_all_hits_are_marked_like_a_model_in_one_undoable_step(project: Session) -> None:
    mark = first_mark(project)
    model = Model.of(mark)
    before = project.log.next_sequence()
    seen: list[tuple[int, int]] = []
    wanted = [(hit, model) for hit in hits(project, "slave trade")]
    done = annotation_hits(project, wanted, progress=lambda at, total: seen.append((at, total)))
    assert (done.changed, done.passed, done.unproved, done.documents) == (3, 1, 2, 2)
    assert seen == [(0, 4), (2, 4)]
    assert project.log.next_sequence() == before + 1
    other = marks(project, "one.txt")[1]
    assert (other.quote, other.correction, other.attributes["severity"]) == (
        "Slave trade",
        "prisoner exchange",
        "critical",
    )
    assert other.evidence[0].quote == "prisoner exchange"
    assert other.evidence[0].uid != mark.evidence[0].uid
    assert [(m.quote, m.evidence, m.attributes["evidence_status"]) for m in marks(project, "three.txt")] == [
        ("slave\ntrade", (), "NOT_SEARCHED"),
        ("slave trade", (), "NOT_SEARCHED"),
    ], "the reference isn't one of that document"
    assert project.state.annotations[other.uid] == other, "the open document shows it"
    assert project.undo_title() == "Mark 4 × “slave trade”"
    undo(project)
    assert [m.uid for m in marks(project, "one.txt")] == [mark.uid]
    assert marks(project, "three.txt") == []
    redo(project)
    assert len(marks(project, "three.txt")) == 2


def test_what_the_log_holds_in_parts_is_undone_and_redone_as_one(
    project: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.session.transaction.ANNOTATIONS_A_LOG_ROW", 3)
    add_documents(project, {f"{n}.txt": "a term, a term\n" for n in range(10)})
    project.open_document(hits(project, "term")[0].document)
    before = first_state = project.state
    first_mark_title = project.undo_title()
    wanted = [(hit, Model("error", "TORTURED_TERM", "major", "word")) for hit in hits(project, "term")]
    assert annotation_hits(project, wanted).changed == 20
    titles = [row.title for row in project.log.rows(limit=5)]
    assert titles == [f"Mark 20 × “term” (part {part})" for part in (5, 4, 3, 2, 1)]
    assert len(project.state.annotations) == 2
    counted: list[int] = []
    assert undo(project, progress=lambda done, total: counted.append(done)).title == "Mark 20 × “term”"
    assert counted == [0, 1, 2, 3, 4]
    assert project.state.annotations == before.annotations == first_state.annotations
    assert not any(hit.annotations for hit in hits(project, "term"))
    assert project.undo_title() == first_mark_title
    redo(project)
    assert all(len(hit.annotations) == 1 for hit in hits(project, "term"))
    undo(project)
    with pytest.raises(EditRejected, match="nothing to undo"):
        undo(project)


def test_cancelling_an_undo_halfway_leaves_the_step_intact(project: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.session.transaction.ANNOTATIONS_A_LOG_ROW", 1)
    annotation_hits(project, [(hit, Model("error", "TORTURED_TERM")) for hit in hits(project, "slave trade")])
    token, rows = CancelToken(), project.log.next_sequence()

    def stop(done: int, _total: int | None) -> None:
        if done == 1:
            token.cancel()

    with pytest.raises(Cancelled):
        undo(project, progress=stop, cancel=token)
    assert project.log.next_sequence() == rows
    assert all(hit.annotations for hit in hits(project, "slave trade"))
    undo(project)
    assert not any(hit.annotations for hit in hits(project, "slave trade"))


def test_a_finished_document_becomes_open_when_a_rule_is(project: Session) -> None:
    three = hits(project, "slave trade")[-1].document
    project.open_document(three)
    project.set_status(Status.DONE)
    annotation_hits(project, [(hit, Model("error", "TORTURED_TERM")) for hit in hits(project, "slave trade")])
    assert project.state.status is Status.OPEN
    undo(project)
    assert project.state.status is Status.DONE_EMPTY


def test_cancelling_changes_nothing(project: Session) -> None:
    wanted = [(hit, Model("error", "TORTURED_TERM")) for hit in hits(project, "slave trade")]
    token = CancelToken()
    with pytest.raises(Cancelled):
        annotation_hits(project, wanted, progress=lambda at, _total: token.cancel() if at else None, cancel=token)
    assert marks(project, "one.txt") == [] == marks(project, "three.txt")
    annotation_hits(project, wanted)
    assert len(project.state.annotations) == 2


def test_marks_on_hits_are_relabelled_and_deleted_together(project: Session) -> None:
    model = Model.of(first_mark(project))
    annotation_hits(project, [(hit, model) for hit in hits(project, "slave trade")])
    claim = annotation_edits.annotate(
        project.state, [(0, 25)], layer="claim", label="NON_FACTUAL", scheme=project.scheme
    )
    project.apply(claim, title="Claim")
    done = relabel_hits(project, hits(project, "slave trade"), layer="error", label="PREDICATE")
    assert (done.changed, done.documents) == (4, 2)
    assert {mark.label for mark in marks(project, "three.txt")} == {"PREDICATE"}
    again = relabel_hits(project, hits(project, "slave trade"), layer="error", label="PREDICATE")
    assert (again.changed, again.passed) == (0, 4)
    done = delete_hits(project, hits(project, "slave trade"), layer="error")
    assert done.changed == 4
    assert [mark.layer for mark in marks(project, "one.txt")] == ["claim"]
    undo(project)
    assert len(marks(project, "one.txt")) == 3
    assert len(marks(project, "three.txt")) == 2


def test_a_mark_propagates_to_equal_text_in_its_own_document(project: Session) -> None:
    (uid,) = add_documents(project, {"four.txt": "Puttin said. Puttin’s aide, Puttins, puttin. Puttin."})
    project.open_document(uid)
    made = annotation_edits.annotate(project.state, [(0, 6)], layer="error", label="NAME_FORM", scheme=project.scheme)
    project.apply(made, title="Mark")
    project.apply(annotation_edits.change_correction(made.annotation, "Putin"), title="Correct")
    done = propagate(project, mark_of(project, made.annotation.uid))
    assert done.changed == 2
    found = [(mark.start, mark.quote, mark.correction) for mark in project.state.in_order()]
    assert found == [(0, "Puttin", "Putin"), (13, "Puttin", "Putin"), (45, "Puttin", "Putin")]
    assert propagate(project, mark_of(project, made.annotation.uid)).changed == 0
    undo(project)
    assert len(project.state.annotations) == 1


def test_what_cannot_be_propagated_says_why(project: Session) -> None:
    made = annotation_edits.annotate(
        project.state, [(0, 1), (2, 12)], layer="error", label="PREDICATE", scheme=project.scheme
    )
    project.apply(made, title="Mark")
    with pytest.raises(EditRejected, match="one piece"):
        propagate(project, made.annotation)
