"""A name in the place of another one: “Ankara” where the reference has “Istanbul”."""

from collections.abc import Iterable

from app.nlp.parsed_text import ParsedText
from app.suggesters.hints.comparison import Comparison
from app.suggesters.hints.hint import Hint, HintKind
from app.suggesters.hints.name_counterparts import NameCounterpart, NameCounterparts, UnknownName, is_country
from app.suggesters.hints.name_tables import name_tables
from app.suggesters.hints.name_topic import is_on_topic, unknown_names
from app.suggesters.hints.names import Name, NameSort
from app.suggesters.hints.rule import Tier

_ENDS_NAME = frozenset(("VERB", "AUX", "PUNCT", "ADP", "CCONJ", "SCONJ"))
_CERTAIN = 6.0  # so much speaks for a counterpart in a sentence that is told word by word


class EntityRule:
    """Finds names that no reference knows, in the place of a name that a reference has and the text lacks."""

    name = "entity"
    title = "Names in the place of another name"
    version = "2"
    needs = "a reference"
    tier = Tier.SURE
    kinds = (HintKind.ENTITY,)
    help = (
        "A person, place, people, organisation or product that no reference knows, where a reference has another name "
        "of the same sort in the same place: beside the same words, or depending on the same word. Short and long "
        "forms, acronyms, peoples of countries, capitals for governments and forms of given names count as the same "
        "name. A name without such a counterpart is passed over."
    )

    def hints(self, comparison: Comparison) -> Iterable[Hint]:
        """See `HintRule`."""
        if not comparison.references:
            return
        counterparts = NameCounterparts(comparison)
        for unknown in comparison.get(unknown_names):
            found = counterparts.best(unknown) if is_on_topic(comparison, unknown.name) else None
            if found is not None:
                yield _hint(comparison, unknown, found)


def _hint(comparison: Comparison, unknown: UnknownName, found: NameCounterpart) -> Hint:
    parsed = comparison.parsed
    reference = comparison.references[found.reference].parsed
    first, last, correction = _replacement(unknown.name, reference, found.name)
    return Hint(
        HintKind.ENTITY,
        parsed.start_of(first),
        parsed.end_of(last),
        f"The reference has “{reference.span_text(found.name.first, found.name.last)}” here.",
        correction,
        (comparison.place(found.reference, found.name.first, found.name.last),),
        round(min(1.0, found.score / _CERTAIN), 3),
    )


def _replacement(name: Name, reference: ParsedText, other: Name) -> tuple[int, int, str]:
    """Return the words `[first, last)` of the text to be replaced, and what by."""
    whole = reference.span_text(other.first, _end_of(reference, other))
    if is_country(name) and is_country(other) and name.sort is not other.sort:
        return name.first, name.last, _as_said(name, other, whole)
    if len(name.tokens) == name.last - name.first and len(other.tokens) == other.last - other.first:
        before, after = _in_common(name.tokens, other.tokens)
        if before or after:
            return name.first + before, name.last - after, reference.span_text(other.first + before, other.last - after)
    if name.sort is NameSort.PERSON and len(name.tokens) == 1 and len(other.tokens) > 1:
        at = other.first if name.tokens[0] in name_tables().given else other.last - 1
        return name.first, name.last, reference.span_text(at, at + 1)
    return name.first, name.last, whole


def _in_common(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[int, int]:
    """Return how many tokens two names begin, and end, with in common."""
    least = min(len(one), len(other)) - 1
    before = next((at for at in range(least) if one[at] != other[at]), max(least, 0))
    after = next((at for at in range(least - before) if one[-1 - at] != other[-1 - at]), max(least - before, 0))
    return before, after


def _end_of(reference: ParsedText, name: Name) -> int:
    """Return where a name ends: after its possessive, where that is part of it and nothing is possessed (“Moody's”)."""
    words = reference.words
    if name.last >= len(words) or words[name.last].tag != "POS" or name.sort is NameSort.PERSON:
        return name.last
    after = words[name.last + 1] if name.last + 1 < len(words) else None
    return name.last + 1 if after is None or after.pos in _ENDS_NAME else name.last


def _as_said(name: Name, other: Name, whole: str) -> str:
    """Return a country's name as the text needs it: as the country, or as what belongs to it."""
    country = name_tables().of_country(other.tokens)[0]
    if name.sort is NameSort.PEOPLE:
        return country.people[0] if country.people else whole
    return country.name
