"""Invitations to a hub: a file or a line that says where it is and as whom one joins. There is no password in it."""

import base64
import binascii
from pathlib import Path

import msgspec

from app.core.decode_faults import DECODE_FAULTS
from app.core.errors import FormatError, WrongUse
from app.core.names import name_problem
from app.core.os_faults import describe
from app.hub.address import HubAddress, parsed_hub_address
from app.hub.certificate import fingerprint_of

SUFFIX = ".stet-hub"
_LINE = "stet-hub:"
_MOST = 200_000  # characters


class Invitation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom a hub awaits: the `address` has the role to connect as and the hub's schema, `hub` is its uid.

    `root` is the certificate, in PEM, that the server's own must be or be signed by, if it isn't one that systems
    trust; `fingerprint` is that certificate's SHA-256, for people to compare.
    """

    stet_hub: int
    address: str
    hub: str
    project: str
    name: str
    role: str
    root: str = ""
    fingerprint: str = ""

    @property
    def place(self) -> HubAddress:
        """The address. Raises WrongUse for one that isn't valid."""
        return parsed_hub_address(self.address)._replace(pinned=self.root)

    def line(self) -> str:
        """Return it as one line, to be sent as a message."""
        return _LINE + base64.urlsafe_b64encode(msgspec.json.encode(self)).decode().rstrip("=")

    def text(self) -> str:
        """Return the content of its file."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1).decode() + "\n"


_decoder = msgspec.json.Decoder(Invitation)


def read_invitation(file_or_line: str) -> Invitation:
    """Return the invitation in a file, or in a line itself.

    Raises FormatError, and WrongUse for a bad address in it.
    """
    given = file_or_line.strip()
    path: Path | None = None
    if given.startswith(_LINE):
        try:
            body = given.removeprefix(_LINE)
            data = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
        except (binascii.Error, ValueError) as error:
            raise FormatError("the line isn't a whole invitation", hint="copy all of it") from error
    else:
        path = Path(file_or_line)
        data = _content(path)
    try:
        found = _decoder.decode(data[:_MOST])
    except DECODE_FAULTS as error:
        hint = "ask whoever leads the hub for a new one"
        raise FormatError(f"this isn't an invitation to a hub ({error})", hint=hint, path=path) from error
    wrong = name_problem(found.name)
    if found.stet_hub != 1 or wrong is not None:
        what = wrong or f"the invitation is of version {found.stet_hub}"
        raise FormatError(what, hint="update Stet, or ask for a new invitation", path=path)
    if not found.place.schema or not found.place.login:
        raise FormatError("the invitation doesn't name a hub and a role", hint="ask for a new one", path=path)
    _check_root(found, path)
    return found


def invitation_to(address: HubAddress, *, hub: str, project: str, name: str, role: str) -> Invitation:
    """Return an invitation to a hub (uid): the address as a stranger to this computer uses it. Raises WrongUse."""
    return Invitation(
        stet_hub=1,
        address=address._replace(root="", pinned="").url,
        hub=hub,
        project=project,
        name=name,
        role=role,
        root=address.pinned,
        fingerprint=fingerprint_of(address.pinned) if address.pinned else "",
    )


def _check_root(found: Invitation, path: Path | None) -> None:
    """Raise FormatError for a fingerprint that isn't the certificate's: people compare it, the program the other."""
    try:
        right = fingerprint_of(found.root) if found.root else ""
    except WrongUse as error:
        raise FormatError("the invitation's certificate can't be read", hint="ask for a new one", path=path) from error
    if found.fingerprint != right:
        what = "the invitation's fingerprint isn't that of its certificate"
        raise FormatError(what, hint="somebody may have changed it: ask whoever sent it for a new one", path=path)


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_MOST + 1)
    except FileNotFoundError as error:
        raise WrongUse(f"there is no file {path}", hint="give the invitation's file, or its line") from error
    except OSError as error:
        what, hint = describe(error)
        raise FormatError(f"can't be read: {what}", hint=hint, path=path) from error
