"""What the tests of the hub share: a server for all of them, and an empty database for each."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hub.postgres import Postgres
from tests.hub.team_at_hub import TeamAtHub


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server, stopped at the end."""
    server = Postgres()
    yield server
    server.remove()


@pytest.fixture
def hub(postgres: Postgres, tmp_path: Path) -> TeamAtHub:
    """A lead's project with a hub, in a database of its own, before anybody is invited."""
    return TeamAtHub(postgres, postgres.new_database(), tmp_path)
