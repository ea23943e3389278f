"""The protocol of rules."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Protocol

from app.suggesters.hints.comparison import Comparison
from app.suggesters.hints.hint import Hint, HintKind


class Tier(StrEnum):
    """How far a rule can be trusted."""

    SURE = "sure"  # nine of ten hints are errors: on once asked for
    LEAD = "lead"  # worth a look; off unless chosen


class HintRule(Protocol):
    """Says where a text and its references don't agree.

    It is pure: the same texts give the same hints, the order of the references doesn't matter, and a text compared with
    itself gives no hint that rests on a reference.
    """

    @property
    def name(self) -> str:
        """Its name, which is the `maker` of the suggestions made of its hints."""
        ...

    @property
    def title(self) -> str:
        """What it finds, in one line for people."""
        ...

    @property
    def version(self) -> str:
        """The version of the rule; it changes with what the rule finds."""
        ...

    @property
    def needs(self) -> str:
        """What it needs of a document, in a few words."""
        ...

    @property
    def tier(self) -> Tier:
        """How far it can be trusted."""
        ...

    @property
    def kinds(self) -> tuple[HintKind, ...]:
        """The kinds of its hints."""
        ...

    @property
    def help(self) -> str:
        """What it does and what it passes over, in a few sentences for people."""
        ...

    def hints(self, comparison: Comparison) -> Iterable[Hint]:
        """Return the hints for a text and its references."""
        ...
