"""What the catalogue says of one action."""

from enum import StrEnum
from typing import NamedTuple


class Context(StrEnum):
    """Where an action's key works."""

    WINDOW = "window"
    TEXT = "text"
    REVIEW = "review"


class Needs(StrEnum):
    """What must be there for an action to make sense."""

    NOTHING = "nothing"
    PROJECT = "project"
    DOCUMENT = "document"
    ANNOTATION = "annotation"
    REVIEW = "review"  # the Review workspace is open
    GROUP = "group"  # and a group in it
    INSIGHTS = "insights"  # the Insights workspace is open


class ActionSpec(NamedTuple):
    """One action. `keys` are portable key sequences; `tip` says more than the title; `extends` allows Shift."""

    id: str
    title: str
    group: str
    keys: tuple[str, ...] = ()
    context: Context = Context.WINDOW
    needs: Needs = Needs.DOCUMENT
    tip: str = ""
    extends: bool = False
