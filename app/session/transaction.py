"""Edits of bulk work: each is written at once, all of them become one action in the log."""

import re
from collections.abc import Iterable, Sequence

from app.core.ids import new_uid
from app.session.actions import Action, Compound, encode
from app.session.events import Event
from app.session.session import Session

ANNOTATIONS_A_LOG_ROW = 20_000
"""Bulk work that changes more than this in documents that were there is logged in parts: a row has its limits, and so
has memory. The parts are one step all the same.
"""
_PART = re.compile(r" \(part \d+\)$")


def whole_title(title: str) -> str:
    """Return the title of the step that a log row is a part of."""
    return _PART.sub("", title)


class LoggedEdits:
    """Writes edits and keeps them for the log. Must be used inside `project.atomic()`.

    `state` is the open document's as the edits leave it, `facts` what is to be published of it after the commit.
    `are_new` says that a person makes them now, so that their evidence must hold; `most` is the weight of a log row.
    """

    def __init__(self, session: Session, *, are_new: bool = False, most: int | None = None) -> None:
        self._session = session
        self._are_new = are_new
        self._most = most
        self._edits: list[Action] = []
        self._inverses: list[Action] = []
        self._pending = 0
        self._parts = 0
        self._step = ""
        self._last: int | None = None
        self._open = session.state.document.uid if session.state else None
        self.state = session.state
        self.facts: list[Event] = []

    def perform(self, edits: Iterable[Action], *, weight: int = 0) -> None:
        """Write edits; `weight` is the number of annotations in them."""
        for edit in edits:
            done = self._session.executor.perform(edit, self.state, self._session.scheme, is_new=self._are_new)
            self.state = done.state
            self._edits.append(edit)
            self._inverses.append(done.inverse)
            self.facts.extend(fact for fact in done.facts if fact.document == self._open)
        self._pending += weight

    def log_if_many(self, title: str) -> None:
        """Begin the next log row if this one has grown too big."""
        if self._pending > (self._most or ANNOTATIONS_A_LOG_ROW):
            self._parts += 1
            self._step = self._step or new_uid()
            self._append(title=f"{title} (part {self._parts})")

    def log(self, *, first: Sequence[Action] = (), inverse: Sequence[Action] = (), title: str) -> int | None:
        """Add the log row of all edits, behind those given; return its sequence, None if nothing was ever done."""
        self._edits = [*first, *self._edits]
        self._inverses = [*inverse, *self._inverses]
        if not self._edits:
            return self._last
        return self._append(title=f"{title} (part {self._parts + 1})" if self._parts else title)

    def _append(self, *, title: str) -> int:
        edits, inverses = self._edits, self._inverses[::-1]
        sequence = self._session.log.append(
            kind="do",
            title=title,
            edit=encode(self._one(edits)),
            inverse=encode(self._one(inverses)),
            annotator=self._session.log_annotator_key(),
            document=None,
        )
        self._edits, self._inverses = [], []
        self._pending = 0
        self._last = sequence
        return sequence

    def _one(self, edits: Sequence[Action]) -> Action:
        return edits[0] if len(edits) == 1 and not self._step else Compound(tuple(edits), self._step)
