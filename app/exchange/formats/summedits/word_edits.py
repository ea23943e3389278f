"""Which words of a summary were edited, found by comparing it with the original."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from app.core.boundaries import is_word
from app.core.text_difference import Hunk, differences

UNSPECIFIED = "inconsistency"
"""The label of edits of which the file doesn't say the type."""
_ENTITY, _NEGATION, _INSERTION = "entity_modification", "negation_insertion_removal", "hallucinated_fact_insertion"
_ANTONYM = "antonym_swap"
_AROUND = " \t\n\r\u00a0,;:.!?"
_NEGATIONS = re.compile(r"\b(?:no|not|never|none|nobody|nothing|neither|nor|without|cannot|\w+n['’]t)\b", re.IGNORECASE)


class WordEdit(NamedTuple):
    """Words of a text, as a half-open range in code points, and the `original` ones, either of which may be none."""

    start: int
    end: int
    original: str


def word_edits(original: str, text: str) -> Iterator[WordEdit]:
    """Yield what was edited, in order, as whole words without white space around them.

    Changed punctuation is no edit; beside words that were replaced by others, it isn't part of them.
    """
    for hunk in _on_words(original, text, differences(original, text)):
        before, after = original[hunk.start : hunk.end], text[hunk.new_start : hunk.new_end]
        has_words, had_words = any(map(is_word, after)), any(map(is_word, before))
        if has_words or had_words:
            around = _AROUND if has_words and had_words else None
            words = after.strip(around)
            start = hunk.new_start + (len(after) - len(after.lstrip(around)) if words else 0)
            yield WordEdit(start, start + len(words), before.strip(around))


def _on_words(original: str, text: str, hunks: Sequence[Hunk]) -> list[Hunk]:
    """Return the ranges widened to whole words; those that meet so are united."""
    found: list[Hunk] = []
    at = 0
    while at < len(hunks):
        start, end, new_start, new_end = hunks[at]
        at += 1
        # Between two ranges the texts are the same, so that both sides are widened alike.
        while _is_inside(original, start) or _is_inside(text, new_start):
            if found and found[-1].end == start:
                start, _, new_start, _ = found.pop()
            else:
                start, new_start = start - 1, new_start - 1
        while _is_inside(original, end) or _is_inside(text, new_end):
            if at < len(hunks) and hunks[at].start == end:
                _, end, _, new_end = hunks[at]
                at += 1
            else:
                end, new_end = end + 1, new_end + 1
        found.append(Hunk(start, end, new_start, new_end))
    return found


def _is_inside(text: str, at: int) -> bool:
    """Whether an offset is between two characters of a word."""
    return 0 < at < len(text) and is_word(text[at - 1]) and is_word(text[at])


def label_for(edit: WordEdit, text: str, types: Sequence[str]) -> str:
    """Return the type of an edit: the only one that the file names, else the likeliest of those by the words.

    Added words are an insertion, a negation on one side only is one, a name or number is an entity.
    """
    if len(types) < 2:  # noqa: PLR2004
        return types[0] if types else UNSPECIFIED
    words = text[edit.start : edit.end]
    guesses = {
        _NEGATION: bool(_NEGATIONS.search(words)) != bool(_NEGATIONS.search(edit.original)),
        _INSERTION: not edit.original,
        _ENTITY: bool(re.search(r"\d", words + edit.original)) or any(map(_is_name, (words, edit.original))),
        _ANTONYM: True,
    }
    return next((type_ for type_, fits in guesses.items() if fits and type_ in types), types[0])


def _is_name(words: str) -> bool:
    return any(word[0].isupper() for word in words.split())
