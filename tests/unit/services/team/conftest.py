"""What the tests of team work share."""

from pathlib import Path

import pytest

from tests.unit.services.team.lead import make


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Give a lead's project with four documents, one of them a reference."""
    return make(tmp_path / "news.stet")
