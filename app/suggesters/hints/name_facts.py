"""Which names a text knows, in any of the forms that they can have: short, long, adjective, acronym."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from app.nlp.parsed_text import ParsedText
from app.suggesters.hints.name_spelling import folded, spelling_tokens
from app.suggesters.hints.name_tables import name_tables
from app.suggesters.hints.name_words import word_list
from app.suggesters.hints.names import Name

LEAST_INITIALS = 2
_MOST_INITIALS = 8
SMALL = frozenset(("of", "the", "and", "for", "de", "la", "in", "on", "to"))
# Parts of names that many names have.
GENERIC = word_list("parts of many names")


class NameFacts(NamedTuple):
    """What a text knows of names: all its words, folded; its names by first letter; acronyms it has or could have;
    the countries, known things and given names that it speaks of; and what words in a row make together (“facebook”).
    """

    words: frozenset[str]
    parts: dict[str, tuple[str, ...]]
    initials: frozenset[str]
    acronyms: frozenset[str]
    countries: frozenset[str]
    seats: frozenset[str]
    aliases: frozenset[int]
    given: frozenset[int]
    joined: frozenset[str]


def name_facts(parsed: ParsedText, found: tuple[Name, ...]) -> NameFacts:
    """Return what a text, with the names in it, knows of names."""
    tables = name_tables()
    flat: list[tuple[str, bool]] = []  # each part of a word, and whether it is capitalised
    for word in parsed.words:
        flat.extend((token, word.text[0].isupper()) for token in spelling_tokens(word.text))
    parts: dict[str, set[str]] = {}
    for name in found:
        for token in name.tokens:
            parts.setdefault(token[0], set()).add(token)
    countries, seats, aliases = _known(flat)
    tokens = frozenset(token for token, _ in flat)
    return NameFacts(
        words=tokens,
        parts={letter: tuple(sorted(some)) for letter, some in parts.items()},
        initials=frozenset(_initials(flat)),
        acronyms=frozenset(folded(word.text) for word in parsed.words if is_acronym(word.text)),
        countries=countries,
        seats=seats,
        aliases=aliases,
        given=frozenset(number for token, large in flat if large for number in tables.given.get(token, ())),
        joined=frozenset(one + other for (one, _), (other, _) in zip(flat, flat[1:], strict=False)),
    )


def is_acronym(text: str) -> bool:
    """Return whether a word is written as an acronym."""
    letters = text.replace(".", "")
    return LEAST_INITIALS <= len(letters) <= _MOST_INITIALS and letters.isalpha() and letters.isupper()


def _known(flat: Sequence[tuple[str, bool]]) -> tuple[frozenset[str], frozenset[str], frozenset[int]]:
    """Return the countries that words name, those whose seats of government they name, and known things."""
    tables = name_tables()
    found: set[str] = set()
    seats: set[str] = set()
    aliases: set[int] = set()
    for at, (token, is_large) in enumerate(flat):
        for length in tables.lengths.get(token, ()):
            phrase = tuple(other for other, _ in flat[at : at + length])
            found.update(country.name for country in tables.of_country(phrase))
            seats.update(country.name for country in tables.capitals.get(phrase, ()))
            if is_large and phrase in tables.aliases:
                aliases |= tables.aliases[phrase]
    return frozenset(found), frozenset(seats), frozenset(aliases)


def _initials(flat: Sequence[tuple[str, bool]]) -> Iterator[str]:
    """Yield the acronyms that capitalised words in a row could have, with and without “of” and its like."""
    run: list[str] = []
    for token, is_large in (*flat, ("", False)):
        if is_large or token in SMALL and run:
            run.append(token)
        else:
            yield from _acronyms(run)
            run = []


def _acronyms(run: Sequence[str]) -> Iterator[str]:
    for first in range(len(run)):
        whole = short = ""
        for token in run[first : first + _MOST_INITIALS]:
            whole += token[0]
            short += token[0] if token not in SMALL else ""
            yield whole
            yield short
