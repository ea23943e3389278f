"""Which documents, and whose work on them, agreement is measured on."""

from collections.abc import Sequence
from typing import NamedTuple

from app.core.decision import GOLD
from app.core.document_conditions import META, Condition, is_met, parse_conditions
from app.core.document_names import canonical, named
from app.core.errors import BadChoice
from app.core.record import DocumentRecord, SetRecord
from app.core.wording import counted
from app.exchange.selection import Selection, is_own
from app.services.documents.document_search import documents_meeting
from app.services.history.finish_days import finishing_days
from app.session.session import Session


class AgreementScope(NamedTuple):
    """Conditions on documents, and on sets by the tag of their scheme and by the day on which they were finished.

    Values of one key are alternatives; different keys, and all conditions on the day, must hold.
    """

    documents: tuple[Condition, ...] = ()
    schemes: tuple[str, ...] = ()
    days: tuple[Condition, ...] = ()


def parse_scope(texts: Sequence[str]) -> AgreementScope:
    """Parse conditions as they are typed. Raises BadChoice for an unknown key, and for what isn't a day."""
    every = parse_conditions(texts)
    schemes = [c for c in every if c.key == "scheme" and c.comparison == "="]
    days = [c for c in every if c.key == "finished"]
    documents = tuple(c for c in every if c not in schemes and c not in days)
    return AgreementScope(documents, tuple(canonical(c.value) for c in schemes), tuple(days))


class ScopedWork:
    """The work in a project that meets the conditions. Gold has none to meet but those of its document."""

    def __init__(self, session: Session, scope: AgreementScope) -> None:
        """Raises BadChoice for a name that no document has."""
        own = [c for c in scope.documents if is_own(c) and (c.key == "name" or c.key.startswith(META))]
        names = [condition.value for condition in own if condition.key == "name"]
        meant = named(names, session.reader.documents.names()) if names else None
        among = documents_meeting(session, [condition for condition in scope.documents if condition not in own])
        self._selection = Selection(where=own, named=meant, among=among)
        for name in self._selection.unknown_names:
            raise BadChoice(f"no document is called “{name}”", hint="see the names with: stet list PROJECT documents")
        self._scope = scope
        self._days = finishing_days(session) if scope.days else {}
        self._tags: set[str] = set()
        self._undated = 0

    def of(self, record: DocumentRecord) -> DocumentRecord | None:
        """Return a document with the sets that count; None if the document doesn't fit."""
        self._tags.update(item.scheme for item in record.sets if item.kind != GOLD)
        if not self._selection.fits(record):
            return None
        uid = record.document.uid
        return record._replace(sets=tuple(s for s in record.sets if s.kind == GOLD or self._counts(s, uid)))

    def _counts(self, item: SetRecord, document: str) -> bool:
        if self._scope.schemes and canonical(item.scheme) not in self._scope.schemes:
            return False
        if not self._scope.days:
            return True
        day = self._days.get((item.annotator, document))
        if day is None:
            self._undated += item.status.is_finished
            return False
        return all(is_met(condition, day) for condition in self._scope.days)

    def check(self) -> None:
        """Raise BadChoice for a scheme by which no one worked, once all documents were asked for."""
        for tag in self._scope.schemes:
            if tag not in map(canonical, self._tags):
                known = ", ".join(sorted(self._tags))
                hint = f"their schemes are: {known}" if known else "no one has begun yet"
                raise BadChoice(f"no one's work is of the scheme “{tag}”", hint=hint)

    def notes(self) -> list[str]:
        """Return what was left out because no one knows when it was finished, such as work from files without a day."""
        undated = f"{counted(self._undated, 'finished set')} left out: it isn't known on which day"
        return [undated] if self._undated else []
