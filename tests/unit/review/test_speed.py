"""A short sample of the bench `grouping`, with room for a busy machine."""

from tests.bench import grouping


def test_a_tenth_of_a_large_project_is_grouped_within_its_time() -> None:
    rows = {row.name.rpartition(", ")[2]: row for row in grouping.run(documents=100)}
    assert rows["in seconds"].ratio < 3
    assert sum(len(found.by) for found in grouping.readings(100)) == 1000
