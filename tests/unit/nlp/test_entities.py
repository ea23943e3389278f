"""Texts are read in pieces, and what is found stands where it is said to."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.nlp import entities, text_cuts


@given(st.text(st.sampled_from("a \n😀"), max_size=200), st.integers(1, 30))
def test_pieces_are_the_text_and_none_is_too_long(text: str, most: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_cuts, "AT_ONCE", most)
        pieces = list(text_cuts.pieces_of(text))
    assert "".join(text[start:end] for start, end in pieces) == text
    assert all(0 < end - start <= most for start, end in pieces)


@given(st.lists(st.text(st.sampled_from("ab \n😀"), max_size=60), max_size=12), st.integers(1, 9), st.integers(1, 40))
def test_texts_are_read_in_small_batches_with_correct_offsets(texts: list[str], most: int, together: int) -> None:
    batches: list[list[str]] = []

    def read(pieces: list[str]) -> list[list[entities.Entity]]:
        batches.append(pieces)
        return [[entities.Entity(at, at + 1, "A") for at, c in enumerate(piece) if c == "a"] for piece in pieces]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_cuts, "AT_ONCE", most)
        patch.setattr(entities, "_TOGETHER", together)
        patch.setattr(entities, "_MOST_TEXTS", 5)
        found = list(entities.entities_of(enumerate(texts), read))
    wanted = [[at for at, c in enumerate(text) if c == "a"] for text in texts]
    assert [(key, [entity.start for entity in here]) for key, here in found] == list(enumerate(wanted))
    assert all(0 < sum(map(len, pieces)) < together + most for pieces in batches)


def test_no_text_is_read_before_the_ones_in_front_are_done() -> None:
    drawn: list[int] = []

    def texts() -> Iterator[tuple[int, str]]:
        for number in range(1000):
            drawn.append(number)
            yield number, "word " * 1000

    for key, _found in entities.entities_of(texts(), lambda pieces: [[] for _ in pieces]):
        assert len(drawn) - key <= 7, "memory is flat"
