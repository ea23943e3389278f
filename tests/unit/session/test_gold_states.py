"""Gold that is kept between decisions is always what the file says, whatever was written, undone or rolled back."""

import pytest

from app.core.annotation import Annotation, Fragment
from app.core.decision import GOLD
from app.core.edits import AddAnnotation, RemoveAnnotation
from app.core.errors import EditRejected
from app.services.history.undo import redo, undo
from app.session.actions import Compound, SetEdit
from app.session.session import Session
from app.storage.annotations import Annotations


def add(session: Session, uid: str, start: int = 0) -> SetEdit:
    """Return the action that puts a mark into gold."""
    assert session.state is not None
    document = session.state.document
    parts = (Fragment(start, start + 3),)
    mark = Annotation(uid=uid, layer="entity", label="PERSON", fragments=parts, quote=document.text[start : start + 3])
    return SetEdit(document.uid, GOLD, AddAnnotation(mark))


def kept(session: Session) -> set[str]:
    """Return the marks of gold, as the session has them, which must be those of the file."""
    assert session.state is not None
    uid = session.state.document.uid
    found = session.reader.state_of(uid, GOLD).annotations
    other = Session.open(session.path, write=False)
    assert dict(other.reader.state_of(uid, GOLD).annotations) == dict(found)
    other.close()
    return set(found)


def test_gold_is_what_the_file_says(news_session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    session = news_session
    session.become("rina")
    session.perform(add(session, "g1"), title="Add")
    assert kept(session) == {"g1"}
    session.perform(Compound((add(session, "g2"), add(session, "g3", 4))), title="Add")
    assert kept(session) == {"g1", "g2", "g3"}
    undo(session)
    assert kept(session) == {"g1"}
    redo(session)
    assert kept(session) == {"g1", "g2", "g3"}
    with pytest.raises(EditRejected):
        session.perform(Compound((add(session, "g4"), add(session, "g4"))), title="Fails")
    assert kept(session) == {"g1", "g2", "g3"}
    with session.transaction("Dry", dry_run=True) as step:
        step.perform_one(add(session, "g5"))
    assert kept(session) == {"g1", "g2", "g3"}
    with session.transaction("Many") as step:
        step.perform([SetEdit(session.state.document.uid, GOLD, RemoveAnnotation("g2")), add(session, "g6")])
    assert kept(session) == {"g1", "g3", "g6"}
    with session.unlogged() as executor:
        key = executor.documents.key_of(session.state.document.uid)
        found = executor.annotations.set_of(key, executor.annotations.find_annotator(GOLD))
        executor.annotations.delete(key, [session.reader.state_of(session.state.document.uid, GOLD).annotations["g3"]])
        assert found is not None
    assert kept(session) == {"g1", "g6"}
    loads: list[object] = []
    real = Annotations.load
    monkeypatch.setattr(Annotations, "load", lambda *asked: loads.append(asked) or real(*asked))
    session.perform(add(session, "g7"), title="Add")
    session.perform(add(session, "g8"), title="Add")
    assert set(session.reader.state_of(session.state.document.uid, GOLD).annotations) == {"g1", "g6", "g7", "g8"}
    assert loads == []
