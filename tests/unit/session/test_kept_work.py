"""What couldn't be written is done in a copy, shown, and written as soon as that works, here or elsewhere."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest

from app.core.annotation import Fragment, Status
from app.core.document import Document, sha256
from app.core.errors import EditRejected, NotWritable, ProjectError
from app.core.ids import new_uid
from app.core.record import DocumentRecord
from app.core.suggestion import Suggestion
from app.review.fields import rules_of
from app.review.gold_composition import whole
from app.services.documents.desk import set_status
from app.services.history.rescue import save_elsewhere
from app.services.history.undo import redo, undo
from app.services.importing.document_import import import_documents
from app.services.review.sheets import PickedGroup, Remarks
from app.services.suggestions.judgement import accept, reject
from app.services.suggestions.offer import offer
from app.services.suggestions.open_suggestions import OpenSuggestions
from app.services.suggestions.sights import Sights
from app.services.texts.text_edit import edit_text
from app.session.actions import DescribeDocument, LinkReference
from app.session.events import Topic
from app.session.session import Session
from app.storage.file_watch import ProjectChanged
from app.storage.soundness import faults_of
from tests.conftest import add_documents, new_session
from tests.hindrances import cannot_be_written, full_disk
from tests.trust.small_disk import failing_disk, needs_failing_disk
from tests.unit.services.review.reviews import Bench
from tests.unit.services.texts.test_text_edit import changed
from tests.unit.session.test_failing_writes import edit_of
from tests.unprivileged import needs_permissions, write_protected

WORDS = ("Vladimir Puttin", "Donald Trump", "Kyiv")


@pytest.fixture
def bench(news_session: Session) -> Bench:
    """Give a document that ana has finished, with suggestions; rina annotates and reviews it in a window."""
    bench = Bench(news_session)
    bench.finish("ana", bench.mark("a1", 0, 12), bench.mark("a2", *bench.place("US")))
    suggested = [_suggestion(bench, words) for words in ("days", "Trump")]
    offer(news_session, [(bench.document, suggested)], suggesters="test")
    news_session.kept.is_on = True
    return bench


def _suggestion(bench: Bench, words: str) -> Suggestion:
    fragments = (Fragment(*bench.place(words)),)
    return Suggestion(uid="", maker="test", layer="entity", label="PERSON", fragments=fragments, quote=words)


@pytest.fixture
def session(bench: Bench) -> Session:
    return bench.session


@contextmanager
def no_permission(session: Session) -> Iterator[None]:
    with write_protected(session.path):
        yield


@contextmanager
def moved_away(session: Session) -> Iterator[None]:
    elsewhere = session.path.with_name("elsewhere.stet")
    os.replace(session.path, elsewhere)
    yield
    os.replace(elsewhere, session.path)


Hindrance = Callable[[Session], AbstractContextManager[None]]
HINDRANCES: list[Hindrance] = [
    full_disk,
    cannot_be_written,
    moved_away,
    pytest.param(no_permission, marks=needs_permissions),
]


def content(session: Session) -> list[tuple]:
    """Return everything that people see of a project and that is kept in it, without the times of writing."""
    records = [record._replace(versions=()) for record in session.reader.records()]
    log = [(row.kind, row.title, row.annotator, row.edit, row.undoes, row.time) for row in session.reader.log_rows()]
    suggestions = session.project.reader.execute(
        "SELECT uid, annotator, outcome FROM judgement j JOIN suggestion s ON s.uid = j.suggestion ORDER BY uid"
    ).fetchall()
    return [records, log, suggestions]


def rows_in_file(session: Session) -> int:
    """Return how many actions the file itself has."""
    with closing(sqlite3.connect(f"{session.path.as_uri()}?mode=ro", uri=True)) as db:
        return db.execute("SELECT count(*) FROM edit_log").fetchone()[0]


def quotes(session: Session) -> list[str]:
    state = session.state
    return sorted(each.quote for each in state.annotations.values()) if state is not None else []


def _record(name: str) -> DocumentRecord:
    return DocumentRecord(Document(uid=new_uid(), name=name, text="More.", sha256=sha256("More.")))


def _suggested(session: Session, words: str) -> Suggestion:
    found = OpenSuggestions(session)
    found.read()
    return next(each for each in found.overlapping(0, 10_000) if each.quote == words)


def _edited_text(bench: Bench) -> None:
    edit_text(bench.session, bench.document, changed(bench.session, bench.document, Donald="Mr Donald"))


def _decided(bench: Bench) -> None:
    found = bench.group("a1")
    bench.reviewing.take(found, whole(found, "a1", rules_of(bench.session.scheme, found.layer)))


def _another_document(bench: Bench) -> None:
    other = next(each.document.uid for each in bench.session.reader.records() if each.document.name == "other.txt")
    bench.session.open_document(other)
    bench.session.apply(edit_of(bench.session, "Too"), title="elsewhere")
    bench.session.open_document(bench.document)


ACTS: dict[str, Callable[[Bench], object]] = {
    "mark": lambda bench: bench.session.apply(edit_of(bench.session, WORDS[0]), title="mark"),
    "undo": lambda bench: undo(bench.session),
    "redo": lambda bench: redo(bench.session),
    "accept": lambda bench: accept(bench.session, _suggested(bench.session, "days")),
    "reject": lambda bench: reject(bench.session, _suggested(bench.session, "Trump")),
    "undo the answer": lambda bench: undo(bench.session),
    "text": _edited_text,
    "undo the text": lambda bench: undo(bench.session),
    "text again": lambda bench: redo(bench.session),
    "decide": _decided,
    "defer": lambda bench: bench.reviewing.defer(bench.group("a2"), Remarks(note="ask")),
    "undo the decision": lambda bench: undo(bench.session),
    "take all": lambda bench: bench.reviewing.take_all(
        [PickedGroup(bench.group("a2"), {"label": "a2"})], title="Take all"
    ),
    "another document": _another_document,
    "name": lambda bench: bench.session.perform(DescribeDocument(bench.document, "new name"), title="name"),
    "status": lambda bench: bench.session.set_status(Status.OPEN),
}


@pytest.mark.parametrize("hindrance", HINDRANCES)
def test_all_that_a_person_does_is_kept_and_written(bench: Bench, hindrance: Hindrance) -> None:
    session = bench.session
    add_documents(session, {"other.txt": "Too late."})
    session.open_document(bench.document)
    before, first = session.log.next_sequence(), session.undo_title()
    with hindrance(session):
        for number, (what, act) in enumerate(ACTS.items(), 1):
            act(bench)
            assert len(session.kept) == number, what
        with closing(Session.open(session.path, write=False)) as reader:  # as jobs do
            assert content(reader) == content(session)
        told = session.kept.error
        assert told is not None
        assert f"your last {len(ACTS)} actions are kept here, not saved yet" in told.what
        assert told.hint
        session.become("rina")
        shown, state = content(session), session.state
    assert rows_in_file(session) == before - 1
    session.kept.save()
    assert (len(session.kept), session.kept.error, session.trouble.error) == (0, None, None)
    assert session.state is state
    assert content(session) == shown
    assert rows_in_file(session) == before - 1 + len(ACTS)
    assert list(session.reader.integrity.replay_faults()) == []
    session.close()
    assert faults_of(session.path) == []
    again = Session.open(session.path, annotator="rina")
    assert content(again) == shown
    for _ in range(8):  # what isn't undone yet
        undo(again)
    assert again.undo_title() == first
    again.close()


@pytest.mark.parametrize("hindrance", HINDRANCES)
def test_a_copy_elsewhere_has_what_was_refused(bench: Bench, tmp_path: Path, hindrance: Hindrance) -> None:
    session, out = bench.session, tmp_path / "copy.stet"
    session.apply(edit_of(session, WORDS[0]), title="first")
    before = content(session)
    heard: list[Topic] = []
    with hindrance(session):
        session.apply(edit_of(session, WORDS[1]), title="second")
        undo(session)
        redo(session)
        _decided(bench)
        after = content(session)
        assert save_elsewhere(session, out) == ""
        session.listen(lambda event: heard.append(event.topic))
        session.kept.forget()
        assert (quotes(session), len(session.kept), content(session)) == ([WORDS[0]], 0, before)
        assert {Topic.OPENED, Topic.DOCUMENTS, Topic.DECISIONS, Topic.HISTORY} <= set(heard)
    with closing(Session.open(out, annotator="rina")) as copy:
        assert content(copy) == after
        assert list(copy.reader.integrity.replay_faults()) == []


def test_work_is_written_with_the_next_action_that_can_be(session: Session) -> None:
    with cannot_be_written(session):
        session.apply(edit_of(session, WORDS[0]), title="first")
        undo(session)
        assert (quotes(session), len(session.kept)) == ([], 2)
    redo(session)
    assert (quotes(session), len(session.kept)) == ([WORDS[0]], 0)


@pytest.mark.parametrize("name", ["place", "seen", "revealed"])
def test_what_is_no_action_is_kept_too(bench: Bench, name: str) -> None:
    session = bench.session
    read = {
        "place": "SELECT position, seconds FROM annotation_set WHERE position > 0",
        "seen": "SELECT suggestion, time FROM shown",
        "revealed": "SELECT document, reviewer FROM reveal",
    }[name]
    with cannot_be_written(session):
        session.apply(edit_of(session, WORDS[0]), title="first")
        if name == "place":
            session.remember_place(position=7, seconds=2)
            session.remember_place(position=9, seconds=2)
        elif name == "seen":
            sights = Sights(session)
            sights.note(bench.document, [_suggested(session, "days").uid])
            sights.write()
            assert sights.count == 0
        else:
            bench.reviewing.log_reveal(bench.document)
        shown = session.project.reader.execute(read).fetchall()
    session.kept.save()
    assert session.project.reader.execute(read).fetchall() == shown != []


def test_changes_of_many_documents_wait_and_say_so(bench: Bench) -> None:
    session = bench.session
    other = add_documents(session, {"other.txt": "Too late.", "third.txt": "Later."})
    session.open_document(bench.document)
    with cannot_be_written(session):
        session.apply(edit_of(session, WORDS[0]), title="first")
        shown = content(session)
        bulk = {
            "status": lambda: set_status(session, other, Status.SKIPPED),
            "suggestions": lambda: offer(session, [(bench.document, [_suggestion(bench, "Kyiv")])], suggesters="test"),
            "import": lambda: import_documents(session, [_record("more.txt")], title="Import"),
        }
        for what, act in bulk.items():
            with pytest.raises(EditRejected, match="has to wait: your last action is not saved") as caught:
                act()
            assert "save a copy elsewhere" in caught.value.hint, what
            assert (content(session), len(session.kept)) == (shown, 1), what
    for act in bulk.values():
        act()
    assert len(session.kept) == 0


def test_what_is_refused_anyway_leaves_no_copy_behind(bench: Bench) -> None:
    session = bench.session
    with cannot_be_written(session), pytest.raises(EditRejected, match="its own reference"):
        session.perform(LinkReference(bench.document, bench.document), title="link")
    assert not session.project.is_apart
    other = add_documents(session, {"other.txt": "Too late.", "third.txt": "Later."})
    with cannot_be_written(session), pytest.raises(ProjectError, match="can't be written"):
        session.kept.written(lambda: set_status(session, other, Status.SKIPPED))
    assert not session.project.is_apart


def test_a_replaced_file_is_not_written_and_the_work_is_kept(session: Session, tmp_path: Path) -> None:
    other = Path(shutil.copy(session.path, tmp_path / "other.stet"))
    before = other.read_bytes()
    os.replace(other, session.path)
    session.apply(edit_of(session, WORDS[0]), title="first")
    assert isinstance(session.trouble.error, ProjectChanged)
    assert quotes(session) == [WORDS[0]]
    assert session.path.read_bytes() == before
    save_elsewhere(session, tmp_path / "copy.stet")
    assert faults_of(tmp_path / "copy.stet") == []


@pytest.mark.parametrize("has_backup", [True, False])
def test_work_on_a_file_that_was_overwritten(session: Session, tmp_path: Path, *, has_backup: bool) -> None:
    """The file can't be read any more, so the copy is made of the newest backup and what was done since."""
    if has_backup:
        session.back_up()
    session.apply(edit_of(session, WORDS[0]), title="first")
    rubbish = b"rubbish" * (session.size // 7)
    with session.path.open("r+b") as file:
        file.write(rubbish)
    if not has_backup:
        with pytest.raises(ProjectChanged):
            session.apply(edit_of(session, WORDS[1]), title="second")
        assert not session.project.is_apart
        return
    session.apply(edit_of(session, WORDS[1]), title="second")
    undo(session)
    redo(session)
    assert quotes(session) == sorted(WORDS[:2])
    with pytest.raises(ProjectChanged):
        session.kept.save()
    assert save_elsewhere(session, tmp_path / "copy.stet") == ""
    with closing(Session.open(tmp_path / "copy.stet", annotator="rina")) as copy:
        copy.open_document(session.state.document.uid)
        assert quotes(copy) == sorted(WORDS[:2])
    session.close()
    assert session.path.read_bytes().startswith(rubbish)


@needs_failing_disk
def test_a_disk_that_fails_leaves_the_work_and_no_open_file(tmp_path: Path) -> None:
    """Nothing there can be written any more, whatever is open."""
    folder, out = tmp_path / "disk", tmp_path / "copy.stet"
    folder.mkdir()
    with failing_disk(folder) as fail:
        session = new_session(folder / "errors.stet", scheme="news-errors")
        uid = session.state.document.uid
        session.kept.is_on = True
        session.apply(edit_of(session, WORDS[0]), title="first")
        fail()
        session.apply(edit_of(session, WORDS[1]), title="second")
        undo(session)
        redo(session)
        assert (quotes(session), len(session.kept)) == (sorted(WORDS[:2]), 3)
        with pytest.raises(ProjectError):
            session.kept.save()
        assert save_elsewhere(session, out) == ""
        session.kept.hand_over()
        session.close()
        still_open = [os.readlink(each) for each in Path("/proc/self/fd").iterdir() if os.path.lexists(each)]
        assert [name for name in still_open if name.startswith(str(folder))] == []
    with closing(Session.open(out, annotator="ana")) as copy:
        copy.open_document(uid)
        assert quotes(copy) == sorted(WORDS[:2])


@needs_permissions
def test_permission_that_is_lost_is_noticed_before_a_write(news_session: Session) -> None:
    with write_protected(news_session.path), pytest.raises(NotWritable, match="write-protected now"):
        news_session.apply(edit_of(news_session), title="x")
    news_session.apply(edit_of(news_session), title="x")


@needs_permissions
def test_without_permission_other_documents_are_still_read(news_session: Session) -> None:
    other = add_documents(news_session, {"other.txt": "Too late."})
    with write_protected(news_session.path):
        assert news_session.open_document(other[0]).document.text == "Too late."
