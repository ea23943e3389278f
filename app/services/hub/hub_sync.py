"""Exchanging work with a hub, both ways."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import msgspec

from app.core.errors import EditRejected
from app.core.progress import CancelToken
from app.core.wording import counted
from app.exchange.report import Report
from app.hub.connection import HubClash, HubConnection, HubError
from app.hub.hub_news import HubNews
from app.hub.hub_rows import HubRows, HubState
from app.services.hub.download import Download
from app.services.hub.hub_source import HubScheme
from app.services.hub.lead_upload import LeadUpload
from app.services.hub.local_news import LocalNews, local_news
from app.services.hub.membership import Membership, keep_membership, require_membership
from app.services.hub.scheme_news import take_schemes
from app.services.hub.steps import Steps, run_here
from app.services.hub.suggested_upload import SuggestedUpload
from app.services.hub.upload import Upload
from app.session.session import Session

_TRIES = 3
_AT_ONCE = 200

Told = Callable[[int, int, str], None]
"""Hears of progress: how many are done, of how many, and what is being done."""


class Synced(NamedTuple):
    """What an exchange with a hub came to: what came from there, and what went there.

    `waits` says that a new scheme waits until the open document is closed.
    """

    hub: str
    person: str
    documents: int
    sets: int
    decisions: int
    sent: int
    decided: int
    report: Report
    waits: bool = False
    suggestions: int = 0
    patterns: int = 0

    def sentence(self) -> str:
        """Return it in one line."""
        came = [
            counted(self.documents, "new document") if self.documents else "",
            f"work on {counted(self.sets, 'document')}" if self.sets else "",
            counted(self.decisions, "decision") if self.decisions else "",
            counted(self.suggestions, "suggestion") if self.suggestions else "",
            counted(self.patterns, "pattern") if self.patterns else "",
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
    session: Session, connection: HubConnection, *, progress: Told = lambda *_: None, cancel: CancelToken | None = None
) -> Synced:
    """Take over what is new in the hub, then send what is new here. Idempotent, and resumable at any row.

    What comes is validated like any file, and merged as `stet merge` does. Raises HubError, EditRejected, ProjectError
    and Cancelled; what was exchanged until then stays so.
    """
    work = HubExchange(session, HubRows(connection), at_once=_AT_ONCE, progress=progress, cancel=cancel)
    return run_here(work.steps(), cancel)


class HubExchange:
    """One exchange of a project with its hub, in steps. `at_once` documents are merged in one step of the project.

    With `may_change_scheme` False a new scheme waits.
    """

    def __init__(
        self,
        session: Session,
        rows: HubRows,
        *,
        at_once: int,
        may_change_scheme: bool = True,
        progress: Told = lambda *_: None,
        cancel: CancelToken | None = None,
    ) -> None:
        session.require_writable()
        self._session = session
        self._rows = rows
        self._at_once = at_once
        self._may_change_scheme = may_change_scheme
        self._progress = progress
        self._cancel = cancel
        self._report = Report()

    def steps(self) -> Steps[Synced]:
        """Do it: what asks the server is yielded. Raises as `exchange` does."""
        session, rows = self._session, self._rows
        membership = require_membership(session)
        known = membership.cursor, membership.event, membership.scheme
        state: HubState = yield partial(rows.state, *known, only=membership.only)
        self._require_hub(state, membership)
        is_old = bool(membership.event) and not state.has_event
        if is_old or (membership.incarnation, membership.role) != (state.incarnation, state.role):
            membership = msgspec.structs.replace(membership, cursor=0)
            state = state._replace(news=HubNews())
        scheme, waits = yield from self._scheme(state, membership)
        download = Download(
            session,
            rows,
            state,
            membership,
            is_old=is_old,
            at_once=self._at_once,
            progress=partial(self._tell, "receiving"),
            cancel=self._cancel,
        )
        yield from download.run(scheme)
        sent, decided = session.log.next_sequence() - 1, session.executor.review.decisions.newest_sequence()
        news = local_news(session, membership.sent, besides=download.actions)
        upload = Upload(session, rows, state, membership, progress=partial(self._tell, "sending"), cancel=self._cancel)
        if is_old or download.looked_at or (sent, decided) != (membership.sent, membership.decided):
            scheme = yield from self._send(upload, download, state, news, scheme, is_old=is_old)
        come = msgspec.structs.replace(
            membership,
            person=state.person,
            role=state.role,
            incarnation=state.incarnation,
            cursor=state.horizon,
            event=upload.event or membership.event,
            sent=sent,
            decided=decided,
            scheme=membership.scheme if waits else scheme.number,
        )
        self._keep(come, membership, is_news=any(state.news))
        self._report.add(download.report)
        return Synced(
            hub=state.name,
            person=state.person,
            documents=download.documents,
            sets=download.sets,
            decisions=download.decisions,
            sent=upload.sets,
            decided=upload.decisions,
            report=self._report,
            waits=waits,
            suggestions=download.suggestions,
            patterns=download.patterns,
        )

    def _send(
        self,
        upload: Upload,
        download: Download,
        state: HubState,
        news: LocalNews,
        scheme: HubScheme,
        *,
        is_old: bool,
    ) -> Steps[HubScheme]:
        """Send what is new here; return what is the hub's scheme then."""
        # Nothing that is damaged leaves the project. It is all read for that: not for each mark, and in no window.
        yield partial(self._session.check_file, again=False)
        if state.role == "lead":
            progress = partial(self._tell, "sending")
            lead = LeadUpload(self._session, self._rows, progress=progress, cancel=self._cancel)
            scheme = yield from lead.run(scheme, news)
            self._report.add(lead.report)
        # What came may have been united with what was here.
        yield from upload.run(news.and_documents(download.looked_at), everything=is_old)
        yield from SuggestedUpload(self._session, self._rows, state.person).run(news, everything=is_old)
        yield from _settle(download, upload)
        return scheme

    def _keep(self, come: Membership, before: Membership, *, is_news: bool) -> None:
        """Keep how far it came. Where nothing was new, the next reading can as well begin where this one did."""
        if is_news or come != msgspec.structs.replace(before, cursor=come.cursor):
            keep_membership(self._session, come)

    def _tell(self, what: str, done: int, total: int) -> None:
        self._progress(done, total, what)

    def _scheme(self, state: HubState, membership: Membership) -> Steps[tuple[HubScheme, bool]]:
        """Take over new schemes; return the hub's newest, and whether it waits.

        Where it would be needed for nothing, it isn't asked for.
        """
        if state.role != "lead" and membership.scheme and not any(state.news):
            return HubScheme(membership.scheme, self._session.scheme.tag, self._session.scheme.source), False
        schemes: list[tuple[int, str, str, str]] = yield partial(self._rows.schemes, membership.scheme)
        newest = HubScheme(*schemes[-1][:3])
        new = [row for row in schemes if row[0] > membership.scheme]
        if not new:
            return newest, False
        if not self._may_change_scheme and any(row[2] != self._session.scheme.source for row in new):
            return newest, True
        if state.role == "lead" and self._session.executor.lineage().since_scheme(newest.toml, newest.tag):
            return newest, False  # what is current here came after it: it is sent
        taken = take_schemes(self._session, new, self._report)
        return newest, taken is None or taken.number != newest.number

    def _require_hub(self, state: HubState, membership: Membership) -> None:
        """Raise HubError for another hub, and EditRejected for another person."""
        if state.uid != membership.uid:
            what = "there is another hub at the address of this project's hub"
            raise HubError(what, hint="ask whoever leads it for a new invitation")
        name = self._session.annotator
        annotations = self._session.executor.annotations
        known = annotations.find_annotator(state.person)
        mine = annotations.find_annotator(name) if name is not None else None
        if known is not None and mine is not None and mine != known:
            what = f"the hub knows you as “{state.person}”, and here you work as “{name}”"
            raise EditRejected(what, hint=f"work as {state.person}, or ask for an invitation as {name}")


def _settle(download: Download, upload: Upload) -> Steps[None]:
    """Where a set was changed in the hub meanwhile, unite both and send that.

    Raises HubClash if it doesn't come to rest.
    """
    for _ in range(_TRIES):
        if not upload.clashes:
            return
        clashes = upload.clashes
        yield from download.take(clashes, since=0)
        yield from upload.again(clashes)
    if upload.clashes:
        what = "somebody else goes on changing the same sets"
        raise HubClash(what, hint="is your name used on another computer? try again when that one is at rest")
