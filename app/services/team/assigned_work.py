"""What the present annotator was given to work on."""

from app.session.session import Session
from app.storage.annotations import annotator_key
from app.storage.assignments import BUNDLE_FOR


def assigned(session: Session) -> set[int]:
    """Return the row numbers of the documents that the present annotator is to work on; none if nobody said."""
    person = session.annotator_key()
    return session.executor.review.assignments.assigned_to(person) if person is not None else set()


def assigned_counts(session: Session) -> dict[str, int]:
    """Return how many of those documents are in each status."""
    person = session.annotator_key()
    return session.executor.review.assignments.status_counts(person) if person is not None else {}


def bundle_for(session: Session) -> str | None:
    """Return whom this project was made for, if it is a bundle."""
    return session.executor.review.assignments.about(BUNDLE_FOR)


def is_meant(session: Session, name: str) -> bool:
    """Whether a bundle is for the present annotator, given whom it is for."""
    return annotator_key(name) == annotator_key(session.annotator or "")
