"""The rules that Stet ships, in the order in which people are told of them."""

from app.suggesters.hints.antonym_rule import AntonymRule
from app.suggesters.hints.check_worthy_rule import CheckWorthyRule
from app.suggesters.hints.contradiction_rule import ContradictionRule
from app.suggesters.hints.date_rule import DateRule
from app.suggesters.hints.entity_rule import EntityRule
from app.suggesters.hints.name_rule import NameRule
from app.suggesters.hints.negation_rule import NegationRule
from app.suggesters.hints.omission_rule import OmissionRule
from app.suggesters.hints.quantity_rule import QuantityRule
from app.suggesters.hints.role_rule import RoleRule
from app.suggesters.hints.rule import HintRule
from app.suggesters.hints.swap_rule import SwapRule
from app.suggesters.hints.term_rule import TermRule
from app.suggesters.hints.thing_rule import ThingRule
from app.suggesters.hints.unmatched_rule import UnmatchedRule
from app.suggesters.hints.unsupported_rule import UnsupportedRule

RULES: tuple[HintRule, ...] = (
    QuantityRule(),
    DateRule(),
    NameRule(),
    EntityRule(),
    RoleRule(),
    AntonymRule(),
    NegationRule(),
    SwapRule(),
    ContradictionRule(),
    ThingRule(),
    UnmatchedRule(),
    TermRule(),
    UnsupportedRule(),
    OmissionRule(),
    CheckWorthyRule(),
)


def rules_named(names: tuple[str, ...]) -> tuple[HintRule, ...]:
    """Return the rules with these names, in the order of RULES."""
    return tuple(rule for rule in RULES if rule.name in names)
