"""Annotating, relabelling and deleting at many hits, as one undoable step."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple, TypeVar

import msgspec

from app.core import annotation_edits
from app.core.annotation import Annotation, Evidence
from app.core.edits import AddAnnotation, Batch, Edit, check_quote
from app.core.errors import EditRejected
from app.core.ids import new_uid
from app.core.mark_ends import without_outer_space
from app.core.progress import CancelToken
from app.core.scheme import EVIDENCE_STATUS, SEVERITY
from app.core.state import DocumentState
from app.core.text_search import Wanted
from app.services.search.concordance import Concordance, Hit, overlaps
from app.session.actions import SetEdit
from app.session.events import Topic
from app.session.session import Session

Progress = Callable[[int, int], None]


class Model(NamedTuple):
    """The content of the annotations to make: a label with its attributes."""

    layer: str
    label: str
    severity: str | None = None
    correction: str | None = None
    comment: str = ""
    evidence: tuple[Evidence, ...] = ()

    @classmethod
    def of(cls, annotation: Annotation) -> "Model":
        """Return the content of an annotation."""
        severity = annotation.attributes.get(SEVERITY)
        said = str(severity) if severity else None
        return cls(
            annotation.layer, annotation.label, said, annotation.correction, annotation.comment, annotation.evidence
        )


class Modelled(Collection[tuple[Hit, Model]]):
    """Hits that all get the same model; the pairs are made lazily."""

    def __init__(self, hits: Collection[Hit], model: Model) -> None:
        self._hits = hits
        self._model = model

    def __len__(self) -> int:
        return len(self._hits)

    def __iter__(self) -> Iterator[tuple[Hit, Model]]:
        return ((hit, self._model) for hit in self._hits)

    def __contains__(self, item: object) -> bool:
        return any(pair == item for pair in self)


class Done(NamedTuple):
    """What a step did: numbers of annotations changed, skipped because they exist already, and made without the model's
    evidence, and of documents changed.
    """

    changed: int = 0
    passed: int = 0
    unproved: int = 0
    documents: int = 0


def annotation_hits(
    session: Session,
    wanted: Collection[tuple[Hit, Model]],
    *,
    title: str = "",
    backup: str = "marks",
    progress: Progress = lambda done, total: None,
    cancel: CancelToken | None = None,
) -> Done:
    """Annotate each hit by its model, without white space at its ends, in one undoable step.

    `progress` counts hits; `backup` is as in a transaction.

    The hits of a document should be adjacent. `wanted` is iterated once, so that it may be lazy and very long.

    A hit that already has an annotation of the annotator with that label is skipped. Evidence is copied if its document
    is a reference of the hit's. Raises EditRejected, ProjectError and Cancelled; then nothing was changed.
    """

    def annotations(state: DocumentState, here: Sequence[tuple[Hit, Model]]) -> "_Part":
        return _annotations(session, state, here)

    name = title or f"Mark {len(wanted):,} × “{_short(wanted)}”"
    return _carry_out(session, wanted, annotations, name, progress, cancel, backup=backup)


def relabel_hits(
    session: Session,
    hits: Collection[Hit],
    *,
    layer: str,
    label: str,
    progress: Progress = lambda done, total: None,
    cancel: CancelToken | None = None,
) -> Done:
    """Change the label of the annotator's annotations of a layer that overlap the hits, in one undoable step.

    Raises EditRejected, ProjectError and Cancelled; then nothing was changed.
    """

    def edits(state: DocumentState, here: Sequence[Hit]) -> _Part:
        found = _on_hits(state, layer, here)
        said = {annotation.fragments for annotation in found if annotation.label == label}
        # If there is one with that label on the same fragments, relabelling would make a duplicate.
        change = [annotation for annotation in found if annotation.fragments not in said]
        made = [annotation_edits.relabel(state, annotation, label, scheme=session.scheme) for annotation in change]
        return _Part(made, len(made), len(found) - len(made))

    title = f"Relabel {len(hits):,} hits as {label}"
    return _carry_out(session, hits, edits, title, progress, cancel)


def delete_hits(
    session: Session,
    hits: Collection[Hit],
    *,
    layer: str,
    progress: Progress = lambda done, total: None,
    cancel: CancelToken | None = None,
) -> Done:
    """Delete the annotator's annotations of a layer that overlap the hits, in one undoable step.

    Raises EditRejected, ProjectError and Cancelled; then nothing was changed.
    """

    def edits(state: DocumentState, here: Sequence[Hit]) -> _Part:
        found = _on_hits(state, layer, here)
        return _Part([annotation_edits.remove(state, found, scheme=session.scheme)] if found else [], len(found))

    title = f"Delete marks at {len(hits):,} hits"
    return _carry_out(session, hits, edits, title, progress, cancel)


def equal_texts(session: Session, annotation: Annotation) -> list[Hit]:
    """Return the other occurrences of an annotation's text in the open document. Raises EditRejected for an annotation
    with several fragments or none of any width.
    """
    state = session.state
    if state is None:
        raise EditRejected("no document is open", hint="open one from the list")
    if len(annotation.fragments) > 1 or annotation.is_anchor:
        raise EditRejected("only a mark on one piece of text can be propagated", hint="mark the others manually")
    wanted = Wanted(annotation.quote, case=True, whole_words=True)
    found = Concordance(session, wanted, only=state.document.uid)
    return [hit for hit in found if not overlaps(annotation, hit.start, hit.end)]


def propagate(session: Session, annotation: Annotation) -> Done:
    """Annotate every other occurrence of an annotation's text in the open document like it, in one undoable step.

    Raises EditRejected and ProjectError; then nothing was changed.
    """
    hits = equal_texts(session, annotation)
    model = Model.of(annotation)
    if not hits:
        return Done()
    title = f"Propagate mark on “{annotation.quote[:40]}”"
    return annotation_hits(session, [(hit, model) for hit in hits], title=title, backup="")


# -- the edits of one document -----------------------------------------------------------------------------------------


class _Part(NamedTuple):
    edits: Sequence[Edit]
    changed: int
    passed: int = 0
    unproved: int = 0


def _annotations(session: Session, state: DocumentState, wanted: Iterable[tuple[Hit, Model]]) -> _Part:
    references = {state.document.uid, *session.reader.documents.references(state.document.uid)}
    edits: list[Edit] = []
    taken: set[tuple[int, int, str, str]] = set()
    passed = unproved = 0
    for hit, model in wanted:
        span = without_outer_space(state.document.text, hit.start, hit.end)  # an expression may match blanks
        key = (*span, model.layer, model.label)
        if key in taken or _is_said(state, span, model):
            passed += 1
            continue
        taken.add(key)
        made = annotation_edits.annotate(
            state, [span], layer=model.layer, label=model.label, scheme=session.scheme
        ).annotation
        if state.document.text[hit.start : hit.end] != hit.match:
            raise EditRejected("the text has changed since it was searched", hint="search again")
        proofs = tuple(msgspec.structs.replace(e, uid=new_uid()) for e in model.evidence if e.document in references)
        unproved += bool(model.evidence and not proofs)
        edits.append(AddAnnotation(_filled(session, made, model, proofs)))
    return _Part(edits, len(edits), passed, unproved)


def _is_said(state: DocumentState, span: tuple[int, int], model: Model) -> bool:
    here = state.overlapping(*span)
    return any((annotation.layer, annotation.label) == (model.layer, model.label) for annotation in here)


def _filled(session: Session, annotation: Annotation, model: Model, proofs: tuple[Evidence, ...]) -> Annotation:
    layer = session.scheme.layer(model.layer)
    if layer is None:
        return annotation
    attributes = dict(annotation.attributes)
    if layer.has_severity and model.severity:
        attributes[SEVERITY] = model.severity
    if not layer.has_evidence:
        proofs = ()
    if proofs and layer.attribute(EVIDENCE_STATUS):
        attributes[EVIDENCE_STATUS] = "LINKED"
    for proof in proofs:
        check_quote(session.reader.document(proof.document).text, proof.fragments, proof.quote)
    return msgspec.structs.replace(
        annotation,
        attributes=attributes,
        correction=model.correction if layer.has_correction else None,
        comment=model.comment,
        evidence=proofs,
    )


def _on_hits(state: DocumentState, layer: str, hits: Iterable[Hit]) -> list[Annotation]:
    found = {annotation.uid: annotation for hit in hits for annotation in state.overlapping(hit.start, hit.end)}
    return [annotation for annotation in found.values() if annotation.layer == layer]


# -- all of them, together ---------------------------------------------------------------------------------------------


Item = TypeVar("Item", Hit, tuple[Hit, Model])


def _document(item: Hit | tuple[Hit, Model]) -> str:
    return item.document if isinstance(item, Hit) else item[0].document


def _carry_out(
    session: Session,
    wanted: Collection[Item],
    edits_of: Callable[[DocumentState, Sequence[Item]], _Part],
    title: str,
    progress: Progress,
    cancel: CancelToken | None,
    *,
    backup: str = "marks",
) -> Done:
    """Write the edits of all documents, or of none, as one undoable step."""
    session.require_writable()
    annotator = session.annotator
    if not annotator:
        raise EditRejected("no annotator is set", hint="set your name first")
    done, gone_through = Done(), 0
    with session.transaction(title, backup=backup, are_new=True) as step:
        for document, items in groupby(wanted, _document):
            progress(gone_through, len(wanted))
            if cancel is not None:
                cancel.raise_if_cancelled()
            here = list(items)
            gone_through += len(here)
            is_open = step.state is not None and step.state.document.uid == document
            state = step.state if is_open and step.state else session.executor.load(document, annotator)
            part = edits_of(state, here)
            if part.edits:
                edit = Batch(tuple(part.edits)) if len(part.edits) > 1 else part.edits[0]
                step.perform([SetEdit(document, annotator, edit)], weight=part.changed, keeps_done=True)
                step.next_row_if_full()
            done = Done(
                done.changed + part.changed,
                done.passed + part.passed,
                done.unproved + part.unproved,
                done.documents + bool(part.edits),
            )
        step.tell(Topic.DOCUMENTS)
    return done


def _short(wanted: Iterable[tuple[Hit, Model]]) -> str:
    return next((hit.match[:40] for hit, _ in wanted), "")
