"""The present annotator's work on a document, wherever it is."""

from app.core.state import DocumentState
from app.session.session import Session


def own_state(session: Session, document: str) -> DocumentState:
    """Return the annotator's state of a document (uid), of the open one from memory: it needn't be read once more.

    Raises EditRejected if there is no such document, and ProjectError.
    """
    state = session.state
    if state is not None and (state.document.uid, state.annotator) == (document, session.annotator):
        return state
    return session.reader.state_of(document, session.annotator or "")
