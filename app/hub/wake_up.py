"""Hearing from a hub that there is something new. It is a wake-up only: what is new is read as always."""

import hashlib
from collections.abc import Callable

from app.hub.address import HubAddress
from app.hub.connection import HubConnection

_SECONDS_A_WAIT = 1.0


def listen(
    address: HubAddress, uid: str, heard: Callable[[], None], is_over: Callable[[], bool], *, only: str | None = None
) -> None:
    """Call `heard` whenever somebody has written to the hub (uid), until `is_over` or the connection is lost.

    With `only`, somebody's key, not for the work of others: whoever can't read it needn't look.

    Over a connection of its own, in the thread of the caller. A pooler may swallow what the server says, and so may a
    network: whoever calls this looks from time to time, too. Raises HubError if the server can't be reached.
    """
    with HubConnection(address) as connection:
        for is_news in connection.notified(channels(uid, only), _SECONDS_A_WAIT):
            if is_over():
                return
            if is_news:
                heard()


def channels(uid: str, only: str | None) -> list[str]:
    """Return where a hub tells of what everyone reads, and of work; as the function `channel` of its schema does."""
    whose = "work" if only is None else hashlib.md5(only.encode(), usedforsecurity=False).hexdigest()[:16]
    return [f"stet_{uid}", f"stet_{uid}_{whose}"]
