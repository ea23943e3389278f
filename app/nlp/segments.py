"""Tokens and sentences of a paragraph, by spaCy's rules for its language."""

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from app.nlp.tokens import pipeline_for, tokens_of

if TYPE_CHECKING:
    from spacy.tokens import Token

Cut = tuple[list[tuple[int, int]], list[tuple[int, int]], bool]


@lru_cache(maxsize=4)
def segmenter(language: str) -> Callable[[str], Cut]:
    """Return a function from a piece of a paragraph to its tokens, its sentences and a flag.

    Tokens and sentences are ranges in code points without surrounding white space; the flag tells whether the last
    sentence ends with the piece. See `tokens.tokenizer` for the language.
    """
    from spacy.pipeline import Sentencizer

    pipeline = pipeline_for(language)
    cutter = Sentencizer()

    def cut(text: str) -> Cut:
        doc = cutter(pipeline.tokenizer(text))
        tokens = tokens_of(doc, pipeline.lang or "")
        sentences: list[tuple[int, int]] = []
        is_over, opening = False, []
        for sentence in doc.sents:
            words = opening + [token for token in sentence if not token.is_space]
            opening = []
            while len(words) > 1 and _opens(words[-1]):
                opening.insert(0, words.pop())
            if words:
                sentences.append((words[0].idx, words[-1].idx + len(words[-1])))
                is_over = any(token.text in cutter.punct_chars for token in words[-3:])
        return tokens, sentences, is_over and not opening

    return cut


def _opens(token: "Token") -> bool:
    """Return whether punctuation belongs to what follows, like opening quotes: a space before it, and none after."""
    return token.is_punct and token.i > 0 and bool(token.nbor(-1).whitespace_) and not token.whitespace_
