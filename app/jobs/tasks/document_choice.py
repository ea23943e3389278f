"""The documents that a command is about: by name, pattern or id, by conditions, and by a saved view."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from app.core.document_conditions import IMPORTED, Condition, Sorting
from app.core.errors import BadChoice
from app.jobs.tasks.selection import documents_named
from app.services.documents.document_search import found_documents
from app.services.documents.facts import flags_and_notes
from app.session.session import Session

_PAGE = 500


class DocumentChoice(NamedTuple):
    """Names, patterns or ids, conditions and an order; `view` is a saved view, whose conditions must hold too."""

    names: Sequence[str] = ()
    where: Sequence[Condition] = ()
    sorting: Sorting | None = None
    view: str | None = None

    @property
    def is_all(self) -> bool:
        """Whether nothing narrows it."""
        return not self.names and not self.where and self.view is None


EVERY_DOCUMENT = DocumentChoice()


def chosen_documents(session: Session, choice: DocumentChoice, *, annotator: str | None = None) -> list[str]:
    """Return the documents (uids) that are meant, in the order asked for.

    With `annotator`, conditions on status, labels, rules and notes are about that one's work, else about anyone's.
    Raises FormatError for a name that means no document, and BadChoice for an unknown view.
    """
    where, sorting = list(choice.where), choice.sorting
    if choice.view is not None:
        view = next((view for view in session.reader.saved_views() if view.name == choice.view), None)
        if view is None:
            known = ", ".join(view.name for view in session.reader.saved_views())
            raise BadChoice(
                f"there is no view “{choice.view}”",
                hint=f"the views are: {known}" if known else "save one with: stet view PROJECT NAME --where CONDITION",
            )
        where += view.conditions
        sorting = sorting or view.sorting
    named = documents_named(session, choice.names)
    person = session.reader.annotator_number(annotator) if annotator else None
    return [uid for uid in found_documents(session, where, sorting or IMPORTED, person=person) if named(uid)]


def document_rows(session: Session, uids: Sequence[str]) -> list[dict[str, Any]]:
    """Return flags and notes of documents (uids), with their names: a row for each annotator who says something."""
    return [
        {"id": uid, "name": session.reader.documents.name_of(uid), **row}
        for uid in uids
        for row in flags_and_notes(session, uid)
    ]
