"""What stands in quotation marks: others' words, which a text may repeat without saying the same."""

from app.nlp.parsed_text import ParsedText, WordRange
from app.suggesters.hints.word_set import word_set

_SPEECH = word_set(
    """
    say tell claim insist admit reveal deny warn add argue state believe announce explain report declare think promise
    complain suggest call describe confirm stress note write
    """
)
_OPENING = {"“": "”", "«": "»", "„": "“"}
_STRAIGHT = frozenset(('"', "``", "''"))
_LONGEST = 120  # words; a mark that isn't closed by then was lost
_SHORTEST = 3  # fewer are a term in quotes


def quotations(parsed: ParsedText) -> tuple[WordRange, ...]:
    """Return the words within quotation marks, without the marks; terms in quotes of one or two words are left out."""
    found: list[WordRange] = []
    opened: int | None = None
    closing = ""
    for index, word in enumerate(parsed.words):
        if opened is not None and index - opened > _LONGEST:
            opened = None
        if opened is None:
            if word.text in _OPENING or word.text in _STRAIGHT:
                opened, closing = index + 1, _OPENING.get(word.text, "")
        elif word.text == closing or (word.text in _STRAIGHT and not closing) or word.text == "”":
            if index - opened >= _SHORTEST:
                found.append(WordRange(opened, index))
            opened = None
    return tuple(found)


def reports(parsed: ParsedText) -> frozenset[int]:
    """Return the sentences that report what someone says."""
    return frozenset(word.sentence for word in parsed.words if word.pos == "VERB" and word.lemma in _SPEECH)


def quoted_words(parsed: ParsedText) -> frozenset[int]:
    """Return the indices of the words that stand in a quotation."""
    return frozenset(index for first, last in quotations(parsed) for index in range(first, last))
