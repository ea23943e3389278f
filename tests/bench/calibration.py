"""`python -m tests.bench.calibration` counts what each sure rule gets right in the pairs and the summaries, by
score, and writes `resources/suggesters/calibration.json`: what a score means before people have answered.

They have planted errors, all of them known. They say nothing of leads, which claim no error.
"""

import json
from collections import Counter
from pathlib import Path

from app import paths
from app.core.suggestion_calibration import BINS, bin_of
from app.suggesters.hints.hint import Hint
from app.suggesters.hints.rule import Tier
from app.suggesters.hints.rules import RULES
from tests.hints.case_file import hints_of
from tests.hints.pair_file import pairs
from tests.hints.summary_file import summaries

_ABOUT = (
    "What each suggester's version got right in the pairs and summaries that ship with the tests, by score: [score, "
    "right, suggested]. Made by: python -m tests.bench.calibration"
)


def main(out: Path) -> None:
    """Write the table."""
    right: Counter[tuple[str, int]] = Counter()
    given: Counter[tuple[str, int]] = Counter()
    names = tuple(rule.name for rule in RULES if rule.tier is Tier.SURE)

    def count(name: str, hint: Hint, is_right: bool) -> None:
        key = (name, bin_of(hint.score))
        given[key] += 1
        right[key] += is_right

    for pair in pairs():
        for name, hint in hints_of(names, pair.text, [pair.reference]):
            count(name, hint, any(error.is_hit(hint) for error in pair.errors))
    for summary in summaries():
        for name, hint in hints_of(names, summary.text, [summary.source]):
            count(name, hint, summary.is_hit(hint))
    lines: list[str] = []
    for rule in RULES:
        scores = [
            [at / BINS, right[name, at], count] for (name, at), count in sorted(given.items()) if name == rule.name
        ]
        if scores:
            lines.append(json.dumps({"maker": rule.name, "version": rule.version, "scores": scores}))
    each = ",\n  ".join(lines)
    out.write_text(f'{{"about": {json.dumps(_ABOUT)},\n "suggesters": [\n  {each}]}}\n', encoding="utf-8")


if __name__ == "__main__":
    main(paths.resources() / "suggesters" / "calibration.json")
