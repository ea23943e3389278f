"""Summaries of nine kinds of text beside their sources. `python -m tests.bench hints` measures all their edits."""

from collections import Counter

from app.suggesters.hints.rule import Tier
from app.suggesters.hints.rules import RULES
from tests.hints.case_file import hints_of
from tests.hints.summary_file import summaries

SURE = tuple(rule.name for rule in RULES if rule.tier is Tier.SURE)
MOST_HINTED = 2


def test_summaries_as_written_get_hardly_a_hint() -> None:
    whole = [summary for summary in summaries() if not summary.edit]
    hinted = [summary.text for summary in whole if hints_of(SURE, summary.text, [summary.source])]
    assert len(hinted) <= MOST_HINTED, hinted


def test_each_kind_has_edits_and_a_source_held_out() -> None:
    counts = Counter((summary.kind, summary.is_right, summary.is_held_out) for summary in summaries())
    kinds = {kind for kind, _, _ in counts}
    assert len(kinds) == 9
    assert all(
        counts[kind, right, held_out] >= 8 for kind in kinds for right in (True, False) for held_out in (True, False)
    )
