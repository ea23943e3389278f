"""Marks that no token fits are known, and the program makes none."""

import pytest

from app.core.mark_ends import Oddity, oddities, without_outer_space
from tests.unit.build import annotation

TEXT = "Ana met\u00a0 Bo.\r\n\u3000中 "


@pytest.mark.parametrize(
    ("ranges", "found"),
    [
        ([(0, 3)], None),
        ([(0, 4)], Oddity.SPACE),
        ([(3, 7)], Oddity.SPACE),
        ([(4, 8)], Oddity.SPACE),  # a no-break space
        ([(9, 14)], Oddity.SPACE),
        ([(14, 16)], Oddity.SPACE),
        ([(7, 9)], Oddity.BLANK),
        ([(12, 15)], Oddity.BLANK),
        ([(0, 3), (3, 4)], Oddity.SPACE),
        ([(3, 4), (7, 9)], Oddity.BLANK),
        ([(7, 9), (9, 12)], Oddity.SPACE),
        ([(3, 3)], None),  # an anchor covers nothing
        ([(0, 3), (4, 7)], None),
        ([(0, 99)], None),  # its quote can't be right, which is reported elsewhere
    ],
)
def test_white_space_at_the_ends_of_a_fragment_is_found(ranges: list[tuple[int, int]], found: Oddity | None) -> None:
    mark = annotation(TEXT, *ranges)
    assert [kind for _, kind in oddities([mark], TEXT)] == ([found] if found else [])


def test_the_same_label_at_the_same_place_is_found_twice() -> None:
    first, again = (annotation(TEXT, (0, 3), correction=words) for words in ("Anna", "Anne"))
    others = [annotation(TEXT, (0, 3), layer="entity", label="PERSON"), annotation(TEXT, (0, 3), (4, 7))]
    assert list(oddities([first, *others, again], TEXT)) == [(again, Oddity.TWICE)]


@pytest.mark.parametrize(
    ("start", "end", "wanted"), [(0, 3, (0, 3)), (0, 4, (0, 3)), (3, 8, (4, 7)), (7, 9, (7, 9)), (3, 3, (3, 3))]
)
def test_a_range_is_trimmed_unless_it_is_white_space(start: int, end: int, wanted: tuple[int, int]) -> None:
    assert without_outer_space(TEXT, start, end) == wanted
