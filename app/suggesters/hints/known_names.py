"""Which names references know, in any of the forms that names have: short, long, adjective, acronym."""

from collections.abc import Iterator, Sequence

from app.nlp.parsed_text import ParsedText
from app.suggesters.hints.comparison import Comparison
from app.suggesters.hints.name_facts import GENERIC, LEAST_INITIALS, SMALL, is_acronym
from app.suggesters.hints.name_spelling import are_spellings_of_one
from app.suggesters.hints.name_tables import Country, name_tables
from app.suggesters.hints.named_text import NamedText
from app.suggesters.hints.names import Name

_LEAST_PART = 4


def known_names(comparison: Comparison) -> "KnownNames":
    """Return the names that a comparison's references know."""
    return KnownNames([reference.get(NamedText) for reference in comparison.references])


class KnownNames:
    """The names that references know."""

    def __init__(self, texts: Sequence[NamedText]) -> None:
        """Know the names of these texts."""
        self._facts = [text.facts for text in texts]
        self._aliases = frozenset(alias for facts in self._facts for alias in facts.aliases)
        self._tables = name_tables()

    def has_word(self, token: str) -> bool:
        """Return whether a reference has the word, whatever its case."""
        return any(token in facts.words for facts in self._facts)

    def similar_parts(self, token: str) -> Iterator[str]:
        """Yield the parts of the references' names that begin with the same letter."""
        yield from {part for facts in self._facts for part in facts.parts.get(token[0], ())}

    def has_spelling(self, token: str) -> bool:
        """Return whether a reference has the word, or one derived from it, or another usual spelling of it."""
        return self.has_word(token) or any(are_spellings_of_one(token, part) for part in self.similar_parts(token))

    def has_part(self, token: str) -> bool:
        """Return whether a reference has the word, one derived from it, or another spelling of it, or a longer form."""
        return self.has_word(token) or any(_is_form(token, part) for part in self.similar_parts(token))

    def has_given(self, token: str) -> bool:
        """Return whether a reference has a form of the given name."""
        return any(not facts.given.isdisjoint(self._tables.given.get(token, ())) for facts in self._facts)

    def speaks_of(self, countries: Sequence[Country]) -> bool:
        """Return whether a reference names one of the countries, its people or its government's seat."""
        return any(country.name in facts.countries for country in countries for facts in self._facts)

    def has_seat(self, countries: Sequence[Country]) -> bool:
        """Return whether a reference names the seat of the government of one of the countries."""
        return any(country.name in facts.seats for country in countries for facts in self._facts)

    def has_acronym(self, tokens: tuple[str, ...]) -> bool:
        """Return whether a reference has the acronym of a name, or the name of an acronym."""
        if len(tokens) == 1:
            return len(tokens[0]) >= LEAST_INITIALS and any(tokens[0] in facts.initials for facts in self._facts)
        short = "".join(token[0] for token in tokens if token not in SMALL)
        return any(short in facts.acronyms or "".join(t[0] for t in tokens) in facts.acronyms for facts in self._facts)

    def has_joined(self, tokens: tuple[str, ...]) -> bool:
        """Return whether a reference writes as one word what are several, or the other way round."""
        whole = "".join(tokens)
        return any(whole in facts.words or whole in facts.joined for facts in self._facts)

    def unknown_parts(self, parsed: ParsedText, name: Name, *, is_place: bool) -> tuple[int, ...]:
        """Return which tokens of a text's name no reference knows in any form; none if the whole has another form.

        `is_place` says that the name stands for a place as such: then a capital isn't another word for its government.
        """
        if all(map(self.has_word, name.tokens)):
            return ()
        tables = self._tables
        countries = tables.of_country(name.tokens)
        if countries and (self.speaks_of(countries) or self.has_seat(countries)):
            return ()
        seats = tables.capitals.get(name.tokens, ())
        if seats and not is_place and (self.speaks_of(seats) or self.has_seat(seats)):
            return ()
        if not self._aliases.isdisjoint(tables.aliases.get(name.tokens, ())):
            return ()
        could_be_acronym = len(name.tokens) > 1 or is_acronym(parsed.words[name.first].text)
        if could_be_acronym and self.has_acronym(name.tokens) or self.has_joined(name.tokens):
            return ()
        if countries and all(token in GENERIC for token in name.tokens):  # the United States
            return tuple(range(len(name.tokens)))
        return tuple(
            number
            for number, token in enumerate(name.tokens)
            if token not in GENERIC and len(token) > 1 and not self.has_part(token) and not self.has_given(token)
        )


def _is_form(token: str, part: str) -> bool:
    if are_spellings_of_one(token, part):
        return True
    short, long = sorted((token, part), key=len)
    return len(short) >= _LEAST_PART and long.startswith(short)
