"""A project of an older Stet is copied, then brought up to date without losing anything."""

import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database

from app.core.annotation import Fragment
from app.core.document import sha256
from app.core.document_conditions import parse_conditions, parse_sorting
from app.core.errors import ProjectError
from app.core.suggestion import Sight, Suggestion
from app.core.suggestion_pattern import PatternMatch, SuggestionPattern
from app.core.text_change import TextChange
from app.core.token_pattern import read_tokens
from app.jobs.tasks.document_choice import DocumentChoice, chosen_documents
from app.services.documents.document_search import found_documents
from app.services.suggestions.judgement import accept
from app.services.suggestions.offer import offer
from app.services.suggestions.pattern_edits import add_pattern
from app.services.texts.text_edit import edit_text
from app.session.session import Session
from app.storage import preflight
from app.storage.backups import backups
from app.storage.migrations import MIGRATIONS
from app.storage.version import APPLICATION_ID, SCHEMA_VERSION
from app.storage.word_index import fill
from tests.conftest import scheme_source
from tests.unprivileged import needs_permissions, write_protected


@pytest.fixture
def old_project(tmp_path: Path) -> Path:
    """A project as the first version wrote it, with one document."""
    path = tmp_path / "old.stet"
    connection = sqlite3.connect(path)
    db = Database(connection, execute_plugins=False, strict=True)
    MIGRATIONS.apply(db, stop_before="m002_several_annotators")
    db["scheme"].insert(
        {"name": "news-errors", "version": 1, "toml": scheme_source("news-errors"), "created": "2026-01-01T00:00:00Z"}
    )
    db["document"].insert(
        {"uid": "u1", "name": "a.txt", "sha256": sha256("ab"), "length": 2, "words": 1, "meta": "{}", "text": "ab"}
    )
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    connection.execute("PRAGMA user_version=1")
    connection.commit()
    connection.close()
    return path


def test_an_old_project_is_copied_and_brought_up_to_date(old_project: Path) -> None:
    session = Session.open(old_project, annotator="ana")
    try:
        assert session.reader.documents.count() == 1
        assert session.executor.review.decisions.all() == []
        assert session.executor.review.assignments.about("uid")
        assert session.project.connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    finally:
        session.close()
    assert ["migration" in path.name for path in backups(old_project)] == [True]


def test_a_project_of_the_version_before_takes_edits_of_texts(old_project: Path) -> None:
    session = Session.open(old_project, annotator="ana")
    try:
        edit_text(session, "u1", TextChange.between("ab", "abc"), reason="more")
        assert [(v.text, v.reason) for v in session.executor.texts.versions.of_document("u1", with_text=True)] == [
            ("ab", "more")
        ]
        assert list(session.reader.documents.keys(query="abc")) == [1]
    finally:
        session.close()


def test_an_old_project_is_read_and_left_as_it_is(old_project: Path) -> None:
    before = old_project.read_bytes()
    session = Session.open(old_project, annotator="ana", write=False)
    try:
        assert [record.document.text for record in session.reader.records()] == ["ab"]
        assert session.executor.review.decisions.all() == []
        with pytest.raises(ProjectError, match="can't be written"), session.project.atomic():
            session.project.connection.execute("DELETE FROM document")
    finally:
        session.close()
    assert {path.name: path.read_bytes() for path in old_project.parent.iterdir()} == {"old.stet": before}


@needs_permissions
def test_an_old_project_is_read_where_nothing_can_be_written(old_project: Path) -> None:
    with write_protected(old_project, old_project.parent):
        session = Session.open(old_project, write=False)
        assert session.reader.documents.count() == 1
        session.close()


def test_a_project_of_the_version_before_takes_suggestions(tmp_path: Path) -> None:
    path = tmp_path / "third.stet"
    connection = sqlite3.connect(path)
    db = Database(connection, execute_plugins=False, strict=True)
    MIGRATIONS.apply(db, stop_before="m004_suggestions")
    db["scheme"].insert({"name": "ner", "version": 1, "toml": scheme_source("ner"), "created": "2026-01-01T00:00:00Z"})
    row = {"uid": "u1", "name": "a.txt", "sha256": sha256("Ana"), "length": 3, "words": 1, "meta": "{}", "text": "Ana"}
    db["document"].insert(row)
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    connection.execute("PRAGMA user_version=3")
    connection.commit()
    connection.close()
    session = Session.open(path, annotator="ana")
    try:
        fragments = (Fragment(0, 3),)
        ana = Suggestion(uid="", maker="m", layer="entity", label="PERSON", fragments=fragments, quote="Ana")
        assert len(offer(session, [("u1", [ana])], suggesters="m").new) == 1
        session.open_document("u1")
        (record,) = session.reader.records()
        accept(session, record.suggestions[0].suggestion)
        assert session.state is not None
        assert [a.quote for a in session.state.in_order()] == ["Ana"]
    finally:
        session.close()
    assert preflight.run_check(path, check="integrity_check") == []


def test_a_decision_of_the_version_before_has_no_tally(tmp_path: Path) -> None:
    path = tmp_path / "fourth.stet"
    connection = sqlite3.connect(path)
    db = Database(connection, execute_plugins=False, strict=True)
    MIGRATIONS.apply(db, stop_before="m005_tallies")
    db["scheme"].insert({"name": "ner", "version": 1, "toml": scheme_source("ner"), "created": "2026-01-01T00:00:00Z"})
    row = {"uid": "u1", "name": "a.txt", "sha256": sha256("Ana"), "length": 3, "words": 1, "meta": "{}", "text": "Ana"}
    db["document"].insert(row)
    db["annotator"].insert({"uid": "w1", "name": "rina", "kind": "person", "key": "rina"})
    words = {"kinds": "[]", "labels": "[]", "sources": '["a1"]', "fields": "{}", "votes": '{"ana":"a1"}', "note": ""}
    db["decision"].insert(
        {
            **{
                "uid": "k1",
                "act": "decide",
                "document": 1,
                "reviewer": 1,
                "time": "2026-01-01T00:00:00Z",
                "gold": None,
            },
            **{"layer": "entity", "group_key": "k", "outcome": "rejected", "unclear": 0, "rule": "", **words},
        }
    )
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    connection.execute("PRAGMA user_version=4")
    connection.commit()
    connection.close()
    session = Session.open(path, annotator="rina")
    try:
        (found,) = session.reader.decisions()
        assert (found.uid, dict(found.votes), found.tally) == ("k1", {"ana": "a1"}, None)
    finally:
        session.close()
    assert preflight.run_check(path, check="integrity_check") == []


def test_relations_and_evidence_of_the_version_before_are_plain(tmp_path: Path) -> None:
    path = tmp_path / "sixth.stet"
    connection = sqlite3.connect(path)
    db = Database(connection, execute_plugins=False, strict=True)
    MIGRATIONS.apply(db, stop_before="m007_evidence_sets")
    db["scheme"].insert({"name": "ner", "version": 1, "toml": scheme_source("ner"), "created": "2026-01-01T00:00:00Z"})
    row = {"uid": "u1", "name": "a.txt", "sha256": sha256("Ana"), "length": 3, "words": 1, "meta": "{}", "text": "Ana"}
    db["document"].insert(row)
    db["annotator"].insert({"uid": "w1", "name": "ana", "kind": "person", "key": "ana"})
    connection.execute("INSERT INTO annotation_set VALUES (1, 1, 1, 'done', 0.0, 'ner@1', 0)")
    for uid, end in (("a1", 3), ("a2", 2)):
        rest = (1, "entity", "PERSON", end, None, "Ana"[:end], "{}", None, "", "human", "", "", "{}")
        connection.execute(f"INSERT INTO annotation VALUES (1, 0, ?, {', '.join('?' * 13)})", (uid, *rest))
    connection.execute("INSERT INTO evidence VALUES (1, 'a1', 0, 'e1', 'u1', 0, 2, NULL, 'An', 'supports')")
    connection.execute("INSERT INTO relation VALUES (1, 'r1', 'a1', 'a2', 'same')")
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    connection.execute("PRAGMA user_version=6")
    connection.commit()
    connection.close()
    for write in (False, True):
        session = Session.open(path, annotator="ana", write=write)
        (record,) = session.reader.records()
        (item,) = record.sets
        assert [(r.ends, r.label, r.attributes, r.comment) for r in item.relations] == [(("a1", "a2"), "same", {}, "")]
        assert [(e.quote, e.alternative) for a in item.annotations for e in a.evidence] == [("An", 1)]
        session.close()
    assert preflight.run_check(path, check="integrity_check") == []


def test_metadata_of_the_version_before_can_be_filtered_by(tmp_path: Path) -> None:
    path = tmp_path / "eighth.stet"
    connection = sqlite3.connect(path)
    db = Database(connection, execute_plugins=False, strict=True)
    MIGRATIONS.apply(db, stop_before="m009_desk_of_documents")
    db["scheme"].insert({"name": "ner", "version": 1, "toml": scheme_source("ner"), "created": "2026-01-01T00:00:00Z"})
    for uid, meta in (("u1", '{"source":"wire"}'), ("u2", '{"source":"blog"}'), ("u3", "{}")):
        text = {"text": uid, "sha256": sha256(uid), "length": 2, "words": 1}
        db["document"].insert({"uid": uid, "name": f"{uid}.txt", "meta": meta, **text})
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    connection.execute("PRAGMA user_version=8")
    connection.commit()
    connection.close()
    for write in (False, True):
        session = Session.open(path, annotator="ana", write=write)
        choice = DocumentChoice((), parse_conditions(["meta.source=wire"]))
        assert chosen_documents(session, choice) == ["u1"]
        session.close()
    assert preflight.run_check(path, check="integrity_check") == []


def test_titles_and_counts_of_the_version_before_are_made(tmp_path: Path) -> None:
    path = tmp_path / "ninth.stet"
    connection = sqlite3.connect(path)
    db = Database(connection, execute_plugins=False, strict=True)
    MIGRATIONS.apply(db, stop_before="m010_orders_of_documents")
    db["scheme"].insert({"name": "ner", "version": 1, "toml": scheme_source("ner"), "created": "2026-01-01T00:00:00Z"})
    for uid, meta in (("u10", '{"note":"' + "x" * 1500 + '"}'), ("u9", "{}"), ("u2", '{"title":"U 1"}')):
        text = {"text": uid, "sha256": sha256(uid), "length": len(uid), "words": 1}
        db["document"].insert({"uid": uid, "name": f"{uid}.txt", "meta": meta, **text})
    db["annotator"].insert({"uid": "w1", "name": "ana", "kind": "person", "key": "ana"})
    connection.execute("INSERT INTO annotation_set VALUES (1, 1, 1, 'done', 0.0, 'ner@1', 0, NULL, '')")
    connection.execute("INSERT INTO set_count VALUES (1, 1, 7)")
    fill(connection)
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    connection.execute("PRAGMA user_version=9")
    connection.commit()
    connection.close()
    for write in (False, True):
        session = Session.open(path, annotator="ana", write=write)
        assert found_documents(session, [], parse_sorting("title")) == ["u2", "u9", "u10"]
        assert found_documents(session, parse_conditions([f"meta.note={'x' * 1500}"])) == ["u10"]
        assert found_documents(session, parse_conditions(["rules>0"])) == []
        assert list(session.reader.integrity.derived_faults()) == []
        session.close()
    assert preflight.run_check(path, check="integrity_check") == []


def test_suggestions_of_the_version_before_were_shown_to_nobody(tmp_path: Path) -> None:
    path = tmp_path / "tenth.stet"
    connection = sqlite3.connect(path)
    db = Database(connection, execute_plugins=False, strict=True)
    MIGRATIONS.apply(db, stop_before="m011_showing")
    db["scheme"].insert({"name": "ner", "version": 1, "toml": scheme_source("ner"), "created": "2026-01-01T00:00:00Z"})
    text = {"uid": "u1", "name": "a.txt", "sha256": sha256("Ana"), "length": 3, "words": 1, "meta": "{}", "text": "Ana"}
    db["document"].insert(text)
    row = (1, 0, "s1", 3, None, "Ana", "entity", "PERSON", "{}", None, "[]", "test", "", "", None, "", None, None)
    connection.execute(f"INSERT INTO suggestion VALUES ({', '.join('?' * 18)})", row)
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    connection.execute("PRAGMA user_version=10")
    connection.commit()
    connection.close()
    for write in (False, True):
        session = Session.open(path, annotator="ana", write=write)
        (record,) = session.reader.records()
        assert [(item.suggestion.uid, item.shown) for item in record.suggestions] == [("s1", ())]
        assert session.executor.suggesting.patterns.all() == []
        session.close()
    session = Session.open(path, annotator="ana")
    with session.unlogged() as executor:
        person = executor.annotations.ensure_annotator("ana")
        executor.suggesting.suggestions.show_to(1, [(person, Sight(suggestion="s1", annotator="ana", time="t"))])
    (record,) = session.reader.records()
    assert [shown.time for item in record.suggestions for shown in item.shown] == ["t"]
    session.close()
    assert preflight.run_check(path, check="integrity_check") == []


def test_patterns_of_the_version_before_are_patterns_of_words(tmp_path: Path) -> None:
    path = tmp_path / "eleventh.stet"
    connection = sqlite3.connect(path)
    db = Database(connection, execute_plugins=False, strict=True)
    MIGRATIONS.apply(db, stop_before="m012_token_patterns")
    db["scheme"].insert({"name": "ner", "version": 1, "toml": scheme_source("ner"), "created": "2026-01-01T00:00:00Z"})
    connection.execute("INSERT INTO pattern VALUES ('p1', 'Ana', 'lemma', 'entity', 'PERSON', NULL, 't')")
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    connection.execute("PRAGMA user_version=11")
    connection.commit()
    connection.close()
    for write in (False, True):
        session = Session.open(path, annotator="ana", write=write)
        (pattern,) = session.reader.patterns()
        assert (pattern.words, pattern.match, pattern.tokens) == ("Ana", PatternMatch.LEMMA, ())
        assert (pattern.severity, pattern.note) == (None, "")
        session.close()
    session = Session.open(path, annotator="ana")
    tokens = read_tokens([{"LOWER": "ana", "OP": "?"}, {"POS": {"NOT_IN": ["VERB"]}}])
    made = add_pattern(
        session,
        SuggestionPattern(
            uid="", words="", match=PatternMatch.TOKENS, tokens=tokens, layer="entity", label="PERSON", note="why"
        ),
    )
    assert made in session.reader.patterns()
    session.close()
    assert preflight.run_check(path, check="integrity_check") == []
