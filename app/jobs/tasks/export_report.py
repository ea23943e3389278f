"""The report of an export, in numbers and in words."""

from pathlib import Path
from typing import Any, NamedTuple

from app.core.annotation import Status
from app.core.decision import Outcome
from app.core.record import DocumentRecord
from app.core.wording import counted
from app.exchange.report import LossReport

_UNDECIDED = "undecided"


class ExportedFile(NamedTuple):
    """A written file or folder, with the number of documents in it; `path` is None for a stream.

    `replaced` is True if a file with that name existed before.
    """

    path: Path | None
    documents: int
    replaced: bool = False

    def __str__(self) -> str:
        place = f" to {self.path}" if self.path else ""
        return f"{counted(self.documents, 'document')}{place}{' (replacing a file)' if self.replaced else ''}"


class ExportReport(NamedTuple):
    """What an export did. `losses` is what the format couldn't represent.

    `gold` counts the gold annotations by the outcome of their decision; `undecided` are those without one. `empty` in
    it are the documents with nothing to mark.
    """

    format: str
    parts: tuple[ExportedFile, ...]
    seed: int | None
    losses: LossReport
    gold: dict[str, int]

    @property
    def documents(self) -> int:
        """How many documents were written in total."""
        return sum(part.documents for part in self.parts)

    def lines(self) -> list[str]:
        """Return the report in words: what was written, then what couldn't be."""
        seed = f" (seed {self.seed})" if self.seed is not None else ""
        outcomes = [_outcome_words(outcome, count) for outcome, count in self.gold.items()]
        gold = [f"gold: {', '.join(outcomes)}"] if outcomes else []
        return [f"exported {', '.join(map(str, self.parts))}{seed}", *gold, *(str(loss) for loss in self.losses)]

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain values, for JSON."""
        parts = [part._asdict() | {"path": str(part.path) if part.path else None} for part in self.parts]
        losses = self.losses.as_list()
        return {"format": self.format, "parts": parts, "seed": self.seed, "gold": self.gold, "losses": losses}


def _outcome_words(outcome: str, count: int) -> str:
    if outcome == Outcome.EMPTY:
        return f"{counted(count, 'document')} with nothing to mark"
    return f"{count:,} {'without a decision' if outcome == _UNDECIDED else outcome}"


class GoldCount:
    """Counts the written gold annotations by the outcome of their decision, and the documents without any."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def add(self, record: DocumentRecord) -> None:
        """Count the gold annotations of a document, or the document if there is nothing to mark in it."""
        if record.gold is None:
            return
        if record.gold.status is Status.DONE_EMPTY:
            self._add(Outcome.EMPTY)
        deciding = record.deciding()
        for annotation in record.gold.annotations:
            decision = deciding.get(annotation.uid)
            self._add(decision.outcome.value if decision else _UNDECIDED)

    def _add(self, outcome: str) -> None:
        self._counts[outcome] = self._counts.get(outcome, 0) + 1

    def outcomes(self) -> dict[str, int]:
        """Return the counts in a fixed order."""
        order = [*(outcome.value for outcome in Outcome), _UNDECIDED]
        return {outcome: self._counts[outcome] for outcome in order if outcome in self._counts}
