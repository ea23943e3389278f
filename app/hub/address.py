"""The address of a hub: where its PostgreSQL server is, and which schema there is the hub's. Never a password."""

import ipaddress
import re
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from app.core.errors import WrongUse

_EXAMPLE = "use one like postgresql://lead@db.example.org/annotation"
_MOST = 2_000
_SCHEMA = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_TLS = ("verify-full", "verify-ca", "require", "disable")
# What an address may say to libpq. Anything else, such as `options` or `passfile`, is for the reader's own settings.
_PARAMETERS = ("sslmode", "sslrootcert", "service", "hub")


class HubAddress(NamedTuple):
    """A server's `host` (or the folder of its socket), `port` and `database`; the role to connect as, the hub's schema.

    `service` names a section of the connection service file of PostgreSQL, which may give all of the others. `root` is
    the file of the authorities that the server is verified by; `pinned` are such certificates themselves, in PEM: they
    aren't in the `url`.
    """

    host: str
    port: int
    database: str
    login: str = ""
    schema: str = ""
    tls: str = "verify-full"
    root: str = ""
    service: str = ""
    pinned: str = ""

    @property
    def is_on_this_machine(self) -> bool:
        """Whether the server is reached without a network, by the name of its host alone: nothing is looked up."""
        if self.host in ("localhost", "") or self.host.startswith("/"):
            return not self.service
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def url(self) -> str:
        """The address as it is shown and kept."""
        is_folder = self.host.startswith("/")
        host = f"[{self.host}]" if ":" in self.host else self.host
        login = f"{quote(self.login, safe='')}@" if self.login else ""
        place = "" if is_folder or not host else f"{host}:{self.port}"
        found = {
            "host": self.host if is_folder else "",
            "port": f"{self.port}" if is_folder else "",
            "service": self.service,
            "sslmode": "" if self.tls == self._usual_tls else self.tls,
            "sslrootcert": self.root,
            "hub": self.schema,
        }
        query = urlencode({key: value for key, value in found.items() if value})
        return f"postgresql://{login}{place}/{quote(self.database)}" + (f"?{query}" if query else "")

    @property
    def place(self) -> str:
        """The server and database, in words for people."""
        return f"{self.service or self.host or 'this machine'}/{self.database}".rstrip("/")

    @property
    def _usual_tls(self) -> str:
        return "disable" if self.is_on_this_machine else "verify-full"

    def parameters(self) -> dict[str, str]:
        """Return what libpq is told, but for the authorities that the server's certificate is verified by."""
        found = {
            "service": self.service,
            "host": self.host,
            "port": f"{self.port}" if not self.service else "",
            "dbname": self.database,
            "user": self.login,
            "sslmode": self.tls,
            # Whoever isn't verified gets no password in clear text, nor one that can be tried out at leisure.
            "require_auth": "!password,!md5" if self.tls == "require" else "",
        }
        return {key: value for key, value in found.items() if value}


def parsed_hub_address(text: str) -> HubAddress:
    """Return the address that a person, or an invitation, has given. Raises WrongUse.

    An address with a password is refused: addresses are shown, kept and stand in lists of processes.
    """
    what = f"“{text[:80]}” isn't the address of a PostgreSQL server"
    try:
        found = urlsplit(text.strip())
        port = found.port
        given = dict(parse_qsl(found.query, strict_parsing=True)) if found.query else {}
    except ValueError as error:
        raise WrongUse(f"{what} ({error})", hint=_EXAMPLE) from error
    if found.scheme not in ("postgresql", "postgres") or len(text) > _MOST or not text.isprintable() or found.fragment:
        raise WrongUse(what, hint=_EXAMPLE)
    if found.password or "password" in given:
        hint = "leave it out; it is asked for, or taken from the keyring, from ~/.pgpass or from PGPASSWORD"
        raise WrongUse("the address of a hub must not have a password", hint=hint)
    is_folder = given.get("host", "").startswith("/")
    unknown = sorted(given.keys() - {*_PARAMETERS, *(("host", "port") if is_folder else ())})
    if unknown:
        raise WrongUse(f"the address of a hub can't have “{unknown[0]}”", hint=f"it may have: {', '.join(_PARAMETERS)}")
    host = given["host"] if is_folder else (found.hostname or "")
    if is_folder:
        port = _port(given.get("port", ""), what)
    address = HubAddress(
        host=host,
        port=port or 5432,
        database=unquote(found.path.lstrip("/")),
        login=unquote(found.username or ""),
        schema=given.get("hub", ""),
        root=given.get("sslrootcert", ""),
        service=given.get("service", ""),
    )
    return _with_tls(address, given.get("sslmode", ""))


def _with_tls(address: HubAddress, tls: str) -> HubAddress:
    if tls and tls not in _TLS:
        hint = f"use {', '.join(_TLS[:-1])}; “prefer” and “allow” can be talked out of encryption"
        raise WrongUse(f"“sslmode={tls}” isn't safe", hint=hint)
    if tls == "disable" and not address.is_on_this_machine:
        what = f"{address.host or address.service} isn't this machine, so the connection must be encrypted"
        raise WrongUse(
            what, hint="leave sslmode out, or use sslmode=require with a server whose certificate is its own"
        )
    if address.schema and not _SCHEMA.fullmatch(address.schema):
        raise WrongUse(f"“{address.schema[:80]}” isn't the name of a hub", hint="copy the address as it was given")
    if not address.database and not address.service:
        raise WrongUse("the address doesn't name a database", hint=_EXAMPLE)
    return address._replace(tls=tls or address._usual_tls)  # pyright: ignore[reportPrivateUsage]


def _port(text: str, what: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or not 0 < int(text) < 65_536:
        raise WrongUse(what, hint=_EXAMPLE)
    return int(text)
