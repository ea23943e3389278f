"""What only a lead sends to a hub: new documents, edited texts, schemes and assignments."""

import hashlib
from collections.abc import Callable, Sequence
from functools import partial

import msgspec

from app.core.names import annotator_key
from app.core.progress import CancelToken
from app.core.record import DocumentRecord
from app.core.scheme_change import SchemeChange
from app.exchange.formats.stet_jsonl.writer import line_of
from app.exchange.report import Report
from app.hub.hub_rows import HubDocument, HubRows
from app.services.hub.hub_source import HubScheme
from app.services.hub.local_news import LocalNews
from app.services.hub.steps import Steps
from app.session.session import Session

_AT_ONCE = 100


class LeadUpload:
    """Sends what a lead has added or changed. `report` says what somebody else has changed in another way meanwhile."""

    def __init__(
        self,
        session: Session,
        rows: HubRows,
        *,
        progress: Callable[[int, int], None],
        cancel: CancelToken | None,
    ) -> None:
        self._session = session
        self._rows = rows
        self._progress = progress
        self._cancel = cancel
        self.report = Report()
        self.documents = 0

    def run(self, scheme: HubScheme, news: LocalNews) -> Steps[HubScheme]:
        """Send all that is new; return what is the hub's scheme then. Raises HubError, ProjectError and Cancelled."""
        newest = yield from self._send_scheme(scheme)
        changed = news.documents
        names = self._session.reader.documents.names
        uids = sorted(changed) if changed is not None else [uid for uid, _ in names()]
        yield from self._send_documents(uids, news.described)
        if news.assigned is None or news.assigned:
            yield from self._send_assignments(news)
        return newest

    def _send_assignments(self, news: LocalNews) -> Steps[None]:
        """Send who is to work on which documents, and who is no longer."""
        documents = news.assigned
        assigned = [
            (uid, annotator_key(name))
            for name, uids in self._session.reader.assignments().items()
            for uid in uids
            if documents is None or uid in documents
        ]
        if assigned:
            yield partial(self._rows.queue.assign, assigned, again=documents is not None)
        here = set(assigned)
        ended = [(uid, annotator_key(name)) for uid, name in sorted(news.ended)]
        ended = [pair for pair in ended if pair not in here]
        if ended:
            yield partial(self._rows.queue.withdraw, ended)

    def _send_scheme(self, there: HubScheme) -> Steps[HubScheme]:
        """Send the way from the hub's scheme to the present one, so that others' work can go it too."""
        scheme = self._session.scheme
        if scheme.source == there.toml:
            return there
        steps = self._session.executor.lineage().since_scheme(there.toml, there.tag)
        if steps is None:
            self.report.note("hub-scheme", "schemes of the hub that this project never had, kept there", there.tag)
            return there
        rows: list[tuple[int, str, str, str]] = []
        for step in steps:
            after = step.after
            changes = msgspec.json.encode(step.changes).decode()
            rows.append((there.number + len(rows) + 1, f"{after.name}@{after.version}", after.source, changes))
        tag = f"{scheme.name}@{scheme.version}"
        if not rows or rows[-1][2] != scheme.source:
            rows.append((there.number + len(rows) + 1, tag, scheme.source, "[]"))
        yield partial(self._rows.add_schemes, rows)
        return HubScheme(rows[-1][0], tag, scheme.source)

    def _send_documents(self, uids: Sequence[str], described: frozenset[str] | None) -> Steps[None]:
        """Send those of documents (uids) that are new or changed; `described` may have other metadata, None for all."""
        documents = self._session.reader.documents
        to_work_on = {row.uid for row in documents.to_work_on()} if uids else set[str]()
        new: list[str] = []
        for first in range(0, len(uids), _AT_ONCE):
            if self._cancel is not None:
                self._cancel.raise_if_cancelled()
            chunk = [
                uid
                for uid in uids[first : first + _AT_ONCE]
                if self._session.executor.documents.key_of(uid) is not None
            ]
            there: dict[str, tuple[str, str]] = yield partial(self._rows.hashes, chunk)
            missing = [uid for uid in chunk if uid not in there]
            if missing:
                rows = [(self._document(uid), documents.words_of(uid), uid in to_work_on) for uid in missing]
                yield partial(self._rows.add_documents, rows)
                new.extend(missing)
            here = self._session.executor.documents.hashes(chunk)
            maybe = [
                uid
                for uid in chunk
                if uid in there and (here[uid] != there[uid][0] or described is None or uid in described)
            ]
            yield from self._send_changed([(self._document(uid), *there[uid]) for uid in maybe])
            self._progress(min(first + _AT_ONCE, len(uids)), len(uids))
        pairs = [(uid, other) for uid in uids for other in documents.references(uid)]
        if pairs:
            yield partial(self._rows.add_references, pairs)
        self.documents += len(new)

    def _send_changed(self, documents: Sequence[tuple[HubDocument, str, str]]) -> Steps[None]:
        """Send documents whose text was edited here since the one that the hub has, or that have another name or other
        metadata; not those where it has a newer text. Each has with it the hash of the text there and of the line.
        """
        versions = self._session.executor.texts.versions
        rows: list[tuple[HubDocument, int, str]] = []
        for document, text, line in documents:
            is_same = document.sha256 == text
            if is_same and hashlib.md5(document.line.encode(), usedforsecurity=False).hexdigest() == line:
                continue
            if is_same or any(version.sha256 == text for version in versions.of_document(document.uid)):
                rows.append((document, self._session.reader.documents.words_of(document.uid), text))
        if rows:
            refused: list[str] = yield partial(self._rows.put_texts, rows)
            for uid in refused:
                self.report.note("hub-texts", "texts that were edited here and in the hub; exchange again", uid)

    def _document(self, uid: str) -> HubDocument:
        return hub_document(self._session.reader.record(uid))


def hub_document(record: DocumentRecord) -> HubDocument:
    """Return a document as a hub has it: without the work on it."""
    bare = record._replace(sets=(), decisions=(), suggestions=(), extra={})
    return HubDocument(record.document.uid, record.document.sha256, line_of(bare).rstrip(b"\n").decode())


changes_decoder = msgspec.json.Decoder(tuple[SchemeChange, ...])
"""Reads the changes of a scheme from the hub. Raises msgspec.MsgspecError."""
