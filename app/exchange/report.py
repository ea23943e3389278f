"""Findings of an import or an export for the user: counted by kind, each with a few examples."""

from collections.abc import Iterator
from typing import Any

import msgspec

EXAMPLES = 20


class Finding(msgspec.Struct, kw_only=True):
    """One kind of finding. `kind` is a fixed word for programs, `what` a sentence for people.

    A count of 0 means that the finding isn't countable, such as “nothing exported”; people aren't shown it.
    """

    kind: str
    what: str
    count: int = 0
    examples: list[str] = []

    def __str__(self) -> str:
        shown = "; ".join(self.examples[:3])
        more = ", ..." if self.count > len(self.examples[:3]) else ""
        count = f": {self.count:,}" if self.count else ""
        return f"{self.what}{count}" + (f" ({shown}{more})" if shown else "")


class Report:
    """Findings by kind. Its size is bounded: of each kind, only the first 20 examples are kept."""

    def __init__(self) -> None:
        self._findings: dict[str, Finding] = {}

    def note(self, kind: str, what: str, example: str = "", *, count: int = 1) -> None:
        """Count a finding; all of a kind share the sentence of the first one.

        `count` is 0 for a finding that isn't countable.
        """
        finding = self._findings.get(kind)
        if finding is None:
            finding = self._findings[kind] = Finding(kind=kind, what=what, examples=[])
        finding.count += count
        if example and len(finding.examples) < EXAMPLES:
            finding.examples.append(example)

    def has_room(self, kind: str) -> bool:
        """Return whether another example of a kind would be kept; there may be too many findings to word each."""
        finding = self._findings.get(kind)
        return finding is None or len(finding.examples) < EXAMPLES

    def count(self, kind: str) -> int:
        """Return how often a kind was noted."""
        finding = self._findings.get(kind)
        return finding.count if finding else 0

    def add(self, other: "Report") -> None:
        """Add the counts and examples of another report."""
        for finding in other:
            self.note(finding.kind, finding.what, count=finding.count)
            mine = self._findings[finding.kind].examples
            mine.extend(finding.examples[: EXAMPLES - len(mine)])

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._findings.values())

    def as_list(self) -> list[dict[str, Any]]:
        """Return the findings as plain values, for JSON."""
        return [msgspec.structs.asdict(finding) for finding in self]


class LossReport(Report):
    """What a format couldn't represent."""
