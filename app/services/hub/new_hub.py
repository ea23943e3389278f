"""Making a hub of a project, and a project of a hub."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import msgspec

from app.core.decision import GOLD
from app.core.errors import EditRejected
from app.core.ids import new_uid
from app.core.names import annotator_key
from app.core.progress import CancelToken
from app.core.record import DocumentRecord
from app.core.three_way_merge import SetExchange, digest_of
from app.exchange.formats.stet_jsonl.writer import decision_json, set_json
from app.hub import schema
from app.hub.address import HubAddress
from app.hub.certificate import pinned_at
from app.hub.connection import HubConnection, HubError
from app.hub.hub_rows import HubDecision, HubRows, HubWork
from app.hub.suggested_rows import HubSuggested
from app.services.history.finish_days import finishing_days
from app.services.hub.hub_sync import Synced, exchange
from app.services.hub.lead_upload import hub_document
from app.services.hub.membership import Membership, keep_membership, membership_of
from app.services.hub.suggested_upload import pattern_row, rows_by_person
from app.session.session import Session

_AT_ONCE = 200


class NewHub(NamedTuple):
    """A hub that was made: its address, and what was sent to it."""

    address: HubAddress
    uid: str
    documents: int
    sets: int


def create_hub(
    session: Session,
    connection: HubConnection,
    *,
    name: str = "",
    progress: Callable[[int, int, str], None] = lambda done, total, what: None,
    cancel: CancelToken | None = None,
) -> NewHub:
    """Make a hub of a project, led by the current annotator, and send everything in it.

    If something fails, or it is cancelled, the hub is dropped again. Raises HubError, EditRejected, ProjectError and
    Cancelled.
    """
    session.require_writable()
    if not session.annotator:
        raise EditRejected("whoever makes a hub leads it, and has a name", hint="add: --as NAME")
    if membership_of(session) is not None:
        raise EditRejected("the project belongs to a hub already", hint="leave it first: stet hub leave PROJECT")
    uid = new_uid()
    title = name or session.path.stem
    address = pinned_at(connection.address, *connection.peer)._replace(schema=schema.schema_name(title, uid))
    project = session.executor.review.assignments.about("uid") or ""
    schema.create(connection, address.schema, uid=uid, project=project, name=title, lead=session.annotator)
    with ExitStack() as undo, HubConnection(address) as hub:
        undo.callback(schema.drop, hub)
        rows = HubRows(hub)
        first = _FirstUpload(session, rows, uid, progress, cancel)
        first.run()
        state = rows.state()
        keep_membership(
            session,
            Membership(
                address=address.url,
                root=address.pinned,
                uid=uid,
                person=state.person,
                role=state.role,
                incarnation=state.incarnation,
                cursor=state.horizon,
                sent=session.log.next_sequence() - 1,
                decided=session.executor.review.decisions.newest_sequence(),
                scheme=1,
            ),
        )
        undo.pop_all()
    return NewHub(address, uid, first.documents, first.sets)


class _FirstUpload:
    """Sends all of a project to a hub that is empty, as the one who owns its tables."""

    def __init__(
        self,
        session: Session,
        rows: HubRows,
        hub: str,
        progress: Callable[[int, int, str], None],
        cancel: CancelToken | None,
    ) -> None:
        self._session = session
        self._rows = rows
        self._hub = hub
        self._progress = progress
        self._cancel = cancel
        self.documents = self.sets = 0
        self._lead = annotator_key(session.annotator or "")
        self._days = finishing_days(session)

    def run(self) -> None:
        scheme = self._session.scheme
        self._rows.add_schemes([(1, f"{scheme.name}@{scheme.version}", scheme.source, "[]")])
        reader = self._session.reader
        total = reader.documents.count()
        self._send_documents(total)
        for part in _parts(reader.records(with_text=True)):
            self._send_work(part)
            self._progress(self.sets, 0, "sending work")
        assigned = [(uid, annotator_key(name)) for name, uids in reader.assignments().items() for uid in uids]
        self._rows.queue.assign(assigned)
        released = self._session.executor.review.decisions.releases().values()
        self._rows.put_releases({row.document: row.reviewer for row in released})
        patterns = self._session.executor.suggesting.patterns.all()
        self._rows.suggested.add_patterns([pattern_row(pattern) for pattern in patterns])

    def _send_documents(self, total: int) -> None:
        # References come after all documents, or some would have nothing to hang on.
        documents = self._session.reader.documents
        to_work_on = {row.uid for row in documents.to_work_on()}
        references: list[tuple[str, str]] = []
        for part in _parts(self._session.reader.records(with_text=True, with_decisions=False)):
            self._raise_if_cancelled()
            rows = [(hub_document(r), documents.words_of(r.document.uid), r.document.uid in to_work_on) for r in part]
            self._rows.add_documents(rows)
            references.extend((r.document.uid, other) for r in part for other in r.references)
            self.documents += len(part)
            self._progress(self.documents, total, "sending documents")
        self._rows.add_references(references)

    def _send_work(self, part: list[DocumentRecord]) -> None:
        self._raise_if_cancelled()
        rows: list[HubWork] = []
        decisions: list[HubDecision] = []
        suggested: list[HubSuggested] = []
        for record in part:
            document = record.document
            suggested.extend(rows_by_person(document.uid, document.sha256, record.suggestions, self._lead))
            for item in record.sets:
                rows.append(
                    HubWork(
                        document=record.document.uid,
                        annotator=annotator_key(item.annotator),
                        kind=item.kind,
                        digest=digest_of(item),
                        sha256=record.document.sha256,
                        status=item.status,
                        marks=len(item.annotations),
                        content=set_json(item),
                        event=new_uid(),
                        finished=self._days.get((item.annotator, document.uid), ""),
                    )
                )
            orphaned = {decision.uid for decision in record.orphaned()}
            for decision in record.decisions:
                if decision.uid not in orphaned:
                    key = annotator_key(decision.reviewer)
                    content = decision_json(decision)
                    decisions.append(HubDecision(decision.uid, decision.document, key, False, content, new_uid()))
        self._rows.put_work(rows)
        self._rows.put_decisions(decisions)
        self._rows.suggested.put(suggested)
        self.sets += len(rows)
        with self._session.unlogged() as executor:
            for row in rows:
                key, person = (
                    executor.documents.key_of(row.document),
                    executor.annotations.find_annotator(GOLD if row.kind == GOLD else row.annotator),
                )
                if key is not None and person is not None:
                    sent = SetExchange(self._hub, row.digest, row.event, 0.0)
                    executor.review.assignments.remember(key, person, sent)

    def _raise_if_cancelled(self) -> None:
        if self._cancel is not None:
            self._cancel.raise_if_cancelled()


def join_hub(
    path: Path,
    connection: HubConnection,
    *,
    uid: str,
    progress: Callable[[int, int, str], None] = lambda done, total, what: None,
    cancel: CancelToken | None = None,
) -> Synced:
    """Make a project of a hub at a path, or let the project that lies there join it, and exchange work.

    A project that is made stays, with what came, when the connection is lost or it is cancelled: joining again goes on.
    Raises HubError, EditRejected, ProjectError and Cancelled.
    """
    rows = HubRows(connection)
    state = rows.state()
    if state.uid != uid:
        what = "there is another hub at this address than the invitation is for"
        raise HubError(what, hint="ask whoever sent it for a new one")
    if path.exists():
        session = Session.open(path, annotator=state.person)
        known, number = membership_of(session), 0
        if known is not None and known.uid != uid:
            session.close()
            hint = "choose another file, or leave that hub first"
            raise EditRejected("the project belongs to another hub", hint=hint)
        if known is not None and annotator_key(known.person) != state.key:
            session.close()
            what = f"the project is {known.person}'s, and the invitation is for {state.person}"
            raise EditRejected(what, hint="choose another file for your own project")
    else:
        number, tag, toml, _ = rows.schemes(-1)[-1]
        session = Session.create(path, scheme=toml, scheme_path=f"scheme {tag} of the hub", annotator=state.person)
        known = None
    try:
        address = connection.address
        if known is None:
            known = Membership(address="", uid=uid, person=state.person, role=state.role, scheme=number)
        # Joining again brings a new address, or a new certificate.
        keep_membership(session, msgspec.structs.replace(known, address=address.url, root=address.pinned))
        return exchange(session, connection, progress=progress, cancel=cancel)
    finally:
        session.close()


def _parts(records: Iterator[DocumentRecord]) -> Iterator[list[DocumentRecord]]:
    part: list[DocumentRecord] = []
    for record in records:
        part.append(record)
        if len(part) >= _AT_ONCE:
            yield part
            part = []
    if part:
        yield part
