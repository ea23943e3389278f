"""A connection to a hub: short transactions, and the server's errors in words that a person can act on."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any, Self

from app.core.errors import StetError
from app.hub.address import HubAddress
from app.hub.credentials import password_for

if TYPE_CHECKING:
    import psycopg
    from psycopg import sql

_CONNECT_SECONDS = 10
_STATEMENT_SECONDS = 120
_LOCK_SECONDS = 10  # nobody holds a row for longer than their own statement takes, but for one who was cut off
_EXTRA = 'install it: python -m pip install "stet-workbench[team]"'


class HubError(StetError):
    """A hub that can't be used, or that refused what was asked. Nothing was changed here."""


class HubUnreachable(HubError):
    """The server can't be reached, or the connection was lost. It is worth trying again later."""


class HubRefused(HubError):
    """The server refused the role, the password or what was asked for."""


class HubClash(HubError):
    """Somebody else has written what was to be written, since it was read."""


class HubConnection:
    """A connection to the schema of one hub, for one thread at a time.

    Every transaction says by itself where its tables are and how long it may take, and nothing is prepared on the
    server: so a pooler may give each transaction another connection.
    """

    def __init__(self, address: HubAddress, *, password: str | None = None) -> None:
        """Connect. Raises HubUnreachable, HubRefused, and HubError without psycopg."""
        self.address = address
        psycopg = _psycopg()
        found = password_for(address) if password is None else password
        parameters: dict[str, Any] = {**address.parameters(), **({"password": found} if found else {})}
        with _in_words(address):
            self._connection: psycopg.Connection[tuple[Any, ...]] = psycopg.connect(
                **parameters,
                autocommit=True,
                prepare_threshold=None,
                connect_timeout=_CONNECT_SECONDS,
                application_name="stet",
                client_encoding="UTF8",
                keepalives_idle=30,
                keepalives_interval=10,
                keepalives_count=3,
                tcp_user_timeout=30_000,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close it; again does nothing."""
        self._connection.close()

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

        Raises HubError.
        """
        from psycopg import sql

        with _in_words(self.address), self._connection.transaction(), self._connection.cursor() as cursor:
            if snapshot:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            for setting, seconds in (("statement_timeout", _STATEMENT_SECONDS), ("lock_timeout", _LOCK_SECONDS)):
                limit = sql.SQL("SET LOCAL {} = {}").format(sql.Identifier(setting), sql.Literal(seconds * 1000))
                cursor.execute(limit)
            if self.address.schema:
                path = sql.SQL("SET LOCAL search_path = {}, pg_temp").format(sql.Identifier(self.address.schema))
                cursor.execute(path)
            yield cursor

    def notified(self, channel: str, seconds: float) -> Generator[bool]:
        """Yield True whenever the channel is notified, and False after so many seconds in which it wasn't.

        Raises HubError when the connection is lost.
        """
        from psycopg import sql

        with _in_words(self.address):
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


def as_sql(query: str) -> sql.SQL:
    """Return a query of ours, put together of constants, as psycopg wants it."""
    from psycopg import sql

    return sql.SQL(query)  # pyright: ignore[reportArgumentType]


def _psycopg() -> ModuleType:
    try:
        import psycopg
    except ImportError as error:
        what = f"working with a hub needs the package psycopg ({error})"
        raise HubError(what, hint=_EXTRA, in_window=_EXTRA) from error
    return psycopg


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
        raise HubRefused(f"{place} refused the role or its password", hint="check both, and try again") from error
    except (errors.UndefinedTable, errors.InvalidSchemaName) as error:
        what = f"there is no such hub at {place}, or this role may not use it"
        raise HubRefused(what, hint="ask whoever leads it whether it moved, was dropped, or lost its roles") from error
    except (errors.QueryCanceled, errors.LockNotAvailable, errors.DiskFull, errors.TooManyConnections) as error:
        raise HubUnreachable(f"the server at {place} can't do it now: {_said(error)}", hint="try later") from error
    except psycopg.OperationalError as error:
        text = str(error)
        if "password" in text or "authentication failed" in text:
            raise HubRefused(f"{place} refused the role or its password", hint="check both, and try again") from error
        if "certificate" in text or "SSL" in text:
            hint = "ask the administrator for the right address or root certificate; don't go on without it"
            raise HubRefused(f"the server at {place} couldn't prove who it is: {_said(error)}", hint=hint) from error
        hint = "work goes on offline; it is exchanged when the server can be reached"
        raise HubUnreachable(f"{place} can't be reached: {_said(error)}", hint=hint) from error
    except psycopg.Error as error:
        hint = "ask whoever leads the hub; nothing here was changed"
        raise HubError(f"the hub at {place} answered with an error: {_said(error)}", hint=hint) from error


def _said(error: psycopg.Error) -> str:
    """Return the heart of what the server or libpq said, without control characters, and not at length."""
    lines = (error.diag.message_primary or str(error)).strip().splitlines()
    text = lines[0].rpartition("failed: ")[2].strip(" .?") if lines else type(error).__name__
    return "".join(letter if letter.isprintable() else "�" for letter in text)[:200]
