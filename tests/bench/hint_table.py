"""`python -m tests.bench.hint_table` counts what each rule gets right, and writes it where people choose rules:
`resources/suggesters/measured.json` for the dialog, and the table of rules in the manual's page on suggestions.

Hints are counted in the cases of the rule, in the pairs and in the summaries; errors are those planted for the rule in
its cases and in the pairs. They are our own texts: others will give lower figures.
"""

import json
import re
from collections.abc import Sequence
from pathlib import Path

from app import paths
from app.suggesters.hints.rule import Tier
from app.suggesters.hints.rules import RULES
from app.suggesters.rule_figures import RuleFigures
from tests.hints.case_file import cases_of, hints_of
from tests.hints.pair_file import pairs
from tests.hints.summary_file import summaries

HEAD = "| rule | what it finds | hints that were right | planted errors found |\n|---|---|---|---|\n"
_TABLE = re.compile(re.escape(HEAD) + r"(?:\|.*\n)*")


def count() -> list[RuleFigures]:
    """Return the figures of all rules."""
    return [_counted(rule.name, rule.version, is_sure=rule.tier is Tier.SURE) for rule in RULES]


def _counted(name: str, version: str, *, is_sure: bool) -> RuleFigures:
    given = right = errors = found = 0
    wrong, clean = cases_of(name)
    for case in [*wrong, *clean]:
        hints = [hint for _, hint in hints_of([name], case.text, case.references)]
        hits = sum(not case.is_clean and case.is_hit(hint) for hint in hints)
        given, right = given + len(hints), right + hits
        errors, found = errors + (not case.is_clean), found + (hits > 0)
    # Leads claim no error: texts with planted errors say nothing of what else is worth a look.
    for pair in pairs() if is_sure else ():
        hints = [hint for _, hint in hints_of([name], pair.text, [pair.reference])]
        mine = [error for error in pair.errors if error.kind == name]
        given += len(hints)
        right += sum(any(error.is_hit(hint) for error in pair.errors) for hint in hints)
        errors += len(mine)
        found += sum(any(error.is_hit(hint) for hint in hints) for error in mine)
    for summary in summaries() if is_sure else ():
        hints = [hint for _, hint in hints_of([name], summary.text, [summary.source])]
        given += len(hints)
        right += sum(map(summary.is_hit, hints))
    return RuleFigures(name, version, given, right, errors, found)


def table(figures: Sequence[RuleFigures]) -> str:
    """Return the table of the manual."""
    by_name = {each.rule: each for each in figures}
    rows: list[str] = []
    for rule in RULES:
        each = by_name[rule.name]
        tier = "" if rule.tier is Tier.SURE else " (look here)"
        shares = f"{each.right} of {each.given} | {each.found} of {each.errors}"
        rows.append(f"| `{rule.name}`{tier} | {rule.title}. {rule.help} | {shares} |\n")
    return HEAD + "".join(rows)


def main(resources: Path) -> None:
    """Write the figures, and the table into the page. Raises ValueError if the page has no such table."""
    figures = count()
    rows = ",\n ".join(
        json.dumps({field: getattr(each, field) for field in each.__struct_fields__}) for each in figures
    )
    (resources / "suggesters" / "measured.json").write_text(f"[{rows}]\n", encoding="utf-8")
    page = resources / "help" / "suggestions.md"
    text, replaced = _TABLE.subn(lambda _: table(figures), page.read_text(encoding="utf-8"))
    if replaced != 1:
        raise ValueError(f"{page} has {replaced} tables of rules, not 1")
    page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(paths.resources())
