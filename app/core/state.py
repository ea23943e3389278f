"""What one annotator has said about one document, as a value."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from app.core.annotation import Annotation, Relation, Status
from app.core.document import Document
from app.core.intervals import Interval, IntervalIndex


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
            annotations=by_uid,
            relations={relation.uid: relation for relation in relations},
            intervals=IntervalIndex(interval for a in by_uid.values() for interval in intervals_of(a)),
        )

    def overlapping(self, start: int, end: int) -> list[Annotation]:
        """Return the annotations with a fragment in `[start, end)`, each once, in order of that fragment."""
        uids = dict.fromkeys(hit.uid for hit in self.intervals.overlapping(start, end))
        return [self.annotations[uid] for uid in uids]

    def in_order(self) -> list[Annotation]:
        """Return all annotations by start, end and uid: the order of lists and exports."""
        return sorted(self.annotations.values(), key=reading_order)


def reading_order(annotation: Annotation) -> tuple[int, int, str]:
    """Sort key of annotations: start, end, uid."""
    return (annotation.start, annotation.end, annotation.uid)


def intervals_of(annotation: Annotation) -> list[Interval]:
    """Return one index entry per fragment."""
    return [Interval(f.start, f.end, annotation.uid) for f in annotation.fragments]
