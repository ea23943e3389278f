"""Time on the wall and time of this process, of the same work."""

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from tests.bench.rows import Row, median, percentile


class Took(NamedTuple):
    """Milliseconds on the wall, and of this process alone: on a busy machine the second one is to be compared."""

    wall: float
    cpu: float


def timed(work: Callable[[], object]) -> Took:
    """Do some work; return how long it took."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Took((time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000)


def middle(times: Sequence[Took]) -> Took:
    """Return the medians."""
    return Took(median([t.wall for t in times]), median([t.cpu for t in times]))


def at(times: Sequence[Took], share: float) -> Took:
    """Return what a share of the times stays below."""
    return Took(percentile([t.wall for t in times], share), percentile([t.cpu for t in times], share))


def row(name: str, ours: Took, baseline: Took, baseline_name: str, goal: float, *, said: str = "") -> Row:
    """Return a row in times on the wall that notes those of the process."""
    note = f"CPU {ours.cpu:.1f} : {baseline.cpu:.1f} ms"
    return Row(
        name, ours.wall, baseline.wall, baseline_name, goal, note=_joined(note, said), cpu=ours.cpu / baseline.cpu
    )


def _joined(note: str, said: str) -> str:
    return f"{note}; {said}" if said else note
