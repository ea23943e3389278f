"""Tokens and sentences of a paragraph, by spaCy's rules for its language."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from app.nlp.tokens import pipeline_for

if TYPE_CHECKING:
    from spacy.tokens import Token

Cut = tuple[list[tuple[int, int]], list[tuple[int, int]], bool]

# Outside their own languages, or without their segmenter, spaCy takes a run of these characters for one token.
_STANDS_ALONE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff][\u3099\u309a\ufe00-\ufe0f]*")
_OWN_SEGMENTERS = ("zh", "ja")


@lru_cache(maxsize=4)
def segmenter(language: str) -> Callable[[str], Cut]:
    """Return a function from a piece of a paragraph to its tokens, its sentences and a flag.

    Tokens and sentences are ranges in code points without surrounding white space; the flag tells whether the last
    sentence ends with the piece. See `tokens.tokenizer` for the language.
    """
    from spacy.pipeline import Sentencizer

    pipeline = pipeline_for(language)
    cutter = Sentencizer()
    keeps_together = pipeline.lang in _OWN_SEGMENTERS

    def cut(text: str) -> Cut:
        doc = cutter(pipeline.tokenizer(text))
        tokens = [(token.idx, token.idx + len(token)) for token in doc if not token.is_space]
        if not keeps_together and _STANDS_ALONE.search(text):
            tokens = [part for start, end in tokens for part in _apart(text, start, end)]
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


def _apart(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Split a token into its CJK characters and the parts between them."""
    parts: list[tuple[int, int]] = []
    for found in _STANDS_ALONE.finditer(text, start, end):
        if found.start() > start:
            parts.append((start, found.start()))
        parts.append(found.span())
        start = found.end()
    return [*parts, (start, end)] if start < end else parts
