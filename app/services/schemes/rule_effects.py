"""What other rules of a scheme do to marks that are there: which no longer have what they must have."""

from typing import NamedTuple

import msgspec

from app.core.progress import CancelToken, Progress, no_progress
from app.core.scheme import Attribute, Drawing, Label, Layer, Scheme, Value
from app.core.validation import problems_of
from app.core.wording import counted
from app.session.session import Session

_DOCUMENTS_A_TICK = 20
_MOST_NAMED = 8


class RuleEffects(NamedTuple):
    """Marks that met all rules and won't, by how many documents, and the finished ones of these by name."""

    annotations: int
    documents: int
    finished: tuple[str, ...]

    def lines(self) -> list[str]:
        """Return it in words; nothing if every mark meets the rules."""
        if not self.annotations:
            return []
        where = f"{counted(self.annotations, 'mark')} in {counted(self.documents, 'document')}"
        lines = [f"{where} would no longer meet a rule. They stay as they are."]
        if self.finished:
            more = ", …" if len(self.finished) > _MOST_NAMED else ""
            lines.append(f"Of these, done: {', '.join(self.finished[:_MOST_NAMED])}{more}. They stay done.")
        return lines


def have_other_rules(before: Scheme, after: Scheme) -> bool:
    """Whether two schemes differ in more than titles, keys, colours, order of layers and what is written for people."""
    return _bare(before) != _bare(after)


def _bare(scheme: Scheme) -> list[Layer]:
    return sorted((_bare_layer(layer) for layer in scheme.layers), key=lambda layer: layer.id)


def _bare_layer(layer: Layer) -> Layer:
    shown = {"title": "", "key": "", "color": "", "definition": "", "draw": Drawing.FILL, "counts": ()}
    labels = sorted((_bare_label(label) for label in layer.labels), key=lambda label: label.id)
    fields = sorted((_bare_field(field) for field in layer.attributes), key=lambda field: field.id)
    return msgspec.structs.replace(layer, **shown, labels=tuple(labels), attributes=tuple(fields))


def _bare_label(label: Label) -> Label:
    shown = {"title": "", "badge": "", "key": "", "color": "", "definition": "", "example": "", "parent": ""}
    return msgspec.structs.replace(label, **shown, draw=Drawing.FILL)


def _bare_field(field: Attribute) -> Attribute:
    values = tuple(_bare_value(value) for value in field.values)
    return msgspec.structs.replace(field, title="", key="", definition="", unit="", values=values)


def _bare_value(value: Value) -> Value:
    return msgspec.structs.replace(value, title="", key="", definition="")


def rule_effects(
    session: Session, after: Scheme, *, progress: Progress = no_progress, cancel: CancelToken | None = None
) -> RuleEffects:
    """Return which marks meet the rules of the project's scheme and not those of another one that knows their label.

    Raises ProjectError and Cancelled.
    """
    before = session.scheme
    annotations = documents = 0
    finished: list[str] = []
    for done, record in enumerate(session.reader.records(with_text=False, with_decisions=False)):
        if cancel is not None:
            cancel.raise_if_cancelled()
        if done % _DOCUMENTS_A_TICK == 0:
            progress(done, None, "documents")
        opened = [
            (item, annotation)
            for item in record.sets
            for annotation in item.annotations
            if after.label(annotation.layer, annotation.label) is not None
            and problems_of(annotation, scheme=after)
            and not problems_of(annotation, scheme=before)
        ]
        annotations += len(opened)
        documents += bool(opened)
        if any(item.status.is_finished for item, _ in opened):
            finished.append(record.document.title)
    return RuleEffects(annotations, documents, tuple(finished))
