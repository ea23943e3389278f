"""A text that has changed in the file since it was imported is shown, but nobody works on it."""

from pathlib import Path

import pytest

from app.core import annotation_edits
from app.core.annotation import Status
from app.core.edits import SetStatus
from app.core.errors import ProjectError
from app.services.history.undo import undo
from app.session.session import Session
from tests.conftest import new_session


@pytest.fixture
def spoilt(tmp_path: Path) -> Session:
    """Give a session in which a byte of the first document has changed, after ana marked it."""
    session = new_session(tmp_path / "news.stet", scheme="news-errors")
    mark(session, 0)
    with session.project.atomic():
        session.project.connection.execute("UPDATE document SET text = replace(text, 'senator', 'Senator')")
    path = session.path
    session.close()
    return Session.open(path, annotator="ana")


def mark(session: Session, start: int) -> None:
    edit = annotation_edits.annotate(
        session.state, [(start, start + 5)], layer="error", label="TORTURED_TERM", scheme=session.scheme
    )
    session.apply(edit, title="Mark")


def test_it_is_shown_and_every_new_mark_is_refused_with_its_name(spoilt: Session) -> None:
    uid = spoilt.reader.documents.find("spun.txt")[0]
    state = spoilt.open_document(uid)
    assert len(state.annotations) == 1
    for act in (lambda: mark(spoilt, 20), lambda: spoilt.apply(SetStatus(Status.SKIPPED), title="Skip")):
        with pytest.raises(ProjectError, match="the text of “spun” differs from what was imported") as refused:
            act()
        assert "stet check" in refused.value.hint
        assert spoilt.state is state
    # Other documents are as good as ever, and what was done before can be taken back.
    spoilt.open_document(spoilt.reader.documents.find("reference.txt")[0])
    mark(spoilt, 0)
    undo(spoilt)
    undo(spoilt)
    assert spoilt.open_document(uid).annotations == {}
    spoilt.close()


def test_no_evidence_is_taken_from_it(tmp_path: Path) -> None:
    session = new_session(tmp_path / "news.stet", scheme="news-errors")
    reference = session.reader.documents.find("reference.txt")[0]
    with session.project.atomic():
        session.project.connection.execute("UPDATE document SET sha256 = 'other' WHERE name = 'reference.txt'")
    mark(session, 0)
    (annotation,) = session.state.annotations.values()
    edit = annotation_edits.link_evidence(
        annotation, session.reader.document(reference), [(0, 4)], scheme=session.scheme
    )
    with pytest.raises(ProjectError, match="the text of “reference”"):
        session.apply(edit, title="Link")
    session.close()
