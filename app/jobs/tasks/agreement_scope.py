"""Which documents, and whose work on them, agreement is measured on."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from operator import eq, ge, gt, le, lt
from typing import NamedTuple

from app.core.decision import GOLD
from app.core.document_names import canonical, named
from app.core.errors import BadChoice
from app.core.record import DocumentRecord, SetRecord
from app.core.wording import counted
from app.exchange.selection import Condition, Selection
from app.services.history.finish_days import finishing_days
from app.session.session import Session

_WAYS = "use name=GLOB, meta.KEY=VALUE, scheme=TAG or, in quotes, “finished>=DATE” or “finished<DATE”"
_WAYS_IN_WINDOW = "write name=…, meta.KEY=…, scheme=…, finished>=DATE or finished<DATE"
_COMPARED: dict[str, Callable[[str, str], bool]] = {">=": ge, "<=": le, ">": gt, "<": lt, "=": eq}
_FINISHED = re.compile(r"finished\s*(>=|<=|>|<|=)\s*(.*)", re.DOTALL)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class DayCondition(NamedTuple):
    """A condition on the day (ISO) on which a set was finished; `comparison` is >=, <=, >, < or =."""

    comparison: str
    day: str

    def holds(self, day: str) -> bool:
        """Whether a day (ISO) meets it."""
        return _COMPARED[self.comparison](day, self.day)


class AgreementScope(NamedTuple):
    """Conditions on documents by name and metadata, and on sets by the tag of their scheme and by day.

    Values of one key are alternatives; different keys, and all conditions on the day, must hold.
    """

    documents: tuple[Condition, ...] = ()
    schemes: tuple[str, ...] = ()
    days: tuple[DayCondition, ...] = ()


def parse_scope(texts: Sequence[str]) -> AgreementScope:
    """Parse conditions as they are typed. Raises BadChoice for an unknown key, and for what isn't a day."""
    documents: list[Condition] = []
    schemes: list[str] = []
    days: list[DayCondition] = []
    for text in texts:
        finished = _FINISHED.fullmatch(text)
        key, equals, value = text.partition("=")
        if finished is not None:
            days.append(DayCondition(finished[1], _day(finished[2])))
        elif equals and key == "scheme":
            schemes.append(canonical(value))
        elif equals and (key == "name" or (key.startswith("meta.") and key != "meta.")):
            documents.append(Condition(key, value))
        elif equals:
            raise BadChoice(f"agreement can't be of {key}=…", hint=_WAYS, in_window=_WAYS_IN_WINDOW)
        else:
            raise BadChoice(f"“{text}” isn't a condition", hint=_WAYS, in_window=_WAYS_IN_WINDOW)
    return AgreementScope(tuple(documents), tuple(schemes), tuple(days))


def _day(text: str) -> str:
    hint = "write year, month and day, as in finished>=2026-01-31"
    if _DAY.fullmatch(text) is None:
        raise BadChoice(f"“{text}” isn't a date", hint=hint)
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise BadChoice(f"there is no day {text}", hint=hint) from None


class ScopedWork:
    """The work in a project that meets the conditions. Gold has none to meet but those of its document."""

    def __init__(self, session: Session, scope: AgreementScope) -> None:
        """Raises BadChoice for a name that no document has."""
        names = [condition.value for condition in scope.documents if condition.key == "name"]
        meant = named(names, session.reader.documents.names()) if names else None
        self._selection = Selection(where=scope.documents, named=meant)
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
        return all(condition.holds(day) for condition in self._scope.days)

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
