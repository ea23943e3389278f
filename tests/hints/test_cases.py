"""Each rule on its cases: what share it finds, with which range, correction and evidence, and what it passes over."""

import pytest

from app.suggesters.hints.hint import HintKind
from app.suggesters.hints.rules import RULES
from tests.hints.case_file import Case, cases_of, hints_of

LEAST_CASES = 20
# (share of the planted errors found exactly, share of clean texts passed over): beneath what is measured today, so that
# a change for the worse fails. `python -m tests.bench hints` prints the figures.
FLOORS: dict[str, tuple[float, float]] = {"term": (0.8, 0.85)}
SURE = (0.85, 0.95)


@pytest.mark.parametrize("rule", [rule.name for rule in RULES])
def test_a_rule_finds_its_errors_and_passes_over_the_rest(rule: str) -> None:
    wrong, clean = cases_of(rule)
    assert len(wrong) >= LEAST_CASES
    assert len(clean) >= LEAST_CASES
    least, quiet = FLOORS.get(rule, SURE)
    missed = [case.text for case in wrong if not _exact(case)]
    noisy = [case.text for case in clean if hints_of([rule], case.text, case.references)]
    assert len(missed) <= (1 - least) * len(wrong), f"not found exactly: {missed}"
    assert len(noisy) <= (1 - quiet) * len(clean), f"wrongly found in: {noisy}"


def _exact(case: Case) -> bool:
    return any(case.is_exact(hint) for _, hint in hints_of([case.rule], case.text, case.references))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_text_against_itself_gives_no_hint_from_the_reference(rule: object) -> None:
    name, kinds = rule.name, rule.kinds  # type: ignore[attr-defined]
    if set(kinds) <= {HintKind.CONTRADICTION, HintKind.CHECK_WORTHY}:
        assert all(not hint.evidence for case in cases_of(name)[0] for _, hint in hints_of([name], case.text, []))
        return
    for case in [case for some in cases_of(name) for case in some]:
        assert not hints_of([name], case.text, [case.text]), case.text
        assert not hints_of([name], case.references[0], [case.references[0]]), case.references[0]


@pytest.mark.parametrize("rule", [rule.name for rule in RULES])
def test_the_order_of_references_and_repetition_change_nothing(rule: str) -> None:
    other = "The harvest festival was moved to the town hall because of the rain."
    for case in cases_of(rule)[0][:8]:
        if not case.references:
            continue
        found = [hint for _, hint in hints_of([rule], case.text, [*case.references, other])]
        again = [hint for _, hint in hints_of([rule], case.text, [*case.references, other])]
        turned = [hint for _, hint in hints_of([rule], case.text, [other, *case.references])]
        assert found == again
        assert [(h.kind, h.start, h.end, h.correction, h.reason, h.score) for h in found] == [
            (h.kind, h.start, h.end, h.correction, h.reason, h.score) for h in turned
        ]
