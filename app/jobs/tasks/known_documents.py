"""Documents that a project has, for files that say of a text where it is and don't have it."""

from collections.abc import Callable

from app.core.document import Document
from app.session.session import Session

_ADDRESSES = ("uri", "url", "source", "documentUri")
"""Keys of metadata under which a document's address may be."""


def known_documents(session: Session) -> Callable[[str], Document | None]:
    """Return what finds a document by name, title or address; it returns None if there is none or more than one."""
    documents = session.reader.documents

    def find(name: str) -> Document | None:
        found = documents.find(name)
        for key in ("title", *_ADDRESSES) if not found else ():
            found = found or documents.with_meta(key, name)
        return documents.get(found[0]) if len(found) == 1 else None

    return find
