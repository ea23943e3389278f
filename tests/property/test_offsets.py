"""Offsets agree with what the text is in UTF-16."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.offsets import OffsetMap
from tests.property.strategies import any_text, texts

either = st.one_of(texts, any_text)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@given(either)
def test_every_code_point_has_the_place_it_has_in_utf16(text: str) -> None:
    offsets = OffsetMap(text)
    assert [offsets.to_u16(at) for at in range(len(text) + 1)] == [units(text[:at]) for at in range(len(text) + 1)]
    assert (offsets.length, offsets.length_u16) == (len(text), units(text))


@given(either)
def test_going_to_utf16_and_back_gives_the_same_place(text: str) -> None:
    offsets = OffsetMap(text)
    assert all(offsets.from_u16(offsets.to_u16(at)) == at for at in range(len(text) + 1))


@given(either)
def test_an_offset_inside_a_surrogate_pair_maps_to_its_character(text: str) -> None:
    offsets = OffsetMap(text)
    starts = {offsets.to_u16(at): at for at in range(len(text) + 1)}
    for at_u16 in range(offsets.length_u16 + 1):
        inside = at_u16 not in starts
        assert offsets.splits_pair(at_u16) == inside
        assert offsets.from_u16(at_u16) == starts[at_u16 - 1 if inside else at_u16]


@given(either, st.integers(1, 5))
def test_places_outside_the_text_are_refused(text: str, beyond: int) -> None:
    offsets = OffsetMap(text)
    for outside in (-beyond, offsets.length + beyond):
        with pytest.raises(IndexError):
            offsets.to_u16(outside)
    for outside in (-beyond, offsets.length_u16 + beyond):
        with pytest.raises(IndexError):
            offsets.from_u16(outside)


def test_a_zwj_family_is_five_code_points_and_eight_utf16_units() -> None:
    text = "x👩‍👩‍👧y"
    offsets = OffsetMap(text)
    assert [offsets.to_u16(at) for at in range(len(text) + 1)] == [0, 1, 3, 4, 6, 7, 9, 10]
