"""Search finds what a person means, and every hit is where it says."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.document import Document, sha256
from app.core.record import DocumentRecord
from app.core.search_folding import WORDS, fold
from app.core.text_search import Wanted, finder
from app.core.word_query import WordQuery
from app.services.search.concordance import find
from app.session.session import Session
from app.storage import word_index
from app.storage.migrations import schema_of
from app.storage.records import insert_records
from app.storage.search import SearchHit, search
from app.storage.version import APPLICATION_ID
from tests.conftest import add_documents, new_session, scheme_source
from tests.property.strategies import any_text

TEXTS = {
    "one.txt": "😀😀 A restricted slave trade; the Slave   trade of slaves.\nTrade again.",
    "two.txt": "Cafe\u0301 owners met in the café. CAFÉ!",
    "three.txt": "習近平主席は東京で会談した。東京タワー。",
    "four.txt": "C++ and *stars* and “quotes” and 100% of it_all",
    "six.txt": "한국어 and 한국어",
    "five.txt": "re\u0301sume\u0301 without precomposed letters",
}


@pytest.fixture
def found(tmp_path: Path):
    """Give a function that searches a project of the texts above."""
    session = Session.create(tmp_path / "texts.stet", scheme=scheme_source("ner"))
    by_uid = dict(zip(add_documents(session, TEXTS), TEXTS, strict=True))

    def find(query: str, limit: int = 100) -> list[SearchHit]:
        hits = list(search(session.project, query, limit=limit))
        for hit in hits:
            text = TEXTS[by_uid[hit.document]]
            assert hit.name == by_uid[hit.document]
            assert text[hit.start : hit.end] == hit.match
            assert text[: hit.start].endswith(hit.before)
            assert text[hit.end :].startswith(hit.after)
        return hits

    yield find
    session.close()


@pytest.mark.parametrize(
    ("query", "matches"),
    [
        ("slave trade", ["slave trade", "Slave   trade"]),
        ("  slave trade ", ["slave trade", "Slave   trade"]),
        ('"slave trade"', ["slave trade", "Slave   trade"]),
        ("trade slave", ["slave", "trade", "Slave", "trade", "slave", "Trade"]),
        ("restr", ["restr"]),
        ("slave moon", []),
        ("東京", ["東京", "東京"]),
        ("主席は東", ["主席は東"]),
        ("of slaves. trade", ["of slaves.\nTrade"]),
        ("trade;", ["trade;"]),
        ("한국", ["한국", "한국"]),
        ("*stars*", ["*stars*"]),
        ("100%", ["100%"]),
        ("it_all", ["it_all"]),
        ("“quotes”", ["“quotes”"]),
        ("😀", ["😀", "😀"]),
        ("", []),
        ("   ", []),
        ('""', []),
        ("café", ["Cafe\u0301", "café", "CAFÉ"]),
        ("cafe\u0301", ["Cafe\u0301", "café", "CAFÉ"]),
        ("cafe", ["Cafe\u0301", "café", "CAFÉ"]),
        ("résumé", ["re\u0301sume\u0301"]),
        ("re\u0301sume\u0301", ["re\u0301sume\u0301"]),
        ("resume", ["re\u0301sume\u0301"]),
    ],
)
def test_the_hits_of_a_query(found, query: str, matches: list[str]) -> None:
    assert [hit.match for hit in found(query)] == matches


def test_offsets_are_code_points_also_behind_emoji(found) -> None:
    (hit,) = found("restricted")
    assert (hit.start, hit.end, hit.name) == (5, 15, "one.txt")


def test_no_more_hits_than_asked_for(found) -> None:
    assert [hit.match for hit in found("trade", 2)] == ["trade", "trade"]


def test_hits_come_in_order_of_import_and_of_the_text(found) -> None:
    places = [(list(TEXTS).index(hit.name), hit.start) for hit in found("c")]
    assert len({number for number, _ in places}) > 1
    assert places == sorted(places)


def test_documents_whose_import_was_undone_are_not_found(session: Session) -> None:
    add_documents(session, {"gone.txt": "unfindable word"}, batch=77)
    with session.project.atomic():
        session.reader.documents.set_removed(batch=77, removed=77)
    assert list(search(session.project, "unfindable", limit=9)) == []
    assert list(session.reader.documents.keys(query="unfindable")) == []


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory):
    """Give one project to many searches."""
    session = new_session(tmp_path_factory.mktemp("search") / "news.stet")
    yield session
    session.close()


queries = st.one_of(any_text, st.text("ab\"*()^:-+ {}'", max_size=12))


@given(queries)
def test_no_query_is_an_error(quiet: Session, query: str) -> None:
    list(quiet.reader.documents.keys(query=query))
    list(search(quiet.project, query, limit=5))


def test_the_list_of_documents_is_searched_by_name_and_text(session: Session) -> None:
    add_documents(session, {"a%b_c.txt": "first", "sole.txt": "the 100th word"})

    def names(query: str) -> list[str]:
        keys = session.reader.documents.keys(query=query)
        return [row.name for row in session.reader.documents.rows(keys, annotator=None)]

    assert names("SOLE") == ["sole.txt"] == names("100")
    assert names("") == ["spun.txt", "reference.txt", "a%b_c.txt", "sole.txt"]
    # In a name these are letters like others, and mean nothing to the database.
    assert names("%") == names("_") == names("a%b_c") == ["a%b_c.txt"]


BITS = [
    "don’t",
    "con\xadference",
    "ﬁnal",
    "北京上海",
    "ไทยดี",
    "한국어",
    "सेब",
    "café",
    "Straße",
    "Foo_bar",
    "كَتَبَ",
    " ",
    ".",
    "\n",
    "-",
    "‑",
    "x",
]
words = st.lists(st.sampled_from(BITS), max_size=6).map("".join)


@given(
    texts=st.lists(words, min_size=1, max_size=4), typed=st.one_of(words, st.text("dont 北京finalเc'-\"", max_size=6))
)
def test_the_index_never_hides_what_reading_finds(texts: list[str], typed: str) -> None:
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE TABLE document (id INTEGER PRIMARY KEY, name TEXT, text TEXT)")
        db.execute(word_index.CREATE)
        db.executemany(
            "INSERT INTO document (name, text) VALUES (?, ?)",
            [(f"{number}.txt", text) for number, text in enumerate(texts)],
        )
        word_index.fill(db)

        def named(query: word_index.IndexQuery | None) -> set[int]:
            sql = "SELECT rowid FROM document_fts WHERE document_fts MATCH ?"
            return (
                set(range(1, len(texts) + 1))
                if query is None
                else {key for (key,) in db.execute(sql, [query.expression])}
            )

        wanted = WordQuery(typed)
        there = {key for key, text in enumerate(texts, 1) if wanted.places(text)}
        assert there <= named(word_index.query_of(wanted.terms, column="text"))
        for whole in (False, True):
            places = finder(Wanted(typed, whole_words=whole))
            there = {key for key, text in enumerate(texts, 1) if list(places(text, 1.0))}
            query = word_index.containing(fold(typed, WORDS).strip(), begins=whole, ends=whole, column="text")
            assert there <= named(query)


def test_an_older_file_is_searched_as_a_present_one(tmp_path: Path) -> None:
    path = tmp_path / "old.stet"
    with closing(schema_of(5)) as made, closing(sqlite3.connect(path)) as db:
        made.backup(db)
        db.execute("INSERT INTO scheme VALUES (1, 'ner', 1, ?, '2026-01-01T00:00:00Z')", [scheme_source("ner")])
        rows = [(f"u{n}", name, sha256(text), len(text), text) for n, (name, text) in enumerate(TEXTS.items())]
        sql = "INSERT INTO document (uid, name, sha256, length, words, meta, text) VALUES (?,?,?,?,1,'{}',?)"
        db.executemany(sql, rows)
        db.execute(f"PRAGMA application_id={APPLICATION_ID}")
        db.execute("PRAGMA user_version=5")
        db.commit()
    for write in (False, True):
        session = Session.open(path, write=write)
        assert [hit.match for hit in session.reader.search("cafe", limit=9)] == ["Cafe\u0301", "café", "CAFÉ"]
        assert list(session.reader.documents.keys(query="東京")) == [3]
        assert len(list(find(session, Wanted("café")))) == 3
        session.close()


def test_a_document_is_found_by_its_title_too(session: Session) -> None:
    documents = [
        Document(uid=f"t{n}", name=f"00{n}.txt", text="Nothing.", sha256=sha256("Nothing."), meta=meta)
        for n, meta in enumerate(({"title": "After the Café call"}, {"title": 5}, {"other": "After the"}, {}))
    ]
    with session.project.atomic():
        keys = [session.reader.documents.next_key() + n for n in range(4)]
        insert_records(session.project, [DocumentRecord(d) for d in documents], batch=1, tick=lambda _count: None)
    assert list(session.reader.documents.keys(query="cafe\u0301 CALL")) == [keys[0]]
    assert list(session.reader.documents.keys(query="After the")) == [keys[0]]
