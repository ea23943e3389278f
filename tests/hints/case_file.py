"""The files of cases: `cases/RULE.toml` with what a rule must find, and what it must pass over.

`[[case]]` has `text`, `reference` (or `references`), `quote` (and `nth`, from 1, where the text has it more than once),
`correction` and `evidence`, the quote in a reference; both may be left out where a rule gives none. `[[clean]]` has
texts in which the rule must find nothing.
"""

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from app.suggesters.backend import LocalHints, local_hints
from app.suggesters.hints.hint import Hint

CASES = Path(__file__).with_name("cases")


class Case(NamedTuple):
    """A text with what a rule is to find in it; `quote` is empty where it is to find nothing."""

    rule: str
    text: str
    references: tuple[str, ...]
    quote: str = ""
    start: int = -1
    correction: str | None = None
    evidence: str = ""

    @property
    def is_clean(self) -> bool:
        """Whether the rule is to find nothing."""
        return not self.quote and self.start < 0

    def is_hit(self, hint: Hint) -> bool:
        """Whether a hint covers the words that are wrong, and few others: at least half of both."""
        end = self.start + len(self.quote)
        common = min(hint.end, end) - max(hint.start, self.start)
        if self.start == end or hint.start == hint.end:
            return abs(hint.start - self.start) <= 1 and hint.start == hint.end
        return common * 2 >= len(self.quote) and common * 2 >= hint.end - hint.start

    def is_exact(self, hint: Hint) -> bool:
        """Whether range, correction and evidence are right, as far as the case says them."""
        return (
            (hint.start, hint.end) == (self.start, self.start + len(self.quote))
            and (self.correction is None or hint.correction == self.correction)
            and (not self.evidence or self.evidence in [self._quoted(hint, n) for n in range(len(hint.evidence))])
        )

    def _quoted(self, hint: Hint, number: int) -> str:
        place = hint.evidence[number]
        return self.references[place.reference][place.start : place.end]


def cases_of(rule: str) -> tuple[list[Case], list[Case]]:
    """Return the cases of a rule in which it must find something, and those in which it must find nothing."""
    with (CASES / f"{rule}.toml").open("rb") as file:
        found = tomllib.load(file)
    return [_case(rule, row) for row in found.get("case", ())], [_case(rule, row) for row in found.get("clean", ())]


def _case(rule: str, row: dict[str, Any]) -> Case:
    references = tuple(row["references"]) if "references" in row else (row["reference"],) if "reference" in row else ()
    text = row["text"]
    if "before" in row:  # the place of an omission: right before these words
        return Case(
            rule, text, references, "", text.index(row["before"]), row.get("correction"), row.get("evidence", "")
        )
    quote, start = row.get("quote", ""), -1
    for _ in range(row.get("nth", 1) if quote else 0):
        start = text.index(quote, start + 1)
    return Case(rule, text, references, quote, start, row.get("correction"), row.get("evidence", ""))


@cache
def hinter() -> LocalHints:
    """Return the real pipeline, loaded once."""
    return local_hints("")


def hints_of(rules: Sequence[str], text: str, references: Sequence[str]) -> list[tuple[str, Hint]]:
    """Return the hints of rules for a text."""
    return hinter().hints(tuple(rules), text, references, lambda: None)
