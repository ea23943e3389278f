"""A password for a server: read from standard input, or asked for where it is needed and somebody can answer."""

import functools
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

from app.cli.console import say
from app.core.errors import WrongUse
from app.hub.address import HubAddress
from app.hub.connection import HubPasswordWanted
from app.jobs.tasks import hub

_T = TypeVar("_T")
_LONGEST = 1_000  # characters


class GivenPassword:
    """The password for one command. It is never an argument: those are seen by everybody on the machine."""

    def __init__(self, *, is_from_input: bool = False, is_kept: bool = False) -> None:
        """Read it from standard input if it is there. Raises WrongUse if it isn't."""
        self._is_kept = is_kept
        self._text: str | None = None
        if is_from_input:
            self._text = sys.stdin.readline(_LONGEST).rstrip("\r\n")
            if not self._text:
                raise WrongUse("there is no password on standard input", hint="write it into it, as one line")

    def used(self, place: HubAddress, call: Callable[[], _T]) -> _T:
        """Return what a call comes to, which is made again with a password that is asked for if it needs one.

        Raises what the call raises.
        """
        if self._text is not None:
            hub.hold_password(place, self._text)
        try:
            return call()
        except HubPasswordWanted as error:
            if self._text is not None or not sys.stdin.isatty():
                raise HubPasswordWanted(error.what, hint="use --password-stdin, PGPASSWORD or ~/.pgpass") from error
            say(f"stet: note: {error.what}")
        self._text = str(click.prompt("Password", hide_input=True, err=True))
        hub.hold_password(place, self._text)
        return call()

    def keep(self, place: HubAddress) -> None:
        """Put it into the keyring if that is wanted, once it was the right one."""
        if self._text is None:
            return
        if not self._is_kept and not (
            sys.stdin.isatty() and click.confirm("Keep the password in the system's keyring?", err=True)
        ):
            return
        if not hub.keep_password(place, self._text):
            say("stet: note: there is no keyring that takes it; PostgreSQL's ~/.pgpass is another place")


def password_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options for a password; it gets a `GivenPassword` as `given`."""

    @click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
    @click.option("--keep-password", is_flag=True, help="Put that password into the system's keyring.")
    @functools.wraps(command)
    def wrapped(*arguments: Any, password_stdin: bool, keep_password: bool, **options: Any) -> Any:  # noqa: ANN401
        given = GivenPassword(is_from_input=password_stdin, is_kept=keep_password)
        return command(*arguments, given=given, **options)

    return wrapped
