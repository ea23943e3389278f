"""A document with everything that is known of it: what storage streams out and the exchange formats read and write."""

from typing import Any, NamedTuple

import msgspec

from app.core.annotation import Annotation, Relation, Status
from app.core.decision import GOLD, Decision
from app.core.document import Document
from app.core.suggestion import Suggested

META_EXTRA = "stet:extra"
"""The one key that a document's `meta` can't have: a project keeps `DocumentRecord.extra` under it."""


class SetRecord(NamedTuple):
    """One annotator's work on one document. `scheme` is a tag such as `news-errors@1`; `kind` person, model or gold."""

    annotator: str
    kind: str
    status: Status
    scheme: str
    seconds: float
    annotations: tuple[Annotation, ...]
    relations: tuple[Relation, ...]


class DocumentRecord(NamedTuple):
    """A document, the uids of its references in order, and its annotation sets by annotator's name.

    `extra` keeps what a file said of the document beyond our fields. `decisions` are those that stand, oldest first;
    `suggestions` come in reading order.
    """

    document: Document
    references: tuple[str, ...] = ()
    sets: tuple[SetRecord, ...] = ()
    extra: dict[str, Any] = {}
    decisions: tuple[Decision, ...] = ()
    suggestions: tuple[Suggested, ...] = ()

    @property
    def gold(self) -> SetRecord | None:
        """The set of reviewed annotations, None if there is none."""
        return next((item for item in self.sets if item.kind == GOLD), None)

    def deciding(self) -> dict[str, Decision]:
        """Return the newest decision on each annotation of gold (uid); some may have none."""
        return {decision.gold: decision for decision in self.decisions if decision.gold is not None}

    def astray(self) -> tuple[Decision, ...]:
        """Return the decisions that name an annotation which gold doesn't hold."""
        gold = self.gold
        held = {annotation.uid for annotation in gold.annotations} if gold and self.decisions else set[str]()
        return tuple(d for d in self.decisions if d.gold is not None and d.gold not in held)


class DocumentRow(NamedTuple):
    """What the list of documents shows of one: no text. `marks` (the number of annotations) and `status` are those of one annotator."""

    key: int
    uid: str
    name: str
    length: int
    sha256: str
    meta: dict[str, Any]
    references: tuple[str, ...]
    status: Status
    annotations: int


class WorkRow(NamedTuple):
    """What handing out needs to know of a document to work on; `words` were counted at import."""

    uid: str
    name: str
    words: int


class SetSnapshot(msgspec.Struct, frozen=True):
    """An annotation set as it was when review of its document began."""

    annotations: tuple[Annotation, ...] = ()
    relations: tuple[Relation, ...] = ()


class LogRow(NamedTuple):
    """One action. `kind` is do, undo or redo; `undoes` is the sequence that an undo or redo answers."""

    sequence: int
    uid: str
    time: str
    annotator: str | None
    document: str | None
    document_name: str | None
    kind: str
    title: str
    edit: str
    inverse: str
    undoes: int | None
    undone_by: int | None
