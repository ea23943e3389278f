"""What one annotator has said about one document, as a value."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from app.core.annotation import Annotation, Relation, Status
from app.core.document import Document
from app.core.intervals import Interval, IntervalIndex
from app.core.persistent_map import PersistentMap

_BEHIND = 2**62  # further on than any place in a text


class DocumentState(NamedTuple):
    """A document with one annotation set. Never changed in place; `app.core.edits.apply` makes the next one.

    `revision` grows with each change, so that late results of background work can be told from fresh ones.
    """

    document: Document
    annotator: str
    status: Status
    annotations: Mapping[str, Annotation]
    relations: Mapping[str, Relation]
    intervals: IntervalIndex
    revision: int = 0

    @classmethod
    def of(
        cls,
        document: Document,
        *,
        annotator: str,
        status: Status = Status.OPEN,
        annotations: Iterable[Annotation] = (),
        relations: Iterable[Relation] = (),
    ) -> "DocumentState":
        """Build the state, and its index, from loose values."""
        by_uid = {annotation.uid: annotation for annotation in annotations}
        return cls(
            document=document,
            annotator=annotator,
            status=status,
            annotations=PersistentMap(by_uid),
            relations={relation.uid: relation for relation in relations},
            intervals=IntervalIndex([Interval(f.start, f.end, a.uid) for a in by_uid.values() for f in a.fragments]),
        )

    def overlapping(self, start: int, end: int) -> list[Annotation]:
        """Return the annotations with a fragment in `[start, end)`, each once, in order of that fragment."""
        uids = dict.fromkeys(hit.uid for hit in self.intervals.overlapping(start, end))
        return [self.annotations[uid] for uid in uids]

    def neighbour(self, key: tuple[int, int, str], by: int) -> Annotation | None:
        """Return the annotation behind a key of `reading_order`, or with -1 the one before it, round the end; None in
        a state without annotations. Takes as long as it takes to find a few.
        """
        here = [a for a in self._starting(key[0]) if (reading_order(a) > key if by > 0 else reading_order(a) < key)]
        if not here:
            start = self._next_start(key[0], by)
            here = self._starting(self._next_start(-1 if by > 0 else _BEHIND, by) if start is None else start)
        return (min if by > 0 else max)(here, key=reading_order, default=None)

    def _starting(self, start: int | None) -> list[Annotation]:
        return [] if start is None else [a for a in self.overlapping(start, start) if a.start == start]

    def _next_start(self, start: int, by: int) -> int | None:
        """Return the next place, or the one before, at which an annotation starts; further fragments don't count."""
        at: Interval | None = Interval(start, _BEHIND if by > 0 else -1, "")
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
