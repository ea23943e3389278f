"""Which name a reference has where a text has one that no reference knows.

What speaks for a counterpart: the same sort; the same words beside it, the same governor; a sentence that is aligned;
that the text doesn't have it elsewhere; that it is the only one of its sort which the text lacks.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from app.suggesters.hints.comparison import Comparison
from app.suggesters.hints.known_names import KnownNames, known_names
from app.suggesters.hints.name_facts import GENERIC
from app.suggesters.hints.name_place import sameness
from app.suggesters.hints.name_tables import name_tables
from app.suggesters.hints.name_words import word_list
from app.suggesters.hints.named_text import NamedText
from app.suggesters.hints.names import Name, NameSort
from app.suggesters.hints.spelling_error import right_spellings

ENOUGH = 2.75
_MUCH = 1.5
_SAME_LENGTH = 0.25
_LEAD = 0.4  # by which the best counterpart must beat the next one
_UNSAID, _ALONE, _SAID, _SPEAKS, _SAME_SORT, _ALIGNED = 1.0, 1.25, 0.5, 0.5, 0.5, 1.5
_FEW_SENTENCES, _FEW_WORDS, _SUMMARY = 60, 600, 8
_BESIDE = 1
_ORDINARY = word_list("what speakers do")


class NameCounterpart(NamedTuple):
    """A name of a reference, by index, that may be what the text should say, and how much speaks for it."""

    reference: int
    name: Name
    score: float


class UnknownName(NamedTuple):
    """A name of a text, and which of its tokens no reference knows."""

    name: Name
    parts: tuple[int, ...]


class NameCounterparts:
    """Looks for the names that references have where a text has unknown ones."""

    def __init__(self, comparison: Comparison) -> None:
        """Read nothing yet: most texts have no unknown name."""
        self._comparison = comparison
        self._text = comparison.text.get(NamedText)
        self._references = [reference.get(NamedText) for reference in comparison.references]
        self._ours = KnownNames((self._text,))
        self._said: dict[tuple[str, ...], bool] = {}

    def best(self, unknown: UnknownName) -> NameCounterpart | None:
        """Return the counterpart for which enough speaks, and more than for any other."""
        found: dict[tuple[str, ...], NameCounterpart] = {}
        for candidate in self._candidates(unknown):
            key = candidate.name.tokens
            if key not in found or self._order(candidate) < self._order(found[key]):
                found[key] = candidate
        ranked = _merged(sorted(found.values(), key=self._order))
        unsaid = [one for one in ranked if self._is_unsaid(one.reference, unknown.name, one.name)]
        if unsaid and unsaid[0].score >= max(ENOUGH, ranked[0].score - _MUCH):
            ranked = unsaid  # a name that the text has elsewhere is in its place there
        if not ranked or ranked[0].score < ENOUGH:
            return None
        return ranked[0] if len(ranked) == 1 or ranked[0].score - ranked[1].score >= _LEAD else None

    def _order(self, candidate: NameCounterpart) -> tuple[float, str, int]:
        text = self._comparison.references[candidate.reference].text
        return (-candidate.score, text, candidate.name.first)

    @cached_property
    def _is_summary(self) -> bool:
        """Whether the text retells short references as a whole: then a name that it lacks may stand anywhere."""
        theirs = sum(len(reference.parsed.sentences) for reference in self._references)
        words = sum(len(reference.parsed.words) for reference in self._references)
        return theirs <= _FEW_SENTENCES and len(self._text.parsed.sentences) <= _SUMMARY and words <= _FEW_WORDS

    @cached_property
    def _all(self) -> list[tuple[int, Name]]:
        """The names of the references; those that a sentence has several times, once."""
        found: dict[tuple[int, int, tuple[str, ...]], tuple[int, Name]] = {}
        for number, text in enumerate(self._references):
            for name in text.names:
                found.setdefault((number, name.sentence, name.tokens), (number, name))
        return list(found.values())

    def _candidates(self, unknown: UnknownName) -> Iterator[NameCounterpart]:
        name = unknown.name
        possible = list(self._possible(unknown))
        alike = {
            other.tokens
            for number, other, _, likely in possible
            if likely >= _SAME_SORT and self._is_unsaid(number, name, other)
        }
        alone = self._is_summary and len(_distinct(alike)) == 1 and not self._may_be_inferred(name)
        beside = {token for other in self._text.names if other.sentence == name.sentence for token in other.tokens}
        place = self._text.place(name)
        for number, other, score, likely in possible:
            score += sameness(place, self._references[number].place(other)) + _shared(name, other)
            if self._is_unsaid(number, name, other):
                score += _UNSAID + (_ALONE if alone and other.tokens in alike else 0.0)
            elif likely < 0 and set(name.tokens).isdisjoint(other.tokens):
                continue
            elif beside.isdisjoint(set(other.tokens) - GENERIC):
                score -= _SAID
            elif name.sort is NameSort.PEOPLE:
                score -= 2 * _SAID
            else:
                continue
            if other.tokens in self._references[number].speakers:
                score += _SPEAKS
            yield NameCounterpart(number, other, round(score, 4))

    def _possible(self, unknown: UnknownName) -> Iterator[tuple[int, Name, float, float]]:
        """Yield names of references that may be counterparts, with what speaks for each, and what its sort does."""
        name = unknown.name
        sentences = self._sentences(name.sentence)
        is_nickname = _is_nickname(self._text, name)
        for number, other in self._all:
            aligned = sentences.get((number, other.sentence))
            if aligned is None or not _could_be(unknown, other):
                continue
            likely = _likely(name, other)
            if likely is None or is_nickname and not _is_nickname(self._references[number], other):
                continue
            yield number, other, aligned + likely, likely

    def _sentences(self, sentence: int) -> dict[tuple[int, int], float]:
        """Return the sentences of references in which a counterpart may stand, with what speaks for each."""
        found: dict[tuple[int, int], float] = {}
        if self._is_summary:
            for number, reference in enumerate(self._references):
                found.update(((number, other), 0.0) for other in range(len(reference.parsed.sentences)))
        for counterpart in self._comparison.counterparts(sentence):
            for other in range(counterpart.sentence - _BESIDE, counterpart.sentence + _BESIDE + 1):
                key = (counterpart.reference, other)
                weight = _ALIGNED * counterpart.score if other == counterpart.sentence else 0.0
                found[key] = max(weight, found.get(key, 0.0))
        return found

    def _is_unsaid(self, number: int, name: Name, other: Name) -> bool:
        """Return whether the text doesn't have a reference's name but for what an unknown name shares with it."""
        own = [token for token in other.tokens if token not in name.tokens]
        if 0 < len(own) < len(other.tokens):
            return not any(self._ours.has_part(token) for token in own)
        if other.tokens not in self._said:
            self._said[other.tokens] = self._is_said(number, other)
        return not self._said[other.tokens]

    def _is_said(self, number: int, name: Name) -> bool:
        """Return whether the text says a reference's name in any form."""
        parts = self._ours.unknown_parts(self._references[number].parsed, name, is_place=True)
        significant = [token for token in name.tokens if token not in GENERIC]
        if len(parts) < max(1, len(significant)):
            return True
        # A misspelling of it says it, too, but not a word that the references have beside it.
        known = self._comparison.get(known_names)
        right = (part for number in parts for _, part in right_spellings(name.tokens[number], self._ours))
        return any(not known.has_word(part) for part in right)

    def _may_be_inferred(self, name: Name) -> bool:
        """Return whether a country or people may be what readers know of other places that the references name."""
        return is_country(name) and any(
            other.sort is NameSort.PLACE and not is_country(other) and other.tokens not in name_tables().capitals
            for _, other in self._all
        )


def _is_nickname(text: NamedText, name: Name) -> bool:
    """Return whether a name may be a club's, a court's or a bank's by which everybody knows it: “the Reds”."""
    has_article = name.first > 0 and text.parsed.words[name.first - 1].text.casefold() == "the"
    is_head = has_article and text.place(name).relation != "modifier"  # not “the Falcon test”
    return is_head and name.sort not in (NameSort.PERSON, NameSort.PEOPLE)


def _likely(name: Name, other: Name) -> float | None:
    """Return what speaks for two names being of one sort, or None if they can't be."""
    one, two = name.sort, other.sort
    if NameSort.PEOPLE in (one, two):
        if one is two and not is_country(name) and not is_country(other):
            return _SAME_SORT  # of parties, faiths, tribes
        if _kinds(name).isdisjoint(_kinds(other)):
            return None
        return _SAME_SORT * (1.5 if one is two else 1.0)
    if one is two:
        return _likely_same(name, other)
    if NameSort.PERSON not in (one, two):
        return -0.25
    tables = name_tables()
    place, person = (name, other) if two is NameSort.PERSON else (other, name)
    is_apart = place.sort is NameSort.PLACE and person.tokens[0] in tables.given
    if is_apart or place.tokens in tables.countries:
        return None
    is_group = place.sort is NameSort.ORGANISATION and not GENERIC.isdisjoint(place.tokens)
    return -0.5 if is_group or place.sort is NameSort.PLACE else -0.25


def _likely_same(name: Name, other: Name) -> float | None:
    if name.sort is NameSort.PLACE:
        return _likely_place(name, other)
    if name.sort is NameSort.PERSON and name.tokens[0] in name_tables().given:
        # those who speak in a meeting may be called by what they do there
        both = other.tokens[0] in name_tables().given
        return 2 * _SAME_SORT if both else _SAME_SORT if other.tokens[0] not in _ORDINARY else None
    return _SAME_SORT if name.sort is not NameSort.UNKNOWN else 0.0


def _likely_place(name: Name, other: Name) -> float | None:
    if is_country(name) and is_country(other):
        return _SAME_SORT if not _kinds(name).isdisjoint(_kinds(other)) else None
    if is_country(name):
        # “in Maryland” for “in Baltimore” says less, and nothing wrong
        return 0.0 if other.tokens in name_tables().capitals else None
    return 0.0 if is_country(other) else _SAME_SORT


def _kinds(name: Name) -> frozenset[str]:
    return frozenset(country.kind for country in name_tables().of_country(name.tokens))


def is_country(name: Name) -> bool:
    """Return whether a name is a country's or that of its people."""
    return bool(name_tables().of_country(name.tokens))


def _could_be(unknown: UnknownName, other: Name) -> bool:
    """Return whether a reference's name may be what a partly unknown one should be."""
    tokens, parts = unknown.name.tokens, unknown.parts
    if set(tokens) == set(other.tokens):
        return False
    if all(number in parts or token in GENERIC for number, token in enumerate(tokens)):
        return is_country(other) or any(token not in GENERIC for token in other.tokens)
    return len(other.tokens) == len(tokens) and all(
        tokens[number] == other.tokens[number] for number in range(len(tokens)) if number not in parts
    )


def _shared(name: Name, other: Name) -> float:
    """Return what speaks for a counterpart that has a part of its name in common."""
    common = set(name.tokens) & set(other.tokens)
    if not common:
        return _SAME_LENGTH if len(name.tokens) == len(other.tokens) > 1 else 0.0
    return 1.0 if common <= GENERIC else 1.25


def _distinct(names: Iterable[tuple[str, ...]]) -> list[set[str]]:
    """Return names as sets of parts, those that are forms of each other once."""
    found: list[set[str]] = []
    for tokens in sorted(names, key=lambda name: (-len(name), name)):
        parts = set(tokens) - GENERIC or set(tokens)
        if not any(parts & other for other in found):
            found.append(parts)
    return found


def _merged(ranked: Sequence[NameCounterpart]) -> list[NameCounterpart]:
    """Return the candidates without those that are another form of a better one."""
    kept: list[NameCounterpart] = []
    for candidate in ranked:
        parts = set(candidate.name.tokens) - GENERIC
        if not any(parts & (set(better.name.tokens) - GENERIC) for better in kept):
            kept.append(candidate)
    return kept
