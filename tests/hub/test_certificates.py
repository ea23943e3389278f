"""The server proves who it is: what is verified, what is refused in which words, and how a certificate is pinned."""

import datetime
from pathlib import Path

import pytest

from app.hub.address import HubAddress, parsed_hub_address
from app.hub.certificate import fingerprint_of
from app.hub.connection import HubConnection, HubUntrusted
from app.jobs.tasks import hub as tasks
from app.services.hub.membership import require_membership
from tests.hub.authority import PASSWORD, Authority, TlsServer
from tests.hub.team_at_hub import trouble_of
from tests.unit.services.team.lead import make, opened


@pytest.fixture(autouse=True)
def _known(alone: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody's password is known."""
    monkeypatch.setenv("PGPASSWORD", PASSWORD)


def _connect(address: HubAddress | str) -> None:
    HubConnection(parsed_hub_address(address) if isinstance(address, str) else address).close()


def test_a_server_of_a_trusted_authority_is_connected_to(
    server: TlsServer, authority: Authority, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    server.show(authority.certificate("localhost"))
    _connect(server.address("postgres", sslrootcert=str(authority.file)))
    assert "certificate" in trouble_of(_connect, server.address("postgres"))
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))  # as if the system trusted it
    _connect(server.address("postgres"))
    monkeypatch.delenv("SSL_CERT_FILE")
    usual = tmp_path / ".postgresql" / "root.crt"
    usual.parent.mkdir()
    usual.write_bytes(authority.file.read_bytes())
    _connect(server.address("postgres"))


def test_what_is_refused_is_said(server: TlsServer, authority: Authority, tmp_path: Path) -> None:
    stranger = Authority(tmp_path, "a stranger")
    day = datetime.timedelta(days=1)
    cases = [
        (stranger.certificate("localhost"), "unable to get local issuer certificate"),
        (authority.certificate("localhost", ends=-day), "certificate has expired"),
        (authority.certificate("db.example.org"), "not valid for 'localhost'"),
        (authority.alone("localhost"), "self-signed certificate"),
    ]
    address = server.address("postgres", sslrootcert=str(authority.file))
    for shown, words in cases:
        server.show(shown)
        said = trouble_of(_connect, address)
        assert "couldn't prove who it is" in said
        assert words in said
        assert fingerprint_of(shown[0].decode()) in said
        assert "can't be reached" not in said, "work isn't tried again by itself with a stranger"


def test_a_server_that_does_not_encrypt_is_refused(server: TlsServer, authority: Authority) -> None:
    server.show(authority.certificate("localhost"))
    server.switch_off()
    said = trouble_of(_connect, server.address("postgres", sslrootcert=str(authority.file)))
    assert "doesn't encrypt" in said


def test_an_invitation_carries_the_pin_and_join_uses_it(
    server: TlsServer, authority: Authority, tmp_path: Path
) -> None:
    server.show(authority.certificate("localhost"))
    lea, ana = tmp_path / "lea.stet", tmp_path / "ana.stet"
    make(lea)
    with opened(lea, "lea") as session:
        address = server.address(server.new_database(), sslrootcert=str(authority.file))
        tasks.create(session, address)
        found = tasks.invite(session, "ana", new_password=PASSWORD)
        assert require_membership(session).place.pinned, "the file isn't needed any more"
        assert found.fingerprint in "".join(tasks.status(session).lines())
    assert found.root.strip() == authority.file.read_text().strip()
    assert found.fingerprint == fingerprint_of(authority.file.read_text())
    assert str(authority.file) not in found.text()
    tasks.join(found.line(), ana)
    with opened(ana, "ana") as session:
        assert require_membership(session).place.pinned == found.root
        tasks.sync(session)
        server.show(Authority(tmp_path, "a stranger").certificate("localhost"))
        with pytest.raises(HubUntrusted, match="isn't the one that the hub was joined at"):
            tasks.sync(session)
        # The same authority may sign another certificate: that is what it is for.
        server.show(authority.certificate("localhost"))
        tasks.sync(session)


def test_a_certificate_that_signed_itself_is_pinned_on_creation(
    server: TlsServer, authority: Authority, tmp_path: Path
) -> None:
    """Its name is another one, too: the pin has to do."""
    first, second = (authority.alone("db.internal") for _ in range(2))
    server.show(first)
    lea, ana = tmp_path / "lea.stet", tmp_path / "ana.stet"
    make(lea)
    with opened(lea, "lea") as session:
        tasks.create(session, server.address(server.new_database(), sslmode="require"))
        found = tasks.invite(session, "ana", new_password=PASSWORD)
        assert (found.place.tls, found.fingerprint) == ("verify-ca", fingerprint_of(first[0].decode()))
    tasks.join(found.line(), ana)
    server.show(second)
    right = fingerprint_of(second[0].decode())
    with opened(ana, "ana") as session:
        assert right in trouble_of(tasks.sync, session), "what it shows now is said, to be compared"
        assert tasks.trust(session) == right
        assert "another one" in trouble_of(lambda: tasks.trust(session, fingerprint=found.fingerprint))
        with pytest.raises(HubUntrusted):
            tasks.sync(session)
        assert tasks.trust(session, fingerprint=right.lower().replace(":", "")) == right
        tasks.sync(session)


def test_a_signed_certificate_is_trusted_by_its_authority_only(
    server: TlsServer, authority: Authority, tmp_path: Path
) -> None:
    server.show(authority.certificate("localhost"))
    lea = tmp_path / "lea.stet"
    make(lea)
    with opened(lea, "lea") as session:
        tasks.create(session, server.address(server.new_database(), sslmode="require"))
        assert tasks.invite(session, "ana", new_password=PASSWORD).root == "", "it can't be pinned by itself"
        shown = tasks.trust(session)
        assert "--root" in trouble_of(lambda: tasks.trust(session, fingerprint=shown))
        server.show(authority.certificate("another.example.org"))
        assert "isn't vouched for" in trouble_of(lambda: tasks.trust(session, root=authority.file))
        server.show(authority.certificate("localhost"))
        tasks.trust(session, root=authority.file)
        assert require_membership(session).place.tls == "verify-full"
        assert tasks.invite(session, "ben", new_password=PASSWORD).root


def test_who_is_not_verified_gets_no_password_in_clear_text(server: TlsServer, authority: Authority) -> None:
    server.show(authority.certificate("localhost"), how="password")
    said = trouble_of(_connect, server.address("postgres", sslmode="require"))
    assert "authentication" in said or "password" in said
    _connect(server.address("postgres", sslrootcert=str(authority.file)))
