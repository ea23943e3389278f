"""Events that tell the window and other listeners what changed."""

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
    TEXT = "text"  # of a document, with all that points into it
    DESCRIPTION = "description"
    VIEWS = "views"
    PATTERNS = "patterns"


MOST_NAMED = 16  # decisions; an event about more says that any may have changed


class Event(NamedTuple):
    """One change, of a `document` (uid; "" if of none or of several). `change` is set for annotations of the open
    document. `suggestion` is the uid of the one that was judged, "" if any of them may have changed. `annotator` is
    whose annotations changed, "" if anyone's may have. `decisions` are the uids of those that were made or withdrawn,
    in that order; None if any may have been.
    """

    topic: Topic
    document: str = ""
    change: Change | None = None
    suggestion: str = ""
    annotator: str = ""
    decisions: tuple[str, ...] | None = None

    def with_decisions_of(self, later: "Event") -> "Event":
        """Return the event for what a later one of the same topic and document tells too."""
        if self.decisions is None or later.decisions is None:
            return self._replace(decisions=None)
        found = tuple(dict.fromkeys((*self.decisions, *later.decisions)))
        return self._replace(decisions=found if len(found) <= MOST_NAMED else None)


Listener = Callable[[Event], None]


class Listeners:
    """Registered listeners, called in the order of registration, in the publishing thread."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def add(self, listener: Listener) -> Callable[[], None]:
        """Call the listener for every event from now on; return the idempotent function that removes it."""
        self._listeners.append(listener)

        def end() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return end

    def publish(self, *events: Event) -> None:
        """Call every listener with each event in turn."""
        for event in events:
            for listener in tuple(self._listeners):
                listener(event)
