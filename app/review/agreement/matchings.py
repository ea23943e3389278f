"""Which annotations of two annotators correspond: one to one, in each way of counting a match, for all pairs at once.

Annotations are matched so that the total is greatest: their order makes no difference, and a long one can't score
twice.
"""

from enum import IntFlag, StrEnum
from typing import TYPE_CHECKING, NamedTuple

from app.review.agreement.best_f1 import Pairing, best_f1
from app.review.agreement.evidence import shared_evidence
from app.review.agreement.marks import Marks, spread
from app.review.matches import ANCHOR_REACH, best_matching

if TYPE_CHECKING:
    from numpy import ndarray

_IDENTICAL = 64.0  # more than what any pairs in the way of an identical one could bring
_SAME_LABEL = 1e-6  # breaks ties in favour of equal labels
_EARLIER = 1e-9  # breaks the remaining ones in favour of what comes first in the text


class Mode(StrEnum):
    """What counts as a match.

    EXACT: the same start and end; with several fragments, those of the hull. OVERLAP: a shared code point. PARTIAL: the
    shared part, relative to the one annotation's size for precision and to the other's for recall, matched so that F1
    of the document is greatest (Perrella 2026, “MPP”).
    """

    EXACT = "exact"
    OVERLAP = "overlap"
    PARTIAL = "mpp"


class Match(IntFlag):
    """In which matchings two annotations are a pair. COUNTERPART: they are taken for the same finding."""

    EXACT = 1
    OVERLAP = 2
    PARTIAL = 4
    EXACT_LABEL = 8
    OVERLAP_LABEL = 16
    PARTIAL_LABEL = 32
    COUNTERPART = 64


MODES = {
    (Mode.EXACT, False): Match.EXACT,
    (Mode.OVERLAP, False): Match.OVERLAP,
    (Mode.PARTIAL, False): Match.PARTIAL,
    (Mode.EXACT, True): Match.EXACT_LABEL,
    (Mode.OVERLAP, True): Match.OVERLAP_LABEL,
    (Mode.PARTIAL, True): Match.PARTIAL_LABEL,
}
"""The matching of each mode, by whether labels have to be the same."""


class Pairs(NamedTuple):
    """Pairs of annotations (indices) of two annotators that meet, sorted.

    `shared` code points, 1 for anchors; `is_exact`: the same hull; `is_alike`: the same label; `left_node` and
    `right_node` are the same for pairs that compete for one annotation, `group` for those of the same two annotators
    and document.
    """

    left: "ndarray"
    right: "ndarray"
    shared: "ndarray"
    is_exact: "ndarray"
    is_alike: "ndarray"
    left_node: "ndarray"
    right_node: "ndarray"
    group: "ndarray"

    def only(self, which: "ndarray") -> "Pairs":
        """Return the pairs selected by a mask or by indices."""
        return Pairs(*(column[which] for column in self))


class Matches(NamedTuple):
    """Pairs that are matched in any way, and in which (`Match`, combined)."""

    left: "ndarray"
    right: "ndarray"
    shared: "ndarray"
    kinds: "ndarray"


# -- who meets whom ----------------------------------------------------------------------------------------------------


def meeting(marks: Marks) -> Pairs:
    """Return all pairs that share a code point, or are anchors close to each other. Adjacent ranges share nothing.

    Two anchors meet within `ANCHOR_REACH` and, if both have evidence, if it overlaps; an anchor never meets a range.
    """
    import numpy

    one, other, shared = _crossings(marks)
    near = _near_anchors(marks)
    one = numpy.concatenate([one, near[:, 0]])
    other = numpy.concatenate([other, near[:, 1]])
    shared = numpy.concatenate([shared, numpy.ones(len(near), dtype=numpy.int64)])
    swapped = marks.rank[marks.who[one]] > marks.rank[marks.who[other]]
    left, right = numpy.where(swapped, other, one), numpy.where(swapped, one, other)
    count = max(1, len(marks))
    # Annotations with several fragments can meet more than once.
    codes, which = numpy.unique(left * count + right, return_inverse=True)
    shared = numpy.bincount(which, weights=shared, minlength=len(codes))
    left, right = codes // count, codes % count
    people = len(marks.rank)
    pair = marks.who[left] * people + marks.who[right]
    return Pairs(
        left=left,
        right=right,
        shared=shared,
        is_exact=(marks.start[left] == marks.start[right]) & (marks.end[left] == marks.end[right]),
        is_alike=marks.label[left] == marks.label[right],
        left_node=left * people + marks.who[right],
        right_node=right * people + marks.who[left],
        group=marks.document[left] * people * people + pair,
    )


def _crossings(marks: Marks) -> "tuple[ndarray, ndarray, ndarray]":
    """Return the pairs of overlapping fragments of different annotators: their annotations, and how much they share."""
    import numpy

    parts = marks.parts
    # Of two overlapping ones, the later starts before the earlier ends; texts don't run into each other.
    ends = numpy.searchsorted(parts.start, parts.end, side="left")
    one, step = spread(ends - numpy.arange(len(ends)) - 1)
    other = one + 1 + step
    apart = marks.who[parts.mark[one]] != marks.who[parts.mark[other]]
    one, other = one[apart], other[apart]
    shared = numpy.minimum(parts.end[one], parts.end[other]) - parts.start[other]
    return parts.mark[one], parts.mark[other], shared


def _near_anchors(marks: Marks) -> "ndarray":
    import numpy

    places = sorted(
        (int(marks.document[index]), int(marks.offsets[marks.document[index]]) + part.start, int(index))
        for index in marks.anchors
        for part in marks.annotations[index].fragments
    )
    found: set[tuple[int, int]] = set()
    for at, (document, place, index) in enumerate(places):
        for following in range(at + 1, len(places)):
            other_document, other_place, other = places[following]
            if other_document != document or other_place - place > ANCHOR_REACH:
                break
            if marks.who[index] != marks.who[other] and _may_match(marks, index, other):
                found.add((min(index, other), max(index, other)))  # several anchors may meet in either order
    return numpy.array(sorted(found), dtype=numpy.int64).reshape(-1, 2)


def _may_match(marks: Marks, one: int, other: int) -> bool:
    left, right = marks.annotations[one], marks.annotations[other]
    return not (left.evidence and right.evidence) or shared_evidence(left, right).shared > 0


# -- who is matched with whom ------------------------------------------------------------------------------------------


def matches(marks: Marks, pairs: Pairs) -> Matches:
    """Match annotations in each way."""
    import numpy

    kinds = numpy.zeros(len(pairs.left), dtype=numpy.int64)
    matching = _Matching(marks, pairs)
    everything = numpy.ones(len(pairs.left), dtype=bool)
    for labelled, which in ((False, everything), (True, pairs.is_alike)):
        exact = which & pairs.is_exact
        kinds += MODES[Mode.EXACT, labelled] * matching.heaviest(exact, numpy.ones(len(which)))
        kinds += MODES[Mode.OVERLAP, labelled] * matching.heaviest(which, numpy.ones(len(which)))
        kinds += MODES[Mode.PARTIAL, labelled] * matching.highest_f1(which)
    kinds += Match.COUNTERPART * matching.counterparts()
    kept = numpy.flatnonzero(kinds)
    return Matches(pairs.left[kept], pairs.right[kept], pairs.shared[kept], kinds[kept])


def counterparts(marks: Marks, pairs: Pairs) -> "tuple[ndarray, ndarray]":
    """Return the annotations (left and right indices) that are taken for the same finding."""
    found = _Matching(marks, pairs).counterparts()
    return pairs.left[found], pairs.right[found]


class _Matching:
    """Finds the best matchings among pairs."""

    def __init__(self, marks: Marks, pairs: Pairs) -> None:
        import numpy

        self._marks = marks
        self._pairs = pairs
        self._sizes = marks.size[pairs.left], marks.size[pairs.right]
        # An order that doesn't depend on who is left and who is right.
        sums = [pairs.shared, marks.end[pairs.left] + marks.end[pairs.right]]
        order = numpy.lexsort((*sums, marks.start[pairs.left] + marks.start[pairs.right]))
        self._bonus = numpy.zeros(len(order))
        self._bonus[order] = -_EARLIER * numpy.arange(len(order)) / max(1, len(order))
        self._contested = _rivals(pairs.left_node) + _rivals(pairs.right_node) > 2

    def heaviest(self, which: "ndarray", weights: "ndarray") -> "ndarray":
        """Return, as a mask, the matching of the selected pairs with the greatest sum of weights."""
        import numpy

        chosen = which & ~self._contested
        rows = numpy.flatnonzero(which & self._contested)
        if len(rows):
            lefts, rights = self._pairs.left_node[rows], self._pairs.right_node[rows]
            chosen[rows[_heaviest(lefts, rights, weights[rows] + self._bonus[rows])]] = True
        return chosen

    def counterparts(self) -> "ndarray":
        """Match identical ranges first, then the rest with the greatest sum of each pair's F1 over its characters.

        So annotations with the same range always belong together, whatever runs into them.
        """
        import numpy

        pairs, (ours, theirs) = self._pairs, self._sizes
        # Both at once: which of several identical ranges are paired may decide whose label is left for the others.
        weights = 2 * pairs.shared / (ours + theirs) + _SAME_LABEL * pairs.is_alike
        same = pairs.is_exact & (pairs.shared == ours) & (pairs.shared == theirs)
        weights[same] += _IDENTICAL
        return self.heaviest(numpy.ones(len(weights), dtype=bool), weights)

    def highest_f1(self, which: "ndarray") -> "ndarray":
        """Return, as a mask, the matching with partial credit by which F1 of each document and two annotators is
        greatest.

        F1 isn't a sum over pairs. It is concave in precision and recall, though: a matching that is best by F1's own
        gradient there is best (no other lies above the tangent). For most that holds at once; for the rest, matchings
        are compared.
        """
        import numpy

        pairs, (ours, theirs) = self._pairs, self._sizes
        groups, group = numpy.unique(pairs.group, return_inverse=True)
        sizes = self._sides(groups)
        credit = [pairs.shared / ours, pairs.shared / theirs]

        def ratios(chosen: "ndarray") -> "list[ndarray]":
            return [numpy.bincount(group, c * chosen, len(groups)) / n for c, n in zip(credit, sizes, strict=True)]

        def value(chosen: "ndarray", slopes: "list[ndarray]") -> "ndarray":
            return sum(slope * ratio for slope, ratio in zip(slopes, ratios(chosen), strict=True))  # type: ignore[return-value]

        def weighted(slopes: "list[ndarray]") -> "ndarray":
            parts = zip(slopes, credit, sizes, strict=True)
            weights = sum((slope / n)[group] * c for slope, c, n in parts)
            return weights * numpy.maximum(*sizes)[group]

        found = self.heaviest(which, weighted([numpy.ones(len(groups))] * 2))
        precision, recall = ratios(found)
        total = numpy.maximum(precision + recall, 1e-12)
        slopes = [2 * (recall / total) ** 2, 2 * (precision / total) ** 2]
        better = self.heaviest(which, weighted(slopes))
        unsure = value(better, slopes) > value(found, slopes) + 1e-6
        for number in numpy.flatnonzero(unsure):
            rows = numpy.flatnonzero(which & (group == number))
            nodes = zip(pairs.left[rows].tolist(), pairs.right[rows].tolist(), strict=True)
            credits = zip(credit[0][rows].tolist(), credit[1][rows].tolist(), strict=True)
            given = [Pairing(*node, *earned) for node, earned in zip(nodes, credits, strict=True)]
            found[rows] = False
            found[rows[best_f1(given, int(sizes[0][number]), int(sizes[1][number]))]] = True
        return found

    def _sides(self, groups: "ndarray") -> "tuple[ndarray, ndarray]":
        """Return the number of annotations on the left and on the right of each group."""
        import numpy

        marks, people = self._marks, len(self._marks.rank)
        documents, pair = groups // (people * people), groups % (people * people)
        counts = numpy.bincount(marks.document * people + marks.who, minlength=len(marks.lengths) * people)
        return counts[documents * people + pair // people], counts[documents * people + pair % people]


def _rivals(nodes: "ndarray") -> "ndarray":
    """Return for each pair how many have the same node."""
    import numpy

    _, which, counts = numpy.unique(nodes, return_inverse=True, return_counts=True)
    return counts[which]


def _heaviest(lefts: "ndarray", rights: "ndarray", weights: "ndarray") -> "ndarray":
    """Return the indices of the matching with the greatest sum of weights, which differ."""
    import numpy

    left_rivals, right_rivals = _rivals(lefts), _rivals(rights)
    chosen = (left_rivals == 1) & (right_rivals == 1)
    done = chosen.copy()
    for nodes, rivals, others in ((lefts, left_rivals, right_rivals), (rights, right_rivals, left_rivals)):
        # Rivals for one annotation of which none has another choice: the heaviest wins.
        _, which = numpy.unique(nodes, return_inverse=True)
        most = numpy.zeros(which.max() + 1, dtype=numpy.int64)
        numpy.maximum.at(most, which, others)
        alone = numpy.flatnonzero((rivals > 1) & (most[which] == 1))
        order = alone[numpy.lexsort((-weights[alone], which[alone]))]
        first = numpy.ones(len(order), dtype=bool)
        first[1:] = which[order][1:] != which[order][:-1]
        chosen[order[first]] = True
        done[alone] = True
    rest = numpy.flatnonzero(~done)
    if len(rest):
        nodes = list(zip(lefts[rest].tolist(), rights[rest].tolist(), strict=True))
        place = dict(zip(nodes, rest.tolist(), strict=True))
        given = dict(zip(nodes, weights[rest].tolist(), strict=True))
        chosen[[place[node] for node in best_matching(given)]] = True
    return numpy.flatnonzero(chosen)
