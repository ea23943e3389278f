"""The current annotator's assignments."""

from app.session.session import Session
from app.storage.annotations import annotator_key
from app.storage.assignments import BUNDLE_FOR


def assigned(session: Session) -> set[int]:
    """Return the row numbers of the documents assigned to the current annotator."""
    person = session.annotator_key()
    return session.executor.review.assignments.assigned_to(person) if person is not None else set()


def assigned_counts(session: Session) -> dict[str, int]:
    """Return the number of documents assigned to the current annotator by the status of their sets."""
    person = session.annotator_key()
    return session.executor.review.assignments.status_counts(person) if person is not None else {}


def bundle_for(session: Session) -> str | None:
    """Return the name of the annotator whom this project was made for, None if it isn't a bundle."""
    return session.executor.review.assignments.about(BUNDLE_FOR)


def is_meant(session: Session, name: str) -> bool:
    """Whether a name, such as that of `bundle_for`, is the current annotator's."""
    return annotator_key(name) == annotator_key(session.annotator or "")
