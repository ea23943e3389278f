"""Taguette's projects, read from SQLite files made as it makes them."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import FormatError
from app.exchange.format import ReadOptions
from app.exchange.formats.taguette.html_text import HtmlText
from app.exchange.formats.taguette.reader import TaguetteReader
from app.exchange.registry import Registry
from app.exchange.report import Report
from app.exchange.source import Source
from app.jobs.tasks.import_files import import_files
from app.services.importing.foreign_database import open_tables
from tests.unit.exchange.build import project

HTML = "<h1>Über Rom</h1><p>Ana &amp; <b>Ben</b> 😀 left.</p>\r\n<ul><li>one<br>two</li></ul>"
RAW = "Über RomAna & Ben 😀 left.\nonetwo"
_SCHEMA = """
CREATE TABLE users (login VARCHAR(30) NOT NULL, PRIMARY KEY (login));
CREATE TABLE projects (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(200) NOT NULL, description TEXT NOT NULL);
CREATE TABLE documents (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(200) NOT NULL, description TEXT NOT NULL,
  filename VARCHAR(200) NOT NULL, project_id INTEGER NOT NULL, text_direction VARCHAR(13), contents TEXT NOT NULL);
CREATE TABLE commands (id INTEGER PRIMARY KEY AUTOINCREMENT, user_login VARCHAR(30) NOT NULL, payload TEXT NOT NULL);
CREATE TABLE highlights (id INTEGER PRIMARY KEY AUTOINCREMENT, document_id INTEGER NOT NULL,
  start_offset INTEGER NOT NULL, end_offset INTEGER NOT NULL, snippet TEXT NOT NULL);
CREATE TABLE tags (id INTEGER PRIMARY KEY AUTOINCREMENT, project_id INTEGER NOT NULL, path VARCHAR(200) NOT NULL,
  description TEXT NOT NULL, UNIQUE (project_id, path));
CREATE TABLE highlight_tags (highlight_id INTEGER NOT NULL, tag_id INTEGER NOT NULL,
  PRIMARY KEY (highlight_id, tag_id));
CREATE INDEX ix_tags_path ON tags (path);
INSERT INTO projects VALUES (1, 'Interviews', '');
INSERT INTO tags VALUES (1, 1, 'people', ''), (2, 1, 'people.friends', ''), (3, 1, 'places', '');
"""


def at(words: str, raw: str = RAW) -> tuple[int, int]:
    """Return where words are, in bytes of the text without tags."""
    start = len(raw[: raw.index(words)].encode())
    return start, start + len(words.encode())


def database(
    path: Path, *highlights: tuple[Any, ...], html: Any = HTML, people: dict[int, str] | None = None, more: str = ""
) -> Path:
    """Write a project; a highlight is its start, end and tags, and perhaps its snippet."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(_SCHEMA + more)
        row = (1, "First", "Said in May", "first.docx", 1, "LEFT_TO_RIGHT", html)
        connection.execute("INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        for number, (start, end, tags, *snippet) in enumerate(highlights, 1):
            words = snippet[0] if snippet else "<p>?</p>"
            connection.execute("INSERT INTO highlights VALUES (?, 1, ?, ?, ?)", (number, start, end, words))
            connection.executemany("INSERT INTO highlight_tags VALUES (?, ?)", [(number, tag) for tag in tags])
        for number, login in (people or {}).items():
            payload = json.dumps({"highlight_id": number, "type": "highlight_add"})
            connection.execute("INSERT INTO commands (user_login, payload) VALUES (?, ?)", (login, payload))
        connection.commit()
    return path


def records(path: Path, report: Report | None = None, **options: Any):
    made = ReadOptions(tables=open_tables, report=report or Report(), **{"annotator": "lea", **options})
    return list(TaguetteReader().read(Source(path), made))


def marks(found: Any) -> list[tuple[str, str, str]]:
    return [(item.annotator, mark.label, mark.quote) for item in found.sets for mark in item.annotations]


def test_highlights_are_marks_with_their_tags(tmp_path: Path) -> None:
    path = database(
        tmp_path / "a.sqlite3", (*at("Ben 😀"), [2, 3]), (*at("Rom"), [3]), (*at("left."), []), (*at("Rom"), [3])
    )
    found = Registry().for_file(path)
    assert found is not None
    assert found.format.name == "taguette"
    report = Report()
    (one,) = records(path, report)
    assert one.document.text == "Über Rom\nAna & Ben 😀 left.\n\none\ntwo\n"
    assert one.document.meta == {"description": "Said in May", "filename": "first.docx"}
    assert sorted(marks(one)) == [
        ("lea", "Highlight", "left."),
        ("lea", "people.friends", "Ben 😀"),
        ("lea", "places", "Ben 😀"),
        ("lea", "places", "Rom"),
    ]
    assert report.count("repeated") == 1


def test_the_log_tells_people_apart(tmp_path: Path) -> None:
    given = [(*at("Ana"), [1]), (*at("Ben"), [1])]
    (one,) = records(database(tmp_path / "a.sqlite3", *given, people={1: "ana", 2: "ben"}), annotator=None)
    assert marks(one) == [("ana", "people", "Ana"), ("ben", "people", "Ben")]
    alone = database(tmp_path / "b.sqlite3", *given, people={1: "admin", 2: "admin"})
    assert {name for name, _, _ in marks(records(alone)[0])} == {"lea"}
    with pytest.raises(FormatError, match="doesn't say who made"):
        records(alone, annotator=None)


def test_what_spans_blocks_has_their_line_breaks(tmp_path: Path) -> None:
    (one,) = records(database(tmp_path / "a.sqlite3", (*at("RomAna"), [1]), (*at("netw"), [1])))
    assert [quote for _, _, quote in marks(one)] == ["Rom\nAna", "ne\ntw"]


def test_snippets_put_marks_to_their_words(tmp_path: Path) -> None:
    html = "<p>Ana met Ben in Rome.</p>"
    given = [(9, 12, [1], "<p>Ben</p>"), (0, 3, [1], "<p>Ana</p>"), (15, 19, [1], "<p>Paris</p>")]
    report = Report()
    (one,) = records(database(tmp_path / "a.sqlite3", *given, html=html), report)
    assert [quote for _, _, quote in marks(one)] == ["Ana", "Ben", "Paris"]
    assert (report.count("re-anchored"), report.count("quote")) == (1, 1)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a</p><p>b</p>", "a\nb\n"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a\tb\nc\n"),
        ("<div><div>a</div></div>&lt;b&gt;&nbsp;&#x1F600;", "a\n<b>\xa0😀"),
        ("<p>a", "a"),
        ("", ""),
    ],
)
def test_the_text_of_html_has_lines(html: str, text: str) -> None:
    assert HtmlText(html).text == text


@pytest.mark.parametrize(
    ("highlight", "what"),
    [
        ((0, 999, [1]), "lies outside the text"),
        ((0, 1, [1]), "inside of a character"),
        ((5, 2, [1]), "ends before it starts"),
        ((-1, 2, [1]), "lies outside the text"),
    ],
)
def test_a_bad_document_is_refused_and_the_rest_read(tmp_path: Path, highlight: Any, what: str) -> None:
    more = "INSERT INTO documents VALUES (2, 'Second', '', '', 1, '', '<p>x</p>');"
    path = database(tmp_path / "a.sqlite3", highlight, more=more)
    with pytest.raises(FormatError, match=what) as caught:
        records(path)
    assert caught.value.path == path
    refused: list[Any] = []
    assert [each.document.name for each in records(path, refuse=refused.append)] == ["Second"]


def test_text_that_is_damaged_is_refused(tmp_path: Path) -> None:
    path = database(tmp_path / "a.sqlite3", (*at("Rom"), [1]))
    path.write_bytes(path.read_bytes().replace("Über Rom</h1>".encode(), b"\xc3\xffber Rom</h1>"))
    with pytest.raises(FormatError, match="isn't UTF-8"):
        records(path)
    path.write_bytes(path.read_bytes().replace(b"CREATE TABLE tags", b"CREATE \xff\xff\xff\xff\xff tags"))
    with pytest.raises(FormatError, match="isn't a whole SQLite file"):
        records(path)


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ("INSERT INTO highlights VALUES (9, 1, 'x', 2, '');", "isn't a whole number"),
        ("INSERT INTO tags VALUES (9, 1, x'00', '');", "isn't text"),
        ("DROP TABLE highlight_tags;", "has no column"),
        ("DROP TABLE tags; CREATE VIEW tags AS SELECT 1 AS id, 'x' AS path;", "has no column"),
    ],
)
def test_a_file_of_another_build_is_refused(tmp_path: Path, more: str, what: str) -> None:
    with pytest.raises(FormatError, match=what):
        records(database(tmp_path / "a.sqlite3", more=more))


def test_several_projects_are_told_apart(tmp_path: Path) -> None:
    more = (
        "INSERT INTO projects VALUES (2, 'Letters', '');"
        "INSERT INTO documents VALUES (2, 'First', '', '', 2, '', '<p>x</p>');"
    )
    one, two = sorted(records(database(tmp_path / "a.db", more=more)), key=lambda each: each.document.meta["project"])
    assert (one.document.meta["project"], two.document.meta["project"]) == ("Interviews", "Letters")


def test_other_databases_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE highlights (id)")
    assert TaguetteReader().claims(path, path.read_bytes()) is None


def test_a_project_takes_a_file_once(tmp_path: Path) -> None:
    path = database(tmp_path / "a.sqlite3", (*at("Ben 😀"), [2, 3]))
    with project(tmp_path / "a.stet") as session:
        assert import_files(session, [path], annotator="lea").brought.annotations == 2
        again = import_files(session, [path], annotator="lea").brought
        assert again.documents == again.added == 0
