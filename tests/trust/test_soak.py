"""A long sitting costs no more at its end than at its beginning: memory, handles, threads, timers, and time."""

import random
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.driver import Driver
from tests.e2e import projects
from tests.trust.endurance import Endurance, Held
from tests.trust.figures import record

_TEXTS = {
    f"{number:02}.txt": f"Text {number}. " + "The senator said the talks began in May. " * 60 for number in range(12)
}


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Driver]:
    driver = Driver(qtbot)
    driver.words = "language"
    driver.start(projects.make(tmp_path, _TEXTS), annotator="Ana")
    yield driver
    driver.quit()


def require_flat(before: Held, after: Held, *, documents: int, marks: int) -> None:
    """Compare what is held at two moments between which so many documents and marks were added."""
    assert after.handles <= before.handles + 2
    assert after.threads <= before.threads + 1
    assert after.timers <= before.timers + 2
    assert after.widgets <= before.widgets + 10
    assert after.qobjects <= before.qobjects + 40
    # Each document has a row in lists, and each of the last hundred steps can be named in a menu. A mark is some 15
    # objects: itself, its parts and how it is drawn and listed, in the documents that are kept.
    assert after.objects <= before.objects * 1.05 + 200 * documents + 16 * max(0, marks) + 3000


def test_a_sitting_of_a_few_hundred_actions_holds_nothing_more(desk: Driver, tmp_path: Path) -> None:
    sitting = Endurance(desk, tmp_path, random.Random(1))
    sitting.go(100, look_every=1000)  # everything was opened once
    before, marks = sitting.held[-1], sitting.marks[-1]
    brought_in = sitting.counts()["import"]
    sitting.go(150, look_every=1000)
    documents = sitting.counts()["import"] - brought_in
    require_flat(before, sitting.held[-1], documents=documents, marks=sitting.marks[-1] - marks)


@pytest.mark.slow
def test_three_hours_of_work_cost_no_more_at_their_end(desk: Driver, tmp_path: Path) -> None:
    sitting = Endurance(desk, tmp_path, random.Random(2))
    sitting.go(20_000, look_every=250)
    tenth = len(sitting.held) // 10
    plateau, end = sitting.held[2 * tenth : 4 * tenth], sitting.held[-tenth:]
    growth = _memory(end) / _memory(plateau) - 1
    slowdown = sitting.slowdown()
    counts = sitting.counts()
    record(
        "soak",
        actions=counts.total(),
        document_switches=counts["document"],
        imports_and_exports=counts["import"] + counts["export"],
        MB_at_the_plateau=round(_memory(plateau)),
        percent_more_memory_at_the_end=round(100 * growth, 1),
        more_handles=max(0, end[-1].handles - plateau[0].handles),
        more_threads=max(0, end[-1].threads - plateau[0].threads),
        more_timers=max(0, end[-1].timers - plateau[0].timers),
        times_the_first_latency_in_the_median=round(statistics.median(slowdown.values()), 2),
        times_at_most=round(max(slowdown.values()), 2),
        was_the_slowest_kind=max(slowdown, key=slowdown.__getitem__),
    )
    assert growth < 0.1
    require_flat(plateau[0], end[-1], documents=counts["import"], marks=sitting.marks[-1] - sitting.marks[2 * tenth])
    assert max(slowdown.values()) < 3, slowdown


def _memory(held: list[Held]) -> float:
    return statistics.mean(each.memory for each in held)
