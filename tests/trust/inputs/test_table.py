"""Each of the 48 nasty inputs has tests, which are there."""

import tomllib
from pathlib import Path

import pytest

from tests.trust.named_tests import is_there

INPUTS = tomllib.loads(Path(__file__).with_name("table.toml").read_text(encoding="utf-8"))["input"]


def test_there_are_48() -> None:
    assert [each["number"] for each in INPUTS] == list(range(1, 49))
    assert all(each["tests"] for each in INPUTS)


@pytest.mark.parametrize("each", INPUTS, ids=lambda each: f"input-{each['number']:02}")
def test_the_tests_of_an_input_are_there(each: dict[str, list[str]]) -> None:
    assert [test for test in each["tests"] if not is_there(test)] == []
