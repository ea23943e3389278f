"""Undo and redo of a step, whether it is one log row or several; all of it or nothing."""

from collections.abc import Callable

from app.core.errors import EditRejected
from app.core.progress import CancelToken
from app.core.record import LogRow
from app.services.history.migration_undo import updated_action, with_later_work
from app.services.history.text_undo import TextUndo, at_present_places
from app.session.actions import Action, Compound, decode, document_of, documents_of, leaves_work, own_document_of
from app.session.events import Event, Topic
from app.session.session import Session
from app.session.transaction import Transaction, whole_title

_LARGE = 100_000  # characters of a log row's edit: some five hundred annotations
_LARGE_FILE = 16_000_000  # bytes, of which making and checking a copy takes a moment
UNDO, REDO = "undo", "redo"


def takes_long(session: Session, kind: str) -> bool:
    """Whether `kind` (UNDO or REDO) would take so long that it should run in the background."""
    if session.log.length_of_next(session.annotator_key(), kind) > _LARGE:
        return True
    row = session.next_target(kind) if session.size > _LARGE_FILE else None
    inverse = decode(row.inverse) if row is not None else None
    if inverse is None or leaves_work(inverse):
        return False
    documents = documents_of(inverse)
    return documents is None or len(documents) > 1


def undo(
    session: Session,
    *,
    progress: Callable[[int, int | None], None] = lambda done, total: None,
    cancel: CancelToken | None = None,
) -> LogRow:
    """Undo the annotator's newest step that isn't undone, and return its row. `progress` counts log rows.

    Raises EditRejected if there is none, ProjectError and Cancelled; then nothing was changed.
    """
    return _invert(session, UNDO, progress, cancel)


def redo(
    session: Session,
    *,
    progress: Callable[[int, int | None], None] = lambda done, total: None,
    cancel: CancelToken | None = None,
) -> LogRow:
    """Redo the step that the annotator undid last; otherwise like `undo`."""
    return _invert(session, REDO, progress, cancel)


def _invert(
    session: Session, kind: str, progress: Callable[[int, int | None], None], cancel: CancelToken | None
) -> LogRow:
    return session.kept.written(lambda: _inverted(session, kind, progress, cancel))


def _inverted(
    session: Session, kind: str, progress: Callable[[int, int | None], None], cancel: CancelToken | None
) -> LogRow:
    row = session.next_target(kind)
    if row is None:
        raise EditRejected(f"nothing to {kind}")
    action = decode(row.inverse)
    if isinstance(action, Compound) and action.step:
        return _invert_step(session, kind, row, action, progress, cancel)
    action = at_present_places(session, updated_action(session, action, row.sequence), row.sequence)
    document = own_document_of(action, session.annotator)
    if document is not None and (session.state is None or session.state.document.uid != document):
        session.open_document(document)  # the person should see what changes
    with session.transaction(row.title, is_small=len(row.inverse) <= _LARGE) as step:
        step.events.extend(_write(session, step, kind, row, action, document=document_of(action)))
        step.is_all_by_actions = True
    return row


def _invert_step(
    session: Session,
    kind: str,
    first: LogRow,
    action: Compound,
    progress: Callable[[int, int | None], None],
    cancel: CancelToken | None,
) -> LogRow:
    """Undo or redo a row and the other rows of the same step."""
    # There may be very many other documents: no events of their annotations; lists of documents are read again.
    shown = session.state.document.uid if session.state is not None else None
    row, part, done = first, action, 0
    with session.transaction(first.title) as step:
        while True:
            progress(done, None)
            if cancel is not None:
                cancel.raise_if_cancelled()
            inverse = at_present_places(session, updated_action(session, part, row.sequence), row.sequence)
            events = _write(session, step, kind, row, inverse, document=None)
            step.events.extend(e for e in events if e.document == shown or e.topic is not Topic.ANNOTATIONS)
            done += 1
            following = session.next_target(kind)
            following_part = decode(following.inverse) if following is not None else None
            if following is None or not isinstance(following_part, Compound) or following_part.step != action.step:
                break
            row, part = following, following_part
        step.tell(Topic.DOCUMENTS)
    return first._replace(title=whole_title(first.title))


def _write(
    session: Session, step: Transaction, kind: str, row: LogRow, action: Action, *, document: str | None
) -> tuple[Event, ...]:
    """Carry out the inverse of a row and log it in a row of its own; return the events to publish."""
    texts = TextUndo(session, action)
    done = texts.settle(step, with_later_work(session, step, step.execute(action, is_new=False)))
    step.append(
        kind=kind,
        title=row.title,
        action=done.action,
        inverse=done.inverse,
        document=document,
        undoes=row.sequence,
    )
    return done.events
