"""All sure rules together on the pairs: what the issue's figures are measured on."""

from app.suggesters.hints.rule import Tier
from app.suggesters.hints.rules import RULES
from tests.hints.case_file import hints_of
from tests.hints.pair_file import pairs

SURE = tuple(rule.name for rule in RULES if rule.tier is Tier.SURE)


def test_there_are_enough_pairs_errors_and_negatives() -> None:
    assert len(pairs()) >= 30
    assert sum(len(pair.errors) for pair in pairs()) >= 60
    assert sum(len(pair.negatives) for pair in pairs()) >= 40


def test_the_sure_rules_are_right_and_find_most() -> None:
    given = right = found = errors = wrong_negatives = 0
    for pair in pairs():
        hints = [hint for _, hint in hints_of(SURE, pair.text, [pair.reference])]
        given += len(hints)
        right += sum(any(error.is_hit(hint) for error in pair.errors) for hint in hints)
        wanted = [error for error in pair.errors if error.kind]
        errors += len(wanted)
        found += sum(any(error.is_hit(hint) for hint in hints) for error in wanted)
        wrong_negatives += sum(
            any(hint.start < end and start < hint.end for hint in hints) for start, end in pair.negatives
        )
    assert right / given >= 0.9
    assert found / errors >= 0.75
    assert wrong_negatives <= 3 / 40 * sum(len(pair.negatives) for pair in pairs())


def test_references_against_themselves_give_nothing() -> None:
    for pair in pairs():
        assert not hints_of(SURE, pair.reference, [pair.reference]), pair.name
