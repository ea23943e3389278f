"""Which documents meet conditions and in which order, held against all documents looked at one by one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.annotation import Fragment, Status
from app.core.document import Document, sha256
from app.core.document_conditions import SORTINGS, Sorting, parse_condition, parse_conditions, parse_sorting
from app.core.edits import AddAnnotation
from app.core.errors import BadChoice
from app.core.record import DocumentRecord, SetRecord
from app.core.remark import NO_REMARK, Remark
from app.core.suggestion import Judgement, Suggested, Suggestion, SuggestionOutcome
from app.services.documents import desk
from app.services.documents.counts import CONFLICTS, RULES, DocumentCounting
from app.services.documents.document_search import documents_meeting, fits, found_documents
from app.session.actions import Assign
from app.session.session import Session
from app.storage import document_orders, document_walks
from app.storage.records import insert_records
from app.storage.suggestion_orders import SuggestionOrders
from tests.conftest import scheme_source
from tests.unit.build import annotation
from tests.unit.review.kinds import KINDS_SOURCE, about, claim

TEXTS = ("Ana met Ben.", "Cara.", "Ana met Cara and Ben there.", "Nobody was here.", "Ben.")


def work(name: str, number: int, status: Status, label: str = "", remark: Remark = NO_REMARK) -> SetRecord:
    text = TEXTS[number]
    marks = (annotation(text, (0, 3), layer="entity", label=label),) if label else ()
    return SetRecord(name, "person", status, "ner@1", 0.0, marks, (), remark)


def suggested(number: int, label: str, maker: str, score: float | None, *rejected_by: str) -> Suggested:
    fragments, uid = (Fragment(0, 3),), f"s{number}{label}"
    made = Suggestion(
        uid=uid, maker=maker, layer="entity", label=label, fragments=fragments, quote=TEXTS[number][:3], score=score
    )
    outcome = SuggestionOutcome.REJECTED
    answers = (Judgement(suggestion=uid, annotator=name, outcome=outcome, time="2026") for name in rejected_by)
    return Suggested(made, tuple(answers))


SUGGESTED = {
    0: (suggested(0, "PERSON", "m1", 0.5, "ben"), suggested(0, "ORG", "m2", 0.9)),
    2: (suggested(2, "WRONG", "m1", 0.6),),
    4: (suggested(4, "GPE", "m1", None),),
}


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
            Document(uid=f"u{n}", name=f"d{n}.txt", text=text, sha256=sha256(text), meta=metas[n]),
            (),
            sets[n],
            suggestions=SUGGESTED.get(n, ()),
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


MEETING = (
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
    ("marks>0", "012", "02"),
    ("marks=2", "0", ""),
    ("added<2020-01-01", "", ""),
    ("added>=2020-01-01", "01234", "01234"),
    ("entity.label=PERSON", "01", "0"),
    ("entity.label!=PERSON", "02", "2"),
    ("entity.label=PERSON entity.label=ORG status=done", "0", "0"),
)


def test_documents_meet_conditions(session: Session) -> None:
    asked = [(where, where.split()) for where, _, _ in MEETING]
    met = [(where, found(session, *texts), found(session, *texts, annotator="ana")) for where, texts in asked]
    assert met == list(MEETING)


SORTED = (
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
    ("title", "02341"),
    ("-title", "14320"),
    ("note", "01234"),
    ("annotator", "01243"),
    ("-annotator", "40123"),
    ("assigned", "34012"),
    ("-assigned", "43012"),
    ("scheme", "01234"),
    ("marks", "13402"),
    ("-marks", "02134"),
    ("label.PERSON", "12340"),
    ("-label.PERSON", "01234"),
    ("layer.entity", "13402"),
    ("-layer.entity", "02134"),
    ("entity.label", "01234"),
    ("finished", "01234"),
    ("-uncertain", "20134"),
    ("uncertain", "02134"),
    ("-disputed", "01234"),
    ("disputed", "01234"),
    ("rare", "40213"),
    ("-rare", "02413"),
)


def test_documents_are_sorted(session: Session) -> None:
    assert [(sort, found(session, sort=sort, annotator="ana")) for sort, _ in SORTED] == list(SORTED)


ORDERS = (
    *SORTINGS,
    *("meta.year", "meta.src", "label.PERSON", "label.ORG", "layer.entity", "layer.odd", "entity.label"),
)
CONDITIONS = ("", "words>=1", "words<4 meta.src!=print", "label=PERSON label=ORG", "layer=entity", "annotator=ben")


def test_few_are_sorted_as_many_are_walked(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.set_status(session, ["u3", "u0"], Status.DONE)
    orders = [sign + key for key in ORDERS for sign in ("", "-")]
    asked = [(where, sort, person) for where in CONDITIONS for sort in orders for person in (None, "ben")]

    def all_of() -> dict[tuple[str, str, str | None], str]:
        return {one: found(session, *one[0].split(), sort=one[1], annotator=one[2]) for one in asked}

    few = all_of()
    monkeypatch.setattr(document_walks, "FEW", -1)
    monkeypatch.setattr(document_orders, "FIRST", 1)
    monkeypatch.setattr(document_orders, "MORE", 2)
    monkeypatch.setattr(document_walks, "FIRST", 1)
    monkeypatch.setattr(document_walks, "MORE", 2)
    many = all_of()
    assert many == few
    assert all(sorted(many[one]) == sorted(many[one[0], "import", one[2]]) for one in asked)


def test_what_one_has_answered_counts_no_more(session: Session) -> None:
    read = session.project.connection
    ben = session.reader.annotator_number("ben")
    nothing: dict[int, int] = {}
    for person, uncertain, disputed in ((None, 0.2, nothing), (ben, 0.2, nothing), (99, 0.6, {1: 1})):
        orders = SuggestionOrders(read, person, most=2)
        assert orders.of("uncertain", [1, 2, 3, 5]) == {1: uncertain, 3: 0.8}
        assert orders.of("disputed", [1, 2, 3]) == disputed
        assert [row for page in orders.pages("disputed") for row in page] == list(disputed.items())


def test_an_order_is_walked_in_small_parts(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    orders = {
        sort: found(session, "words>=1", sort=sort) for sort in ("import", "-words", "name", "meta.year", "status")
    }
    monkeypatch.setattr(document_walks, "FIRST", 1)
    monkeypatch.setattr(document_walks, "MORE", 2)
    monkeypatch.setattr(document_walks, "FEW", 0)
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


def test_long_metadata_and_titles_are_filtered_and_sorted(session: Session) -> None:
    long = "e\u0301" + "x" * 1500
    desk.describe(session, "u0", meta={"abstract": f"{long} one", "title": "Part 10"})
    desk.describe(session, "u1", meta={"abstract": f"{long} two", "title": "part 9"})
    desk.describe(session, "u2", meta={"abstract": "short", "title": "\u00c9tude"})
    composed = f"\u00e9{'x' * 1500} two"
    assert found(session, f"meta.abstract={composed}") == "1"
    assert found(session, f"meta.abstract!={composed}") == "0234"
    assert found(session, "meta.abstract>short") == "01"
    assert found(session, sort="meta.abstract")[0] == "2"
    assert found(session, sort="title") == "34210"
    desk.describe(session, "u1", meta={})
    assert found(session, f"meta.abstract={composed}") == ""
    assert found(session, sort="title") == "13420"


def test_documents_are_chosen_and_sorted_by_what_marks_say(tmp_path: Path) -> None:
    text = "Ana met Ben."
    said = (
        (about("a0", adequacy=70), claim("a1", label="NAME", trust="high")),
        (about("b0", label="SOUND", adequacy=9), claim("b1", trust="low"), claim("b2", trust="middle")),
        (claim("c1", label="NAME"),),
        (),
    )
    records = [
        DocumentRecord(
            Document(uid=f"u{n}", name=f"d{n}.txt", text=text, sha256=sha256(text)),
            (),
            (SetRecord("ana", "person", Status.OPEN, "kinds@1", 0.0, marks, ()),),
        )
        for n, marks in enumerate(said)
    ]
    source = KINDS_SOURCE.replace('id = "NAME"', 'id = "NAME"\nparent = "FACT"')
    session = Session.create(tmp_path / "k.stet", scheme=source, annotator="ana")
    with session.project.atomic():
        insert_records(session.project, records, batch=1, tick=lambda _count: None)
    asked = {
        "article.adequacy<50": "1",
        "article.label=SPUN": "0",
        "article.label!=SPUN": "1",
        "article.label=SPUN article.adequacy<50": "",
        "article.label=SPUN article.label=SOUND article.adequacy<50": "1",
        "claim.trust>=middle": "01",
        "claim.trust>=middle article.label=SPUN": "0",
        "claim.label=FACT": "012",
        "label=FACT": "012",
        "label!=FACT": "3",
        "label=NAME": "02",
    }
    assert {where: found(session, *where.split()) for where in asked} == asked
    orders = {
        "article.adequacy": "1023",
        "-article.adequacy": "0123",
        "article.label": "0123",
        "claim.trust": "1023",
        "-claim.trust": "0123",
        "-label.FACT": "1023",
        "-label.NAME": "0213",
    }
    assert {sort: found(session, sort=sort) for sort in orders} == orders
    for where, sort in (("artikel.label=SPUN", "import"), ("words>0", "article.tone")):
        with pytest.raises(BadChoice):
            found(session, where, sort=sort)
        with pytest.raises(BadChoice):
            desk.save_view(session, "odd", parse_conditions([where]), parse_sorting(sort))
    session.close()
