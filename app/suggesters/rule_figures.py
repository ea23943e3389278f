"""What each rule got right when it was measured, for people who choose among them.

The figures are in `resources/suggesters/measured.json`, which `python -m tests.bench.hint_table` counts anew, together
with the table of the manual.
"""

from functools import lru_cache

import msgspec

from app import paths


class RuleFigures(msgspec.Struct, frozen=True, gc=False):
    """Of `given` hints of a rule's version `right` were errors; of `errors` planted for it `found` were hinted."""

    rule: str
    version: str
    given: int
    right: int
    errors: int
    found: int

    @property
    def precision(self) -> float:
        """The share of the hints that are right, 0 if there were none."""
        return self.right / self.given if self.given else 0.0

    @property
    def recall(self) -> float:
        """The share of the planted errors that are found, 0 if there were none."""
        return self.found / self.errors if self.errors else 0.0

    def in_words(self) -> str:
        """Return the figures as a sentence."""
        return (
            f"Measured: {self.right} of {self.given} hints were right ({self.precision:.0%}), "
            f"{self.found} of {self.errors} planted errors were found ({self.recall:.0%})."
        )


@lru_cache(1)
def rule_figures() -> dict[str, RuleFigures]:
    """Return the figures by the name of the rule, read at the first call."""
    content = (paths.resources() / "suggesters" / "measured.json").read_bytes()
    return {each.rule: each for each in msgspec.json.decode(content, type=list[RuleFigures])}
