"""Imported evidence, which can only be checked once all documents are imported."""

from collections.abc import Iterable, Iterator

from app.core.annotation import Annotation, Evidence
from app.storage.document_queries import DocumentQueries
from app.storage.stale_evidence import why_stale


class EvidenceImport:
    """Collects evidence, and finds the pieces that don't match their documents."""

    def __init__(self, documents: DocumentQueries) -> None:
        self._documents = documents
        self._proofs: list[tuple[str, Evidence]] = []

    def add(self, name: str, annotations: Iterable[Annotation]) -> None:
        """Collect the evidence of annotations of a document (`name`)."""
        self._proofs.extend((name, evidence) for annotation in annotations for evidence in annotation.evidence)

    def stale(self) -> Iterator[str]:
        """Yield a message for each piece of evidence that doesn't match; each text is read once."""
        self._proofs.sort(key=_document)
        known: tuple[str, str | None] = ("", None)
        for name, evidence in self._proofs:
            if known[0] != evidence.document:
                found = self._documents.get(evidence.document)
                known = (evidence.document, found.text if found else None)
            why = why_stale(evidence, known[1])
            if why:
                yield f"{name}: “{evidence.quote[:40]}”, {why}"


def _document(proof: tuple[str, Evidence]) -> str:
    return proof[1].document
