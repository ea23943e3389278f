"""Tokens of a text, as spaCy's rules for the language cut it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.language import Language

ENGLISH = "en"
_ANY_LANGUAGE = "xx"
_FIRST_CHOICE = "en_core_web_sm"


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
        installed = [name for name in spacy.util.get_installed_models() if name.startswith("en_")]
        if installed:
            best = min(installed, key=lambda name: (not name.startswith(_FIRST_CHOICE), name))
            return spacy.load(best, exclude=_components(best))
    try:
        return spacy.blank(language)
    except ImportError:
        return spacy.blank(_ANY_LANGUAGE)


def _components(name: str) -> list[str]:
    import spacy

    return spacy.util.get_model_meta(spacy.util.get_package_path(name))["pipeline"]
