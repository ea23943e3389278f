"""Importing documents: all of them or none, as one undoable step."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from app.core.decision import GOLD, Decision, is_gold_name
from app.core.document import Document
from app.core.document_names import canonical
from app.core.errors import FormatError, StetError
from app.core.ids import new_uid
from app.core.progress import CancelToken
from app.core.record import DocumentRecord, SetRecord
from app.core.suggestion import Suggested
from app.core.wording import counted
from app.exchange.format import raise_it
from app.exchange.report import Report
from app.services.importing.additions import Additions
from app.services.importing.derived_documents import DerivedDocuments
from app.services.importing.earlier_labels import EarlierLabels
from app.services.texts.earlier_evidence import EarlierEvidence
from app.services.texts.text_edit import take_over
from app.services.texts.text_lineage import BrokenLineage, brought_here, steps_from, steps_to
from app.session.actions import Action, ApplyScheme, HideBatch, ShowBatch
from app.session.events import Topic
from app.session.session import Session
from app.session.transaction import Transaction
from app.storage import records as storage_records
from app.storage.stale_evidence import stale_evidence

_DOCUMENTS_A_TICK = 100
Place = tuple[Path | None, int | None]
"""A file, and a line in it."""


def _nowhere() -> Place:
    return None, None


class ImportResult(NamedTuple):
    """What an import did, in numbers.

    `documents` are new, with `annotations`; `extended` ones existed and got the `added` annotations, a status or
    decisions; `already` ones existed and lacked nothing; `linked` counts references; `decisions` and `suggestions` are
    of new and existing documents. `first` is the uid of the first document, new or not. `sequence` is that of the log
    row, None if nothing changed or it was a dry run.
    """

    documents: int
    annotations: int
    extended: int
    added: int
    already: int
    linked: int
    decisions: int
    suggestions: int
    first: str | None
    sequence: int | None
    report: Report

    @property
    def changes_anything(self) -> bool:
        """Whether the import changed the project, or, after a dry run, would change it."""
        return bool(self.documents or self.extended or self.linked)


def import_documents(
    session: Session,
    records: Iterable[DocumentRecord],
    *,
    title: str,
    progress: Callable[[int], None] = lambda documents: None,
    cancel: CancelToken | None = None,
    dry_run: bool = False,
    reference_for: str | None = None,
    scheme: str | None = None,
    refuse: Callable[[StetError], None] = raise_it,
    place: Callable[[], Place] = _nowhere,
    report: Report | None = None,
) -> ImportResult:
    """Import documents and the work on them, in one transaction, as one undoable step. Idempotent.

    An existing document (same uid and text) gets what it lacks; where the two sides differ, ours is kept and the
    difference reported. A record without a uid is identified by its name and text. Errors of single records go to
    `refuse`, which raises or collects them; `place` tells where the last record that was read stands. `reference_for`
    is the uid of a document that all of these become references of; `scheme` is the TOML text of one to apply in the
    same step. `progress` gets the number of documents so far. A dry run does everything and rolls it back. Raises
    ProjectError, Cancelled and whatever `refuse` and `records` raise; then nothing was changed.
    """
    with session.transaction(title, backup="import", dry_run=dry_run) as step:
        report = Report() if report is None else report
        if scheme is not None:
            step.perform([ApplyScheme(scheme)])
            step.tell(Topic.SCHEME)
        done = _Import(session, step, cancel, progress, refuse, place, reference_for, report).run(records)
    return done._replace(sequence=step.sequence)


class _Import:
    """One import: records of new documents are written in bulk, those of existing ones compared and added to."""

    def __init__(
        self,
        session: Session,
        step: Transaction,
        cancel: CancelToken | None,
        progress: Callable[[int], None],
        refuse: Callable[[StetError], None],
        place: Callable[[], Place],
        reference_for: str | None,
        report: Report,
    ) -> None:
        self.session = session
        self.documents = session.executor.documents
        self.annotations = session.executor.annotations
        self.cancel = cancel
        self.progress = progress
        self.refuse = refuse
        self.place = place
        self.report = report
        self.reference_for = reference_for
        self.step = step
        self.waiting_ids: dict[tuple[str, str], str] = {}  # what is in them, by kind and uid, to the document's name
        self.additions = Additions(session, step, report, self.waiting_ids)
        self.present_labels = EarlierLabels(session, report)
        self.batch = session.log.next_sequence()
        self.first_key = self.documents.next_key()
        self.met = bytearray(self.first_key)  # by row number: whether an existing document has occurred in the import
        self.waiting: dict[str, str] = {}  # uid, or name and hash, to uid: records that were yielded, not yet written
        self.places: dict[str, Place] = {}  # where those stand, by uid
        self.links: list[tuple[str, str]] = []
        self.references: list[str] = []
        self.people: dict[tuple[str, str | None], tuple[int, str]] = {}
        self.voters: dict[str, str] = {}
        self.labels: dict[tuple[str, str], bool] = {}
        self.evidence = EarlierEvidence(session)
        self.derived = DerivedDocuments(session)
        self.texts = 0  # newer texts taken over
        self.seen = self.shown_again = self.extended = self.already = 0
        self.first: str | None = None

    def run(self, records: Iterable[DocumentRecord]) -> ImportResult:
        inserted = storage_records.insert_records(
            self.session.project,
            self.new_ones(records),
            batch=self.batch,
            tick=self.on_written,
            refuse=self.on_refused,
        )
        missing = [*inserted.missing, *(link for link in self.links if self.documents.key_of(link[1]) is None)]
        for document, reference in missing:
            what = "references that aren't in the project, left out"
            self.report.note("reference", what, f"{self.documents.name_of(document)}: {reference}")
        for name in self.documents.shared_names(first=self.first_key):
            what = "documents that share a name with another; refer to them by id"
            self.report.note("name", what, name)
        linked = self.additions.link([*self.links, *self.reference_links()])
        self.report_stale(bulk=bool(inserted.documents))
        documents = inserted.documents + self.shown_again
        suggestions = self.additions.suggestions
        show: list[Action] = [*([ShowBatch(self.batch)] if documents else []), *suggestions.show()]
        hide: list[Action] = [*([HideBatch(self.batch)] if documents else []), *suggestions.hide()]
        self.step.lead(show, hide)
        self.progress(self.seen)
        result = ImportResult(
            documents=documents,
            annotations=inserted.annotations,
            extended=self.extended,
            added=self.additions.annotations,
            already=self.already,
            linked=linked,
            decisions=inserted.decisions + self.additions.decisions,
            suggestions=inserted.suggestions + suggestions.count,
            first=self.first,
            sequence=None,
            report=self.report,
        )
        self.step.tell(Topic.DOCUMENTS)
        self.step.tell(*([Topic.DECISIONS] if result.decisions else []))
        self.step.tell(*([Topic.SUGGESTIONS] if result.suggestions else []))
        return result

    def new_ones(self, records: Iterable[DocumentRecord]) -> Iterator[DocumentRecord | None]:
        for record in records:
            if self.cancel is not None:
                self.cancel.raise_if_cancelled()
            try:
                if record.is_derived:
                    record = self.derived.known_as(record)  # noqa: PLW2901
                    if record.document.uid in self.waiting:
                        yield None  # has what waits written: other files may have work on the same document
                new = self.sort_in(record)
            except FormatError as error:
                self.refuse(error)
                continue
            if new is not None:
                self.places[new.document.uid] = self.place()
                yield new
            self.seen += 1
            if self.seen % _DOCUMENTS_A_TICK == 0:
                self.progress(self.seen)

    def on_written(self, _documents: int) -> None:
        self.waiting.clear()
        self.waiting_ids.clear()
        self.places.clear()

    def on_refused(self, record: DocumentRecord, error: FormatError) -> None:
        """Refuse a new document because one of its ids turned out to be another's."""
        error.path, error.line = self.places[record.document.uid]
        self.refuse(error)
        self.first = None if self.first == record.document.uid else self.first

    def sort_in(self, record: DocumentRecord) -> DocumentRecord | None:
        """Return the record if its document is new; else add it to the existing one. Raises FormatError."""
        if not record.document.uid:
            return self.sort_in_text(record)
        record = self.evidence.brought_here(record)
        uid = record.document.uid
        place = self.documents.place_of(uid)
        is_met = place is not None and (place[0] >= self.first_key or self.met[place[0]])
        if uid in self.waiting or (is_met and not record.is_derived):
            raise FormatError(f"the id {uid} is used for two documents of this import", hint="give each a unique id")
        if place is None:
            return self.await_writing(self.with_people(record), uid)
        self.take(record, *place)
        return None

    def sort_in_text(self, record: DocumentRecord) -> DocumentRecord | None:
        document = record.document
        identity = f"{document.sha256} {canonical(document.name)}"
        known = self.documents.same(document.name, document.sha256) or self.waiting.get(identity)
        if known is None:
            known = self.session.executor.texts.versions.document_with(document.name, document.sha256)
            if known is not None:
                what = "texts that were edited here since they were imported, left as they are"
                self.report.note("text", what, document.name)
        if known:
            self.already += 1
            self.remember(known)
            return None
        record = self.with_people(record._replace(document=msgspec.structs.replace(document, uid=new_uid())))
        return self.await_writing(record, identity)

    def await_writing(self, record: DocumentRecord, identity: str) -> DocumentRecord:
        """Note a new document that is written with the next group. Raises FormatError if an id in it is taken."""
        waiting, name = self.waiting_ids, record.document.name
        if waiting:
            ids = dict.fromkeys(storage_records.ids_of(record), name)
            for taken in waiting.keys() & ids.keys():
                raise storage_records.taken_id(*taken, waiting[taken])
            waiting.update(ids)
        else:  # without a second table of a document's ids, which may be a million
            waiting.update((each, name) for each in storage_records.ids_of(record))
        self.waiting[identity] = record.document.uid
        self.remember(record.document.uid)
        return record

    def take(self, record: DocumentRecord, key: int, is_hidden: bool) -> None:
        """Add to an existing document, which may be hidden because its import was undone."""
        uid = record.document.uid
        ours, texts = self.session.executor.document(uid), self.texts
        if ours.sha256 != record.document.sha256 and not self.takes_over(record, ours):
            record = self.extracted_before(record, ours) or self.at_present_text(record, ours)
        ours = self.session.executor.document(uid)
        record = self.with_people(record)
        if is_hidden:
            self.documents.show_again(key, batch=self.batch)
            self.shown_again += 1
            self.additions.take(record, ours, key)
        elif key >= self.first_key or self.met[key]:
            self.additions.take(record, ours, key)  # counted when it was met first
        elif self.additions.take(record, ours, key) or self.texts > texts:
            self.extended += 1
        else:
            self.already += 1
        if key < self.first_key:
            self.met[key] = 1
        self.links.extend(self.additions.missing_links(record, ours))
        self.remember(uid)

    def takes_over(self, record: DocumentRecord, ours: Document) -> bool:
        """Take over a text that is a later one of ours, with all that points into it; return whether it is one."""
        steps = steps_to(ours, record.document.text, record.versions)
        if steps is None or self.documents.key_of(ours.uid) is None:
            return False
        lost = take_over(self.session, self.step, steps)
        what = "documents whose text was edited there; it is taken over, marks here moved with their words"
        self.report.note("text", what, ours.name)
        if lost:
            what = "documents with marks whose words are gone, to be decided about"
            self.report.note("lost", what, f"{ours.name}: {counted(lost, 'mark')}")
        self.texts += 1
        return True

    def extracted_before(self, record: DocumentRecord, ours: Document) -> DocumentRecord | None:
        """Return our document without work, if the record's text was extracted from the same file by another version of
        the program that does so: what is here is kept, with all work on it. None if it wasn't.
        """
        if not record.is_from_file_of(ours):
            return None
        if self.session.executor.texts.versions.document_with(ours.name, record.document.sha256) == ours.uid:
            return None  # our text was edited since
        what = "files that are here already, and of which this version of Stet would take another text; ours kept"
        self.report.note("extracted", what, ours.name)
        return DocumentRecord(ours, is_derived=True)

    def at_present_text(self, record: DocumentRecord, ours: Document) -> DocumentRecord:
        """Return a record of an earlier text with everything where its words are now. Raises FormatError for any other
        text.
        """
        versions = self.session.executor.texts.versions.of_document(ours.uid)
        try:
            steps = steps_from(ours, versions, record.document.text)
        except BrokenLineage:
            steps = None  # as if it were unknown; stet check names it
        if steps is None:
            what = f"document “{ours.name}” ({ours.uid}) is in the project with a different text"
            raise FormatError(what, hint="give it another id, or import it into another project")
        self.report.note("text", "documents whose text was edited here since, marks moved with their words", ours.name)
        return brought_here(record, steps, self.session.scheme)

    def remember(self, uid: str) -> None:
        self.first = self.first or uid
        if self.reference_for is not None:
            if uid == self.reference_for:
                raise FormatError("a document can't be its own reference", hint="leave out this file")
            self.references.append(uid)

    def with_people(self, record: DocumentRecord) -> DocumentRecord:
        """Return the record with annotators' names as the project spells them, and a scheme for each set."""
        if not record.sets and not record.decisions and not record.suggestions:
            return record
        sets: list[SetRecord] = []
        keys: set[int] = set()
        for item in record.sets:
            key, name = self.person(item.annotator, item.kind)
            if key in keys:
                raise FormatError(f"“{name}” has two sets of annotations in one document", hint="combine them")
            keys.add(key)
            sets.append(item._replace(annotator=name, scheme=item.scheme or self.session.scheme.tag))
            self.report_labels(item)
        decisions = tuple(self.decision_here(decision) for decision in record.decisions)
        suggestions = tuple(self.suggested_here(item) for item in record.suggestions)
        return record._replace(sets=tuple(sets), decisions=decisions, suggestions=suggestions)

    def person(self, annotator: str, given_kind: str | None) -> tuple[int, str]:
        """Return the row number and name of a person; a reviewer, given without a kind, may be of any kind but gold."""
        known = self.people.get((annotator, given_kind))
        if known is None:
            if is_gold_name(annotator) != (given_kind == GOLD):
                what = f"“{annotator[:40]}” can't be of the kind “{given_kind or 'person'}”"
                raise FormatError(what, hint="only the annotator “gold” can be of the kind “gold”")
            new_name = GOLD if given_kind == GOLD else annotator
            key = self.annotations.ensure_annotator(new_name, kind=given_kind or "person")
            name, kind = next((name, kind) for other, name, kind in self.annotations.annotators() if other == key)
            if name != annotator:
                what = "annotators spelled differently here but treated as the same person"
                self.report.note("annotator", what, f"“{annotator}” is “{name}”")
            if given_kind is not None and kind != given_kind:
                self.report.note("kind", "annotators who are of another kind here, ours kept", f"{name}: {kind}")
            known = self.people[annotator, given_kind] = (key, name)
        return known

    def decision_here(self, decision: Decision) -> Decision:
        """Return a decision with the reviewer's and the voters' names as the project spells them."""
        votes = {self.name_here(name): uid for name, uid in decision.votes.items()}
        if len(votes) < len(decision.votes):
            what = f"decision {decision.uid} has two votes by one person"
            raise FormatError(what, hint="combine them")
        return msgspec.structs.replace(decision, reviewer=self.person(decision.reviewer, None)[1], votes=votes)

    def suggested_here(self, item: Suggested) -> Suggested:
        """Return a suggestion migrated to the current scheme, with annotators' names as the project spells them."""
        return self.present_labels.of(item.renamed(self.name_here))

    def name_here(self, voter: str) -> str:
        known = self.voters.get(voter)
        if known is None:
            key = self.annotations.find_annotator(voter)
            if key is None:
                return voter  # may be the annotator of a later document
            known = next(name for other, name, _ in self.annotations.annotators() if other == key)
            self.voters[voter] = known
        return known

    def report_labels(self, item: SetRecord) -> None:
        for annotation in item.annotations:
            pair = (annotation.layer, annotation.label)
            known = self.labels.get(pair)
            if known is None:
                known = self.labels[pair] = self.session.scheme.label(*pair) is not None
            if not known:
                what = f"marks with labels that the scheme {self.session.scheme.tag} doesn't have, kept"
                self.report.note("label", what, f"{pair[0]}/{pair[1]}")

    def reference_links(self) -> Iterator[tuple[str, str]]:
        """Yield the links that `reference_for` asks for and that the project lacks."""
        if self.reference_for is not None:
            here = set(self.documents.references(self.reference_for))
            yield from ((self.reference_for, uid) for uid in self.references if uid not in here)

    def report_stale(self, *, bulk: bool) -> None:
        what = "evidence that doesn't match its document, kept unchanged"
        for example in self.additions.stale():
            self.report.note("evidence", what, example)
        if bulk:
            for stale in stale_evidence(self.session.project, batch=self.batch):
                self.report.note("evidence", what, f"{stale.name}: “{stale.evidence.quote[:40]}”, {stale.why}")
