"""Precision, recall and F1 of one annotator's marks against another's: exact, by overlap, and with partial credit.

Marks are matched one to one at the greatest total, so their order doesn't matter and a long mark can't earn twice.
Between two documents sums may be added up: long ones then count more (“micro”).
"""

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from app.core.annotation import Annotation
from app.review.agreement.evidence import shared_evidence
from app.review.agreement.marks import Marks
from app.review.matching import best_matching, overlaps

_SAME_LABEL = 1e-9  # between matches that are equally good, the one whose labels agree


class Mode(StrEnum):
    """What counts as found.

    EXACT: the same start and end; of a mark in several fragments, those of the whole. OVERLAP: a shared code point.
    PARTIAL: the shared part, in terms of the one mark's size for precision and of the other's for recall (Perrella
    2026, “MPP”).
    """

    EXACT = "exact"
    OVERLAP = "overlap"
    PARTIAL = "mpp"


class Sums(NamedTuple):
    """Credit for precision and for recall, and how many marks each side made. Sums of documents may be added up."""

    precise: float
    recalled: float
    left: int
    right: int


class Comparison(NamedTuple):
    """How the marks of two annotators in one document go together.

    `matched` are the index pairs of `PARTIAL` without regard to labels. `sums` are by mode and whether labels had to be
    the same; `by_label` by mode and label, where they had to.
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
    """Return precision, recall and F1. Nothing found where nothing was to be found is perfect; a side without marks
    makes no mistake, and finds nothing.
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


def compare(left: Marks, right: Marks) -> Comparison:
    """Match the marks of two annotators and count; the left side is the one whose precision is asked."""
    if right.keys < left.keys:
        # The same way round whoever comes first, so that of equally good matches both ways find the same.
        return _turned(_compared(right, left))
    return _compared(left, right)


class _Edge(NamedTuple):
    """Two marks that meet: their places in the lists, the shared code points, and whether range and label agree."""

    left: int
    right: int
    shared: int
    is_exact: bool
    is_alike: bool


def _compared(left: Marks, right: Marks) -> Comparison:
    edges = _edges(left, right)
    matches = {(mode, False): found for mode, found in _matches(left, right, edges).items()}
    alike = [edge for edge in edges if edge.is_alike]
    matches.update({(mode, True): found for mode, found in _matches(left, right, alike).items()})
    of_left, of_right = _label_counts(left), _label_counts(right)
    sums: dict[tuple[Mode, bool], Sums] = {}
    by_label: dict[tuple[Mode, str], Sums] = {}
    for (mode, labelled), found in matches.items():
        if labelled:
            groups: dict[str, list[_Edge]] = {label: [] for label in {**of_left, **of_right}}
            for edge in found:
                groups[left.keys[edge.left][1]].append(edge)
            for label, group in groups.items():
                by_label[mode, label] = Sums(*_credit(mode, left, right, group), of_left[label], of_right[label])
        sums[mode, labelled] = Sums(*_credit(mode, left, right, found), len(left.keys), len(right.keys))
    matched = tuple(sorted((edge.left, edge.right) for edge in matches[Mode.PARTIAL, False]))
    return Comparison(matched, sums, by_label)


def _edges(left: Marks, right: Marks) -> list[_Edge]:
    edges: list[_Edge] = []
    for i, j, shared in overlaps(left.annotations, right.annotations):
        if left.annotations[i].evidence and not _may_match(left.annotations[i], right.annotations[j]):
            continue
        is_alike = left.keys[i][1] == right.keys[j][1]
        edges.append(_Edge(i, j, shared, left.hulls[i] == right.hulls[j], is_alike))
    return edges


def _turned(found: Comparison) -> Comparison:
    return Comparison(
        matched=tuple(sorted((j, i) for i, j in found.matched)),
        sums={key: _swapped(sums) for key, sums in found.sums.items()},
        by_label={key: _swapped(sums) for key, sums in found.by_label.items()},
    )


def _swapped(sums: Sums) -> Sums:
    return Sums(sums.recalled, sums.precise, sums.right, sums.left)


def _label_counts(marks: Marks) -> Counter[str]:
    return Counter(label for _, label in marks.keys)


def _may_match(one: Annotation, other: Annotation) -> bool:
    """Whether two marks that meet can mean the same: of two anchors with evidence, it must overlap."""
    if not (other.evidence and one.is_anchor):
        return True
    return shared_evidence(one, other).shared > 0


def _matches(left: Marks, right: Marks, edges: Sequence[_Edge]) -> dict[Mode, list[_Edge]]:
    """Return the best matching in each mode. Edges that compete with no other are in it without more ado."""
    lefts, rights = Counter(edge.left for edge in edges), Counter(edge.right for edge in edges)
    sure: list[_Edge] = []
    rest: list[_Edge] = []
    for edge in edges:
        (sure if lefts[edge.left] == rights[edge.right] == 1 else rest).append(edge)
    exact = [edge for edge in rest if edge.is_exact]
    return {
        Mode.EXACT: [edge for edge in sure if edge.is_exact] + _best(exact, [1.0] * len(exact)),
        Mode.OVERLAP: sure + _best(rest, [1.0] * len(rest)),
        Mode.PARTIAL: sure + _partial(left, right, rest),
    }


def _partial(left: Marks, right: Marks, edges: Sequence[_Edge]) -> list[_Edge]:
    """Match the same ranges first, then the rest at the greatest sum of each pair's F1 over its characters.

    So a mark goes with its like whatever else runs into it, precision and recall can't come out below those of exact
    matching, and a mark that meets nothing doesn't change how others are matched.
    """
    same = [edge for edge in edges if edge.is_exact and edge.shared == left.sizes[edge.left] == right.sizes[edge.right]]
    found = _best(same, [1.0 + _SAME_LABEL * edge.is_alike for edge in same])
    lefts, rights = {edge.left for edge in found}, {edge.right for edge in found}
    rest = [edge for edge in edges if edge.left not in lefts and edge.right not in rights]
    weights = [
        2 * edge.shared / (left.sizes[edge.left] + right.sizes[edge.right]) + _SAME_LABEL * edge.is_alike
        for edge in rest
    ]
    return found + _best(rest, weights)


def _best(edges: Sequence[_Edge], weights: Sequence[float]) -> list[_Edge]:
    by_pair = {(edge.left, edge.right): edge for edge in edges}
    return [by_pair[pair] for pair in best_matching(dict(zip(by_pair, weights, strict=True)))]


def _credit(mode: Mode, left: Marks, right: Marks, edges: Sequence[_Edge]) -> tuple[float, float]:
    """Return what matched marks earn for precision and for recall."""
    if mode is not Mode.PARTIAL:
        return float(len(edges)), float(len(edges))
    precise = sum(edge.shared / left.sizes[edge.left] for edge in edges)
    return precise, sum(edge.shared / right.sizes[edge.right] for edge in edges)
