"""Marks that overlap get places of their own, and nobody who has a place is moved."""

from hypothesis import given
from hypothesis import strategies as st

from app.core.annotation import Fragment
from app.ui.editor.highlights import Highlight
from app.ui.editor.lanes import badge_rows, text_lanes
from tests.widget.editor.canvases import ENGLISH, laid_out, mark

pairs = st.tuples(st.integers(0, 30), st.integers(0, 8)).map(lambda pair: Fragment(pair[0], pair[0] + pair[1]))
several = st.lists(pairs, min_size=1, max_size=3).map(lambda parts: tuple(sorted(parts)))
fragment_lists = st.lists(several, max_size=14)
widths = st.lists(st.tuples(st.floats(0, 300), st.floats(1, 80)), max_size=20)


def marks_of(parts: list[tuple[Fragment, ...]]) -> list[Highlight]:
    return [Highlight(f"m{at}", f"m{at}", part, "fill", "#000000") for at, part in enumerate(parts)]


def meet(one: Highlight, other: Highlight) -> bool:
    return any(
        a.start < max(b.end, b.start + 1) and b.start < max(a.end, a.start + 1)
        for a in one.fragments
        for b in other.fragments
    )


@given(fragment_lists)
def test_overlapping_marks_are_in_different_lanes(parts: list[tuple[Fragment, ...]]) -> None:
    marks = marks_of(parts)
    lanes = text_lanes(marks)
    for one in marks:
        for other in marks:
            if one.uid < other.uid and meet(one, other):
                assert lanes[one.uid] != lanes[other.uid]


@given(fragment_lists)
def test_no_mark_is_deeper_than_the_older_ones_force_it(parts: list[tuple[Fragment, ...]]) -> None:
    marks = marks_of(parts)
    lanes = text_lanes(marks)
    for at, one in enumerate(marks):
        above = {lanes[other.uid] for other in marks[:at] if meet(one, other)}
        assert lanes[one.uid] == min(set(range(len(above) + 1)) - above)


@given(fragment_lists, several)
def test_a_new_mark_moves_no_older_one(parts: list[tuple[Fragment, ...]], new: tuple[Fragment, ...]) -> None:
    before = text_lanes(marks_of(parts))
    after = text_lanes(marks_of([*parts, new]))
    assert {uid: after[uid] for uid in before} == before


@given(widths)
def test_badges_of_one_row_do_not_run_into_each_other(spans: list[tuple[float, float]]) -> None:
    rows = badge_rows(spans, gap=6.0)
    placed = list(zip(spans, rows, strict=True))
    for at, ((left, width), row) in enumerate(placed):
        for (other, wide), its_row in placed[:at]:
            assert row != its_row or left + width + 6.0 <= other or other + wide + 6.0 <= left


@given(widths, st.tuples(st.floats(0, 300), st.floats(1, 80)))
def test_a_new_badge_moves_no_older_one(spans: list[tuple[float, float]], new: tuple[float, float]) -> None:
    assert badge_rows([*spans, new], gap=6.0)[:-1] == badge_rows(spans, gap=6.0)


def test_the_first_mark_of_a_line_does_not_change_its_height(qapp) -> None:
    bare = laid_out(ENGLISH, width=200)
    heights = [line.height for line in bare.block(0).lines]
    start = ENGLISH.index("senator")
    marked = laid_out(ENGLISH, mark(start, start + 7), width=200)
    assert [line.height for line in marked.block(0).lines] == heights
    assert marked.block(0).height == bare.block(0).height
    assert len(marked.block(0).badges) == 1


def test_a_second_row_of_badges_makes_only_its_own_line_higher(qapp) -> None:
    start = ENGLISH.index("senator")
    one = laid_out(ENGLISH, mark(start, start + 7), width=200)
    two = laid_out(ENGLISH, mark(start, start + 7), mark(start, start + 7, "OTHER"), width=200)
    grown = [b.height - a.height for a, b in zip(one.block(0).lines, two.block(0).lines, strict=True)]
    assert sorted(grown)[:-1] == [0.0] * (len(grown) - 1)
    assert max(grown) > 5


def test_a_mark_over_two_lines_has_one_badge_where_it_begins(qapp) -> None:
    layout = laid_out(ENGLISH, mark(5, 90), width=200)
    assert len(layout.block(0).badges) == 1
    first = layout.block(0).lines[0]
    assert first.top < layout.block(0).badges[0].rect.top() < first.top + first.height


def test_a_mark_across_a_long_lines_cut_has_one_badge(qapp) -> None:
    text = "x" * 10_000
    cut = laid_out(text).blocks.starts[1]
    for start, end in ((cut - 5, cut + 5), (cut, cut + 5), (cut, cut), (cut - 5, cut)):
        layout = laid_out(text, mark(start, end))
        badges = [badge for number in range(len(layout.blocks)) for badge in layout.block(number).badges]
        assert len(badges) == 1, (start, end)
