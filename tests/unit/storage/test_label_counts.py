"""Which labels annotations have, and how many: right, and without looking at each annotation where none is counted."""

from collections import Counter
from pathlib import Path

import pytest

from app.core.annotation import Annotation, Fragment
from app.core.document import Document, sha256
from app.core.record import DocumentRecord, SetRecord, Status
from app.session.session import Session
from app.storage.records import insert_records
from tests.conftest import scheme_source

LABELS = ("ORG", "PERSON", "LOC")


def record(uid: str, marks: int, *, labels: tuple[str, ...] = LABELS) -> DocumentRecord:
    """A document with the work of two people."""
    text = "x" * (marks + 1)
    sets = [
        SetRecord(
            who,
            "person",
            Status.DONE,
            "ner@1",
            0.0,
            tuple(
                Annotation(
                    uid=f"{uid}-{who}-{n}",
                    layer="entity",
                    label=labels[n % len(labels)],
                    fragments=(Fragment(n, n + 1),),
                    quote="x",
                )
                for n in range(marks)
            ),
            (),
        )
        for who in ("ana", "ben")
    ]
    return DocumentRecord(Document(uid=uid, name=uid, text=text, sha256=sha256(text)), (), tuple(sets))


@pytest.fixture
def session(tmp_path: Path):
    made = Session.create(tmp_path / "p.stet", scheme=scheme_source("ner"))
    yield made
    made.close()


def add(session: Session, *records: DocumentRecord) -> None:
    with session.project.atomic():
        insert_records(session.project, list(records), batch=1, tick=lambda _n: None)


def steps(session: Session) -> int:
    """How much SQLite works to list the labels."""
    counted = Counter[str]()
    connection = session.project.connection
    connection.set_progress_handler(lambda: counted.update("s"), 10)
    assert len(session.executor.annotations.labels()) == len(LABELS)
    connection.set_progress_handler(None, 0)
    return counted.total()


def test_labels_are_counted_by_person_without_removed_documents(session: Session) -> None:
    assert session.reader.labels() == []
    assert session.reader.label_counts() == []
    add(session, record("a", 7), record("b", 4), record("gone", 9, labels=("MISC", "ORG")))
    with session.project.atomic():
        session.project.connection.execute("UPDATE document SET removed = 1 WHERE uid = 'gone'")
    expected = {
        (who, label): (7 - at + 2) // 3 + (4 - at + 2) // 3 for who in ("ana", "ben") for at, label in enumerate(LABELS)
    }
    assert {(who, label): count for _, label, who, count in session.reader.label_counts()} == expected
    assert session.reader.labels() == [("entity", label) for label in sorted(LABELS)]


def test_listing_labels_costs_the_same_however_many_marks(session: Session) -> None:
    add(session, record("a", 30))
    few = steps(session)
    add(session, record("b", 900))
    assert steps(session) <= few + 1


def test_without_gold_no_set_is_looked_at(session: Session) -> None:
    with session.unlogged() as executor:
        insert_records(executor.project, [record("d1", 3)], batch=1, tick=lambda _n: None)
    asked: list[str] = []
    reader = session.project.reader
    reader.set_trace_callback(asked.append)
    assert not session.reader.has_gold()
    reader.set_trace_callback(None)
    (sql,) = (each for each in asked if "gold" in each)
    plan = [row[3] for row in reader.execute(f"EXPLAIN QUERY PLAN {sql}")]
    assert plan[0].startswith("SCAN w"), "annotators are few, and one of them may be gold"
    assert not any(step.startswith("SCAN s") for step in plan)
