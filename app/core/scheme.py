"""The scheme: layers, labels and fields, and the rules for finished annotations.

One scheme drives buttons, keys, the inspector, validation, colours and export. It is read from a TOML file by
`app.core.scheme_file`; `resources/help/scheme.md` documents the file.
"""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cached_property

import msgspec

from app.core.annotation import Annotation, Stance

SEVERITY = "severity"
EVIDENCE_STATUS = "evidence_status"


class Drawing(StrEnum):
    """How highlights of a layer or label are drawn; never by colour alone."""

    FILL = "fill"
    BRACKET = "bracket"
    WAVE = "wave"
    DASH = "dash"


class FieldKind(StrEnum):
    """The kind of values that an attribute takes."""

    CHOICE = "choice"
    TEXT = "text"
    FLAG = "flag"


class Severity(msgspec.Struct, frozen=True, kw_only=True):
    """A step of the severity scale, mildest first. `weight` is penalty points; `sign` is shown after the label."""

    id: str
    title: str
    weight: float
    sign: str = ""
    definition: str = ""


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """One choice of an attribute; `requires` names fields that a finished annotation with this choice must have."""

    id: str
    title: str
    definition: str = ""
    requires: tuple[str, ...] = ()


class Attribute(msgspec.Struct, frozen=True, kw_only=True):
    """A field of a layer's annotations. `labels`, if not empty, restricts it to annotations with these labels.

    `counts` says whether a difference in it is a conflict between annotators.
    """

    id: str
    title: str
    kind: FieldKind = FieldKind.CHOICE
    values: tuple[Value, ...] = ()
    default: str | bool | None = None
    key: str = ""
    labels: tuple[str, ...] = ()
    required: bool = False
    counts: bool = True
    definition: str = ""

    def applies_to(self, label: str) -> bool:
        """Whether annotations with this label have the field."""
        return not self.labels or label in self.labels


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """A value in a layer.

    `required` names fields that a finished annotation must have: `severity`, `correction`, `evidence`, `comment` or an
    attribute. `only` maps an attribute to the values this label allows. `weights` overrides severity weights. `maps`
    is the crosswalk: scheme name to category there.
    """

    id: str
    title: str
    badge: str
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


class Layer(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A kind of annotation: entity, claim, error or one that the scheme adds."""

    id: str
    title: str
    key: str = ""
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

    def attribute(self, attribute: str) -> Attribute | None:
        """Return the attribute with this id, or None."""
        return next((item for item in self.attributes if item.id == attribute), None)

    def attributes_of(self, label: str) -> Sequence[Attribute]:
        """Return the attributes that annotations with this label have."""
        found = self._attributes_of.get(label)
        return self._attributes_of[""] if found is None else found

    # Needed for each annotation in each frame, hence the dictionaries. The first of two labels with one id counts.

    @cached_property
    def _labels_by_id(self) -> dict[str, Label]:
        return {item.id: item for item in reversed(self.labels)}

    @cached_property
    def _attributes_of(self) -> dict[str, tuple[Attribute, ...]]:
        names = ["", *self._labels_by_id]
        return {name: tuple(item for item in self.attributes if item.applies_to(name)) for name in names}


class Scheme(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A complete scheme. `source` is the TOML text it was read from."""

    name: str
    version: int
    title: str
    definition: str = ""
    language: str = ""
    severities: tuple[Severity, ...] = ()
    layers: tuple[Layer, ...] = ()
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

    def layer_title(self, layer: str) -> str:
        """Return a layer's title, or its id if it is unknown."""
        found = self.layer(layer)
        return found.title if found else layer

    def label_title(self, layer: str, label: str) -> str:
        """Return a label's title, or its id if it is unknown."""
        found = self.label(layer, label)
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
