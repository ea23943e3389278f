"""Editing the text of a document: what becomes of everybody's marks is previewed, then done as one undoable step."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from app.core.annotation import Annotation, normal_fragments, quote_of
from app.core.annotation_edits import remove, unlink_evidence
from app.core.clock import now_after
from app.core.edits import Batch, Edit, ReplaceAnnotation
from app.core.errors import EditRejected
from app.core.progress import CancelToken
from app.core.text_change import TextChange
from app.services.texts.text_lineage import TextStep
from app.services.texts.text_survey import EditedText, Fragments, LostRange, TextSurvey, undecided
from app.session.actions import Action, ChangeText, SetEdit, WithdrawDecision
from app.session.events import Topic
from app.session.session import Session
from app.session.transaction import Transaction

Choices = Mapping[str, Fragments | None]
"""What is to be done with lost ranges, by key: where to put them in the new text, or None to delete them."""


def _nothing(_done: int, _total: int) -> None:
    """Ignore progress."""


def plan(
    session: Session,
    document: str,
    change: TextChange,
    *,
    progress: Callable[[int, int], None] = _nothing,
    cancel: CancelToken | None = None,
) -> EditedText:
    """Return what a change of a document's (uid) text would do, without doing it.

    Raises EditRejected, TextRefused, ProjectError and Cancelled.
    """
    return TextSurvey(session, document, change).all(progress, cancel)


def edit_text(
    session: Session,
    document: str,
    change: TextChange,
    *,
    reason: str = "",
    choices: Choices | None = None,
    progress: Callable[[int, int], None] = _nothing,
    cancel: CancelToken | None = None,
) -> EditedText:
    """Change a document's (uid) text with everything that points into it, as one undoable step; return what was done.

    Lost marks and evidence without a choice keep their old quote, which no longer matches, until somebody decides about
    them. Raises EditRejected, TextRefused, ProjectError and Cancelled; then nothing was changed.
    """
    session.require_writable()
    survey = TextSurvey(session, document, change)
    done = survey.all(progress, cancel)

    def write() -> None:
        with session.transaction(f"Edit the text of {done.document.title}", backup="text", is_small=True) as step:
            step.about = document
            change_text(step, done, survey.following, reason=reason)
            step.perform(_chosen(session, done.lost, done.change.new, choices or {}))
            tell(step)

    session.kept.written(write)
    return done


def decide(session: Session, document: str, choices: Choices) -> int:
    """Do what was chosen with the ranges of a document (uid) that were left undecided, as one undoable step; return how
    many there were. Raises EditRejected and ProjectError.
    """
    session.require_writable()
    text = session.reader.document(document)
    lost = [item for item in undecided(session, document) if item.key in choices]

    def write() -> None:
        with session.transaction(f"Decide about lost marks in {text.title}", backup="text", is_small=True) as step:
            step.about = document
            step.perform(_chosen(session, lost, text.text, choices), keeps_done=True)
            tell(step)

    if lost:
        session.kept.written(write)
    return len(lost)


def change_text(step: Transaction, edit: EditedText, following: Iterable[Action], *, reason: str) -> None:
    """Carry out an edit that was surveyed, and the actions that follow from it, within a step."""
    step.perform([ChangeText(edit.document.uid, edit.document.sha256, edit.change.splices, reason), *following])


def take_over(session: Session, step: Transaction, steps: Iterable[TextStep]) -> int:
    """Carry out the edits that lead from a document's text to a later one, within a step; return how many marks and
    pieces of evidence lose their words. Raises EditRejected, TextRefused and ProjectError.
    """
    lost = 0
    for edit in steps:
        survey = TextSurvey(session, edit.document, edit.change)
        change_text(step, found := survey.all(_nothing, None), survey.following, reason=edit.reason)
        lost += len(found.lost)
    tell(step)
    return lost


def tell(step: Transaction) -> None:
    """Publish, after the commit, that a text, and so everything about it, has changed."""
    step.tell(Topic.TEXT, Topic.DOCUMENTS, Topic.DECISIONS, Topic.SUGGESTIONS)


def _chosen(session: Session, lost_ranges: Sequence[LostRange], text: str, choices: Choices) -> list[Action]:
    """Return the actions that do with lost ranges what was chosen. Raises EditRejected for a place that isn't one."""
    edits: dict[tuple[str, str], list[Edit]] = {}
    actions: list[Action] = []
    marks: dict[str, Annotation] = {}  # as they are after the choices so far
    deleted: dict[tuple[str, str], set[str]] = {}
    for lost in lost_ranges:
        if lost.key not in choices or (lost.evidence is not None and choices.get(lost.annotation.uid, ()) is None):
            continue  # to be decided later, or evidence of a mark that is deleted
        place = choices[lost.key]
        mine = edits.setdefault((lost.owner, lost.annotator), [])
        mark = marks.get(lost.annotation.uid, lost.annotation)
        if lost.evidence is None and place is None:
            deleted.setdefault((lost.owner, lost.annotator), set()).add(mark.uid)
            decisions = session.executor.review.decisions.of_document(lost.owner)
            actions += (WithdrawDecision(decision.uid) for decision in decisions if decision.gold == mark.uid)
            continue
        edited = _moved_to(text, lost, mark, place)
        marks[mark.uid] = edited
        mine.append(ReplaceAnnotation(edited, quarantined=True))
    for (owner, annotator), uids in deleted.items():
        state = session.reader.state_of(owner, annotator)
        gone = [state.annotations[uid] for uid in sorted(uids)]
        edits[owner, annotator].append(remove(state, gone, scheme=session.scheme))
    works = (SetEdit(uid, name, Batch(tuple(parts))) for (uid, name), parts in edits.items())
    return [*actions, *works]


def _moved_to(text: str, lost: LostRange, mark: Annotation, place: Fragments | None) -> Annotation:
    """Return a mark with what it has lost, its range or a piece of evidence, at a place; without one, without it."""
    if place is None and lost.evidence is not None:
        removed = unlink_evidence(mark, lost.evidence.uid)
        return removed.annotation
    try:
        there = normal_fragments(place or (), length=len(text))
    except ValueError as error:
        raise EditRejected(f"“{lost.quote[:60]}” can't be put there: {error}") from error
    words = quote_of(text, there)
    if lost.evidence is None:
        return msgspec.structs.replace(mark, fragments=there, quote=words, updated=now_after(mark.updated))
    pieces = tuple(
        msgspec.structs.replace(piece, fragments=there, quote=words) if piece.uid == lost.evidence.uid else piece
        for piece in mark.evidence
    )
    return msgspec.structs.replace(mark, evidence=pieces, updated=now_after(mark.updated))
