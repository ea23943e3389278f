"""A document with all work on it, as storage streams it and the exchange formats read and write it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from app.core.annotation import Annotation, Relation, Status
from app.core.decision import GOLD, Decision
from app.core.document import Document
from app.core.errors import DamagedRow
from app.core.remark import NO_REMARK, Remark
from app.core.suggestion import Suggested
from app.core.text_change import TextVersion

META_EXTRA = "stet:extra"
"""The key under which a project stores `DocumentRecord.extra`; a document's `meta` can't have it."""


class PooledVotes(NamedTuple):
    """What several annotators' work came to: `of` is how many had finished the document; `votes` say by mark (uid),
    field and value how many of them gave it there. `is_soft` says that every mark is there that anyone made.
    """

    of: int
    votes: Mapping[str, Mapping[str, Mapping[str, int]]]
    is_soft: bool = False

    def share(self, mark: Annotation) -> float:
        """Return the share of annotators who gave a mark's label there, 0 to 1."""
        return self.votes[mark.uid].get("label", {}).get(mark.label, 0) / self.of


class SetRecord(NamedTuple):
    """One annotator's work on a document. `scheme` is a tag (`news-errors@1`); `kind` is person, model or gold.

    A set that an export made of several annotators' work has `pooled`, and as its kind how that was done.
    """

    annotator: str
    kind: str
    status: Status
    scheme: str
    seconds: float
    annotations: tuple[Annotation, ...]
    relations: tuple[Relation, ...]
    remark: Remark = NO_REMARK
    pooled: PooledVotes | None = None


class DocumentRecord(NamedTuple):
    """A document, the uids of its references in order, and its annotation sets by annotator's name.

    `extra` keeps the fields of a foreign file that have no counterpart here. `decisions` are the current ones, oldest
    first; `suggestions` are in reading order; `versions` are the texts that it had before, oldest first, without texts.

    With `is_derived`, the document's uid was made from its name and text, so that it is any document that has both.
    `file_keys` are keys of its metadata by which it is known as well: they name the file that its text was extracted
    from, of which another version of the extractor may give another text.
    """

    document: Document
    references: tuple[str, ...] = ()
    sets: tuple[SetRecord, ...] = ()
    extra: dict[str, Any] = {}
    decisions: tuple[Decision, ...] = ()
    suggestions: tuple[Suggested, ...] = ()
    versions: tuple[TextVersion, ...] = ()
    is_derived: bool = False
    file_keys: tuple[str, ...] = ()

    def is_from_file_of(self, document: Document) -> bool:
        """Whether its text was extracted from the same file as another document's."""
        keys = self.file_keys
        return bool(keys) and all(self.document.meta.get(key) == document.meta.get(key) for key in keys)

    @property
    def gold(self) -> SetRecord | None:
        """The gold set, None if there is none."""
        return next((item for item in self.sets if item.kind == GOLD), None)

    def deciding(self) -> dict[str, Decision]:
        """Return the newest decision on each gold annotation, by its uid; some may have none."""
        return {decision.gold: decision for decision in self.decisions if decision.gold is not None}

    def orphaned(self) -> tuple[Decision, ...]:
        """Return the decisions whose annotation isn't in gold."""
        gold = self.gold
        held = {annotation.uid for annotation in gold.annotations} if gold and self.decisions else set[str]()
        return tuple(d for d in self.decisions if d.gold is not None and d.gold not in held)


class DocumentRow(NamedTuple):
    """A document as lists show it, without its text. The number of `annotations`, `status` and `note` are one
    annotator's; `flags` are everyone's, as pairs of name and reason.

    With `damage` the row can't be decoded, and only its key and what can be shown of uid and name are there.
    """

    key: int
    uid: str
    name: str
    length: int
    sha256: str
    meta: dict[str, Any]
    references: tuple[str, ...]
    status: Status
    annotations: int
    damage: DamagedRow | None = None
    flags: tuple[tuple[str, str], ...] = ()
    note: str = ""


class WorkRow(NamedTuple):
    """What planning assignments needs of a document to work on; `words` were counted at import."""

    uid: str
    name: str
    words: int


class SetSnapshot(msgspec.Struct, frozen=True):
    """The content of an annotation set when review of its document began."""

    annotations: tuple[Annotation, ...] = ()
    relations: tuple[Relation, ...] = ()


class LogRow(NamedTuple):
    """A row of the log: one action. `kind` is do, undo or redo; `undoes` is the sequence of the row that it inverts."""

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
