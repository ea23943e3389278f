"""A certificate authority of the tests' own, and a PostgreSQL server that encrypts with what it has signed."""

import datetime
import shutil
import signal
import socket
import time
from pathlib import Path

import pytest
from psycopg import sql

from app.hub.certificate import presented
from tests.hub.postgres import Postgres

_DAY = datetime.timedelta(days=1)


class Authority:
    """Signs certificates for servers; its own is in `file`."""

    def __init__(self, folder: Path, name: str = "Stet's tests") -> None:
        pytest.importorskip("cryptography", reason="certificates are made with the package cryptography")
        self._folder = folder
        self._name = name
        self._key = _new_key()
        self._certificate = self._signed(name, self._key.public_key(), (), is_authority=True, ends=365 * _DAY)
        self.file = folder / f"{name.replace(' ', '-')}.pem"
        self.file.write_bytes(_pem(self._certificate))

    def certificate(self, *names: str, ends: datetime.timedelta = 365 * _DAY) -> tuple[bytes, bytes]:
        """Return the certificate of a server that has these names, and its key, both as PEM."""
        key = _new_key()
        return _pem(self._signed(names[0], key.public_key(), names, is_authority=False, ends=ends)), _key_pem(key)

    def alone(self, *names: str) -> tuple[bytes, bytes]:
        """Return a certificate that has signed itself, and its key."""
        key = _new_key()
        found = self._signed(names[0], key.public_key(), names, is_authority=False, ends=365 * _DAY, by=key)
        return _pem(found), _key_pem(key)

    def _signed(self, name, key, names, *, is_authority, ends, by=None):
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes
        from cryptography.x509.oid import NameOID

        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name if by is not None else self._name)])
        now = datetime.datetime.now(datetime.UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 400 * _DAY)
            .not_valid_after(now + ends)
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        )
        if names:
            made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), False)
        return made.sign(by or self._key, hashes.SHA256())


class TlsServer(Postgres):
    """A server on the loopback's network, reached by the name `localhost`, where everyone has a password."""

    def __init__(self, certificate: tuple[bytes, bytes]) -> None:
        super().__init__(settings={"listen_addresses": "127.0.0.1"}, port=_free_port())
        self.show(certificate)
        with self.connect("postgres") as connection:
            connection.execute(sql.SQL("ALTER ROLE admin PASSWORD {}").format(sql.Literal(PASSWORD)))

    def show(self, certificate: tuple[bytes, bytes], *, how: str = "scram-sha-256") -> None:
        """Encrypt with another certificate from now on, and let nobody in over the network without a password."""
        for name, text in zip(("server.crt", "server.key"), certificate, strict=True):
            path = self.folder / "data" / name
            path.write_bytes(text)
            path.chmod(0o600)
            if self.user is not None:
                shutil.chown(path, self.user)
        rules = f"local all all trust\nhost all all 127.0.0.1/32 {how}\n"
        (self.folder / "data" / "pg_hba.conf").write_text(rules)
        self._reload("on")
        end = time.monotonic() + 20
        while self._shown() != certificate[0].decode():
            assert time.monotonic() < end, (self.folder / "log").read_text()
            time.sleep(0.02)

    def switch_off(self) -> None:
        """Encrypt nothing."""
        self._reload("off")
        while self._shown():
            time.sleep(0.02)

    def _shown(self) -> str:
        try:
            return presented("127.0.0.1", self.port)
        except OSError:
            return ""  # it doesn't encrypt, or not yet

    def _reload(self, ssl: str) -> None:
        with (self.folder / "data" / "postgresql.auto.conf").open("w") as file:
            file.write(f"ssl = {ssl}\n")
        self.signal(signal.SIGHUP)

    def address(self, database: str, login: str = "admin", host: str = "localhost", **parameters: str) -> str:
        """Return the address of a database over the network."""
        more = "&".join(f"{key}={value}" for key, value in {"sslmode": "verify-full", **parameters}.items())
        return f"postgresql://{login}@{host}:{self.port}/{database}?{more}"


PASSWORD = "a Pass: word\\'s"  # noqa: S105  of a server that lives as long as the test


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _new_key():
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.generate_private_key(ec.SECP256R1())


def _pem(certificate) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return bytes(certificate.public_bytes(Encoding.PEM))


def _key_pem(key) -> bytes:
    from cryptography.hazmat.primitives import serialization as s

    return bytes(key.private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, s.NoEncryption()))
