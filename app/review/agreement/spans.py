"""Precision, recall and F1 of one annotator's marks against another's: exact, by overlap, and with partial credit.

Marks are matched one to one at the greatest total, so their order doesn't matter and a long mark can't earn twice.
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
_Edge = tuple[int, int, int]


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


def _compared(left: Marks, right: Marks) -> Comparison:
    edges = [edge for edge in overlaps(left.annotations, right.annotations) if _may_match(left, right, edge)]
    alike = [(i, j, n) for i, j, n in edges if left.keys[i][1] == right.keys[j][1]]
    matched = _partial(left, right, edges)
    sums: dict[tuple[Mode, bool], Sums] = {}
    by_label: dict[tuple[Mode, str], Sums] = {}
    of_left, of_right = _label_counts(left), _label_counts(right)
    for mode in Mode:
        for labelled, candidates in ((False, edges), (True, alike)):
            found = matched if mode is Mode.PARTIAL and not labelled else _match(mode, left, right, candidates)
            credits = [_credit(mode, left, right, edge) for edge in found]
            precise, recalled = sum(one for one, _ in credits), sum(other for _, other in credits)
            sums[mode, labelled] = Sums(precise, recalled, len(left.keys), len(right.keys))
            if not labelled:
                continue
            earned: dict[str, list[float]] = {label: [0.0, 0.0] for label in {**of_left, **of_right}}
            for (i, _, _), (one, other) in zip(found, credits, strict=True):
                totals = earned[left.keys[i][1]]
                totals[0] += one
                totals[1] += other
            for label, (one, other) in earned.items():
                by_label[mode, label] = Sums(one, other, of_left[label], of_right[label])
    return Comparison(tuple((i, j) for i, j, _ in matched), sums, by_label)


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


def _may_match(left: Marks, right: Marks, edge: _Edge) -> bool:
    """Whether two marks can mean the same: of two anchors that both have evidence, it must overlap."""
    one, other = left.annotations[edge[0]], right.annotations[edge[1]]
    if not (one.is_anchor and one.evidence and other.evidence):
        return True
    return shared_evidence(one, other).shared > 0


def _match(mode: Mode, left: Marks, right: Marks, edges: Sequence[_Edge]) -> list[_Edge]:
    if mode is Mode.PARTIAL:
        return _partial(left, right, edges)
    if mode is Mode.EXACT:
        edges = [edge for edge in edges if _is_same_range(left.annotations[edge[0]], right.annotations[edge[1]])]
    return _best(edges, [1.0] * len(edges))


def _is_same_range(one: Annotation, other: Annotation) -> bool:
    return one.start == other.start and one.end == other.end


def _partial(left: Marks, right: Marks, edges: Sequence[_Edge]) -> list[_Edge]:
    """Match at the greatest sum of each pair's F1, weighted as the F1 of the document is by how many marks each made.

    So weighted, the document's F1 can't come out below that of exact matching.
    """
    ours, theirs = len(left.keys), len(right.keys)
    weights = [
        (ours + theirs) * shared / (ours * left.sizes[i] + theirs * right.sizes[j])
        + (_SAME_LABEL if left.keys[i][1] == right.keys[j][1] else 0.0)
        for i, j, shared in edges
    ]
    return _best(edges, weights)


def _best(edges: Sequence[_Edge], weights: Sequence[float]) -> list[_Edge]:
    """Return the best one-to-one choice of edges; those that compete with none are in it without more ado."""
    lefts, rights = Counter(i for i, _, _ in edges), Counter(j for _, j, _ in edges)
    chosen: list[_Edge] = []
    rest: dict[tuple[int, int], float] = {}
    for edge, weight in zip(edges, weights, strict=True):
        if lefts[edge[0]] == rights[edge[1]] == 1:
            chosen.append(edge)
        else:
            rest[edge[0], edge[1]] = weight
    if rest:
        won = set(best_matching(rest))
        chosen.extend(edge for edge in edges if (edge[0], edge[1]) in won)
    return sorted(chosen)


def _credit(mode: Mode, left: Marks, right: Marks, edge: _Edge) -> tuple[float, float]:
    if mode is not Mode.PARTIAL:
        return 1.0, 1.0
    i, j, shared = edge
    return shared / left.sizes[i], shared / right.sizes[j]
