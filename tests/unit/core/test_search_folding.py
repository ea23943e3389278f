"""The folding of spellings: complete for every character, the same however a text is cut, and exact on the way back."""

from typing import Literal
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.search_folding import CASED, SPELLINGS, WORDS, Fold, cluster_start, fold, folded
from app.core.text_search import Wanted, finder
from tests.property.strategies import any_text

EVERY = [chr(code) for span in ((0x80, 0x3400), (0xA4D0, 0xAC00), (0xF900, 0x11A00)) for code in range(*span)]
# Letters, marks, forms and what can't be seen, which change each other when they meet.
TRICKY = (
    "aBiIİı\u0307\u0301\u0323éﬁßẞ\xad\u200b\u200d\u200c\u034f👩👧🏽❤\ufe0f’'-\u2011ŉϓǰ \n\xa0"
    "كاأ\u064e\u0640ש\u05bc\u05bfｶ\uff9eカ한\u1112\u1161\u11abиё\u0306Σςά\u0345ﱛ１٣…ำ\u0e49นक\u094d\u093c"
)
tricky = st.text(TRICKY, max_size=9)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_every_character_is_folded_as_its_equals(form: Literal["NFC", "NFD"]) -> None:
    for char in EVERY:
        made = fold(char)
        assert fold(normalize(form, char)) == made == fold(char.casefold()) == fold(made), hex(ord(char))


@pytest.mark.parametrize("how", [SPELLINGS, CASED, WORDS])
@given(text=st.one_of(tricky, any_text))
def test_both_ways_to_fold_give_the_same(how: Fold, text: str) -> None:
    found = folded(text, how).text
    assert found == fold(text, how)
    assert fold(found, how) == found


@given(text=tricky, at=st.integers(0, 9))
def test_a_text_is_folded_in_parts_as_in_whole(text: str, at: int) -> None:
    cut = cluster_start(text, min(at, len(text)))
    assert fold(text[:cut]) + fold(text[cut:]) == fold(text)


@given(before=tricky, middle=tricky, after=tricky)
def test_every_place_reads_as_what_was_looked_for(before: str, middle: str, after: str) -> None:
    text = before + middle + after
    for start, end in finder(Wanted(middle))(text, 1.0):
        assert 0 <= start < end <= len(text)
        wanted, found = ("".join(fold(part).split()) for part in (middle, text[start:end]))
        assert wanted in found or not wanted


@given(text=tricky, wanted=tricky, at=st.integers(0, 9))
def test_a_search_from_a_place_on_finds_the_rest(text: str, wanted: str, at: int) -> None:
    every = list(finder(Wanted(wanted))(text, 1.0))
    rest = list(finder(Wanted(wanted))(text, 1.0, start=at))
    assert {hit for hit in every if hit[0] >= at} <= {*rest, *every}
    assert all(start >= at for start, _ in rest)


@pytest.mark.parametrize(
    ("text", "typed", "found"),
    [
        ("oﬃce", "off", "oﬃ"),
        ("oﬃce", "ice", "ﬃce"),
        ("ﬁﬁ", "fi", "ﬁ"),
        ("Maß", "mas", None),
        ("a\xad\xad b", "a", "a"),
        ("x\u0302", "x", None),
        ("ab\u200b", "b", "b"),
        ("كَتَبَ", "كت", "كَتَ"),
        ("نـــ", "ن", "نـــ"),
    ],
)
def test_a_place_has_whole_letters_and_no_more(text: str, typed: str, found: str | None) -> None:
    hits = [text[start:end] for start, end in finder(Wanted(typed))(text, 1.0)]
    assert hits[:1] == ([] if found is None else [found])


def test_case_counts_if_asked_and_only_then() -> None:
    def hits(typed: str, text: str, *, case: bool) -> int:
        return len(list(finder(Wanted(typed, case=case))(text, 1.0)))

    for typed, text in [("iphone 发布", "iPhone 发布"), ("strasse", "Straße"), ("don't", "DON’T"), ("ﬁn", "FIN")]:
        assert (hits(typed, text, case=False), hits(typed, text, case=True)) == (1, 0)
    assert hits("DON'T", "DON’T", case=True) == hits("ﬁn", "fin", case=True) == 1


def test_offsets_hold_far_into_a_long_text() -> None:
    text = "con\xadference ﬁnal שָׁלוֹם " * 4_000
    hits = list(finder(Wanted("conference final"))(text, 1.0))
    assert len(hits) == 4_000
    assert {text[start:end] for start, end in hits} == {"con\xadference ﬁnal"}
    hidden = "a" + "\xad" * 50_000 + "b"
    assert list(finder(Wanted("ab"))(hidden, 1.0)) == [(0, 50_002)]
