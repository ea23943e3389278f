"""Agreement on the evidence of matched annotations: code points that both annotators cited."""

from typing import TYPE_CHECKING, NamedTuple

from app.core.annotation import Annotation
from app.review.agreement.marks import Marks
from app.review.agreement.sections import Section, merged, shared_length

if TYPE_CHECKING:
    from numpy import ndarray


class EvidenceOverlap(NamedTuple):
    """Code points of evidence: shared, and in total for either side. Overlaps may be added up."""

    shared: int
    left: int
    right: int


def shared_evidence(one: Annotation, other: Annotation) -> EvidenceOverlap:
    """Compare the evidence of two annotations, separately for each reference document."""
    ours, theirs = _places(one), _places(other)
    return EvidenceOverlap(
        shared=sum(shared_length(ours[document], theirs[document]) for document in ours.keys() & theirs.keys()),
        left=sum(end - start for sections in ours.values() for start, end in sections),
        right=sum(end - start for sections in theirs.values() for start, end in sections),
    )


def _places(annotation: Annotation) -> dict[str, list[Section]]:
    ranges: dict[str, list[Section]] = {}
    for item in annotation.evidence:
        ranges.setdefault(item.document, []).extend((part.start, part.end) for part in item.fragments)
    return {document: merged(sections) for document, sections in ranges.items()}


class EvidenceRows(NamedTuple):
    """Columns, one row for each pair of matched annotations of which either has evidence: their indices, code points of
    evidence shared and on either side, and whether both have any.
    """

    left: "ndarray"
    right: "ndarray"
    shared: "ndarray"
    ours: "ndarray"
    theirs: "ndarray"
    both: "ndarray"


def evidence_sums(marks: Marks, pairs: "tuple[ndarray, ndarray]") -> EvidenceRows:
    """Compare the evidence of matched annotations. Pairs where neither has any are left out."""
    import numpy

    has = numpy.array([bool(mark.evidence) for mark in marks.annotations], dtype=bool)
    left, right = pairs
    rows = numpy.flatnonzero(has[left] | has[right])
    left, right = left[rows], right[rows]
    nodes = zip(left.tolist(), right.tolist(), strict=True)
    found = [shared_evidence(marks.annotations[i], marks.annotations[j]) for i, j in nodes]
    table = numpy.array(found, dtype=numpy.int64).reshape(-1, 3)
    return EvidenceRows(left, right, table[:, 0], table[:, 1], table[:, 2], has[left] & has[right])
