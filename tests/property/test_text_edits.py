"""Random edits of a text under everybody's marks, in a real project: nothing slips, and undo brings all of it back."""

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.annotation import quote_of
from app.core.edits import AddAnnotation, Batch
from app.core.errors import EditRejected, TextRefused
from app.core.text_change import Splice, TextChange
from app.services.history.undo import redo, undo
from app.services.texts.text_edit import edit_text, plan
from app.session.actions import SetEdit
from app.session.session import Session
from tests.conftest import add_documents, scheme_source
from tests.property.strategies import annotations, hostile_pieces

PEOPLE = ("ana", "ben")


def everything(session: Session) -> list[Any]:
    return [record._replace(versions=()) for record in session.reader.records()]


def _mark(session: Session, document: str, who: str, data: Any) -> None:
    """Have somebody mark the text in a few places, with evidence in it too."""
    text = session.reader.document(document)
    marks = [data.draw(annotations(text.text, reference=text)) for _ in range(data.draw(st.integers(1, 3)))]
    session.perform(SetEdit(document, who, Batch(tuple(map(AddAnnotation, marks)))), title="Mark")


def _edit(session: Session, document: str, data: Any, lost: set[str]) -> bool:
    """Put something in the place of a piece of the text; return whether that could be done. `lost` grows."""
    text = session.reader.document(document).text
    start, end = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=2)))
    put = "".join(data.draw(st.one_of(st.just([]), hostile_pieces))[:3])
    change = TextChange.refined(text, [Splice(start, end, put)])
    before = session.reader.record(document)
    try:
        found = plan(session, document, change)
        edit_text(session, document, change)
    except (EditRejected, TextRefused):
        assert session.reader.record(document) == before
        return False
    lost |= {item.key for item in found.lost}
    _check(session, document, lost)
    return True


def _check(session: Session, document: str, lost: set[str]) -> None:
    """Every mark and piece of evidence that isn't listed as lost says what is there."""
    text = session.reader.document(document).text
    for item in session.reader.record(document).sets:
        for mark in item.annotations:
            assert mark.end <= len(text)
            if mark.uid not in lost:
                assert quote_of(text, mark.fragments) == mark.quote
            for piece in mark.evidence:
                if f"{mark.uid}/{piece.uid}" not in lost:
                    assert quote_of(text, piece.fragments) == piece.quote


@given(pieces=hostile_pieces, data=st.data())
@settings(max_examples=6, deadline=None)
def test_undo_brings_back_what_every_edit_of_a_text_moved(pieces: list[str], data: Any) -> None:
    with tempfile.TemporaryDirectory(prefix="stet-") as folder:
        session = Session.create(Path(folder) / "work.stet", scheme=scheme_source("ner"), annotator="lead")
        try:
            (document,) = add_documents(session, {"one": "".join(pieces) + "."})
            for who in PEOPLE:
                _mark(session, document, who, data)
            session.open_document(document)
            states = [everything(session)]
            lost: set[str] = set()
            for _ in range(data.draw(st.integers(1, 3))):
                if _edit(session, document, data, lost):
                    states.append(everything(session))
            for state in states[-2::-1]:
                undo(session)
                assert everything(session) == state
            for state in states[1:]:
                redo(session)
                assert everything(session) == state
            assert session.state is not None
            assert session.state.document == session.reader.document(document)
        finally:
            session.close()
