"""No row is believed: what Stet wouldn't have written is refused with table, row and cell, whatever it is."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.core.annotation import Annotation, Evidence, Fragment, Stance
from app.core.errors import ChangedText, DamagedRow, ProjectDamaged
from app.core.suggestion import Suggested, Suggestion
from app.services.importing.document_import import import_documents
from app.session.integrity import damage_of
from app.session.session import Session
from app.storage.damaged_rows import damaged_rows
from tests.conftest import scheme_source
from tests.made_once import made_once
from tests.unit.exchange.build import REFERENCE, record, work

DEEP = '{"a":' * 3000 + "1" + "}" * 3000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return some_rows(tmp_path)


@made_once
def some_rows(folder: Path) -> Path:
    """Make a project with two documents, an annotation with evidence, a suggestion, and a log."""
    evidence = Evidence(uid="e1", document="d2", fragments=at(0, 4), quote="U.S.", stance=Stance.REFUTES)
    annotation = Annotation(
        uid="a1", layer="entity", label="PERSON", fragments=at(0, 6), quote="Donald", evidence=(evidence,)
    )
    suggestion = Suggestion(uid="s1", maker="m", layer="entity", label="GPE", fragments=at(38, 42), quote="Kyiv")
    records = [
        record(sets=(work(annotation),), suggestions=(Suggested(suggestion),)),
        record(REFERENCE, uid="d2", name="reference.txt"),
    ]
    made = folder / "news.stet"
    session = Session.create(made, scheme=scheme_source("news-errors"), annotator="ana")
    import_documents(session, records, title="Import")
    session.close()
    return made


def at(start: int, end: int) -> tuple[Fragment, ...]:
    return (Fragment(start, end),)


def spoil(path: Path, *statements: str) -> None:
    """Change rows of a closed project as a stranger or a bad disk would."""
    connection = sqlite3.connect(path)
    with connection:
        for sql in statements:
            connection.execute(sql)
    connection.close()


@contextmanager
def opened(path: Path) -> Iterator[Session]:
    session = Session.open(path, write=False)
    try:
        yield session
    finally:
        session.close()


# What is wrong, and what is said about it.
WRONG = [
    ("UPDATE document SET name = CAST(x'61ff' AS TEXT) WHERE id = 1", "document", "“name” isn't valid UTF-8"),
    ("UPDATE document SET text = CAST(x'61eda08062' AS TEXT) WHERE id = 1", "document", "“text” isn't valid UTF-8"),
    ("UPDATE document SET meta = CAST(x'7bff7d' AS TEXT) WHERE id = 1", "document", "“meta” isn't valid UTF-8"),
    ("UPDATE document SET meta = '{|' WHERE id = 1", "document", "“meta” isn't valid JSON"),
    ("UPDATE document SET meta = '[1]' WHERE id = 1", "document", "“meta” isn't as Stet writes it"),
    (f"UPDATE document SET meta = '{DEEP}' WHERE id = 1", "document", "“meta” is nested too deeply"),
    ("UPDATE document SET uid = '' WHERE id = 1", "document", "“uid” is '' instead of text"),
    ("UPDATE annotation SET start = -5", "annotation", "“start” is -5 instead of a whole number >= 0"),
    ("UPDATE annotation SET start = 9", "annotation", "range 9-6 ends before it starts"),
    ("UPDATE annotation SET label = CAST(x'ff' AS TEXT)", "annotation", "“label” isn't valid UTF-8"),
    ("UPDATE annotation SET attributes = '{not'", "annotation", "“attributes” isn't valid JSON"),
    ("UPDATE annotation SET attributes = '{\"a\":NaN}'", "annotation", "“attributes” isn't valid JSON"),
    (f"UPDATE annotation SET extra = '{DEEP}'", "annotation", "“extra” is nested too deeply"),
    ("UPDATE annotation SET fragments = '[]'", "annotation", "“fragments” isn't as Stet writes it"),
    ("UPDATE annotation SET fragments = '{}'", "annotation", "“fragments” isn't as Stet writes it"),
    ("UPDATE annotation SET fragments = '[[1.5,2]]'", "annotation", "“fragments” isn't as Stet writes it"),
    ("UPDATE annotation SET fragments = '[[5,2]]'", "annotation", "range 5-2 ends before it starts"),
    ("UPDATE annotation SET fragments = '[[0,4],[2,6]]'", "annotation", "overlap"),
    ("UPDATE annotation SET fragments = '[[4,6],[0,2]]'", "annotation", "“fragments” aren't in order"),
    ("UPDATE annotation SET fragments = '[[0,2],[3,4]]'", "annotation", "don't match “fragments”"),
    ("UPDATE annotation SET fragments = '[[0,2],[3,99999999]]'", "annotation", "lies outside the text"),
    ("UPDATE evidence SET fragments = '[]'", "evidence", "“fragments” isn't as Stet writes it"),
    ("UPDATE evidence SET fragments = '[[9,1]]'", "evidence", "range 9-1 ends before it starts"),
    ("UPDATE evidence SET stance = 'maybe'", "evidence", "“stance” can't be “maybe”"),
    ("UPDATE annotation_set SET status = 'weird'", "annotation_set", "“status” can't be “weird”"),
    ("UPDATE annotation_set SET seconds = 9e999", "annotation_set", "“seconds” is inf instead of a number"),
    ("UPDATE annotator SET kind = 'evil'", "annotation_set", "“kind” can't be “evil”"),
    ("DELETE FROM annotator", "annotation_set", "“annotator” is None instead of text"),
    ("DELETE FROM annotation_set", "annotation", "its annotation set isn't in the project"),
    ("DELETE FROM annotation", "evidence", "there is no such annotation in its document"),
    ("DELETE FROM document WHERE id = 1", "annotation_set", "there is no such document"),
    ("UPDATE suggestion SET fragments = '[]'", "suggestion", "“fragments” isn't as Stet writes it"),
    ("UPDATE suggestion SET score = 9e999", "suggestion", "“score” is inf instead of a number"),
    ("UPDATE suggestion SET evidence = '[{\"uid\":1}]'", "suggestion", "“evidence” isn't as Stet writes it"),
    (
        "INSERT INTO relation VALUES (1, 'r', 'x', 'y', 'L', '{}', '')",
        "relation",
        "refers to an annotation that doesn't exist",
    ),
    (
        "INSERT INTO relation VALUES (1, 'r', 'x', 'y', 'L', '[', '')",
        "relation",
        "“attributes” isn't as Stet writes it",
    ),
    ("UPDATE evidence SET alternative = 0", "evidence", "“alternative”"),
    ("INSERT INTO relation VALUES (77, 'r', 'x', 'y', 'L', '{}', '')", "relation", "there is no such document"),
    ("INSERT INTO reference VALUES (1, 999, 5)", "reference", "“uid” is None instead of text"),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "table", "said"), WRONG)
def test_a_row_that_stet_would_not_write_is_refused(path: Path, sql: str, table: str, said: str) -> None:
    spoil(path, sql)
    with opened(path) as session, pytest.raises(DamagedRow) as caught:
        list(session.reader.records())
    assert caught.value.table == table
    assert said in str(caught.value)
    assert f"of the table “{table}” can't be read: " in str(caught.value)
    assert (caught.value.path, "stet check lists all" in caught.value.hint) == (path, True)


def test_the_rows_beside_a_damaged_one_are_read(path: Path) -> None:
    spoil(path, "UPDATE document SET name = CAST(x'61ff' AS TEXT) WHERE id = 1")
    damaged: list[DamagedRow] = []
    with opened(path) as session:
        (record,) = session.reader.records(on_damage=damaged.append)
        rows = session.reader.documents.rows([1, 2], annotator=None)
    assert record.document.name == "reference.txt"
    assert [(row.table, row.name) for row in damaged] == [("document", "a\\xff")]
    assert [(row.name, row.damage is None) for row in rows] == [("a\\xff", False), ("reference.txt", True)]


def test_a_changed_text_is_told_and_still_read(path: Path) -> None:
    spoil(path, "UPDATE document SET text = 'x' || text WHERE id = 2")
    damaged: list[DamagedRow] = []
    with opened(path) as session:
        assert len(list(session.reader.records(on_damage=damaged.append))) == 2
        (only,) = damaged
        assert isinstance(only, ChangedText)
        assert "the text of “reference.txt” differs from what was imported" in str(only)
        with pytest.raises(ChangedText):
            list(session.reader.records())
        assert len(list(session.reader.records(with_text=False))) == 2


READS: dict[str, Callable[[Session], object]] = {
    "open a document": lambda session: session.reader.document("d1"),
    "search": lambda session: list(session.reader.search("Trump", limit=5)),
    "documents to work on": lambda session: session.reader.documents.to_work_on(),
    "annotators": lambda session: session.reader.annotators(),
    "log": lambda session: list(session.reader.log_rows()),
    "label counts": lambda session: session.reader.label_counts(),
    "what undo would undo": lambda session: session.next_target("undo"),
}


@pytest.mark.parametrize("read", READS)
def test_text_that_is_not_utf8_is_told_by_every_reading(path: Path, read: str) -> None:
    """SQLite's module would quote the text in its error; ours names the row."""
    cells = (("document", "name"), ("annotation", "label"), ("edit_log", "title"), ("annotator", "name"))
    spoil(path, *(f"UPDATE {table} SET {column} = CAST(x'53656372657420ff' AS TEXT)" for table, column in cells))
    with opened(path) as session:
        session.annotator = "ana"
        with pytest.raises(DamagedRow, match="isn't valid UTF-8") as caught:
            READS[read](session)
    assert "Secret" not in str(caught.value).split("can't be read")[1]
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_every_table_is_looked_through_for_damage(path: Path) -> None:
    with opened(path) as session:
        assert list(damaged_rows(session.project.reader, everywhere=True)) == []
    spoil(
        path,
        "UPDATE edit_log SET inverse = 'x'",
        "UPDATE annotator SET kind = 'evil'",
        "UPDATE document SET text = 'other' WHERE id = 2",
        "UPDATE annotation SET fragments = '[]'",
        "UPDATE evidence SET stance = ''",
        "UPDATE suggestion SET evidence = '{'",
    )
    with opened(path) as session:
        found = {row.table for row in damaged_rows(session.project.reader, everywhere=True)}
    tables = {"edit_log", "annotator", "document", "annotation", "evidence", "suggestion"}
    assert found == tables | {"annotation_set"}  # which has no good annotator any more


def test_an_impossible_number_of_actions_is_refused(path: Path) -> None:
    spoil(path, "UPDATE sqlite_sequence SET seq = 9223372036854775807 WHERE name = 'edit_log'")
    with pytest.raises(ProjectDamaged):
        Session.open(path)
    assert [row.table for row in damage_of(path)] == ["sqlite_sequence"]
