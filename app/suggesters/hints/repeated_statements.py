"""Statements that a text makes twice about one subject, with values, dates or polarities that exclude each other."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from app.nlp.parsed_text import ParsedText
from app.suggesters.hints import measures
from app.suggesters.hints.date_match import DatePart, agrees
from app.suggesters.hints.dates import DateKind
from app.suggesters.hints.predicates import Certainty, Polarity, Predicate
from app.suggesters.hints.quantities import COUNT, PERCENT
from app.suggesters.hints.quantity_match import consistent
from app.suggesters.hints.value_mentions import Mention, Mentions
from app.suggesters.hints.word_set import word_set


class Repetition(NamedTuple):
    """Two places `[start, end)` of a text that exclude each other; `of_polarity` if one denies what the other says."""

    first: tuple[int, int]
    second: tuple[int, int]
    of_polarity: bool = False


_VALUES = frozenset((COUNT, PERCENT, measures.MONEY, measures.LENGTH, measures.DURATION, "mass", "area"))
_ONCE_ONLY = word_set("bear die found establish marry assassinate bury baptise baptize")
"""Verbs of what happens once to a person or thing."""
_APART = word_set(
    """
    another more other further additional then later now again also if or first second before after earlier previously
    originally initially about each every would could may might next new still last instead some until when while once
    ago formerly already yet
    """
)
"""Words beside which a second value can be meant to be another one."""
_NO_PART = frozenset(("DET", "NUM", "PUNCT", "SYM", "SPACE"))


class RepeatedStatements:
    """Looks for statements of one text that exclude each other."""

    def __init__(self, parsed: ParsedText, predicates: Sequence[Predicate], mentions: Mentions) -> None:
        self._parsed = parsed
        self._mentions = mentions
        self._dated = frozenset(mention.sentence for mention in mentions.dates)
        self._told = [predicate for predicate in predicates if self._is_told(predicate)]
        self._by_word: dict[int, Predicate] = {}
        for predicate in self._told:
            for word in (predicate.word, parsed.words[predicate.word].head):
                self._by_word.setdefault(word, predicate)

    def find(self) -> Iterator[Repetition]:
        """Yield the pairs that exclude each other."""
        if len(self._told) > 1:
            yield from self._values()
            yield from self._dates()
            yield from self._polarities()

    def _is_told(self, predicate: Predicate) -> bool:
        """Return whether a predicate is stated as a fact about one subject that can be known again."""
        if (
            predicate.quoted
            or not predicate.asserted
            or predicate.certainty is not Certainty.FACT
            or predicate.polarity is Polarity.OPEN
        ):
            return False
        subject = self._subject(predicate)
        if subject < 0:
            return False
        words = self._parsed.words
        if words[subject].pos == "PROPN":
            return True
        definite = any(words[child].text.lower() == "the" for child in self._parsed.children(subject))
        return words[subject].pos == "NOUN" and definite

    @staticmethod
    def _subject(predicate: Predicate) -> int:
        """Return the only grammatical subject, or -1."""
        found = predicate.objects if predicate.passive else predicate.subjects
        return found[0] if len(found) == 1 else -1

    def _values(self) -> Iterator[Repetition]:
        known: dict[tuple[str, ...], Mention] = {}
        for mention in self._mentions.quantities:
            value = mention.value
            if value.faint or value.kind not in _VALUES or (value.kind == COUNT and not mention.noun):
                continue
            predicate = self._of(mention.word)
            if predicate is None or self._is_apart(mention.sentence):
                continue
            key = (*self._key(predicate), mention.noun, value.kind, value.unit, self._rest(predicate, mention.word))
            other = known.setdefault(key, mention)
            if other.sentence != mention.sentence and not consistent(other.value, value):
                end = max(other.value.end, other.noun_end)
                yield Repetition((other.value.start, end), (value.start, value.end))

    def _dates(self) -> Iterator[Repetition]:
        known: dict[tuple[str, ...], Mention] = {}
        for mention in self._mentions.dates:
            value = mention.value
            predicate = self._of(mention.word) if value.kind is DateKind.DAY else None
            if predicate is None or predicate.lemma not in _ONCE_ONLY or predicate.polarity is Polarity.DENIED:
                continue
            other = known.setdefault(self._key(predicate), mention)
            differ = any(agrees(other.value, value, part) is False for part in (DatePart.YEAR, DatePart.DAY))
            if differ and other.sentence != mention.sentence:
                yield Repetition((other.value.start, other.value.end), (value.start, value.end))

    def _polarities(self) -> Iterator[Repetition]:
        known: dict[tuple[str, ...], Predicate] = {}
        for predicate in self._told:
            if len(predicate.objects) + len(predicate.subjects) != 2 or self._is_apart(predicate.sentence):
                continue
            key = (
                predicate.lemma,
                str(predicate.passive),
                *map(self._phrase, (*predicate.subjects, *predicate.objects)),
            )
            other = known.setdefault(key + (self._rest(predicate, -1),), predicate)
            if other.polarity is not predicate.polarity and other.sentence != predicate.sentence:
                yield Repetition(self._place(other), self._place(predicate), of_polarity=True)

    # -- what makes two statements the same ----------------------------------------------------------------------------

    def _key(self, predicate: Predicate) -> tuple[str, ...]:
        tag = self._parsed.words[predicate.word].tag
        return (predicate.lemma, tag, predicate.polarity.value, self._phrase(self._subject(predicate)))

    def _of(self, word: int) -> Predicate | None:
        """Return the predicate that a word is an argument or part of; not one of another clause."""
        words = self._parsed.words
        for _ in range(5):
            if (found := self._by_word.get(word)) is not None:
                return found
            if words[word].head == word or words[word].dep in ("relcl", "acl", "advcl", "appos", "conj", "ccomp"):
                return None
            word = words[word].head
        return None

    def _rest(self, predicate: Predicate, left_out: int) -> str:
        """Return the other complements of a predicate without the one that has the value."""
        kept = [
            f"{relation} {self._phrase(word)}"
            for relation, word in predicate.others
            if left_out not in self._parsed.subtree(word)
        ]
        return "; ".join(sorted(kept))

    def _phrase(self, head: int) -> str:
        """Return the lemmas of a phrase without articles and numbers."""
        words = self._parsed.words
        return " ".join(
            words[index].lemma.casefold()
            for index in sorted(self._parsed.subtree(head))
            if words[index].pos not in _NO_PART
        )

    def _is_apart(self, sentence: int) -> bool:
        """Return whether a sentence has words, or a date, that may set its value apart from another one."""
        return sentence in self._dated or any(
            word.text.lower() in _APART for word in self._parsed.sentence_words(sentence)
        )

    def _place(self, predicate: Predicate) -> tuple[int, int]:
        return self._parsed.start_of(predicate.first), self._parsed.end_of(predicate.last)
