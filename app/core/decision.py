"""What a reviewer did with a group of annotations that several people made at one place."""

import unicodedata
from collections.abc import Mapping
from enum import StrEnum

import msgspec

GOLD = "gold"
"""Name and kind of the annotator under whom gold is kept; no person can be called so."""


def is_gold_name(name: str) -> bool:
    """Tell whether a name, however it is spelt, is the one under which gold is kept."""
    return unicodedata.normalize("NFKC", name).casefold().strip() == GOLD


class Outcome(StrEnum):
    """The outcome of deciding a group."""

    ACCEPTED = "accepted"  # one version, whole
    COMBINED = "combined"  # fields of several versions
    EDITED = "edited"  # with something in it that is the reviewer's own
    CREATED = "created"  # where no one had marked anything
    REJECTED = "rejected"  # none of the versions stands
    DEFERRED = "deferred"  # looked at, to be decided later

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

    `key` is the fingerprint of the group as it was decided on, `sources` the uids of its annotations; once the
    fingerprint is another, the decision is stale. `kinds` names the differences there were and `labels` the labels in
    question. `gold` is the uid of the annotation that came of it. `fields` says who supplied each field of it: the uid
    of a source, `union`, `intersection` or `reviewer`. `votes` maps every annotator who had finished the document to
    the uid of their version, or None. `rule` is the rule of an automatic decision.
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
    reason: Reason | None = None
    note: str = ""
    unclear: bool = False
    rule: str = ""

    @property
    def is_person_s(self) -> bool:
        """Whether a person decided, and no rule."""
        return not self.rule
