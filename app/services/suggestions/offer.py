"""Adding suggestions to a project: what suggesters propose, without duplicates, as one undoable step."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import msgspec

from app.core.annotation import Annotation, normal_fragments, quote_of
from app.core.clock import now
from app.core.ids import new_uid
from app.core.mark_ends import whole_characters
from app.core.progress import CancelToken
from app.core.suggestion import Place, Suggestion, places_of
from app.core.wording import counted
from app.session.actions import HideSuggestions, ShowSuggestions
from app.session.events import Topic
from app.session.session import Session


class Offered(NamedTuple):
    """The outcome for a set of proposals: the new suggestions, each with its document (uid), and the numbers of those
    that were suggested before, whatever their answers, and of those that equal an annotation of the annotator.
    `notes` are what suggesters have to say for people, `retired` the names of those that have retired themselves.
    """

    new: tuple[tuple[str, Suggestion], ...] = ()
    known: int = 0
    annotated: int = 0
    documents: int = 0
    notes: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()


def offer(
    session: Session,
    proposed: Iterable[tuple[str, Iterable[Suggestion]]],
    *,
    suggesters: str,
    backup: str = "",
    progress: Callable[[int], None] = lambda documents: None,
    cancel: CancelToken | None = None,
    dry_run: bool = False,
) -> Offered:
    """Add what is proposed for documents (uids), in one undoable step; uids and times are assigned here.

    Proposals are skipped if they were suggested before by any suggester, if the current annotator has an annotation
    with the same label on the same range, or if the scheme doesn't have their label. A proposal whose quote isn't the
    text at its range is a bug of the suggester and raises ValueError. `suggesters` is for the step's title; `backup` as
    in a transaction; `progress` gets the number of documents so far. A dry run writes nothing. Raises EditRejected,
    ProjectError and Cancelled; then nothing was changed.
    """
    if not dry_run:
        session.require_writable()
    found = _Offer(session)
    seen = 0
    for seen, (document, suggestions) in enumerate(proposed, 1):
        if cancel is not None:
            cancel.raise_if_cancelled()
        found.take(document, suggestions)
        progress(seen)
    if found.new and not dry_run:
        _write(session, found.new, suggesters, backup=backup)
    return Offered(tuple(found.new), found.known, found.annotated, seen)


class _Offer:
    """Separates new proposals from known ones."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._table = session.executor.suggesting.suggestions
        self._contents: dict[str, set[object]] = {}
        self.new: list[tuple[str, Suggestion]] = []
        self.known = self.annotated = 0

    def take(self, document: str, suggestions: Iterable[Suggestion]) -> None:
        key = self._session.reader.documents.key_of(document)
        if key is None:
            return
        annotated: set[Place] | None = None
        for suggestion in suggestions:
            suggestion = self._whole(document, suggestion)
            if document not in self._contents:
                self._contents[document] = {known.content for known in self._table.of_document(key)}
            if self._session.scheme.label(suggestion.layer, suggestion.label) is None:
                continue  # it couldn't be accepted
            if suggestion.content in self._contents[document]:
                self.known += 1
                continue
            annotated = places_of(self._annotations(key)) if annotated is None else annotated
            if suggestion.place in annotated:
                self.annotated += 1
                continue
            self._contents[document].add(suggestion.content)
            self.new.append((document, msgspec.structs.replace(suggestion, uid=new_uid(), created=now())))

    def _whole(self, document: str, suggestion: Suggestion) -> Suggestion:
        """Return a suggestion of whole characters, as people see them: none begins or ends before an accent."""
        text = self._session.reader.document(document).text
        if quote_of(text, suggestion.fragments) != suggestion.quote:
            raise ValueError(f"{suggestion.maker} proposes “{suggestion.quote[:40]}” where it doesn't occur")
        ranges = [whole_characters(text, fragment.start, fragment.end) for fragment in suggestion.fragments]
        if all((f.start, f.end) == place for f, place in zip(suggestion.fragments, ranges, strict=True)):
            return suggestion
        fragments = normal_fragments(ranges, length=len(text))
        return msgspec.structs.replace(suggestion, fragments=fragments, quote=quote_of(text, fragments))

    def _annotations(self, key: int) -> list[Annotation]:
        annotations, person = self._session.executor.annotations, self._session.annotator_key()
        found = annotations.set_of(key, person) if person is not None else None
        return annotations.load(key, found.key)[0] if found is not None else []


def _write(session: Session, new: list[tuple[str, Suggestion]], suggesters: str, *, backup: str) -> None:
    by_document: dict[str, list[Suggestion]] = {}
    for document, suggestion in new:
        by_document.setdefault(document, []).append(suggestion)
    with session.transaction(f"Suggest {counted(len(new), 'mark')} ({suggesters})", backup=backup) as step:
        batch = session.log.next_sequence()
        for document, suggestions in by_document.items():
            key = session.reader.documents.key_of(document)
            if key is not None:
                session.executor.suggesting.suggestions.insert(key, suggestions, batch=batch)
        step.lead([ShowSuggestions(batch)], [HideSuggestions(batch)])
        step.tell(Topic.SUGGESTIONS)
