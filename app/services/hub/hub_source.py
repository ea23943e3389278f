"""Documents of a hub and the work on them, as a source to merge."""

from collections.abc import Iterator, Sequence, Set
from pathlib import Path
from typing import NamedTuple, TypeVar

from app.core.errors import FormatError, StetError
from app.core.names import annotator_key
from app.core.record import DocumentRecord, LogRow
from app.core.suggestion_pattern import SuggestionPattern
from app.core.text_change import TextVersion
from app.exchange.formats.stet_jsonl.reader import record_of_parts
from app.exchange.formats.stet_jsonl.writer import line_of
from app.exchange.report import Report
from app.hub.hub_rows import HubDecision, HubDocument, HubPart, HubState, HubWork
from app.session.session import Session


class HubScheme(NamedTuple):
    """The scheme of a hub: its number there, tag and TOML text."""

    number: int
    tag: str
    toml: str


class HubSource:
    """A part of a hub: some documents with what is new of the work on them. A `WorkSource`: nothing in it is believed.

    All sets of a document are on one text: that of its line, or without one the text here; and all of one scheme.
    `events` are the entries that are known to be in the hub's log, None if all are that were there once. What can't be
    a row of Stet is left out and noted in `report`: one person's rows must not keep out everyone's.
    """

    path: Path | None = None
    bundle_of: str | None = None
    bundle_for: str | None = None

    def __init__(
        self,
        session: Session,
        state: HubState,
        scheme: HubScheme,
        part: HubPart,
        *,
        place: str,
        head: str,
        events: Set[str] | None = None,
    ) -> None:
        self._session = session
        self._place = Path(place)
        self._part = part
        self._events = events
        self.name = f"the hub {state.name}"
        self.uid = state.uid
        self.head = head
        self.scheme = (scheme.tag, scheme.toml)
        self.documents = len(part.documents)
        self.report = Report()
        documents = session.executor.documents
        self._known = {item.uid for item in part.documents if documents.place_of(item.uid) is not None}
        self._lines: dict[str, DocumentRecord] = {}
        self._work = _by_document(part.work)
        self._decisions = _by_document(part.decisions)
        for document in part.documents:
            if document.line:
                self._read_line(document)

    def has(self, action: str) -> bool:
        """Whether an entry is in the hub's log: one is missing only after the hub was put back to an earlier state."""
        return self._events is None or action in self._events

    def status_rows(self) -> Iterator[LogRow]:
        """Yield nothing: the log of a hub says what was written, not when a document was finished."""
        return iter(())

    def edited_texts(self) -> Sequence[str]:
        """Return those of the documents (uids) whose text differs here and there."""
        return [uid for uid, record in self._lines.items() if uid in self._known]

    def text_of(self, document: str) -> str | None:
        """Return the text of a document (uid) that differs from the one here; None for others."""
        found = self._lines.get(document)
        return found.document.text if found is not None else None

    def earlier_texts(self, document: str) -> Sequence[TextVersion]:
        """Return the texts that a document (uid) had before, oldest first."""
        found = self._lines.get(document)
        return found.versions if found is not None else ()

    def patterns(self) -> Sequence[SuggestionPattern]:
        """Return none: in a hub, patterns are everyone's own."""
        return ()

    def records(self) -> Iterator[DocumentRecord]:
        """Yield the documents with what is new."""
        for document in self._part.documents:
            record = self._record(document)
            if record is not None:
                yield record

    def withdrawn(self) -> list[str]:
        """Return the decisions (uids) that were withdrawn in the hub."""
        return [item.uid for item in self._part.decisions if item.is_withdrawn]

    def _read_line(self, document: HubDocument) -> None:
        try:
            record = record_of_parts(document.line.encode(), self._place, self.report, place=self.name)
        except FormatError as error:
            self._leave_out("document", document.uid, error)
            return
        if record.document.uid != document.uid or record.document.sha256 != document.sha256:
            self._leave_out("document", document.uid, FormatError("it isn't what its row says"))
            return
        self._lines[document.uid] = record

    def _leave_out(self, kind: str, which: str, error: StetError) -> None:
        self.report.note(f"hub-{kind}", f"{kind}s of the hub that can't be read, left out", f"{which}: {error.what}")

    def _record(self, document: HubDocument) -> DocumentRecord | None:
        """Return a document as it is in the part, None if nothing of it can be read."""
        base = self._lines.get(document.uid)
        if base is None and document.uid in self._known and not document.line:
            base = DocumentRecord(self._session.reader.document(document.uid))
        if base is None:
            return None
        decisions = [item for item in self._decisions.get(document.uid, ()) if not item.is_withdrawn]
        return self._whole(base, self._work.get(document.uid, ()), decisions)

    def _whole(self, base: DocumentRecord, work: Sequence[HubWork], decisions: Sequence[HubDecision]) -> DocumentRecord:
        """Return a document with those of its sets and decisions that are valid."""
        line = line_of(base._replace(sets=(), decisions=(), suggestions=())).rstrip(b"\n")
        try:
            found = self._parsed(line, work, decisions)
        except FormatError:
            good = [item for item in work if self._is_valid(line, [item], [], f"{item.document}, {item.annotator}")]
            # A decision needs its gold, so that it is tried with all the sets that are good.
            right = [item for item in decisions if self._is_valid(line, good, [item], item.uid)]
            found = self._parsed(line, good, right)
        return found

    def _parsed(self, line: bytes, work: Sequence[HubWork], decisions: Sequence[HubDecision]) -> DocumentRecord:
        sets, said = [item.content for item in work], [item.content for item in decisions]
        found = record_of_parts(line, self._place, Report(), place=self.name, sets=sets, decisions=said)
        for item, read in zip(work, found.sets, strict=True):
            if annotator_key(read.annotator) != item.annotator or read.kind != item.kind:
                what = f"a set of “{read.annotator[:40]}” was written as one of “{item.annotator[:40]}”"
                raise FormatError(what, path=self._place)
        for item, decision in zip(decisions, found.decisions, strict=True):
            if annotator_key(decision.reviewer) != item.reviewer or decision.uid != item.uid:
                what = f"a decision of “{decision.reviewer[:40]}” was written as one of “{item.reviewer[:40]}”"
                raise FormatError(what, path=self._place)
        return found

    def _is_valid(self, line: bytes, work: Sequence[HubWork], decisions: Sequence[HubDecision], which: str) -> bool:
        try:
            self._parsed(line, work, decisions)
        except FormatError as error:
            self._leave_out("decision" if decisions else "set", which, error)
            return False
        return True


_Row = TypeVar("_Row", HubWork, HubDecision)


def _by_document(rows: Sequence[_Row]) -> dict[str, list[_Row]]:
    found: dict[str, list[_Row]] = {}
    for row in rows:
        found.setdefault(row.document, []).append(row)
    return found
