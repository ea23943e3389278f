"""Selects documents by name."""

from collections.abc import Callable, Sequence

from app.core.document_names import named
from app.core.errors import FormatError
from app.session.session import Session


def documents_named(session: Session, wanted: Sequence[str]) -> Callable[[str], bool]:
    """Return a predicate on the uid of a document: whether one of the names, patterns or ids means it; none means all.

    Raises FormatError for one that means no document.
    """
    if not wanted:
        return _any
    found = named(wanted, session.reader.documents.names())
    for name, uids in found.items():
        if not uids:
            raise no_document(name)
    return {uid for uids in found.values() for uid in uids}.__contains__


def no_document(name: str) -> FormatError:
    """Return the error for a name that means no document."""
    hint = "stet list PROJECT shows names and ids; * stands for anything"
    return FormatError(f"no document is named “{name}”", hint=hint)


def _any(_uid: str) -> bool:
    return True
