"""The training view, field by field, in the order of writing; `resources/help/training.md` documents it."""

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from app.core.annotation import Stance, Status
from app.core.decision import Outcome, Reason

VERSION = 3

Pairs = list[tuple[int, int]]


class TrainingReference(msgspec.Struct, kw_only=True):
    """A reference with its text."""

    id: str
    name: str
    text: str


class TrainingEvidence(msgspec.Struct, kw_only=True):
    """A range in a reference. `document_name` is None if the project doesn't contain that document. `set` is the number
    of the alternative set that it belongs to, from 1.
    """

    document: str
    document_name: str | None
    start: int
    end: int
    fragments: Pairs | UnsetType = UNSET
    quote: str
    stance: Stance
    set: int


class TrainingVotes(msgspec.Struct, kw_only=True, rename={"for_": "for"}):
    """How many annotators gave the label there (`for`), out of how many who had finished the document.

    `labels`, `severities` and `attributes` count everyone whose annotation touches the range, by what they gave.
    """

    for_: int
    of: int
    labels: dict[str, int]
    severities: dict[str, int]
    attributes: dict[str, dict[str, int]]


class TrainingProvenance(msgspec.Struct, kw_only=True):
    """The decision (by id) that a gold annotation comes from. `rule` is None if a person decided."""

    id: str
    outcome: Outcome
    reviewer: str
    rule: str | None
    fields: dict[str, str]
    sources: list[str]
    reason: Reason | None
    note: str
    unclear: bool
    time: str


class TrainingSpan(msgspec.Struct, kw_only=True):
    """An annotation of any layer except claim and error. `path` are the labels from the top of a tree down to its own;
    it is only present in a tree. `votes`, `soft` and `provenance` are only present in gold,
    `origin` only in marks that were accepted from suggestions, `suggestion_answer` (`accepted` or `edited`) too.
    """

    id: str
    layer: str
    label: str
    path: list[str] | UnsetType = UNSET
    start: int
    end: int
    fragments: Pairs | UnsetType = UNSET
    token_start: int | None | UnsetType = UNSET
    token_end: int | None | UnsetType = UNSET
    quote: str
    attributes: dict[str, Any]
    votes: TrainingVotes | None | UnsetType = UNSET
    soft: float | None | UnsetType = UNSET
    provenance: TrainingProvenance | None | UnsetType = UNSET
    origin: str | UnsetType = UNSET
    suggestion_answer: str | UnsetType = UNSET


class TrainingClaim(TrainingSpan, kw_only=True):
    """An annotation of the layer claim."""

    evidence: list[TrainingEvidence]


class TrainingError(msgspec.Struct, kw_only=True):
    """An annotation of the layer error. `weight` is its penalty, `maps` its label's names in other schemes."""

    id: str
    label: str
    path: list[str] | UnsetType = UNSET
    start: int
    end: int
    fragments: Pairs | UnsetType = UNSET
    token_start: int | None | UnsetType = UNSET
    token_end: int | None | UnsetType = UNSET
    quote: str
    severity: Any
    weight: float
    correction: str | None
    comment: str
    attributes: dict[str, Any]
    evidence: list[TrainingEvidence]
    maps: dict[str, str]
    votes: TrainingVotes | None | UnsetType = UNSET
    soft: float | None | UnsetType = UNSET
    provenance: TrainingProvenance | None | UnsetType = UNSET
    origin: str | UnsetType = UNSET
    suggestion_answer: str | UnsetType = UNSET


class TrainingVerdict(msgspec.Struct, kw_only=True):
    """A label and fields of the document as a whole."""

    id: str
    layer: str
    label: str
    path: list[str] | UnsetType = UNSET
    severity: Any | UnsetType = UNSET
    attributes: dict[str, Any]
    comment: str
    evidence: list[TrainingEvidence]
    votes: TrainingVotes | None | UnsetType = UNSET
    soft: float | None | UnsetType = UNSET
    provenance: TrainingProvenance | None | UnsetType = UNSET
    origin: str | UnsetType = UNSET
    suggestion_answer: str | UnsetType = UNSET


class TrainingRelation(msgspec.Struct, kw_only=True):
    """A relation between two annotations (ids)."""

    id: str
    label: str
    source: str
    target: str
    directed: bool
    attributes: dict[str, Any]
    comment: str


class TrainingChain(msgspec.Struct, kw_only=True):
    """Annotations (ids) that mean the same, in text order."""

    label: str
    members: list[str]


class TrainingCorrection(msgspec.Struct, kw_only=True):
    """A replacement that was applied in `corrected_text`; `id` is the annotation that it comes from. `text` is its
    correction, `written` the same with the blanks that it needs there.
    """

    start: int
    end: int
    text: str
    written: str
    id: str


class TrainingScore(msgspec.Struct, kw_only=True):
    """Penalty points. `per_1000_words` is None for a text without words."""

    penalty: float
    words: int
    per_1000_words: float | None


class TrainingRecord(msgspec.Struct, kw_only=True):
    """One line: a document with one annotator's work."""

    training: int
    id: str
    name: str
    text: str
    sha256: str
    language: str | UnsetType = UNSET
    annotator: str
    status: Status
    scheme: str
    references: list[TrainingReference]
    tokens: Pairs | UnsetType = UNSET
    document: list[TrainingVerdict]
    spans: list[TrainingSpan]
    claims: list[TrainingClaim]
    errors: list[TrainingError]
    relations: list[TrainingRelation]
    chains: list[TrainingChain]
    corrected_text: str
    corrections: list[TrainingCorrection]
    clashes: list[tuple[str, str]]
    score: TrainingScore


encoder = msgspec.json.Encoder(order="deterministic")
