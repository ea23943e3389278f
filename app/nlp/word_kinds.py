"""What the words of a selection are: their forms in a dictionary and their kinds, for patterns that go by these."""

from typing import NamedTuple

from app.core.errors import WrongUse
from app.nlp.phrases import tagging_pipeline
from app.nlp.tokens import pipeline_for

MOST_CONTEXT = 2_000
"""Code points around a selection that are read with it, as kinds depend on the sentence."""


class WordKind(NamedTuple):
    """A token with its lemma, part of speech (of Universal Dependencies) and tag, empty where nothing knows them."""

    text: str
    lemma: str = ""
    pos: str = ""
    tag: str = ""


def word_kinds(text: str, start: int, end: int, language: str) -> list[WordKind]:
    """Return the tokens in a range (code points) of a text, as read in the text around them; half tokens count.

    Where no installed pipeline knows the language, lemmas and kinds are empty.
    """
    low, high = max(0, start - MOST_CONTEXT), min(len(text), end + MOST_CONTEXT)
    try:
        pipeline, is_tagged = tagging_pipeline(language), True
    except WrongUse:
        pipeline, is_tagged = pipeline_for(language), False
    doc = pipeline(text[low:high]) if is_tagged else pipeline.tokenizer(text[low:high])
    inside = (
        token for token in doc if not token.is_space and low + token.idx < end and low + token.idx + len(token) > start
    )
    if not is_tagged:
        return [WordKind(token.text) for token in inside]
    return [WordKind(token.text, token.lemma_, token.pos_, token.tag_) for token in inside]
