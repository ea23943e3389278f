"""Telling the faces what changed."""

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from app.core.edits import Change


class Topic(StrEnum):
    """What kind of thing changed."""

    OPENED = "opened"
    ANNOTATIONS = "annotations"
    DOCUMENTS = "documents"
    REFERENCES = "references"
    SCHEME = "scheme"
    ANNOTATOR = "annotator"
    HISTORY = "history"
    DECISIONS = "decisions"
    RELEASES = "releases"
    ASSIGNMENTS = "assignments"
    SUGGESTIONS = "suggestions"


class Event(NamedTuple):
    """One fact: something changed. `change` is there for annotations of the open document; `suggestion` is the uid of
    the one that was judged, "" if any may be others now.
    """

    topic: Topic
    document: str = ""
    change: Change | None = None
    suggestion: str = ""


Listener = Callable[[Event], None]


class Listeners:
    """Those who want to know, called in the order in which they came."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def add(self, listener: Listener) -> Callable[[], None]:
        """Call the listener from now on; return the function that ends it."""
        self._listeners.append(listener)

        def end() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return end

    def publish(self, *facts: Event) -> None:
        """Tell everyone."""
        for fact in facts:
            for listener in tuple(self._listeners):
                listener(fact)
