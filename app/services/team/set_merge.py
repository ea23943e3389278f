"""Merging the annotation sets of one source."""

from collections.abc import Iterable
from functools import cache, cached_property

import msgspec

from app.core import three_way_merge
from app.core.annotation import Annotation
from app.core.decision import GOLD
from app.core.decode_faults import DECODE_FAULTS
from app.core.document import Document
from app.core.edits import Batch
from app.core.errors import FormatError
from app.core.record import DocumentRecord, SetRecord
from app.core.suggestion import Suggested
from app.core.three_way_merge import BLANK, MergedSet, MergeMode, SetExchange, digest_of, digest_of_state
from app.core.validation import problems_of
from app.exchange.report import Report
from app.services.history.finish_days import days_in
from app.services.importing.evidence_import import EvidenceImport
from app.services.team.work_source import WorkSource
from app.session.actions import Action, Exchange, FinishDay, RecordExchange, RecordFinishDays, SetEdit
from app.session.session import Session
from app.session.transaction import Transaction
from app.storage.annotations import SetRow, annotator_key


class Returned(msgspec.Struct, kw_only=True):
    """What was merged of one annotator in one source: numbers of changed documents and of annotations in them.

    `finished` counts the changed documents that the annotator has finished, `kept` the differences where both sides had
    changed something.
    """

    file: str
    annotator: str
    documents: int = 0
    new: int = 0
    changed: int = 0
    removed: int = 0
    finished: int = 0
    kept: int = 0


class SetMerge:
    """Merges the sets of one source. Used inside a transaction.

    `returned` is the outcome by annotator's name; `evidence` is to be checked once all documents are in. `earlier` has
    the digests that a document's sets had in the file before migration, by the annotator's name there; the caller sets
    it for each document.
    """

    def __init__(self, session: Session, source: WorkSource, step: Transaction, report: Report) -> None:
        self._session = session
        self._source = source
        self._step = step
        self._report = report
        self._executor = session.executor
        self._annotations = session.executor.annotations
        self._handing = session.executor.review.assignments
        self._has = cache(source.has)
        self._people: dict[tuple[str, str], tuple[int, str] | None] = {}
        self.returned: dict[str, Returned] = {}
        self.evidence = EvidenceImport(session.reader.documents)
        self.earlier: dict[str, str] = {}

    def note(self, kind: str, what: str, example: str = "") -> None:
        """Report something, with the file's name before the example."""
        name = self._source.name
        self._report.note(kind, what, f"{name}: {example}" if example else name)

    def refused(self, document: Document, what: str, hint: str) -> FormatError:
        """Return the error that says why the source can't be merged."""
        return FormatError(f"document “{document.name}” {what}", hint=hint, path=self._source.path)

    def sets(self, document: Document, items: Iterable[SetRecord]) -> list[tuple[int, SetRecord]]:
        """Return the sets to merge, with annotators' names as the project spells them, each after its annotator's row
        number. Raises FormatError if two of them are of one annotator.
        """
        found: dict[int, SetRecord] = {}
        for item in items:
            person = self._person(item)
            if person is None:
                continue
            key, name = person
            if key in found:
                raise self.refused(document, f"has two sets of “{name}”", "ask for the file again")
            found[key] = item._replace(annotator=name, scheme=item.scheme or self._session.scheme.tag)
        return list(found.items())

    def suggested(self, items: Iterable[Suggested]) -> tuple[Suggested, ...]:
        """Return suggestions with the annotators of judgements named as the project spells them."""
        names = {given: person[1] for (given, _), person in self._people.items() if person is not None}
        return tuple(item.of_people(names.__contains__).renamed(names.__getitem__) for item in items)

    def _person(self, item: SetRecord) -> tuple[int, str] | None:
        """Return an annotator's row number and name; None for gold in a bundle, which is only for reading."""
        identity = (item.annotator, item.kind)
        if identity not in self._people:
            is_read_only = item.kind == GOLD and self._source.bundle_of is not None
            self._people[identity] = None if is_read_only else self._known(item)
        return self._people[identity]

    def _known(self, item: SetRecord) -> tuple[int, str]:
        key = self._annotations.ensure_annotator(item.annotator, kind=item.kind)
        name = next(name for other, name, _ in self._annotations.annotators() if other == key)
        if name != item.annotator:
            what = "annotators spelled differently here but treated as the same person"
            self.note("annotator", what, f"“{item.annotator}” is “{name}”")
        meant = self._source.bundle_for
        if meant is not None and annotator_key(meant) != annotator_key(name):
            self.note("stranger", "annotators other than the bundle's own who worked in it", f"{name}, for {meant}")
        return key, name

    def is_worth_showing(self, record: DocumentRecord, key: int) -> bool:
        """Whether a document that is hidden here should be shown again.

        One that was exported in this bundle and removed from the project since is shown only if there is work on it.
        """
        if not self._handing.went_out(key, self._source.uid):
            return True
        return any(digest_of(s) != BLANK for s in record.sets)

    def finish_days(self, sets: Iterable[tuple[str, str]]) -> list[RecordFinishDays]:
        """Return the action that records when sets (document, annotator) were finished; [] if the source has no day."""
        found = [
            FinishDay(document, annotator, day)
            for document, annotator in sets
            if (day := self._days.get((annotator_key(annotator), document)))
        ]
        return [RecordFinishDays(tuple(found))] if found else []

    @cached_property
    def _days(self) -> dict[tuple[str, str], str]:
        """The days of finishing by annotator's key and document (uid)."""
        try:
            days = days_in(self._source.status_rows())
        except DECODE_FAULTS:
            self.note("log", "files with actions that can’t be read; the days of finishing are unknown")
            return {}
        return {(annotator_key(name), document): day for (name, document), day in days.items()}

    # -- existing documents --------------------------------------------------------------------------------------------

    def take(self, item: SetRecord, document: Document, key: int, person: int) -> None:
        """Merge one set of an existing document: take all of it, nothing, or the union of both sides."""
        state = self._executor.load(document.uid, item.annotator)
        ours = digest_of_state(state)
        theirs = digest_of(item)
        history = self._migrated_history(self._handing.exchanges(key, person), item.annotator, theirs)
        last = three_way_merge.last_exchange(history, self._source.uid, has=self._has)
        way = three_way_merge.way(ours, theirs, history, last)
        merged = MergedSet()
        if way is MergeMode.TAKE:
            merged = three_way_merge.taken(state, item)
        elif way is MergeMode.UNITE:
            merged = three_way_merge.united(state, item, is_about_document=self._session.scheme.is_about_document)
        found = self._annotations.set_of(key, person)
        exchange = self._exchange(item, document, theirs, last, found)
        if merged.edits:
            self._write(merged, item, document, key, person, exchange)
        elif exchange.spent or theirs != (last.digest if last else BLANK):
            # Nothing changed here, so there is nothing to undo: recorded for the next merge, but not logged.
            if found is None:
                self._annotations.ensure_set(key, person, scheme=item.scheme)
            self._step.execute(RecordExchange((exchange,)), is_new=False)
        self._tell(merged, item, document)

    def _migrated_history(self, history: list[SetExchange], annotator: str, theirs: str) -> list[SetExchange]:
        """Return the history with the digest of a set from before its migration replaced by that from after it."""
        names = {known[1]: there for (there, _), known in self._people.items() if known is not None}
        was = self.earlier.get(names.get(annotator, annotator))
        return [item._replace(digest=theirs) if item.digest == was else item for item in history]

    def _exchange(
        self, item: SetRecord, document: Document, theirs: str, last: SetExchange | None, found: SetRow | None
    ) -> Exchange:
        before = last.seconds if last else found.seconds if found else 0.0
        return Exchange(
            document=document.uid,
            annotator=item.annotator,
            file=self._source.uid,
            digest=theirs,
            head=self._source.head,
            seconds=item.seconds,
            spent=max(0.0, item.seconds - before),
        )

    def _write(
        self, merged: MergedSet, item: SetRecord, document: Document, key: int, person: int, exchange: Exchange
    ) -> None:
        self.refuse_moved(document, merged.new)
        self._annotations.ensure_set(key, person, scheme=item.scheme)
        work = SetEdit(document.uid, item.annotator, Batch(merged.edits))
        weight = len(merged.new) + len(merged.changed) + len(merged.removed)
        actions: list[Action] = [work, RecordExchange((exchange,))]
        if merged.status.is_finished:
            actions.extend(self.finish_days([(document.uid, item.annotator)]))
        self._step.perform(actions, weight=weight)
        self.evidence.add(document.name, (*merged.new, *merged.changed))
        self.count(item, merged)
        self.report_annotations(item, document, (*merged.new, *merged.changed))

    def _tell(self, merged: MergedSet, item: SetRecord, document: Document) -> None:
        for difference in merged.differences:
            what = "differences where both sides changed something"
            self.note("difference", what, f"{document.name}, {item.annotator}: {difference}")
        if merged.differences:
            self._returned(item).kept += len(merged.differences)

    # -- new documents -------------------------------------------------------------------------------------------------

    def handed(self, item: SetRecord) -> SetExchange:
        """Return the exchange to record for a set of a new document."""
        return SetExchange(self._source.uid, digest_of(item), self._source.head, item.seconds)

    def remember(self, document: str, annotator: str, handed: SetExchange) -> None:
        """Record the exchange of a set of a new document (uid)."""
        key, person = self._session.reader.documents.key_of(document), self._annotations.find_annotator(annotator)
        if key is not None and person is not None:
            self._handing.remember(key, person, handed)

    def count(self, item: SetRecord, merged: MergedSet) -> None:
        """Count the changes of a merged set."""
        returned = self._returned(item)
        returned.documents += 1
        returned.new += len(merged.new)
        returned.changed += len(merged.changed)
        returned.removed += len(merged.removed)
        returned.finished += merged.status.is_finished

    def _returned(self, item: SetRecord) -> Returned:
        fresh = Returned(file=str(self._source.path or self._source.name), annotator=item.annotator)
        return self.returned.setdefault(item.annotator, fresh)

    def refuse_moved(self, document: Document, annotations: Iterable[Annotation]) -> None:
        """Raise FormatError if the project has one of these new annotations in another set."""
        moved = self._annotations.known_uids(annotation.uid for annotation in annotations)
        if moved:
            what = f"has an annotation ({min(moved)}) that belongs to another annotator or document here"
            raise self.refused(document, what, "ask for the file again")

    def report_annotations(self, item: SetRecord, document: Document, annotations: Iterable[Annotation]) -> None:
        """Report annotations whose label the scheme doesn't have, and finished documents that don't meet its rules."""
        scheme = self._session.scheme
        is_open = False
        for annotation in annotations:
            if scheme.label(annotation.layer, annotation.label) is None:
                what = f"marks with labels that the scheme {scheme.tag} doesn't have, kept"
                self.note("label", what, f"{annotation.layer}/{annotation.label}")
            elif not is_open and item.status.is_finished:
                is_open = bool(problems_of(annotation, scheme=scheme, text=document.text))
        if is_open:
            what = f"finished documents with marks that are incomplete under the scheme {scheme.tag}"
            self.note("rule", what, f"{document.name}, {item.annotator}")
