"""What is done to documents as such, undone and done again, also by a later sitting."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.core.annotation import Status
from app.core.document_conditions import Condition, Sorting
from app.core.edits import AddAnnotation
from app.core.errors import EditRejected
from app.core.remark import NO_REMARK, Remark
from app.core.saved_view import SavedView
from app.services.documents import desk
from app.services.documents.facts import facts_of, may_see_work
from app.services.history.undo import redo, undo
from app.session.actions import Assign
from app.session.session import Session
from tests.conftest import add_documents, scheme_source
from tests.unit.build import annotation


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give a project of three texts; the first has a mark of ana."""
    path = tmp_path / "p.stet"
    session = Session.create(path, scheme=scheme_source("ner"), annotator="ana")
    add_documents(session, {"a.txt": "Ana runs.", "b.txt": "Ben sits.", "c.txt": "Cara."})
    session.open_document(uids(session)[0])
    mark = annotation("Ana runs.", (0, 3), layer="entity", label="PERSON")
    session.apply(AddAnnotation(mark), title="Mark")
    session.close()
    return path


def uids(session: Session) -> list[str]:
    return [uid for uid, _ in session.reader.documents.names()]


def names(session: Session) -> list[str]:
    return [name for _, name in session.reader.documents.names()]


def again(path: Path, doing: Callable[[Session], object]) -> None:
    """Do something in a sitting of its own."""
    session = Session.open(path, annotator="ana")
    doing(session)
    session.close()


def look(path: Path, seeing: Callable[[Session], object]) -> object:
    session = Session.open(path, write=False, annotator="ana")
    try:
        return seeing(session)
    finally:
        session.close()


STEPS: dict[str, tuple[Callable[[Session], object], Callable[[Session], object], object, object]] = {
    "rename": (
        lambda s: desk.describe(s, uids(s)[0], name="call.txt"),
        lambda s: (names(s), [hit.name for hit in s.reader.search("runs", limit=3)]),
        (["a.txt", "b.txt", "c.txt"], ["a.txt"]),
        (["call.txt", "b.txt", "c.txt"], ["call.txt"]),
    ),
    "describe": (
        lambda s: desk.describe(s, uids(s)[1], meta={"title": "Ben", "year": 2020, "tags": ["x"]}),
        lambda s: (s.reader.documents.title_of(uids(s)[1]), s.reader.documents.meta_keys()),
        ("b", []),
        ("Ben", ["title", "year"]),
    ),
    "remove": (
        lambda s: desk.remove(s, uids(s)[:2]),
        lambda s: (names(s), s.reader.documents.count(), [len(r.sets) for r in s.reader.records()]),
        (["a.txt", "b.txt", "c.txt"], 3, [1, 0, 0]),
        (["c.txt"], 1, [0]),
    ),
    "flag": (
        lambda s: desk.remark(s, uids(s)[1:], flag="who?", flags=True),
        lambda s: [s.reader.flags_of(uid) for uid in uids(s)],
        [(), (), ()],
        [(), (("ana", "who?"),), (("ana", "who?"),)],
    ),
    "note": (
        lambda s: desk.remark(s, uids(s)[:1], note=" long "),
        lambda s: [desk.remark_of(s, uid) for uid in uids(s)[:2]],
        [NO_REMARK, NO_REMARK],
        [Remark(None, "long"), NO_REMARK],
    ),
    "status": (
        lambda s: desk.set_status(s, uids(s), Status.DONE),
        lambda s: [s.reader.state_of(uid, "ana").status for uid in uids(s)],
        [Status.OPEN] * 3,
        [Status.DONE, Status.DONE_EMPTY, Status.DONE_EMPTY],
    ),
    "view": (
        lambda s: desk.save_view(s, "Mine", [Condition("flag", "yes")], Sorting("words", falls=True)),
        lambda s: s.reader.saved_views(),
        [],
        [SavedView("Mine", (Condition("flag", "yes"),), Sorting("words", falls=True))],
    ),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_step_is_undone_and_redone_over_restarts(path: Path, step: str) -> None:
    do, see, before, after = STEPS[step]
    assert look(path, see) == before
    again(path, do)
    assert look(path, see) == after
    again(path, undo)
    assert look(path, see) == before
    again(path, redo)
    assert look(path, see) == after


def test_a_removed_document_is_found_by_nothing(path: Path) -> None:
    def remove(session: Session) -> None:
        first = uids(session)[0]
        assert desk.work_on(session, [first]).sentences() == ["1 document has work on it: 1 mark, by ana."]
        desk.remove(session, [first])
        assert list(session.reader.documents.keys()) == [2, 3]
        assert list(session.reader.documents.keys(query="runs")) == []
        assert session.reader.documents.key_of(first) is None
        assert session.reader.workers() == []

    again(path, remove)


def test_undoing_the_import_leaves_what_was_removed(tmp_path: Path) -> None:
    session = Session.create(tmp_path / "p.stet", scheme=scheme_source("ner"), annotator="ana")
    first, _ = add_documents(session, {"a.txt": "A", "b.txt": "B"}, batch=7)
    desk.remove(session, [first])
    documents = session.executor.documents
    with session.project.atomic():
        assert documents.set_removed(batch=7, removed=7) == 1
        assert names(session) == []
        assert documents.set_removed(batch=7, removed=None) == 1
    assert names(session) == ["b.txt"]
    undo(session)
    assert names(session) == ["a.txt", "b.txt"]
    session.close()


def test_what_a_document_cannot_be_called_is_refused(path: Path) -> None:
    session = Session.open(path, annotator="ana")
    (first, *_) = uids(session)
    for wrong in ("", "  ", "a\nb", "x" * 1001, "\ud800"):
        with pytest.raises(EditRejected):
            desk.describe(session, first, name=wrong)
    with pytest.raises(EditRejected, match="only Stet uses"):
        desk.describe(session, first, meta={"stet:extra": 1})
    assert not desk.describe(session, first, name="a.txt", meta={})
    assert names(session)[0] == "a.txt"
    session.close()


def test_a_document_with_unmet_rules_is_not_set_to_done(path: Path) -> None:
    session = Session.open(path, annotator="ana")
    state = session.open_document(uids(session)[1])
    mark = annotation("Ben sits.", (0, 3), layer="entity", label="UNKNOWN")
    session.apply(AddAnnotation(mark), title="Mark")
    assert desk.set_status(session, uids(session), Status.DONE) == desk.StatusSet(2, (state.document.title,))
    session.close()


def test_the_lead_answers_everyones_flags(path: Path) -> None:
    session = Session.open(path, annotator="ana")
    first, second, _ = uids(session)
    desk.remark(session, [first], flag="", flags=True, note="keep")
    session.become("ben")
    desk.remark(session, [first, second], flag="why", flags=True)
    session.become("rina")
    assert [session.reader.flags_of(uid) for uid in (first, second)] == [
        (("ana", ""), ("ben", "why")),
        (("ben", "why"),),
    ]
    assert desk.answer_flags(session, [first, second]) == 3
    assert session.reader.flags_of(first) == ()
    assert desk.remark_of(session, first, "ana") == Remark(None, "keep")
    undo(session)
    assert len(session.reader.flags_of(first)) == 2
    session.close()


def test_others_work_is_told_once_nobody_is_swayed(path: Path) -> None:
    session = Session.open(path, annotator="ben")
    first = uids(session)[0]

    def tells() -> bool:
        return "ana" in dict(facts_of(session, first))

    assert not may_see_work(session, first)
    assert not tells()
    session.perform(Assign(begin=((first, "ben"),)), title="Assign")
    assert not tells()
    session.become("rina")
    assert tells()
    session.become("ben")
    desk.set_status(session, [first], Status.SKIPPED)
    assert tells()
    session.close()


def test_what_a_set_says_is_known_without_its_marks(path: Path) -> None:
    def seen(session: Session) -> object:
        first = uids(session)[0]
        record = session.reader.record(first)
        heads = session.reader.heads_of(first)
        whole = [(s.annotator, s.kind, s.status, s.remark, len(s.annotations)) for s in record.sets]
        assert [tuple(head) for head in heads] == whole
        own = session.reader.head_of(first, "ANA ")
        return own.annotator, own.annotations, own.remark, session.reader.head_of(first, "ben").status

    again(path, lambda session: desk.remark(session, uids(session)[:1], note="long"))
    assert look(path, seen) == ("ana", 1, Remark(None, "long"), Status.OPEN)
