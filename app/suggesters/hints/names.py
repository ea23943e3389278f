"""The names in a text: what the pipeline finds, and the capitalised words that it misses."""

from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from app.nlp.parsed_text import ParsedText, Word
from app.suggesters.hints.dialogue import Turn
from app.suggesters.hints.lexicon import lexicon
from app.suggesters.hints.name_spelling import folded, spelling_tokens
from app.suggesters.hints.name_tables import NameTables, name_tables
from app.suggesters.hints.name_words import word_list
from app.suggesters.hints.role_table import role_table


class NameSort(StrEnum):
    """What a name is the name of."""

    PERSON = "person"
    PLACE = "place"
    PEOPLE = "people"  # also what belongs to a country, and its language
    ORGANISATION = "organisation"
    THING = "thing"  # a product, a work, a law, an event
    UNKNOWN = "unknown"


class Name(NamedTuple):
    """A name: the words `[first, last)` without titles, article and possessive, its folded tokens, and its sentence."""

    first: int
    last: int
    tokens: tuple[str, ...]
    sort: NameSort
    sentence: int


_SORTS = {
    "PERSON": NameSort.PERSON,
    "GPE": NameSort.PLACE,
    "LOC": NameSort.PLACE,
    "FAC": NameSort.PLACE,
    "NORP": NameSort.PEOPLE,
    "LANGUAGE": NameSort.PEOPLE,
    "ORG": NameSort.ORGANISATION,
    "PRODUCT": NameSort.THING,
    "WORK_OF_ART": NameSort.THING,
    "EVENT": NameSort.THING,
    "LAW": NameSort.THING,
}
_FUNCTION_WORDS = frozenset(("PRON", "DET", "AUX", "ADP", "CCONJ", "SCONJ", "PART", "NUM", "PUNCT", "SYM"))
_TITLES = word_list("titles")
NOT_NAMES = word_list("not names")
_PARTICLES = frozenset(
    (
        "of",
        "de",
        "la",
        "le",
        "van",
        "von",
        "der",
        "den",
        "del",
        "della",
        "di",
        "da",
        "do",
        "dos",
        "al",
        "el",
        "bin",
        "ibn",
        "ben",
        "y",
        "&",
        "and",
        "the",
    )
)
_DASHES = frozenset(("-", "–", "‐", "‑"))
_PLACES_TOO = word_list("given names that are places")
_PLACE_LABELS = frozenset(label for label, sort in _SORTS.items() if sort is NameSort.PLACE)
_HEADING_SHARE = 0.7
_LEAST_HEADING = 4
_LONG = 3
_SECTIONS = frozenset(("sec", "sect", "secs", "section", "sections", "art", "article", "title", "chapter"))
_VERB_ENDINGS = ("s", "es", "ed", "ing")
_OBJECTS = frozenset(("DET", "NOUN", "ADJ", "PRON", "NUM"))
_PEOPLE_AND_PLACES = frozenset(("PERSON", "GPE", "LOC"))
_COMMON = 8_000
_BEFORE_SURNAMES = frozenset(("von", "van", "der", "den", "del", "della", "di", "da", "dos", "bin", "ibn", "al", "ter"))
_REGIONS = frozenset(("state", "city", "kingdom", "republic", "province", "county", "town", "commonwealth", "district"))
_OF = 2


class _Place(NamedTuple):
    """What a word's place says: it opens a sentence or quotation, is in a heading or shouted line, is a speaker's."""

    opens: bool
    shouted: bool
    speaks: bool


def names(parsed: ParsedText, spoken: tuple[Turn, ...]) -> tuple[Name, ...]:
    """Return the names of a text with these turns, in order. They don't overlap."""
    tables = name_tables()
    places = _places(parsed, spoken)
    inner = {
        folded(word.text)
        for word, place in zip(parsed.words, places, strict=True)
        if word.text[0].isupper() and (place.speaks or not place.opens and not place.shouted)
    }
    spans = [number for number in _entity_numbers(parsed)]
    accepted = [_is_name(parsed, index, places[index], inner, tables) for index in range(len(parsed.words))]
    found = [name for first, last in _runs(parsed, accepted, spans) if (name := _name(parsed, first, last, places))]
    return _agreed(found)


def _places(parsed: ParsedText, spoken: tuple[Turn, ...]) -> list[_Place]:
    speakers = {index for turn in spoken for index in range(turn.first, turn.last)}
    headings = _headings(parsed) - speakers if not spoken else set[int]()
    found: list[_Place] = []
    for index, word in enumerate(parsed.words):
        before = parsed.words[index - 1] if index else None
        opens = (
            before is None
            or before.sentence != word.sentence
            or _is_free_dash(parsed, index - 1)
            or not before.text[-1].isalnum()
            and before.text not in (",", ".", "'s", "’s", "-", "–", "'", "’", "&", "/", ")")
            or before.text == "."
            and not before.text[:-1]
            or "\n" in parsed.text[before.end : word.start]
        )
        found.append(_Place(opens, index in headings, index in speakers))
    return found


def _is_free_dash(parsed: ParsedText, index: int) -> bool:
    """Return whether a word is a dash between blanks: what follows begins anew (“Clean Air Act - Directs the EPA”)."""
    word, words = parsed.words[index], parsed.words
    if word.text not in _DASHES or index == 0 or index + 1 >= len(words):
        return False
    return words[index - 1].end < word.start and word.end < words[index + 1].start


def _headings(parsed: ParsedText) -> set[int]:
    """Return the words of lines and sentences in which most words are capitalised, where a capital says nothing."""
    found: set[int] = set()
    line: list[int] = []
    for index, word in enumerate(parsed.words):
        if line and ("\n" in parsed.text[parsed.words[index - 1].end : word.start]):
            found.update(_if_heading(parsed, line))
            line = []
        line.append(index)
    found.update(_if_heading(parsed, line))
    return found


def _if_heading(parsed: ParsedText, line: list[int]) -> list[int]:
    long = [word for index in line if (word := parsed.words[index].text).isalpha() and len(word) > _LONG]
    large = sum(word[0].isupper() for word in long)
    is_heading = len(long) >= _LEAST_HEADING and large >= _HEADING_SHARE * len(long)
    return line if is_heading and (parsed.words[line[-1]].text != "." or not _is_lower(parsed, line)) else []


def _is_lower(parsed: ParsedText, line: list[int]) -> bool:
    return any(parsed.words[index].text.islower() for index in line)


def _entity_numbers(parsed: ParsedText) -> list[int]:
    """Return for each word the number of the named entity that it is in, or -1."""
    numbers = [-1] * len(parsed.words)
    for number, entity in enumerate(parsed.entities):
        if entity.label in _SORTS:
            numbers[entity.first : entity.last] = [number] * (entity.last - entity.first)
    return numbers


def _is_name(parsed: ParsedText, index: int, place: _Place, inner: set[str], tables: NameTables) -> bool:
    word = parsed.words[index]
    if not _is_capitalised(word.text):
        return False
    if place.speaks:
        return True
    plain = folded(word.text)
    if plain in _SECTIONS and _is_numbered(parsed, index):
        return False
    if plain in NOT_NAMES and not (plain in tables.given and word.entity == "PERSON"):
        return plain in _TITLES and not place.opens
    if word.pos in _FUNCTION_WORDS and word.entity not in _SORTS:
        return False
    if place.shouted or place.opens:
        return _is_likely(parsed, index, plain, place, inner, tables)
    return word.pos == "PROPN" or word.entity in _SORTS or word.pos in ("NOUN", "ADJ", "X", "VERB")


def _is_numbered(parsed: ParsedText, index: int) -> bool:
    """Return whether a number follows a word, perhaps after a full stop: “SEC. 2”."""
    following = [word.text for word in parsed.words[index + 1 : index + 3]]
    return bool(following) and any(text[0].isdigit() for text in following[: 2 if following[0] == "." else 1])


def _is_likely(parsed: ParsedText, index: int, plain: str, place: _Place, inner: set[str], tables: NameTables) -> bool:
    """Return whether a word is a name although its capital may come from its place."""
    word = parsed.words[index]
    if plain in inner:
        return True
    if _is_verb(parsed, index, plain):
        return False
    if tables.is_known(plain) and word.pos in ("PROPN", "ADJ", "NOUN"):
        return True
    if place.shouted and word.entity not in _SORTS:
        return False
    if word.pos != "PROPN":
        return word.entity in _SORTS and not place.shouted and _is_rare(plain)
    following = parsed.words[index + 1] if index + 1 < len(parsed.words) else word
    is_followed = following.sentence == word.sentence and following.pos == "PROPN" and following.text[0].isupper()
    return word.entity in _SORTS or is_followed or word.dep in ("nsubj", "nsubjpass", "poss") or _is_rare(plain)


def _is_verb(parsed: ParsedText, index: int, plain: str) -> bool:
    """Return whether a word that opens a sentence is a form of a verb that a pipeline takes for a name: “Directs the
    Secretary to report”, “Fitting takes a day”. What it takes for a person or a place may be one, unless something
    follows that can be an object: “Woods said”, but “Amends tax law”.
    """
    word = parsed.words[index]
    following = parsed.words[index + 1] if index + 1 < len(parsed.words) else word
    is_followed = following.text[0].isupper() and following.sentence == word.sentence and word.head == index + 1
    if is_followed or not any(map(lexicon().is_verb, _stems(plain))):
        return False
    return word.entity not in _PEOPLE_AND_PLACES or following.pos in _OBJECTS and following.text.islower()


def _stems(plain: str) -> Iterator[str]:
    """Yield the verbs that a word may be a form of."""
    for ending in _VERB_ENDINGS:
        if plain.endswith(ending):
            stem = plain.removesuffix(ending)
            yield from (stem, f"{stem}e", stem[:-1] if stem[-2:-1] == stem[-1:] else stem)


def _is_rare(plain: str) -> bool:
    """Return whether a word is too rare for a sentence to begin with it by chance."""
    rank = lexicon().rank(plain)
    return rank is None or rank > _COMMON


def _is_capitalised(text: str) -> bool:
    return text[0].isupper() or (len(text) > _LONG and text[0].isalpha() and any(char.isupper() for char in text[1:]))


def _runs(parsed: ParsedText, accepted: list[bool], spans: list[int]) -> Iterator[tuple[int, int]]:
    """Yield the runs of words that make a name together."""
    index, count = 0, len(accepted)
    while index < count:
        if not accepted[index]:
            index += 1
            continue
        end = index + 1
        while (following := _joined(parsed, index, end, accepted, spans)) > end:
            end = following
        yield index, end
        index = end


def _joined(parsed: ParsedText, first: int, end: int, accepted: list[bool], spans: list[int]) -> int:
    """Return where a name that reaches to `end` goes on to; `end` itself if it doesn't."""
    at = end
    while at < len(accepted) and at - end <= _OF and not accepted[at]:
        word = parsed.words[at]
        is_dash = word.text in _DASHES and word.start == parsed.words[at - 1].end
        same_entity = spans[at] >= 0 and spans[at] == spans[end - 1]
        is_particle = word.text in _BEFORE_SURNAMES or word.text.casefold() in _PARTICLES and same_entity
        if not is_dash and not is_particle:
            return end
        at += 1
    if at >= len(accepted) or not accepted[at] or parsed.words[at].sentence != parsed.words[first].sentence:
        return end
    if "\n" in parsed.text[parsed.words[at - 1].end : parsed.words[at].start]:
        return end
    if at > end and parsed.words[at - 1].text in _BEFORE_SURNAMES:
        return at + 1
    return at + 1 if _belong(parsed, at - 1 if at == end else end - 1, at, spans) else end


def _belong(parsed: ParsedText, before: int, after: int, spans: list[int]) -> bool:
    one, other = spans[before], spans[after]
    if one == other:
        return True
    left, right = parsed.words[before], parsed.words[after]
    if one >= 0 and other >= 0:
        return False
    # An adjective of a country or a place before a title isn't part of the person's name.
    is_person = right.entity == "GPE" and left.head == after and folded(left.text) in name_tables().given
    if not is_person and left.entity in ("GPE", "NORP", "LOC") or not is_person and right.entity in ("GPE", "NORP"):
        return right.start == left.end
    return left.head == after or right.head == before or left.head == right.head


def _name(parsed: ParsedText, first: int, last: int, places: list[_Place]) -> Name | None:
    words = parsed.words
    is_speaker, start = places[first].speaks, first
    if not is_speaker:
        first += _before_name(words[first:last])
    while last - first > _OF and folded(words[first].text) in _REGIONS and words[first + 1].text == "of":
        first += _OF
    is_titled = first > start and folded(words[first - 1].text) not in ("the", "a", "an")
    while last - first > 1 and (words[last - 1].text in _DASHES or words[last - 1].tag == "POS"):
        last -= 1
    tokens = tuple(token for word in words[first:last] for token in spelling_tokens(word.text))
    if not tokens or len(tokens) == 1 and (len(tokens[0]) < 2 or _is_empty(tokens[0], is_speaker)):
        return None
    sort = _sort(words[first:last], tokens, is_speaker)
    if is_titled and sort is NameSort.UNKNOWN:
        sort = NameSort.PERSON
    return Name(first, last, tokens, sort, words[first].sentence)


def _before_name(words: tuple[Word, ...]) -> int:
    """Return how many words go before a name rather than being part of it: articles, titles, roles and their bodies."""
    families = role_table().families
    given = name_tables().given
    for index in range(len(words) - 2, -1, -1):
        token = folded(words[index].text)
        if token in given and words[index].entity == "PERSON" or words[index + 1].text in _DASHES:
            continue
        is_person = words[index + 1].entity == "PERSON" and (
            len(words) - index > _OF or folded(words[index + 1].text) in given
        )
        if token in _TITLES or (token,) in families and (is_person or not words[index].entity):
            return index + 1
    return int(len(words) > 1 and folded(words[0].text) in ("the", "a", "an"))


def _is_empty(token: str, is_speaker: bool) -> bool:
    return token in _TITLES or token in NOT_NAMES and not is_speaker and token not in name_tables().given


def _sort(words: tuple[Word, ...], tokens: tuple[str, ...], is_speaker: bool) -> NameSort:
    tables = name_tables()
    if is_speaker:
        return NameSort.PERSON
    if tokens in tables.people:
        return NameSort.PEOPLE
    if tables.is_place(tokens) or len(words) == 1 and tokens[0] in _PLACES_TOO and words[0].entity in _PLACE_LABELS:
        return NameSort.PLACE
    labels = Counter(_SORTS[word.entity] for word in words if word.entity in _SORTS)
    label = max(labels, key=labels.__getitem__) if labels else NameSort.UNKNOWN
    if label is NameSort.PEOPLE:
        # Of words that nobody knows, the pipeline takes many for peoples.
        is_likely = words[0].pos == "ADJ" or not _is_rare(tokens[0])
        return label if len(tokens) == 1 and is_likely else NameSort.UNKNOWN
    if tokens[0] in tables.given and label not in (NameSort.ORGANISATION, NameSort.THING) or label is NameSort.PERSON:
        return NameSort.PERSON
    return label


def _agreed(found: list[Name]) -> tuple[Name, ...]:
    """Return the names, each of the sort that it most often is; a surname alone is a person's."""
    counts: dict[tuple[str, ...], Counter[NameSort]] = {}
    people: set[str] = set()
    for name in found:
        counts.setdefault(name.tokens, Counter())[name.sort] += 1
        if name.sort is NameSort.PERSON and len(name.tokens) > 1:
            people.add(name.tokens[-1])
    return tuple(name._replace(sort=_usual(name, counts[name.tokens], people)) for name in found)


def _usual(name: Name, counts: Counter[NameSort], people: set[str]) -> NameSort:
    if len(name.tokens) == 1 and name.tokens[0] in people and name.sort is not NameSort.PEOPLE:
        return NameSort.PERSON
    if len(counts) == 1:
        return name.sort
    known = {sort: times for sort, times in counts.items() if sort is not NameSort.UNKNOWN}
    return max(known, key=lambda sort: (known[sort], sort.value)) if known else NameSort.UNKNOWN
