"""Labels changed in the scheme and in everyone's annotations, as one step."""

from pathlib import Path

import pytest

from app.core import annotation_edits
from app.core.annotation import Status
from app.core.errors import Cancelled, WrongUse
from app.core.progress import CancelToken
from app.core.scheme_change import LabelChange, SplitLabel, SplitPart
from app.core.text_search import TooSlow
from app.services.history.undo import redo, undo
from app.services.migration.migration import migrate, plan
from app.session.session import Session
from tests.conftest import add_documents, new_session

RENAME = LabelChange("error", "TORTURED_TERM", "WORDING")
MERGE = LabelChange("error", "TORTURED_TERM", "PREDICATE")
DELETE = LabelChange("error", "TORTURED_TERM", None)


def mark(session: Session, words: str, label: str, who: str) -> None:
    session.become(who)
    start = session.state.document.text.index(words)
    span = [(start, start + len(words))]
    session.apply(
        annotation_edits.annotate(session.state, span, layer="error", label=label, scheme=session.scheme), title="Mark"
    )


@pytest.fixture
def project(tmp_path: Path):
    session = new_session(tmp_path / "a.stet", scheme="news-errors")
    for who in ("ana", "ben"):
        mark(session, "slave trade", "TORTURED_TERM", who)
    mark(session, "slave trade", "PREDICATE", "ben")
    mark(session, "Puttin", "NAME_FORM", "ben")
    yield session
    session.close()


def labels(session: Session, who: str) -> list[str]:
    found = session.executor.load(session.state.document.uid, who)
    return [item.label for item in found.in_order()]


def test_the_preview_counts_by_annotator_and_changes_nothing(project: Session) -> None:
    before = project.log.next_sequence()
    wanted = plan(project, [RENAME])
    assert [(item.annotator, item.documents, item.annotations) for item in wanted.touched] == [
        ("ana", 1, 1),
        ("ben", 1, 1),
    ]
    assert (wanted.annotations, wanted.scheme.tag) == (2, "news-errors@3")
    assert project.scheme.tag == "news-errors@2"
    assert project.log.next_sequence() == before


def test_a_rename_covers_scheme_and_all_marks_and_can_be_undone(project: Session) -> None:
    migrate(project, [RENAME])
    assert project.scheme.label("error", "WORDING") is not None
    assert (labels(project, "ana"), labels(project, "ben")) == (["WORDING"], ["NAME_FORM", "WORDING", "PREDICATE"])
    assert [item.label for item in project.state.in_order()] == labels(project, "ben"), "the open document shows it"
    undo(project)
    assert project.scheme.tag == "news-errors@2"
    assert project.scheme.label("error", "WORDING") is None
    assert labels(project, "ana") == ["TORTURED_TERM"]
    redo(project)
    assert (project.scheme.tag, labels(project, "ana")) == ("news-errors@3", ["WORDING"])


def test_after_a_merge_nothing_is_said_twice_of_the_same_words(project: Session) -> None:
    migrate(project, [MERGE])
    assert (labels(project, "ana"), labels(project, "ben")) == (["PREDICATE"], ["NAME_FORM", "PREDICATE"])
    undo(project)
    assert labels(project, "ben") == ["NAME_FORM", "TORTURED_TERM", "PREDICATE"]


def test_a_merge_keeps_both_where_one_says_more(project: Session) -> None:
    term = next(item for item in project.state.annotations.values() if item.label == "TORTURED_TERM")
    project.apply(annotation_edits.change_correction(term, "prisoner exchange"), title="Correct")
    migrate(project, [MERGE])
    assert labels(project, "ben") == ["NAME_FORM", "PREDICATE", "PREDICATE"]


def test_deleting_a_label_deletes_marks_and_updates_the_status(project: Session) -> None:
    project.become("ana")
    term = project.state.in_order()[0]
    for edit in (
        annotation_edits.change_severity(term, "major", scheme=project.scheme),
        annotation_edits.change_comment(term, "seen"),
    ):
        project.apply(edit, title="Fill in")
    uid = project.state.document.uid
    with project.project.atomic():
        annotations = project.executor.annotations
        key = annotations.set_of(project.reader.documents.key_of(uid), annotations.find_annotator("ana")).key
        project.project.connection.execute("UPDATE annotation_set SET status='done' WHERE id=?", [key])
    project.open_document(uid)
    migrate(project, [DELETE])
    assert labels(project, "ana") == []
    assert project.state.status is Status.DONE_EMPTY
    assert project.scheme.label("error", "TORTURED_TERM") is None
    undo(project)
    assert project.state.status is Status.DONE
    assert labels(project, "ana") == ["TORTURED_TERM"]


def test_what_is_wrong_or_cancelled_changes_nothing(project: Session) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        migrate(project, [RENAME], cancel=token)
    with pytest.raises(WrongUse):
        migrate(project, [LabelChange("error", "NOTHING", "X")])
    assert (project.scheme.tag, labels(project, "ana")) == ("news-errors@2", ["TORTURED_TERM"])


class AfterOne:
    """Lets the first document pass, then cancels."""

    def __init__(self) -> None:
        self.asked = 0

    def raise_if_cancelled(self) -> None:
        self.asked += 1
        if self.asked > 1:
            raise Cancelled


def test_what_is_cancelled_half_way_leaves_no_trace(project: Session) -> None:
    first = project.state.document.uid
    (second,) = add_documents(project, {"second.txt": "Another slave trade."})
    project.open_document(second)
    mark(project, "slave trade", "TORTURED_TERM", "ben")
    before = project.log.next_sequence(), list(project.reader.records()), project.executor.schemes.all()
    seen: list[tuple[int, int]] = []
    with pytest.raises(Cancelled):
        migrate(project, [RENAME], cancel=AfterOne(), progress=lambda done, total: seen.append((done, total)))
    assert seen == [(0, 2)]
    assert (project.log.next_sequence(), list(project.reader.records()), project.executor.schemes.all()) == before
    assert project.scheme.tag == "news-errors@2"
    migrate(project, [RENAME])
    assert {item.label for uid in (first, second) for item in project.executor.load(uid, "ben").in_order()} == {
        *("NAME_FORM", "WORDING", "PREDICATE")
    }


def test_an_expression_that_takes_too_long_changes_nothing(tmp_path: Path) -> None:
    session = new_session(tmp_path / "slow.stet", scheme="news-errors")
    (uid,) = add_documents(session, {"a.txt": "a" * 80 + "!"})
    session.open_document(uid)
    mark(session, "a" * 80 + "!", "TORTURED_TERM", "ana")
    before = session.executor.record(uid)
    split = SplitLabel("error", "TORTURED_TERM", "A", (SplitPart("B", pattern="^(a|aa)+$"),))
    for do in (plan, migrate):
        with pytest.raises(TooSlow):
            do(session, [split])
    assert (session.executor.record(uid), session.scheme.tag) == (before, "news-errors@2")
    session.close()
