"""Tokens of a text, by spaCy's rules for its language."""

import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from app.core.graphemes import extends_cluster
from app.core.scripts import UNSPACED, is_unspaced
from app.nlp.pipelines import components, installed

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

Ranges = list[tuple[int, int]]

ENGLISH = "en"
_ANY_LANGUAGE = "xx"
_OWN_SEGMENTERS = ("ja", "th")  # where one is installed; spaCy has none for other scripts without blanks
_CHINESE = "zh"  # spaCy cuts it into characters, Latin words in it too


def tokenizer(language: str) -> Callable[[str], Ranges]:
    """Return a function from a text to its tokens' ranges, in code points and in order; white space isn't a token.

    `language` is a code such as `en`; empty means English. English is tokenized by the best installed pipeline, other
    languages by spaCy's rules for them, unknown ones by its language-independent rules. Where these know no words of a
    script without blanks, each of its characters is a token.
    """
    pipeline = pipeline_for(language)

    def tokens(text: str) -> Ranges:
        # Only the tokenizer runs: calling the pipeline itself would refuse a text of more than a million characters.
        return tokens_of(pipeline.tokenizer(text), pipeline.lang or "")

    return tokens


def tokens_of(doc: "Doc", language: str) -> Ranges:
    """Return the tokens of what the tokenizer for a language made of a text; see `tokenizer`."""
    tokens = [(token.idx, token.idx + len(token)) for token in doc if not token.is_space]
    text = doc.text
    if language == _CHINESE:
        return _joined(text, tokens)
    if language in _OWN_SEGMENTERS or text.isascii() or not _unspaced().search(text):
        return tokens
    return [part for start, end in tokens for part in _apart(text, start, end)]


def _apart(text: str, start: int, end: int) -> Ranges:
    """Split a token into its characters of scripts without blanks, and the parts between them."""
    parts: Ranges = []
    at = start
    while at < end:
        is_alone = _stands_alone(text[at])
        stop = at + 1
        while stop < end and (extends_cluster(text, stop) or not (is_alone or _stands_alone(text[stop]))):
            stop += 1
        parts.append((at, stop))
        at = stop
    return parts


def _joined(text: str, tokens: Ranges) -> Ranges:
    """Put letters and digits together that touch and aren't of scripts without blanks."""
    found: Ranges = []
    for start, end in tokens:
        touches = bool(found) and found[-1][1] == start
        if touches and all(char.isalnum() and not _stands_alone(char) for char in text[start - 1 : start + 1]):
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _stands_alone(char: str) -> bool:
    return is_unspaced(char) and not ("\uff10" <= char <= "\uff5a" and char.isalnum())  # wide Latin letters make words


@cache
def _unspaced() -> re.Pattern[str]:
    return re.compile(f"[{UNSPACED}]")


def pipeline_for(language: str) -> "Language":
    """Return the pipeline whose tokenizer is used for a language; see `tokenizer`."""
    import spacy

    language = language.strip().lower().replace("_", "-").partition("-")[0] or ENGLISH
    if language == ENGLISH:
        best = next((name for name in installed() if name.startswith("en_")), None)
        if best is not None:
            return spacy.load(best, exclude=components(best))
    try:
        return spacy.blank(language)
    except ImportError:
        return spacy.blank(_ANY_LANGUAGE)
