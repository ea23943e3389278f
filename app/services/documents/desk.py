"""What is done to documents from their list: described, removed, flagged, noted, set to a status; and saved views."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from app.core.annotation import Status
from app.core.document_conditions import Condition, Sorting
from app.core.edits import SetRemark, SetStatus
from app.core.errors import EditRejected
from app.core.progress import CancelToken
from app.core.remark import NO_REMARK, Remark, checked_remark
from app.core.saved_view import SavedView, checked_name
from app.core.validation import document_problems
from app.core.wording import STATUS_WORDS, counted, shorten
from app.services.documents.document_search import check_view
from app.session.actions import Action, ChangeView, DescribeDocument, RemoveDocuments, SetEdit
from app.session.own_state import own_state
from app.session.session import Session

_TITLE = 60  # characters of a document's title in the title of a step


class WorkOn(NamedTuple):
    """What there is on documents that are to be removed.

    `documents` have marks or a status, `annotations` are all marks, `annotators` who made them by name, `decided` the
    documents with decisions, and `references` those that are references of other documents.
    """

    documents: int = 0
    annotations: int = 0
    annotators: tuple[str, ...] = ()
    decided: int = 0
    references: int = 0

    @property
    def is_none(self) -> bool:
        """Whether nothing would be taken out of sight but the documents themselves."""
        return not (self.documents or self.decided or self.references)

    def sentences(self) -> list[str]:
        """Return what there is, as sentences."""
        found: list[str] = []
        if self.documents:
            whose = ", ".join(self.annotators) if len(self.annotators) < 4 else f"{len(self.annotators)} annotators"
            has = "has" if self.documents == 1 else "have"
            marks, it = counted(self.annotations, "mark"), "it" if self.documents == 1 else "them"
            found.append(f"{counted(self.documents, 'document')} {has} work on {it}: {marks}, by {whose}.")
        if self.decided:
            found.append(f"{counted(self.decided, 'document')} {'has' if self.decided == 1 else 'have'} decisions.")
        if self.references:
            is_one = self.references == 1
            found.append(
                f"{counted(self.references, 'document')} {'is a reference' if is_one else 'are references'} of others."
            )
        return found


def title_in(session: Session, uids: Sequence[str]) -> str:
    """Return documents (uids) as a step's title names them: by title, or by number if they are several."""
    if len(uids) != 1:
        return counted(len(uids), "document")
    return f"“{shorten(session.reader.documents.title_of(uids[0]) or uids[0], _TITLE)}”"


def describe(session: Session, uid: str, *, name: str | None = None, meta: dict[str, Any] | None = None) -> bool:
    """Give a document (uid) another name or other metadata, in one step; return whether that changed anything.

    Raises EditRejected for a name or metadata that it can't have.
    """
    present = session.reader.document(uid)
    name = None if name is None or name == present.name else name
    meta = None if meta is None or meta == present.meta else meta
    if name is None and meta is None:
        return False
    what = "Rename" if meta is None else "Describe"
    session.perform(DescribeDocument(uid, name, meta), title=f"{what} {title_in(session, [uid])}")
    return True


def describe_all(session: Session, uids: Sequence[str], new: Callable[[dict[str, Any]], dict[str, Any]]) -> int:
    """Give documents (uids) other metadata, made from those they have, in one step; return how many that changed.

    Raises EditRejected for metadata that a document can't have.
    """
    actions: list[Action] = []
    for uid in uids:
        present = session.reader.document(uid).meta
        meta = new(present)
        if meta != present:
            actions.append(DescribeDocument(uid, meta=meta))
    _perform(session, actions, f"Describe {title_in(session, uids)}")
    return len(actions)


def work_on(session: Session, uids: Sequence[str]) -> WorkOn:
    """Return what there is on documents (uids), everyone's."""
    keys = [key for uid in uids if (key := session.reader.documents.key_of(uid)) is not None]
    work = session.reader.documents.work_on(keys)
    return WorkOn(work.documents, work.annotations, work.annotators, work.decided, work.references)


def remove(session: Session, uids: Sequence[str]) -> None:
    """Remove documents (uids), in one step; everyone's work on them is kept for the undo. Raises EditRejected."""
    if uids:
        session.perform(RemoveDocuments(tuple(uids)), title=f"Remove {title_in(session, uids)}")


def remark_of(session: Session, uid: str, annotator: str | None = None) -> Remark:
    """Return what an annotator, by default the present one, says of a document (uid)."""
    return session.reader.head_of(uid, annotator or session.annotator or "").remark


def remark(
    session: Session,
    uids: Sequence[str],
    *,
    flag: str | None = None,
    note: str | None = None,
    flags: bool | None = None,
) -> int:
    """Flag documents (uids), with the reason `flag`, or take the flags away with `flags` False; and set the note, if
    one is given. Return how many documents that changed.

    Raises EditRejected for a text that can't be stored, and if no annotator is set.
    """
    if not session.annotator:
        raise EditRejected("no annotator is set", hint="set your name first")
    actions: list[Action] = []
    for uid in uids:
        old = remark_of(session, uid)
        new = checked_remark(
            Remark(
                old.flag if flags is None else (flag or "") if flags else None,
                old.note if note is None else note,
            )
        )
        if new != old:
            actions.append(SetEdit(uid, session.annotator, SetRemark(new)))
    _perform(session, actions, _remark_title(session, uids, flags=flags))
    return len(actions)


def answer_flags(session: Session, uids: Sequence[str]) -> int:
    """Take away everyone's flags of documents (uids), in one step; return how many there were."""
    actions: list[Action] = [
        SetEdit(uid, name, SetRemark(Remark(None, remark_of(session, uid, name).note)))
        for uid in uids
        for name, _ in session.reader.flags_of(uid)
    ]
    _perform(session, actions, f"Answer the flags of {title_in(session, uids)}")
    return len(actions)


def _remark_title(session: Session, uids: Sequence[str], *, flags: bool | None) -> str:
    what = "Note on" if flags is None else "Flag" if flags else "Unflag"
    return f"{what} {title_in(session, uids)}"


class StatusSet(NamedTuple):
    """The number of documents that were set to a status, and which (titles) couldn't be, as rules are unmet."""

    documents: int
    refused: tuple[str, ...] = ()


def set_status(
    session: Session,
    uids: Sequence[str],
    status: Status,
    *,
    progress: Callable[[int, int], None] = lambda done, total: None,
    cancel: CancelToken | None = None,
) -> StatusSet:
    """Set the present annotator's work on documents (uids) to a status, in one step.

    Those that can't be finished, because rules are unmet, are left as they are. Raises EditRejected and Cancelled.
    """
    if not session.annotator:
        raise EditRejected("no annotator is set", hint="set your name first")
    actions: list[Action] = []
    refused: list[str] = []
    for done, uid in enumerate(uids):
        if cancel is not None:
            cancel.raise_if_cancelled()
        progress(done, len(uids))
        state = own_state(session, uid)
        wanted = status
        if status.is_finished:
            if document_problems(state, scheme=session.scheme):
                refused.append(state.document.title)
                continue
            wanted = Status.DONE if state.annotations else Status.DONE_EMPTY
        if wanted is not state.status:
            actions.append(SetEdit(uid, session.annotator, SetStatus(wanted)))
    _perform(session, actions, f"Set {title_in(session, uids)} to {STATUS_WORDS[status]}")
    return StatusSet(len(actions), tuple(refused))


def _perform(session: Session, actions: Sequence[Action], title: str) -> None:
    """Carry out actions on one or on many documents as one step."""
    if len(actions) == 1:
        session.perform(actions[0], title=title)
    elif actions:
        with session.transaction(title) as step:
            step.perform(actions)
            documents = {action.document for action in actions if isinstance(action, SetEdit | DescribeDocument)}
            step.tell_documents(documents)


def has_remarks(session: Session, uid: str) -> bool:
    """Whether the present annotator says anything of a document (uid)."""
    return remark_of(session, uid) != NO_REMARK


def save_view(session: Session, name: str, conditions: Iterable[Condition], sorting: Sorting) -> SavedView:
    """Save a view under a name, in place of one that has it.

    Raises EditRejected for a name that a view can't have, and BadChoice for a layer or field that the scheme doesn't
    have.
    """
    conditions = tuple(conditions)
    check_view(session, conditions, sorting)
    view = SavedView(checked_name(name), conditions, sorting)
    action = ChangeView(view.name, tuple(map(str, view.conditions)), str(sorting))
    session.perform(action, title=f"Save the view “{view.name}”")
    return view


def drop_view(session: Session, name: str) -> None:
    """Delete a saved view. Raises EditRejected if there is none of that name."""
    session.perform(ChangeView(name, is_gone=True), title=f"Delete the view “{name}”")
