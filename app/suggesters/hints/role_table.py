"""Which roles exclude each other: nobody is a president and a senator, or a goalkeeper and a striker, at once."""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from app import paths
from app.suggesters.hints.name_spelling import folded

KIN = "kin"
_DEPUTIES = frozenset(("deputy", "vice", "assistant", "associate", "junior"))


class RoleTable(NamedTuple):
    """The families that a role is in, with its usual name there, by its folded words; the most words that a role has;
    and the words that one begins with.
    """

    families: Mapping[tuple[str, ...], tuple[tuple[str, str], ...]]
    longest: int
    beginnings: frozenset[str]


@lru_cache(1)
def role_table() -> RoleTable:
    """Return the table that ships with Stet (`resources/names/roles.tsv`), read at the first call."""
    families: dict[tuple[str, ...], tuple[tuple[str, str], ...]] = {}
    family = ""
    for line in (paths.resources() / "names" / "roles.tsv").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            family = line.strip("[]")
        elif line and not line.startswith("#"):
            roles = line.split("\t")
            for role in roles:
                words = tuple(folded(word) for word in role.replace("-", " ").split())
                families[words] = (*families.get(words, ()), (family, roles[0]))
    return RoleTable(families, max(map(len, families)), frozenset(words[0] for words in families))


def is_deputy(word: str) -> bool:
    """Return whether a word before a role makes it another role: “deputy”, “vice”."""
    return word in _DEPUTIES


def conflicting_families(one: tuple[tuple[str, str], ...], other: tuple[tuple[str, str], ...]) -> frozenset[str]:
    """Return the families in which two roles exclude each other; none if they are the same role in any."""
    if not frozenset(one).isdisjoint(other):
        return frozenset()
    return frozenset(family for family, _ in one) & frozenset(family for family, _ in other)
