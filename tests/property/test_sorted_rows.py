"""Rows are those of a list that is sorted again after each change."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import sorted_rows
from app.core.sorted_rows import SortedRows

keys = st.integers(0, 40).map(lambda number: (number % 3, number))
changes = st.lists(st.tuples(keys, st.sampled_from(["add", "add", "remove", "put"])), max_size=60)


@given(st.dictionaries(keys, st.integers(), max_size=30), changes)
def test_rows_are_those_of_a_sorted_list(begin: dict, steps: list) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sorted_rows, "_CHUNK", 3)
        rows = SortedRows(begin.items())
        plain = dict(begin)
        for number, (key, how) in enumerate(steps):
            if how == "add" and key not in plain:
                row, there = rows.room_for(key)
                plain[key] = number
                assert row == sorted(plain).index(key)
                assert there == next((other for other in sorted(plain) if other > key), None)
                rows.insert(key, number)
            elif how == "remove" and key in plain:
                del plain[key]
                rows.remove(key)
            elif how == "put" and key in plain:
                plain[key] = -number
                rows.put(key, -number)
            assert list(rows) == [plain[known] for known in sorted(plain)]
            assert len(rows) == len(plain)
            assert [rows[row] for row in range(len(rows))] == list(rows)
            assert all(rows.row_of(known) == row for row, known in enumerate(sorted(plain)))
            assert rows.row_of((9, 9)) == -1
