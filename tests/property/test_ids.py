"""Identifiers sort by the time they were made."""

import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

from hypothesis import given
from hypothesis import strategies as st

from app.core import ids

YEAR_2020_NS = 1_577_836_800 * 10**9


@given(st.lists(st.integers(0, 3_000_000), min_size=2, max_size=50))
def test_ids_sort_by_creation_even_if_the_clock_goes_back(moments) -> None:
    with mock.patch.object(ids.time, "time_ns", side_effect=[YEAR_2020_NS + moment for moment in moments]):
        made = [ids.new_uid() for _ in moments]
    assert made == sorted(set(made))


@given(st.integers(0, 2**48 // 1000 * 10**9))
def test_an_id_is_a_version_7_uuid_with_its_millisecond(moment) -> None:
    with mock.patch.object(ids.time, "time_ns", return_value=moment), mock.patch.object(ids, "_last", 0):
        made = ids.new_uid()
    parsed = uuid.UUID(made)
    assert str(parsed) == made
    assert (parsed.version, parsed.variant) == (7, uuid.RFC_4122)
    assert parsed.int >> 80 == moment // 1_000_000


def test_threads_never_get_the_same_id() -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: ids.new_uid(), range(4000)))
    assert len(set(made)) == len(made)
    assert all(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", uid) for uid in made)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), min_size=1, max_size=4))
def test_derived_ids_are_the_same_however_they_are_made(parts) -> None:
    assert ids.DerivedUids(*parts[:-1]).of(parts[-1]) == ids.derived_uid(*parts)
    assert uuid.UUID(ids.derived_uid(*parts)).version == 8
