"""The rules that Stet ships, in the order in which people are told of them."""

from app.suggesters.hints.rule import HintRule

RULES: tuple[HintRule, ...] = ()


def rules_named(names: tuple[str, ...]) -> tuple[HintRule, ...]:
    """Return the rules with these names, in the order of RULES."""
    return tuple(rule for rule in RULES if rule.name in names)
