"""What an import adds to documents that are already in the project: everything that is missing, nothing twice."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import msgspec

from app.core.annotation import Annotation, Relation, Status, quote_of
from app.core.decision import Decision
from app.core.document import Document
from app.core.document_names import canonical
from app.core.edits import AddAnnotation, AddRelation, Batch, Edit, ReplaceAnnotation, SetRemark, SetStatus
from app.core.errors import FormatError
from app.core.record import DocumentRecord, SetRecord
from app.core.remark import NO_REMARK
from app.core.state import DocumentState
from app.core.validation import problems_of
from app.exchange.report import Report
from app.services.importing.evidence_import import EvidenceImport
from app.services.importing.late_evidence import has_all_evidence, with_late_evidence
from app.services.importing.suggestion_import import SuggestionImport
from app.session.actions import Decide, LinkReference, SetEdit
from app.session.session import Session
from app.session.transaction import Transaction
from app.storage.decisions import Decisions
from app.storage.records import ids_of, taken_id


class _Missing(NamedTuple):
    """What is in one set of a record but not in ours."""

    item: SetRecord
    annotations: list[Annotation]
    proved: list[Annotation]  # that are ours, with evidence that they lack
    relations: list[Relation]
    edits: list[Edit]
    is_new_set: bool


class DecisionGap(NamedTuple):
    """The decisions of a record that the project lacks, and the project's own decisions that differ from theirs."""

    missing: list[Decision]
    differing: list[Decision]


def decision_gap(record: DocumentRecord, decisions: Decisions) -> DecisionGap:
    """Compare a record's decisions with ours, by uid.

    Raises FormatError if the project has one of them on another document.
    """
    gap = DecisionGap([], [])
    for decision in record.decisions:
        ours = decisions.find(decision.uid)
        if ours is None:
            gap.missing.append(decision)
        elif ours.document != decision.document:
            what = f"decision {decision.uid} is already in the project, on another document"
            raise FormatError(what, hint="give it another id")
        elif ours != decision:
            gap.differing.append(ours)
    return gap


class Additions:
    """Collects and writes additions to existing documents, as part of a transaction."""

    def __init__(
        self, session: Session, step: Transaction, report: Report, waiting_ids: Mapping[tuple[str, str], str]
    ) -> None:
        """`waiting_ids` are those of new documents that aren't written yet, by kind and uid, with their names."""
        self._waiting_ids = waiting_ids
        self._session = session
        self._executor = session.executor
        self._report = report
        self._evidence = EvidenceImport(session.reader.documents)
        self._step = step
        self.annotations = 0
        self.decisions = 0
        self.suggestions = SuggestionImport(session, step, self._differs)

    def take(self, record: DocumentRecord, ours: Document, key: int) -> bool:
        """Add what our document (row number `key`) lacks of a record; return whether anything was added.

        Raises FormatError, before anything of the record is written, if the project has one of its annotations or
        decisions elsewhere.
        """
        taken = next((item for item in ids_of(record) if item in self._waiting_ids), None)
        if taken is not None:
            raise taken_id(*taken, self._waiting_ids[taken])
        self._compare(record, ours)
        missing = [self._missing(item, ours, key, is_foreign=record.is_derived) for item in record.sets]
        self._refuse_moved(missing)
        gap = decision_gap(record, self._executor.review.decisions)
        for decision in gap.differing:
            self._differs("decision", f"{ours.name}: {decision.uid}")
        suggested = self.suggestions.missing(record.suggestions, ours, key)
        changed = False
        for part in missing:
            if part.is_new_set and (part.edits or part.item.seconds):
                person = self._executor.annotations.ensure_annotator(part.item.annotator, kind=part.item.kind)
                self._executor.annotations.ensure_set(key, person, scheme=part.item.scheme, seconds=part.item.seconds)
            if part.edits:
                work = SetEdit(ours.uid, part.item.annotator, Batch(tuple(part.edits)))
                self._step.perform([work], weight=len(part.annotations))
                self._evidence.add(ours.name, (*part.annotations, *part.proved))
                self.annotations += len(part.annotations)
                changed = True
        if gap.missing:
            self._step.perform((Decide(decision) for decision in gap.missing), weight=len(gap.missing))
            self.decisions += len(gap.missing)
            changed = True
        changed |= self.suggestions.add(suggested, ours, key)
        self._step.next_row_if_full()
        return changed

    def _compare(self, record: DocumentRecord, ours: Document) -> None:
        if record.is_from_file_of(ours):
            return  # maybe read by another version of the extractor, under another name; or described anew here
        for field, here, there in (
            ("name", canonical(ours.name), canonical(record.document.name)),
            ("meta", ours.meta, record.document.meta),
        ):
            if here != there:
                self._differs("document", f"{ours.name}: {field}")

    def _differs(self, kind: str, example: str) -> None:
        sentences = {
            "document": "documents whose name or metadata differs here, ours kept",
            "annotation": "annotations that were changed on one side, ours kept",
            "relation": "relations that were changed on one side, ours kept",
            "decision": "decisions that differ here, ours kept",
            "status": "documents whose status differs, ours kept",
            "remark": "flags or notes that differ, ours kept",
            "suggestion": "suggestions that differ or were answered differently here, ours kept",
        }
        self._report.note(f"differs-{kind}", sentences[kind], example)

    def _missing(self, item: SetRecord, ours: Document, key: int, *, is_foreign: bool) -> _Missing:
        state = self._executor.load(ours.uid, item.annotator)
        about = {annotation.layer: annotation for annotation in state.about_document(self._session.scheme)}
        proved = self._proved(state, item, ours) if is_foreign else {}
        annotations: list[Annotation] = []
        for annotation in item.annotations:
            known = proved.get(annotation.uid) or state.annotations.get(annotation.uid)
            if known is None and annotation.layer in about:
                # The document has one label of a layer; ours is kept.
                rival = about[annotation.layer]
                if (rival.label, rival.attributes) != (annotation.label, annotation.attributes):
                    self._differs("annotation", f"{ours.name}: {annotation.layer}.{annotation.label}")
            elif known is None:
                annotations.append(annotation)
            elif known != annotation and not (is_foreign and _says_the_same(known, annotation)):
                self._differs("annotation", f"{ours.name}: “{known.quote[:40]}”")
        relations: list[Relation] = []
        same = {(tie.ends, tie.label) for tie in state.relations.values()}
        for relation in item.relations:
            known_tie = state.relations.get(relation.uid)
            if known_tie is None:
                # Other tools' relations have no ids: one between the same marks is the same.
                relations += [] if (relation.ends, relation.label) in same else [relation]
            elif known_tie != relation and not (is_foreign and _is_part_of(relation, known_tie)):
                self._differs("relation", f"{ours.name}: {relation.uid}")
        # A batch of nothing but additions is applied, and undone, in one pass.
        adds = [AddAnnotation(a, quarantined=quote_of(ours.text, a.fragments) != a.quote) for a in annotations]
        edits: list[Edit] = [Batch(tuple(adds))] if adds else []
        edits.extend(ReplaceAnnotation(annotation) for annotation in proved.values())
        edits.extend(AddRelation(relation) for relation in relations)
        is_only_proved = bool(proved) and state.annotations.keys() == {each.uid for each in item.annotations}
        status = item.status if is_only_proved else self._status(state, item, annotations, ours)
        if status is not state.status:
            edits.append(SetStatus(status))
        edits.extend(self._remark(state, item, ours))
        person = self._executor.annotations.find_annotator(item.annotator)
        own_set = self._executor.annotations.set_of(key, person) if person is not None else None
        return _Missing(item, annotations, [*proved.values()], relations, edits, own_set is None)

    def _proved(self, state: DocumentState, item: SetRecord, ours: Document) -> dict[str, Annotation]:
        """Return our marks, by uid, with the evidence in documents that they weren't linked with when they came."""
        found: dict[str, Annotation] = {}
        linked = self._session.reader.documents.references(ours.uid) if state.annotations else ()
        for annotation in item.annotations:
            known = state.annotations.get(annotation.uid)
            proved = with_late_evidence(known, annotation, linked) if known is not None else None
            if proved is not None:
                found[annotation.uid] = proved
                what = "marks that were here already and got evidence in documents that came now"
                self._report.note("late-evidence", what, f"{ours.name}: “{annotation.quote[:40]}”")
        return found

    def _remark(self, state: DocumentState, item: SetRecord, ours: Document) -> list[Edit]:
        """Return the edit that takes over flag and note, if we have none."""
        if item.remark in (state.remark, NO_REMARK):
            return []
        if state.remark == NO_REMARK:
            return [SetRemark(item.remark)]
        self._differs("remark", ours.name)
        return []

    def _status(self, state: DocumentState, item: SetRecord, added: list[Annotation], ours: Document) -> Status:
        """Return the status after the additions: the file's if no work was done here, else ours if still true."""
        if state.status is Status.OPEN and not state.annotations:
            return item.status
        if item.status is not state.status:
            self._differs("status", f"{ours.name}: {item.status} there, {state.status} here")
        if not added or not state.status.is_finished:
            return state.status
        scheme = self._session.scheme
        is_open = any(problems_of(annotation, scheme=scheme, text=ours.text) for annotation in added)
        return Status.OPEN if is_open else Status.DONE

    def _refuse_moved(self, missing: list[_Missing]) -> None:
        """Raise FormatError if the project has one of these annotations in another set."""
        uids = [annotation.uid for part in missing for annotation in part.annotations]
        moved = self._executor.annotations.known_uids(uids)
        if moved:
            what = f"annotation {min(moved)} is already in the project, in another document or by another annotator"
            raise FormatError(what, hint="give it another id")

    def missing_links(self, record: DocumentRecord, ours: Document) -> list[tuple[str, str]]:
        """Return the pairs of document and reference (uids) that the record links and the project doesn't."""
        if not record.references:
            return []
        here = set(self._session.reader.documents.references(ours.uid))
        return [(ours.uid, reference) for reference in record.references if reference not in here]

    def link(self, links: Iterable[tuple[str, str]]) -> int:
        """Write links, given as document and reference (uids); return the number of new ones."""
        documents = self._session.reader.documents
        edits = [
            LinkReference(document, reference)
            for document, reference in dict.fromkeys(links)
            # A document that was hidden until now has its links again.
            if documents.key_of(reference) is not None and reference not in documents.references(document)
        ]
        self._step.perform(edits)
        return len(edits)

    def stale(self) -> Iterator[str]:
        """Yield a message for each piece of added evidence that doesn't match; call it after all documents are in."""
        return self._evidence.stale()


def _says_the_same(ours: Annotation, theirs: Annotation) -> bool:
    """Whether a mark of another tool's file says what ours does, as far as such files go: they know nothing of where
    ours came from and when, and most have no place for evidence.
    """
    kept = {"origin": ours.origin, "created": ours.created, "updated": ours.updated, "extra": ours.extra}
    proofs = ours.evidence if has_all_evidence(ours, theirs) else theirs.evidence
    return msgspec.structs.replace(theirs, evidence=proofs, **kept) == ours


def _is_part_of(theirs: Relation, ours: Relation) -> bool:
    """Whether a relation of another tool's file is ours, maybe without its fields and comment."""
    fields = theirs.attributes.items() <= ours.attributes.items()
    return (theirs.ends, theirs.label) == (ours.ends, ours.label) and fields and theirs.comment in ("", ours.comment)
