"""What a rule finds in a text."""

from enum import StrEnum

import msgspec


class HintKind(StrEnum):
    """What a hint says is wrong, or worth a look; `kind_labels` has the labels of schemes for each."""

    QUANTITY = "quantity"
    DATE = "date"
    NAME = "name"
    ENTITY = "entity"
    ROLE = "role"
    ANTONYM = "antonym"
    NEGATION = "negation"
    SWAP = "swap"
    CONTRADICTION = "contradiction"
    UNMATCHED = "unmatched"
    TERM = "term"
    UNSUPPORTED = "unsupported"
    OMISSION = "omission"
    CHECK_WORTHY = "check_worthy"


class ReferencePlace(msgspec.Struct, frozen=True, order=True, array_like=True, gc=False):
    """A range `[start, end)` in code points of the reference with this index."""

    reference: int
    start: int
    end: int


class Hint(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A candidate for an annotation of the range `[start, end)` in code points; `start == end` is an omission's place.

    `reason` is a sentence for people. `correction` is None if the rule knows none. `score` is the rule's own measure
    from 0 to 1, not to be compared with that of another rule.
    """

    kind: HintKind
    start: int
    end: int
    reason: str
    correction: str | None = None
    evidence: tuple[ReferencePlace, ...] = ()
    score: float = 1.0
