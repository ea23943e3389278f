"""What another scheme does to work that is there: which marks, relations and documents no longer have what they must
have, and what of them the scheme doesn't know any more.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from app.core.annotation import Relation
from app.core.progress import CancelToken, Progress, no_progress
from app.core.record import SetRecord
from app.core.scheme import SEVERITY, Attribute, Drawing, Label, Layer, RelationType, Scheme, Value
from app.core.state import DocumentState
from app.core.validation import Problem, missing_layers, problems_of, relation_problems
from app.core.wording import counted
from app.services.migration.migrated_document import migrated
from app.services.migration.migration import MigrationRules
from app.services.migration.survey import Concerned
from app.session.session import Session

_DOCUMENTS_A_TICK = 20
_MOST_NAMED = 8


class RuleEffects(NamedTuple):
    """Marks, relations and documents that met all rules and won't, each by number, and for what `reasons`; what is
    `lost` of them, as the kind and what it has, with numbers; and the documents.
    """

    annotations: int
    relations: int
    lacking: int
    reasons: Mapping[str, int]
    lost: Mapping[tuple[str, str], int]
    documents: tuple[Concerned, ...]

    @property
    def finished(self) -> tuple[str, ...]:
        """The names of documents that are done and have what no longer meets a rule."""
        return tuple(item.name for item in self.documents if item.look)

    def lines(self) -> list[str]:
        """Return it in words; nothing if there is nothing to tell."""
        unmet = [(self.annotations, "mark"), (self.relations, "relation")]
        what = " and ".join(counted(number, kind) for number, kind in unmet if number)
        lines: list[str] = []
        if what:
            where = counted(len(self.documents), "document")
            stays = "It stays as it is." if self.annotations + self.relations == 1 else "They stay as they are."
            lines.append(f"{what} in {where} would no longer meet a rule. {stays}")
        if self.lacking:
            lines.append(f"{counted(self.lacking, 'document')} would lack what each document needs.")
        ranked = sorted(self.reasons.items(), key=lambda item: (-item[1], item[0]))
        lines += [f"    {why}  ({number:,})" for why, number in ranked[:_MOST_NAMED]]
        lines += [f"    and {len(ranked) - _MOST_NAMED} more reasons"] if len(ranked) > _MOST_NAMED else []
        if self.finished:
            more = ", …" if len(self.finished) > _MOST_NAMED else ""
            lines.append(f"Of these, done: {', '.join(self.finished[:_MOST_NAMED])}{more}. They stay done.")
        for (kind, what), number in sorted(self.lost.items()):
            verb = "has" if number == 1 else "have"
            lines.append(f"{counted(number, kind)} {verb} {what}, which the scheme won’t know. It is kept, unseen.")
        return lines


def have_other_rules(before: Scheme, after: Scheme) -> bool:
    """Whether two schemes differ in more than titles, keys, colours, order of layers and what is written for people."""
    return _bare(before) != _bare(after)


def _bare(scheme: Scheme) -> tuple[Any, ...]:
    layers = sorted((_bare_layer(layer) for layer in scheme.layers), key=lambda layer: layer.id)
    relations = sorted((_bare_relation(relation) for relation in scheme.relations), key=lambda item: item.id)
    return (layers, relations, {step.id for step in scheme.severities}, scheme.proposals)


def _bare_layer(layer: Layer) -> Layer:
    shown = {"title": "", "key": "", "color": "", "definition": "", "draw": Drawing.FILL, "counts": ()}
    labels = sorted((_bare_label(label) for label in layer.labels), key=lambda label: label.id)
    fields = sorted((_bare_field(field) for field in layer.attributes), key=lambda field: field.id)
    return msgspec.structs.replace(layer, **shown, labels=tuple(labels), attributes=tuple(fields))


def _bare_label(label: Label) -> Label:
    shown = {"title": "", "badge": "", "key": "", "color": "", "definition": "", "example": "", "parent": ""}
    return msgspec.structs.replace(label, **shown, draw=Drawing.FILL, weights={}, maps={}, takes=())


def _bare_field(field: Attribute) -> Attribute:
    values = tuple(sorted((_bare_value(value) for value in field.values), key=lambda value: value.id))
    return msgspec.structs.replace(field, title="", key="", definition="", unit="", counts=True, values=values)


def _bare_value(value: Value) -> Value:
    return msgspec.structs.replace(value, title="", key="", definition="")


def _bare_relation(relation: RelationType) -> RelationType:
    shown = {"title": "", "badge": "", "key": "", "color": "", "definition": "", "example": "", "counts": True}
    fields = sorted((_bare_field(field) for field in relation.attributes), key=lambda field: field.id)
    return msgspec.structs.replace(relation, **shown, attributes=tuple(fields))


def rule_effects(
    session: Session, rules: MigrationRules, *, progress: Progress = no_progress, cancel: CancelToken | None = None
) -> RuleEffects:
    """Return what work meets the rules of the project's scheme and not those of another one, after the changes that
    `rules` make to it (which may be none). Marks whose label the other scheme lacks aren't counted.

    Raises ProjectError and Cancelled.
    """
    effects = _Effects(rules)
    for done, record in enumerate(session.reader.records(with_text=False, with_decisions=False)):
        if cancel is not None:
            cancel.raise_if_cancelled()
        if done % _DOCUMENTS_A_TICK == 0:
            progress(done, None, "documents")
        after = migrated(record._replace(decisions=()), rules).after if rules.changes else record
        whose: list[str] = []
        look: list[str] = []
        number = 0
        for old, new in zip(record.sets, after.sets, strict=True):
            before, now = (
                DocumentState.of(
                    record.document,
                    annotator=item.annotator,
                    status=item.status,
                    annotations=item.annotations,
                    relations=item.relations,
                )
                for item in (old, new)
            )
            found = effects.add(before, now)
            number += found
            whose += [old.annotator] if found else []
            look += [old.annotator] if found and old.status.is_finished else []
            effects.count_lost(new)
        if whose:
            document = record.document
            effects.documents.append(Concerned(document.uid, document.title, tuple(whose), number, tuple(look)))
    return effects.found()


class _Effects:
    """Collects the effects, set by set."""

    def __init__(self, rules: MigrationRules) -> None:
        self._before, self._after = rules.before, rules.after
        self._counts: Counter[str] = Counter()
        self._reasons: Counter[str] = Counter()
        self._lost: Counter[tuple[str, str]] = Counter()
        self._lacking: dict[str, set[str]] = {}
        self.documents: list[Concerned] = []

    def add(self, before: DocumentState, after: DocumentState) -> int:
        """Count what of a set met the rules and doesn't now; return how much."""
        found = list(self._opened(before, after))
        for kind, problems in found:
            whys = {problem.message.rstrip(".") for problem in problems}
            if kind == "document":  # which is one, whoever works on it
                whys -= self._lacking.setdefault(after.document.uid, set())
                self._lacking[after.document.uid] |= whys
            self._counts[kind] += 1
            self._reasons.update(whys)
        return len(found)

    def _opened(self, before: DocumentState, after: DocumentState) -> Iterator[tuple[str, list[Problem]]]:
        for annotation in after.annotations.values():
            old = before.annotations.get(annotation.uid)
            if old is None or self._after.label(annotation.layer, annotation.label) is None:
                continue
            problems = problems_of(annotation, scheme=self._after)
            if problems and not problems_of(old, scheme=self._before):
                yield "mark", problems
        for relation in after.relations.values():
            old_tie = before.relations.get(relation.uid)
            problems = relation_problems(relation, after, scheme=self._after)
            if problems and old_tie is not None and not relation_problems(old_tie, before, scheme=self._before):
                yield "relation", problems
        lacked = missing_layers(before, scheme=self._before)
        lacking = missing_layers(after, scheme=self._after)
        if lacking and not lacked:
            yield "document", lacking

    def count_lost(self, item: SetRecord) -> None:
        """Count what of a set stays and isn't known any more: values of fields, severity, correction and evidence."""
        for annotation in item.annotations:
            before, after = self._before.layer(annotation.layer), self._after.layer(annotation.layer)
            if before is None or after is None or after.label(annotation.label) is None:
                continue
            label = annotation.label
            for field in annotation.attributes:
                known = before.attribute(field)
                if known is not None and known.applies_to(label) and not _has(after, field, label):
                    self._lost["mark", f"a value of “{known.title}”"] += 1
            if before.has_severity and not after.has_severity and SEVERITY in annotation.attributes:
                self._lost["mark", "a severity"] += 1
            if before.has_correction and not after.has_correction and annotation.correction is not None:
                self._lost["mark", "a correction"] += 1
            if before.has_evidence and not after.has_evidence and annotation.evidence:
                self._lost["mark", "evidence"] += 1
        for relation in item.relations:
            self._lost.update(("relation", what) for what in self._lost_of(relation))

    def _lost_of(self, relation: Relation) -> Iterator[str]:
        before, after = self._before.relation(relation.label), self._after.relation(relation.label)
        if before is None:
            return
        if after is None and not self._after.relations:
            yield f"the type “{before.title}”"  # with other types in the scheme it is an unmet rule
        for field in relation.attributes if after is not None else ():
            known = before.attribute(field)
            if known is not None and after is not None and after.attribute(field) is None:
                yield f"a value of “{known.title}”"

    def found(self) -> RuleEffects:
        """Return what was collected."""
        return RuleEffects(
            self._counts["mark"],
            self._counts["relation"],
            len(self._lacking),
            dict(self._reasons),
            dict(self._lost),
            tuple(self.documents),
        )


def _has(layer: Layer, field: str, label: str) -> bool:
    known = layer.attribute(field)
    return known is not None and known.applies_to(label)
