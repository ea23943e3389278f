"""Finding given words in texts: as they are, in any case, or in any form, by spaCy's PhraseMatcher; or by tokens."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from app.core.errors import WrongUse
from app.core.token_pattern import Tokens
from app.nlp.pipelines import components, installed
from app.nlp.token_matches import NEEDS_NAMES, NEEDS_TAGS, TokenMatcher, keys_of
from app.nlp.tokens import ENGLISH, pipeline_for

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.matcher import PhraseMatcher
    from spacy.tokens import Doc

MOST_MATCHES = 2_000
"""Matches of a piece of text; a phrase of one frequent word would have one in every sentence."""

_EXACT, _ANY_CASE, _LEMMA = "exact", "any-case", "lemma"
_ATTRIBUTES = {_EXACT: ("ORTH",), _ANY_CASE: ("LOWER",), _LEMMA: ("LEMMA", "LOWER")}
_NEEDED = ("tok2vec", "tagger", "attribute_ruler", "lemmatizer", "morphologizer")


class Phrase(NamedTuple):
    """Words, and which of their occurrences count: `exact`, `any-case` or `lemma`; or `tokens`, and a rule for each."""

    words: str
    match: str
    tokens: Tokens = ()


class PhraseMatch(NamedTuple):
    """An occurrence `[start, end)`, in code points, of the phrase with this index."""

    start: int
    end: int
    phrase: int


class PhraseFinder:
    """Finds phrases in texts of one language."""

    def __init__(self, phrases: Sequence[Phrase], language: str) -> None:
        """Load what the phrases need; with lemmas it takes a second. Raises WrongUse for lemmas, parts of speech or
        names of a language of which no pipeline that knows them is installed.
        """
        asked = {key for phrase in phrases for key in keys_of(phrase.tokens)}
        self._has_names = bool(asked & NEEDS_NAMES)
        self._is_tagged = self._has_names or bool(asked & NEEDS_TAGS) or any(each.match == _LEMMA for each in phrases)
        self._pipeline: Language = (
            tagging_pipeline(language, with_names=self._has_names) if self._is_tagged else pipeline_for(language)
        )
        self._matchers = self._made(phrases)
        self._rules = [(at, TokenMatcher(each.tokens)) for at, each in enumerate(phrases) if each.tokens]

    def _made(self, phrases: Sequence[Phrase]) -> "list[PhraseMatcher]":
        from spacy.matcher import PhraseMatcher

        by_attribute: dict[str, list[int]] = {}
        for number, phrase in enumerate(phrases):
            for attribute in _ATTRIBUTES.get(phrase.match, ()):
                by_attribute.setdefault(attribute, []).append(number)
        made: list[PhraseMatcher] = []
        for attribute, numbers in by_attribute.items():
            matcher = PhraseMatcher(self._pipeline.vocab, attr=attribute)
            for number in numbers:
                words = phrases[number].words
                matcher.add(str(number), [self._pipeline(words) if attribute == "LEMMA" else self._tokens(words)])
            made.append(matcher)
        return made

    def _tokens(self, text: str) -> "Doc":
        return self._pipeline.tokenizer(text)

    def find(self, pieces: Sequence[str], between: Callable[[], None] = lambda: None) -> list[list[PhraseMatch]]:
        """Return the matches in each piece of text, by place, MOST_MATCHES at most. `between` may raise to stop."""
        found: list[list[PhraseMatch]] = []
        for piece in pieces:
            between()
            doc = self._pipeline(piece) if self._is_tagged else self._tokens(piece)
            strings = self._pipeline.vocab.strings
            here = {
                PhraseMatch(doc[first].idx, doc[last - 1].idx + len(doc[last - 1]), int(strings[key]))
                for matcher in self._matchers
                for key, first, last in matcher(doc)
            }
            found.append(sorted(here | self._by_rules(doc, between))[:MOST_MATCHES])
        return found

    def _by_rules(self, doc: "Doc", between: Callable[[], None]) -> set[PhraseMatch]:
        """Return the matches of tokens; white space isn't one here, so that a line break parts no words."""
        tokens = [token for token in doc if not token.is_space] if self._rules else []
        here: set[PhraseMatch] = set()
        for number, matcher in self._rules:
            between()
            for first, last in matcher.find(tokens, MOST_MATCHES):
                here.add(PhraseMatch(tokens[first].idx, tokens[last - 1].idx + len(tokens[last - 1]), number))
        return here


@cache
def tagging_pipeline(language: str, *, with_names: bool = False) -> "Language":
    """Load the preferred pipeline that knows forms and kinds of words of a language; `with_names`, also names. It stays
    loaded. Raises WrongUse if none is installed.
    """
    import spacy

    code = language.strip().lower().replace("_", "-").partition("-")[0] or ENGLISH
    needed = (*_NEEDED, "ner") if with_names else _NEEDED
    for name in installed():
        parts = components(name)
        if name.startswith(f"{code}_") and "lemmatizer" in parts and (not with_names or "ner" in parts):
            return spacy.load(name, exclude=[part for part in parts if part not in needed])
    what = f"no installed spaCy pipeline knows the forms of words in the language “{code}”"
    raise WrongUse(what, hint="use patterns for exact words or any case, or install a pipeline with a lemmatizer")
