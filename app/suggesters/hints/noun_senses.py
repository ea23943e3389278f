"""What sort of thing an English noun names, and whether two nouns can name the same thing.

The table `nouns.tsv` in `resources/lexicon/` is from WordNet and made by `packaging/lexicon.py`.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from app import paths
from app.core.errors import StetError

LEVELS = 5
"""How many steps up from a noun something is still called by the more general word."""


class NounSenses:
    """Nouns, in lower case, with their senses."""

    def __init__(self, nouns: Mapping[str, tuple[str, ...]], parents: Mapping[str, tuple[str, ...]]) -> None:
        """Use nouns with their class and senses, and what each sense is a kind of."""
        self._nouns = nouns
        self._parents = parents
        self._above = lru_cache(20_000)(self._all_above)

    def kind(self, noun: str) -> str:
        """Return the class of a noun's most frequent sense, such as “food” or “artifact”; “” if it isn't known."""
        found = self._nouns.get(noun)
        return found[0] if found else ""

    def are_related(self, one: str, other: str) -> bool:
        """Return whether two nouns share a sense, or one names a kind of what the other names."""
        first, second = self._nouns.get(one, ())[1:], self._nouns.get(other, ())[1:]
        if not first or not second:
            return False
        return not (self._above(one).isdisjoint(second) and self._above(other).isdisjoint(first))

    def can_name(self, noun: str, others: Iterable[str]) -> bool:
        """Return whether a noun is another word for one of other nouns, or a more general one."""
        senses = self._nouns.get(noun, ())[1:]
        return bool(senses) and any(
            not self._above(other).isdisjoint(senses) for other in others if other in self._nouns
        )

    def is_named_by(self, noun: str, others: Iterable[str]) -> bool:
        """Return whether one of other nouns can name the same thing as a noun."""
        return any(self.are_related(noun, other) for other in others)

    def _all_above(self, noun: str) -> frozenset[str]:
        """Return the senses of a noun and all that they are kinds of, LEVELS up."""
        level = self._nouns[noun][1:]
        found = set(level)
        for _ in range(LEVELS - 1):
            level = tuple(parent for sense in level for parent in self._parents.get(sense, ()))
            found.update(level)
        return frozenset(found)


@lru_cache(1)
def noun_senses() -> NounSenses:
    """Return the nouns that ship with Stet, read at the first call. Raises StetError if the file is damaged."""
    return read_nouns(paths.resources() / "lexicon" / "nouns.tsv")


def read_nouns(path: Path) -> NounSenses:
    """Return the nouns of a table. Raises StetError if it isn't one."""
    above, gap, nouns = path.read_text(encoding="utf-8").partition("\n\n")
    if not gap:
        raise StetError(f"{path.name} is damaged", hint="install Stet again")
    parents = {fields[0]: tuple(fields[1:]) for line in above.split("\n") if (fields := line.split("\t"))}
    known = {fields[0]: tuple(fields[1:]) for line in nouns.splitlines() if (fields := line.split("\t"))}
    return NounSenses(known, parents)
