"""Counting what lists of documents ask for and no row says: unmet rules, and conflicts that are still to be decided."""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

from app.core.document_conditions import Condition, Sorting
from app.core.errors import DamagedRow
from app.core.progress import CancelToken
from app.core.validation import document_problems
from app.review.decision_status import GroupStatus
from app.services.review.reviewer import sheet_of
from app.session.session import Session
from app.storage.document_counts import DocumentCounts

RULES, CONFLICTS = "rules", "conflicts"
_A_PASS = 200  # sets or documents between two writes


class DocumentCounting:
    """Counts what isn't counted yet; what was counted is kept in the project until its documents change."""

    def __init__(self, session: Session, person: int | None) -> None:
        """`person` is the annotator (row number) whose rules are meant, None for everyone's."""
        self._session = session
        self._person = person
        self._counts = DocumentCounts(session.project)
        row = session.executor.schemes.current()
        self._scheme = row.key if row is not None else 0

    def due(self, wanted: Iterable[str]) -> int:
        """Return how many sets and documents have to be read to know what is wanted: RULES, CONFLICTS or both."""
        return sum(
            len(self._counts.uncounted_sets(self._person, self._scheme))
            if what == RULES
            else len(self._counts.uncounted_documents())
            for what in set(wanted)
        )

    def complete(
        self,
        wanted: Iterable[str],
        *,
        progress: Callable[[int, int], None] = lambda done, total: None,
        cancel: CancelToken | None = None,
    ) -> None:
        """Count what is wanted. Raises ProjectError and Cancelled; what was counted until then is kept."""
        for what in sorted(set(wanted)):
            if what == RULES:
                self._count_rules(progress, cancel)
            else:
                self._count_conflicts(progress, cancel)

    def _count_rules(self, progress: Callable[[int, int], None], cancel: CancelToken | None) -> None:
        scheme = self._session.scheme
        sets = self._counts.uncounted_sets(self._person, self._scheme)
        with self._writing():
            self._counts.drop_outdated(self._scheme)
        for start in range(0, len(sets), _A_PASS):
            if cancel is not None:
                cancel.raise_if_cancelled()
            found = [
                (key, len(document_problems(self._session.reader.state_of(uid, name), scheme=scheme)))
                for key, uid, name in sets[start : start + _A_PASS]
            ]
            with self._writing():
                self._counts.keep_unmet(found, self._scheme)
            progress(min(start + _A_PASS, len(sets)), len(sets))

    def _count_conflicts(self, progress: Callable[[int, int], None], cancel: CancelToken | None) -> None:
        documents = self._counts.uncounted_documents()
        for start in range(0, len(documents), _A_PASS):
            if cancel is not None:
                cancel.raise_if_cancelled()
            part = documents[start : start + _A_PASS]
            found = [(key, self.conflicts_of(uid)) for key, uid in part]
            with self._writing():
                self._counts.keep_conflicts(found)
            progress(min(start + _A_PASS, len(documents)), len(documents))

    def kept_rules(self) -> list[tuple[str, str, str, int, bool]]:
        """Return the counts of rules that are kept under the present scheme; see `DocumentCounts.kept_unmet`."""
        return self._counts.kept_unmet(self._scheme)

    def kept_conflicts(self) -> list[tuple[str, str, int]]:
        """Return the counts of conflicts that are kept: document (uid and name), number."""
        return self._counts.kept_conflicts()

    def conflicts_of(self, uid: str) -> int:
        """Return the number of a document's (uid) conflicts that are still to be decided."""
        sheet = sheet_of(self._session.reader.record(uid), self._session)
        return sum(
            found.is_conflict and sheet.standings.of(found)[0] is not GroupStatus.DECIDED for found in sheet.groups
        )

    @contextmanager
    def _writing(self) -> Generator[None]:
        if not self._session.is_writable:
            yield
            return
        with self._session.unlogged(are_derived=True):
            yield


class WrongCount(NamedTuple):
    """A document (uid and name) with a count that isn't true any more."""

    document: str
    name: str
    what: str


def wrong_counts(session: Session) -> Iterator[WrongCount]:
    """Yield the documents whose counted rules or conflicts aren't what is counted now. Those that can't be read are
    left out. Raises ProjectError.
    """
    counting = DocumentCounting(session, None)
    for uid, name, annotator, unmet, is_its_own in counting.kept_rules():
        with suppress(DamagedRow):
            state = session.reader.state_of(uid, annotator)
            if not is_its_own or unmet != len(document_problems(state, scheme=session.scheme)):
                yield WrongCount(uid, name, f"the unmet rules of {annotator} aren't counted as they are")
    for uid, name, conflicts in counting.kept_conflicts():
        with suppress(DamagedRow):
            if conflicts != counting.conflicts_of(uid):
                yield WrongCount(uid, name, "its conflicts aren't counted as they are")


def counts_wanted(conditions: Iterable[Condition], sorting: Sorting) -> set[str]:
    """Return which counts conditions and an order ask for."""
    return {RULES, CONFLICTS} & {sorting.key, *(condition.key for condition in conditions)}
