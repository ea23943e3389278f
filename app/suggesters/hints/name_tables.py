"""What is known of names beforehand: countries with their people and capitals, and forms of given names.

The tables lie in `resources/names/`; each begins with a line that says what its columns are.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from app import paths
from app.suggesters.hints.name_spelling import folded, spelling_tokens


class Country(NamedTuple):
    """A country or region: its name, and what its people and what belongs to it are called, the adjective first.

    `kind` is “part” for a part of a country and “wide” for a region of several.
    """

    name: str
    people: tuple[str, ...]
    kind: str = ""


class NameTables(NamedTuple):
    """Names by their tokens (`spelling_tokens`); what several countries are called has several.

    `countries` and `people` have the countries that are called so; `capitals` those that a capital or a seat of
    government stands for. `given` has the numbers of the given names that a token is a form of, and `aliases` those of
    what a name is one of several names of. `lengths` has how many tokens the names have, but for given ones, that begin
    with a token.
    """

    countries: Mapping[tuple[str, ...], tuple[Country, ...]]
    people: Mapping[tuple[str, ...], tuple[Country, ...]]
    capitals: Mapping[tuple[str, ...], tuple[Country, ...]]
    given: Mapping[str, frozenset[int]]
    aliases: Mapping[tuple[str, ...], frozenset[int]]
    lengths: Mapping[str, tuple[int, ...]]

    def is_place(self, tokens: tuple[str, ...]) -> bool:
        """Return whether a name is that of a country, a region or a capital."""
        return tokens in self.countries or tokens in self.capitals

    def of_country(self, tokens: tuple[str, ...]) -> tuple[Country, ...]:
        """Return the countries that a name, or what people are called, belongs to; not those of a capital."""
        return self.countries.get(tokens, ()) + self.people.get(tokens, ())

    def is_known(self, token: str) -> bool:
        """Return whether a single token is a name of its own."""
        alone = (token,)
        return token in self.given or alone in self.countries or alone in self.people or alone in self.capitals


@lru_cache(1)
def name_tables() -> NameTables:
    """Return the tables that ship with Stet, read at the first call."""
    countries: dict[tuple[str, ...], tuple[Country, ...]] = {}
    people: dict[tuple[str, ...], tuple[Country, ...]] = {}
    capitals: dict[tuple[str, ...], tuple[Country, ...]] = {}
    for line in _lines("countries.tsv"):
        name, others, adjectives, seats, kind = (*line.split("|"), "")[:5]
        country = Country(name, tuple(filter(None, adjectives.split(","))), kind)
        for table, names in ((countries, f"{name},{others}"), (people, adjectives), (capitals, seats)):
            for each in filter(None, names.split(",")):
                tokens = spelling_tokens(each)
                if country not in table.get(tokens, ()):
                    table[tokens] = (*table.get(tokens, ()), country)
    given: dict[str, frozenset[int]] = {}
    for number, line in enumerate(_lines("given_names.tsv")):
        for form in line.split():
            token = folded(form)
            given[token] = given.get(token, frozenset()) | {number}
    aliases: dict[tuple[str, ...], frozenset[int]] = {}
    for number, line in enumerate(_lines("aliases.tsv")):
        for form in line.split("|"):
            tokens = spelling_tokens(form)
            aliases[tokens] = aliases.get(tokens, frozenset()) | {number}
    lengths: dict[str, set[int]] = {}
    for tokens in (*countries, *people, *capitals, *aliases):
        lengths.setdefault(tokens[0], set()).add(len(tokens))
    first = {token: tuple(sorted(some)) for token, some in lengths.items()}
    return NameTables(countries, people, capitals, given, aliases, first)


def _lines(name: str) -> Iterator[str]:
    content = (paths.resources() / "names" / name).read_text(encoding="utf-8")
    return (line for line in content.splitlines() if line and not line.startswith("#"))
