"""Merging returned work: all sources or none, as one undoable step."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from app.core.document import Document
from app.core.progress import CancelToken
from app.core.record import DocumentRecord
from app.core.three_way_merge import MergedSet, SetExchange, digest_of
from app.exchange.formats.stet_jsonl.reader import checked_record
from app.exchange.report import Report
from app.services.importing.additions import decision_gap
from app.services.importing.earlier_labels import EarlierLabels
from app.services.importing.suggestion_import import SuggestionImport
from app.services.migration.migrated_document import updated_record
from app.services.team.pattern_merge import merge_patterns
from app.services.team.set_merge import Returned, SetMerge
from app.services.team.text_merge import TextMerge
from app.services.team.work_source import WorkSource
from app.session.actions import Action, Decide, HideBatch, LinkReference, ShowBatch
from app.session.events import Topic
from app.session.session import Session
from app.session.transaction import Transaction
from app.storage import records as storage_records

_DOCUMENTS_A_TICK = 20


class Merged(NamedTuple):
    """What a merge did, or would do after a dry run. `sequence` is that of the log row, None if nothing changed."""

    returned: tuple[Returned, ...]
    documents: int
    decisions: int
    linked: int
    sequence: int | None
    report: Report
    suggestions: int = 0
    texts: int = 0
    patterns: int = 0

    @property
    def changes_anything(self) -> bool:
        """Whether the merge changed the project, or, after a dry run, would change it."""
        new = self.documents or self.decisions or self.linked or self.suggestions or self.texts or self.patterns
        return bool(new or any(item.documents for item in self.returned))


def merge(
    session: Session,
    sources: Sequence[WorkSource],
    *,
    progress: Callable[[int, int], None] = lambda done, total: None,
    cancel: CancelToken | None = None,
    dry_run: bool = False,
    backup: str | None = "merge",
    is_own: bool = True,
) -> Merged:
    """Merge the work in sources into a project: in one transaction, as one undoable step.

    The sources are only read. This is a three-way merge of sets: one that changed on one side only since the last
    exchange is taken or kept whole; one that changed on both becomes the union, and the differences are reported.
    Idempotent: merging the same work again changes nothing. `progress` counts documents; `backup` and `is_own` as in
    `Session.transaction`. Raises ProjectError, FormatError and Cancelled; then nothing was changed.
    """
    title = f"Merge {sources[0].name}" if len(sources) == 1 else f"Merge {len(sources)} files"
    with session.transaction(title, backup=backup, dry_run=dry_run, is_own=is_own) as step:
        done = _Merge(session, step, cancel, progress, sum(item.documents for item in sources)).run(sources)
    return done._replace(sequence=step.sequence)


class _Merge:
    """The merge of all sources, within one transaction."""

    def __init__(
        self,
        session: Session,
        step: Transaction,
        cancel: CancelToken | None,
        progress: Callable[[int, int], None],
        total: int,
    ) -> None:
        self.session = session
        self.cancel = cancel
        self.progress = progress
        self.total = total
        self.seen = 0
        self.report = Report()
        self.step = step
        self.batch = session.log.next_sequence()
        self.documents = self.decisions = self.linked = self.texts = self.patterns = 0
        self.suggestions = SuggestionImport(session, step, self.differs)
        self.labels = EarlierLabels(session, self.report)

    def differs(self, _kind: str, example: str) -> None:
        """Report a suggestion that differs here, or was answered differently."""
        self.report.note("suggestion", "suggestions that differ or were answered differently here, ours kept", example)

    def run(self, sources: Sequence[WorkSource]) -> Merged:
        returned: list[Returned] = []
        for source in sources:
            returned.extend(_SourceMerge(self, source).run())
            self.patterns += merge_patterns(self.session, source, self.step, self.report)
        show: list[Action] = [*([ShowBatch(self.batch)] if self.documents else []), *self.suggestions.show()]
        hide: list[Action] = [*([HideBatch(self.batch)] if self.documents else []), *self.suggestions.hide()]
        self.step.lead(show, hide)
        topics = [*([Topic.DECISIONS] if self.decisions else []), *([Topic.PATTERNS] if self.patterns else [])]
        self.step.tell(Topic.DOCUMENTS, Topic.SUGGESTIONS, *topics)
        self.progress(self.seen, self.total)
        return Merged(
            returned=tuple(returned),
            documents=self.documents,
            decisions=self.decisions,
            linked=self.linked,
            sequence=None,
            report=self.report,
            suggestions=self.suggestions.count,
            texts=self.texts,
            patterns=self.patterns,
        )

    def tick(self) -> None:
        """Count a document. Raises Cancelled."""
        if self.cancel is not None:
            self.cancel.raise_if_cancelled()
        self.seen += 1
        if self.seen % _DOCUMENTS_A_TICK == 0:
            self.progress(self.seen, self.total)


class _SourceMerge:
    """The merge of one source: new documents are inserted in bulk, work on existing ones is merged set by set."""

    def __init__(self, whole: _Merge, source: WorkSource) -> None:
        self.whole = whole
        self.source = source
        self.path = source.path or Path(source.name)
        self.documents = whole.session.executor.documents
        self.session = whole.session
        self.sets = SetMerge(whole.session, source, whole.step, whole.report)
        self.review = whole.session.executor.review
        self.is_bundle = source.bundle_of is not None
        self.is_ours = source.bundle_of == self.review.assignments.about("uid")
        # The file may have an earlier scheme of the project: its work is migrated by these steps.
        tag, toml = source.scheme
        self.steps = whole.session.executor.lineage().since_scheme(toml, tag) or ()
        self.texts = TextMerge(whole.session, source, whole.step, self.sets.note)
        self.new: set[str] = set()
        self.links: list[tuple[str, str]] = []
        self.later: list[
            tuple[str, str, SetExchange]
        ] = []  # document, annotator; to record once the documents are written
        self.finished: list[tuple[str, str]] = []  # document, annotator; of the new documents

    def run(self) -> list[Returned]:
        self.compare_schemes()
        self.texts.compare()
        self.whole.texts += self.texts.taken
        inserted = storage_records.insert_records(
            self.session.project, self.new_ones(), batch=self.whole.batch, tick=_nothing
        )
        self.whole.documents += inserted.documents
        self.whole.decisions += inserted.decisions
        for document, annotator, handed in self.later:
            self.sets.remember(document, annotator, handed)
        self.whole.step.perform(self.sets.finish_days(self.finished))
        for _, reference in inserted.missing:
            self.sets.note("reference", "references that aren't in the project, left out", reference)
        self.link()
        for example in self.sets.evidence.stale():
            self.sets.note("evidence", "evidence that doesn't match its document, kept unchanged", example)
        return list(self.sets.returned.values())

    def compare_schemes(self) -> None:
        tag, toml = self.source.scheme
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
        """Yield the documents that are new here; merge the sets of the others."""
        for raw in self.source.records():
            self.whole.tick()
            # Decisions in a bundle are only for the annotator to read.
            given = raw._replace(decisions=()) if self.is_bundle else raw
            record = self.up_to_date(checked_record(given, self.path, self.whole.report))
            for orphaned in given.orphaned():
                self.sets.note("astray", "decisions whose gold is missing, left out", orphaned.uid)
            place = self.documents.place_of(record.document.uid)
            if place is not None:
                self.take(record, *place)
            else:
                yield self.inserted(record)

    def up_to_date(self, record: DocumentRecord) -> DocumentRecord:
        """Return a document migrated to the current scheme, and brought to the present texts."""
        new = updated_record(record, self.steps)
        labels = self.whole.labels
        new = new._replace(suggestions=tuple(labels.of(item) for item in new.suggestions))
        new = self.texts.brought_here(new)
        pairs = zip(record.sets, new.sets, strict=True)
        self.sets.earlier = {b.annotator: digest_of(a) for a, b in pairs if a is not b}
        return new

    def inserted(self, record: DocumentRecord) -> DocumentRecord:
        """Return a new document as it is to be inserted. Raises FormatError if it must not be."""
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
            if item.status.is_finished:
                self.finished.append((document.uid, item.annotator))
        return record._replace(sets=tuple(sets), suggestions=self.sets.suggested(record.suggestions))

    def take(self, record: DocumentRecord, key: int, is_hidden: bool) -> None:
        """Merge the sets of an existing document, which may be hidden because its import was undone."""
        theirs = record.document
        ours = self.session.reader.document(theirs.uid)
        if ours.sha256 != theirs.sha256:
            what = "has a different text here, not a later one of its own, so the marks would be in the wrong places"
            raise self.sets.refused(theirs, what, "nothing was merged; make a new bundle for this document")
        if is_hidden and self.documents.is_removed(theirs.uid):
            what = "documents that were removed here, their work left out; to merge it, undo the removal first"
            self.sets.note("removed", what, ours.name)
            return
        if is_hidden and not self.sets.is_worth_showing(record, key):
            return
        if is_hidden:
            self.documents.show_again(key, batch=self.whole.batch)
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
        here = set(self.session.reader.documents.references(ours.uid))
        self.links.extend((ours.uid, reference) for reference in record.references if reference not in here)
        self.whole.step.next_row_if_full()

    def link(self) -> None:
        """Link documents as the source does. A bundle can't link two documents that the project had before."""
        documents = self.session.reader.documents
        for document, reference in dict.fromkeys(self.links):
            if documents.key_of(reference) is None:
                self.sets.note("reference", "references that aren't in the project, left out", reference)
            elif self.is_bundle and document not in self.new and reference not in self.new:
                name = f"{documents.name_of(document)}: {documents.name_of(reference)}"
                self.sets.note("link", "references that aren't linked here, left unlinked", name)
            elif reference not in documents.references(document):  # a document that was hidden has its links again
                self.whole.step.perform([LinkReference(document, reference)])
                self.whole.linked += 1

    def decide(self, record: DocumentRecord, ours: Document) -> None:
        """Add the decisions that the project never had; one that was withdrawn here stays withdrawn."""
        gap = decision_gap(record, self.review.decisions)
        new = [decision for decision in gap.missing if not self.review.decisions.knows(decision.uid)]
        self.whole.step.perform((Decide(decision) for decision in new), weight=len(new))
        self.whole.decisions += len(new)
        for decision in gap.differing:
            self.sets.note("decision", "decisions that differ here, ours kept", f"{ours.name}: {decision.uid}")


def _nothing(_documents: int) -> None:
    """Ignore progress, which `_Merge.tick` counts."""
