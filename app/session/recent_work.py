"""The work of a sitting since the newest copy of the project: what that copy lacks if the file itself is lost."""

import threading
from typing import NamedTuple

_MOST_CHARACTERS = 50_000_000


class RecentRow(NamedTuple):
    """A row of the log as it was written: its action as JSON, the annotator's name, the document's uid and the time."""

    sequence: int
    kind: str
    title: str
    action: str
    annotator: str | None
    document: str | None
    undoes: int | None
    time: str


class RecentWork:
    """The rows that were written since the newest copy. Copies may be noted by any thread."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._rows: list[RecentRow] = []
        self._size = 0
        self._copied_before = 0
        self._lost_up_to = 0

    def add(self, rows: list[RecentRow], *, are_all: bool) -> None:
        """Add the rows of a committed step. `are_all`: their actions contain all that it wrote, which isn't so in bulk;
        then, and if they become too many to keep, only a new copy has it.
        """
        with self._turn:
            self._size += sum(len(row.action) for row in rows)
            if are_all and self._size <= _MOST_CHARACTERS:
                self._rows.extend(rows)
            elif rows:
                self._lost_up_to = rows[-1].sequence
                self._rows, self._size = [], 0

    def note_copy(self, next_sequence: int) -> None:
        """Note that a copy has every row before this sequence."""
        with self._turn:
            self._copied_before = next_sequence
            self._rows = [row for row in self._rows if row.sequence >= next_sequence]
            self._size = sum(len(row.action) for row in self._rows)

    def rows(self) -> list[RecentRow] | None:
        """Return what the newest copy lacks, oldest first; None if that can't be known."""
        with self._turn:
            return list(self._rows) if self._copied_before > self._lost_up_to else None
