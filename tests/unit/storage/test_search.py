"""Search finds what a person means, and every hit is where it says."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.session.session import Session
from app.storage.rows import fts_query
from app.storage.search import SearchHit, search
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


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("slave", '"slave"*'),
        ("slave ", '"slave"'),
        ("slave tra", '"slave" "tra"*'),
        ('"slave tra', '"slave tra"*'),
        ('"slave trade"', '"slave trade"'),
        ('big "slave trade" now', '"big" "slave trade" "now"*'),
        ("NEAR(a b) OR -c*", '"NEAR" "a" "b" "OR" "c"*'),
        ("C++", '"C"*'),
        ("", ""),
        ('""', ""),
        ("!?", ""),
    ],
)
def test_what_is_typed_becomes_words_and_phrases_for_the_index(typed: str, query: str) -> None:
    assert fts_query(typed) == query


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
