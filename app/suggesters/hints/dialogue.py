"""Who speaks where, in texts that name the speaker before each turn: “Ann: Are you coming?”"""

from typing import NamedTuple

from app.nlp.parsed_text import ParsedText
from app.suggesters.hints.name_spelling import folded
from app.suggesters.hints.name_words import word_list

_MOST_WORDS = 4
_LEAST_TURNS = 2
# What stands before a colon in other texts.
_NOT_SPEAKERS = word_list("not speakers")
_ENDS = frozenset((".", "!", "?", "…", ")", ">", "|", "”", '"', "*", ";"))


class Turn(NamedTuple):
    """What a speaker says: the words `[first, last)` are the speaker's name; the words up to `end` are said."""

    first: int
    last: int
    end: int
    speaker: tuple[str, ...]


def turns(parsed: ParsedText) -> tuple[Turn, ...]:
    """Return the turns of a dialogue, in order; none if the text isn't one."""
    heads: list[tuple[int, int]] = []
    for colon, word in enumerate(parsed.words):
        if word.text == ":":
            first = _speaker(parsed, colon)
            if first < colon:
                heads.append((first, colon))
    names = [tuple(folded(word.text) for word in parsed.words[first:colon]) for first, colon in heads]
    if len(heads) < _LEAST_TURNS:
        return ()
    ends = [first for first, _ in heads[1:]] + [len(parsed.words)]
    return tuple(Turn(first, colon, end, name) for (first, colon), end, name in zip(heads, ends, names, strict=True))


def _speaker(parsed: ParsedText, colon: int) -> int:
    """Return the index of the first word of the speaker's name before a colon; the colon's own if there is none."""
    first = colon
    while first > 0 and colon - first < _MOST_WORDS:
        word = parsed.words[first - 1]
        if not word.text[:1].isalpha() or _is_new_line(parsed, first):
            break
        first -= 1
    words = parsed.words[first:colon]
    if not words or not _is_new_line(parsed, first) and parsed.words[first - 1].text[-1] not in _ENDS:
        return colon
    is_name = words[0].text[0].isupper() and all(
        word.text[0].isupper() or len(word.text) < _MOST_WORDS for word in words
    )
    return first if is_name and folded(words[0].text) not in _NOT_SPEAKERS else colon


def _is_new_line(parsed: ParsedText, word: int) -> bool:
    """Return whether a word is the first one of a line, or of the text."""
    if word == 0 or word >= len(parsed.words):
        return word == 0
    between = parsed.text[parsed.words[word - 1].end : parsed.words[word].start]
    return "\n" in between
