"""Making and removing patterns: words that are always suggested."""

from app.core.clock import now
from app.core.errors import EditRejected
from app.core.ids import new_uid
from app.core.suggestion_pattern import PatternMatch, SuggestionPattern, checked_pattern
from app.core.wording import shorten
from app.session.actions import ChangePattern
from app.session.session import Session


def add_pattern(
    session: Session,
    words: str,
    *,
    match: PatternMatch,
    layer: str,
    label: str,
    correction: str | None = None,
) -> SuggestionPattern:
    """Add a pattern as one undoable step, and return it.

    Raises EditRejected if the scheme has no such label to give, words or correction are too long or none, or there is
    such a pattern; and ProjectError.
    """
    known = session.scheme.label(layer, label)
    if known is None or known.group or session.scheme.is_about_document(layer):
        raise EditRejected(f"{layer}.{label} isn't a label for words", hint="see the labels: stet scheme PROJECT show")
    in_layer = session.scheme.layer(layer)
    if correction is not None and in_layer is not None and not in_layer.has_correction:
        raise EditRejected(f"marks of the layer “{in_layer.title}” have no correction", hint="leave it out")
    made = SuggestionPattern(
        uid=new_uid(), words=words, match=match, layer=layer, label=label, correction=correction, created=now()
    )
    made = checked_pattern(made)
    if any(pattern.content == made.content for pattern in session.reader.patterns()):
        raise EditRejected(f"“{shorten(made.words)}” is a pattern with that label already")
    session.perform(ChangePattern(made), title=f"Always suggest “{shorten(made.words)}”")
    return made


def remove_pattern(session: Session, pattern: SuggestionPattern) -> None:
    """Remove a pattern as one undoable step; what it has suggested stays. Raises EditRejected and ProjectError."""
    title = f"No longer always suggest “{shorten(pattern.words)}”"
    session.perform(ChangePattern(pattern, is_gone=True), title=title)
