"""A text is cut into blocks that cover it but for line ends, and running sums of heights are right."""

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ui.editor import blocks as blocks_module
from app.ui.editor.blocks import MOST_CHARACTERS, Blocks, Heights
from tests.widget.editor.canvases import FAMILY, clusters, hostile_texts

LINE_ENDS = {"\n", "\r\n", "\r", "\u2029"}


def whole(text: str) -> Blocks:
    """Cut all of a text."""
    blocks = Blocks(text)
    blocks.grow(len(text))
    return blocks


def pieces(text: str) -> list[str]:
    blocks = whole(text)
    return [text[start:end] for start, end in zip(blocks.starts, blocks.ends, strict=True)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [""]),
        ("one", ["one"]),
        ("one\ntwo", ["one", "two"]),
        ("one\r\ntwo", ["one", "two"]),
        ("one\rtwo", ["one", "two"]),
        ("one\u2029two", ["one", "two"]),
        ("one\u2028two", ["one\u2028two"]),
        ("one\n\rtwo", ["one", "", "two"]),
        ("one\r\r\ntwo", ["one", "", "two"]),
        ("one\n", ["one", ""]),
        ("\n", ["", ""]),
        ("\r\n\r\n", ["", "", ""]),
    ],
    ids=repr,
)
def test_paragraphs_end_at_every_kind_of_line_end(text: str, found: list[str]) -> None:
    assert pieces(text) == found


@given(hostile_texts)
def test_blocks_cover_all_but_line_ends(text: str) -> None:
    blocks = whole(text)
    between = [text[end:start] for end, start in zip(blocks.ends, [*blocks.starts[1:], len(text)], strict=True)]
    assert blocks.starts[0] == 0
    assert between.pop() == ""
    assert all(gap in LINE_ENDS for gap in between)
    assert not any(end in piece for piece in pieces(text) for end in "\n\r\u2029")


@given(hostile_texts)
def test_every_place_belongs_to_the_block_that_shows_it(text: str) -> None:
    blocks = Blocks(text)
    for offset in range(len(text) + 1):
        number = blocks.at(offset)
        assert blocks.starts[number] <= offset
        assert number + 1 == len(blocks) or offset < blocks.starts[number + 1]


LONG_LINES = {
    "words": "word and more " * 15_000,
    "no spaces": "x" * 200_000,
    "flags": "🇺🇦" * 100_000,
    "families": FAMILY * 30_000,
    "marks upon marks": "e\u0301\u0323" * 66_000,
    "syllables": "क्षि" * 50_000,
}


@pytest.mark.parametrize("name", LONG_LINES)
def test_one_line_of_200_kb_is_cut_without_losing_anything(qapp, name: str) -> None:
    text = LONG_LINES[name]
    found = pieces(text)
    assert "".join(found) == text
    assert len(found) >= len(text) // MOST_CHARACTERS
    assert max(len(piece) for piece in found) <= MOST_CHARACTERS


@pytest.mark.parametrize("name", LONG_LINES)
def test_a_long_line_is_not_cut_inside_of_what_one_reads_as_one(qapp, name: str) -> None:
    text = LONG_LINES[name]
    unit = {start for start, _ in clusters(text[: 2 * MOST_CHARACTERS])}
    assert {start for start in whole(text).starts if start < 2 * MOST_CHARACTERS - 500} <= unit


def test_a_long_line_is_cut_behind_a_space_where_there_is_one() -> None:
    assert all(piece.endswith(" ") for piece in pieces(LONG_LINES["words"])[:-1])


def test_100_000_empty_lines_are_100_001_blocks() -> None:
    blocks = whole("\n" * 100_000)
    assert len(blocks) == 100_001
    assert blocks.at(54_321) == 54_321
    assert blocks.at(100_000) == 100_000


@given(hostile_texts, st.integers(1, 9), st.lists(st.integers(0, 80), max_size=6))
def test_a_text_cut_bit_by_bit_has_the_same_blocks(text: str, taken: int, asked: list[int]) -> None:
    plain = whole(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks_module, "_AT_FIRST", 0)
        patch.setattr(blocks_module, "_TAKEN", taken)
        grown = Blocks(text)
        for offset in asked:
            if offset <= len(text):
                assert grown.at(offset) == plain.at(offset)
        count = 0
        while grown.has(count):
            assert grown.goes_on(count) == plain.goes_on(count)
            count += 1
    assert (grown.starts, grown.lengths, grown.is_whole) == (plain.starts, plain.lengths, True)


def test_no_more_of_a_long_text_is_cut_than_was_asked_for() -> None:
    text = "a line of text\n" * 1_000_000
    blocks = Blocks(text)
    assert blocks.reached < 100_000
    assert blocks.at(5_000_000) == 5_000_000 // 15
    assert 5_000_000 < blocks.reached < 5_100_000
    assert not blocks.is_whole
    one_line = Blocks("word " * 2_000_000)
    assert one_line.reached < 100_000
    assert one_line.goes_on(len(one_line) - 1)


heights = st.lists(st.integers(0, 60), min_size=1, max_size=70)


@given(heights, st.lists(st.tuples(st.integers(0, 69), st.integers(0, 90)), max_size=20))
def test_sums_of_heights_are_those_of_plain_addition(start: list[int], changes: list[tuple[int, int]]) -> None:
    found, plain = Heights(()), list(start)
    for at in range(0, len(start), 13):
        found.extend(float(height) for height in start[at : at + 13])
    for at, height in changes:
        if at < len(plain):
            assert found.set(at, height) == height - plain[at]
            plain[at] = height
    tops = [0, *accumulate(plain)]
    assert [found.above(block) for block in range(len(plain) + 1)] == tops
    assert found.total == sum(plain)
    assert [found[block] for block in range(len(plain))] == plain
    for y in (-5, *range(0, tops[-1] + 10, 7), *tops):
        # The block whose span holds y; of several of no height at one place, the one behind them.
        expected = max((block for block in range(len(plain)) if tops[block] <= y), default=0)
        assert found.block_at(y) == expected


def test_a_height_of_a_hundred_thousand_blocks_is_found() -> None:
    found = Heights([10.0] * 100_000)
    found.set(50_000, 40.0)
    assert found.total == 1_000_030.0
    assert found.block_at(500_039.0) == 50_000
    assert found.block_at(500_040.0) == 50_001
    assert found.above(50_001) == 500_040.0
