"""Making, changing and removing patterns: what is always suggested."""

from collections.abc import Sequence

import msgspec

from app.core.clock import now
from app.core.errors import EditRejected
from app.core.ids import new_uid
from app.core.scheme import SEVERITY, Scheme
from app.core.suggestion_pattern import SuggestionPattern, checked_pattern
from app.core.wording import counted, shorten
from app.session.actions import ChangePattern, Compound
from app.session.session import Session


def add_pattern(session: Session, pattern: SuggestionPattern) -> SuggestionPattern:
    """Add a pattern (without a uid) as one undoable step, and return it.

    Raises EditRejected if the scheme has no such label or severity to give, words, tokens or correction are too long or
    none, or there is such a pattern; and ProjectError.
    """
    made = _made(session, pattern)
    session.perform(ChangePattern(made), title=f"Always suggest “{shorten(made.words)}”")
    return made


def add_patterns(session: Session, patterns: Sequence[SuggestionPattern]) -> tuple[int, int]:
    """Add patterns of a file as one undoable step; return how many are new, and how many the project has already.

    Raises EditRejected as `add_pattern` does, for the first that can't be added; then none is.
    """
    known = {pattern.content for pattern in session.reader.patterns()}
    new: list[ChangePattern] = []
    for pattern in patterns:
        made = ready_pattern(session.scheme, pattern)
        if made.content not in known:
            known.add(made.content)
            new.append(ChangePattern(msgspec.structs.replace(made, uid=new_uid(), created=now())))
    if new:
        session.perform(Compound(tuple(new)), title=f"Always suggest {counted(len(new), 'pattern')}")
    return len(new), len(patterns) - len(new)


def change_pattern(session: Session, old: SuggestionPattern, new: SuggestionPattern) -> SuggestionPattern:
    """Put a pattern (without a uid) in the place of another as one undoable step, and return it. What the old one has
    suggested stays. Raises EditRejected as `add_pattern` does.
    """
    made = _made(session, new, instead=old)
    actions = Compound((ChangePattern(old, is_gone=True), ChangePattern(made)))
    session.perform(actions, title=f"Change the pattern “{shorten(old.words)}”")
    return made


def remove_pattern(session: Session, pattern: SuggestionPattern) -> None:
    """Remove a pattern as one undoable step; what it has suggested stays. Raises EditRejected and ProjectError."""
    title = f"No longer always suggest “{shorten(pattern.words)}”"
    session.perform(ChangePattern(pattern, is_gone=True), title=title)


def ready_pattern(scheme: Scheme, pattern: SuggestionPattern) -> SuggestionPattern:
    """Return a pattern as it can be added to a project of a scheme. Raises EditRejected if it can't."""
    known = scheme.label(pattern.layer, pattern.label)
    if known is None or known.group or scheme.is_about_document(pattern.layer):
        what = f"{pattern.layer}.{pattern.label} isn't a label for words"
        raise EditRejected(what, hint="see the labels: stet scheme PROJECT show")
    layer = scheme.layer(pattern.layer)
    if pattern.correction is not None and layer is not None and not layer.has_correction:
        raise EditRejected(f"marks of the layer “{layer.title}” have no correction", hint="leave it out")
    if pattern.severity is not None:
        if layer is None or not layer.has_severity:
            raise EditRejected(f"marks of the layer “{pattern.layer}” have no {SEVERITY}", hint="leave it out")
        if scheme.severity(pattern.severity) is None:
            steps = ", ".join(step.id for step in scheme.severities)
            raise EditRejected(f"the scheme has no severity “{pattern.severity[:40]}”", hint=f"it has {steps}")
    return checked_pattern(pattern)


def _made(session: Session, pattern: SuggestionPattern, instead: SuggestionPattern | None = None) -> SuggestionPattern:
    made = ready_pattern(session.scheme, pattern)
    if any(each.content == made.content for each in session.reader.patterns() if each != instead):
        raise EditRejected(f"“{shorten(made.words)}” is a pattern with that label already")
    return msgspec.structs.replace(made, uid=new_uid(), created=now())
