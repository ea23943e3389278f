"""Determines which relations are added to gold with the annotations that they connect."""

from collections.abc import Iterator, Mapping, Set
from typing import NamedTuple

from app.review.fields import Difference
from app.review.groups import Group, Tie


class Carriers(NamedTuple):
    """Whose relations are used for a group being decided: one person's, or those common to all winners of a rule."""

    names: frozenset[str]
    by_rule: bool = False


def lasting(
    groups: Mapping[str, Group], *, gold: Set[str], carriers: Mapping[str, Carriers]
) -> Iterator[tuple[str, Tie]]:
    """Yield the ties to add to gold, each with the key of its source group.

    `groups` are all groups of a document by key, `gold` the keys of those now in gold, `carriers` those being decided:
    only their ties are considered.
    """
    for found in groups.values():
        for tie in found.ties:
            if found.key in gold and tie.target in gold and {found.key, tie.target} & carriers.keys():
                who = _asked(tie, found, groups, carriers)
                if who and who <= set(tie.by):
                    yield found.key, tie


def is_disputed(found: Group, groups: Mapping[str, Group], carriers: Mapping[str, Carriers]) -> bool:
    """Return whether a rule can't decide on a group's relations: some of the winners have one, others don't."""
    if Difference.RELATION not in found.differences:
        return False
    return any(
        0 < len(who & set(tie.by)) < len(who) for tie in found.ties for who in [_asked(tie, found, groups, carriers)]
    )


def _asked(tie: Tie, found: Group, groups: Mapping[str, Group], carriers: Mapping[str, Carriers]) -> frozenset[str]:
    """Return who must have a tie for it to be added."""
    source, target = carriers.get(found.key), carriers.get(tie.target)
    asked = source or target
    if asked is None or not asked.by_rule:
        return asked.names if asked else frozenset()
    # Those without annotations at both ends can't have connected them.
    names = asked.names & found.versions.keys() & groups[tie.target].versions.keys()
    return names & target.names if target is not None else names
