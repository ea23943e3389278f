"""The help page of safety says what is checked, and nothing else."""

import re

import pytest
import safety

from tests.trust.named_tests import is_there


def _promises() -> list[dict[str, list[str]]]:
    return [promise for section in safety.promises() for promise in section["promise"]]


def test_the_page_is_what_the_command_writes() -> None:
    assert safety.PAGE.read_text(encoding="utf-8") == safety.page(), "run: python packaging/safety.py"


@pytest.mark.parametrize("test", sorted({test for promise in _promises() for test in promise["tests"]}))
def test_every_test_that_is_named_is_there(test: str) -> None:
    assert is_there(test)


def test_every_promise_has_a_test() -> None:
    assert all(promise["tests"] for promise in _promises())


def test_every_campaign_that_counted_stands_on_the_page() -> None:
    named = {campaign for promise in _promises() for campaign in promise["campaigns"]}
    assert set(safety.figures()) <= named, "name it under a promise in packaging/safety.toml"


def test_every_campaign_that_is_named_counts_something() -> None:
    """A name that no test records would promise figures that never come."""
    code = "".join(path.read_text(encoding="utf-8") for path in (safety.ROOT / "tests").rglob("test_*.py"))
    recorded = set(re.findall(r'\brecord\(\s*"([a-z -]+)",', code))
    assert {campaign for promise in _promises() for campaign in promise["campaigns"]} <= recorded


def test_figures_read_as_words() -> None:
    said = safety.in_words("kills", {"on": "2026-11-30", "kills": 1000, "actions_lost": 0})
    assert said == "campaign **kills**: 1,000 kills, 0 actions lost (2026-11-30)"
