"""Other labels in the scheme and in everyone's annotations: seen before it is done, and done in one undoable step."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec

from app.core import marking
from app.core.annotation import Annotation, Status
from app.core.clock import now
from app.core.edits import Batch, Edit, ReplaceAnnotation, SetStatus, apply
from app.core.scheme import Scheme
from app.core.scheme_change import LabelChange
from app.core.scheme_edit import changed_scheme
from app.core.state import DocumentState
from app.session.bringing import Cancelling
from app.session.project_edits import ApplyScheme, ProjectEdit, Together, Work
from app.session.session import Session


class Touched(NamedTuple):
    """How many annotations of an annotator, in how many documents, a change reaches."""

    change: LabelChange
    annotator: str
    documents: int
    annotations: int


class Migration(NamedTuple):
    """What would be done: the next scheme, and whom it reaches. Everyone's work counts, gold too."""

    scheme: Scheme
    changes: tuple[LabelChange, ...]
    touched: tuple[Touched, ...]

    @property
    def annotations(self) -> int:
        """How many annotations change."""
        return sum(item.annotations for item in self.touched)


def plan(session: Session, changes: Sequence[LabelChange]) -> Migration:
    """Return what the changes would do; nothing is changed. Raises WrongUse and SchemeError."""
    scheme = changed_scheme(session.scheme, changes)
    touched: list[Touched] = []
    for change in changes:
        by_annotator: dict[str, list[int]] = {}
        for _, annotator, count in session.performer.annotations.places_of(change.layer, change.old):
            by_annotator.setdefault(annotator, []).append(count)
        touched += [Touched(change, name, len(counts), sum(counts)) for name, counts in sorted(by_annotator.items())]
    return Migration(scheme, tuple(changes), tuple(touched))


def migrate(
    session: Session,
    changes: Sequence[LabelChange],
    *,
    progress: Callable[[int, int], None] = lambda done, total: None,
    cancel: Cancelling | None = None,
) -> Migration:
    """Change the scheme and everyone's annotations together, as one undoable step; return what was done.

    How far a document is stays as it is, except that one without marks has nothing to mark. Of two marks that say the
    same of the same words after a merge, one stays. Raises WrongUse, SchemeError, EditRejected, ProjectError and
    Cancelled; then nothing was changed.
    """
    session.require_writable()
    wanted = plan(session, changes)
    becomes = {(change.layer, change.old): change.new for change in changes}
    places = dict.fromkeys(
        (document, annotator)
        for change in changes
        for document, annotator, _ in session.performer.annotations.places_of(change.layer, change.old)
    )
    edits: list[ProjectEdit] = [ApplyScheme(wanted.scheme.source)]
    for done, (document, annotator) in enumerate(places):
        progress(done, len(places))
        if cancel is not None:
            cancel.raise_if_cancelled()
        state = session.performer.load(document, annotator)
        edits.append(Work(document, annotator, _edit(state, becomes, wanted.scheme)))
    named = ", ".join(change.title for change in changes)
    session.perform(Together(tuple(edits)), title=f"Change labels: {named}")
    return wanted


def _edit(state: DocumentState, becomes: dict[tuple[str, str], str | None], scheme: Scheme) -> Edit:
    moment = now()
    gone: list[Annotation] = []
    edits: list[Edit] = []
    kept = [mark for mark in state.in_order() if (mark.layer, mark.label) not in becomes]
    for mark in state.in_order():
        if (mark.layer, mark.label) not in becomes:
            continue
        new = becomes[mark.layer, mark.label]
        if new is None:
            gone.append(mark)
            continue
        changed = _relabelled(mark, new, scheme)
        if any(_says_as_much(other, changed) for other in kept) and not _is_tied(state, mark):
            gone.append(mark)
        else:
            kept.append(changed)
            edits.append(ReplaceAnnotation(msgspec.structs.replace(changed, updated=moment)))
    if gone:
        edits.append(marking.remove(state, gone))
    edit = Batch(tuple(edits))
    if state.status is Status.DONE and not apply(state, edit).state.annotations:
        edit = Batch((edit, SetStatus(Status.DONE_EMPTY)))
    return edit


def _relabelled(mark: Annotation, label: str, scheme: Scheme) -> Annotation:
    layer = scheme.layer(mark.layer)
    fields = layer.attributes if layer is not None else ()
    lost = {field.id for field in fields if not field.applies_to(label)}
    attributes = {field.id: field.default for field in fields if field.applies_to(label) and field.default is not None}
    attributes |= {key: value for key, value in mark.attributes.items() if key not in lost}
    return msgspec.structs.replace(mark, label=label, attributes=attributes)


def _says_as_much(other: Annotation, mark: Annotation) -> bool:
    """Whether another mark says everything that this one does, of the same words."""
    same = (other.layer, other.label, other.fragments) == (mark.layer, mark.label, mark.fragments)
    proofs = {(proof.document, proof.fragments, proof.stance) for proof in other.evidence}
    return (
        same
        and (other.correction, other.comment, other.attributes) == (mark.correction, mark.comment, mark.attributes)
        and all((proof.document, proof.fragments, proof.stance) in proofs for proof in mark.evidence)
    )


def _is_tied(state: DocumentState, mark: Annotation) -> bool:
    return any(mark.uid in (tie.source, tie.target) for tie in state.relations.values())
