"""Accepting and rejecting suggestions; accepting one makes it the annotator's annotation, in one undoable step."""

import msgspec

from app.core import annotation_edits
from app.core.annotation import Annotation, Evidence, quote_of
from app.core.clock import now
from app.core.edits import AddAnnotation, check_quote
from app.core.errors import EditRejected
from app.core.ids import new_uid
from app.core.scheme import EVIDENCE_STATUS, SEVERITY, Layer
from app.core.state import DocumentState
from app.core.suggestion import (
    Judgement,
    Suggestion,
    SuggestionOutcome,
    origin_of,
)
from app.core.wording import shorten
from app.session.actions import Judge
from app.session.session import Session


def accept(session: Session, suggestion: Suggestion, *, kind: tuple[str, str] | None = None) -> Annotation:
    """Accept a suggestion on the open document; return the resulting annotation.

    With `kind`, the annotation gets this layer and label instead: accepted and edited in one step.

    Raises EditRejected if its quote doesn't match the text, the scheme lacks its label or such an annotation exists,
    and ProjectError; then nothing was changed.
    """
    state = _state(session)
    # If the text isn't what the suggestion is about, annotating it would be a guess.
    check_quote(state.document.text, suggestion.fragments, suggestion.quote)
    layer, label = kind or (suggestion.layer, suggestion.label)
    made = annotation_of(session, state, msgspec.structs.replace(suggestion, layer=layer, label=label))
    judge = judgement_of(state, suggestion, SuggestionOutcome.ACCEPTED, made.uid)
    known = session.scheme.label(layer, label)
    other = f" as {known.title}" if known is not None and (layer, label) != suggestion.place[:2] else ""
    session.apply(
        AddAnnotation(made), title=f"Accept suggestion on “{shorten(suggestion.quote)}”{other}", besides=judge
    )
    return made


def reject(session: Session, suggestion: Suggestion) -> None:
    """Reject a suggestion on the open document. Raises EditRejected and ProjectError; then nothing was changed."""
    judge = judgement_of(_state(session), suggestion, SuggestionOutcome.REJECTED, None)
    session.perform(judge, title=f"Reject suggestion on “{shorten(suggestion.quote)}”")


def _state(session: Session) -> DocumentState:
    if session.state is None:
        raise EditRejected("no document is open", hint="open one from the list")
    if not session.annotator:
        raise EditRejected("no annotator is set", hint="set your name first")
    return session.state


def judgement_of(
    state: DocumentState, suggestion: Suggestion, outcome: SuggestionOutcome, annotation: str | None
) -> Judge:
    """Return the action that records an answer; `annotation` is the uid of the annotation made from the suggestion."""
    judgement = Judgement(
        suggestion=suggestion.uid, annotator=state.annotator, outcome=outcome, time=now(), annotation=annotation
    )
    return Judge(state.document.uid, judgement)


def annotation_of(session: Session, state: DocumentState, suggestion: Suggestion) -> Annotation:
    """Return the annotation that accepting a suggestion makes. Raises EditRejected if it can't be made."""
    scheme = session.scheme
    ranges = [(fragment.start, fragment.end) for fragment in suggestion.fragments]
    made = annotation_edits.annotate(
        state, ranges, layer=suggestion.layer, label=suggestion.label, scheme=scheme
    ).annotation
    layer = scheme.layer(suggestion.layer)
    if layer is None:
        return made
    evidence = _evidence(session, state, layer, suggestion)
    return msgspec.structs.replace(
        made,
        attributes={**made.attributes, **_attributes(layer, suggestion, has_evidence=bool(evidence))},
        correction=suggestion.correction if layer.has_correction else None,
        evidence=evidence,
        origin=origin_of(suggestion),
    )


def _attributes(layer: Layer, suggestion: Suggestion, *, has_evidence: bool) -> dict[str, object]:
    known = {field.id for field in layer.attributes_of(suggestion.label)}
    known |= {SEVERITY} if layer.has_severity else set()
    found = {key: value for key, value in suggestion.attributes.items() if key in known}
    if has_evidence and layer.attribute(EVIDENCE_STATUS):
        found[EVIDENCE_STATUS] = "LINKED"
    return found


def _evidence(session: Session, state: DocumentState, layer: Layer, suggestion: Suggestion) -> tuple[Evidence, ...]:
    """Return the suggestion's evidence that still matches: stale evidence is no reason to refuse the annotation."""
    home = {state.document.uid, *session.reader.documents.references(state.document.uid)}
    kept: list[Evidence] = []
    for item in suggestion.evidence if layer.has_evidence else ():
        if item.document in home:
            text = session.reader.document(item.document).text
            if item.end <= len(text) and quote_of(text, item.fragments) == item.quote:
                kept.append(msgspec.structs.replace(item, uid=new_uid()))
    return annotation_edits.numbered(kept)
