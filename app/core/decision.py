"""A reviewer's decision on a group of overlapping annotations by several people."""

import unicodedata
from collections.abc import Mapping
from enum import StrEnum

import msgspec

GOLD = "gold"
"""Name and kind of the annotator to whom gold belongs; reserved, so no person can have it."""

NOTHING_KEY = "nothing"
"""The key of a decision on a document without any group: that there is nothing to mark in it."""


_RELATED = "related:"


def relation_key(relation: str) -> str:
    """Return the key of a decision on a relation (uid) that the reviewer made or changed."""
    return f"{_RELATED}{relation}"


def is_gold_name(name: str) -> bool:
    """Return whether a name, in any spelling, is the reserved one of gold."""
    return unicodedata.normalize("NFKC", name).casefold().strip() == GOLD


class Outcome(StrEnum):
    """The outcome of deciding a group."""

    ACCEPTED = "accepted"  # one version, unchanged
    COMBINED = "combined"  # fields of several versions
    EDITED = "edited"  # with values of the reviewer's own
    CREATED = "created"  # where no one had an annotation
    REJECTED = "rejected"  # none of the versions
    EMPTY = "empty"  # nothing to mark in a document in which no one marked anything
    DEFERRED = "deferred"  # to be decided later

    @property
    def is_done(self) -> bool:
        """Whether the group needs no more attention."""
        return self is not Outcome.DEFERRED


class Reason(StrEnum):
    """Why the versions differed, as far as the reviewer can tell."""

    GUIDELINE_GAP = "guideline_gap"
    ANNOTATOR_ERROR = "annotator_error"
    AMBIGUOUS_TEXT = "ambiguous_text"
    EDGE_CASE = "edge_case"
    MATTER_OF_TASTE = "matter_of_taste"


class Decision(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One decision about one group of one layer of a document (uid).

    `key` is the fingerprint of the group when it was decided, `sources` are the uids of its annotations; when the
    fingerprint changes, the decision is stale. `kinds` are the differences between the versions, `labels` their labels.
    `gold` is the uid of the resulting annotation. `fields` maps each of its fields to the supplier: the uid of a
    source, `union`, `intersection` or `reviewer`. `votes` maps every annotator who had finished the document to the uid
    of their version, or None. `tally` counts, by field and value, what those said whose version touches the resulting
    range; None if that isn't known. `rule` is the rule of an automatic decision.

    A decision may be on a relation of gold that the reviewer made or changed (`relation`): its layer is that of the
    mark where the relation starts, and it has neither labels nor gold.

    A decision with the outcome EMPTY is on a document in which no one marked anything: its layer is empty and its key
    is NOTHING_KEY.
    """

    uid: str
    document: str
    layer: str
    key: str
    outcome: Outcome
    reviewer: str
    time: str
    kinds: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    gold: str | None = None
    fields: Mapping[str, str] = {}
    votes: Mapping[str, str | None] = {}
    tally: Mapping[str, Mapping[str, int]] | None = None
    reason: Reason | None = None
    note: str = ""
    unclear: bool = False
    rule: str = ""

    @property
    def is_by_person(self) -> bool:
        """Whether a person decided, not a rule."""
        return not self.rule

    @property
    def relation(self) -> str:
        """The relation (uid) that it is on, "" if it isn't on one."""
        return self.key.removeprefix(_RELATED) if self.key.startswith(_RELATED) else ""
