"""What was done in a project since its last exchange with a hub."""

from collections.abc import Set
from typing import NamedTuple

from app.core.decode_faults import DECODE_FAULTS
from app.session.actions import (
    Action,
    Assign,
    ChangeOption,
    ChangePattern,
    ChangeView,
    HideSuggestions,
    Release,
    ShowSuggestions,
    WithdrawRelease,
    decode,
    documents_of,
    parts,
)
from app.session.session import Session

_MOST = 1_000  # actions that are looked at one by one; it isn't worth it for more
_NOTHING_TO_SEND = (ChangeView, ShowSuggestions, HideSuggestions, ChangePattern, ChangeOption)


class LocalNews(NamedTuple):
    """The documents (uids) with work or texts that may be new, and those whose releases or assignments may be.

    None stands for all: then everything is compared. `begun` and `ended` are the assignments of documents (uids) to
    annotators (names) that were.
    """

    documents: frozenset[str] | None = None
    releases: frozenset[str] | None = None
    assigned: frozenset[str] | None = None
    begun: frozenset[tuple[str, str]] = frozenset()
    ended: frozenset[tuple[str, str]] = frozenset()

    def and_documents(self, uids: Set[str]) -> "LocalNews":
        """Return the same with more documents (uids)."""
        return self if self.documents is None else self._replace(documents=self.documents | uids)


def local_news(session: Session, since: int, *, besides: Set[int]) -> LocalNews:
    """Return what was done after an action (sequence), but for some (sequences) that have brought what is new there."""
    rows = session.log.actions_after(since, most=_MOST + len(besides)) if since else None
    if rows is None:
        return LocalNews()
    news = _News()
    for row in rows:
        if row.sequence not in besides and not news.take(row.edit):
            return LocalNews()
    assigned = frozenset(document for document, _ in (*news.begun, *news.ended))
    return LocalNews(
        frozenset(news.documents), frozenset(news.releases), assigned, frozenset(news.begun), frozenset(news.ended)
    )


class _News:
    """Gathers what actions are about."""

    def __init__(self) -> None:
        self.documents: set[str] = set()
        self.releases: set[str] = set()
        self.begun: set[tuple[str, str]] = set()
        self.ended: set[tuple[str, str]] = set()

    def take(self, text: str) -> bool:
        """Take an action of the log; return False for one that may be about any document."""
        try:
            return all(self._take(part) for part in parts(decode(text)))
        except DECODE_FAULTS:
            return False  # of a newer Stet, or damaged

    def _take(self, part: Action) -> bool:
        if isinstance(part, Release | WithdrawRelease):
            self.releases.update(part.documents)
        elif isinstance(part, Assign):
            self.begun.update(part.begin)
            self.ended.update(part.end)
        elif not isinstance(part, _NOTHING_TO_SEND):
            found = documents_of(part)
            if found is None:
                return False
            self.documents |= found
        return True
