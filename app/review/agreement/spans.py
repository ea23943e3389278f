"""Precision, recall and F1 of one annotator's annotations against another's: exact, by overlap, and with partial
credit.

Annotations are matched one to one with the maximum total, so that their order makes no difference and a long one can't
score twice. Sums may be added up over documents, which gives micro averages: long documents count more.
"""

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from app.core.annotation import Annotation
from app.review.agreement.annotation_ranges import SortedAnnotations
from app.review.agreement.evidence import shared_evidence
from app.review.agreement.overlap_columns import OverlapColumns, meetings
from app.review.matches import best_matching

if TYPE_CHECKING:
    from numpy import ndarray

_SAME_LABEL = 1e-9  # tie-breaker in favour of equal labels


class Mode(StrEnum):
    """What counts as a match.

    EXACT: the same start and end; with several fragments, those of the hull. OVERLAP: a shared code point. PARTIAL: the
    shared part, relative to the one annotation's size for precision and to the other's for recall (Perrella 2026,
    “MPP”).
    """

    EXACT = "exact"
    OVERLAP = "overlap"
    PARTIAL = "mpp"


class Sums(NamedTuple):
    """Credit for precision and for recall, and each side's number of annotations. Sums of documents may be added up."""

    precise: float
    recalled: float
    left: int
    right: int


class Comparison(NamedTuple):
    """The comparison of two annotators' annotations in one document.

    `matched` are the index pairs of `PARTIAL` regardless of labels. `sums` are by mode and whether labels had to match;
    `by_label` by mode and label, where they had to.
    """

    matched: tuple[tuple[int, int], ...]
    sums: dict[tuple[Mode, bool], Sums]
    by_label: dict[tuple[Mode, str], Sums]


class Scores(NamedTuple):
    """Precision, recall and F1, each from 0 to 1."""

    precision: float
    recall: float
    f1: float


def scores(sums: Sums) -> Scores:
    """Return precision, recall and F1.

    If both sides are empty, all are 1; if only one is, its ratio without a denominator is 1 and F1 is 0.
    """
    precision = sums.precise / sums.left if sums.left else 1.0
    recall = sums.recalled / sums.right if sums.right else 1.0
    if not (sums.left and sums.right):
        return Scores(precision, recall, float(sums.left == sums.right))
    total = precision + recall
    return Scores(precision, recall, 2 * precision * recall / total if total else 0.0)


def semeval_scores(*, correct: int, incorrect: int, partial: int, missed: int, spurious: int) -> Scores:
    """Return the partial scores of MUC and SemEval 2013: a partial hit counts half."""
    hits = correct + partial / 2
    found = correct + incorrect + partial
    return scores(Sums(hits, hits, found + spurious, found + missed))


def compare(left: SortedAnnotations, right: SortedAnnotations) -> Comparison:
    """Match two annotators' annotations and count; precision is that of the left side."""
    if right.keys < left.keys:
        # In canonical order, so that among equally good matchings both directions find the same.
        return _turned(_compared(right, left))
    return _compared(left, right)


class _Candidates(NamedTuple):
    """Pairs that may be matched, and whether their range and their label agree."""

    pairs: OverlapColumns
    is_exact: "ndarray"
    is_alike: "ndarray"

    def only(self, which: "ndarray") -> "_Candidates":
        return _Candidates(self.pairs.only(which), self.is_exact[which], self.is_alike[which])


def _compared(left: SortedAnnotations, right: SortedAnnotations) -> Comparison:
    import numpy

    labels = {label: number for number, label in enumerate(sorted(left.labels | right.labels))}
    of_left, of_right = (
        numpy.array([labels[label] for _, label in side.keys], dtype=numpy.int64) for side in (left, right)
    )
    both = [numpy.bincount(numbers, minlength=len(labels)).tolist() for numbers in (of_left, of_right)]
    found = _candidates(left, right, of_left, of_right)
    sums: dict[tuple[Mode, bool], Sums] = {}
    by_label: dict[tuple[Mode, str], Sums] = {}
    matched: tuple[tuple[int, int], ...] = ()
    for labelled, candidates in ((False, found), (True, found.only(found.is_alike))):
        for mode, pairs in _matches(left, right, candidates).items():
            precise, recalled = _credit(mode, left, right, pairs)
            total = (float(precise.sum()), float(recalled.sum()))
            sums[mode, labelled] = Sums(*total, len(left.keys), len(right.keys))
            if labelled:
                numbers = of_left[pairs.left]
                earned = [numpy.bincount(numbers, each, minlength=len(labels)).tolist() for each in (precise, recalled)]
                for label, number in labels.items():
                    by_label[mode, label] = Sums(*(column[number] for column in (*earned, *both)))
            elif mode is Mode.PARTIAL:
                matched = tuple(sorted(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)))
    return Comparison(matched, sums, by_label)


def _candidates(
    left: SortedAnnotations, right: SortedAnnotations, of_left: "ndarray", of_right: "ndarray"
) -> _Candidates:
    import numpy

    pairs = meetings(left, right)
    if left.ranges.anchors and right.ranges.anchors:
        both = zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)
        fit = [_may_match(left.annotations[i], right.annotations[j]) for i, j in both]
        pairs = pairs.only(numpy.array(fit, dtype=bool))
    return _Candidates(
        pairs=pairs,
        is_exact=(left.hulls[pairs.left] == right.hulls[pairs.right]).all(axis=1),
        is_alike=of_left[pairs.left] == of_right[pairs.right],
    )


def _turned(found: Comparison) -> Comparison:
    return Comparison(
        matched=tuple(sorted((j, i) for i, j in found.matched)),
        sums={key: _swapped(sums) for key, sums in found.sums.items()},
        by_label={key: _swapped(sums) for key, sums in found.by_label.items()},
    )


def _swapped(sums: Sums) -> Sums:
    return Sums(sums.recalled, sums.precise, sums.right, sums.left)


def _may_match(one: Annotation, other: Annotation) -> bool:
    """Return whether two overlapping annotations can correspond: the evidence of two anchors, if both have it, must
    overlap.
    """
    if not (one.evidence and other.evidence and one.is_anchor):
        return True
    return shared_evidence(one, other).shared > 0


def _matches(left: SortedAnnotations, right: SortedAnnotations, candidates: _Candidates) -> dict[Mode, OverlapColumns]:
    """Return the best matching in each mode. Pairs without competitors are included directly."""
    import numpy

    i, j, _ = candidates.pairs
    sure = (numpy.bincount(i, minlength=1)[i] == 1) & (numpy.bincount(j, minlength=1)[j] == 1)
    rest = numpy.flatnonzero(~sure)
    sure_exact = sure & candidates.is_exact
    exact = rest[candidates.is_exact[rest]]
    partial = _partial(left, right, candidates, rest) if len(rest) else []
    chosen = {
        Mode.EXACT: (sure_exact, _best(candidates, exact, numpy.ones(len(exact)))),
        Mode.OVERLAP: (sure, _best(candidates, rest, numpy.ones(len(rest)))),
        Mode.PARTIAL: (sure, partial),
    }
    matches: dict[Mode, OverlapColumns] = {}
    for mode, (mask, more) in chosen.items():
        mask = mask.copy()
        mask[more] = True
        matches[mode] = candidates.pairs.only(mask)
    return matches


def _partial(
    left: SortedAnnotations, right: SortedAnnotations, candidates: _Candidates, places: "ndarray"
) -> list[int]:
    """Match identical ranges first, then the rest with the maximum sum of each pair's F1 over its characters.

    So annotations with the same range always match each other, precision and recall are never below those of exact
    matching, and an annotation without overlap doesn't change how others are matched.
    """
    import numpy

    i, j, shared = candidates.pairs.only(places)
    ours, theirs = left.sizes[i], right.sizes[j]
    weights = 2 * shared / (ours + theirs) + _SAME_LABEL * candidates.is_alike[places]
    same = candidates.is_exact[places] & (shared == ours) & (shared == theirs)
    first = _best(candidates, places[same], weights[same])
    taken = candidates.pairs.only(numpy.array(first, dtype=numpy.int64))
    free = ~(numpy.isin(i, taken.left) | numpy.isin(j, taken.right))
    return first + _best(candidates, places[free], weights[free])


def _best(candidates: _Candidates, places: "ndarray", weights: "ndarray") -> list[int]:
    """Return which of these indices are in the best matching."""
    if not len(places):
        return []
    i, j, _ = candidates.pairs.only(places)
    pairs = list(zip(i.tolist(), j.tolist(), strict=True))
    place_of = dict(zip(pairs, places.tolist(), strict=True))
    return [place_of[pair] for pair in best_matching(dict(zip(pairs, weights.tolist(), strict=True)))]


def _credit(
    mode: Mode, left: SortedAnnotations, right: SortedAnnotations, pairs: OverlapColumns
) -> tuple["ndarray", "ndarray"]:
    """Return the credit of matched annotations for precision and for recall."""
    import numpy

    if mode is not Mode.PARTIAL:
        return numpy.ones(len(pairs.left)), numpy.ones(len(pairs.left))
    return pairs.shared / left.sizes[pairs.left], pairs.shared / right.sizes[pairs.right]
