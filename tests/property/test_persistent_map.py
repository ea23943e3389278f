"""The dictionary that never changes does what a dictionary does, and leaves its earlier versions as they were."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import persistent_map
from app.core.persistent_map import PersistentMap

keys = st.sampled_from([f"k{number}" for number in range(12)])
steps = st.lists(st.tuples(keys, st.one_of(st.none(), st.integers())), max_size=60)


@given(st.dictionaries(keys, st.integers()), steps, st.integers(1, 7))
def test_it_holds_what_a_dictionary_holds(
    base: dict[str, int], changes: list[tuple[str, int | None]], most: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(persistent_map, "_MOST", most)
        plain, versions = dict(base), [(PersistentMap(base), dict(base))]
        for key, value in changes:
            before = versions[-1][0]
            if value is not None:
                plain[key] = value
                versions.append((before.with_item(key, value), dict(plain)))
            elif key in plain:
                del plain[key]
                versions.append((before.without(key), dict(plain)))
            else:
                with pytest.raises(KeyError):
                    before.without(key)
        for version, expected in versions:
            assert {key: version.get(key) for key in map("k{}".format, range(12))} == {
                key: expected.get(key) for key in map("k{}".format, range(12))
            }
            assert len(version) == len(expected)
            assert version == expected
            assert sorted(version.values()) == sorted(expected.values())
            assert [key in version for key in sorted(expected)] == [True] * len(expected)


def test_a_change_copies_only_the_differences() -> None:
    base = {str(number): number for number in range(100_000)}
    first = PersistentMap(base)
    second = first.with_item("new", 1)
    assert second._parts[0] is first._parts[0]
    assert second._parts[1] == {"new": 1}
    with pytest.raises(KeyError):
        first["new"]
