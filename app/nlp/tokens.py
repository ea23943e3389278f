"""Tokens of a text, as spaCy's rules for the language cut it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.nlp.pipelines import components, installed

if TYPE_CHECKING:
    from spacy.language import Language

ENGLISH = "en"
_ANY_LANGUAGE = "xx"


def tokenizer(language: str) -> Callable[[str], list[tuple[int, int]]]:
    """Return a function from a text to its tokens' ranges, in code points and in order; white space is no token.

    `language` is a code such as `en`, or empty, which counts as English. English is cut by the best pipeline that is
    installed, other languages by spaCy's rules for them, unknown ones by its rules for any language.
    """
    pipeline = pipeline_for(language)

    def tokens(text: str) -> list[tuple[int, int]]:
        # Only the tokenizer runs: calling the pipeline itself would refuse a text of more than a million characters.
        doc = pipeline.tokenizer(text)
        return [(token.idx, token.idx + len(token)) for token in doc if not token.is_space]

    return tokens


def pipeline_for(language: str) -> "Language":
    """Return the pipeline whose tokenizer cuts a language; see `tokenizer`."""
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
