"""Which label of a scheme a hint proposes."""

import re
from typing import NamedTuple

from app.core.scheme import Label, Layer, Scheme
from app.suggesters.hints.hint import HintKind

ERROR = "error"
CLAIM = "claim"


class LayerLabel(NamedTuple):
    """A label of a layer."""

    layer: Layer
    label: Label


# Ids or titles of labels: those of Stet's own schemes, then what others call the same.
_LABELS: dict[HintKind, tuple[str, ...]] = {
    HintKind.QUANTITY: ("QUANTITY", "NUMBER"),
    HintKind.DATE: ("TIME", "DATE", "CIRCUMSTANCE"),
    HintKind.NAME: ("NAME_FORM", "NAME"),
    HintKind.ENTITY: ("ENTITY_WRONG", "ENTITY"),
    HintKind.ROLE: ("ROLE_ATTRIBUTE", "ROLE"),
    HintKind.ANTONYM: ("PREDICATE", "RELATION"),
    HintKind.NEGATION: ("NEGATION_MODALITY", "NEGATION", "PREDICATE", "RELATION"),
    HintKind.SWAP: ("PREDICATE", "RELATION", "ENTITY_WRONG"),
    HintKind.CONTRADICTION: ("SELF_CONTRADICTION", "CONTRADICTION"),
    HintKind.UNMATCHED: ("UNSUPPORTED",),
    HintKind.TERM: ("TORTURED_TERM", "TERM"),
    HintKind.UNSUPPORTED: ("UNSUPPORTED",),
    HintKind.OMISSION: ("OMISSION",),
    HintKind.CHECK_WORTHY: ("CHECKWORTHY_FACTUAL", "CHECKWORTHY"),
}
# The ends of ids, such as ACCURACY_MISTRANSLATION of MQM, where a scheme has no label as exact.
_ENDS: dict[HintKind, tuple[str, ...]] = {
    HintKind.NAME: ("SPELLING",),
    HintKind.CONTRADICTION: ("INCONSISTENCY",),
    HintKind.TERM: ("INAPPROPRIATE",),
    HintKind.UNMATCHED: ("ADDITION", "EXTRINSIC"),
    HintKind.UNSUPPORTED: ("ADDITION", "EXTRINSIC"),
    HintKind.OMISSION: ("OMISSION",),
    HintKind.CHECK_WORTHY: ("CLAIM",),
}
_OTHERWISE = ("MISTRANSLATION", "CONFLICT", "INTRINSIC", "OTHER", "ERROR")


def label_for(kind: HintKind, scheme: Scheme) -> LayerLabel | None:
    """Return the label that a hint of a kind proposes, None if the scheme has none for it."""
    layer = scheme.layer(CLAIM if kind is HintKind.CHECK_WORTHY else ERROR)
    if layer is None:
        return None
    given = [label for label in layer.labels if not label.group]
    for name in _LABELS[kind]:
        for label in given:
            if name in (_plain(label.id), _plain(label.title)):
                return LayerLabel(layer, label)
    for name in _ENDS.get(kind, () if kind is HintKind.CHECK_WORTHY else _OTHERWISE):
        for label in given:
            if _plain(label.id) == name or _plain(label.id).endswith(f"_{name}"):
                return LayerLabel(layer, label)
    return None


def _plain(name: str) -> str:
    return re.sub(r"\W+", "_", name).upper()
