"""The formulas, for many resamples at once: each takes arrays of sums and returns an array of values, nan where a value
is undefined.
"""

from collections.abc import Set
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from numpy import ndarray


def ratio(upper: "ndarray", lower: "ndarray", *, empty: float = float("nan")) -> "ndarray":
    """Return upper / lower, and `empty` where lower isn't above 0."""
    import numpy

    upper, lower = numpy.broadcast_arrays(upper, lower)
    result = numpy.full(upper.shape, empty)
    return numpy.divide(upper, lower, out=result, where=lower > 0)


# -- precision, recall, F1 ---------------------------------------------------------------------------------------------


def precision(precise: "ndarray", left: "ndarray", right: "ndarray") -> "ndarray":
    """Return precision: 1 for an empty left side, undefined if both are empty."""
    return _defined(ratio(precise, left, empty=1.0), left, right)


def recall(recalled: "ndarray", left: "ndarray", right: "ndarray") -> "ndarray":
    """Return recall: 1 for an empty right side, undefined if both are empty."""
    return _defined(ratio(recalled, right, empty=1.0), left, right)


def f1(precise: "ndarray", recalled: "ndarray", left: "ndarray", right: "ndarray") -> "ndarray":
    """Return F1, the harmonic mean of precision and recall: 0 if one side is empty, undefined if both are."""
    p, r = ratio(precise, left, empty=0.0), ratio(recalled, right, empty=0.0)
    return _defined(ratio(2 * p * r, p + r, empty=0.0), left, right)


def _defined(values: "ndarray", left: "ndarray", right: "ndarray") -> "ndarray":
    import numpy

    return numpy.where(left + right > 0, values, numpy.nan)


def area_f1(shared: "ndarray", left: "ndarray", right: "ndarray") -> "ndarray":
    """Return F1 (Dice) of two sets of characters from their sizes."""
    return ratio(2 * shared, left + right)


def iou(shared: "ndarray", left: "ndarray", right: "ndarray") -> "ndarray":
    """Return the intersection over union of two sets of characters from their sizes."""
    return ratio(shared, left + right - shared)


# -- Krippendorff's alpha ----------------------------------------------------------------------------------------------


def alpha(apart: "ndarray", uses: "ndarray") -> "ndarray":
    """Return nominal alpha, 1 - (n - 1) * apart / sum of n_c * (n - n_c) (Krippendorff 2004).

    `apart` are the coincidences of different values: of a unit with m values, each pair counts 2 / (m - 1). `uses`, in
    the last axis, are the n_c: how often each value was used in units with two values or more; n is their sum.
    """
    import numpy

    total = uses.sum(axis=-1)
    expected = (uses * (total[..., None] - uses)).sum(axis=-1)
    with numpy.errstate(divide="ignore", invalid="ignore"):
        return numpy.where((expected > 0.5) & (total > 1), 1 - (total - 1) * apart / expected, numpy.nan)


def coincidence_alpha(tables: "ndarray", *, ordered: bool = False) -> "ndarray":
    """Return alpha of tables of coincidences (the last two axes), each pair of values there once; nominal or ordinal.

    The ordinal distance of two ranks is the squared number of uses in between, counting half of their own.
    """
    import numpy

    met = tables + numpy.swapaxes(tables, -1, -2)
    uses = met.sum(axis=-1)
    if not ordered:
        return alpha(met.sum(axis=(-2, -1)) - numpy.trace(met, axis1=-2, axis2=-1), uses)
    middle = numpy.cumsum(uses, axis=-1) - uses / 2
    distance = (middle[..., :, None] - middle[..., None, :]) ** 2
    expected = (uses[..., :, None] * uses[..., None, :] * distance).sum(axis=(-2, -1))
    with numpy.errstate(divide="ignore", invalid="ignore"):
        result = 1 - (uses.sum(axis=-1) - 1) * (met * distance).sum(axis=(-2, -1)) / expected
    return numpy.where(expected > 1e-9, result, numpy.nan)


def interval_alpha(apart: "ndarray", total: "ndarray", first: "ndarray", second: "ndarray") -> "ndarray":
    """Return alpha with the squared difference as distance (Krippendorff 2011), from sums over coincidences with each
    pair of values there once: `apart` their squared differences, `total` the values, `first` and `second` their sum and
    the sum of their squares.

    It is 1 - (n - 1) * sum of o_ck (c - k)^2 / sum of n_c n_k (c - k)^2; the latter is 2 (n * second - first^2).
    """
    import numpy

    spread = total * second - first**2
    with numpy.errstate(divide="ignore", invalid="ignore"):
        result = 1 - (total - 1) * apart / spread
    return numpy.where(spread > 1e-9 * numpy.maximum(total * second, 1e-300), result, numpy.nan)


def metric_alpha(apart: "ndarray", uses: "ndarray", distance: "ndarray") -> "ndarray":
    """Return alpha with any distance between values, from the sum of distances over coincidences, with each pair of
    values there once, and how often each value was used.
    """
    import numpy

    total = uses.sum(axis=-1)
    expected = ((uses @ distance) * uses).sum(axis=-1)
    with numpy.errstate(divide="ignore", invalid="ignore"):
        result = 1 - (total - 1) * 2 * apart / expected
    return numpy.where(expected > 1e-9, result, numpy.nan)


def masi_distance(one: Set[str], other: Set[str]) -> float:
    """Return the distance of two sets for MASI, “measuring agreement on set-valued items” (Passonneau 2006): 1 - J M.

    J is Jaccard's, the share of what either has that both have. M is 1 for equal sets, 2/3 if one is within the other,
    1/3 if they share something besides, 0 if they share nothing. Two empty sets are equal.
    """
    shared = len(one & other)
    if one == other:
        return 0.0
    if not shared:
        return 1.0
    monotonicity = 2 / 3 if one <= other or other <= one else 1 / 3
    return 1 - shared / len(one | other) * monotonicity


# -- coefficients corrected for chance ---------------------------------------------------------------------------------


def corrected(agreed: "ndarray", chance: "ndarray") -> "ndarray":
    """Return (agreed - chance) / (1 - chance); undefined where chance leaves nothing to agree on."""
    import numpy

    with numpy.errstate(divide="ignore", invalid="ignore"):
        return numpy.where(chance < 1 - 1e-9, (agreed - chance) / (1 - chance), numpy.nan)


def cohen_kappa(tables: "ndarray") -> "ndarray":
    """Return Cohen's kappa (1960) of square tables (the last two axes): chance follows from each rater's own values."""
    import numpy

    return kappa(numpy.trace(tables, axis1=-2, axis2=-1), tables.sum(axis=-1), tables.sum(axis=-2))


def kappa(agreed: "ndarray", ours: "ndarray", theirs: "ndarray") -> "ndarray":
    """Return Cohen's kappa from how many units have the same value for both, and each rater's uses of each value (last
    axis).
    """
    total = ours.sum(axis=-1)
    return corrected(ratio(agreed, total), ratio((ours * theirs).sum(axis=-1), total**2))


def value_kappas(tables: "ndarray") -> "ndarray":
    """Return for each value Cohen's kappa of having it or not."""
    import numpy

    ours, theirs = tables.sum(axis=-1), tables.sum(axis=-2)
    both, total = numpy.diagonal(tables, axis1=-2, axis2=-1), ours.sum(axis=-1, keepdims=True)
    sides = [numpy.stack([uses, total - uses], axis=-1) for uses in (ours, theirs)]
    return kappa(total - ours - theirs + 2 * both, *sides)


def value_alphas(tables: "ndarray") -> "ndarray":
    """Return for each value alpha of having it or not, from tables of coincidences, each pair of values there once."""
    import numpy

    met = tables + numpy.swapaxes(tables, -1, -2)
    uses = met.sum(axis=-1)
    apart = 2 * (uses - numpy.diagonal(met, axis1=-2, axis2=-1))
    return alpha(apart, numpy.stack([uses, uses.sum(axis=-1, keepdims=True) - uses], axis=-1))


class Pooled(NamedTuple):
    """Of tables of coincidences, each pair of values there once: the share of agreement, and of each value's uses."""

    agreed: "ndarray"
    shares: "ndarray"


def pooled(tables: "ndarray") -> Pooled:
    """Return what coefficients follow from that don't tell raters apart."""
    import numpy

    uses = tables.sum(axis=-1) + tables.sum(axis=-2)
    total = uses.sum(axis=-1)
    agreed = ratio(2 * numpy.trace(tables, axis1=-2, axis2=-1), total)
    return Pooled(agreed, ratio(uses, total[..., None]))


def fleiss_kappa(found: Pooled) -> "ndarray":
    """Return Fleiss' kappa (1971), of two raters Scott's pi (1955): chance follows from the uses by all together.

    Fleiss has the same number of values for each unit. Where that differs, a unit with m values has a weight of m.
    """
    return corrected(found.agreed, (found.shares**2).sum(axis=-1))


def value_fleiss_kappas(tables: "ndarray") -> "ndarray":
    """Return for each value Fleiss' kappa (1971, “kappa of a category”) of having it or not, of two raters Scott's pi,
    from tables of coincidences, each pair of values there once.
    """
    import numpy

    uses = tables.sum(axis=-1) + tables.sum(axis=-2)
    total = uses.sum(axis=-1, keepdims=True)
    apart = uses - 2 * numpy.diagonal(tables, axis1=-2, axis2=-1)
    share = ratio(uses, total)
    return corrected(1 - ratio(2 * apart, total), share**2 + (1 - share) ** 2)


def bennett_s(found: Pooled, values: int) -> "ndarray":
    """Return Bennett's S (1954), of more than two raters Randolph's free-marginal kappa (2005): by chance, all of so
    many values are equally likely.
    """
    import numpy

    return corrected(found.agreed, numpy.full(found.agreed.shape, 1 / values if values else 1.0))


def gwet_ac1(found: Pooled, values: int) -> "ndarray":
    """Return Gwet's AC1 (2008), which a very frequent value doesn't lower: chance is the mean of p (1 - p) over so many
    values less one.
    """
    import numpy

    if values < 2:
        return numpy.full(found.agreed.shape, numpy.nan)
    return corrected(found.agreed, (found.shares * (1 - found.shares)).sum(axis=-1) / (values - 1))
