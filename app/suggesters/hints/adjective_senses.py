"""Which English adjectives say much the same, and which are opposed, through others as well: "heated" and "frozen".

The table `adjectives.tsv` in `resources/lexicon/` is from WordNet and made by `packaging/lexicon.py`.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from app import paths
from app.core.errors import StetError


class AdjectiveSenses:
    """Adjectives, in lower case, with their clusters: a cluster has adjectives that are similar in one sense."""

    def __init__(self, adjectives: Mapping[str, frozenset[str]], opposites: Mapping[str, frozenset[str]]) -> None:
        """Use adjectives with their clusters, and the clusters that each cluster is opposed to."""
        self._adjectives = adjectives
        self._opposites = opposites

    def clusters(self, adjective: str) -> frozenset[str]:
        """Return the clusters of an adjective's senses; none if it isn't known."""
        return self._adjectives.get(adjective, frozenset())

    def opposed(self, adjective: str) -> frozenset[str]:
        """Return the clusters that an adjective's senses are opposed to, without those that it is in as well."""
        own = self.clusters(adjective)
        return frozenset(other for each in own for other in self._opposites.get(each, ())) - own


@lru_cache(1)
def adjective_senses() -> AdjectiveSenses:
    """Return the adjectives that ship with Stet, read at the first call. Raises StetError if the file is damaged."""
    return read_adjectives(paths.resources() / "lexicon" / "adjectives.tsv")


def read_adjectives(path: Path) -> AdjectiveSenses:
    """Return the adjectives of a table. Raises StetError if it isn't one."""
    opposites, gap, adjectives = path.read_text(encoding="utf-8").partition("\n\n")
    if not gap:
        raise StetError(f"{path.name} is damaged", hint="install Stet again")
    return AdjectiveSenses(_rows(adjectives), _rows(opposites))


def _rows(lines: str) -> dict[str, frozenset[str]]:
    rows = (line.split("\t") for line in lines.splitlines())
    return {key: frozenset(others) for key, *others in rows}
