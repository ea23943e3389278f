"""Which documents meet conditions, whatever the conditions ask for."""

from array import array
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from itertools import chain

from app.core.document_conditions import COMPARED, IMPORTED, Condition, Sorting
from app.core.field_conditions import field_tests, sorting_rank
from app.services.documents.counts import DocumentCounting, counts_wanted
from app.services.history.finish_days import finishing_days
from app.session.session import Session
from app.storage.document_list import DocumentList

_FINISHED = "finished"


def listed(
    session: Session,
    conditions: Iterable[Condition],
    sorting: Sorting = IMPORTED,
    query: str = "",
    *,
    person: int | None = None,
) -> "Generator[array[int]]":
    """Yield the row numbers of the documents that meet conditions and match a query, in an order, in batches that take
    some milliseconds each and may be empty.

    `person` is the annotator (row number) whose own status, labels, rules and notes count, None for anyone's. Counts of
    rules and conflicts must be complete (`DocumentCounting`).
    """
    wanted = tuple(conditions)
    days = _days_of_finishing(session, person) if sorting.key == _FINISHED else None
    documents = DocumentList(session.reader.documents, session.scheme, person, days=days)
    stored = [condition for condition in wanted if condition.key != _FINISHED]
    takes = _days_filter(session, [condition for condition in wanted if condition.key == _FINISHED])
    if query.strip() and sorting == IMPORTED:
        with closing(session.reader.documents.hits(query)) as hits:
            for batch in hits:
                yield array("q", (key for key in documents.kept(batch, stored) if takes(key)))
        return
    found: set[int] | None = None
    if query.strip():
        found = set()
        with closing(session.reader.documents.hits(query)) as hits:
            for batch in hits:
                found.update(batch)
                yield array("q")
    with closing(documents.batches(stored, sorting)) as batches:
        for batch in batches:
            yield array("q", (key for key in batch if (found is None or key in found) and takes(key)))


def documents_meeting(session: Session, conditions: Sequence[Condition]) -> set[str] | None:
    """Return the documents (uids) that meet conditions, whoever's work they are about; None without conditions.

    Counts that the conditions ask for are made first. Raises ProjectError, and BadChoice for a layer or field that the
    scheme doesn't have.
    """
    if not conditions:
        return None
    return set(found_documents(session, conditions))


def found_documents(
    session: Session,
    conditions: Sequence[Condition],
    sorting: Sorting = IMPORTED,
    *,
    person: int | None = None,
) -> list[str]:
    """Return the documents (uids) that meet conditions, in an order; as `listed`, but with the counts made first."""
    DocumentCounting(session, person).complete(counts_wanted(conditions, sorting))
    with closing(listed(session, conditions, sorting, person=person)) as batches:
        keys = array("q", chain.from_iterable(batches))
    return session.reader.documents.uids_of(keys)


def check_view(session: Session, conditions: Iterable[Condition], sorting: Sorting = IMPORTED) -> None:
    """Raise BadChoice for conditions and an order that ask for a layer, field or value that the scheme doesn't have."""
    field_tests(session.scheme, conditions)
    sorting_rank(session.scheme, sorting.key)


def fits(session: Session, key: int, conditions: Sequence[Condition], *, person: int | None = None) -> bool:
    """Whether a document (row number) meets conditions; counts that aren't known are taken as zero."""
    documents = DocumentList(session.reader.documents, session.scheme, person)
    stored = [condition for condition in conditions if condition.key != _FINISHED]
    return bool(documents.kept([key], stored))


def _days_filter(session: Session, conditions: Sequence[Condition]) -> Callable[[int], bool]:
    """Return whether somebody finished a document (row number) on a day that meets the conditions."""
    if not conditions:
        return _any
    equal = [condition.value for condition in conditions if condition.comparison == "="]
    others = [condition for condition in conditions if condition.comparison != "="]
    uids = {
        uid
        for (_, uid), day in finishing_days(session).items()
        if (not equal or day in equal) and all(COMPARED[c.comparison](day, c.value) for c in others)
    }
    keys = (session.reader.documents.key_of(uid) for uid in uids)
    return {key for key in keys if key is not None}.__contains__


def _days_of_finishing(session: Session, person: int | None) -> dict[int, str]:
    """Return the last day on which each document (row number) was finished: by an annotator, or by anyone."""
    names = {name for number, name, _ in session.reader.annotators() if person in (None, number)}
    last: dict[str, str] = {}
    for (name, uid), day in finishing_days(session).items():
        if name in names:
            last[uid] = max(day, last.get(uid, ""))
    keys = ((session.reader.documents.key_of(uid), day) for uid, day in last.items())
    return {key: day for key, day in keys if key is not None}


def _any(_key: int) -> bool:
    return True
