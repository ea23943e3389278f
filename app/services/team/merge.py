"""Taking work back: all files or none, as one action that can be undone."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import NamedTuple

from app.core.document import Document
from app.core.errors import ProjectError
from app.core.record import DocumentRecord
from app.core.three_way_merge import Handed, MergedSet, digest_of
from app.exchange.formats.stet_jsonl.reader import checked_record
from app.exchange.report import Report
from app.services.importing.additions import decision_gap
from app.services.importing.document_import import Cancelling
from app.services.importing.earlier_labels import EarlierLabels
from app.services.importing.suggestion_import import SuggestionImport
from app.services.migration.migrated_document import brought_up
from app.services.team.set_merge import Returned, SetMerge
from app.session.actions import Action, Decide, HideBatch, LinkReference, ShowBatch
from app.session.events import Event, Topic
from app.session.session import Session
from app.session.transaction import LoggedEdits
from app.storage import records as storage_records
from app.storage.untrusted_project import UntrustedProject, guest

_DOCUMENTS_A_TICK = 20


class Merged(NamedTuple):
    """What a merge did, or in a dry run would have done. `sequence` is that of the log row, None if nothing changed."""

    returned: tuple[Returned, ...]
    documents: int
    decisions: int
    linked: int
    sequence: int | None
    report: Report
    suggestions: int = 0

    @property
    def changes_anything(self) -> bool:
        """Whether the project is another one now."""
        new = self.documents or self.decisions or self.linked or self.suggestions
        return bool(new or any(item.documents for item in self.returned))


def merge(
    session: Session,
    files: Sequence[Path],
    *,
    progress: Callable[[int, int], None] = lambda done, total: None,
    cancel: Cancelling | None = None,
    dry_run: bool = False,
) -> Merged:
    """Take the work in bundles, or in other projects, into this one: in one transaction, as one undoable action.

    The files are only read. A set that changed on one side since it was handed out is taken or kept whole; one that
    changed on both gets everything of both, and the differences are reported. What came in before changes nothing.
    `progress` counts documents. Raises ProjectError, FormatError and Cancelled; then nothing was changed.
    """
    session.require_writable()
    with ExitStack() as stack:
        guests = [stack.enter_context(_welcome(session, path)) for path in files]
        if not dry_run and session.documents.count():
            session.back_up(reason="merge")
        work = _Merging(session, cancel, progress, sum(item.documents for item in guests))
        try:
            with session.project.atomic():
                done = work.run(guests)
                if dry_run:
                    raise _TakeBack(done)
        except _TakeBack as end:
            session.executor.forget()
            return end.merged._replace(sequence=None)
        except BaseException:
            session.executor.forget()
            raise
    if done.sequence is not None:
        session.state = work.edits.state
        facts = (Event(Topic.DOCUMENTS), Event(Topic.SUGGESTIONS), Event(Topic.HISTORY))
        session.publish(*work.edits.facts, *facts)
        if done.decisions:
            session.publish(Event(Topic.DECISIONS))
    return done


class _TakeBack(Exception):
    """Ends a dry run."""

    def __init__(self, merged: Merged) -> None:
        super().__init__()
        self.merged = merged


def _welcome(session: Session, path: Path) -> AbstractContextManager[UntrustedProject]:
    if path.resolve() == session.path.resolve():
        raise ProjectError("this is the project itself", hint="choose the file that came back", path=path)
    return guest(path)


class _Merging:
    """All files of a merge, with the edits that come of them."""

    def __init__(
        self, session: Session, cancel: Cancelling | None, progress: Callable[[int, int], None], total: int
    ) -> None:
        self.session = session
        self.cancel = cancel
        self.progress = progress
        self.total = total
        self.seen = 0
        self.report = Report()
        self.edits = LoggedEdits(session)
        self.batch = session.log.next_sequence()
        self.documents = self.decisions = self.linked = 0
        self.title = ""
        self.suggestions = SuggestionImport(session, self.edits, self.differs)
        self.labels = EarlierLabels(session, self.report)

    def differs(self, _kind: str, example: str) -> None:
        """Report a suggestion that says, or became, something else here."""
        self.report.note("suggestion", "suggestions that differ or were answered differently here, ours kept", example)

    def run(self, guests: Sequence[UntrustedProject]) -> Merged:
        self.title = f"Merge {guests[0].path.name}" if len(guests) == 1 else f"Merge {len(guests)} files"
        returned: list[Returned] = []
        for item in guests:
            returned.extend(_FileMerge(self, item).run())
        show: list[Action] = [*([ShowBatch(self.batch)] if self.documents else []), *self.suggestions.show()]
        hide: list[Action] = [*([HideBatch(self.batch)] if self.documents else []), *self.suggestions.hide()]
        sequence = self.edits.log(first=show, inverse=hide, title=self.title)
        self.progress(self.seen, self.total)
        return Merged(
            tuple(returned), self.documents, self.decisions, self.linked, sequence, self.report, self.suggestions.count
        )

    def tick(self) -> None:
        """Count a document; raise Cancelled if the person wants to stop."""
        if self.cancel is not None:
            self.cancel.raise_if_cancelled()
        self.seen += 1
        if self.seen % _DOCUMENTS_A_TICK == 0:
            self.progress(self.seen, self.total)


class _FileMerge:
    """One file: its new documents are written in bulk, its work on those that are here set by set."""

    def __init__(self, whole: _Merging, guest: UntrustedProject) -> None:
        self.whole = whole
        self.guest = guest
        self.session = whole.session
        self.sets = SetMerge(whole.session, guest, whole.edits, whole.report)
        self.review = whole.session.executor.review
        self.is_bundle = guest.bundle_of is not None
        self.is_ours = guest.bundle_of == self.review.handing.about("uid")
        # What the project's scheme has become since the file went out: its marks are brought up to that.
        tag, toml = guest.scheme
        self.steps = whole.session.executor.lineage().since_scheme(toml, tag) or ()
        self.new: set[str] = set()
        self.links: list[tuple[str, str]] = []
        self.later: list[tuple[str, str, Handed]] = []  # of sets of documents that are only being written

    def run(self) -> list[Returned]:
        self.compare_schemes()
        brought = storage_records.bring(self.session.project, self.new_ones(), batch=self.whole.batch, tick=_nothing)
        self.whole.documents += brought.documents
        self.whole.decisions += brought.decisions
        for document, annotator, handed in self.later:
            self.sets.remember(document, annotator, handed)
        for _, reference in brought.missing:
            self.sets.note("reference", "references that aren't in the project, left out", reference)
        self.link()
        for example in self.sets.evidence.stale():
            self.sets.note("evidence", "evidence that doesn't match its document, kept unchanged", example)
        return list(self.sets.returned.values())

    def compare_schemes(self) -> None:
        tag, toml = self.guest.scheme
        ours = self.session.scheme
        if self.steps:
            changes = "; ".join(change.title for step in self.steps for change in step.changes)
            what = f"files with an earlier scheme, marks updated to {ours.tag}"
            self.sets.note("scheme", what, f"{tag} ({changes})")
        elif tag != ours.tag:
            self.sets.note("scheme", f"files with a scheme other than {ours.tag}, marks kept unchanged", tag)
        elif toml != ours.source:
            self.sets.note("scheme", f"files whose scheme is also named {ours.tag} but differs")

    def new_ones(self) -> Iterator[DocumentRecord]:
        """Yield the documents that are new here; take the sets of the others."""
        for raw in self.guest.records():
            self.whole.tick()
            # Decisions in a bundle are there to be looked at.
            given = raw._replace(decisions=()) if self.is_bundle else raw
            record = self.up_to_date(checked_record(given, self.guest.path, self.whole.report))
            for astray in given.astray():
                self.sets.note("astray", "decisions whose gold is missing, left out", astray.uid)
            place = self.session.documents.place_of(record.document.uid)
            if place is not None:
                self.take(record, *place)
            else:
                yield self.brought(record)

    def up_to_date(self, record: DocumentRecord) -> DocumentRecord:
        """Return a document as it is by the scheme here."""
        new = brought_up(record, self.steps)
        labels = self.whole.labels
        new = new._replace(suggestions=tuple(labels.of(item) for item in new.suggestions))
        pairs = zip(record.sets, new.sets, strict=True)
        self.sets.earlier = {b.annotator: digest_of(a) for a, b in pairs if a is not b}
        return new

    def brought(self, record: DocumentRecord) -> DocumentRecord:
        """Return a document that is new here as it comes in. Raises FormatError if it can't."""
        document = record.document
        if self.is_bundle and not self.is_ours:
            hint = "merge it into the project that it was made from"
            raise self.sets.refused(document, "isn't in this project, and the bundle belongs to another project", hint)
        if document.uid in self.new:
            raise self.sets.refused(document, f"shares its id {document.uid} with another", "ask for the file again")
        self.new.add(document.uid)
        sets = [item for _, item in self.sets.sets(document, record.sets)]
        for item in sets:
            self.sets.refuse_moved(document, item.annotations)
            self.sets.report_annotations(item, document, item.annotations)
            self.sets.evidence.add(document.name, item.annotations)
            self.sets.count(item, MergedSet(new=item.annotations, status=item.status))
            self.later.append((document.uid, item.annotator, self.sets.handed(item)))
        return record._replace(sets=tuple(sets), suggestions=self.sets.suggested(record.suggestions))

    def take(self, record: DocumentRecord, key: int, is_hidden: bool) -> None:
        """Take the sets of a document that is here, or that was and is hidden since its import was undone."""
        theirs = record.document
        ours = self.session.document(theirs.uid)
        if ours.sha256 != theirs.sha256:
            what = "has a different text here, where the marks would be in the wrong places"
            raise self.sets.refused(theirs, what, "nothing was merged; make a new bundle for this document")
        if is_hidden and not self.sets.is_worth_showing(record, key):
            return
        if is_hidden:
            self.session.documents.show_again(key, batch=self.whole.batch)
            self.whole.documents += 1
        for field, here, there in (("name", ours.name, theirs.name), ("meta", ours.meta, theirs.meta)):
            if here != there:
                what = "documents whose name or metadata differs here, ours kept"
                self.sets.note("document", what, f"{ours.name}: {field}")
        for person, item in self.sets.sets(theirs, record.sets):
            self.sets.take(item, ours, key, person)
        self.decide(record, ours)
        suggested = self.sets.suggested(record.suggestions)
        self.whole.suggestions.add(self.whole.suggestions.missing(suggested, ours, key), ours, key)
        here = set(self.session.documents.references(ours.uid))
        self.links.extend((ours.uid, reference) for reference in record.references if reference not in here)
        self.whole.edits.log_if_many(self.whole.title)

    def link(self) -> None:
        """Link what the file links. Of a bundle only what came in with it: the rest is the project's own affair."""
        documents = self.session.documents
        for document, reference in dict.fromkeys(self.links):
            if documents.key_of(reference) is None:
                self.sets.note("reference", "references that aren't in the project, left out", reference)
            elif self.is_bundle and document not in self.new and reference not in self.new:
                name = f"{documents.name_of(document)}: {documents.name_of(reference)}"
                self.sets.note("link", "references that aren't linked here, left unlinked", name)
            elif reference not in documents.references(document):  # one that was hidden is there again with its links
                self.whole.edits.perform([LinkReference(document, reference)])
                self.whole.linked += 1

    def decide(self, record: DocumentRecord, ours: Document) -> None:
        """Add the decisions that were never made here; one that was withdrawn here stays so."""
        gap = decision_gap(record, self.review.decisions)
        new = [decision for decision in gap.missing if not self.review.decisions.knows(decision.uid)]
        self.whole.edits.perform((Decide(decision) for decision in new), weight=len(new))
        self.whole.decisions += len(new)
        for decision in gap.differing:
            self.sets.note("decision", "decisions that differ here, ours kept", f"{ours.name}: {decision.uid}")


def _nothing(_documents: int) -> None:
    """Stand in for a count that is kept elsewhere."""
