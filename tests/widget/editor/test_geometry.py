"""Rectangles, caret and hit test agree with each other in every script, and no offset slips."""

import time

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF

from app.core.scheme import Drawing
from app.ui.editor import motions
from app.ui.editor.block_layout import BlockLayout
from app.ui.editor.lanes import drop
from app.ui.editor.layout import TextLayout
from tests.widget.editor.canvases import (
    ENGLISH,
    FAMILY,
    clusters,
    hostile_texts,
    hull,
    is_drawn,
    laid_out,
    left_to_right_texts,
    mark,
    style,
)

widths = st.sampled_from([90.0, 160.0, 420.0])
shares = st.sampled_from([0.1, 0.3, 0.5, 0.7, 0.9])


def hit(layout: TextLayout, rect: QRectF, share: float) -> int:
    """Return the place that a click into a rectangle means."""
    at = layout.place_at(rect.left() + rect.width() * share, rect.center().y())
    return motions.snap_to_graphemes(layout.text, at, at)[0]


def runs(layout: TextLayout, start: int, end: int) -> list[tuple[int, int]]:
    """Return left and right of a range's rectangles, in whole pixels."""
    return [(round(rect.left()), round(rect.right())) for rect in layout.rects(start, end)]


@given(hostile_texts, widths, shares)
@example("\ufeffab", 420.0, 0.5)
@example("\u202e漢字", 420.0, 0.5)
@example("e\u0301\u0323\U0010ffff", 420.0, 0.7)
@example("ab שלום cd", 420.0, 0.9)
@example("😀ไทยที่", 420.0, 0.3)
@example("🇺\x7f\u202e" + FAMILY + "ไทย", 160.0, 0.7)
def test_a_click_on_a_cluster_means_one_of_its_edges(qapp, text: str, width: float, share: float) -> None:
    layout = laid_out(text, width=width)
    for start, end in clusters(text):
        for rect in layout.rects(start, end):
            if rect.width() > 0.5:
                at = hit(layout, rect, share)
                # Where something without width stands beside it, a place that looks the same will do.
                between = text[min(at, start) : max(at, end)].replace(text[start:end], "", 1)
                assert at in (start, end) or not is_drawn(between), (start, end, at)


@given(hostile_texts, widths)
@example("ab שלום cd", 420.0)
@example("\u202eß", 420.0)
@example("a\u0640b", 420.0)
def test_every_cluster_that_can_be_seen_has_a_rectangle(qapp, text: str, width: float) -> None:
    layout = laid_out(text, width=width)
    for start, end in clusters(text):
        if is_drawn(text[start:end]) and not text[start:end].isspace():
            assert any(rect.width() > 0.5 for rect in layout.rects(start, end)), (start, end)


@given(left_to_right_texts, widths, st.data())
def test_two_adjacent_ranges_cover_what_their_sum_covers(qapp, text: str, width: float, data: st.DataObject) -> None:
    layout = laid_out(text, width=width)
    places = [0, *(end for _, end in clusters(text))]
    low, middle, high = sorted(data.draw(st.lists(st.sampled_from(places), min_size=3, max_size=3)))
    assume(low < middle < high)
    parts = [*layout.rects(low, middle), *layout.rects(middle, high)]
    whole = layout.rects(low, high)
    # Line by line: the sum begins where the first begins and ends where the last ends, without a hole.
    for rect in whole:
        here = sorted((part for part in parts if part.top() == rect.top()), key=lambda part: part.left())
        assert round(here[0].left(), 3) == round(rect.left(), 3)
        assert round(here[-1].right(), 3) == round(rect.right(), 3)
        assert all(abs(b.left() - a.right()) < 0.01 for a, b in zip(here, here[1:], strict=False))
    assert {part.top() for part in parts if part.width()} <= {rect.top() for rect in whole}


@given(hostile_texts, widths, st.data())
def test_a_range_lies_inside_of_its_blocks(qapp, text: str, width: float, data: st.DataObject) -> None:
    layout = laid_out(text, width=width)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    for rect in layout.rects(start, end):
        assert rect.top() >= layout.top(layout.blocks.at(start)) - 0.01
        assert rect.bottom() <= layout.heights.total + 0.01
        assert rect.left() >= -2


@given(hostile_texts, widths, st.integers(-50, 500), st.integers(-50, 900))
def test_a_click_anywhere_means_a_place_in_the_text(qapp, text: str, width: float, x: int, y: int) -> None:
    layout = laid_out(text, width=width)
    at = layout.place_at(float(x), float(y))
    assert 0 <= at <= len(text)
    assert motions.is_boundary(text, at)


@given(hostile_texts, widths)
def test_every_place_has_a_caret_and_its_line_holds_it(qapp, text: str, width: float) -> None:
    layout = laid_out(text, width=width)
    for offset in range(len(text) + 1):
        rect = layout.caret_rect(offset)
        assert rect.height() > 0
        assert 0 <= rect.top() <= layout.heights.total
        start, end = layout.line_range(min(offset, layout.blocks.ends[layout.blocks.at(offset)]))
        assert start <= end


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ab שלום cd", "שלום"),
        ("שלום abc עולם", "abc"),
        ("ab سلام cd", "سلام"),
        ("a (שלום) b", "שלום"),
        ("🇺שלום", "שלום"),
    ],
)
def test_a_word_written_the_other_way_is_covered_whole(qapp, text: str, words: str) -> None:
    layout = laid_out(text)
    start = text.index(words)
    ((left, right),) = runs(layout, start, start + len(words))
    assert right - left > 10
    before = layout.rects(0, start)
    after = layout.rects(start + len(words), len(text))
    for rect in (*before, *after):
        assert not QRectF(left + 1, rect.top(), right - left - 2, rect.height()).intersects(rect)
    assert round(hull([*before, *after, *layout.rects(start, start + len(words))]).width()) == round(
        hull(layout.rects(0, len(text))).width()
    )


def test_a_range_over_both_directions_is_several_runs(qapp) -> None:
    layout = laid_out("ab שלום cd")
    whole = runs(layout, 0, 10)
    assert whole == [(0, whole[0][1])]
    # The first letter of the word stands at its right; between it and what is before lies the rest of the word.
    assert len(runs(layout, 0, 4)) == 2


def test_half_a_ligature_takes_the_whole_of_it(qapp) -> None:
    layout = laid_out("سلام")
    assert runs(layout, 1, 2) == runs(layout, 1, 3) == runs(layout, 2, 3)
    assert len(runs(layout, 0, 4)) == 1


@pytest.mark.parametrize("text", ["", "\n", "\r\n", "\n\n\n", "\u2029"])
def test_a_text_without_characters_still_has_lines(qapp, text: str) -> None:
    layout = laid_out(text)
    assert layout.heights.total > 0
    assert layout.place_at(50.0, 5.0) == 0
    assert layout.caret_rect(0).height() > 0
    assert layout.caret_rect(len(text)).height() > 0


def test_a_place_between_wrapped_lines_is_drawn_on_the_later_one(qapp) -> None:
    layout = laid_out(ENGLISH, width=160)
    start, end = layout.line_range(0)
    second = layout.line_range(end + 1)
    assert second[0] == end + 1  # the space at the end belongs to the first line
    assert layout.caret_rect(second[0]).left() < 2
    assert layout.caret_rect(second[0]).top() > layout.caret_rect(start).top()
    # And a click far right on the first line stays on it.
    assert layout.place_at(1000.0, 5.0) == end


@pytest.mark.parametrize("words", ["שלום עולם טוב מאוד וגם יפה ", "word and word and "])
def test_a_wrapped_line_ends_after_its_last_word_in_ltr_and_rtl(qapp, words: str) -> None:
    layout = laid_out(words * 6, width=160)
    start, end = layout.line_range(0)
    assert start == 0
    assert end > 10
    assert layout.caret_rect(end).top() == layout.caret_rect(start).top()
    assert layout.line_range(end + 1)[0] == end + 1


def test_one_line_of_200_kb_is_laid_out_block_by_block(qapp) -> None:
    text = "no line end " * 17_000
    layout = laid_out(text)
    for at in (0, 3_999, 4_000, 4_001, 100_000, len(text) - 1, len(text)):
        rect = layout.caret_rect(at)
        assert motions.is_boundary(text, layout.place_at(rect.center().x(), rect.center().y()))
    (rect,) = layout.rects(120_000, 120_002)
    assert abs(layout.place_at(rect.center().x(), rect.center().y()) - 120_001) <= 1


def test_100_000_empty_lines_have_a_place_each(qapp) -> None:
    layout = laid_out("\n" * 100_000)
    line = layout.heights[0]
    assert layout.height == pytest.approx(line * 100_001, rel=0.001)  # estimated
    assert layout.place_at(0.0, line * 99_999.5) == 99_999
    layout.blocks.grow(100_000)
    assert layout.heights.total == layout.height == pytest.approx(line * 100_001)
    assert layout.place_at(0.0, line * 77_777.5) == 77_777
    assert layout.line_step(50_000, 0.0, 1) == 50_001
    assert layout.line_step(500, 0.0, -600) == 0
    assert layout.line_step(99_500, 0.0, 600) == 100_000


def test_marks_are_found_at_their_words_and_at_their_badges(qapp) -> None:
    start = ENGLISH.index("senator")
    old, new = mark(start, start + 7, "ROLE"), mark(start - 7, start + 7, "NAME")
    layout = laid_out(ENGLISH, old, new)
    (rect,) = layout.rects(start, start + 7)
    assert layout.highlights_at(rect.center().x(), rect.center().y()) == [old, new]  # the inner one first
    (left,) = layout.rects(start - 7, start)
    assert layout.highlights_at(left.center().x(), left.center().y()) == [new]
    badge = layout.block(0).badges[0].rect.center()
    assert layout.highlights_at(badge.x(), badge.y())[0] is layout.block(0).badges[0].highlight
    assert layout.highlights_at(400.0, 2.0) == []


def test_an_emoji_beside_thai_is_not_split(qapp) -> None:
    for text in ("😀ไทย", "ไทย😀", FAMILY + " ไทย", "क" + FAMILY, "க😀", "\r\nไ"):
        found = [text[start:end] for start, end in clusters(text)]
        assert "".join(found) == text
        assert any(piece in found for piece in ("😀", FAMILY, "\r\n")), found


@pytest.mark.parametrize("marks", [2, 3, 6])
def test_badges_stand_below_the_deepest_line_under_the_words(qapp, marks: int) -> None:
    layout = laid_out(ENGLISH, *(mark(17, 28, f"ROLE{at}", kind=Drawing.WAVE) for at in range(marks)))
    block = layout.block(0)
    lowest = block.lines[0].text_height * 0.9 + drop(max(block.lanes.values())) + 2
    tops = [badge.rect.top() for badge in block.badges]
    assert len(tops) == marks
    assert min(tops) >= lowest
    assert block.lines[1].top >= max(badge.rect.bottom() for badge in block.badges)


@pytest.mark.parametrize("kind", [Drawing.WAVE, Drawing.BRACKET, Drawing.FILL, Drawing.DASH])
def test_the_first_mark_of_a_line_pushes_nothing_down(qapp, kind: str) -> None:
    bare, marked = laid_out(ENGLISH).block(0), laid_out(ENGLISH, mark(17, 28, kind=kind)).block(0)
    assert [line.top for line in marked.lines] == [line.top for line in bare.lines]


def test_brackets_and_fills_do_not_move_the_line_under_the_words(qapp) -> None:
    marks = (mark(0, 40, kind=Drawing.BRACKET), mark(10, 30, kind=Drawing.FILL), mark(17, 28, kind=Drawing.WAVE))
    lanes = laid_out(ENGLISH, *marks).block(0).lanes
    assert set(lanes.values()) == {0}


HEBREW = "שלום עולם, זה טקסט"


@pytest.mark.parametrize(
    ("text", "leftward"),
    [
        (HEBREW, True),
        (f"(1) {HEBREW} Putin", True),
        ("سلام", True),
        (f"Putin {HEBREW}", False),
        (f"\u2068{HEBREW}\u2069 Putin", False),
        ("123 ...", False),
    ],
)
def test_a_right_to_left_paragraph_starts_at_the_right(qapp, text: str, leftward: bool) -> None:
    layout = laid_out(text)
    around = hull(layout.rects(0, len(text)))
    assert (around.right() > layout.width - 2) is leftward
    assert (around.left() < 2) is not leftward


def test_every_part_of_a_long_paragraph_runs_the_same_way(qapp) -> None:
    text = f"{HEBREW} " + "Putin said so again and again. " * 600
    layout = laid_out(text)
    assert len(layout.blocks) > 2
    assert all(layout.block(number).leftward for number in range(len(layout.blocks)))


def test_the_badge_of_a_right_to_left_word_is_under_its_start(qapp) -> None:
    start = HEBREW.index("עולם")
    layout = laid_out(HEBREW, mark(start, start + 4, "GPE"))
    (word,) = layout.rects(start, start + 4)
    assert abs(layout.block(0).badges[0].rect.right() - word.right()) < 2


@pytest.mark.parametrize("width", [300.0, 420.0, 777.0])
def test_one_does_not_see_where_a_long_paragraph_is_cut(qapp, width: float) -> None:
    text = "Nobody knows how this will end, an aide said on the phone to reporters. " * 300
    layout = laid_out(text, width=width)
    assert len(layout.blocks) > 4
    lines = []
    for number in range(len(layout.blocks)):
        block = layout.block(number)
        last = block.lines[-1]
        assert block.height == pytest.approx(last.top + last.height) or number + 1 == len(layout.blocks)
        lines += [text[line.start : line.end] for line in block.lines]
    assert "".join(lines) == text
    whole = BlockLayout(text, 0, width=width, style=style())
    assert lines == [text[line.start : line.end] for line in whole.lines]


def test_a_paragraph_of_a_whole_book_is_not_measured_at_once(qapp) -> None:
    text = "word " * 1_000_000
    begin = time.perf_counter()
    layout = laid_out(text)
    layout.blocks.grow(len(text))
    assert time.perf_counter() - begin < 2
    assert sum(layout.blocks.ends[at] - layout.blocks.starts[at] for at in range(len(layout.blocks))) == len(text)


def test_letters_of_another_font_leave_the_lines_even(qapp) -> None:
    layout = laid_out("plain words\nand 😀 words\nand 漢字 words\nand Ω ✓ words")
    heights = {round(layout.block(number).lines[0].text_height, 1) for number in range(4)}
    assert len(heights) == 1
