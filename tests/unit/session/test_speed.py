"""Short samples of the benches `concordance` and `log`, with room for a busy machine."""

import pytest

from app.storage.edit_log import EditLog
from app.storage.migrations import schema_of
from app.storage.version import SCHEMA_VERSION
from tests.bench import action_log, concordance


def test_the_first_hits_are_there_at_once() -> None:
    for row in concordance.run(documents=2_000):
        if row.unit == "ms" and row.baseline == 100.0:
            assert row.ratio < 3, row.name


def test_an_action_takes_little_room_in_the_log() -> None:
    assert [row.name for row in action_log.room(actions=20) if not row.met] == []


@pytest.mark.parametrize("kind", ["undo", "redo"])
def test_what_undo_would_do_is_looked_up_in_an_index(kind: str) -> None:
    plan = schema_of(SCHEMA_VERSION).execute(f"EXPLAIN QUERY PLAN {EditLog.question(kind)}", [1]).fetchall()
    assert [step for *_, step in plan if step.startswith("SCAN")] == []
    assert f"USING INDEX idx_edit_log_{kind}able" in plan[0][3]
