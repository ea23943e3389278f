"""The parts of a scheme that marks and relations name: labels, relation types, fields, their values, severities."""

from collections import Counter
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, NamedTuple, cast

from app.core.progress import CancelToken, Progress, no_progress
from app.core.proposal import NOTE, ProposalNote, note_of
from app.core.scheme import SEVERITY, Attribute, Layer, RelationType, Scheme
from app.services.schemes.scheme_text import Place
from app.session.session import Session

MOST_MARKS = 200
_DOCUMENTS_A_TICK = 20


class PartKind(StrEnum):
    """What a part is."""

    LABEL = "label"
    RELATION = "relation"
    FIELD = "field"
    VALUE = "value"
    SEVERITY = "severity"


class Part(NamedTuple):
    """A part by its id. `owner` is the layer or, with `of_relations`, the relation type that it belongs to; `field` is
    that of a value.
    """

    kind: PartKind
    id: str
    owner: str = ""
    field: str = ""
    of_relations: bool = False


def parts_of(scheme: Scheme) -> Iterator[Part]:
    """Yield all parts of a scheme."""
    for step in scheme.severities:
        yield Part(PartKind.SEVERITY, step.id)
    for layer in scheme.layers:
        for label in layer.labels:
            yield Part(PartKind.LABEL, label.id, layer.id)
        yield from _fields_of(layer, of_relations=False)
    for relation in scheme.relations:
        yield Part(PartKind.RELATION, relation.id)
        yield from _fields_of(relation, of_relations=True)


def _fields_of(owner: Layer | RelationType, *, of_relations: bool) -> Iterator[Part]:
    for field in owner.attributes:
        yield Part(PartKind.FIELD, field.id, owner.id, of_relations=of_relations)
        for value in field.values:
            yield Part(PartKind.VALUE, value.id, owner.id, field.id, of_relations)


def part_at(data: Mapping[str, Any], place: Place) -> Part | None:
    """Return the part that a table of a scheme's text is; None for one of another kind, or without an id."""
    found: Any = data
    ids: list[str] = []
    for step in place:
        found = found[step]
        if isinstance(step, int):
            ids.append(str(found.get("id", "")))
    names = tuple(step for step in place if isinstance(step, str))
    of_relations = names[:1] == ("relation",)
    if not ids or not ids[-1]:
        return None
    match names:
        case ("layer", "label"):
            return Part(PartKind.LABEL, ids[1], ids[0])
        case ("relation",):
            return Part(PartKind.RELATION, ids[0])
        case ("severity",):
            return Part(PartKind.SEVERITY, ids[0])
        case (_, "attribute"):
            return Part(PartKind.FIELD, ids[1], ids[0], of_relations=of_relations)
        case (_, "attribute", "value"):
            return Part(PartKind.VALUE, ids[2], ids[0], ids[1], of_relations)
        case _:
            return None


class MarkPlace(NamedTuple):
    """Where a mark is: the document by uid and title, the annotator, and the marked words."""

    document: str
    title: str
    annotator: str
    quote: str


class PartStory(NamedTuple):
    """Who uses a part that the scheme lacks, how often; of a label also what annotators say of it, as pairs of name and
    note, and the marks: of very many the first.
    """

    by: Mapping[str, int]
    notes: tuple[tuple[str, ProposalNote], ...] = ()
    marks: tuple[MarkPlace, ...] = ()


class Uses(NamedTuple):
    """How many marks and relations, everyone's and gold's, name each part; and more of those that the scheme lacks."""

    counts: Mapping[Part, int]
    stories: Mapping[Part, PartStory] = {}


def count_uses(session: Session, *, progress: Progress = no_progress, cancel: CancelToken | None = None) -> Uses:
    """Return what marks and relations name of the scheme, or of what it lacks.

    Values are counted of fields whose values the scheme lists, and of severity. Raises ProjectError and Cancelled.
    """
    uses = _Uses(session.scheme)
    for done, record in enumerate(session.reader.records(with_text=False, with_decisions=False)):
        if cancel is not None:
            cancel.raise_if_cancelled()
        if done % _DOCUMENTS_A_TICK == 0:
            progress(done, None, "documents")
        for item in record.sets:
            for annotation in item.annotations:
                label = Part(PartKind.LABEL, annotation.label, annotation.layer)
                uses.add(label, item.annotator)
                uses.add_attributes(item.annotator, annotation.layer, annotation.attributes, of_relations=False)
                if label not in uses.known:
                    document = record.document
                    uses.tell(label, MarkPlace(document.uid, document.title, item.annotator, annotation.quote))
                    uses.note(label, item.annotator, note_of(annotation.attributes))
            for relation in item.relations:
                uses.add(Part(PartKind.RELATION, relation.label), item.annotator)
                uses.add_attributes(item.annotator, relation.label, relation.attributes, of_relations=True)
    return uses.found()


class _Uses:
    def __init__(self, scheme: Scheme) -> None:
        self.known = frozenset(parts_of(scheme))
        self._counts: Counter[Part] = Counter()
        self._by: dict[Part, Counter[str]] = {}
        self._notes: dict[Part, dict[tuple[str, ProposalNote], None]] = {}
        self._marks: dict[Part, list[MarkPlace]] = {}
        self._listed: set[tuple[bool, str, str]] = set()
        owners: list[tuple[bool, str, tuple[Attribute, ...]]] = [
            *((False, layer.id, layer.attributes) for layer in scheme.layers),
            *((True, relation.id, relation.attributes) for relation in scheme.relations),
        ]
        for of_relations, owner, fields in owners:
            self._listed.update((of_relations, owner, field.id) for field in fields if field.values)

    def add(self, part: Part, who: str) -> None:
        """Count one use of a part."""
        self._counts[part] += 1
        if part not in self.known:
            self._by.setdefault(part, Counter())[who] += 1

    def add_attributes(self, who: str, owner: str, attributes: Mapping[str, Any], *, of_relations: bool) -> None:
        """Count what one annotation or relation has in its fields."""
        for field, value in attributes.items():
            given = [item for item in _items(value) if isinstance(item, str) and item]
            if field == SEVERITY and not of_relations:
                for item in given:
                    self.add(Part(PartKind.SEVERITY, item), who)
            elif field != NOTE:
                self.add(Part(PartKind.FIELD, field, owner, of_relations=of_relations), who)
                for item in given if (of_relations, owner, field) in self._listed else ():
                    self.add(Part(PartKind.VALUE, item, owner, field, of_relations), who)

    def tell(self, part: Part, mark: MarkPlace) -> None:
        """Remember a mark of a part that the scheme lacks."""
        marks = self._marks.setdefault(part, [])
        if len(marks) < MOST_MARKS:
            marks.append(mark)

    def note(self, part: Part, who: str, note: ProposalNote) -> None:
        """Remember what somebody says of a proposal."""
        if note.given():
            self._notes.setdefault(part, {})[who, note] = None

    def found(self) -> Uses:
        """Return what was counted."""
        stories = {
            part: PartStory(dict(by), tuple(self._notes.get(part, ())), tuple(self._marks.get(part, ())))
            for part, by in self._by.items()
        }
        return Uses(self._counts, stories)


def _items(value: object) -> list[object]:
    return cast(list[object], value) if isinstance(value, list) else [value]
