"""One annotator's annotations in one document, prepared for comparison: sorted, without duplicates."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from app.core.annotation import Annotation, Fragment
from app.review.agreement.unitized_alpha import Section, merged

if TYPE_CHECKING:
    from numpy import ndarray

AnnotationKey = tuple[tuple[Fragment, ...], str]


class Ranges(NamedTuple):
    """The fragments of annotations, sorted by start: start, end, owner (index of the annotation), and the furthest end
    so far.

    Zero-width fragments are left out; `anchors` are the annotations that have no other.
    """

    starts: "ndarray"
    ends: "ndarray"
    owners: "ndarray"
    furthest: "ndarray"
    anchors: tuple[int, ...]


class SortedAnnotations(NamedTuple):
    """Sorted annotations of one layer.

    `keys` are each one's fragments and label, `hulls` its start and end (two columns), `sizes` the code points it
    covers, 1 for an anchor. `collapsed` is the number of dropped duplicates by fragments and label, `split` the number
    of annotations with several fragments.
    """

    annotations: tuple[Annotation, ...]
    keys: tuple[AnnotationKey, ...]
    hulls: "ndarray"
    sizes: "ndarray"
    ranges: Ranges
    collapsed: int
    split: int

    @property
    def labels(self) -> set[str]:
        """The labels that were used."""
        return {label for _, label in self.keys}


def annotations_of(annotations: Iterable[Annotation]) -> SortedAnnotations:
    """Sort annotations and drop duplicates: the same annotation made twice isn't a second finding."""
    import numpy

    given = sorted(annotations, key=_order)
    kept = {(annotation.fragments, annotation.label): annotation for annotation in reversed(given)}
    keys = tuple(reversed(kept))
    parts = [(part.start, part.end, owner) for owner, (fragments, _) in enumerate(keys) for part in fragments]
    table = numpy.array(parts, dtype=numpy.int64).reshape(-1, 3)
    covered = numpy.bincount(table[:, 2], weights=table[:, 1] - table[:, 0], minlength=len(keys))
    hulls = [(fragments[0].start, fragments[-1].end) for fragments, _ in keys]
    return SortedAnnotations(
        annotations=tuple(reversed(kept.values())),
        keys=keys,
        hulls=numpy.array(hulls, dtype=numpy.int64).reshape(-1, 2),
        sizes=numpy.maximum(covered, 1),
        ranges=_ranges(table[table[:, 0] < table[:, 1]], numpy.flatnonzero(covered == 0).tolist()),
        collapsed=len(given) - len(keys),
        split=sum(len(fragments) > 1 for fragments, _ in keys),
    )


def _ranges(table: "ndarray", anchors: Iterable[int]) -> Ranges:
    import numpy

    table = table[numpy.argsort(table[:, 0], kind="stable")]
    furthest = numpy.maximum.accumulate(table[:, 1])
    return Ranges(table[:, 0], table[:, 1], table[:, 2], furthest, tuple(anchors))


def _order(annotation: Annotation) -> tuple[tuple[Fragment, ...], str, str]:
    return (annotation.fragments, annotation.label, annotation.uid)


def sections_by_label(annotations: SortedAnnotations) -> dict[str, list[Section]]:
    """Return for each label the ranges it covers: sorted, overlapping ones joined, without anchors.

    A label with anchors only has an empty list.
    """
    ranges: dict[str, list[Section]] = {}
    for fragments, label in annotations.keys:
        ranges.setdefault(label, []).extend((part.start, part.end) for part in fragments)
    return {label: merged(sections) for label, sections in ranges.items()}
