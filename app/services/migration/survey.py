"""What a change of the scheme affects: numbers of annotations, annotators and documents, with examples."""

import difflib
from collections import Counter
from typing import NamedTuple

from app.core.annotation import Annotation, Status
from app.core.decision import GOLD
from app.core.part_migration import RelationMigration
from app.core.record import SetRecord
from app.core.scheme import Scheme
from app.core.scheme_change import LabelChange, SchemeChange, SplitLabel
from app.core.scheme_migration import MigrationResult, MigrationRules
from app.core.validation import problems_of
from app.services.migration.migrated_document import MigratedDocument

_EXAMPLES = 5
_AROUND = 40
_LONGEST = 80


class Touched(NamedTuple):
    """The affected annotations of one label, annotator and status: how many, in how many documents.

    `new` is the label afterwards: None if the annotations are deleted, equal to `label` if only an attribute changes.
    """

    layer: str
    label: str
    new: str | None
    annotator: str
    status: Status
    documents: int
    annotations: int

    @property
    def title(self) -> str:
        """The change in words."""
        if self.new is None:
            return f"{self.layer}.{self.label} deleted"
        return f"{self.layer}.{self.label}" + (f" → {self.new}" if self.new != self.label else "")


class TouchedRelations(NamedTuple):
    """The affected relations of one type and annotator. `new` is the type afterwards: None if the relations are
    deleted, equal to `old` if only what they say changes.
    """

    old: str
    new: str | None
    annotator: str
    number: int

    @property
    def title(self) -> str:
        """The change in words."""
        if self.new is None:
            return f"relation {self.old} deleted"
        return f"relation {self.old}" + (f" → {self.new}" if self.new != self.old else "")


class Concerned(NamedTuple):
    """A document (uid) with annotations that change or no longer meet a rule, and the annotators of those sets.

    `look` names the annotators whose finished set has unmet rules afterwards; its status is kept.
    """

    uid: str
    name: str
    annotators: tuple[str, ...]
    annotations: int
    look: tuple[str, ...] = ()


class Example(NamedTuple):
    """An affected annotation with its surrounding text, on one line; `new` as in `Touched`."""

    document: str
    annotator: str
    before: str
    quote: str
    after: str
    label: str
    new: str | None


class Migration(NamedTuple):
    """What a migration does, or would do: the new scheme and all affected work, gold included.

    `annotations` is the number that change, `opened` of those that no longer meet a rule, such as a required attribute.
    `suggested` suggestions change; `unoffered` ones are no longer offered, since their label was deleted. `kept`
    decisions are adapted to the new scheme, `open_again` ones need review again because their group has changed, and
    `withdrawn` ones have lost all their annotations. `relations` are those that change or are deleted with their type.
    """

    before: Scheme
    scheme: Scheme
    changes: tuple[SchemeChange, ...]
    touched: tuple[Touched, ...]
    documents: tuple[Concerned, ...]
    examples: tuple[Example, ...]
    annotations: int
    opened: int
    kept: int
    open_again: int
    withdrawn: int
    suggested: int
    unoffered: int
    relations: tuple[TouchedRelations, ...] = ()

    @property
    def diff(self) -> str:
        """The changes of the scheme's TOML text, as a unified diff."""
        old, new = self.before.source.split("\n"), self.scheme.source.split("\n")
        return "\n".join(difflib.unified_diff(old, new, self.before.tag, self.scheme.tag, lineterm="", n=1))

    @property
    def is_of_labels(self) -> bool:
        """Whether only labels change."""
        return all(isinstance(change, LabelChange | SplitLabel) for change in self.changes)

    @property
    def gold(self) -> int:
        """The number of affected annotations in gold."""
        return sum(item.annotations for item in self.touched if item.annotator == GOLD)

    @property
    def look(self) -> tuple[Concerned, ...]:
        """The finished documents that have unmet rules afterwards."""
        return tuple(item for item in self.documents if item.look)


_Kind = tuple[str, str, str | None]
"""Layer, label, and the label afterwards."""


class Survey:
    """Collects what a migration affects, document by document."""

    def __init__(self, rules: MigrationRules) -> None:
        self._rules = rules
        self._relations: Counter[tuple[str, str | None, str]] = Counter()
        self._annotations: Counter[tuple[_Kind, str, Status]] = Counter()
        self._sets: Counter[tuple[_Kind, str, Status]] = Counter()
        self._documents: list[Concerned] = []
        self._examples: dict[_Kind, list[Example]] = {}
        self._decisions: Counter[str] = Counter()
        self._opened = 0
        self._suggested = self._unoffered = 0

    def add(self, found: MigratedDocument) -> None:
        """Count a document."""
        annotations = 0
        names: list[str] = []
        look: list[str] = []
        for at, before in enumerate(found.before.sets):
            concerned = [annotation for annotation in before.annotations if self._rules.concerns(annotation)]
            restatement = found.sets.get(at)
            related = self._count_relations(before, restatement)
            if not concerned and not related:
                continue
            changed = related + self._count(found, before, concerned, restatement)
            annotations += changed
            opened = self._opened_in(concerned, restatement)
            self._opened += opened
            if changed or opened:
                names.append(before.annotator)
            if opened and before.status.is_finished:
                look.append(before.annotator)
        if names:
            document = found.before.document
            self._documents.append(Concerned(document.uid, document.name, tuple(names), annotations, tuple(look)))
        self._count_suggestions(found)
        for item in found.decisions:
            if item.new is None:
                self._decisions["withdrawn"] += 1
            elif item.is_open:
                self._decisions["open"] += 1
            elif item.new != item.old:
                self._decisions["kept"] += 1

    def _count_relations(self, before: SetRecord, restatement: MigrationResult | None) -> int:
        """Count the relations of a set that say something else, or are deleted with their type; return how many."""
        count = 0
        related = restatement.related if restatement is not None else RelationMigration()
        for relation in before.relations:
            new = related.changed.get(relation.uid)
            if new is not None or relation.uid in related.gone:
                now = new.label if new is not None else self._rules.parts.type_of(relation.label)
                self._relations[relation.label, now, before.annotator] += 1
                count += 1
        return count

    def _count_suggestions(self, found: MigratedDocument) -> None:
        for before, after in zip(found.before.suggestions, found.after.suggestions, strict=True):
            self._suggested += before.suggestion is not after.suggestion
            was_known = self._rules.before.label(before.suggestion.layer, before.suggestion.label) is not None
            self._unoffered += was_known and self._rules.label_of(before.suggestion) is None

    def _count(
        self,
        found: MigratedDocument,
        before: SetRecord,
        concerned: list[Annotation],
        restatement: MigrationResult | None,
    ) -> int:
        if restatement is None:
            return 0
        kinds: Counter[_Kind] = Counter()
        for annotation in concerned:
            new = restatement.changed.get(annotation.uid)
            if new is None and annotation.uid not in restatement.gone:
                continue
            label = new.label if new is not None else self._label_gone(annotation, restatement)
            kind = (annotation.layer, annotation.label, label)
            kinds[kind] += 1
            if len(self._examples.setdefault(kind, [])) < _EXAMPLES:
                self._examples[kind].append(_example(found.before.document.name, found, before, annotation, label))
        for kind, count in kinds.items():
            self._annotations[kind, before.annotator, before.status] += count
            self._sets[kind, before.annotator, before.status] += 1
        return sum(kinds.values())

    def _label_gone(self, annotation: Annotation, restatement: MigrationResult) -> str | None:
        """Return the label of the equal annotation that is kept instead, if there is one."""
        return self._rules.label_of(annotation) if restatement.gone[annotation.uid] is not None else None

    def _opened_in(self, concerned: list[Annotation], restatement: MigrationResult | None) -> int:
        """Return how many of the annotations met all rules before and don't afterwards."""
        count = 0
        for annotation in concerned:
            if restatement is not None and annotation.uid in restatement.gone:
                continue
            new = restatement.changed.get(annotation.uid, annotation) if restatement is not None else annotation
            is_open = bool(problems_of(new, scheme=self._rules.after))
            count += is_open and not problems_of(annotation, scheme=self._rules.before)
        return count

    def migration(self) -> Migration:
        """Return what was collected."""
        touched = [
            Touched(*kind, name, status, self._sets[kind, name, status], count)
            for (kind, name, status), count in sorted(self._annotations.items(), key=_in_order)
        ]
        return Migration(
            before=self._rules.before,
            scheme=self._rules.after,
            changes=self._rules.changes,
            touched=tuple(touched),
            documents=tuple(self._documents),
            examples=tuple(item for items in self._examples.values() for item in items),
            annotations=sum(self._annotations.values()),
            opened=self._opened,
            kept=self._decisions["kept"],
            open_again=self._decisions["open"],
            withdrawn=self._decisions["withdrawn"],
            suggested=self._suggested,
            unoffered=self._unoffered,
            relations=tuple(
                TouchedRelations(*kind, count)
                for kind, count in sorted(self._relations.items(), key=lambda item: (item[0][0], item[0][2]))
            ),
        )


def _in_order(item: tuple[tuple[_Kind, str, Status], int]) -> tuple[str, str, str, str, str]:
    (layer, label, new), name, status = item[0]
    return (layer, label, new or "", name, status.value)


def _example(name: str, found: MigratedDocument, owner: SetRecord, annotation: Annotation, new: str | None) -> Example:
    text = found.before.document.text
    before, after = (
        text[max(0, annotation.start - _AROUND) : annotation.start],
        text[annotation.end : annotation.end + _AROUND],
    )
    quote = " ".join(annotation.quote.split())
    quote = quote if len(quote) <= _LONGEST else quote[: _LONGEST - 1] + "…"
    return Example(name, owner.annotator, _line(before), quote, _line(after), annotation.label, new)


def _line(text: str) -> str:
    return text.replace("\n", " ").replace("\r", " ").replace("\t", " ")
