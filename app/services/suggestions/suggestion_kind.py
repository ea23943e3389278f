"""Answering all suggestions of a kind at once, in one undoable step."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from app.core.edits import AddAnnotation, Batch, Edit, check_quote
from app.core.errors import EditRejected
from app.core.progress import CancelToken
from app.core.state import DocumentState
from app.core.suggestion import Suggestion, SuggestionOutcome, places_of, unoffered
from app.core.wording import counted
from app.services.suggestions.judgement import annotation_of, judgement_of
from app.session.actions import Action, SetEdit
from app.session.events import Topic
from app.session.session import Session


class SuggestionKind(NamedTuple):
    """What suggestions have in common. None and False mean that it doesn't matter.

    `quote` is compared without regard to case; `least` is the lowest score, which suggestions without a score don't
    reach.
    """

    layer: str
    label: str
    maker: str | None = None
    quote: str | None = None
    least: float | None = None

    def has(self, suggestion: Suggestion) -> bool:
        """Whether a suggestion is of this kind."""
        return (
            (suggestion.layer, suggestion.label) == (self.layer, self.label)
            and (self.maker is None or suggestion.maker == self.maker)
            and (self.quote is None or suggestion.quote.casefold() == self.quote.casefold())
            and (self.least is None or (suggestion.score is not None and suggestion.score >= self.least))
        )


class KindAnswered(NamedTuple):
    """Numbers of suggestions answered and of their documents, and of those passed over because the text differs."""

    answered: int = 0
    documents: int = 0
    stale: int = 0


class KindScope(NamedTuple):
    """Where suggestions of a kind are answered: in the open document, or with `everywhere` in all documents that the
    annotator is to annotate and hasn't finished; of those only in `documents` (uids), if there are any. `offers` says
    which suggestions of a document (uid) are shown: others aren't answered.
    """

    everywhere: bool = False
    documents: tuple[str, ...] = ()
    offers: Callable[[str, Suggestion], bool] = lambda document, suggestion: True


def open_of_kind(session: Session, kind: SuggestionKind, scope: KindScope) -> Iterator[tuple[str, Suggestion]]:
    """Yield the annotator's open suggestions of a kind, each after its document (uid), in order."""
    for document in _documents(session, kind, scope):
        state = _state(session, document)
        yield from ((document, suggestion) for suggestion in _open(session, state, kind, scope))


def answer_kind(
    session: Session,
    kind: SuggestionKind,
    outcome: SuggestionOutcome,
    scope: KindScope,
    *,
    progress: Callable[[int, int], None] = lambda done, total: None,
    cancel: CancelToken | None = None,
) -> KindAnswered:
    """Accept or reject all open suggestions of a kind, as `open_of_kind` finds them. `progress` counts documents.

    One whose quote isn't the text at its range isn't accepted. Raises EditRejected, ProjectError and Cancelled; then
    nothing was changed.
    """
    session.require_writable()
    if not session.annotator:
        raise EditRejected("no annotator is set", hint="set your name first")
    label = session.scheme.label(kind.layer, kind.label)
    verb = "Accept" if outcome is SuggestionOutcome.ACCEPTED else "Reject"
    documents = _documents(session, kind, scope)
    title = f"{verb} all suggestions of {label.title if label else kind.label}"

    def write() -> KindAnswered:
        done = KindAnswered()
        with session.transaction(title, are_new=True) as step:
            for number, document in enumerate(documents):
                progress(number, len(documents))
                if cancel is not None:
                    cancel.raise_if_cancelled()
                state = _state(session, document, step.state)
                here = list(_open(session, state, kind, scope))
                fresh = [s for s in here if outcome is SuggestionOutcome.REJECTED or _holds(state, s)]
                actions = _answers(session, state, fresh, outcome)
                step.perform(actions, weight=len(fresh), keeps_done=True)
                step.next_row_if_full()
                done = KindAnswered(
                    done.answered + len(fresh), done.documents + bool(fresh), done.stale + len(here) - len(fresh)
                )
            step.tell(Topic.SUGGESTIONS, Topic.DOCUMENTS)
        return done

    return session.kept.written(write)


def answered_words(done: KindAnswered, outcome: SuggestionOutcome) -> str:
    """Return in words what was answered."""
    verb = "Accepted" if outcome is SuggestionOutcome.ACCEPTED else "Rejected"
    words = f"{verb} {counted(done.answered, 'suggestion')} in {counted(done.documents, 'document')}."
    return f"{words} {done.stale:,} left, whose text differs." if done.stale else words


def _documents(session: Session, kind: SuggestionKind, scope: KindScope) -> list[str]:
    if not scope.everywhere:
        return [session.state.document.uid] if session.state is not None else []
    assigned = session.reader.assignments().get(session.annotator or "", ())
    wanted = set(assigned) or {row.uid for row in session.reader.documents.to_work_on()}
    if scope.documents:
        wanted &= set(scope.documents)
    having = session.executor.suggesting.suggestions.documents_with([(kind.layer, kind.label)])
    return [uid for uid in having if uid in wanted and not _state(session, uid).status.is_finished]


def _state(session: Session, document: str, here: DocumentState | None = None) -> DocumentState:
    is_open = here or session.state
    if is_open is not None and is_open.document.uid == document:
        return is_open
    return session.executor.load(document, session.annotator or "")


def _open(session: Session, state: DocumentState, kind: SuggestionKind, scope: KindScope) -> Iterator[Suggestion]:
    key, person = session.reader.documents.key_of(state.document.uid), session.annotator_key()
    if key is None:
        return
    table = session.executor.suggesting.suggestions
    judged = table.judged_by(key, person) if person is not None else {}
    said = {annotation.layer for annotation in state.about_document(session.scheme)}
    for suggestion in table.of_document(key):
        if not kind.has(suggestion) or suggestion.uid in judged or unoffered(suggestion, session.scheme):
            continue
        if suggestion.layer in said:
            continue  # of the document only one label of a layer can be true
        if not scope.offers(state.document.uid, suggestion):
            continue
        if suggestion.place not in places_of(state.overlapping(suggestion.start, suggestion.end)):
            yield suggestion


def _holds(state: DocumentState, suggestion: Suggestion) -> bool:
    try:
        check_quote(state.document.text, suggestion.fragments, suggestion.quote)
    except EditRejected:
        return False
    return True


def _answers(
    session: Session, state: DocumentState, suggestions: list[Suggestion], outcome: SuggestionOutcome
) -> list[Action]:
    """Return the actions for one document; two suggestions of one place become one annotation."""
    added: dict[object, str] = {}
    edits: list[Edit] = []
    judges: list[Action] = []
    for suggestion in suggestions:
        if outcome is SuggestionOutcome.ACCEPTED and suggestion.place not in added:
            made = annotation_of(session, state, suggestion)
            added[suggestion.place] = made.uid
            edits.append(AddAnnotation(made))
        judges.append(judgement_of(state, suggestion, outcome, added.get(suggestion.place)))
    marks: list[Action] = []
    if edits:
        edit = Batch(tuple(edits)) if len(edits) > 1 else edits[0]
        marks.append(SetEdit(state.document.uid, state.annotator, edit))
    return [*marks, *judges]
