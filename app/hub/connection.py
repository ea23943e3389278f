"""A connection to a hub: short transactions, and the server's errors in words that a person can act on."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import TYPE_CHECKING, Any, Self

from app.core.errors import StetError
from app.core.os_faults import describe
from app.hub import certificate
from app.hub.address import HubAddress
from app.hub.credentials import password_for

if TYPE_CHECKING:
    import psycopg
    from psycopg import sql

    from app.hub.wire import Wire

OLDEST = 13
"""Of PostgreSQL: that has transaction numbers that don't wrap around (`xid8`), and `gen_random_uuid()`."""
_CONNECT_SECONDS = 10
_STATEMENT_SECONDS = 120
_TRANSACTION_SECONDS = 300  # several statements; after that nobody is there any more, whatever the network says
_LOCK_SECONDS = 10  # nobody holds a row for longer than their own statement takes, but for one who was cut off
# What libpq and the server say of what may be otherwise in a moment (fe-connect.c, fe-secure-openssl.c, postmaster.c,
# postinit.c): some of it has the word SSL in it, or comes after a password was used.
_TRANSIENT = (
    "SSL SYSCALL",
    "unexpected eof",
    "SSL negotiation",
    "closed unexpectedly",
    "could not translate host name",
    "the database system is",
    "too many",
    "connection slots",
    "terminating connection",
)
_EXTRA = 'install it: python -m pip install "stet-workbench[team]"'


class HubError(StetError):
    """A hub that can't be used, or that refused what was asked. Nothing was changed here."""


class HubUnreachable(HubError):
    """The server can't be reached, or the connection was lost. It is worth trying again later."""


class HubRefused(HubError):
    """The server refused the role, the password or what was asked for."""


class HubPasswordWanted(HubRefused):
    """The server wants a password: none was found, or it isn't the right one."""


class HubUntrusted(HubRefused):
    """The server couldn't prove that it is the right one."""


class HubClash(HubError):
    """Somebody else has written what was to be written, since it was read."""


class HubConnection:
    """A connection to the schema of one hub, for one thread at a time.

    Every transaction says by itself where its tables are and how long it may take, and nothing is prepared on the
    server: so a pooler may give each transaction another connection.
    """

    def __init__(self, address: HubAddress) -> None:
        """Connect. Raises HubUnreachable, HubRefused, HubError without psycopg, and Cancelled."""
        self.address = address
        wire = _wire()
        found = password_for(address)
        parameters: dict[str, Any] = {**address.parameters(), **({"password": found} if found else {})}
        with _connecting(address), _trusted(address) as trusted:
            connect = partial(
                wire.Wire.connect,
                **parameters,
                **trusted,
                autocommit=True,
                prepare_threshold=None,
                connect_timeout=_CONNECT_SECONDS,
                application_name="stet",
                client_encoding="UTF8",
                # A connection that was cut is noticed within half a minute.
                keepalives_idle=10,
                keepalives_interval=5,
                keepalives_count=3,
                tcp_user_timeout=20_000,
            )
            self._connection: Wire = wire.connected(connect)
        try:
            require_version(self._connection.info.server_version, address)
        except HubError:
            self._connection.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close it; again does nothing."""
        self._connection.close()

    @property
    def peer(self) -> tuple[str, int]:
        """The host and port that it is connected to."""
        return self._connection.info.host, self._connection.info.port

    @property
    def is_closed(self) -> bool:
        """Whether it was closed, or lost."""
        return self._connection.closed

    def verifier_of(self, password: str, login: str) -> str:
        """Return the SCRAM verifier of a password, which is what a server keeps. Raises HubError."""
        with _in_words(self.address):
            return self._connection.pgconn.encrypt_password(
                password.encode(), login.encode(), b"scram-sha-256"
            ).decode()

    @contextmanager
    def transaction(self, *, snapshot: bool = False) -> Generator[psycopg.Cursor[tuple[Any, ...]]]:
        """Commit what the block does, or roll it back; with `snapshot`, all that it reads is of one moment.

        Raises HubError, and Cancelled at once when the job of this thread is cancelled.
        """
        # In one message: an exchange has a dozen transactions, and a server may be far away.
        settings = as_sql("; ").join(self._settings(snapshot=snapshot))
        with (
            _in_words(self.address),
            self._connection.watched(_TRANSACTION_SECONDS),
            self._connection.transaction(),
            self._connection.cursor() as cursor,
        ):
            cursor.execute(settings)
            yield cursor

    def _settings(self, *, snapshot: bool) -> Generator[sql.Composable]:
        """Yield the statements that a transaction begins with."""
        from psycopg import sql

        if snapshot:
            yield sql.SQL("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for setting, seconds in (("statement_timeout", _STATEMENT_SECONDS), ("lock_timeout", _LOCK_SECONDS)):
            yield sql.SQL("SET LOCAL {} = {}").format(sql.Identifier(setting), sql.Literal(seconds * 1000))
        # A wrong guess at how much there is to read must not have the server compile what is answered in a moment.
        yield sql.SQL("SET LOCAL jit = off")
        if self.address.schema:
            yield sql.SQL("SET LOCAL search_path = {}, pg_temp").format(sql.Identifier(self.address.schema))

    def notified(self, channels: Sequence[str], seconds: float) -> Generator[bool]:
        """Yield True whenever a channel is notified, and False after so many seconds in which it wasn't.

        Raises HubError when the connection is lost, and Cancelled when the job of this thread is.
        """
        from psycopg import sql

        with _in_words(self.address), self._connection.watched(None):
            for channel in channels:
                self._connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
            while True:
                is_news = False
                for _ in self._connection.notifies(timeout=seconds, stop_after=1):
                    is_news = True
                yield is_news

    def rows(self, query: str, values: Sequence[Any] = (), *, snapshot: bool = False) -> list[tuple[Any, ...]]:
        """Return the rows of one query. Raises HubError."""
        with self.transaction(snapshot=snapshot) as cursor:
            cursor.execute(as_sql(query), values)
            return cursor.fetchall()


def require_version(version: int, address: HubAddress) -> None:
    """Raise HubError for a server that is too old, by its number as libpq gives it: 13.4 is 130004."""
    if version < OLDEST * 10_000:
        what = f"the server at {address.place} is PostgreSQL {version // 10_000}, and a hub needs {OLDEST} or newer"
        raise HubError(what, hint="ask its administrator to upgrade it, or use another server")


def as_sql(query: str) -> sql.SQL:
    """Return a query of ours, put together of constants, as psycopg wants it."""
    from psycopg import sql

    return sql.SQL(query)  # pyright: ignore[reportArgumentType]


def _wire() -> ModuleType:
    try:
        from app.hub import wire
    except ImportError as error:
        what = f"working with a hub needs the package psycopg ({error})"
        raise HubError(what, hint=_EXTRA, in_window=_EXTRA) from error
    return wire


@contextmanager
def _connecting(address: HubAddress) -> Generator[None]:
    """Tell a server that says no, or can't prove who it is, from one that can't be reached. Raises HubError.

    Only here: once connected, whatever libpq says of SSL is how a connection was lost.
    """
    import psycopg

    with _in_words(address):
        try:
            yield
        except psycopg.OperationalError as error:
            _raise_refusal(address, error)
            raise


@contextmanager
def _in_words(address: HubAddress) -> Generator[None]:
    """Turn the errors of psycopg into ours. Raises HubError."""
    import psycopg
    from psycopg import errors

    place = address.place
    try:
        yield
    except errors.InsufficientPrivilege as error:
        hint = "ask whoever leads the hub"
        raise HubRefused(f"the hub at {place} refused it: {_said(error)}", hint=hint) from error
    except (errors.InvalidPassword, errors.InvalidAuthorizationSpecification) as error:
        raise HubRefused(
            f"the server at {place} refused the role or its password", hint="check both, and try again"
        ) from error
    except (errors.UndefinedTable, errors.InvalidSchemaName) as error:
        what = f"there is no such hub at {place}, or this role may not use it"
        raise HubRefused(what, hint="ask whoever leads it whether it moved, was dropped, or lost its roles") from error
    except (errors.QueryCanceled, errors.LockNotAvailable, errors.DiskFull, errors.TooManyConnections) as error:
        raise HubUnreachable(f"the server at {place} can't do it now: {_said(error)}", hint="try later") from error
    except psycopg.OperationalError as error:
        hint = "work goes on offline; it is exchanged when the server can be reached"
        raise HubUnreachable(f"the server at {place} can't be reached: {_said(error)}", hint=hint) from error
    except psycopg.Error as error:
        hint = "ask whoever leads the hub; nothing here was changed"
        raise HubError(f"the hub at {place} answered with an error: {_said(error)}", hint=hint) from error


@contextmanager
def _trusted(address: HubAddress) -> Generator[dict[str, str]]:
    """Give libpq the authorities that the server is verified by, in a file while it connects. Raises HubError."""
    if not address.tls.startswith("verify"):
        yield {}
        return
    found = "" if address.pinned else certificate.roots_for(address)
    if found:
        yield {"sslrootcert": found}
        return
    try:
        with TemporaryDirectory(prefix="stet-") as folder:
            path = Path(folder) / "root.crt"
            path.write_text(address.pinned or certificate.kept_roots(), encoding="ascii")
            yield {"sslrootcert": str(path)}
    except OSError as error:
        what, hint = describe(error)
        raise HubError(f"the certificate of the hub's server can't be made ready: {what}", hint=hint) from error


def _raise_refusal(address: HubAddress, error: psycopg.OperationalError) -> None:
    """Raise what it means that no connection came about, if the server could be reached. Raises HubRefused."""
    # Of several addresses of a server each has its line.
    text = "\n".join(line for line in str(error).splitlines() if not any(word in line for word in _TRANSIENT))
    place, attempt = address.place, error.pgconn
    if attempt is not None and attempt.needs_password:
        hint = "set PGPASSWORD, or put it into ~/.pgpass or the keyring"
        raise HubPasswordWanted(f"the server at {place} wants a password, and there is none", hint=hint) from error
    if "pg_hba" in text:
        hint = "ask its administrator to let the role in (pg_hba.conf)"
        raise HubRefused(
            f"the server at {place} lets the role in neither from here nor like this: {_said(error)}", hint=hint
        ) from error
    if "authentication failed" in text or (attempt is not None and attempt.used_password and "FATAL" in text):
        raise HubPasswordWanted(
            f"the server at {place} refused the role or its password", hint="check both, and try again"
        ) from error
    if "does not support SSL" in text:
        hint = "ask its administrator to switch encryption on (ssl = on); don't go on without it"
        raise HubUntrusted(f"the server at {place} doesn't encrypt", hint=hint) from error
    if "certificate" in text or "SSL" in text:
        raise _untrusted(address, error) from error


def _untrusted(address: HubAddress, error: psycopg.OperationalError) -> HubUntrusted:
    """Return why a server isn't trusted, in OpenSSL's words: libpq leaves the reason out."""
    why = _said(error)
    attempt = error.pgconn
    shown = ""
    try:
        host, port = (attempt.host.decode(), int(attempt.port)) if attempt is not None else (address.host, address.port)
        roots = address.pinned or certificate.text_of_roots(address)
        is_named = address.tls == "verify-full"
        why = certificate.objection_to(host, port, roots, is_name_checked=is_named) or why
        shown = f"; it shows {certificate.fingerprint_of(certificate.presented(host, port))}"
    except (OSError, ValueError, StetError):
        pass  # what libpq said has to do
    if address.pinned:
        what = f"the server at {address.place} isn't the one that the hub was joined at: {why}{shown}"
        ask = "ask its administrator whether the certificate was renewed; if so"
        again = f"{ask}, join again with a new invitation"
        return HubUntrusted(what, hint=f"{ask}: stet hub trust PROJECT FINGERPRINT", in_window=again)
    hint = "ask the administrator for the right address or root certificate (sslrootcert=FILE); don't go on without it"
    return HubUntrusted(f"the server at {address.place} couldn't prove who it is: {why}{shown}", hint=hint)


def _said(error: psycopg.Error) -> str:
    """Return the heart of what the server or libpq said, without control characters, and not at length."""
    lines = (error.diag.message_primary or str(error)).strip().splitlines()
    text = lines[0].rpartition("failed: ")[2].strip(" .?") if lines else type(error).__name__
    return "".join(letter if letter.isprintable() else "�" for letter in text)[:200]
