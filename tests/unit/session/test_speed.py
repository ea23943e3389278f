"""A short sample of the bench `concordance`, with room for a busy machine."""

from tests.bench import concordance


def test_the_first_hits_are_there_at_once() -> None:
    for row in concordance.run(documents=2_000):
        if row.unit == "ms" and row.baseline == 100.0:
            assert row.ratio < 3, row.name
