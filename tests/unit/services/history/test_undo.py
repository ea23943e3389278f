"""Undo and redo walk the annotator's own actions, across documents and restarts."""

import pytest

from app.core import annotation_edits
from app.core.annotation import Status
from app.core.edits import Edit, SetStatus
from app.core.errors import EditRejected
from app.services.history.undo import redo, undo
from app.session.actions import LinkReference, UnlinkReference
from app.session.session import Session
from app.storage.search import search
from tests.conftest import add_documents


def mark(session: Session, words: str, label: str = "PERSON") -> Edit:
    start = session.state.document.text.index(words)
    ranges = [(start, start + len(words))]
    return annotation_edits.annotate(session.state, ranges, layer="entity", label=label, scheme=session.scheme)


def do(session: Session, words: str, label: str = "PERSON") -> None:
    session.apply(mark(session, words, label), title=f"Mark {words}")


def quotes(session: Session) -> list[str]:
    return [annotation.quote for annotation in session.state.in_order()]


def test_undo_and_redo_walk_back_and_forth(session: Session) -> None:
    for words in ("Donald Trump", "Vladimir Puttin", "Kyiv"):
        do(session, words)
    assert [undo(session).title for _ in range(3)] == ["Mark Kyiv", "Mark Vladimir Puttin", "Mark Donald Trump"]
    assert quotes(session) == []
    assert [redo(session).title for _ in range(3)] == ["Mark Donald Trump", "Mark Vladimir Puttin", "Mark Kyiv"]
    assert quotes(session) == ["Donald Trump", "Vladimir Puttin", "Kyiv"]


def test_at_either_end_it_is_said_that_there_is_nothing(session: Session) -> None:
    with pytest.raises(EditRejected, match="nothing to undo"):
        undo(session)
    do(session, "Kyiv")
    with pytest.raises(EditRejected, match="nothing to redo"):
        redo(session)
    undo(session)
    with pytest.raises(EditRejected, match="nothing to undo"):
        undo(session)
    assert (session.undo_title(), session.redo_title()) == (None, "Mark Kyiv")


def test_a_new_action_ends_what_could_be_redone(session: Session) -> None:
    do(session, "Donald Trump")
    do(session, "Kyiv")
    undo(session)
    do(session, "Vladimir Puttin")
    with pytest.raises(EditRejected, match="nothing to redo"):
        redo(session)
    assert [undo(session).title for _ in range(2)] == ["Mark Vladimir Puttin", "Mark Donald Trump"]


def test_undo_of_a_redo_can_be_redone(session: Session) -> None:
    do(session, "Kyiv")
    for _ in range(3):
        undo(session)
        assert quotes(session) == []
        redo(session)
        assert quotes(session) == ["Kyiv"]


def test_the_log_forgets_nothing(session: Session) -> None:
    do(session, "Kyiv")
    undo(session)
    redo(session)
    rows = list(session.log.rows())
    assert [(row.kind, row.sequence, row.undoes, row.undone_by) for row in rows] == [
        ("redo", 3, 2, None),
        ("undo", 2, 1, 3),
        ("do", 1, None, 2),
    ]
    assert {(row.annotator, row.document_name, row.title) for row in rows} == {("ana", "spun.txt", "Mark Kyiv")}
    assert len(list(session.log.rows(limit=2))) == 2


def test_undo_survives_a_restart(session: Session) -> None:
    do(session, "Donald Trump")
    do(session, "Kyiv")
    undo(session)
    uid, before = session.state.document.uid, session.state.annotations
    session.close()
    again = Session.open(session.path, annotator="ana")
    assert again.open_document(uid).annotations == before
    assert redo(again).title == "Mark Kyiv"
    assert [undo(again).title for _ in range(2)] == ["Mark Kyiv", "Mark Donald Trump"]
    assert quotes(again) == []
    again.close()


def test_undo_opens_the_document_that_it_changes(session: Session) -> None:
    first = session.state.document.uid
    do(session, "Kyiv")
    (second,) = session.reader.documents.references(first)
    session.open_document(second)
    do(session, "Vladimir Putin")
    undo(session)
    assert (session.state.document.uid, quotes(session)) == (second, [])
    undo(session)
    assert (session.state.document.uid, quotes(session)) == (first, [])


def test_everyone_has_a_line_of_their_own(session: Session) -> None:
    do(session, "Kyiv")
    session.become("ben")
    assert quotes(session) == []
    do(session, "Donald Trump")
    session.become("ana")
    assert session.undo_title() == "Mark Kyiv"
    undo(session)
    assert session.undo_title() is None
    session.become("ben")
    assert quotes(session) == ["Donald Trump"]
    assert (session.undo_title(), session.redo_title()) == ("Mark Donald Trump", None)


def test_a_newcomer_cannot_undo_actions_without_an_annotator(session: Session) -> None:
    # The command line works without a name now and then; its actions have a line of their own too.
    first = session.state.document.uid
    (third,) = add_documents(session, {"third.txt": "x"})
    session.become(None)
    session.perform(LinkReference(first, third), title="Link by nobody")
    undo(session)
    redo(session)
    session.become("newcomer")
    assert session.undo_title() is None
    with pytest.raises(EditRejected, match="nothing to undo"):
        undo(session)
    session.become(None)
    assert undo(session).title == "Link by nobody"
    session.become("newcomer")
    assert session.redo_title() is None


@pytest.mark.parametrize("again", ["Zoë", "Zoe\u0308", "ZOË ", " zoë"])
@pytest.mark.parametrize("first", ["Zoë", "Zoe\u0308", "  Zoë "])
def test_however_a_name_is_spelt_undo_is_seen_at_once(session: Session, first: str, again: str) -> None:
    session.become(first)
    do(session, "Kyiv")
    session.become("ana")
    session.become(again)
    assert quotes(session) == ["Kyiv"]
    undo(session)
    assert quotes(session) == []
    redo(session)
    assert quotes(session) == ["Kyiv"]
    assert [name for _, name, _ in session.reader.annotators()] == ["Zoë"]


def test_one_step_does_several_edits(session: Session) -> None:
    do(session, "Kyiv")
    do(session, "Donald Trump")
    both = list(session.state.annotations.values())
    session.apply(annotation_edits.remove(session.state, both, scheme=session.scheme), title="Delete 2 marks")
    assert quotes(session) == []
    undo(session)
    assert quotes(session) == ["Donald Trump", "Kyiv"]


def test_an_unlinked_reference_comes_back_in_its_place(session: Session) -> None:
    first = session.state.document.uid
    (second,) = session.reader.documents.references(first)
    (third,) = add_documents(session, {"third.txt": "x"})
    session.perform(LinkReference(first, third), title="Link")
    assert session.reader.documents.references(first) == [second, third]
    session.perform(UnlinkReference(first, second), title="Unlink")
    assert session.reader.documents.references(first) == [third]
    undo(session)
    assert session.reader.documents.references(first) == [second, third]
    undo(session)
    assert session.reader.documents.references(first) == [second]


@pytest.mark.parametrize("edit", [LinkReference, UnlinkReference])
def test_a_link_that_is_there_or_not_there_already_is_refused(session: Session, edit: type) -> None:
    first = session.state.document.uid
    (second,) = session.reader.documents.references(first)
    pair = (first, second) if edit is LinkReference else (second, first)
    with pytest.raises(EditRejected, match="reference of that document"):
        session.perform(edit(*pair), title="x")
    with pytest.raises(EditRejected):
        session.perform(LinkReference(first, first), title="x")
    assert session.undo_title() is None


def test_search_and_marks_do_not_care_about_undone_steps(session: Session) -> None:
    do(session, "Kyiv")
    undo(session)
    assert [hit.match for hit in search(session.project, "Kyiv", limit=5)] == ["Kyiv"]


def test_a_status_step_is_undone_like_any_other(session: Session) -> None:
    session.apply(SetStatus(Status.SKIPPED), title="Skip")
    undo(session)
    assert session.state.status is Status.OPEN
