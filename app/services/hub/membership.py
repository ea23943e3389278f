"""What a project file knows of the hub that it belongs to. Never a password, and nothing that the hub doesn't know."""

import msgspec

from app.core.decode_faults import DECODE_FAULTS
from app.core.errors import EditRejected
from app.core.names import annotator_key
from app.hub.address import HubAddress, parsed_hub_address
from app.hub.hub_role import sees_everyone
from app.session.session import Session

_KEY = "hub"


class Membership(msgspec.Struct, frozen=True, kw_only=True):
    """The hub of a project, and how far the exchange with it has come.

    `cursor` is the transaction before which everything was read, in this `incarnation` of the hub; `event` the newest
    entry of the hub's log that was written from here. `sent` is the sequence of the local log up to which everything
    was sent, `decided` that of the decisions. With `is_offline` nothing is exchanged until the person says so.
    `root` are the certificates, in PEM, that the server's own is verified by, "" for those that the system trusts.
    """

    address: str
    uid: str
    person: str
    role: str = "annotator"
    incarnation: str = ""
    cursor: int = 0
    event: str = ""
    sent: int = 0
    decided: int = 0
    scheme: int = 0
    is_offline: bool = False
    root: str = ""

    @property
    def only(self) -> str | None:
        """The key of the person, if they read nobody else's work; else None."""
        return None if sees_everyone(self.role) else annotator_key(self.person)

    @property
    def place(self) -> HubAddress:
        """The address. Raises WrongUse for one that isn't valid."""
        return parsed_hub_address(self.address)._replace(pinned=self.root)


_decoder = msgspec.json.Decoder(Membership)


def membership_of(session: Session) -> Membership | None:
    """Return the membership of a project, None if it has none. Raises EditRejected if it can't be read."""
    text = session.executor.review.assignments.about(_KEY)
    if not text:
        return None
    try:
        return _decoder.decode(text)
    except DECODE_FAULTS as error:
        what = f"what the project knows of its hub can't be read ({error})"
        raise EditRejected(what, hint="leave the hub and join it again: stet hub leave PROJECT") from error


def require_membership(session: Session) -> Membership:
    """Return the membership of a project. Raises EditRejected if it has none."""
    found = membership_of(session)
    if found is None:
        hint = "join one: stet hub join INVITATION PROJECT, or make one: stet hub create ADDRESS PROJECT"
        raise EditRejected("the project belongs to no hub", hint=hint, in_window="join or create one first")
    return found


def keep_membership(session: Session, membership: Membership | None) -> None:
    """Write the membership, or with None forget it. Not undoable. Raises EditRejected and ProjectError."""
    text = msgspec.json.encode(membership).decode() if membership is not None else ""
    with session.unlogged() as executor:
        executor.review.assignments.set_property(_KEY, text)
