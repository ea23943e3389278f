"""Certificates of a hub's server: which are trusted, which one is pinned, and why one was refused.

libpq compares no fingerprints. What is pinned is therefore a root certificate, in PEM, that libpq itself verifies every
connection with; a fingerprint is only for people to compare.
"""

import configparser
import hashlib
import os
import re
import socket
import ssl
import struct
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from app.core.errors import StetError, WrongUse
from app.core.os_faults import describe
from app.hub.address import HubAddress

_SSL_REQUEST = struct.pack("!ii", 8, 80877103)  # PostgreSQL's protocol, “SSLRequest”
_SECONDS = 5
_LONGEST = 100_000  # bytes of certificates that are pinned; an invitation has to hold them
_LONGEST_FILE = 10_000_000  # bytes; all that a system trusts is a fortieth of it
_MOST = 10
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----")
# Where systems keep the authorities that they trust: Debian, Fedora, SUSE, macOS and Alpine.
_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


def certificates_in(text: str) -> list[str]:
    """Return the certificates in a text, each as PEM. Raises WrongUse if there is none, or one that is damaged."""
    found = _PEM.findall(text)
    try:
        ssl.create_default_context(cadata="\n".join(found))
    except (ssl.SSLError, ValueError) as error:
        hint = "ask the administrator for the certificate of the server's authority, as a PEM file"
        raise WrongUse("there is no certificate in it that can be read", hint=hint) from error
    return found


def fingerprint_of(text: str) -> str:
    """Return the SHA-256 of each certificate in a text, as `openssl x509 -fingerprint -sha256` writes it.

    Raises WrongUse if there is none.
    """
    digests = [hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest().upper() for pem in certificates_in(text)]
    return ", ".join(":".join(re.findall("..", digest)) for digest in digests)


def bare_fingerprint(text: str) -> str:
    """Return a fingerprint as it is compared: however people write it."""
    return re.sub(r"[^0-9a-f]", "", text.casefold().removeprefix("sha256").lstrip(" :="))


def read_root(path: Path) -> str:
    """Return the certificates in a file, "" if they are too many to be pinned: a bundle of all that a system trusts.

    Raises StetError.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_LONGEST_FILE)
    except OSError as error:
        what, hint = describe(error)
        raise StetError(f"the certificate can't be read: {what}", hint=hint, path=path) from error
    try:
        found = certificates_in(data.decode("utf-8", "replace"))
    except WrongUse as error:
        raise WrongUse(error.what, hint=error.hint, path=path) from error
    text = "\n".join(found) + "\n"
    return text if len(found) <= _MOST and len(text) <= _LONGEST else ""


def roots_for(address: HubAddress) -> str:
    """Return the file with the authorities that a server is verified by, "" if there is none on this system.

    First what the address, the service file, libpq's own variable or libpq's own file name; then what the system
    trusts. That is looked for here: the OpenSSL inside psycopg's wheels doesn't know where systems have it, so that
    libpq's `sslrootcert=system` finds nothing.
    """
    home = Path.home() / ".postgresql" / "root.crt"
    if sys.platform == "win32":
        home = Path(os.environ.get("APPDATA", "")) / "postgresql" / "root.crt"
    named = address.root or _of_service(address.service, "sslrootcert") or os.environ.get("PGSSLROOTCERT", "")
    if named and named != "system":
        return named
    if home.is_file() and not named:
        return str(home)
    ours = (os.environ.get("SSL_CERT_FILE"), ssl.get_default_verify_paths().cafile, *_BUNDLES)
    return next((path for path in ours if path and Path(path).is_file()), "")


def kept_roots() -> str:
    """Return the authorities that the system keeps elsewhere than in a file, as Windows does."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_default_certs()
    return "".join(map(ssl.DER_cert_to_PEM_cert, context.get_ca_certs(binary_form=True)))


def text_of_roots(address: HubAddress) -> str:
    """Return all the authorities that a server is verified by, in PEM. Raises OSError."""
    found = roots_for(address)
    return Path(found).read_text(encoding="utf-8", errors="replace") if found else kept_roots()


def presented(host: str, port: int) -> str:
    """Return the certificate that a server shows, as PEM; nothing about it is verified.

    Raises OSError, also as `ssl.SSLError`, if there is no server or it doesn't encrypt.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with _handshake(host, port, context) as encrypted:
        shown = encrypted.getpeercert(binary_form=True)
    if not shown:
        raise ConnectionError("the server shows no certificate")
    return ssl.DER_cert_to_PEM_cert(shown)


def objection_to(host: str, port: int, roots: str, *, is_name_checked: bool) -> str:
    """Return why OpenSSL doesn't accept a server, "" if it does; `roots` is the trusted certificates, in PEM.

    Raises OSError if there is no server, or it doesn't encrypt.
    """
    # Not the default context: that accepts certificates in the middle of a chain, which libpq doesn't.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = is_name_checked
    context.load_verify_locations(cadata=roots)
    try:
        with _handshake(host, port, context):
            return ""
    except ssl.SSLCertVerificationError as error:
        return error.verify_message.strip(" .")


def pinned_at(address: HubAddress, host: str, port: int) -> HubAddress:
    """Return an address with which the server that one is connected to can be known again by anybody.

    What it was verified by is pinned, if that isn't what any system trusts. A server that was not verified shows its
    certificate now, which is pinned if it can be: a certificate that is signed by another can't. Raises StetError.
    """
    if address.tls == "disable" or address.pinned:
        return address
    if address.tls != "require":
        roots = roots_for(address)
        text = read_root(Path(roots)) if roots else ""
        return address._replace(root="", pinned=text) if text else address
    try:
        return _with_pin(address, host, port, presented(host, port)) or address
    except OSError:
        return address  # a pooler in another place, say; the connection itself stands


def trusted_anew(address: HubAddress, *, fingerprint: str = "", root: Path | None = None) -> HubAddress:
    """Return an address with another pin: what is in a file, or what the server shows if it has that fingerprint.

    Raises WrongUse if the server isn't what was named, and StetError if it can't be asked.
    """
    host, port = _server_of(address)
    try:
        text = read_root(root) if root is not None else presented(host, port)
        found = _with_pin(address, host, port, text) if text else None
        shown = fingerprint_of(presented(host, port))
    except OSError as error:
        raise StetError(
            f"the server at {address.place} shows no certificate: {error}", hint="try later; nothing was changed"
        ) from error
    if root is None and bare_fingerprint(fingerprint) != bare_fingerprint(shown):
        hint = "nothing was changed; don't go on before its administrator has confirmed which one is right"
        raise WrongUse(f"the server's certificate is another one: {shown}", hint=hint)
    if found is None:
        hint = "give the certificate of the authority that has signed it: --root FILE"
        raise WrongUse(f"the certificate that the server shows isn't vouched for by what you gave: {shown}", hint=hint)
    return found


def shown_by(address: HubAddress) -> str:
    """Return the fingerprint of the certificate that a server shows now. Raises StetError."""
    try:
        return fingerprint_of(presented(*_server_of(address)))
    except OSError as error:
        raise StetError(f"the server at {address.place} shows no certificate: {error}", hint="try later") from error


def _with_pin(address: HubAddress, host: str, port: int, text: str) -> HubAddress | None:
    """Return an address with certificates pinned, None if the server isn't accepted by them.

    Where the pin is the server's own certificate, it has to do if that was made for another name. An authority's isn't
    enough then: it may have signed those of others.
    """
    ways = [("verify-full", True)]
    if address.tls == "verify-ca" or fingerprint_of(text) == fingerprint_of(presented(host, port)):
        ways.append(("verify-ca", False))
    for tls, is_name_checked in ways:
        if not objection_to(host, port, text, is_name_checked=is_name_checked):
            return address._replace(tls=tls, root="", pinned=text)
    return None


def _server_of(address: HubAddress) -> tuple[str, int]:
    """Return the host and port of a server. Raises WrongUse for one that is reached without a network."""
    host = address.host or _of_service(address.service, "host")
    port = _of_service(address.service, "port") if address.service else ""
    if not host or host.startswith("/"):
        raise WrongUse(f"the server at {address.place} is on this machine, without a certificate")
    return host, int(port) if port.isdecimal() else address.port


@contextmanager
def _handshake(host: str, port: int, context: ssl.SSLContext) -> Generator[ssl.SSLSocket]:
    with socket.create_connection((host, port), timeout=_SECONDS) as plain:
        plain.sendall(_SSL_REQUEST)
        if plain.recv(1) != b"S":
            raise ConnectionError("the server doesn't encrypt")
        with context.wrap_socket(plain, server_hostname=host) as encrypted:
            yield encrypted


def _of_service(name: str, key: str) -> str:
    """Return what a section of the connection service file says, "" if nothing."""
    if not name:
        return ""
    home = Path(os.environ.get("APPDATA", "")) / "postgresql" if sys.platform == "win32" else Path.home()
    file = Path(os.environ.get("PGSERVICEFILE") or home / ".pg_service.conf")
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(file.read_text(encoding="utf-8", errors="replace"))
    except (OSError, configparser.Error):
        return ""  # libpq says what is wrong with it
    return parser.get(name, key, fallback="")
