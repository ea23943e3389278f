"""The evidence that a document's annotations draw, kept in step with them."""

from collections.abc import Iterable

from app.core.annotation import Annotation, Evidence
from app.core.edits import Change
from app.core.intervals import Interval, IntervalIndex
from app.ui.editor.highlights import EVIDENCE, Highlight
from app.ui.theme import EVIDENCE_COLOR


class EvidenceHighlights:
    """The evidence in one text, owned by the annotations that it proves."""

    def __init__(self, evidence: Iterable[tuple[str, Evidence]] = ()) -> None:
        self._by_uid = {item.uid: (owner, item) for owner, item in evidence}
        self._index = IntervalIndex(place for _, item in self._by_uid.values() for place in _places(item))

    def add(self, owner: str, item: Evidence) -> None:
        """Show one more."""
        self._by_uid[item.uid] = (owner, item)
        for place in _places(item):
            self._index = self._index.added(place)

    def remove(self, item: Evidence) -> None:
        """Show one no more. Raises KeyError if it isn't shown."""
        _, known = self._by_uid.pop(item.uid)
        for place in _places(known):
            self._index = self._index.removed(place)

    def highlights_in(self, start: int, end: int) -> list[Highlight]:
        """Return the evidence of the range."""
        uids = sorted({hit.uid for hit in self._index.overlapping(start, end)})
        found = ((uid, *self._by_uid[uid]) for uid in uids)
        return [Highlight(uid, owner, item.fragments, EVIDENCE, EVIDENCE_COLOR, weight=2) for uid, owner, item in found]


class Proof:
    """All evidence of the open document's annotations, by the document that it lies in."""

    def __init__(self) -> None:
        self._by_document: dict[str, EvidenceHighlights] = {}

    def read(self, annotations: Iterable[Annotation]) -> None:
        """Take the evidence of these annotations, and of no others."""
        found: dict[str, list[tuple[str, Evidence]]] = {}
        for annotation in annotations:
            for item in annotation.evidence:
                found.setdefault(item.document, []).append((annotation.uid, item))
        self._by_document = {document: EvidenceHighlights(items) for document, items in found.items()}

    def of(self, document: str) -> EvidenceHighlights:
        """Return the evidence in one document; it goes on following."""
        return self._by_document.setdefault(document, EvidenceHighlights())

    def follow(self, change: Change) -> list[Evidence]:
        """Take in what a change brought and took, however much else there is; return the evidence that it touched."""
        others = [pair for pair in change.replaced if pair[0].evidence != pair[1].evidence]
        gone = [item for a in (*change.removed, *(old for old, _ in others)) for item in a.evidence]
        come = [(a.uid, item) for a in (*change.added, *(new for _, new in others)) for item in a.evidence]
        for item in gone:
            self.of(item.document).remove(item)
        for owner, item in come:
            self.of(item.document).add(owner, item)
        return [*gone, *(item for _, item in come)]


def _places(item: Evidence) -> list[Interval]:
    return [Interval(fragment.start, fragment.end, item.uid) for fragment in item.fragments]
