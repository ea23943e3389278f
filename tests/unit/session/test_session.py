"""What the session refuses, and what it tells."""

import gc

import msgspec
import pytest

from app.core import annotation_edits
from app.core.annotation import Annotation, Status
from app.core.edits import AddAnnotation, RemoveAnnotation, ReplaceAnnotation, SetStatus
from app.core.errors import EditRejected, ProjectError, SchemeError
from app.services.history.undo import redo, undo
from app.session.actions import ApplyScheme, Compound, SetEdit
from app.session.events import Event, Topic
from app.session.session import Session
from app.session.transaction import Transaction
from tests.conftest import scheme_source
from tests.unit.build import SCHEME_SOURCE, content


def mark(session: Session, words: str, label: str, layer: str = "error") -> Annotation:
    """Mark words; return what is there then."""
    start = session.state.document.text.index(words)
    edit = annotation_edits.annotate(
        session.state, [(start, start + len(words))], layer=layer, label=label, scheme=session.scheme
    )
    session.apply(edit, title=f"Mark {words}")
    return session.state.annotations[edit.annotation.uid]


def reference(session: Session):
    (uid,) = session.reader.documents.references(session.state.document.uid)
    return session.reader.document(uid)


def whole_error(session: Session) -> Annotation:
    """Mark an error with all that its label requires."""
    annotation = mark(session, "senator", "ROLE_ATTRIBUTE")
    proof = reference(session)
    start = proof.text.index("President")
    annotation = annotation_edits.change_correction(annotation, "president").annotation
    annotation = annotation_edits.change_severity(annotation, "major", scheme=session.scheme).annotation
    edit = annotation_edits.link_evidence(annotation, proof, [(start, start + 9)], scheme=session.scheme)
    session.apply(edit, title="Say all")
    return session.state.annotations[annotation.uid]


# -- done ----------------------------------------------------------------------------------------------------------


def test_done_is_refused_with_the_first_reason(news_session: Session) -> None:
    mark(news_session, "restricted slave trade", "TORTURED_TERM")
    mark(news_session, "Puttin", "NAME_FORM")
    with pytest.raises(EditRejected, match="not done yet: “Puttin” needs a severity and 5 more") as caught:
        news_session.set_status(Status.DONE)
    assert caught.value.hint == "", "it would say the same again"
    assert news_session.state.status is Status.OPEN
    assert news_session.undo_title() == "Mark Puttin"


@pytest.mark.parametrize("said", [Status.DONE, Status.DONE_EMPTY])
def test_done_says_whether_there_was_anything_to_mark(session: Session, said: Status) -> None:
    session.set_status(said)
    assert session.state.status is Status.DONE_EMPTY
    session.set_status(Status.OPEN)
    mark(session, "Kyiv", "GPE", layer="entity")
    session.set_status(said)
    assert session.state.status is Status.DONE


def test_saying_again_what_is_said_is_no_step(session: Session) -> None:
    session.set_status(Status.SKIPPED)
    session.set_status(Status.SKIPPED)
    undo(session)
    assert session.undo_title() is None


def test_skipping_needs_no_rule(news_session: Session) -> None:
    mark(news_session, "Puttin", "NAME_FORM")
    news_session.set_status(Status.SKIPPED)
    assert news_session.state.status is Status.SKIPPED


def test_a_faulty_edit_reopens_a_done_document_in_the_same_step(news_session: Session) -> None:
    whole_error(news_session)
    news_session.set_status(Status.DONE)
    before = content(news_session.state)
    mark(news_session, "Puttin", "NAME_FORM")
    assert news_session.state.status is Status.OPEN
    assert undo(news_session).title == "Mark Puttin"
    assert content(news_session.state) == before
    assert news_session.state.status is Status.DONE
    redo(news_session)
    assert news_session.state.status is Status.OPEN


def test_a_done_document_that_loses_a_required_field_is_open(news_session: Session) -> None:
    annotation = whole_error(news_session)
    news_session.set_status(Status.DONE)
    news_session.apply(annotation_edits.change_correction(annotation, None), title="Take the correction away")
    assert news_session.state.status is Status.OPEN


def test_a_done_document_stays_done_with_a_sound_edit(news_session: Session) -> None:
    annotation = whole_error(news_session)
    news_session.set_status(Status.DONE)
    news_session.apply(annotation_edits.change_comment(annotation, "why"), title="Comment")
    assert news_session.state.status is Status.DONE
    news_session.apply(RemoveAnnotation(annotation.uid), title="Delete")
    assert news_session.state.status is Status.DONE_EMPTY
    undo(news_session)
    assert news_session.state.status is Status.DONE


def test_a_new_rule_applies_at_the_next_edit_of_a_done_document(session: Session) -> None:
    kyiv = mark(session, "Kyiv", "GPE", layer="entity")
    puttin = mark(session, "Puttin", "PERSON", layer="entity")
    session.set_status(Status.DONE)
    session.apply(annotation_edits.change_comment(puttin, "one"), title="Comment")
    stricter = scheme_source("ner").replace('id = "GPE"', 'id = "GPE"\nrequired = ["comment"]')
    session.perform(ApplyScheme(stricter), title="Be stricter")
    session.apply(annotation_edits.change_comment(session.state.annotations[puttin.uid], "two"), title="Comment")
    assert session.state.status is Status.OPEN
    assert not session.state.annotations[kyiv.uid].comment


def test_the_status_is_stored_and_counted(session: Session) -> None:
    session.set_status(Status.DONE)
    assert session.reader.status_counts(session.annotator or "") == {"done_empty": 1}
    uid = session.state.document.uid
    session.close()
    again = Session.open(session.path, annotator="ana")
    assert again.open_document(uid).status is Status.DONE_EMPTY
    again.close()


# -- refusals ------------------------------------------------------------------------------------------------------


def test_work_needs_an_open_document_and_a_name(session: Session) -> None:
    uid = session.state.document.uid
    session.close_document()
    with pytest.raises(EditRejected, match="no document is open"):
        session.apply(SetStatus(Status.SKIPPED), title="x")
    session.become("  ")
    session.open_document(uid)
    with pytest.raises(EditRejected, match="no annotator is set"):
        session.apply(SetStatus(Status.SKIPPED), title="x")


def test_an_unknown_document_cannot_be_opened(session: Session) -> None:
    before = session.state
    with pytest.raises(EditRejected, match="isn't in the project"):
        session.open_document("nobody")
    assert session.state is before


@pytest.mark.parametrize("field", ["quote", "document"])
def test_invalid_evidence_is_rejected_and_nothing_is_stored(news_session: Session, field: str) -> None:
    annotation = whole_error(news_session)
    wrong = msgspec.structs.replace(annotation.evidence[0], uid="wrong", **{field: "wrong"})
    before = news_session.state
    with pytest.raises(EditRejected):
        news_session.apply(ReplaceAnnotation(msgspec.structs.replace(annotation, evidence=(wrong,))), title="x")
    assert news_session.state is before


def test_an_edit_that_is_refused_leaves_memory_and_file(session: Session) -> None:
    mark(session, "Kyiv", "GPE", layer="entity")
    before = session.state
    rows = len(list(session.log.rows()))
    with pytest.raises(EditRejected):
        session.apply(RemoveAnnotation("nobody"), title="x")
    assert session.state is before
    assert len(list(session.log.rows())) == rows


@pytest.mark.parametrize("name", ["two\nlines", "a" * 201, "nul\x00"])
def test_an_invalid_annotator_name_is_refused_when_stored(session: Session, name: str) -> None:
    session.become(name)
    with pytest.raises(ProjectError, match="isn't a valid annotator name"):
        session.apply(SetStatus(Status.SKIPPED), title="x")
    assert session.state.status is Status.OPEN
    assert session.reader.annotators() == []


def test_a_broken_scheme_makes_no_project(tmp_path) -> None:
    with pytest.raises(SchemeError, match="mine.toml:1"):
        Session.create(tmp_path / "news.stet", scheme="name = 1", scheme_path="mine.toml")
    assert list(tmp_path.iterdir()) == []


# -- what is told --------------------------------------------------------------------------------------------------


def test_listeners_hear_what_changed_once_it_is_stored(session: Session) -> None:
    heard: list[tuple[Event, int]] = []
    end = session.listen(lambda fact: heard.append((fact, len(list(session.log.rows())))))
    annotation = mark(session, "Kyiv", "GPE", layer="entity")
    (first, stored), (second, _) = heard
    assert (first.topic, first.document, stored) == (Topic.ANNOTATIONS, session.state.document.uid, 1)
    assert first.change.added == (annotation,)
    assert second.topic is Topic.HISTORY
    end()
    end()  # twice does no harm
    undo(session)
    assert len(heard) == 2


def test_a_listener_may_stop_listening_while_it_is_told(session: Session) -> None:
    heard: list[Topic] = []

    def once(fact: Event) -> None:
        heard.append(fact.topic)
        end()

    end = session.listen(once)
    session.set_status(Status.SKIPPED)
    assert heard == [Topic.ANNOTATIONS]


def test_another_annotator_sees_their_own_marks(session: Session) -> None:
    mark(session, "Kyiv", "GPE", layer="entity")
    heard: list[Topic] = []
    session.listen(lambda fact: heard.append(fact.topic))
    session.become("ben")
    assert session.state.annotations == {}
    assert heard == [Topic.OPENED, Topic.ANNOTATOR]


def test_work_on_other_documents_leaves_the_open_one_open(session: Session) -> None:
    open_one = session.state
    other = reference(session).uid
    works = [SetEdit(uid, "ana", SetStatus(Status.SKIPPED)) for uid in (other, open_one.document.uid)]
    session.perform(works[0], title="Skip the other")
    assert session.state is open_one
    undo(session)
    session.open_document(open_one.document.uid)
    heard: list[str] = []
    session.listen(lambda fact: heard.append(fact.document))
    session.perform(Compound(tuple(works)), title="Skip both")
    assert (session.state.document.uid, session.state.status) == (open_one.document.uid, Status.SKIPPED)
    assert heard == [other, open_one.document.uid, ""]
    assert session.reader.status_counts(session.annotator or "") == {"skipped": 2}
    undo(session)
    assert session.state.status is Status.OPEN
    assert session.reader.status_counts(session.annotator or "") == {"open": 2}


def test_of_combined_actions_none_is_done_if_one_fails(session: Session) -> None:
    before = session.state
    works = (
        SetEdit(before.document.uid, "ana", SetStatus(Status.SKIPPED)),
        SetEdit(reference(session).uid, "ana", RemoveAnnotation("nobody")),
    )
    with pytest.raises(EditRejected, match="doesn't exist"):
        session.perform(Compound(works), title="x")
    assert session.state is before
    assert session.reader.status_counts(session.annotator or "") == {}
    assert session.undo_title() is None


def test_a_new_scheme_is_in_force_and_can_be_undone(session: Session) -> None:
    session.perform(ApplyScheme(SCHEME_SOURCE), title="Apply small")
    assert session.scheme.tag == "small@3"
    undo(session)
    assert session.scheme.tag == "ner@1"
    redo(session)
    session.close()
    again = Session.open(session.path)
    assert again.scheme.source == SCHEME_SOURCE
    again.close()


def test_a_broken_scheme_is_not_put_in_force(session: Session) -> None:
    with pytest.raises(SchemeError):
        session.perform(ApplyScheme("name = 1"), title="x")
    assert session.scheme.source == scheme_source("ner")
    assert session.undo_title() is None


def test_the_place_is_kept_and_never_beyond_the_text(session: Session) -> None:
    uid = session.state.document.uid
    assert session.place() == 0
    session.remember_place(position=17, seconds=2.5)
    session.remember_place(position=10**9, seconds=1.0)
    assert session.place() == session.state.document.length
    session.remember_place(position=17, seconds=0)
    session.close()
    again = Session.open(session.path, annotator="ana")
    again.open_document(uid)
    assert again.place() == 17
    assert next(again.reader.records()).sets[0].seconds == 3.5
    assert again.undo_title() is None
    again.close()


def test_a_mark_with_a_uid_that_is_taken_elsewhere_is_refused(session: Session) -> None:
    annotation = mark(session, "Kyiv", "GPE", layer="entity")
    session.become("ben")
    before = session.state
    with pytest.raises(ProjectError):
        session.apply(AddAnnotation(annotation), title="x")
    assert session.state is before
    assert session.undo_title() is None


def test_nothing_of_a_step_waits_for_the_garbage_collector(session: Session) -> None:
    """A step holds the whole state of its document; thousands of them between two collections would pile up."""
    gc.collect()
    gc.disable()
    try:
        for _ in range(3):
            mark(session, "Kyiv", "GPE", layer="entity")
            undo(session)
        assert not [each for each in gc.get_objects() if isinstance(each, Transaction)]
    finally:
        gc.enable()
