"""Documents whose ids were derived from their names and texts, as the project knows them."""

from collections.abc import Mapping
from typing import Any

import msgspec

from app.core.annotation import Annotation
from app.core.record import DocumentRecord, SetRecord
from app.session.session import Session

_TEXT_SUFFIX = ".txt"


class DerivedDocuments:
    """Finds documents of foreign files in the project by name and text, or by the file that their text was extracted
    from, and gives records the project's ids.

    A document is to be met before the records that refer to it.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._ours: dict[str, str] = {}  # derived uid to that of the same document here, where they differ
        self._files: dict[tuple[Any, ...], str] = {}  # what is known of files that were met, to the document's uid

    def known_as(self, record: DocumentRecord) -> DocumentRecord:
        """Return a record with our ids of its document, its references and its evidence."""
        document = record.document
        if record.is_derived:
            ours = self._same(document.uid, document.name, document.sha256)
            if record.file_keys:
                ours = self._of_file(record, ours)
            if ours != document.uid:
                self._ours[document.uid] = ours
        if not self._ours:
            return record
        return record._replace(
            document=msgspec.structs.replace(document, uid=self._ours.get(document.uid, document.uid)),
            references=tuple(self._ours.get(uid, uid) for uid in record.references),
            sets=tuple(_pointed(item, self._ours) for item in record.sets),
        )

    def _of_file(self, record: DocumentRecord, found: str) -> str:
        """Return the document (uid) whose text was extracted from the same file, else the one that was found."""
        keys, document = record.file_keys, record.document
        identity = (*keys, *(str(document.meta.get(key)) for key in keys))
        known = self._files.get(identity)
        if known is None:
            here = [found] if self._session.executor.documents.key_of(found) is not None else []
            here = here or [
                uid
                for uid in self._session.executor.documents.with_meta(keys[0], str(document.meta.get(keys[0])))
                if record.is_from_file_of(self._session.executor.document(uid))
            ]
            known = self._files[identity] = here[0] if here else found
        return known

    def _same(self, uid: str, name: str, sha: str) -> str:
        if self._session.executor.documents.place_of(uid) is not None:
            return uid
        documents, versions = self._session.executor.documents, self._session.executor.texts.versions
        # Formats of text files name documents by their files, whatever they were called before.
        for known in dict.fromkeys((name, name.removesuffix(_TEXT_SUFFIX))):
            found = documents.same(known, sha) or versions.document_with(known, sha)
            if found is not None:
                return found
        return uid


def _pointed(item: SetRecord, ours: Mapping[str, str]) -> SetRecord:
    return item._replace(annotations=tuple(_with_evidence(each, ours) for each in item.annotations))


def _with_evidence(annotation: Annotation, ours: Mapping[str, str]) -> Annotation:
    if not any(piece.document in ours for piece in annotation.evidence):
        return annotation
    pieces = (
        msgspec.structs.replace(piece, document=ours.get(piece.document, piece.document))
        for piece in annotation.evidence
    )
    return msgspec.structs.replace(annotation, evidence=tuple(pieces))
