"""What a name does in its sentence, and how much two names do the same."""

from functools import lru_cache
from typing import NamedTuple

from app.nlp.parsed_text import ParsedText, Word
from app.suggesters.hints.name_words import word_list
from app.suggesters.hints.names import Name

_HOPS = 5
_REACH = 5
_CONTENT = frozenset(("NOUN", "VERB", "ADJ", "ADV", "PROPN", "NUM"))
_LIGHT = word_list("light words")
_RELATIONS = {
    "nsubjpass": "dobj",
    "csubj": "nsubj",
    "agent": "nsubj",
    "dative": "iobj",
    "amod": "modifier",
    "compound": "modifier",
    "nmod": "modifier",
    "poss": "modifier",
    "prep:of": "modifier",
    "prep:by": "nsubj",
}
_WHERE = frozenset(
    (
        "in",
        "at",
        "near",
        "outside",
        "inside",
        "around",
        "across",
        "within",
        "through",
        "throughout",
        "toward",
        "towards",
    )
)
_MOVING = frozenset(("to", "from", "into", "via", "for"))
_MOTION = word_list("motion")


class NamePlace(NamedTuple):
    """What a name depends on (a lemma), and as what; the lemmas of the words before and after it, of those
    near it, and of what it is joined with by “and”.
    """

    governor: str
    relation: str
    before: str
    after: str
    near: frozenset[str]
    beside: frozenset[str]

    @property
    def is_where(self) -> bool:
        """Whether the name says where something is, or goes to."""
        relation = self.relation.removeprefix("prep:")
        return relation in _WHERE or relation in _MOVING and self.governor in _MOTION


def head_of(parsed: ParsedText, name: Name) -> int:
    """Return the word of a name that depends on a word outside of it."""
    for index in range(name.last - 1, name.first - 1, -1):
        head = parsed.words[index].head
        if head == index or not name.first <= head < name.last:
            return index
    return name.last - 1


def place_of(parsed: ParsedText, name: Name) -> NamePlace:
    """Return what a name does in its sentence."""
    governor, relation = _governed(parsed, head_of(parsed, name))
    first, last = parsed.sentences[name.sentence]
    words = parsed.words
    before = _content_before(words[first : name.first])
    after = _content_after(words[name.last : last])
    near = [*before[-_REACH:], *after[:_REACH]]
    return NamePlace(
        governor,
        relation,
        _beside(words[name.first - 1]) if name.first > first else "",
        _beside(words[name.last]) if name.last < last else "",
        frozenset(near),
        frozenset(_conjuncts(parsed, head_of(parsed, name))),
    )


def _conjuncts(parsed: ParsedText, head: int) -> list[str]:
    """Return the lemmas of what a word is joined with by “and” or “or”."""
    words = parsed.words
    found = [words[child].lemma.casefold() for child in parsed.children(head) if words[child].dep == "conj"]
    return [*found, words[words[head].head].lemma.casefold()] if words[head].dep == "conj" else found


def _content_before(words: tuple[Word, ...]) -> list[str]:
    return [word.lemma.casefold() for word in words if _is_content(word)]


_content_after = _content_before


def _is_content(word: Word) -> bool:
    return word.pos in _CONTENT and word.lemma.casefold() not in _LIGHT and word.text[0].isalnum()


def _beside(word: Word) -> str:
    return word.lemma.casefold() if _is_content(word) else ""


def _governed(parsed: ParsedText, index: int) -> tuple[str, str]:
    words = parsed.words
    for _ in range(_HOPS):
        word = words[index]
        if word.dep in ("conj", "appos") and word.head != index:
            index = word.head
            continue
        break
    word = words[index]
    if word.head == index:
        return "", "root"
    relation, head = word.dep, word.head
    if relation == "pobj":
        preposition = words[head]
        relation = "agent" if preposition.dep == "agent" else f"prep:{preposition.lemma.casefold()}"
        head = preposition.head
    return words[head].lemma.casefold(), _RELATIONS.get(relation, relation)


@lru_cache(1)
def light_governors() -> frozenset[str]:
    """Return the lemmas that say little as what a name depends on."""
    return _LIGHT | {""}


def sameness(one: NamePlace, other: NamePlace) -> float:
    """Return how much two names do the same in their sentences: 0 for nothing, 3 and more for the same."""
    score = 0.0
    if one.governor == other.governor and one.governor:
        light = one.governor in _LIGHT
        score += 0.5 if light else 1.5
        score += 0.75 if one.relation == other.relation else 0.0
    elif one.relation == other.relation and one.relation.startswith("prep:"):
        score += 0.25
    score += 0.75 if one.before and one.before == other.before else 0.0
    score += 0.75 if one.after and one.after == other.after else 0.0
    score += 0.5 if one.beside & other.beside else 0.0
    return score + min(2.5, 0.5 * len(one.near & other.near))
