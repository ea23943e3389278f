"""One annotator's work on one document, as an immutable value."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from app.core.annotation import Annotation, Relation, Status
from app.core.document import Document
from app.core.intervals import Interval, IntervalIndex
from app.core.persistent_map import PersistentMap
from app.core.remark import NO_REMARK, Remark
from app.core.scheme import Scheme

_END = 2**62  # greater than any offset


class DocumentState(NamedTuple):
    """A document with one annotation set. Never changed in place; `app.core.edits.apply` returns the next one.

    `revision` is incremented by each change, so that stale results of background jobs can be recognised.
    """

    document: Document
    annotator: str
    status: Status
    annotations: Mapping[str, Annotation]
    relations: Mapping[str, Relation]
    intervals: IntervalIndex
    revision: int = 0
    remark: Remark = NO_REMARK

    @classmethod
    def of(
        cls,
        document: Document,
        *,
        annotator: str,
        status: Status = Status.OPEN,
        annotations: Iterable[Annotation] = (),
        relations: Iterable[Relation] = (),
        remark: Remark = NO_REMARK,
    ) -> "DocumentState":
        """Build the state and its index from its parts."""
        by_uid = {annotation.uid: annotation for annotation in annotations}
        return cls(
            document=document,
            annotator=annotator,
            status=status,
            annotations=PersistentMap(by_uid),
            relations={relation.uid: relation for relation in relations},
            intervals=IntervalIndex([Interval(f.start, f.end, a.uid) for a in by_uid.values() for f in a.fragments]),
            remark=remark,
        )

    def overlapping(self, start: int, end: int) -> list[Annotation]:
        """Return the annotations with a fragment in `[start, end)`, each once, in order of that fragment."""
        uids = dict.fromkeys(hit.uid for hit in self.intervals.overlapping(start, end))
        return [self.annotations[uid] for uid in uids]

    def about_document(self, scheme: Scheme) -> list[Annotation]:
        """Return the annotations about the document as a whole, in the order of the scheme's layers."""
        if not scheme.document_layers:
            return []
        order = [layer.id for layer in scheme.document_layers]
        found = [a for a in self._starting(0) if a.layer in order]
        return sorted(found, key=lambda a: (order.index(a.layer), a.uid))

    def relations_of(self, annotation: str) -> list[Relation]:
        """Return the relations that start or end at an annotation (uid), in order of their uids: as they were made."""
        return sorted((r for r in self.relations.values() if annotation in r.ends), key=lambda r: r.uid)

    def neighbour(self, key: tuple[int, int, str], by: int) -> Annotation | None:
        """Return the annotation after a key of `reading_order`, or with `by` -1 before it, wrapping around; None in a
        state without annotations. Doesn't sort all of them.
        """
        here = [a for a in self._starting(key[0]) if (reading_order(a) > key if by > 0 else reading_order(a) < key)]
        if not here:
            start = self._next_start(key[0], by)
            here = self._starting(self._next_start(-1 if by > 0 else _END, by) if start is None else start)
        return (min if by > 0 else max)(here, key=reading_order, default=None)

    def _starting(self, start: int | None) -> list[Annotation]:
        return [] if start is None else [a for a in self.overlapping(start, start) if a.start == start]

    def _next_start(self, start: int, by: int) -> int | None:
        """Return the next or previous offset at which an annotation starts; only first fragments count."""
        at: Interval | None = Interval(start, _END if by > 0 else -1, "")
        while at is not None:
            at = self.intervals.next_from(at) if by > 0 else self.intervals.previous_from(at)
            if at is not None and self.annotations[at.uid].start == at.start:
                return at.start
        return None

    def in_order(self) -> list[Annotation]:
        """Return all annotations by start, end and uid: the order of lists and exports."""
        return sorted(self.annotations.values(), key=reading_order)


def reading_order(annotation: Annotation) -> tuple[int, int, str]:
    """Sort key of annotations: start, end, uid."""
    return (annotation.start, annotation.end, annotation.uid)


def intervals_of(annotation: Annotation) -> list[Interval]:
    """Return one index entry per fragment."""
    return [Interval(f.start, f.end, annotation.uid) for f in annotation.fragments]
