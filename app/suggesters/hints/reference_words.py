"""What the references of a text say, word by word: to ask which words of the text are its own."""

from functools import cached_property

from app.nlp.parsed_text import Word
from app.suggesters.hints.adjective_senses import adjective_senses
from app.suggesters.hints.comparison import Comparison
from app.suggesters.hints.noun_senses import noun_senses
from app.suggesters.hints.weights import weight_of

_FAMILY = 4  # letters that words of one family share (“paint”, “painter”)
_NAMING = frozenset(("NOUN", "PROPN", "VERB", "ADJ"))


def reference_words(comparison: Comparison) -> "ReferenceWords":
    """Return the words of a comparison's references, for `Comparison.get`."""
    return ReferenceWords(comparison)


class ReferenceWords:
    """The words of all references, in lower case; their order makes no difference."""

    def __init__(self, comparison: Comparison) -> None:
        """Read the references' words."""
        words: set[str] = set()
        naming: set[str] = set()
        for reference in comparison.references:
            for word in reference.parsed.words:
                lemma = word.lemma.lower()
                words.update((lemma, word.text.lower()))
                if word.pos in _NAMING:
                    naming.add(lemma)
        words.update(part for word in words.copy() if "-" in word for part in word.split("-"))
        self._words = words
        self._naming = naming
        self._families = {word[:_FAMILY] for word in words if len(word) >= _FAMILY}

    @cached_property
    def nouns(self) -> tuple[str, ...]:
        """The lemmas that can name things, in alphabetical order."""
        return tuple(sorted(lemma for lemma in self._naming if noun_senses().kind(lemma)))

    @cached_property
    def clusters(self) -> frozenset[str]:
        """The clusters of all lemmas that can be adjectives."""
        return frozenset(cluster for lemma in self._naming for cluster in adjective_senses().clusters(lemma))

    def has(self, lemma: str) -> bool:
        """Return whether a reference has the word."""
        return lemma in self._words

    def say(self, word: Word) -> bool:
        """Return whether a reference has a word of the text, or one of its family."""
        lemma = word.lemma.lower()
        return (
            lemma in self._words
            or word.text.lower() in self._words
            or (len(lemma) >= _FAMILY and lemma[:_FAMILY] in self._families)
        )


def said_share(comparison: Comparison, sentence: int) -> float:
    """Return the share, by weight, of a sentence's words that a reference says; 0 if none says anything."""
    known = comparison.get(reference_words)
    weights = [(weight_of(word), word) for word in comparison.parsed.sentence_words(sentence)]
    whole = sum(weight for weight, _ in weights)
    return sum(weight for weight, word in weights if weight > 0 and known.say(word)) / whole if whole > 0 else 0.0
