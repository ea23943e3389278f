"""Selects which documents, and whose work on them, an export contains."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from enum import Enum, StrEnum

from app.core.annotation import Status
from app.core.decision import GOLD, Decision, Outcome
from app.core.document_conditions import FINISHED, META, Condition, is_met, is_of_field
from app.core.document_names import canonical
from app.core.field_conditions import FieldTest
from app.core.meta_values import single_value
from app.core.record import DocumentRecord, SetRecord
from app.core.suggestion import Suggested
from app.exchange.report import Report


class WorkWanted(Enum):
    """What work on a document is exported, unless a condition says which status it must have."""

    ALL = "all"  # every set, also of documents that were merely opened
    BEGUN = "begun"  # no sets that are skipped, or open without annotations
    FINISHED = "finished"  # only sets that are done


class LeftOut(StrEnum):
    """Why work isn't exported; the values are kinds of findings."""

    UNFINISHED = "unfinished"  # begun and not done
    UNTOUCHED = "untouched"  # open, without annotations
    SKIPPED = "skipped"
    UNSTARTED = "unstarted"  # no set at all
    ONLY_REFERENCE = "only-reference"  # no set at all, in a document that is only a reference of others

    @property
    def words(self) -> str:
        """What is left out, as a finding says it."""
        return _LEFT_OUT[self]


_LEFT_OUT = {
    LeftOut.UNFINISHED: "documents whose work isn't finished, left out",
    LeftOut.UNTOUCHED: "documents that were opened but not marked, left out",
    LeftOut.SKIPPED: "skipped documents, left out",
    LeftOut.UNSTARTED: "documents not begun, left out",
    LeftOut.ONLY_REFERENCE: "references without work of their own, left out",
}
_UNREVIEWED = "documents whose review hasn't begun, left out"


class Selection:
    """Selects annotators (by name; none means all) or only gold, layers (none means all), and documents by conditions.

    Decisions are left out if annotators are selected, since they reveal what others did. Suggestions are left out of
    exports of gold alone; their answers are only exported with the set of the annotator who gave them. `references` are
    the documents (uids) that are only references of others; `named` has those that each name in a condition means.

    Conditions on status and label are on the selected work; of the others, those on names and metadata are looked at
    here, and `among` has the documents (uids) that meet the rest (`is_own`), None if there are none. `fields` are tests
    of what marks say, of which the selected work must meet each.
    """

    def __init__(
        self,
        *,
        annotators: Iterable[str] = (),
        gold: bool = False,
        layers: Iterable[str] = (),
        where: Iterable[Condition] = (),
        work: WorkWanted = WorkWanted.ALL,
        references: Collection[str] = (),
        named: Mapping[str, Collection[str]] | None = None,
        among: Collection[str] | None = None,
        fields: Sequence[FieldTest] = (),
    ) -> None:
        self._work = work
        self._fields = tuple(fields)
        self._references = references
        self._annotators = frozenset(annotators)
        self.gold = gold
        self._layers = frozenset(layers)
        self._named = named
        self._documents = None if named is None else {uid for uids in named.values() for uid in uids}
        self._among = among
        self._where: dict[str, list[str]] = {}
        for condition in (each for each in where if is_own(each) and not is_of_field(each)):
            self._where.setdefault(canonical(condition.key), []).append(canonical(condition.value))

    @property
    def leaves_out_documents(self) -> bool:
        """Whether documents may be left out."""
        return bool(self._where or self._fields) or self._among is not None

    @property
    def unknown_names(self) -> list[str]:
        """The names in conditions that mean no document."""
        return [name for name, uids in (self._named or {}).items() if not uids]

    def chosen(self, records: Iterable[DocumentRecord], report: Report) -> Iterator[DocumentRecord]:
        """Yield the selected records, with the selected sets and layers; the report is told what work is left out."""
        for record in records:
            if not self.fits(record):
                continue
            taken = [item for item in record.sets if self._takes(item)]
            sets = tuple(self._layered(item, report) for item in taken)
            # What marks of a layer say matters even if the layer itself isn't exported.
            if self._work_fits(sets) and all(any(t.is_met(item.annotations) for item in taken) for t in self._fields):
                if self._work is not WorkWanted.ALL:
                    sets = self._wanted(record, sets, report)
                chosen = record._replace(sets=sets)
                yield chosen._replace(
                    decisions=self._decisions(record, chosen, report), suggestions=self._suggestions(record, sets)
                )

    def _wanted(self, record: DocumentRecord, sets: tuple[SetRecord, ...], report: Report) -> tuple[SetRecord, ...]:
        name = record.document.name
        if not sets:
            why = LeftOut.ONLY_REFERENCE if record.document.uid in self._references else LeftOut.UNSTARTED
            report.note(why.value, _UNREVIEWED if self.gold and why is LeftOut.UNSTARTED else why.words, name)
        # What is left of a set in the selected layers doesn't matter here: the document was marked all the same.
        whole = {item.annotator: item for item in record.sets}
        kept: list[SetRecord] = []
        for item in sets:
            why = self._reason_against(whole[item.annotator])
            if why is None:
                kept.append(item)
            else:
                report.note(why.value, why.words, f"{name} ({item.annotator})")
        return tuple(kept)

    def _reason_against(self, item: SetRecord) -> LeftOut | None:
        if item.status is Status.SKIPPED:
            return LeftOut.SKIPPED
        if item.status is Status.OPEN and not item.annotations:
            return LeftOut.UNTOUCHED
        is_asked_for = "status" in self._where or self._work is not WorkWanted.FINISHED
        return None if is_asked_for or item.status.is_finished else LeftOut.UNFINISHED

    def fits(self, record: DocumentRecord) -> bool:
        """Whether a document's own name and metadata meet the conditions, whatever work there is on it."""
        uid = record.document.uid
        if any(uids is not None and uid not in uids for uids in (self._documents, self._among)):
            return False
        meta = record.document.meta if all(map(str.isascii, record.document.meta)) else _canonical(record.document.meta)
        for key, values in self._where.items():
            if key.startswith(META) and not _has(meta.get(key.removeprefix(META)), key, values):
                return False
        return True

    def _takes(self, item: SetRecord) -> bool:
        if self._annotators and item.annotator not in self._annotators:
            return False
        if self.gold and item.kind != GOLD:
            return False
        wanted = self._where.get("status")
        return wanted is None or item.status in wanted or (FINISHED in wanted and item.status.is_finished)

    def _layered(self, item: SetRecord, report: Report) -> SetRecord:
        if not self._layers:
            return item
        annotations = tuple(a for a in item.annotations if a.layer in self._layers)
        uids = {annotation.uid for annotation in annotations}
        relations = tuple(r for r in item.relations if r.source in uids and r.target in uids)
        for relation in item.relations:
            between = relation.source in uids or relation.target in uids
            if between and relation not in relations:
                report.note("relation", "relations into a layer that was left out", relation.uid)
        return item._replace(annotations=annotations, relations=relations)

    def _decisions(self, record: DocumentRecord, chosen: DocumentRecord, report: Report) -> tuple[Decision, ...]:
        if self._annotators or not record.decisions or (record.gold and not chosen.gold):
            return ()
        if not self._layers:
            return record.decisions
        # That there is nothing to mark is said of every layer.
        here = tuple(d for d in record.decisions if d.layer in self._layers or d.outcome is Outcome.EMPTY)
        layered = chosen._replace(decisions=here)
        orphaned = {decision.uid for decision in layered.orphaned()}
        for uid in sorted(orphaned):
            report.note("decision", "decisions on gold in a layer that was left out", f"{record.document.name}: {uid}")
        return tuple(decision for decision in layered.decisions if decision.uid not in orphaned)

    def _suggestions(self, record: DocumentRecord, sets: tuple[SetRecord, ...]) -> tuple[Suggested, ...]:
        if self.gold:
            return ()
        people = {item.annotator for item in sets}
        return tuple(
            item.of_people(people.__contains__)
            for item in record.suggestions
            if not self._layers or item.suggestion.layer in self._layers
        )

    def _work_fits(self, sets: tuple[SetRecord, ...]) -> bool:
        labels = self._where.get("label")
        if labels is not None and not any(canonical(a.label) in labels for item in sets for a in item.annotations):
            return False
        return "status" not in self._where or bool(sets)


def is_own(condition: Condition) -> bool:
    """Whether a selection looks at a condition itself, document by document."""
    return (
        is_of_field(condition)
        or condition.comparison == "="
        and (condition.key in ("status", "label", "name") or condition.key.startswith(META))
    )


def _has(value: object, key: str, wanted: Iterable[str]) -> bool:
    stored = single_value(value)
    return stored is not None and any(is_met(Condition(key, text), stored) for text in wanted)


def _canonical(meta: Mapping[str, object]) -> Mapping[str, object]:
    return {canonical(key): value for key, value in meta.items()}
