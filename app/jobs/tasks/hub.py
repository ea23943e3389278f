"""Makes, joins and leaves hubs, and exchanges work with them."""

from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from app.core.errors import EditRejected, StetError
from app.core.names import annotator_key, clean_name
from app.core.os_faults import describe
from app.core.progress import CancelToken, Progress, no_progress
from app.core.wording import counted
from app.hub import certificate, credentials, schema
from app.hub.address import HubAddress, parsed_hub_address
from app.hub.connection import HubConnection, HubError, HubUnreachable
from app.hub.hub_rows import HubRows
from app.hub.invitation import Invitation, invitation_to, read_invitation
from app.hub.queue_rows import WorkPlace
from app.jobs.tasks.hub_queue import QueueRules
from app.services.hub.hub_sync import Synced, exchange
from app.services.hub.membership import Membership, keep_membership, membership_of, require_membership
from app.services.hub.new_hub import NewHub, create_hub, join_hub
from app.session.session import Session
from app.staging_folder import StagingFolder, move_over


class HubStatus(NamedTuple):
    """Where a project stands with its hub. `trouble` says why the hub can't be reached, "" if it can; then there are
    `rules` of the queue.
    """

    membership: Membership
    name: str
    people: tuple[tuple[str, str], ...]
    places: tuple[WorkPlace, ...]
    waiting: int
    trouble: str
    rules: QueueRules | None = None

    def lines(self) -> list[str]:
        """Return it in words."""
        waiting = f"work on {counted(self.waiting, 'document')} waits" if self.waiting else "nothing waits"
        lines = [*self.summary(), f"{waiting} to be sent"]
        if self.membership.root:
            lines.append(f"the server's certificate: SHA-256 {fingerprint_of(self.membership.place)}")
        if len(self.people) > 1:
            lines.extend(
                f"  {name} ({role}): {counted(documents, 'document')}, {begun:,} begun, {done:,} finished"
                for name, role, documents, begun, done in self.rows()
            )
        return lines

    def summary(self) -> list[str]:
        """Return in words what hub it is, and what one has there."""
        who = f"{self.membership.person} ({self.membership.role})"
        if self.trouble:
            return [f"offline, as {who}: {self.trouble}"]
        me = annotator_key(self.membership.person)
        mine = [place for place in self._taken() if annotator_key(place.annotator) == me]
        done = sum(place.status.startswith("done") for place in mine)
        lines = [f"{self.name}, as {who}: {counted(len(mine), 'document')}, {done:,} finished"]
        return [*lines, f"the queue: {self.rules.sentence()}"] if self.rules is not None else lines

    def rows(self) -> list[tuple[str, str, int, int, int]]:
        """Return who has how many documents, how many of them begun, and finished: name and role first."""
        rows: list[tuple[str, str, int, int, int]] = []
        for name, role in self.people:
            places = [place for place in self._taken() if place.annotator == name]
            begun = sum(place.status == "open" and place.marks > 0 for place in places)
            rows.append((name, role, len(places), begun, sum(place.status.startswith("done") for place in places)))
        return rows

    def _taken(self) -> list[WorkPlace]:
        return [place for place in self.places if place.state != "given back"]

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values, for JSON."""
        return {
            "hub": self.name,
            "address": self.membership.address,
            "person": self.membership.person,
            "role": self.membership.role,
            "offline": self.trouble or None,
            "waiting": self.waiting,
            "queue": self.rules._asdict() if self.rules is not None else None,
            "people": [{"name": name, "role": role} for name, role in self.people],
            "places": [place._asdict() for place in self.places],
        }


def create(
    session: Session,
    address: str,
    *,
    name: str = "",
    progress: Progress = no_progress,
    cancel: CancelToken | None = None,
) -> NewHub:
    """Make a hub of a project and send everything in it. Raises StetError; then there is no hub."""
    with HubConnection(parsed_hub_address(address)) as connection:
        return create_hub(session, connection, name=name, progress=progress, cancel=cancel)


def creation_sql(session: Session, name: str = "") -> str:
    """Return the SQL that `create` would run first, for an administrator to read. Its names are examples."""
    return schema.creation_sql(schema.schema_name(name or session.path.stem, "example"))


def invite(
    session: Session, name: str, *, role: str = "annotator", login: str = "", new_password: str = ""
) -> Invitation:
    """Let a person into the hub, and return the invitation to give to them.

    `login` names a role that the server has already; otherwise one is made, with a new password that one gives to them
    separately. A certificate that isn't what any system trusts goes with it. Raises StetError.
    """
    membership = require_membership(session)
    if role not in schema.ROLES:
        raise EditRejected(f"“{role}” isn't a role in a hub", hint=f"use {', '.join(schema.ROLES)}")
    with HubConnection(membership.place) as connection:
        rows = HubRows(connection)
        state = rows.state()
        taken = schema.logins(connection)
        if login and login not in taken:
            raise HubError(f"the server has no role “{login}”", hint="ask its administrator, or leave --login out")
        chosen = login or schema.login_name(membership.place.schema, name, taken)
        known = schema.person_of(connection, annotator_key(name))
        if known is None:
            schema.add_person(
                connection, name=clean_name(name), role=role, login=chosen, password=new_password, exists=bool(login)
            )
        else:
            chosen, role = known
        place = certificate.pinned_at(membership.place, *connection.peer)._replace(login=chosen)
    return invitation_to(place, hub=state.uid, project=state.name, name=clean_name(name), role=role)


def write_invitation(path: Path, text: str) -> None:
    """Write an invitation to a file, whole or not at all. Raises StetError."""
    try:
        with StagingFolder(path) as staging:
            unfinished = staging.path / path.name
            unfinished.write_text(text, encoding="utf-8")
            move_over(unfinished, path)
    except OSError as error:
        what, hint = describe(error)
        raise StetError(f"can't be written: {what}", hint=hint, path=path) from error


def join(
    invitation: str,
    path: Path,
    *,
    progress: Progress = no_progress,
    cancel: CancelToken | None = None,
) -> Synced:
    """Join a hub with an invitation (file or line): the project at the path is made, or joins. Raises StetError."""
    found = read_invitation(invitation)
    with HubConnection(found.place) as connection:
        return join_hub(path, connection, uid=found.hub, progress=progress, cancel=cancel)


def place_at(address: str) -> HubAddress:
    """Return an address that somebody has given. Raises WrongUse."""
    return parsed_hub_address(address)


def place_of(invitation: str) -> HubAddress:
    """Return the address in an invitation (file or line), with the certificate that is pinned. Raises StetError."""
    return read_invitation(invitation).place


def fingerprint_of(place: HubAddress) -> str:
    """Return the SHA-256 of the certificate that is pinned at an address, "" if none is."""
    return certificate.fingerprint_of(place.pinned) if place.pinned else ""


def hold_password(place: HubAddress, password: str) -> None:
    """Use a password that somebody has typed, as long as the program runs; it is kept nowhere."""
    credentials.hold_password(place, password)


def keep_password(place: HubAddress, password: str) -> bool:
    """Put a password into the system's keyring; return whether there is one that took it."""
    return credentials.keep_password(place, password)


def trust(session: Session, *, fingerprint: str = "", root: Path | None = None) -> str:
    """Trust another certificate of the hub's server from now on; return its fingerprint.

    Without a fingerprint or a file with its root only return the one that the server shows. Raises StetError.
    """
    membership = require_membership(session)
    if not fingerprint and root is None:
        return certificate.shown_by(membership.place)
    place = certificate.trusted_anew(membership.place, fingerprint=fingerprint, root=root)
    keep_membership(session, msgspec.structs.replace(membership, address=place.url, root=place.pinned))
    return certificate.fingerprint_of(place.pinned)


def sync(session: Session, *, progress: Progress = no_progress, cancel: CancelToken | None = None) -> Synced:
    """Exchange work with the project's hub, both ways. Raises StetError; what was exchanged until then stays so."""
    with HubConnection(require_membership(session).place) as connection:
        return exchange(session, connection, progress=progress, cancel=cancel)


def take(session: Session, most: int, *, progress: Progress = no_progress) -> tuple[int, Synced]:
    """Take up to so many documents from the queue for oneself, also none, and exchange work. Raises StetError."""
    with HubConnection(require_membership(session).place) as connection:
        taken = HubRows(connection).queue.take(most) if most else ()
        return len(taken), exchange(session, connection, progress=progress)


def status(session: Session) -> HubStatus:
    """Return where a project stands with its hub; if that can't be reached, why. Raises StetError."""
    membership = require_membership(session)
    changed = session.log.documents_since(membership.sent)
    return status_at(membership, len(changed) if changed is not None else session.reader.documents.count_work())


def status_at(membership: Membership, waiting: int = 0) -> HubStatus:
    """Return the status without looking at the project, of which so many documents wait. Raises StetError."""
    try:
        with HubConnection(membership.place) as connection:
            rows = HubRows(connection)
            state = rows.state()
            people = tuple(sorted(rows.people().values()))
            rules = QueueRules(state.annotators, state.hours, state.sorting)
            return HubStatus(membership, state.name, people, tuple(rows.queue.places()), waiting, "", rules)
    except HubUnreachable as error:
        return HubStatus(membership, "", (), (), waiting, error.what)


def leave(session: Session) -> Membership:
    """Forget the project's hub and the password for it; nothing else changes, here or there. Raises StetError."""
    membership = require_membership(session)
    credentials.forget_password(membership.place)
    keep_membership(session, None)
    return membership


def drop(session: Session) -> list[str]:
    """Drop the project's hub with everything in it; return the roles that are left to the administrator.

    Raises StetError.
    """
    membership = require_membership(session)
    with HubConnection(membership.place) as connection:
        if HubRows(connection).state().uid != membership.uid:
            raise StetError("there is another hub at this address", hint="nothing was dropped")
        left = schema.drop(connection)
    keep_membership(session, None)
    return left


def set_offline(session: Session, is_offline: bool) -> None:
    """Exchange nothing until the person says so, or again. Raises StetError."""
    keep_membership(session, msgspec.structs.replace(require_membership(session), is_offline=is_offline))


def is_member(session: Session) -> bool:
    """Whether the project belongs to a hub. Raises StetError."""
    return membership_of(session) is not None


def address_of(session: Session) -> HubAddress:
    """Return the address of the project's hub. Raises StetError."""
    return require_membership(session).place
