"""Sending suggestions, one's own answers to them, what was shown to oneself, and patterns to a hub."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import msgspec

from app.core.names import annotator_key
from app.core.suggestion import Suggested
from app.core.suggestion_pattern import SuggestionPattern
from app.exchange.formats.stet_jsonl.suggestions import suggestions_json
from app.hub.hub_rows import HubRows
from app.hub.suggested_rows import HubSuggested
from app.services.hub.local_news import LocalNews
from app.services.hub.steps import Steps
from app.session.session import Session

_AT_ONCE = 200


class SuggestedUpload:
    """Sends a document's suggestions whole, as sets are, with the answers of one person (name) only.

    It sends those of documents in which the person has made or answered some or was shown some, and of all in which
    they have done so before.
    """

    def __init__(self, session: Session, rows: HubRows, person: str) -> None:
        self._session = session
        self._rows = rows
        self._person = person
        self._key = annotator_key(person)

    def run(self, news: LocalNews, *, everything: bool = False) -> Steps[None]:
        """Send what is new. Raises HubError, ProjectError and DamagedRow; sending it again changes nothing."""
        documents = None if everything else news.documents
        made = self._made(None if documents is None else news.batches)
        wanted = self._with_suggestions() if documents is None else sorted({*documents, *made})
        for first in range(0, len(wanted), _AT_ONCE):
            yield from self._send(wanted[first : first + _AT_ONCE], made)
        if documents is None or news.has_patterns:
            patterns = self._session.executor.suggesting.patterns.all()
            if patterns:
                yield partial(self._rows.suggested.add_patterns, [pattern_row(pattern) for pattern in patterns])

    def _with_suggestions(self) -> list[str]:
        return sorted(self._session.executor.suggesting.suggestions.documents())

    def _made(self, batches: frozenset[int] | None) -> set[str]:
        """Return the documents (uids) with suggestions of these batches; None for all that there are."""
        if batches is not None and not batches:
            return set()
        return set(self._session.executor.suggesting.suggestions.documents(batches))

    def _send(self, uids: Sequence[str], made: set[str]) -> Steps[None]:
        found = {row.document: (row, is_own) for row, is_own in self._rows_of(uids)}
        if not found:
            return
        there: dict[str, str] = yield partial(self._rows.suggested.own_digests, list(found), self._key)
        new = [
            row
            for uid, (row, is_own) in found.items()
            if there.get(uid) != row.digest and (is_own or uid in made or uid in there)
        ]
        if new:
            yield partial(self._rows.suggested.put, new)

    def _rows_of(self, uids: Sequence[str]) -> Iterator[tuple[HubSuggested, bool]]:
        """Yield what there is to send of documents, and whether it has anything of the person's own."""
        table = self._session.executor.suggesting.suggestions
        hashes = self._session.executor.documents.hashes(uids)
        for uid in uids:
            key = self._session.executor.documents.key_of(uid)
            items = table.with_judgements(key) if key is not None else ()
            if items:
                own = [item.of_people(self._is_person) for item in items]
                yield suggested_row(uid, self._key, hashes[uid], own), any(i.judgements or i.shown for i in own)

    def _is_person(self, name: str) -> bool:
        return annotator_key(name) == self._key


def suggested_row(document: str, person: str, text: str, items: Sequence[Suggested]) -> HubSuggested:
    """Return suggestions of a document (uid), on the text with a hash, as a hub has them of a person (key)."""
    content = suggestions_json(items)
    return HubSuggested(document, person, hashlib.sha256(content.encode()).hexdigest(), text, content)


def rows_by_person(document: str, text: str, items: Sequence[Suggested], lead: str) -> Iterator[HubSuggested]:
    """Yield suggestions of a document (uid) once with the answers of each person (key), and once for the lead (key)."""
    names = {answer.annotator for item in items for answer in (*item.judgements, *item.shown)}
    for person in sorted({lead, *map(annotator_key, names)} if items else ()):
        is_theirs: Callable[[str], bool] = partial(_is_of, person)
        yield suggested_row(document, person, text, [item.of_people(is_theirs) for item in items])


def _is_of(key: str, name: str) -> bool:
    return annotator_key(name) == key


def pattern_row(pattern: SuggestionPattern) -> tuple[str, str]:
    """Return a pattern as a hub has it: its uid, and JSON."""
    return pattern.uid, msgspec.json.encode(pattern).decode()


pattern_decoder = msgspec.json.Decoder(SuggestionPattern)
"""Reads a pattern from a hub. Raises msgspec.MsgspecError."""
