"""A file whose text was extracted is known again, whatever its name is and whatever its extractor reads in it today."""

from pathlib import Path

import pytest

from app.core.text_change import Splice, TextChange
from app.exchange.formats.html import tree
from app.jobs.tasks.import_files import import_files
from app.jobs.tasks.import_report import ImportReport
from app.services.history.undo import undo
from app.services.texts.text_edit import edit_text
from app.session.session import Session
from tests.unit.exchange.build import names, project

PAGE = "<p>One claim.</p><p>Another.</p>"


@pytest.fixture
def session(tmp_path: Path):
    """Give an empty project."""
    with project(tmp_path / "news.stet") as session:
        yield session


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """Give a page."""
    path = tmp_path / "page.html"
    path.write_text(PAGE)
    return path


def texts(session: Session) -> list[str]:
    return [record.document.text for record in session.reader.records()]


def kinds(report: ImportReport) -> list[str]:
    return [finding.kind for finding in report.report]


def read_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the extractor be of another version, which reads more."""
    take = tree.take_whole

    def take_more(found, text):
        take(found, text)
        text.flowing(" More.")

    monkeypatch.setattr("app.exchange.formats.html.reader.take_whole", take_more)


def test_a_file_that_is_here_adds_nothing(session: Session, page: Path) -> None:
    import_files(session, [page])
    again = import_files(session, [page])
    assert (again.brought.documents, again.brought.already, kinds(again)) == (0, 1, [])


def test_another_version_of_the_extractor_changes_nothing(
    session: Session, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_files(session, [page])
    read_otherwise(monkeypatch)
    again = import_files(session, [page])
    assert (again.brought.documents, again.brought.already, kinds(again)) == (0, 1, ["extracted"])
    assert texts(session) == ["One claim.\n\nAnother."]


def test_a_copy_under_another_name_is_known(session: Session, page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = page.with_name("copy.html")
    copy.write_bytes(page.read_bytes())
    first = import_files(session, [copy, page])
    assert (first.brought.documents, names(session)) == (1, ["copy.html"])
    read_otherwise(monkeypatch)
    assert import_files(session, [page]).brought.already == 1
    assert names(session) == ["copy.html"]


def test_another_part_of_a_page_is_another_document(session: Session, page: Path) -> None:
    page.write_text(f"<nav>Home</nav><article>{'<p>One claim about the harbour, said again.</p>' * 9}</article>")
    for part, new in (("main", 1), ("whole", 1), ("main", 0), ("whole", 0)):
        done = import_files(session, [page], format="html", options={"part": part})
        assert done.brought.documents == new
    assert [text.startswith("Home") for text in texts(session)] == [False, True]


def test_a_file_that_was_changed_is_another_document(session: Session, page: Path) -> None:
    import_files(session, [page])
    page.write_text(PAGE.replace("Another", "A third"))
    assert import_files(session, [page]).brought.documents == 1


def test_a_text_that_was_edited_here_stays(session: Session, page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import_files(session, [page])
    uid = next(session.reader.documents.names())[0]
    edit_text(session, uid, TextChange(session.reader.document(uid).text, [Splice(0, 3, "Two")]))
    again = import_files(session, [page])
    assert (again.brought.already, kinds(again)) == (1, ["text"])
    read_otherwise(monkeypatch)
    assert kinds(import_files(session, [page])) == ["extracted"]
    assert texts(session) == ["Two claim.\n\nAnother."]


def test_what_is_undone_comes_in_again(session: Session, page: Path) -> None:
    import_files(session, [page])
    undo(session)
    assert import_files(session, [page]).brought.documents == 1
    assert names(session) == ["page.html"]


def test_metadata_that_look_like_a_file_s_hash_mean_nothing(session: Session, page: Path, tmp_path: Path) -> None:
    import_files(session, [page])
    value = session.reader.document(next(session.reader.documents.names())[0]).meta["source_sha256"]
    other = tmp_path / "rows.jsonl"
    other.write_text(f'{{"text": "Cut from that page.", "source_sha256": "{value}"}}\n')
    assert import_files(session, [other], format="json").brought.documents == 1
