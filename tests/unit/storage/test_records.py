"""Whole documents go in and come out the same."""

import sqlite3

import pytest

from app.core.annotation import Relation, Stance, Status
from app.core.errors import Cancelled
from app.core.record import DocumentRecord, SetRecord
from app.session.session import Session
from app.storage.packed_annotations import Unpackable, packed_annotations
from app.storage.record_stream import stream
from app.storage.records import insert_records
from tests.conftest import no_progress, scheme_source
from tests.unit.build import annotation, document, evidence

TEXT = "the US senator 😀 spoke"
REFERENCE = document("U.S. President Trump", uid="reference", name="reference.txt")
WORK = document(TEXT, uid="work", name="work.txt")
ONE = annotation(
    TEXT,
    (4, 6),
    (15, 16),
    uid="1",
    attributes={"severity": "major", "flag": True},
    correction="",
    comment="two\nlines",
    evidence=(
        evidence(REFERENCE, (0, 4), (5, 14), uid="e2"),
        evidence(REFERENCE, (0, 4), uid="e1", stance=Stance.CONTEXT),
    ),
    origin="file",
    created="2026-01-01T00:00:00.000000Z",
    extra={"score": 0.25, "tags": ["a", None]},
)
TWO = annotation(TEXT, (7, 7), uid="2", label="OMISSION", correction=None)
TIE = Relation(uid="t", source="1", target="2", label="of")


def set_of(annotator: str, *annotations, relations=(), **fields) -> SetRecord:
    values = {"kind": "person", "status": Status.DONE, "scheme": "old@3", "seconds": 12.5, **fields}
    return SetRecord(annotator=annotator, annotations=annotations, relations=tuple(relations), **values)


RECORDS = [
    DocumentRecord(WORK, references=("reference",), sets=(set_of("ana", ONE, TWO, relations=[TIE]),)),
    DocumentRecord(REFERENCE, sets=(set_of("ben", status=Status.SKIPPED), set_of("robot", kind="model"))),
    DocumentRecord(document("", uid="empty", name="empty.txt")),
]


@pytest.fixture
def bare(tmp_path):
    """Give a project without any document."""
    session = Session.create(tmp_path / "bare.stet", scheme=scheme_source("ner"))
    yield session
    session.close()


def put(session: Session, records: list[DocumentRecord], **options: object):
    with session.project.atomic():
        return insert_records(session.project, records, batch=1, **{"tick": no_progress, **options})


@pytest.mark.parametrize("group", [1, 2, 500])
def test_what_was_brought_in_streams_out_the_same(bare: Session, group: int) -> None:
    done = put(bare, RECORDS, group=group)
    assert (done.documents, done.annotations) == (3, 2)
    assert list(stream(bare.project)) == RECORDS


def test_streaming_without_texts_gives_all_the_rest(bare: Session) -> None:
    put(bare, RECORDS)
    assert [record.document.text for record in stream(bare.project, with_text=False)] == ["", "", ""]
    assert [record.sets for record in stream(bare.project, with_text=False)] == [record.sets for record in RECORDS]


def test_more_annotations_than_one_value_holds_stream_too(bare: Session) -> None:
    marks = [annotation(TEXT, (0, 3), uid=f"{n:03d}") for n in range(50)]
    many = DocumentRecord(document("much", uid="much"), sets=(set_of("ana", *marks),))
    put(bare, [RECORDS[1], many, *RECORDS[::2]])
    expected = list(stream(bare.project))
    bare.project.reader.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 2000)
    with pytest.raises(Unpackable):
        list(packed_annotations(bare.project.reader))
    assert list(stream(bare.project)) == expected == [RECORDS[1], many, *RECORDS[::2]]


def test_a_stream_shows_one_moment_whatever_is_written_meanwhile(bare: Session) -> None:
    put(bare, RECORDS)
    records = stream(bare.project)
    first = next(records)
    put(bare, [DocumentRecord(document("late", uid="late"))])
    assert [first, *records] == RECORDS
    assert len(list(stream(bare.project))) == 4


def test_what_is_brought_in_can_be_opened_and_searched(bare: Session) -> None:
    put(bare, RECORDS)
    bare.become("ana")
    state = bare.open_document("work")
    assert state.annotations == {"1": ONE, "2": TWO}
    assert state.relations == {"t": TIE}
    assert state.status is Status.DONE
    assert bare.reader.documents.references("work") == ["reference"]
    assert list(bare.reader.documents.keys(query="senator")) == [1]


def test_a_cancelled_import_leaves_nothing(bare: Session) -> None:
    def cancel(_count: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        put(bare, RECORDS, tick=cancel, group=1)
    assert list(stream(bare.project)) == []
    assert bare.reader.annotators() == []
    put(bare, RECORDS)
    assert list(stream(bare.project)) == RECORDS


def test_spellings_of_one_annotator_are_one_person(bare: Session) -> None:
    names = ["Zoë", "Zoe\u0308", " zoë ", "ZOË"]
    records = [
        DocumentRecord(document("x", uid=str(at)), sets=(set_of(name, annotation("x", (0, 1))),))
        for at, name in enumerate(names)
    ]
    put(bare, records)
    assert [name for _, name, _ in bare.reader.annotators()] == ["Zoë"]
    assert {item.annotator for record in stream(bare.project) for item in record.sets} == {"Zoë"}


def test_rows_of_the_list_show_the_asking_annotators_work(bare: Session) -> None:
    put(bare, RECORDS)
    bare.become("ana")
    rows = bare.reader.documents.rows([3, 1, 99], annotator=bare.annotator_key())
    assert [(row.name, row.status, row.annotations, row.references) for row in rows] == [
        ("empty.txt", Status.OPEN, 0, ()),
        ("work.txt", Status.DONE, 2, ("reference",)),
    ]
    (row,) = bare.reader.documents.rows([1], annotator=None)
    assert (row.status, row.annotations, row.length) == (Status.OPEN, 0, len(TEXT))
