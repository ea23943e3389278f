"""Tokens of a text, by spaCy's rules for its language."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.nlp.pipelines import components, installed

if TYPE_CHECKING:
    from spacy.language import Language

ENGLISH = "en"
_ANY_LANGUAGE = "xx"


def tokenizer(language: str) -> Callable[[str], list[tuple[int, int]]]:
    """Return a function from a text to its tokens' ranges, in code points and in order; white space isn't a token.

    `language` is a code such as `en`; empty means English. English is tokenized by the best installed pipeline, other
    languages by spaCy's rules for them, unknown ones by its language-independent rules.
    """
    pipeline = pipeline_for(language)

    def tokens(text: str) -> list[tuple[int, int]]:
        # Only the tokenizer runs: calling the pipeline itself would refuse a text of more than a million characters.
        doc = pipeline.tokenizer(text)
        return [(token.idx, token.idx + len(token)) for token in doc if not token.is_space]

    return tokens


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
