"""What the tests of nasty inputs share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Stet


@pytest.fixture
def stet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stet]:
    """Run commands in a folder of its own, in which `p.stet` is a project with the scheme for entities."""
    monkeypatch.chdir(tmp_path)
    found = Stet(tmp_path)
    assert found("new", "p.stet", "--scheme", "ner").code == 0
    yield found
    found.end()
