"""Our own JSONL, field by field, in the order of writing; `resources/help/jsonl.md` documents it."""

from collections.abc import Iterator
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, UnsetType

from app.core.annotation import Offset, Stance, Status
from app.core.decision import Outcome, Reason
from app.core.suggestion import SuggestionOutcome

VERSION = 1
SetNumber = Annotated[int, msgspec.Meta(ge=1, le=2**31)]


class WireEvidence(msgspec.Struct, kw_only=True, gc=False):
    """Evidence. `fragments` is only present if there are several; `start` and `end` are then the hull's. `set` is the
    number of the alternative set that it belongs to, only present from the second on.
    """

    id: str = ""
    document: str
    start: int
    end: int
    fragments: list[tuple[int, int]] | UnsetType = UNSET
    quote: str
    stance: Stance = Stance.REFUTES
    set: SetNumber | UnsetType = UNSET


class WireAnnotation(msgspec.Struct, gc=False):
    """An annotation. A missing quote is taken from the text."""

    id: str
    layer: str
    label: str
    start: int
    end: int
    fragments: list[tuple[int, int]] | UnsetType = UNSET
    quote: str | UnsetType = UNSET
    attributes: dict[str, Any] = {}
    correction: str | None = None
    comment: str = ""
    evidence: list[WireEvidence] = []
    origin: str = "human"
    created: str = ""
    updated: str = ""
    extra: dict[str, Any] | UnsetType = UNSET


class WireRelation(msgspec.Struct, kw_only=True, gc=False):
    """A relation between two annotations of the same set. `attributes` and `comment` are only present if given."""

    id: str
    source: str
    target: str
    label: str
    attributes: dict[str, Any] | UnsetType = UNSET
    comment: str | UnsetType = UNSET


class WireSet(msgspec.Struct, kw_only=True, gc=False):
    """One annotator's work. A missing kind means `gold` for the annotator of that name, else `person`. `flag` and
    `note` are only present if there are any.
    """

    annotator: str
    kind: str | UnsetType = UNSET
    status: Status = Status.OPEN
    scheme: str = ""
    seconds: float | UnsetType = UNSET
    flag: str | None | UnsetType = UNSET
    note: str | UnsetType = UNSET
    annotations: list[WireAnnotation] = []
    relations: list[WireRelation] = []


class WireDecision(msgspec.Struct, kw_only=True, omit_defaults=True, gc=False):
    """A reviewer's decision. Empty fields aren't written."""

    id: str
    layer: str
    key: str
    outcome: Outcome
    reviewer: str
    time: str
    kinds: list[str] = []
    labels: list[str] = []
    sources: list[str] = []
    gold: str | None = None
    fields: dict[str, str] = {}
    votes: dict[str, str | None] = {}
    tally: dict[str, dict[str, int]] | None = None
    reason: Reason | None = None
    note: str = ""
    unclear: bool = False
    rule: str = ""


class WireJudgement(msgspec.Struct, kw_only=True, omit_defaults=True, gc=False):
    """An annotator's answer to a suggestion; `annotation` is the one created from it."""

    annotator: str
    outcome: SuggestionOutcome
    time: str = ""
    annotation: str | None = None


class WireShown(msgspec.Struct, kw_only=True, omit_defaults=True, gc=False):
    """To whom a suggestion was shown, and when for the first time."""

    annotator: str
    time: str = ""


class WireSuggestion(msgspec.Struct, kw_only=True, omit_defaults=True, gc=False):
    """A program's suggestion. Empty fields aren't written; a missing quote is taken from the text."""

    id: str
    maker: str
    version: str = ""
    layer: str
    label: str
    start: int
    end: int
    fragments: list[tuple[int, int]] | UnsetType = UNSET
    quote: str | UnsetType = UNSET
    attributes: dict[str, Any] = {}
    correction: str | None = None
    evidence: list[WireEvidence] = []
    reason: str = ""
    score: float | None = None
    created: str = ""
    outcomes: list[WireJudgement] = []
    shown: list[WireShown] = []


class WireText(msgspec.Struct, kw_only=True, omit_defaults=True, gc=False):
    """A text that the document had before: its hash, when and why it was replaced, and what was put where in it."""

    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    time: str = ""
    reason: str = ""
    changes: list[tuple[Offset, Offset, str]]


class WireDocument(msgspec.Struct, kw_only=True, gc=False):
    """One line. Decisions are decoded individually, since other programs may use the key for anything. Suggestions and
    earlier texts are only present if there are some.
    """

    stet: int
    id: str
    name: str
    text: str
    sha256: str = ""
    meta: dict[str, Any] = {}
    references: list[str] = []
    sets: list[WireSet] = []
    decisions: list[msgspec.Raw] = []
    suggestions: list[WireSuggestion] | UnsetType = UNSET
    earlier_texts: list[WireText] | UnsetType = UNSET


decoder = msgspec.json.Decoder(WireDocument)
decision_decoder = msgspec.json.Decoder(WireDecision)
# Sorted keys in free-form objects: equal content gives equal bytes.
encoder = msgspec.json.Encoder(order="deterministic")

DOCUMENT_KEYS = frozenset(WireDocument.__struct_fields__)
_SET_KEYS = frozenset(WireSet.__struct_fields__)
_ANNOTATION_KEYS = frozenset(WireAnnotation.__struct_fields__)
_RELATION_KEYS = frozenset(WireRelation.__struct_fields__)
_EVIDENCE_KEYS = frozenset(WireEvidence.__struct_fields__)
DECISION_KEYS = frozenset(WireDecision.__struct_fields__)
_SUGGESTION_KEYS = frozenset(WireSuggestion.__struct_fields__)
_TEXT_KEYS = frozenset(WireText.__struct_fields__)
_JUDGEMENT_KEYS = frozenset(WireJudgement.__struct_fields__)


def unknown_of_document(raw: dict[str, Any]) -> dict[str, Any]:
    """Return the unknown keys of a line, with their values."""
    return {key: value for key, value in raw.items() if key not in DOCUMENT_KEYS}


def unknown_of_annotations(raw: dict[str, Any]) -> dict[tuple[int, int], dict[str, Any]]:
    """Return the unknown keys of annotations, by index of the set and of the annotation in it."""
    found: dict[tuple[int, int], dict[str, Any]] = {}
    for number, item in enumerate(raw.get("sets", ())):
        for at, annotation in enumerate(item.get("annotations", ())):
            unknown = {key: value for key, value in annotation.items() if key not in _ANNOTATION_KEYS}
            if unknown:
                found[number, at] = unknown
    return found


def unknown_elsewhere(raw: dict[str, Any]) -> Iterator[str]:
    """Yield the paths of unknown keys that can't be kept: those of anything but documents and annotations."""
    for item in raw.get("sets", ()):
        yield from (f"sets.{key}" for key in item.keys() - _SET_KEYS)
        for relation in item.get("relations", ()):
            yield from (f"relations.{key}" for key in relation.keys() - _RELATION_KEYS)
        for annotation in item.get("annotations", ()):
            for evidence in annotation.get("evidence", ()):
                yield from (f"evidence.{key}" for key in evidence.keys() - _EVIDENCE_KEYS)
    for earlier in raw.get("earlier_texts", ()):
        yield from (f"earlier_texts.{key}" for key in earlier.keys() - _TEXT_KEYS)
    for suggestion in raw.get("suggestions", ()):
        yield from (f"suggestions.{key}" for key in suggestion.keys() - _SUGGESTION_KEYS)
        for evidence in suggestion.get("evidence", ()):
            yield from (f"suggestions.evidence.{key}" for key in evidence.keys() - _EVIDENCE_KEYS)
        for outcome in suggestion.get("outcomes", ()):
            yield from (f"suggestions.outcomes.{key}" for key in outcome.keys() - _JUDGEMENT_KEYS)
