"""One annotator's marks in one document, made ready for comparison: in a fixed order, each once."""

from collections.abc import Iterable
from typing import NamedTuple

from app.core.annotation import Annotation, Fragment
from app.review.agreement.unitizing import Section, merged

MarkKey = tuple[tuple[Fragment, ...], str]


class Marks(NamedTuple):
    """Sorted marks of one layer. `hulls` are where each starts and ends, `sizes` the code points each covers, 1 for
    an anchor; `keys` its fragments and label. `collapsed` says how many repeated the fragments and label of another and
    were dropped, `split` how many have several fragments.
    """

    annotations: tuple[Annotation, ...]
    hulls: tuple[Section, ...]
    sizes: tuple[int, ...]
    keys: tuple[MarkKey, ...]
    collapsed: int
    split: int

    @property
    def labels(self) -> set[str]:
        """The labels that were used."""
        return {label for _, label in self.keys}


def marks_of(annotations: Iterable[Annotation]) -> Marks:
    """Sort marks and drop repetitions: the same mark made twice is no second finding."""
    given = sorted(annotations, key=_order)
    kept = {(mark.fragments, mark.label): mark for mark in reversed(given)}
    marks = tuple(reversed(kept.values()))
    return Marks(
        annotations=marks,
        hulls=tuple((mark.fragments[0].start, mark.fragments[-1].end) for mark in marks),
        sizes=tuple(sum(part.end - part.start for part in mark.fragments) or 1 for mark in marks),
        keys=tuple(reversed(kept)),
        collapsed=len(given) - len(marks),
        split=sum(len(mark.fragments) > 1 for mark in marks),
    )


def _order(mark: Annotation) -> tuple[tuple[Fragment, ...], str, str]:
    return (mark.fragments, mark.label, mark.uid)


def sections_by_label(marks: Marks) -> dict[str, list[Section]]:
    """Return for each label the ranges it covers: sorted, those that overlap as one, anchors left out.

    A label with anchors only has an empty list.
    """
    ranges: dict[str, list[Section]] = {}
    for fragments, label in marks.keys:
        ranges.setdefault(label, []).extend((part.start, part.end) for part in fragments)
    return {label: merged(sections) for label, sections in ranges.items()}
