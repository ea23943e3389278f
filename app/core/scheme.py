"""The scheme: layers, labels and fields, and the rules for finished annotations.

One scheme drives buttons, keys, the inspector, validation, colours and export. It is read from a TOML file by
`app.core.scheme_file`; `resources/help/scheme.md` documents the file.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cached_property
from typing import Any

import msgspec

from app.core.annotation import Annotation, Stance
from app.core.proposal import is_proposal, proposal_title

SEVERITY = "severity"
EVIDENCE_STATUS = "evidence_status"


class Drawing(StrEnum):
    """How highlights of a layer or label are drawn; never by colour alone."""

    FILL = "fill"
    BRACKET = "bracket"
    WAVE = "wave"
    DASH = "dash"


class LayerKind(StrEnum):
    """What the annotations of a layer are about: a place in the text, or the document as a whole."""

    TEXT = "text"
    DOCUMENT = "document"


class FieldKind(StrEnum):
    """The kind of values that an attribute takes; `app.core.field_values` says how each is written and compared."""

    CHOICE = "choice"  # the id of a value
    MANY = "many"  # the ids of several values
    SCALE = "scale"  # the id of a step, or a number on a scale without named steps
    NUMBER = "number"
    DATE = "date"
    TEXT = "text"
    FLAG = "flag"
    ENTITY = "entity"  # an entry of a list, by id and title

    @property
    def has_values(self) -> bool:
        """Whether its values are chosen from those that the scheme lists."""
        return self in (FieldKind.CHOICE, FieldKind.MANY, FieldKind.SCALE)


class Severity(msgspec.Struct, frozen=True, kw_only=True):
    """A step of the severity scale, mildest first. `weight` is penalty points; `sign` is shown after the label."""

    id: str
    title: str
    weight: float
    sign: str = ""
    definition: str = ""


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """One choice of an attribute, or a step of a scale; `requires` names fields that a finished annotation with this
    choice must have, `closes` required fields that it may then lack. `key` sets it.
    """

    id: str
    title: str
    key: str = ""
    definition: str = ""
    requires: tuple[str, ...] = ()
    closes: tuple[str, ...] = ()


class Attribute(msgspec.Struct, frozen=True, kw_only=True):
    """A field of a layer's annotations. `labels`, if not empty, restricts it to annotations with these labels.

    `counts` says whether a difference in it is a conflict between annotators. A number lies from `least` to `most`, in
    steps of `step` from `least` (0: any); `unit` is shown behind it. `low` and `high` name the ends of a scale without
    named steps. `entries` names the list that an entity is from. `key` leads to the field, or turns a flag over.
    """

    id: str
    title: str
    kind: FieldKind = FieldKind.CHOICE
    values: tuple[Value, ...] = ()
    default: Any = None
    unit: str = ""
    least: float | None = None
    most: float | None = None
    step: float = 0
    low: str = ""
    high: str = ""
    entries: str = ""
    key: str = ""
    labels: tuple[str, ...] = ()
    required: bool = False
    counts: bool = True
    definition: str = ""

    def applies_to(self, label: str) -> bool:
        """Whether annotations with this label have the field."""
        return not self.labels or label in self.labels

    def value(self, value: object) -> Value | None:
        """Return the choice or step with this id, or None."""
        return next((item for item in self.values if item.id == value), None)


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """A value in a layer.

    `required` names fields that a finished annotation must have: `severity`, `correction`, `evidence`, `comment` or an
    attribute. `only` maps an attribute to the values this label allows. `weights` overrides severity weights. `maps`
    is the crosswalk: scheme name to category there; `takes` are the names in other tools' files that become this label,
    which several labels may map to. `parent` is the label of the layer that it is a kind of; one that
    is a `group` can't be given itself, only the labels under it.
    """

    id: str
    title: str
    badge: str
    parent: str = ""
    group: bool = False
    key: str = ""
    color: str = "#999999"
    draw: Drawing = Drawing.FILL
    definition: str = ""
    example: str = ""
    required: tuple[str, ...] = ()
    only: Mapping[str, tuple[str, ...]] = {}
    anchor: bool = False
    weights: Mapping[str, float] = {}
    maps: Mapping[str, str] = {}
    takes: tuple[str, ...] = ()


class Layer(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A kind of annotation: entity, claim, error or one that the scheme adds.

    A document has at most one annotation of a layer of the kind DOCUMENT by each annotator; with `required` it must
    have one to be done. `color` is that of the labels without one of their own.
    """

    id: str
    title: str
    kind: LayerKind = LayerKind.TEXT
    key: str = ""
    color: str = "#999999"
    required: bool = False
    definition: str = ""
    draw: Drawing = Drawing.FILL
    has_severity: bool = False
    has_correction: bool = False
    has_evidence: bool = False
    stance: Stance = Stance.REFUTES
    counts: tuple[str, ...] = ()
    labels: tuple[Label, ...] = ()
    attributes: tuple[Attribute, ...] = ()

    def label(self, label: str) -> Label | None:
        """Return the label with this id, or None."""
        return self._labels_by_id.get(label)

    @property
    def is_about_document(self) -> bool:
        """Whether its annotations are about the document as a whole."""
        return self.kind is LayerKind.DOCUMENT

    def children(self, parent: str = "") -> Sequence[Label]:
        """Return the labels directly under a label, or at the top of the tree, in the scheme's order."""
        return self._children.get(parent, ())

    def lineage(self, label: str) -> Sequence[str]:
        """Return a label with the labels above it, the topmost first; an unknown label is alone."""
        found: list[str] = []
        while label and label not in found:
            found.append(label)
            known = self.label(label)
            label = known.parent if known is not None else ""
        return found[::-1]

    def path(self, label: str) -> str:
        """Return a label's title after those of the labels above it, as it is read where the tree isn't seen; the id of
        an unknown label.
        """
        known = [(id, self.label(id)) for id in self.lineage(label)]
        return " › ".join(found.title if found is not None else id for id, found in known)

    @property
    def givable(self) -> Sequence[Label]:
        """The labels that an annotation can have: all but groups."""
        return [label for label in self.labels if not label.group]

    def is_in(self, label: str, ancestor: str) -> bool:
        """Whether a label is another one, or somewhere under it."""
        return ancestor in self.lineage(label)

    def at_level(self, label: str, level: int) -> str:
        """Return the label above one, or the label itself, at a level of the tree from 1; itself if it is higher."""
        return self.lineage(label)[:level][-1]

    @property
    def is_tree(self) -> bool:
        """Whether a label has labels under it."""
        return len(self._children) > 1

    def attribute(self, attribute: str) -> Attribute | None:
        """Return the attribute with this id, or None."""
        return self._attributes_by_id.get(attribute)

    def attributes_of(self, label: str) -> Sequence[Attribute]:
        """Return the attributes that annotations with this label have."""
        found = self._attributes_of.get(label)
        return self._attributes_of[""] if found is None else found

    def always_required(self, label: str) -> Sequence[str]:
        """Return the fields that each annotation with a label must have, whatever else it says, each once."""
        return self._always_required.get(label, ())

    def depends_on_values(self, label: str) -> bool:
        """Whether values of a field of a label say that other fields are required, or needn't be given."""
        return label in self._dependent

    # Needed for each annotation in each frame, hence the dictionaries. The first of two labels with one id counts.

    @cached_property
    def _labels_by_id(self) -> dict[str, Label]:
        return {item.id: item for item in reversed(self.labels)}

    @cached_property
    def _children(self) -> dict[str, list[Label]]:
        found: dict[str, list[Label]] = {}
        for label in self.labels:
            found.setdefault(label.parent, []).append(label)
        return found

    @cached_property
    def _attributes_of(self) -> dict[str, tuple[Attribute, ...]]:
        names = ["", *self._labels_by_id]
        return {name: tuple(item for item in self.attributes if item.applies_to(name)) for name in names}

    @cached_property
    def _attributes_by_id(self) -> dict[str, Attribute]:
        return {item.id: item for item in reversed(self.attributes)}

    @cached_property
    def _always_required(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for name, label in self._labels_by_id.items():
            given = (attribute.id for attribute in self.attributes_of(name) if attribute.required)
            found[name] = tuple(dict.fromkeys((*label.required, *given)))
        return found

    @cached_property
    def _dependent(self) -> frozenset[str]:
        return frozenset(
            name
            for name in self._labels_by_id
            if any(value.requires or value.closes for each in self.attributes_of(name) for value in each.values)
        )


class RelationType(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of relation. `sources` and `targets` name what its ends may be: `LAYER` or `LAYER.LABEL`, a label with
    those under it; without any, everything. One that isn't `directed` reads the same both ways; a `chain` joins
    annotations that mean the same thing, so its relations are joined up.
    """

    id: str
    title: str
    badge: str
    key: str = ""
    color: str = "#999999"
    directed: bool = True
    chain: bool = False
    sources: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    counts: bool = True
    definition: str = ""
    example: str = ""
    attributes: tuple[Attribute, ...] = ()

    def attribute(self, attribute: str) -> Attribute | None:
        """Return the attribute with this id, or None."""
        return next((item for item in self.attributes if item.id == attribute), None)


class Entry(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An entity: what is stored with an annotation, what tells it from others, and what else it is called."""

    id: str
    title: str
    description: str = ""
    aliases: tuple[str, ...] = ()


class EntityList(msgspec.Struct, frozen=True, kw_only=True):
    """A list of entities to link to: its entries, or a CSV `file` beside the project that has them."""

    id: str
    title: str
    file: str = ""
    entries: tuple[Entry, ...] = ()
    definition: str = ""


class Scheme(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A complete scheme. `source` is the TOML text it was read from.

    `proposals` says whether annotators may propose labels while they read.
    """

    name: str
    version: int
    title: str
    definition: str = ""
    language: str = ""
    severities: tuple[Severity, ...] = ()
    layers: tuple[Layer, ...] = ()
    relations: tuple[RelationType, ...] = ()
    entity_lists: tuple[EntityList, ...] = ()
    proposals: bool = False
    tie_rules: tuple[str, ...] = ()
    source: str = ""

    @property
    def tag(self) -> str:
        """Name and version, such as `news-errors@1`."""
        return f"{self.name}@{self.version}"

    def layer(self, layer: str) -> Layer | None:
        """Return the layer with this id, or None."""
        return self._layers_by_id.get(layer)

    @cached_property
    def _layers_by_id(self) -> dict[str, Layer]:
        return {item.id: item for item in reversed(self.layers)}

    def label(self, layer: str, label: str) -> Label | None:
        """Return a label of a layer, or None if either is unknown."""
        found = self.layer(layer)
        return found.label(label) if found else None

    def is_about_document(self, layer: str) -> bool:
        """Whether the annotations of a layer (id) are about the document as a whole; those of an unknown one aren't."""
        return layer in self._document_layers

    @cached_property
    def _document_layers(self) -> frozenset[str]:
        return frozenset(layer.id for layer in self.layers if layer.is_about_document)

    @property
    def text_layers(self) -> Sequence[Layer]:
        """The layers whose annotations are about places in the text."""
        return [layer for layer in self.layers if not layer.is_about_document]

    @property
    def document_layers(self) -> Sequence[Layer]:
        """The layers whose annotations are about the document as a whole."""
        return [layer for layer in self.layers if layer.is_about_document]

    def relation(self, relation: str) -> RelationType | None:
        """Return the relation type with this id, or None."""
        return next((item for item in self.relations if item.id == relation), None)

    def relation_title(self, relation: str) -> str:
        """Return a relation type's title, or its id if it is unknown."""
        found = self.relation(relation)
        return found.title if found else relation

    def may_end(self, ends: Sequence[str], annotation: Annotation) -> bool:
        """Whether an annotation may be an end of a relation whose ends are restricted like this; see RelationType."""
        return not ends or any(self._is_kind(end, annotation) for end in ends)

    def _is_kind(self, end: str, annotation: Annotation) -> bool:
        if end == annotation.layer:
            return True
        layer = self.layer(annotation.layer)
        head, dot, label = end.partition(annotation.layer + ".")
        return not head and bool(dot) and layer is not None and layer.is_in(annotation.label, label)

    def relations_from(self, annotation: Annotation) -> Iterator[RelationType]:
        """Yield the relation types that may start at an annotation, in the scheme's order."""
        return (item for item in self.relations if self.may_end(item.sources, annotation))

    def entity_list(self, entries: str) -> EntityList | None:
        """Return the list of entities with this id, or None."""
        return next((item for item in self.entity_lists if item.id == entries), None)

    def layer_title(self, layer: str) -> str:
        """Return a layer's title, or its id if it is unknown."""
        found = self.layer(layer)
        return found.title if found else layer

    def label_title(self, layer: str, label: str) -> str:
        """Return a label's title; if it is unknown, its id, or the title that is proposed."""
        found = self.label(layer, label)
        if found is None and is_proposal(label):
            return f"{proposal_title(label)} (proposed)"
        return found.title if found else label

    def in_titles(self, text: str) -> str:
        """Return a text of the scheme with the ids of labels replaced by their titles, in quotation marks.

        An id in lower case without an underscore is left as it is: it may be a common word.
        """
        titles = {
            label.id: label.title
            for layer in reversed(self.layers)
            for label in layer.labels
            if label.id != label.title and (label.id != label.id.lower() or "_" in label.id)
        }
        if not titles:
            return text
        ids = "|".join(map(re.escape, sorted(titles, key=len, reverse=True)))
        return re.sub(rf"“?(?<![\w-])({ids})(?![\w-])”?", lambda found: f"“{titles[found[1]]}”", text)

    def severity(self, severity: object) -> Severity | None:
        """Return the step with this id, or None."""
        return next((item for item in self.severities if item.id == severity), None)

    def weight(self, annotation: Annotation) -> float:
        """Return the penalty points of an annotation: 0 if its layer has no severity or none is set."""
        severity = annotation.attributes.get(SEVERITY)
        if not isinstance(severity, str):
            return 0.0
        key = (annotation.layer, annotation.label, severity)
        known = self._weights.get(key)
        if known is None:
            known = self._weights[key] = self._weight(*key)
        return known

    def _weight(self, layer: str, label_id: str, severity_id: str) -> float:
        severity, label = self.severity(severity_id), self.label(layer, label_id)
        if severity is None or label is None:
            return 0.0
        return float(label.weights.get(severity.id, severity.weight))

    @cached_property
    def _weights(self) -> dict[tuple[str, str, str], float]:
        """The weights asked for so far: a document asks for few, very often."""
        return {}


def short_title(title: str) -> str:
    """Return a label's title shortened for a button: up to its first comma, colon or “or”."""
    first = re.split(r",|:| or ", title, maxsplit=1)[0]
    return first if len(first) <= 18 else first[:17] + "…"
