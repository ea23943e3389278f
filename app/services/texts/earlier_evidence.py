"""Evidence that was taken from an earlier text of its document."""

from functools import cache

import msgspec

from app.core.annotation import Annotation, Evidence, quote_of
from app.core.record import DocumentRecord, SetRecord
from app.services.texts.text_lineage import BrokenLineage, TextStep, steps_from
from app.session.session import Session


class EarlierEvidence:
    """Brings evidence of records to where its words are in the project's texts.

    A record doesn't say which text its evidence was taken from: it is the latest one that has the quote at the place.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._edited = frozenset(session.executor.texts.versions.edited())
        self._ways = cache(self._ways_of)

    def brought_here(self, record: DocumentRecord) -> DocumentRecord:
        """Return a record with its evidence where its words are now; what is found in no text stays as it is."""
        if not self._edited:
            return record
        return record._replace(sets=tuple(map(self._set, record.sets)))

    def _set(self, item: SetRecord) -> SetRecord:
        return item._replace(annotations=tuple(map(self._annotation, item.annotations)))

    def _annotation(self, annotation: Annotation) -> Annotation:
        if self._edited.isdisjoint(piece.document for piece in annotation.evidence):
            return annotation
        return msgspec.structs.replace(annotation, evidence=tuple(map(self._piece, annotation.evidence)))

    def _piece(self, piece: Evidence) -> Evidence:
        if piece.document not in self._edited:
            return piece
        for text, steps in self._ways(piece.document, self._session.reader.document(piece.document).sha256):
            if piece.end <= len(text) and quote_of(text, piece.fragments) == piece.quote:
                for step in steps:
                    place = step.change.placed(piece.fragments, piece.quote)
                    piece = msgspec.structs.replace(piece, fragments=place.fragments, quote=place.quote)
                return piece
        return piece

    def _ways_of(self, uid: str, _sha256: str) -> list[tuple[str, list[TextStep]]]:
        """Return the texts of a document, the present one first, each with the edits that lead from it to that."""
        document = self._session.reader.document(uid)
        versions = self._session.executor.texts.versions.of_document(uid, with_text=True)
        ways: list[tuple[str, list[TextStep]]] = [(document.text, [])]
        for version in reversed(versions):
            try:
                steps = steps_from(document, versions, version.text or "")
            except BrokenLineage:
                steps = None
            if version.text is not None and steps:
                ways.append((version.text, steps))
        return ways
