"""Planning assignments, deterministically: the same input gives the same plan on any machine."""

import hashlib
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from app.core.record import WorkRow


class Distribution(StrEnum):
    """How documents are distributed."""

    EVERYONE = "everyone"  # everyone gets all documents
    PER_DOCUMENT = "per_document"  # each document goes to a fixed number of people, in equal shares
    SHARE = "share"  # each document goes to one person, in proportion to their weights
    ROUND_ROBIN = "round_robin"  # each document goes to one person, in turn


class AssignmentRules(NamedTuple):
    """The parameters of a plan. `weights` are for SHARE, `per_document` for PER_DOCUMENT.

    `overlap` is the number of documents that everyone gets, whatever the distribution, so that agreement can be
    measured; `seed` picks them.
    """

    strategy: Distribution = Distribution.EVERYONE
    per_document: int = 1
    weights: Mapping[str, float] = {}
    overlap: int = 0
    seed: int = 0


class Portion(NamedTuple):
    """One annotator's share: the number of documents, of those newly assigned, and of words in all of them."""

    annotator: str
    documents: int
    new: int
    words: int


class AssignmentPlan(NamedTuple):
    """The assignments to add, as pairs of document (uid) and annotator (name), and everyone's resulting share.

    `overlap` counts the documents that all annotators have, `unassigned` those that none has.
    """

    pairs: tuple[tuple[str, str], ...]
    portions: tuple[Portion, ...]
    overlap: int
    unassigned: int


def plan(
    documents: Sequence[WorkRow],
    annotators: Sequence[str],
    rules: AssignmentRules,
    *,
    present: Mapping[str, Sequence[str]],
) -> AssignmentPlan:
    """Distribute documents to annotators; `present` has the existing assignments by annotator's name, which are kept.

    Existing assignments count towards the shares, so planning again after a plan was carried out adds nothing. Raises
    ValueError, with a message for people, for rules that can't be met.
    """
    check(annotators, rules)
    has = {name: set(present.get(name, ())) for name in annotators}
    shared = _shared(documents, has, rules)
    pairs = [(row.uid, name) for row in documents if row.uid in shared for name in annotators]
    rest = [row for row in documents if row.uid not in shared]
    if rules.strategy is Distribution.EVERYONE:
        pairs.extend((row.uid, name) for row in rest for name in annotators)
    else:
        pairs.extend(_distributed(rest, annotators, rules, present))
    new = [pair for pair in dict.fromkeys(pairs) if pair[0] not in has[pair[1]]]
    return _plan(documents, annotators, new, present)


def check(annotators: Sequence[str], rules: AssignmentRules) -> None:
    """Raise ValueError, with a message for people, for rules that can't be met."""
    if not annotators:
        raise ValueError("no annotators are named to assign documents to")
    if len(set(annotators)) != len(annotators):
        raise ValueError("an annotator is named twice")
    if rules.strategy is Distribution.PER_DOCUMENT and not 1 <= rules.per_document <= len(annotators):
        raise ValueError(f"{rules.per_document} annotators per document are more than the {len(annotators)} named")
    if rules.strategy is Distribution.SHARE:
        missing = [name for name in annotators if name not in rules.weights]
        if missing:
            raise ValueError(f"the share of {missing[0]} is missing")
        if any(not 0 <= rules.weights[name] < 1e9 for name in annotators):
            raise ValueError("a share must be 0 or more")
        if not sum(rules.weights[name] for name in annotators):
            raise ValueError("not all shares can be 0")
    if rules.overlap < 0:
        raise ValueError("the overlap can't be less than 0")


def _shared(documents: Sequence[WorkRow], has: Mapping[str, set[str]], rules: AssignmentRules) -> set[str]:
    """Return the documents (uids) for everyone: first those that everyone has already, then by pseudo-random rank."""
    if rules.strategy is Distribution.EVERYONE or not rules.overlap:
        return set()

    def rank(row: WorkRow) -> tuple[int, str]:
        holders = sum(row.uid in mine for mine in has.values())
        return (-holders if holders == len(has) else 0, _draw(row.uid, rules.seed))

    return {row.uid for row in sorted(documents, key=rank)[: rules.overlap]}


def _draw(uid: str, seed: int) -> str:
    """Return a document's pseudo-random rank: a hash, which is the same in every version of Python."""
    return hashlib.sha256(f"{seed} {uid}".encode()).hexdigest()


def _distributed(
    rest: Sequence[WorkRow], annotators: Sequence[str], rules: AssignmentRules, present: Mapping[str, Sequence[str]]
) -> list[tuple[str, str]]:
    """Return the pairs that give each document the required number of people, including those who have it already."""
    holders: dict[str, set[str]] = {row.uid: set() for row in rest}
    for name, uids in present.items():
        for uid in holders.keys() & set(uids):
            holders[uid].add(name)
    each = rules.per_document if rules.strategy is Distribution.PER_DOCUMENT else 1
    counts = {name: sum(name in names for names in holders.values()) for name in annotators}
    missing = {uid: max(0, each - len(names)) for uid, names in holders.items()}
    goals = _goals(sum(counts.values()) + sum(missing.values()), annotators, rules)
    order = {name: number for number, name in enumerate(annotators)}

    def need(name: str) -> tuple[float, int]:
        # The next one is the annotator furthest from their goal, in proportion; ties go by the given order.
        return (counts[name] / goals[name] if goals[name] else float("inf"), order[name])

    pairs: list[tuple[str, str]] = []
    for row in rest:
        free = [name for name in annotators if name not in holders[row.uid]]
        for name in sorted(free, key=need)[: missing[row.uid]]:
            counts[name] += 1
            pairs.append((row.uid, name))
    return pairs


def _goals(total: int, annotators: Sequence[str], rules: AssignmentRules) -> dict[str, float]:
    """Return the goal, in documents, of each annotator: whole numbers by largest remainder for SHARE, else equal."""
    if rules.strategy is not Distribution.SHARE:
        return {name: total / len(annotators) for name in annotators}
    weights = [rules.weights[name] for name in annotators]
    exact = [total * weight / sum(weights) for weight in weights]
    goals = [int(value) for value in exact]
    by_remainder = sorted(range(len(exact)), key=lambda n: (goals[n] - exact[n], n))
    for number in by_remainder[: total - sum(goals)]:
        goals[number] += 1
    return dict(zip(annotators, map(float, goals), strict=True))


def _plan(
    documents: Sequence[WorkRow],
    annotators: Sequence[str],
    new: list[tuple[str, str]],
    present: Mapping[str, Sequence[str]],
) -> AssignmentPlan:
    words = {row.uid: row.words for row in documents}
    after = {name: set(uids) for name, uids in present.items()}
    added = dict.fromkeys(annotators, 0)
    for uid, name in new:
        after.setdefault(name, set()).add(uid)
        added[name] += 1
    known = {name: after.get(name, set()) & words.keys() for name in annotators}
    portions = tuple(
        Portion(name, len(known[name]), added[name], sum(words[uid] for uid in known[name])) for name in annotators
    )
    everyone = set[str].intersection(*known.values())
    anyone = set[str]().union(*after.values())
    return AssignmentPlan(tuple(new), portions, len(everyone), len(words.keys() - anyone))
