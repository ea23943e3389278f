"""Exchanging work with a hub, both ways."""

from collections.abc import Callable
from typing import NamedTuple

import msgspec

from app.core.errors import EditRejected
from app.core.progress import CancelToken
from app.core.wording import counted
from app.exchange.report import Report
from app.hub.connection import HubClash, HubConnection, HubError
from app.hub.hub_rows import HubRows, HubState
from app.services.hub.download import Download
from app.services.hub.membership import Membership, keep_membership, require_membership
from app.services.hub.upload import Upload
from app.session.session import Session

_TRIES = 3


class Synced(NamedTuple):
    """What an exchange with a hub came to: what came from there, and what went there."""

    hub: str
    person: str
    documents: int
    sets: int
    decisions: int
    sent: int
    decided: int
    report: Report

    def sentence(self) -> str:
        """Return it in one line."""
        came = [
            counted(self.documents, "new document") if self.documents else "",
            f"work on {counted(self.sets, 'document')}" if self.sets else "",
            counted(self.decisions, "decision") if self.decisions else "",
        ]
        went = [
            f"your work on {counted(self.sent, 'document')}" if self.sent else "",
            f"{counted(self.decided, 'decision')} of yours" if self.decided else "",
        ]
        parts = [
            f"{word} {', '.join(part for part in parts if part)}"
            for word, parts in (("received", came), ("sent", went))
            if any(parts)
        ]
        return "; ".join(parts) or "nothing new on either side"


def exchange(
    session: Session,
    connection: HubConnection,
    *,
    progress: Callable[[int, int, str], None] = lambda done, total, what: None,
    cancel: CancelToken | None = None,
) -> Synced:
    """Take over what is new in the hub, then send what is new here. Idempotent, and resumable at any row.

    What comes is validated like any file, and merged as `stet merge` does. Raises HubError, EditRejected, ProjectError
    and Cancelled; what was exchanged until then stays so.
    """
    session.require_writable()
    membership = require_membership(session)
    rows = HubRows(connection)
    state = rows.state()
    is_old = _require_hub(session, rows, state, membership)
    if is_old or membership.incarnation != state.incarnation:
        membership = msgspec.structs.replace(membership, cursor=0)
    receiving, sending = (_told(progress, what) for what in ("receiving", "sending"))
    download = Download(session, rows, state, membership, is_old=is_old, progress=receiving, cancel=cancel)
    download.run()
    sent, decided = session.log.next_sequence() - 1, session.executor.review.decisions.newest_sequence()
    upload = Upload(session, rows, state, membership, progress=sending, cancel=cancel)
    upload.run(download.releases, everything=is_old)
    _settle(download, upload)
    come = msgspec.structs.replace(
        membership,
        person=state.person,
        role=state.role,
        incarnation=state.incarnation,
        cursor=state.horizon,
        event=upload.event or membership.event,
        sent=sent,
        decided=decided,
        scheme=download.scheme.number,
    )
    if come != membership:
        keep_membership(session, come)
    return Synced(
        hub=state.name,
        person=state.person,
        documents=download.documents,
        sets=download.sets,
        decisions=download.decisions,
        sent=upload.sets,
        decided=upload.decisions,
        report=download.report,
    )


def _told(progress: Callable[[int, int, str], None], what: str) -> Callable[[int, int], None]:
    return lambda done, total: progress(done, total, what)


def _settle(download: Download, upload: Upload) -> None:
    """Where a set was changed in the hub meanwhile, unite both and send that.

    Raises HubClash if it doesn't come to rest.
    """
    for _ in range(_TRIES):
        if not upload.clashes:
            return
        clashes = upload.clashes
        download.take(clashes, since=0)
        upload.again(clashes)
    if upload.clashes:
        what = "somebody else goes on changing the same sets"
        raise HubClash(what, hint="is your name used on another computer? try again when that one is at rest")


def _require_hub(session: Session, rows: HubRows, state: HubState, membership: Membership) -> bool:
    """Return whether the hub was put back to an earlier state. Raises HubError for another hub, and EditRejected for
    another person.
    """
    if state.uid != membership.uid:
        what = "there is another hub at the address of this project's hub"
        raise HubError(what, hint="ask whoever leads it for a new invitation")
    name = session.annotator
    if name is not None and session.executor.annotations.find_annotator(state.person) is not None:
        mine = session.executor.annotations.find_annotator(name)
        if mine is not None and mine != session.executor.annotations.find_annotator(state.person):
            what = f"the hub knows you as “{state.person}”, and here you work as “{name}”"
            raise EditRejected(what, hint=f"work as {state.person}, or ask for an invitation as {name}")
    return bool(membership.event) and not rows.has_event(membership.event)
