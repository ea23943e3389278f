"""How a failure reads."""

import pytest

from app.core.errors import Cancelled, StetError


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (StetError("it is wrong"), "it is wrong"),
        (StetError("it is wrong", hint="mend it"), "it is wrong; mend it"),
        (StetError("it is wrong", hint="mend it", path="a.toml", line=3), "a.toml:3: it is wrong; mend it"),
        (StetError("it is wrong", path="a.toml"), "a.toml: it is wrong"),
        (Cancelled(), "cancelled; nothing was changed"),
    ],
)
def test_a_failure_says_where_what_and_what_to_do(error: StetError, words: str) -> None:
    assert str(error) == words
