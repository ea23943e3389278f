"""What the tests of the hub share: a server for all of them, and an empty database for each."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.hub import credentials
from tests.hub.authority import Authority, TlsServer
from tests.hub.postgres import Postgres
from tests.hub.team_at_hub import TeamAtHub


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server, stopped at the end."""
    server = Postgres()
    yield server
    server.remove()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Whose certificates the tests trust."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def server(authority: Authority) -> Iterator[TlsServer]:
    """A server that encrypts and wants passwords, stopped at the end."""
    found = TlsServer(authority.certificate("localhost"))
    yield found
    found.remove()


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing that the system or its user has says what is trusted, or has a password."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("PGSSLROOTCERT", "PGPASSWORD", "PGPASSFILE", "PGSERVICE", "PGSERVICEFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(credentials, "_held", {})
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")


@pytest.fixture
def hub(postgres: Postgres, tmp_path: Path) -> TeamAtHub:
    """A lead's project with a hub, in a database of its own, before anybody is invited."""
    return TeamAtHub(postgres, postgres.new_database(), tmp_path)
