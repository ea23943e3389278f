"""Finding in one text: what counts as a place, and that no expression outlasts its time."""

import time
from unicodedata import normalize

import pytest

from app.core.errors import Cancelled
from app.core.progress import CancelToken
from app.core.text_search import BadPattern, TooSlow, Wanted, finder


def found(text: str, wanted: str, **options: bool) -> list[str]:
    return [text[start:end] for start, end in finder(Wanted(wanted, **options))(text, 1.0)]


def test_case_and_line_ends_do_not_count_unless_asked() -> None:
    text = "A slave\n trade, a Slave Trade."
    assert found(text, "slave trade") == ["slave\n trade", "Slave Trade"]
    assert found(text, "Slave Trade", case=True) == ["Slave Trade"]


@pytest.mark.parametrize(
    ("text", "wanted", "hits"),
    [
        ("trade trades untrade trade_x trade-in", "trade", 2),
        ("日本語と日本人", "日本", 2),
        ("wow!! wow!", "!", 3),
        ("Ёлка елка", "ёлка", 1),
        ("مدرسة ومدرسة", "مدرسة", 1),
    ],
)
def test_whole_words_end_at_words_where_a_script_has_such(text: str, wanted: str, hits: int) -> None:
    assert len(found(text, wanted, whole_words=True)) == hits


def test_a_place_never_cuts_through_a_character() -> None:
    assert found("cafe\u0301 cafe", "cafe") == ["cafe"]
    assert found("👩\u200d👧 👩", "👩") == ["👩"]
    assert found("cafe\u0301", "caf.", regex=True) == ["cafe\u0301"]


def test_an_expression_finds_with_its_own_rules() -> None:
    assert found("two days, 12 days", r"\d+ days", regex=True) == ["12 days"]
    assert found("one\ntwo", r"^\w+$", regex=True) == ["one", "two"]
    assert found("ab", r"x*", regex=True) == []
    assert found("cat concat", "cat", regex=True, whole_words=True) == ["cat"]


@pytest.mark.parametrize("wanted", ["(", "[a", "(?P<n>x)(?P=m)"])
def test_what_is_no_expression_is_told(wanted: str) -> None:
    with pytest.raises(BadPattern, match="regular expression"):
        finder(Wanted(wanted, regex=True))


def test_an_expression_that_explodes_is_stopped() -> None:
    began = time.monotonic()
    with pytest.raises(TooSlow):
        list(finder(Wanted(r"(a|aa)+$", regex=True))("a" * 60 + "!", 0.2))
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("word", ["café", "Ångström", "й", "ệ", "ᾴ", "한글", "ベ"])
def test_nfc_and_nfd_letters_match_with_offsets_in_the_text(word: str) -> None:
    composed, decomposed = normalize("NFC", word), normalize("NFD", word)
    text = f"{composed} {decomposed} end"
    for wanted in (composed, decomposed):
        spans = list(finder(Wanted(wanted, whole_words=True))(text, 1.0))
        assert [text[start:end] for start, end in spans] == [composed, decomposed]
        assert found(text, wanted, alike=False) == [wanted]


def test_letters_without_their_accents_are_others() -> None:
    text = "cafe\u0301 café cafe e\u0301cole"
    assert found(text, "cafe", whole_words=True) == ["cafe"]
    assert found(text, "cole", whole_words=True) == []


def test_signs_that_look_alike_are_one() -> None:
    text = "don't don’t donʼt “so” well\u2010known"
    assert found(text, "don’t") == ["don't", "don’t", "donʼt"]
    assert found(text, "don’t", alike=False) == ["don’t"]
    assert found(text, '"so"') == ["“so”"]
    assert found(text, "well-known") == ["well\u2010known"]
    assert found("\u212b Å", "Å", case=True) == ["\u212b", "Å"]


def test_points_and_stretched_letters_do_not_make_another_word() -> None:
    text = "كَتَبَ كـتب كتب كتبت وَكتب"
    assert found(text, "كتب", whole_words=True) == ["كَتَبَ", "كـتب", "كتب"]
    assert found(text, "كَتَب", whole_words=True) == ["كَتَبَ", "كـتب", "كتب"]
    assert found(text, "كتب", whole_words=True, alike=False) == ["كتب"]
    assert found("أب اب", "أب") == ["أب"], "a hamza makes another letter"
    assert found("שָׁלוֹם שלום", "שלום", whole_words=True) == ["שָׁלוֹם", "שלום"]


def test_matches_across_chunk_edges_are_found_once() -> None:
    text = "x " * 40_000 + "slave" + " " * 200_000 + "trade " + "y" * 70_000 + " slave trade"
    assert [text[start:end].split() for start, end in finder(Wanted("slave trade"))(text, 1.0)] == [
        ["slave", "trade"]
    ] * 2
    for length in range((1 << 16) - 6, (1 << 16) + 2):
        assert found("-" * length + "trader trade", "trade", whole_words=True) == ["trade"]
    assert len(found("a" * 300_001, "aaa")) == 100_000


def test_a_search_can_begin_and_end_anywhere_and_be_stopped() -> None:
    text = "one two one two one"
    for regex in (False, True):
        places = finder(Wanted("one", regex=regex))
        assert list(places(text, 1.0, start=1)) == [(8, 11), (16, 19)]
        assert list(places(text, 1.0, start=1, end=16)) == [(8, 11)]
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        list(finder(Wanted("two"))("one " * 100_000, 1.0, pause=token.raise_if_cancelled))
