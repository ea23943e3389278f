"""The figures beside each rule: of the rules as they are, and the same in the dialog and the manual."""

from app import paths
from app.suggesters.hints.rules import RULES
from app.suggesters.rule_figures import rule_figures
from tests.bench.hint_table import table


def test_the_figures_are_those_of_the_rules_as_they_are() -> None:
    assert {rule.name: rule.version for rule in RULES} == {name: each.version for name, each in rule_figures().items()}
    assert all(0 < each.right <= each.given and 0 < each.found <= each.errors for each in rule_figures().values())


def test_the_manual_has_the_same_figures_for_each_rule() -> None:
    assert table(list(rule_figures().values())) in (paths.resources() / "help" / "suggestions.md").read_text("utf-8")
