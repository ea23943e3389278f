"""Agreement on the evidence of matched annotations: code points that both annotators cited."""

from collections.abc import Iterable
from typing import NamedTuple

from app.core.annotation import Annotation
from app.review.agreement.annotation_ranges import SortedAnnotations
from app.review.agreement.unitized_alpha import Section, merged


class EvidenceOverlap(NamedTuple):
    """Code points of evidence: shared, and in total for either side. Overlaps may be added up."""

    shared: int
    left: int
    right: int


class EvidenceSums(NamedTuple):
    """The evidence of matched annotations: code points, and how many pairs both had evidence, out of those where either
    had.
    """

    overlap: EvidenceOverlap
    used: int
    total: int


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


def shared_length(one: list[Section], other: list[Section]) -> int:
    """Return the number of code points common to two sorted lists of non-overlapping ranges."""
    total = i = j = 0
    while i < len(one) and j < len(other):
        total += max(0, min(one[i][1], other[j][1]) - max(one[i][0], other[j][0]))
        if one[i][1] <= other[j][1]:
            i += 1
        else:
            j += 1
    return total


def evidence_sums(
    left: SortedAnnotations, right: SortedAnnotations, matched: Iterable[tuple[int, int]]
) -> EvidenceSums:
    """Add up the evidence of matched annotations. Pairs where neither has any are left out."""
    shared = ours = theirs = used = total = 0
    for i, j in matched:
        one, other = left.annotations[i], right.annotations[j]
        if not (one.evidence or other.evidence):
            continue
        total += 1
        used += bool(one.evidence and other.evidence)
        overlap = shared_evidence(one, other)
        shared, ours, theirs = shared + overlap.shared, ours + overlap.left, theirs + overlap.right
    return EvidenceSums(EvidenceOverlap(shared, ours, theirs), used, total)
