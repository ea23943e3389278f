"""The specification of an action in the catalogue."""

from enum import StrEnum
from typing import NamedTuple


class Context(StrEnum):
    """Where an action's key works."""

    WINDOW = "window"
    TEXT = "text"
    REVIEW = "review"


class Needs(StrEnum):
    """What must exist for an action to be enabled."""

    NOTHING = "nothing"
    PROJECT = "project"
    DOCUMENT = "document"
    ANNOTATION = "annotation"
    REVIEW = "review"  # the Review workspace is open
    GROUP = "group"  # and a group is selected in it
    INSIGHTS = "insights"  # the Insights workspace is open


class ActionSpec(NamedTuple):
    """One action. `keys` are portable key sequences; `tip` adds to the title; `extends` allows Shift; with `everywhere`
    the keys work in the other windows of the program too, unless one of them is modal. An action of a label has the
    `scope` in which its key works: its layer and, after a slash, the label above it.
    """

    id: str
    title: str
    group: str
    keys: tuple[str, ...] = ()
    context: Context = Context.WINDOW
    needs: Needs = Needs.DOCUMENT
    tip: str = ""
    extends: bool = False
    everywhere: bool = False
    scope: str = ""
