"""Character-level agreement, computed by sweeping over ranges: the cost depends on annotations, not on characters.

Each character is a unit, its value the set of labels that cover it; no label is a value of its own, not a missing one.
Long annotations, and long stretches without any, raise these measures.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from app.review.agreement.coded_values import Table
from app.review.agreement.figure import NO_PAIRS, NO_VARIATION, Figure
from app.review.agreement.vectors import inside_columns

if TYPE_CHECKING:
    from numpy import ndarray

LabelledSection = tuple[int, int, str]
"""Start and end, half-open, and the label."""


class Alphabet:
    """The values of characters, numbered in order of appearance: 0 is no label at all. `labels` are in that order too.

    One alphabet can be used for several texts.
    """

    def __init__(self) -> None:
        self.labels: dict[str, int] = {}
        self._values: dict[frozenset[str], int] = {frozenset(): 0}
        self._single: dict[str, int] = {}
        self._members: ndarray | None = None

    def __len__(self) -> int:
        return len(self._values)

    def value(self, labels: Iterable[str]) -> int:
        """Return the number of a set of labels."""
        key = frozenset(labels)
        found = self._values.get(key)
        if found is None:
            found = self._values[key] = len(self._values)
            for label in sorted(key):
                self.labels.setdefault(label, len(self.labels))
            self._members = None
        return found

    def single(self, label: str) -> int:
        """Return the number of a single label."""
        found = self._single.get(label)
        if found is None:
            found = self._single[label] = self.value((label,))
        return found

    def members(self) -> "ndarray":
        """Return a boolean matrix of values by labels: which value contains which label."""
        import numpy

        if self._members is None:
            self._members = numpy.zeros((len(self._values), len(self.labels)), dtype=bool)
            for key, value in self._values.items():
                self._members[value, [self.labels[label] for label in key]] = True
        return self._members


class Coding(NamedTuple):
    """A text split wherever a rater's value changes: the pieces' lengths, and each rater's value in each piece."""

    lengths: "ndarray"
    values: tuple["ndarray", ...]


def coding(raters: Sequence[Iterable[LabelledSection]], length: int, alphabet: Alphabet) -> Coding:
    """Split a text of this length. Zero-width ranges are ignored."""
    import numpy

    runs = [_runs(sections, alphabet) for sections in raters]
    cuts = numpy.unique(numpy.concatenate([numpy.array([0]), *(starts for starts, _ in runs)]))
    cuts = cuts[cuts < length]
    lengths = numpy.diff(numpy.append(cuts, length))
    # Of several runs with the same start, only the last has any width.
    values = tuple(ids[numpy.searchsorted(starts, cuts, side="right") - 1] for starts, ids in runs)
    return Coding(lengths, values)


def _runs(sections: Iterable[LabelledSection], alphabet: Alphabet) -> tuple["ndarray", "ndarray"]:
    """Return where the value changes, and to which."""
    import numpy

    ordered = sorted(section for section in sections if section[0] < section[1])
    starts, ids = [0], [0]
    if all(one[1] <= other[0] for one, other in zip(ordered, ordered[1:], strict=False)):
        for start, end, label in ordered:
            starts += (start, end)
            ids += (alphabet.single(label), 0)
        return numpy.array(starts), numpy.array(ids)
    changes = [(start, 1, label) for start, _, label in ordered] + [(end, -1, label) for _, end, label in ordered]
    active: dict[str, int] = {}
    for place, change, label in sorted(changes):
        active[label] = active.get(label, 0) + change
        if not active[label]:
            del active[label]
        starts.append(place)
        ids.append(alphabet.value(active))
    return numpy.array(starts), numpy.array(ids)


class CharacterSums(NamedTuple):
    """Counts of code points in one text, from which all character measures follow; a `Pair` is two raters' indices.

    `values` is by rater how often each value occurs; `equal` by pair where both have the same. `sizes` by rater and
    `shared` by pair are the characters that each label covers; `marked` and `both` the same for any label.
    """

    length: int
    values: tuple["ndarray", ...]
    equal: dict[tuple[int, int], int]
    sizes: tuple["ndarray", ...]
    shared: dict[tuple[int, int], "ndarray"]
    marked: tuple[int, ...]
    both: dict[tuple[int, int], int]


def character_sums(found: Coding, alphabet: Alphabet) -> CharacterSums:
    """Count the characters of a coding."""
    import numpy

    lengths, members = found.lengths, alphabet.members()
    values = tuple(numpy.bincount(ids, weights=lengths, minlength=len(alphabet)) for ids in found.values)
    equal: dict[tuple[int, int], int] = {}
    shared: dict[tuple[int, int], ndarray] = {}
    both: dict[tuple[int, int], int] = {}
    for i, j in combinations(range(len(found.values)), 2):
        ours, theirs = found.values[i], found.values[j]
        equal[i, j] = int(lengths[ours == theirs].sum())
        marked = (ours > 0) & (theirs > 0)
        both[i, j] = int(lengths[marked].sum())
        shared[i, j] = lengths[marked] @ (members[ours[marked]] & members[theirs[marked]])
    return CharacterSums(
        length=int(lengths.sum()),
        values=values,
        equal=equal,
        sizes=tuple(counts @ members for counts in values),
        shared=shared,
        marked=tuple(int(counts[1:].sum()) for counts in values),
        both=both,
    )


def value_table(found: Coding, i: int, j: int) -> Table:
    """Return how many characters have which pair of values by two raters."""
    table: Counter[tuple[int, int]] = Counter()
    triples = zip(found.values[i].tolist(), found.values[j].tolist(), found.lengths.tolist(), strict=True)
    for one, other, length in triples:
        table[one, other] += length
    return dict(table)


def alpha_vector(sums: "ndarray") -> "ndarray":
    """Return nominal alpha for each row `[agreeing, uses of value 0, uses of value 1, ...]`; nan where undefined."""
    import numpy

    agreeing, uses = sums[..., 0], sums[..., 1:]
    total = uses.sum(axis=-1)
    expected = total**2 - (uses**2).sum(axis=-1)
    with numpy.errstate(divide="ignore", invalid="ignore"):
        result = 1 - (total - 1) * (total - agreeing) / expected
    return numpy.where((expected > 0) & (total > 1), result, numpy.nan)


def alpha_columns(sums: CharacterSums, raters: Sequence[int]) -> "ndarray":
    """Return `[agreeing, uses of each value]` of these raters, in ascending order, for `alpha_vector`."""
    import numpy

    agreeing = sum(sums.equal[pair] for pair in combinations(raters, 2)) * 2 / (len(raters) - 1)
    return numpy.concatenate([[agreeing], sum(sums.values[i] for i in raters)])


def binary_columns(sums: CharacterSums, raters: Sequence[int], label: int | None) -> "ndarray":
    """Return `[agreeing, without the label, with it]` for `alpha_vector`; a label of None means any label at all."""
    import numpy

    inside = sum(float(sums.marked[i] if label is None else sums.sizes[i][label]) for i in raters)
    shared = sum(float(sums.both[p] if label is None else sums.shared[p][label]) for p in combinations(raters, 2))
    return inside_columns(numpy.array([[sums.length, len(raters), inside, shared]]))[0]


def alpha_of_columns(columns: "Sequence[float] | ndarray") -> Figure:
    """Return alpha from sums of columns."""
    import numpy

    row = numpy.asarray(columns, dtype=float)
    if row[1:].sum() < 2:
        return NO_PAIRS
    value = float(alpha_vector(row))
    return NO_VARIATION if numpy.isnan(value) else value


def overlap_f1(shared: float, left: float, right: float) -> float:
    """Return the F1 of two sets of characters from their sizes; two empty sets agree."""
    return 2 * shared / (left + right) if left or right else 1.0


def overlap_iou(shared: float, left: float, right: float) -> float:
    """Return the intersection over union of two sets of characters from their sizes; two empty sets agree."""
    return shared / (left + right - shared) if left or right else 1.0
