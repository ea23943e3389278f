"""What lists and search go by says what documents say, whatever is done; what doesn't is found and made again."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from app.core.document_conditions import parse_conditions, parse_sorting
from app.core.text_change import TextChange
from app.jobs.tasks.check_project import check_project
from app.services.documents import desk
from app.services.documents.document_search import found_documents
from app.services.history.undo import redo, undo
from app.services.texts.text_edit import edit_text
from app.session.session import Session
from tests.made_once import made_once
from tests.unit.services.team.lead import finish, make, mark, opened, uid_of


def wrong(path: Path) -> list[str]:
    session = Session.open(path, write=False)
    try:
        return wrong_in(session)
    finally:
        session.close()


@pytest.fixture
def news(tmp_path: Path) -> Path:
    return counted(tmp_path)


@made_once
def counted(folder: Path) -> Path:
    """Make a project whose rules and conflicts are counted."""
    path = make(folder / "news.stet")
    for name in ("ana", "ben"):
        with opened(path, name) as session:
            mark(session, "spun.txt", "Puttin" if name == "ana" else "Kyiv")
            finish(session, "spun.txt")
            mark(session, "third.txt", "aide")
    with opened(path, "lead") as session:
        desk.describe(session, uid_of(session, "spun.txt"), meta={"title": "Wörter 9", "year": 2020, "src": "x" * 2000})
        found_documents(session, parse_conditions(["conflicts>0"]), parse_sorting("rules"))
    return path


def test_all_follows_what_is_done_and_undone(news: Path) -> None:
    steps: tuple[Callable[[Session, str], object], ...] = (
        lambda session, uid: desk.describe(session, uid, name="spin.txt", meta={"year": "3"}),
        lambda session, uid: edit_text(
            session, uid, TextChange.between(text(session, uid), f"So, {text(session, uid)}")
        ),
        lambda session, uid: desk.remove(session, [uid]),
    )
    with opened(news, "lead") as session:
        uid = uid_of(session, "spun.txt")
        for step in steps:
            step(session, uid)
            assert wrong_in(session) == []
        for _ in steps:
            undo(session)
            assert wrong_in(session) == []
        redo(session)
        assert wrong_in(session) == []


def text(session: Session, uid: str) -> str:
    return session.reader.document(uid).text


def wrong_in(session: Session) -> list[str]:
    return [str(finding) for finding in check_project(session) if finding.kind == "list"]


BROKEN = {
    "UPDATE document_meta SET value = 2021 WHERE key = 'year'": "its metadata aren't listed as they are",
    "DELETE FROM document_meta WHERE key = 'src'": "its metadata aren't listed as they are",
    "UPDATE document_title SET title = 'zz' WHERE title LIKE 'wor%'": "it isn't sorted by the title that it has",
    "DELETE FROM document_title WHERE title LIKE 'wor%'": "it isn't sorted by the title that it has",
    "UPDATE document SET words = words + 1 WHERE name = 'spun.txt'": "its number of characters or words",
    "UPDATE set_count SET unmet = unmet + 1": "the unmet rules of",
    "UPDATE set_count SET annotator = 1 + annotator % 2": "the unmet rules of",
    "UPDATE document_count SET conflicts = conflicts + 1": "its conflicts aren't counted as they are",
    "INSERT INTO document_fts (document_fts) VALUES ('delete-all')": "search doesn't know its words",
    "UPDATE document SET name = 'spin.txt' WHERE name = 'spun.txt'": "search doesn't know its words",
}


@pytest.mark.parametrize("statement", BROKEN)
def test_what_is_kept_otherwise_is_found_and_made_again(news: Path, statement: str) -> None:
    assert wrong(news) == []
    with sqlite3.connect(news) as connection:
        assert connection.execute(statement).rowcount
    found = wrong(news)
    assert any(BROKEN[statement] in line for line in found), found
    with opened(news, "lead") as session:
        session.reader.integrity.make_again()
    assert wrong(news) == []
