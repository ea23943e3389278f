"""One annotator's marks in one document, made ready for comparison: in a fixed order, each once."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from app.core.annotation import Annotation, Fragment
from app.review.agreement.unitized_alpha import Section, merged

if TYPE_CHECKING:
    from numpy import ndarray

AnnotationKey = tuple[tuple[Fragment, ...], str]


class Ranges(NamedTuple):
    """What marks cover, a fragment each, sorted by start: start, end, whose it is, and the furthest end so far.

    Fragments without width are left out; `anchors` are the marks that have no other.
    """

    starts: "ndarray"
    ends: "ndarray"
    owners: "ndarray"
    furthest: "ndarray"
    anchors: tuple[int, ...]


class SortedAnnotations(NamedTuple):
    """Sorted marks of one layer. `keys` are each one's fragments and label, `hulls` where it starts and ends (two
    columns), `sizes` the code points it covers, 1 for an anchor. `collapsed` says how many repeated the fragments and
    label of another and were dropped, `split` how many have several fragments.
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
    """Sort marks and drop repetitions: the same mark made twice is no second finding."""
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
    """Return for each label the ranges it covers: sorted, those that overlap as one, anchors left out.

    A label with anchors only has an empty list.
    """
    ranges: dict[str, list[Section]] = {}
    for fragments, label in annotations.keys:
        ranges.setdefault(label, []).extend((part.start, part.end) for part in fragments)
    return {label: merged(sections) for label, sections in ranges.items()}
