"""How long each command holds the window, on a document with very many marks beside one with few."""

from collections.abc import Sequence

from tests.bench.command_sitting import Turn, sittings
from tests.bench.rows import Row

_MANY, _FEW = 50_000, 50
_FRAME = 16.0  # milliseconds: what is faster can't be seen, nor compared
_GOAL = 6.25  # frames, a tenth of a second, which one feels as at once


def run() -> Sequence[Row]:
    """Do every command of the catalogue once on each of the documents."""
    few, many = _turns(_FEW), _turns(_MANY)
    rows = [_row(action, many[action], few[action]) for action in many if action in few]
    return sorted(rows, key=lambda row: -row.ratio)


def _row(action: str, many: Turn, few: Turn) -> Row:
    note = f"CPU {many.cpu:.0f} : {few.cpu:.0f} ms"
    name = f"{action}, {_MANY:,} marks"
    return Row(name, many.wall, max(_FRAME, few.wall), f"{_FEW} marks, a frame at least", _GOAL, note=note)


def _turns(marks: int) -> dict[str, Turn]:
    """Return the longest turn of the event loop for each command that can be done."""
    found: dict[str, Turn] = {}
    for sitting, specs in sittings(marks):
        for spec in specs:
            turn = sitting.longest(spec)
            if turn is not None:
                found[spec.id] = turn
    return found
