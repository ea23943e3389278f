"""A short sample of the benches `import` and `export`, with room for a busy machine."""

import pytest

from tests.bench import bulk


@pytest.mark.parametrize("bench", [bulk.run_import, bulk.run_export])
def test_import_and_export_take_only_a_few_times_sqlites_time(bench) -> None:
    (row,) = bench(1000, runs=3)
    assert row.name.endswith("1,000 documents with 10,000 annotations")
    assert row.ratio < 8
