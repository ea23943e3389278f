"""Documents of a hub and the work on them, as a source to merge."""

from collections.abc import Callable, Iterator, Sequence, Set
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec

from app.core.annotation import Status
from app.core.decision import GOLD
from app.core.decode_faults import DECODE_FAULTS
from app.core.document import Document
from app.core.errors import FormatError, StetError
from app.core.names import annotator_key
from app.core.record import DocumentRecord, LogRow, SetRecord
from app.core.suggestion_pattern import SuggestionPattern
from app.core.text_change import TextVersion
from app.exchange.formats.stet_jsonl.reader import record_of_parts
from app.exchange.formats.stet_jsonl.suggestions import read_suggestions
from app.exchange.formats.stet_jsonl.wire import WireSuggestion
from app.exchange.formats.stet_jsonl.writer import line_of
from app.exchange.report import Report
from app.hub.hub_rows import HubDecision, HubDocument, HubPart, HubState, HubWork
from app.hub.suggested_rows import HubSuggested
from app.session.actions import FinishDay, RecordFinishDays, encode
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
    a row of Stet is left out and noted in `report`: one person's rows must not keep out everyone's. References to
    documents that aren't here yet wait: pairs of documents (uids) in `waiting`.
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
        patterns: Sequence[SuggestionPattern] = (),
    ) -> None:
        self._session = session
        self._place = Path(place)
        self._part = part
        self._events = events
        self._patterns = patterns
        self.name = f"the hub {state.name}"
        self.uid = state.uid
        self.head = head
        self.scheme = (scheme.tag, scheme.toml)
        self.documents = len(part.documents)
        self.report = Report()
        self.waiting: list[tuple[str, str]] = []
        documents = session.executor.documents
        self._known = {item.uid for item in part.documents if documents.place_of(item.uid) is not None}
        self._come = {item.uid for item in part.documents}
        self._lines: dict[str, DocumentRecord] = {}
        self._work = _by_document(part.work)
        self._decisions = _by_document(part.decisions)
        self._suggested = _by_document(part.suggested)
        for document in part.documents:
            if document.line:
                self._read_line(document)

    def has(self, action: str) -> bool:
        """Whether an entry is in the hub's log: one is missing only after the hub was put back to an earlier state."""
        return self._events is None or action in self._events

    def status_rows(self) -> Iterator[LogRow]:
        """Yield the days on which documents were finished, as the log of a project has them from a merge."""
        for item in self._part.work:
            if item.finished:
                day = FinishDay(item.document, item.annotator, item.finished)
                yield LogRow(0, "", "", None, None, None, "do", "", encode(RecordFinishDays((day,))), "", None, None)

    def edited_texts(self) -> Sequence[str]:
        """Return those of the documents (uids) whose text may differ here and there."""
        return [uid for uid in self._lines if uid in self._known]

    def described(self) -> Iterator[Document]:
        """Yield those of the documents that were here already, as the hub has them now."""
        for uid in self.edited_texts():
            yield self._lines[uid].document

    def text_of(self, document: str) -> str | None:
        """Return the text of a document (uid) that differs from the one here; None for others."""
        found = self._lines.get(document)
        return found.document.text if found is not None else None

    def earlier_texts(self, document: str) -> Sequence[TextVersion]:
        """Return the texts that a document (uid) had before, oldest first."""
        found = self._lines.get(document)
        return found.versions if found is not None else ()

    def patterns(self) -> Sequence[SuggestionPattern]:
        """Return the patterns that came."""
        return self._patterns

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
        self._lines[document.uid] = record._replace(references=self._present(record))

    def _present(self, record: DocumentRecord) -> tuple[str, ...]:
        """Return those of a document's references that are here, or come with it; the others wait."""
        documents = self._session.executor.documents
        away = [uid for uid in record.references if uid not in self._come and documents.place_of(uid) is None]
        self.waiting.extend((record.document.uid, uid) for uid in away)
        return tuple(uid for uid in record.references if uid not in away)

    def _leave_out(self, kind: str, which: str, error: StetError) -> None:
        self.report.note(f"hub-{kind}", f"{kind}s of the hub that can't be read, left out", f"{which}: {error.what}")

    def _record(self, document: HubDocument) -> DocumentRecord | None:
        """Return a document as it is in the part, None if nothing of it can be read."""
        base = self._lines.get(document.uid)
        if base is None and document.uid in self._known and not document.line:
            base = DocumentRecord(self._session.reader.document(document.uid))
        if base is None:
            return None
        work = self._work.get(document.uid, ())
        decisions = [item for item in self._decisions.get(document.uid, ()) if not item.is_withdrawn]
        suggested = _Suggested(self._suggested.get(document.uid, ()), self._leave_out)
        whole = self._whole(base, work, [item for item in decisions if not _waits(item, work)])
        return self._with_suggestions(whole, suggested)

    def _with_suggestions(self, record: DocumentRecord, suggested: "_Suggested") -> DocumentRecord:
        """Return a document with the suggestions of everyone, and an empty set of whoever has answered and has none."""
        if not any(suggested.rows):
            return record
        known = {annotator_key(item.annotator) for item in record.sets}
        people = [name for name in suggested.people if annotator_key(name) not in known]
        tag = self.scheme[0]
        sets = (*record.sets, *(SetRecord(name, "person", Status.OPEN, tag, 0.0, (), ()) for name in people))
        line = line_of(record._replace(sets=sets, suggestions=())).rstrip(b"\n")
        found = self._read_suggestions(line, suggested.rows)
        if found is None:
            found = self._read_suggestions(line, [row for row in suggested.rows if self._read_suggestions(line, [row])])
        return record if found is None else record._replace(sets=sets, suggestions=found.suggestions)

    def _read_suggestions(self, line: bytes, rows: Sequence[Sequence[WireSuggestion]]) -> DocumentRecord | None:
        if not any(rows):
            return None
        try:
            return record_of_parts(line, self._place, Report(), place=self.name, sets=None, suggestions=rows)
        except FormatError as error:
            if len(rows) == 1:
                self._leave_out("suggestion", self.name, error)
            return None

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


class _Suggested:
    """What several people have of suggestions in one document: `rows` as they were read, and the `people` who answered
    or were shown some, by name.
    """

    def __init__(self, given: Sequence[HubSuggested], leave_out: Callable[[str, str, StetError], None]) -> None:
        self.rows: list[list[WireSuggestion]] = []
        self.people: list[str] = []
        for item in given:
            try:
                self._take(item)
            except FormatError as error:
                leave_out("suggestion", f"{item.document}, {item.person or 'reviewer'}", error)

    def _take(self, item: HubSuggested) -> None:
        try:
            found = read_suggestions(item.content)
        except DECODE_FAULTS as error:
            raise FormatError(f"they can't be read ({error})") from error
        people = {answer.annotator for wire in found for answer in (*wire.outcomes, *wire.shown)}
        if any(annotator_key(name) != item.person for name in people) or len(people) > 1:
            raise FormatError("an answer was written as another person's")
        self.rows.append(found)
        self.people.extend(people)


class _Said(msgspec.Struct):
    """The mark of gold (uid) that a decision made."""

    gold: str | None = None


class _Named(msgspec.Struct):
    """A mark."""

    id: str = ""


class _Marked(msgspec.Struct):
    """The marks of a set."""

    annotations: list[_Named] = []


_said, _marked = msgspec.json.Decoder(_Said), msgspec.json.Decoder(_Marked)


def _waits(decision: HubDecision, work: Sequence[HubWork]) -> bool:
    """Whether a decision waits for its gold: both are read again once either is new.

    That gold is on another text than the hub's, or was made by somebody whose exchange broke off.
    """
    try:
        mark = _said.decode(decision.content).gold
        gold = [_marked.decode(item.content) for item in work if item.kind == GOLD]
    except DECODE_FAULTS:
        return False  # it is left out, and named, where it is read
    return mark is not None and not any(mark == found.id for item in gold for found in item.annotations)


_Row = TypeVar("_Row", HubWork, HubDecision, HubSuggested)


def _by_document(rows: Sequence[_Row]) -> dict[str, list[_Row]]:
    found: dict[str, list[_Row]] = {}
    for row in rows:
        found.setdefault(row.document, []).append(row)
    return found
