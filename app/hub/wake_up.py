"""Hearing from a hub that there is something new. It is a wake-up only: what is new is read as always."""

from collections.abc import Callable

from app.hub.address import HubAddress
from app.hub.connection import HubConnection

_SECONDS_A_WAIT = 1.0


def listen(address: HubAddress, uid: str, heard: Callable[[], None], is_over: Callable[[], bool]) -> None:
    """Call `heard` whenever somebody has written to the hub (uid), until `is_over` or the connection is lost.

    Over a connection of its own, in the thread of the caller. A pooler may swallow what the server says, and so may a
    network: whoever calls this looks from time to time, too. Raises HubError if the server can't be reached.
    """
    with HubConnection(address) as connection:
        for is_news in connection.notified(f"stet_{uid}", _SECONDS_A_WAIT):
            if is_over():
                return
            if is_news:
                heard()
