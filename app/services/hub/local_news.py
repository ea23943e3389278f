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
    DescribeDocument,
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
_NOTHING_TO_SEND = (ChangeView, HideSuggestions, ChangeOption)


class LocalNews(NamedTuple):
    """The documents (uids) with work or texts that may be new, and those whose releases or assignments may be.

    None stands for all: then everything is compared. `begun` and `ended` are the assignments of documents (uids) to
    annotators (names) that were. `described` are documents (uids) that got another name or other metadata, `batches`
    those of suggestions that were made; `has_patterns` says that patterns may be new.
    """

    documents: frozenset[str] | None = None
    releases: frozenset[str] | None = None
    assigned: frozenset[str] | None = None
    begun: frozenset[tuple[str, str]] = frozenset()
    ended: frozenset[tuple[str, str]] = frozenset()
    described: frozenset[str] | None = None
    batches: frozenset[int] = frozenset()
    has_patterns: bool = True

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
        documents=None if news.is_all else frozenset(news.documents),
        releases=None if news.is_all else frozenset(news.releases),
        assigned=None if news.is_all else assigned,
        begun=frozenset(news.begun),
        ended=frozenset(news.ended),
        described=frozenset(news.described),
        batches=frozenset(news.batches),
        has_patterns=news.has_patterns,
    )


class _News:
    """Gathers what actions are about."""

    def __init__(self) -> None:
        self.documents: set[str] = set()
        self.releases: set[str] = set()
        self.begun: set[tuple[str, str]] = set()
        self.ended: set[tuple[str, str]] = set()
        self.described: set[str] = set()
        self.batches: set[int] = set()
        self.has_patterns = False
        self.is_all = False

    def take(self, text: str) -> bool:
        """Take an action of the log; return False for one that can't be read."""
        try:
            for part in parts(decode(text)):
                self._take(part)
        except DECODE_FAULTS:
            return False  # of a newer Stet, or damaged
        return True

    def _take(self, part: Action) -> None:
        if isinstance(part, Release | WithdrawRelease):
            self.releases.update(part.documents)
        elif isinstance(part, Assign):
            self.begun.update(part.begin)
            self.ended.update(part.end)
        elif isinstance(part, ShowSuggestions):
            self.batches.add(part.batch)
        elif isinstance(part, ChangePattern):
            self.has_patterns = True
        elif not isinstance(part, _NOTHING_TO_SEND):
            if isinstance(part, DescribeDocument):
                self.described.add(part.document)
            found = documents_of(part)
            self.is_all = self.is_all or found is None
            self.documents |= found or frozenset()
