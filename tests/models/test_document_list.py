"""The list of documents reads pages as they are looked at, and tells views no more than what changed."""

import gc
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from app.core import annotation_edits
from app.core.annotation import Status
from app.core.record import DocumentRow
from app.session.actions import UnlinkReference
from app.session.session import Session
from app.storage import document_queries as storage_module
from app.ui.models import documents as documents_module
from app.ui.models.documents import DocumentListModel, DocumentRole, characters
from tests.conftest import add_documents, new_session
from tests.models.spies import RowSpy

MANY = 1_000


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory):
    """Give a project of 1,002 documents: many pages."""
    session = new_session(tmp_path_factory.mktemp("crowded") / "many.stet")
    add_documents(session, {f"article-{number:04}.txt": f"Text number {number}." for number in range(MANY)}, batch=1)
    yield session
    session.close()


def names(model: DocumentListModel) -> list[str]:
    return [str(model.index(row).data()) for row in range(model.rowCount())]


def mark(session: Session, words: str) -> None:
    state = session.state
    start = state.document.text.index(words)
    edit = annotation_edits.annotate(
        state, [(start, start + len(words))], layer="entity", label="PERSON", scheme=session.scheme
    )
    session.apply(edit, title=f"Mark {words}")


def test_the_model_keeps_qts_contract(crowded: Session, qtmodeltester: ModelTester) -> None:
    model = DocumentListModel(crowded)
    qtmodeltester.check(model)
    model.reload("article-05")
    qtmodeltester.check(model)
    model.reload("")
    qtmodeltester.check(model)


def test_every_row_of_every_page_is_in_its_place(crowded: Session, qapp) -> None:
    model = DocumentListModel(crowded)
    assert model.rowCount() == MANY + 2
    # Backwards, so that pages come in another order than they lie.
    for row in reversed(range(MANY)):
        assert model.index(row + 2).data() == f"article-{row:04}"
    assert model.index(0).data() == "spun"


def test_a_row_is_read_again_after_its_page_was_given_up(crowded: Session, qapp) -> None:
    model = DocumentListModel(crowded)
    first = model.index(0).data(DocumentRole.ROW)
    names(model)
    assert model.index(0).data(DocumentRole.ROW) == first
    assert model.row_of(first.uid) == 0


def test_a_document_far_down_is_found_without_having_been_read(crowded: Session, qapp) -> None:
    (uid,) = crowded.reader.documents.find("article-0987.txt")
    assert DocumentListModel(crowded).row_of(uid) == 989


def test_an_unknown_document_has_no_row(crowded: Session, qapp) -> None:
    assert DocumentListModel(crowded).row_of("nobody") == -1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("article-0007", ["article-0007"]),
        ("number 997", ["article-0997"]),
        ("ARTICLE-099", [f"article-{number:04}" for number in range(990, 1000)]),
        ("prisoner exchange", ["reference"]),
        ("no such thing", []),
        ('"', []),
        ("%", []),
        ("(a OR", []),
    ],
)
def test_search_finds_names_and_texts(crowded: Session, qapp, query: str, found: list[str]) -> None:
    model = DocumentListModel(crowded)
    spy = RowSpy(model)
    model.reload(query)
    assert names(model) == found
    assert spy.take() == [("reset", -1, -1)]
    model.reload("")
    assert model.rowCount() == MANY + 2


def test_a_search_forgets_where_rows_were(crowded: Session, qapp) -> None:
    model = DocumentListModel(crowded)
    (uid,) = crowded.reader.documents.find("article-0500.txt")
    names(model)
    model.reload("article-0500")
    assert model.row_of(uid) == 0
    model.reload("article-0501")
    assert model.row_of(uid) == -1


def test_values_live_on_without_the_index_that_gave_them(crowded: Session, qapp) -> None:
    model = DocumentListModel(crowded)
    rows = [model.index(row).data(DocumentRole.ROW) for row in range(0, MANY, 97)]
    gc.collect()
    assert [model.index(row).data(DocumentRole.ROW) for row in range(0, MANY, 97)] == rows
    index = model.index(700)
    gc.collect()
    assert index.data(DocumentRole.ROW).name == "article-0698.txt"


def test_a_mark_changes_one_row_and_no_other(session: Session, qapp) -> None:
    add_documents(session, {"third.txt": "Third."}, batch=2)
    model = DocumentListModel(session)
    uid = session.state.document.uid
    kept = QPersistentModelIndex(model.index(2))
    assert model.index(0).data(DocumentRole.ROW).annotations == 0
    spy = RowSpy(model)
    mark(session, "Vladimir Puttin")
    model.refresh(uid)
    assert spy.take() == [("changed", 0, 0)]
    assert model.index(0).data(DocumentRole.ROW).annotations == 1
    assert kept.row() == 2


def test_the_open_document_is_updated_without_a_database_query(session: Session, qapp) -> None:
    model = DocumentListModel(session)
    assert model.index(0).data(DocumentRole.ROW).annotations == 0
    mark(session, "Vladimir Puttin")
    asked: list[str] = []
    session.project.connection.set_trace_callback(asked.append)
    spy = RowSpy(model)
    model.follow(session.state, problems=2)
    row = model.index(0).data(DocumentRole.ROW)
    session.project.connection.set_trace_callback(None)
    assert spy.take() == [("changed", 0, 0)]
    assert (row.annotations, row.status) == (1, Status.OPEN)
    assert model.index(0).data(DocumentRole.SUBTITLE) == "2 rules unmet"
    assert asked == []


def test_a_document_outside_the_search_changes_nothing(session: Session, qapp) -> None:
    model = DocumentListModel(session)
    model.reload("prisoner")
    spy = RowSpy(model)
    model.refresh(session.state.document.uid)
    assert spy.take() == []


def test_the_line_below_the_name_says_what_is_next(session: Session, qapp) -> None:
    uid = session.state.document.uid
    model = DocumentListModel(session)

    def below() -> object:
        return model.index(0).data(DocumentRole.SUBTITLE)

    assert below() == "reference: reference"
    assert "characters" in str(model.index(1).data(DocumentRole.SUBTITLE))
    model.show_rules((uid, 1))
    assert below() == "1 rule unmet"
    model.show_rules((uid, 2))
    assert below() == "2 rules unmet"
    model.show_rules((uid, 166_666))
    assert below() == "166,666 rules unmet"
    session.set_status(Status.SKIPPED)
    model.refresh(uid)
    assert below() == "skipped"
    session.set_status(Status.DONE)
    model.follow(session.state, problems=0)
    assert below() == "done, nothing to mark"


def test_the_length_of_a_text_is_in_words_that_fit() -> None:
    assert [characters(length) for length in (0, 1, 2, 10_000)] == [
        "0 characters",
        "1 character",
        "2 characters",
        "10,000 characters",
    ]


def test_open_rules_are_those_of_who_works_here_now(session: Session, qapp) -> None:
    model = DocumentListModel(session)
    model.show_rules((session.state.document.uid, 3))
    session.become("ben")
    model.refresh_all()
    assert model.index(0).data(DocumentRole.SUBTITLE) == "reference: reference"
    session.become("ana")
    model.refresh_all()
    assert model.index(0).data(DocumentRole.SUBTITLE) == "3 rules unmet"


def test_a_text_that_is_no_reference_any_more_is_not_called_one(session: Session, qapp) -> None:
    uid, other = session.state.document.uid, session.reader.documents.references(session.state.document.uid)[0]
    model = DocumentListModel(session)
    assert str(model.index(1).data(DocumentRole.SUBTITLE)).startswith("a reference")
    session.perform(UnlinkReference(uid, other), title="Unlink")
    model.refresh(other)
    assert str(model.index(1).data(DocumentRole.SUBTITLE)).endswith("characters")
    assert "reference" not in str(model.index(1).data(DocumentRole.SUBTITLE))


def test_numbers_of_marks_are_those_of_who_works_here_now(session: Session, qapp) -> None:
    mark(session, "Kyiv")
    model = DocumentListModel(session)
    assert model.index(0).data(DocumentRole.ROW).annotations == 1
    spy = RowSpy(model)
    session.become("ben")
    model.refresh_all()
    assert spy.take() == [("changed", 0, 1)]
    assert model.index(0).data(DocumentRole.ROW).annotations == 0


def test_a_screen_reader_hears_name_number_of_marks_and_state(session: Session, qapp) -> None:
    mark(session, "Kyiv")
    model = DocumentListModel(session)
    spoken = model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("spun, 1 mark")
    assert spoken.endswith("reference: reference")


def test_an_index_of_nothing_gives_nothing(session: Session, qapp) -> None:
    model = DocumentListModel(session)
    assert model.data(QModelIndex()) is None
    assert model.index(99).data() is None
    assert model.index(0).data(Qt.ItemDataRole.DecorationRole) is None
    assert model.rowCount(model.index(0)) == 0


def test_an_empty_project_has_an_empty_list(tmp_path: Path, qtmodeltester: ModelTester) -> None:
    session = new_session(tmp_path / "empty.stet")
    model = DocumentListModel(session)
    model.reload("nothing has these words")
    qtmodeltester.check(model)
    spy = RowSpy(model)
    model.refresh_all()
    assert model.rowCount() == 0
    assert spy.take() == []
    session.close()


def test_a_row_number_beyond_32_bits_passes_unharmed(session: Session, qapp, qtbot) -> None:
    huge = 2**40
    with session.project.atomic():
        session.project.connection.execute(
            "INSERT INTO document (id, uid, name, sha256, length, words, meta, batch, text) "
            "SELECT ?, 'far', 'far.txt', sha256, length, words, meta, batch, text FROM document LIMIT 1",
            [huge],
        )
    model = DocumentListModel(session)
    row = model.row_of("far")
    assert row == 2
    spy = RowSpy(model)
    model.refresh("far")
    assert spy.take() == [("changed", 2, 2)]
    found = model.index(2).data(DocumentRole.ROW)
    assert isinstance(found, DocumentRow)
    assert found.key == huge


def test_a_search_shows_what_it_has_and_goes_on(tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    session = new_session(tmp_path / "many.stet")
    add_documents(session, {f"{number}.txt": "The senator said so." for number in range(40)} | {"senator.txt": "No."})
    add_documents(session, {"mysenators.txt": "Nothing.", "last.txt": "A senator."}, batch=2)
    monkeypatch.setattr(documents_module, "_AT_ONCE", 0.0)
    monkeypatch.setattr(documents_module, "_LEAST_BATCHES", 1)
    monkeypatch.setattr(documents_module, "_SLICE", 0.0)
    for name, size in (("_FIRST_HITS", 5), ("_MORE_HITS", 7), ("_NAMES", 11)):
        monkeypatch.setattr(storage_module, name, size)
    model = DocumentListModel(session)
    model.reload("senator")
    assert model.rowCount() == 5
    assert model.is_searching
    spy = RowSpy(model)
    with qtbot.waitSignal(model.searched):
        pass
    assert not model.is_searching
    names = [model.index(row).data(DocumentRole.ROW).name for row in range(model.rowCount())]
    assert names == [
        "spun.txt",
        *(f"{number}.txt" for number in range(40)),
        "senator.txt",
        "mysenators.txt",
        "last.txt",
    ]
    seen = spy.take()
    assert seen[0] == ("inserted", 5, 11)
    assert {what for what, _, _ in seen} == {"inserted", "reset"}  # one is found by its name alone, before the last
    model.reload("senator")
    model.complete()
    assert model.rowCount() == 44
    model.reload("")
    assert (model.rowCount(), model.is_searching) == (session.reader.documents.count(), False)
    session.close()
