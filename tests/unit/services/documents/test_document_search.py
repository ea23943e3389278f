"""Which documents meet conditions and in which order, held against all documents looked at one by one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.annotation import Status
from app.core.document import Document, sha256
from app.core.document_conditions import Sorting, parse_condition, parse_conditions, parse_sorting
from app.core.edits import AddAnnotation
from app.core.record import DocumentRecord, SetRecord
from app.core.remark import NO_REMARK, Remark
from app.services.documents import desk
from app.services.documents.counts import CONFLICTS, RULES, DocumentCounting
from app.services.documents.document_search import documents_meeting, fits, found_documents
from app.session.actions import Assign
from app.session.session import Session
from app.storage import document_list
from app.storage.records import insert_records
from tests.conftest import scheme_source
from tests.unit.build import annotation

TEXTS = ("Ana met Ben.", "Cara.", "Ana met Cara and Ben there.", "Nobody was here.", "Ben.")


def work(name: str, number: int, status: Status, label: str = "", remark: Remark = NO_REMARK) -> SetRecord:
    text = TEXTS[number]
    marks = (annotation(text, (0, 3), layer="entity", label=label),) if label else ()
    return SetRecord(name, "person", status, "ner@1", 0.0, marks, (), remark)


def records() -> list[DocumentRecord]:
    metas = ({"year": 2020, "src": "web"}, {"year": 3, "title": "Late News"}, {"year": "2019"}, {}, {"src": "web"})
    sets = (
        (work("ana", 0, Status.DONE, "PERSON"), work("ben", 0, Status.DONE, "ORG")),
        (work("ana", 1, Status.SKIPPED), work("ben", 1, Status.OPEN, "PERSON")),
        (work("ana", 2, Status.OPEN, "WRONG", Remark("who?", "")),),
        (),
        (work("ben", 4, Status.DONE_EMPTY, remark=Remark(None, "easy")),),
    )
    return [
        DocumentRecord(
            Document(uid=f"u{n}", name=f"d{n}.txt", text=text, sha256=sha256(text), meta=metas[n]), (), sets[n]
        )
        for n, text in enumerate(TEXTS)
    ]


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    session = Session.create(tmp_path / "p.stet", scheme=scheme_source("ner"), annotator="ana")
    with session.project.atomic():
        insert_records(session.project, records(), batch=1, tick=lambda _count: None)
    session.perform(Assign(begin=(("u3", "ana"), ("u4", "ben"))), title="Assign")
    yield session
    session.close()


def found(session: Session, *texts: str, sort: str = "import", annotator: str | None = None) -> str:
    person = session.reader.annotator_number(annotator) if annotator else None
    uids = found_documents(session, parse_conditions(texts), parse_sorting(sort), person=person)
    return "".join(uid[1:] for uid in uids)


@pytest.mark.parametrize(
    ("where", "anyone", "of_ana"),
    [
        ("", "01234", "01234"),
        ("status=done", "0", "0"),
        ("status=finished", "04", "0"),
        ("status=open", "123", "234"),
        ("status!=open", "04", "01"),
        ("status=skipped status=done", "01", "01"),
        ("name=d1.txt", "1", "1"),
        ("name=d[12]*", "12", "12"),
        ("name=d1 name=u4", "14", "14"),
        ("title=Late*", "1", "1"),
        ("label=PERSON", "01", "0"),
        ("label!=PERSON", "234", "1234"),
        ("layer=entity", "012", "02"),
        ("annotator=BEN", "014", "014"),
        ("assigned=ana", "3", "3"),
        ("scheme=ner@1", "0124", "012"),
        ("scheme=ner@2", "", ""),
        ("flag=yes", "2", "2"),
        ("flag=no", "0134", "0134"),
        ("note=yes", "4", ""),
        ("words>=3", "023", "023"),
        ("words=1", "14", "14"),
        ("words!=1", "023", "023"),
        ("length<6", "14", "14"),
        ("rules>0", "2", "2"),
        ("rules=0", "0134", "0134"),
        ("conflicts>0", "0", "0"),
        ("conflicts=0", "1234", "1234"),
        ("meta.year=2020", "0", "0"),
        ("meta.year=2019", "2", "2"),
        ("meta.year>3", "0", "0"),
        ("meta.year!=3", "0234", "0234"),
        ("meta.src=web", "04", "04"),
        ("meta.src=web status=open", "", "4"),
        ("meta.src=web words<3", "4", "4"),
    ],
)
def test_documents_meet_conditions(session: Session, where: str, anyone: str, of_ana: str) -> None:
    assert (found(session, *where.split()), found(session, *where.split(), annotator="ana")) == (anyone, of_ana)


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("import", "01234"),
        ("-import", "43210"),
        ("name", "01234"),
        ("-name", "43210"),
        ("words", "14032"),
        ("-length", "23014"),
        ("status", "23401"),
        ("flag", "20134"),
        ("-rules", "20134"),
        ("rules", "01342"),
        ("-conflicts", "01234"),
        ("meta.year", "10234"),
        ("meta.src", "04123"),
    ],
)
def test_documents_are_sorted(session: Session, sort: str, order: str) -> None:
    assert found(session, sort=sort, annotator="ana") == order


def test_an_order_is_walked_in_small_parts(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    orders = {
        sort: found(session, "words>=1", sort=sort) for sort in ("import", "-words", "name", "meta.year", "status")
    }
    monkeypatch.setattr(document_list, "_FIRST", 1)
    monkeypatch.setattr(document_list, "_MORE", 2)
    monkeypatch.setattr(document_list, "_FEW", 0)
    assert orders == {sort: found(session, "words>=1", sort=sort) for sort in orders}
    assert found(session, "status=skipped", annotator="ana") == "1"
    assert found(session, "meta.src=web") == "04"
    assert found(session, "flag=yes") == "2"


def test_removed_documents_are_in_no_list(session: Session) -> None:
    desk.remove(session, ["u1", "u4"])
    for sort in ("import", "-import", "-words", "name", "status", "flag", "meta.src", "rules"):
        assert sorted(found(session, sort=sort)) == ["0", "2", "3"], sort


def test_a_count_follows_what_it_counts(session: Session) -> None:
    assert found(session, "rules>0", annotator="ana") == "2"
    session.open_document("u3")
    session.apply(AddAnnotation(annotation(TEXTS[3], (0, 6), layer="entity", label="WRONG")), title="Mark")
    counting = DocumentCounting(session, session.annotator_key())
    assert (counting.due([RULES]), counting.due([CONFLICTS])) == (1, 1)
    assert found(session, "rules>0", annotator="ana") == "23"
    assert counting.due([RULES]) == 0


def test_counts_are_made_where_nothing_can_be_written(session: Session) -> None:
    path = session.path
    session.close()
    for _ in range(2):
        reading = Session.open(path, write=False)
        assert documents_meeting(reading, parse_conditions(["rules>0"])) == {"u2"}
        assert documents_meeting(reading, parse_conditions(["conflicts>0"])) == {"u0"}
        reading.close()


def test_the_day_of_finishing_is_looked_up_in_the_log(session: Session) -> None:
    desk.set_status(session, ["u3"], Status.DONE)
    assert found(session, "finished>=2020-01-01") == "3"
    assert found(session, "finished<2020-01-01") == ""


def test_one_document_is_held_against_conditions(session: Session) -> None:
    person = session.annotator_key()
    assert fits(session, 3, [parse_condition("flag=yes")], person=person)
    assert not fits(session, 1, [parse_condition("flag=yes")], person=person)
    assert Sorting().key == "import"
