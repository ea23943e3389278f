"""Which relations go into gold with the marks that they tie."""

from collections.abc import Iterator, Mapping, Set
from typing import NamedTuple

from app.review.fields import Difference
from app.review.groups import Group, Tie


class Carriers(NamedTuple):
    """Whose relations go with a group that is being decided: one person's, or those that all winners of a rule have."""

    names: frozenset[str]
    by_rule: bool = False


def lasting(
    groups: Mapping[str, Group], *, gold: Set[str], carriers: Mapping[str, Carriers]
) -> Iterator[tuple[str, Tie]]:
    """Yield the ties that go into gold, each with the key of the group that it leads out of.

    `groups` are all groups of a document by key, `gold` the keys of those that are in gold by now, `carriers` those
    that are being decided: only their ties are asked for.
    """
    for found in groups.values():
        for tie in found.ties:
            if found.key in gold and tie.target in gold and {found.key, tie.target} & carriers.keys():
                who = _asked(tie, found, groups, carriers)
                if who and who <= set(tie.by):
                    yield found.key, tie


def is_torn(found: Group, groups: Mapping[str, Group], carriers: Mapping[str, Carriers]) -> bool:
    """Tell whether a rule can't say which of a group's relations hold: some of the winners have one, some don't."""
    if Difference.RELATION not in found.differences:
        return False
    return any(
        0 < len(who & set(tie.by)) < len(who) for tie in found.ties for who in [_asked(tie, found, groups, carriers)]
    )


def _asked(tie: Tie, found: Group, groups: Mapping[str, Group], carriers: Mapping[str, Carriers]) -> frozenset[str]:
    """Return those who must have a tie for it to hold."""
    source, target = carriers.get(found.key), carriers.get(tie.target)
    asked = source or target
    if asked is None or not asked.by_rule:
        return asked.names if asked else frozenset()
    # Who didn't mark both ends can't have tied them.
    names = asked.names & found.versions.keys() & groups[tie.target].versions.keys()
    return names & target.names if target is not None else names
