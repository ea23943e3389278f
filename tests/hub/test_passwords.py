"""Passwords are found where PostgreSQL's own programs find them, in the keyring, or asked for; and are left nowhere."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli.main import cli
from app.hub import credentials
from app.hub.address import parsed_hub_address
from app.hub.connection import HubConnection, HubPasswordWanted
from app.jobs.tasks import hub as tasks
from tests.hub.authority import PASSWORD, Authority, TlsServer
from tests.unit.services.team.lead import make, opened

keyring = pytest.importorskip("keyring", reason="the keyring is an extra")

_PGPASS = PASSWORD.replace("\\", "\\\\").replace(":", "\\:")


class _Keyring(keyring.backend.KeyringBackend):
    """A keyring in memory."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def ring(alone: None) -> Iterator[_Keyring]:
    """The system's keyring, empty; and nothing else has a password."""
    before = keyring.get_keyring()
    found = _Keyring()
    keyring.set_keyring(found)
    yield found
    keyring.set_keyring(before)


@pytest.fixture
def address(server: TlsServer, authority: Authority) -> str:
    """The address of an empty database."""
    server.show(authority.certificate("localhost"))
    return server.address(server.new_database(), sslrootcert=str(authority.file))


@pytest.fixture
def invitation(address: str, ring: _Keyring, tmp_path: Path) -> str:
    """An invitation for Ana, whose password isn't known anywhere yet."""
    lea = tmp_path / "lea.stet"
    make(lea)
    tasks.hold_password(parsed_hub_address(address), PASSWORD)
    with opened(lea, "lea") as session:
        tasks.create(session, address)
        return tasks.invite(session, "ana", new_password=PASSWORD).line()


def _connect(address: str) -> None:
    HubConnection(parsed_hub_address(address)).close()


def test_without_a_password_it_is_said_where_one_can_be(address: str, ring: _Keyring) -> None:
    with pytest.raises(HubPasswordWanted, match="wants a password"):
        _connect(address)
    tasks.hold_password(parsed_hub_address(address), "wrong")
    with pytest.raises(HubPasswordWanted, match="refused"):
        _connect(address)


def test_pgpass_is_read(
    address: str, server: TlsServer, ring: _Keyring, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "passwords"
    file.write_text(f"localhost:{server.port}:*:admin:{_PGPASS}\n")
    file.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(file))
    _connect(address)


def test_a_service_file_may_say_everything(
    address: str, authority: Authority, ring: _Keyring, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    place = parsed_hub_address(address)
    file = tmp_path / "services"
    lines = ("host=localhost", f"port={place.port}", f"dbname={place.database}", "user=admin", f"password={PASSWORD}")
    file.write_text("\n".join(("[team]", *lines, f"sslrootcert={authority.file}", "")))
    monkeypatch.setenv("PGSERVICEFILE", str(file))
    lea = tmp_path / "lea.stet"
    make(lea)
    with opened(lea, "lea") as session:
        made = tasks.create(session, "postgresql:///?service=team")
        assert made.address.service == "team"
        assert tasks.sync(session).sentence() == "nothing new on either side"
        assert "BEGIN CERTIFICATE" in tasks.invite(session, "ana", new_password=PASSWORD).root
    file.write_text(file.read_text().replace(f"password={PASSWORD}\n", ""))
    with opened(lea, "lea") as session, pytest.raises(HubPasswordWanted):
        tasks.sync(session)


def test_the_keyring_keeps_and_forgets_it(address: str, ring: _Keyring) -> None:
    place = parsed_hub_address(address)
    assert tasks.keep_password(place, PASSWORD)
    _connect(address)
    credentials.forget_password(place)
    assert ring.kept == {}
    with pytest.raises(HubPasswordWanted):
        _connect(address)


def _stet(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(cli, list(arguments), input=typed, prog_name="stet")


def test_join_takes_it_from_standard_input(invitation: str, ring: _Keyring, tmp_path: Path) -> None:
    ana = str(tmp_path / "ana.stet")
    refused = _stet("hub", "join", invitation, ana)
    assert refused.exit_code != 0
    assert "--password-stdin" in refused.stderr
    assert not Path(ana).exists()
    done = _stet("hub", "join", invitation, ana, "--password-stdin", "--keep-password", typed=f"{PASSWORD}\n")
    assert done.exit_code == 0, done.output
    assert "joined lea as ana" in done.output
    assert list(ring.kept.values()) == [PASSWORD]
    credentials._held.clear()
    assert _stet("hub", "sync", ana).exit_code == 0, "it is found in the keyring"
    assert PASSWORD not in done.output
    for file in tmp_path.rglob("*"):
        assert not file.is_file() or PASSWORD.encode() not in file.read_bytes(), file


def test_join_asks_for_it_on_a_terminal(invitation: str, tmp_path: Path) -> None:
    # On a terminal of its own, as a person has one.
    terminal = "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)"
    command = [sys.executable, "-P", "-m", "app", "hub", "join", invitation, str(tmp_path / "ana.stet")]
    process = subprocess.Popen(
        [sys.executable, "-c", terminal, *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    shown = b""
    for question, answer in ((b"Password:", PASSWORD), (b"keyring? [y/N]:", "n")):
        while question not in shown:
            part = os.read(process.stdout.fileno(), 4096)
            assert part, shown.decode()
            shown += part
        process.stdin.write(f"{answer}\n".encode())
        process.stdin.flush()
    rest, _ = process.communicate(timeout=60)
    assert b"joined lea as ana" in shown + rest, (shown + rest).decode()
    assert PASSWORD.encode() not in shown + rest, "what is typed isn't shown"
    assert process.returncode == 0
