"""Benchmark rows: ours beside a baseline of the same run."""

import json
import statistics
from collections.abc import Callable, Sequence
from typing import NamedTuple


class Row(NamedTuple):
    """One figure. `ratio` is ours / baseline; `goal` is the largest ratio that is good enough; `note` says what else
    was seen. The baseline is measured in the same run: a number of milliseconds says nothing of another machine.
    """

    name: str
    ours: float
    baseline: float
    baseline_name: str
    goal: float
    unit: str = "ms"
    note: str = ""
    cpu: float | None = None  # the ratio of CPU times, where it was measured too
    is_share: bool = False  # ours is a share of what is right: the more the better, and the goal is the least ratio

    @property
    def ratio(self) -> float:
        """Ours in terms of the baseline."""
        return self.ours / self.baseline

    @property
    def met(self) -> bool:
        """Whether the goal is reached."""
        return self.ratio >= self.goal if self.is_share else self.ratio <= self.goal

    def as_json(self) -> str:
        """Return the row as one JSON object."""
        return json.dumps(
            {
                "name": self.name,
                "ours": round(self.ours, 3),
                "baseline": round(self.baseline, 3),
                "baseline_name": self.baseline_name,
                "ratio": round(self.ratio, 3),
                "goal": self.goal,
                "met": self.met,
                "unit": self.unit,
                "note": self.note,
            }
        )


Bench = Callable[[], Sequence[Row]]


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a table for people."""
    head = ("what", "ours", "baseline", "", "ratio", "goal", "", "note")
    lines = [head]
    for row in rows:
        lines.append(
            (
                row.name,
                f"{row.ours:.2f} {row.unit}",
                f"{row.baseline:.2f} {row.unit}",
                row.baseline_name,
                f"{row.ratio:.2f}" if row.ratio >= 0.1 else f"{row.ratio:.4f}",
                f"{'>=' if row.is_share else '<='} {row.goal:g}",
                "met" if row.met else "MISSED",
                row.note,
            )
        )
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which a share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median(values: Sequence[float]) -> float:
    """Return the middle value."""
    return statistics.median(values)
