"""One table for all that finds text: what a reader takes for the same is found everywhere, at its own code points."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from app.core.text_search import Wanted
from app.services.search.bulk_annotation import Model
from app.services.search.concordance import find
from app.services.search.substitutions import Pair, proposals
from app.session.session import Session
from app.ui.models.documents import DocumentListModel, DocumentRole
from app.ui.panels.find_search import FindSearch
from tests.conftest import add_documents, new_session


class Row(NamedTuple):
    """What is typed, a text, and what of it is found."""

    name: str
    typed: str
    text: str
    found: tuple[str, ...]


def row(name: str, typed: str, text: str, *found: str) -> Row:
    return Row(name, typed, text, found)


SAME = [
    row("straight apostrophe", "don't", "They don’t, don't and donʼt.", "don’t", "don't", "donʼt"),
    row("curly apostrophe", "don’t", "They don’t, don't and donʼt.", "don’t", "don't", "donʼt"),
    row("name with apostrophe", "O'Brien", "They don’t know O’Brien.", "O’Brien"),
    row("prime", "5'", "He is 5′ tall", "5′"),
    row("quotation marks", "“so”", 'say "so", „so“ or «so»', '"so"', "„so“", "«so»"),
    row("geresh", "צ'ק", "כתב צ׳ק גדול", "צ׳ק"),
    row("hyphens", "well-known", "well‐known well‑known well‒known well-known", *(f"well{c}known" for c in "‐‑‒-")),
    row("minus", "-5", "it was \u22125 degrees", "\u22125"),
    row("en dash", "1939-45", "the war of 1939–45", "1939–45"),
    row("maqaf", "בית-ספר", "בית־ספר חדש", "בית־ספר"),
    row("soft hyphens", "conference", "a con\xadfer\xadence, a conference", "con\xadfer\xadence", "conference"),
    row("soft hyphen typed", "con\xadference", "a conference", "conference"),
    row("ligatures", "final", "the ﬁnal", "ﬁnal"),
    row("ligature of three", "office", "an oﬃce", "oﬃce"),
    row("ligature typed", "ﬁnal", "the final", "final"),
    row("long s", "Wasser", "das Waſſer", "Waſſer"),
    row("digraph", "džep", "jedan ǆep", "ǆep"),
    row("zero width space", "slavetrade", "the slave\u200btrade", "slave\u200btrade"),
    row("zero width space in Thai", "ภาษาไทย", "เรียนภาษา\u200bไทยวันนี้", "ภาษา\u200bไทย"),
    row("zero width space beside", "ไทย", "ภาษา\u200bไทย\u200bวันนี้", "ไทย"),
    row("byte order mark", "trade", "the \ufefftrade", "trade"),
    row("word joiner", "20km", "about 20\u2060km", "20\u2060km"),
    row("non-joiner", "می‌خواهم", "من میخواهم", "میخواهم"),
    row("joiner", "क्ष", "यह क्\u200dष है", "क्\u200dष"),
    row("direction marks", "abc", "a\u200eb\u202ac\u202c d", "a\u200eb\u202ac"),
    row("variation selector", "❤", "I ❤\ufe0f you", "❤\ufe0f"),
    row(
        "no-break space",
        "10 km",
        "for 10\xa0km, 10\u202fkm, 10\u2009km and 10\u3000km",
        "10\xa0km",
        "10\u202fkm",
        "10\u2009km",
        "10\u3000km",
    ),
    row("line break", "slave trade", "the slave\r\n trade", "slave\r\n trade"),
    row("full width", "Stet2", "ｓｔｅｔ２ here", "ｓｔｅｔ２"),
    row("half width", "ガス", "都市ｶﾞｽ会社", "ｶﾞｽ"),
    row("half width typed", "ｶﾞｽ", "都市ガス会社", "ガス"),
    row("decomposed kana", "ガス", "都市カ\u3099ス会社", "カ\u3099ス"),
    row("composed", "café", "un cafe\u0301 et un café", "cafe\u0301", "café"),
    row("decomposed", "cafe\u0301", "un cafe\u0301 et un café", "cafe\u0301", "café"),
    row("marks in another order", "ệ", "e\u0302\u0323 x", "e\u0302\u0323"),
    row("Hangul in parts", "한국", "\u1112\u1161\u11ab\u1100\u116e\u11a8", "\u1112\u1161\u11ab\u1100\u116e\u11a8"),
    row("Ångström sign", "Å", "5 \u212b long", "\u212b"),
    row("compatibility ideograph", "北京", "在⼀\uf963京", "\uf963京"),
    row("case", "straße", "STRASSE Straße STRAẞE", "STRASSE", "Straße", "STRAẞE"),
    row("case typed", "STRASSE", "in der Straße", "Straße"),
    row("Turkish", "istanbul", "İstanbul ISTANBUL i\u0307stanbul", "İstanbul", "ISTANBUL", "i\u0307stanbul"),
    row("Turkish typed", "İSTANBUL", "istanbul", "istanbul"),
    row("dotless i", "IRMAK", "bir ırmak", "ırmak"),
    row("final sigma", "ΟΔΟΣ", "η οδος", "οδος"),
    row("micro sign", "μm", "5 µm", "µm"),
    row("Arabic points", "كتب", "لقد كَتَبَ ذلك", "كَتَبَ"),
    row("Arabic points typed", "كَتَبَ", "لقد كتب ذلك", "كتب"),
    row("tatweel", "كتاب", "هذا كتـــاب", "كتـــاب"),
    row("Arabic shapes", "سلام", "ﺳﻼﻡ عليكم", "ﺳﻼﻡ"),
    row("Persian letters", "کتابی", "كتابي نو", "كتابي"),
    row("Arabic digits", "2024", "سنة ٢٠٢٤ أو ۲۰۲۴", "٢٠٢٤", "۲۰۲۴"),
    row("Hebrew points", "שלום", "אמר שָׁלוֹם לך", "שָׁלוֹם"),
    row("Hebrew points typed", "שָׁלוֹם", "אמר שלום לך", "שלום"),
    row("Hebrew forms", "שלום", "\ufb2aלו\u05b9ם", "\ufb2aלו\u05b9ם"),
    row("Russian stress", "замок", "за\u0301мок и замо\u0301к", "за\u0301мок", "замо\u0301к"),
    row("Thai", "ไทย", "เขาอยู่เมืองไทยมานาน", "ไทย"),
    row("Thai of two", "ดี", "สวัสดีครับ", "ดี"),
    row("Thai marks in another order", "ปู่", "ป\u0e48\u0e39", "ป\u0e48\u0e39"),
    row("Lao", "ລາວ", "ປະເທດລາວງາມ", "ລາວ"),
    row("Khmer", "កម្ពុជា", "ប្រទេសកម្ពុជាថ្មី", "កម្ពុជា"),
    row("Burmese", "မြန်မာ", "ကျွန်တော်မြန်မာစာ", "မြန်မာ"),
    row("Tibetan", "བོད", "ང་བོད་པ་ཡིན", "བོད"),
    row("Han of one", "京", "北京和東京", "京", "京"),
    row("Han", "上海", "北京和上海的人", "上海"),
    row("Han and Latin", "iphone 发布", "昨天iPhone 发布了", "iPhone 发布"),
    row("Latin in Han", "iphone", "昨天iPhone发布了", "iPhone"),
    row("Japanese", "東京タワー", "昨日東京タワーで", "東京タワー"),
    row("Korean", "대학교", "서울대학교에서", "대학교"),
    row("Hindi", "भारत", "यह भारत है", "भारत"),
    row("emoji", "👩", "a 👩\u200d👧 and 👩", "👩"),
    row("emoji of several", "👩\u200d👧", "a 👩\u200d👧 and 👩", "👩\u200d👧"),
    row("ellipsis", "wait...", "oh wait… no", "wait…"),
    row("beyond the first plane", "ab", "𝐚𝐛 x", "𝐚𝐛"),
    row("only what can't be seen", "\u200b", "a\u200bb", "\u200b"),
]
DIFFERENT = [
    row("another letter by hamza", "اب", "هذا أب"),
    row("half of an eszett", "s", "zu Maß"),
    row("another letter by breve", "и", "й"),
    row("superscript", "x2", "x²"),
    row("part of a family", "👧", "👩\u200d👧"),
    row("part of a syllable", "하", "한"),
    row("em dash", "that-and", "that—and"),
    row("kana without its mark", "カス", "ガス"),
]
ROWS = [*SAME, *DIFFERENT]
NUMBER = {each.name: number for number, each in enumerate(ROWS)}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    session = new_session(tmp_path_factory.mktemp("finders") / "texts.stet", scheme="news-errors")
    add_documents(session, {f"text {number}": each.text for number, each in enumerate(ROWS)})
    yield session
    session.close()


def document(each: Row) -> str:
    return f"text {NUMBER[each.name]}"


def by_search(session: Session, each: Row) -> list[tuple[int, int]]:
    found = session.reader.search(each.typed, limit=10_000)
    return [(hit.start, hit.end) for hit in found if hit.name == document(each)]


def by_concordance(session: Session, each: Row) -> list[tuple[int, int]]:
    return [(hit.start, hit.end) for hit in find(session, Wanted(each.typed)) if hit.name == document(each)]


def by_substitutions(session: Session, each: Row) -> list[tuple[int, int]]:
    pair = Pair(each.typed, "right", 1, Model("error", "TORTURED_TERM"))
    hits = [proposal.hit for proposal in proposals(session, [pair])]
    return [(hit.start, hit.end) for hit in hits if hit.name == document(each)]


def by_find_bar(_session: Session, each: Row) -> list[tuple[int, int]]:
    search = FindSearch(None)  # pyright: ignore[reportArgumentType]  it needs no parent to be used
    search.begin(each.text, Wanted(each.typed), 0)
    while not search.is_over:  # it goes on between frames, where a machine is slow
        QCoreApplication.processEvents()
    return search.hits


PLACES = [by_search, by_concordance, by_substitutions, by_find_bar]


@pytest.mark.parametrize("finder", PLACES)
def test_every_finder_of_places_finds_the_same(
    qtbot: QtBot, project: Session, finder: Callable[[Session, Row], list[tuple[int, int]]]
) -> None:
    found = {each.name: [each.text[start:end] for start, end in finder(project, each)] for each in ROWS}
    assert found == {each.name: list(each.found) for each in ROWS}


def test_every_finder_of_documents_finds_the_same(qtbot: QtBot, project: Session) -> None:
    model = DocumentListModel(project)
    for each in ROWS:
        model.reload(each.typed)
        model.complete()
        panel = {model.data(model.index(at), DocumentRole.ROW).name for at in range(model.rowCount())}
        keys = project.reader.documents.keys(query=each.typed)
        palette = {found.name for found in project.reader.documents.rows(keys, annotator=None)}
        assert (document(each) in panel, document(each) in palette) == (bool(each.found), bool(each.found)), each.name
