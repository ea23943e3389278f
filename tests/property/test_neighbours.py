"""The next and the previous annotation are those that a sorted list would give, found without sorting."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from app.core.state import reading_order
from tests.property.strategies import annotations
from tests.unit.build import state

TEXT = "one two three four five six seven eight nine ten"


@given(st.data())
def test_a_neighbour_is_adjacent_in_reading_order_and_wraps(data: st.DataObject) -> None:
    found = data.draw(st.lists(annotations(TEXT), max_size=8))
    marks = [msgspec.structs.replace(mark, uid=f"u{number}") for number, mark in enumerate(found)]
    there = state(TEXT, *marks)
    ordered = there.in_order()
    keys = [reading_order(mark) for mark in ordered] + [(at, -1, "") for at in (0, 7, len(TEXT))]
    for key in keys:
        behind = [mark for mark in ordered if reading_order(mark) > key]
        before = [mark for mark in ordered if reading_order(mark) < key]
        assert there.neighbour(key, 1) == next(iter(behind or ordered), None)
        assert there.neighbour(key, -1) == next(reversed(before or ordered), None)
