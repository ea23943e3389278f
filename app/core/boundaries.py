"""Words, sentences and paragraphs of a text, found around an offset without reading the whole text.

These are simple rules without a language model. Offsets are code points. A word is a run of letters, digits and
combining marks, joined by apostrophes, hyphens and, between digits, by points, commas and colons; the English ending
’s is split off, as tokenisers do. A Han or kana character is a word of its own, since those scripts have no spaces.
"""

import re
import unicodedata

JOINERS = "'’-‐‑"
DIGIT_JOINERS = ".,:"
_REACH = 2000  # how far a search looks, in code points; a longer "sentence" is cut there
_PARAGRAPH_ENDS = "\n\r\u2029"
_PARAGRAPH_WITH_WORDS = re.compile(f"[^\\s{_PARAGRAPH_ENDS}][^{_PARAGRAPH_ENDS}]*")
_COUNTED_BACK = 100_000
_IN_PARAGRAPH = re.compile(f"[^{_PARAGRAPH_ENDS}]")
_SENTENCE_END = re.compile(r"[.!?…。！？؟۔।॥]+[\"'”’»)\]]*(?=\s|$)|[。！？]+[”’»」』]*")
_NO_END = re.compile(
    r"(?:\b(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|Sen|Rep|Gov|Gen|Lt|Col|No|vs|e\.g|i\.e|etc|approx|[A-Z]\.[A-Z]))\.$"
)


def is_word(char: str) -> bool:
    """Whether a character is a letter, digit or combining mark, or an underscore."""
    return char == "_" or unicodedata.category(char)[0] in "LNM"


def stands_alone(char: str) -> bool:
    """Whether a character, Han or kana, is a word of its own."""
    code = ord(char)
    return (
        0x3040 <= code <= 0x30FF or 0x3400 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF or 0x20000 <= code <= 0x3FFFF
    )


def _joins(text: str, at: int) -> bool:
    """Whether the character at an offset joins its two neighbours into one word."""
    if not 0 < at < len(text) - 1:
        return False
    before, char, after = text[at - 1], text[at], text[at + 1]
    if char in JOINERS:
        possessive = char in "'’" and after in "sS" and not is_word(text[at + 2 : at + 3] or " ")
        return not possessive and all(is_word(side) and not stands_alone(side) for side in (before, after))
    return char in DIGIT_JOINERS and before.isdigit() and after.isdigit()


def _continues(text: str, at: int) -> bool:
    """Whether the characters at `at - 1` and `at` are in one word."""
    one, two = text[at - 1], text[at]
    if stands_alone(one) or stands_alone(two):
        return unicodedata.combining(two) > 0
    return (is_word(one) or _joins(text, at - 1)) and (is_word(two) or _joins(text, at))


def word_at(text: str, offset: int) -> tuple[int, int]:
    """Return the range of the word that contains the offset or ends there; else of the single character there (empty at
    the end of the text).
    """
    if offset < len(text) and (is_word(text[offset]) or _joins(text, offset)):
        at = offset
    elif 0 < offset <= len(text) and is_word(text[offset - 1]):
        at = offset - 1
    else:
        return (offset, min(offset + 1, len(text)))
    start, end = at, at + 1
    while start > 0 and at - start < _REACH and _continues(text, start):
        start -= 1
    while end < len(text) and end - at < _REACH and _continues(text, end):
        end += 1
    return (start, end)


def snap_to_words(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the smallest range of whole words that covers `[start, end)`, without white space at its ends."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start == end:
        return (start, end)
    first = word_at(text, start) if is_word(text[start]) or _joins(text, start) else (start, end)
    last = word_at(text, end - 1) if is_word(text[end - 1]) or _joins(text, end - 1) else (start, end)
    return (min(first[0], start), max(last[1], end))


def snap(text: str, start: int, end: int, *, unit: str) -> tuple[int, int]:
    """Return the smallest range of whole units, `character`, `word` or `sentence`, that covers `[start, end)`."""
    if unit == "character":
        return (start, end)
    start, end = snap_to_words(text, start, end)
    if unit == "word" or start == end:
        return (start, end)
    return (min(start, sentence_at(text, start)[0]), max(end, sentence_at(text, end - 1)[1]))


def unit_at(text: str, offset: int, *, unit: str) -> tuple[int, int]:
    """Return the range of the word or sentence at an offset; an empty one for `character` or if there is none."""
    if unit == "character":
        return (offset, offset)
    start, end = sentence_at(text, offset) if unit == "sentence" else word_at(text, offset)
    return (start, end) if text[start:end].strip() else (offset, offset)


def next_word(text: str, offset: int) -> int:
    """Return the start of the next word after the offset; the end of the text if there is none."""
    inside = offset < len(text) and (is_word(text[offset]) or _joins(text, offset))
    at = word_at(text, offset)[1] if inside else offset
    while at < len(text) and not is_word(text[at]):
        at += 1
    return at if at > offset else min(offset + 1, len(text))


def previous_word(text: str, offset: int) -> int:
    """Return the start of the last word that starts before the offset; 0 if there is none."""
    at = offset - 1
    while at > 0 and not is_word(text[at]):
        at -= 1
    return word_at(text, at)[0] if at >= 0 and text[at : at + 1] and is_word(text[at]) else max(0, at)


def word_end(text: str, offset: int) -> int:
    """Return the end of the word at the offset, or of the next word if the offset isn't in one or at its end."""
    at = offset
    while at < len(text) and not is_word(text[at]):
        at += 1
    return word_at(text, at)[1] if at < len(text) else len(text)


def previous_word_end(text: str, offset: int) -> int:
    """Return the end of the last word that ends before the offset; 0 if there is none."""
    at = offset
    if at > 0 and is_word(text[at - 1]):
        at = word_at(text, at - 1)[0]
    while at > 0 and not is_word(text[at - 1]):
        at -= 1
    return at


def paragraph_at(text: str, offset: int) -> tuple[int, int]:
    """Return the range of the line of the file that contains the offset, without its line end."""
    return (_end_before(text, offset) + 1, _end_from(text, offset))


def paragraph_number(text: str, offset: int) -> int | None:
    """Return the number, from 1, of the paragraph at an offset, not counting those without words.

    None far into a long text: it is counted anew with every move of the caret, and nobody counts paragraphs there.
    """
    if offset > _COUNTED_BACK:
        return None
    return max(1, len(_PARAGRAPH_WITH_WORDS.findall(text, 0, offset + 1)))


def _end_from(text: str, offset: int) -> int:
    """Return the offset of the first line end at or after an offset, the end of the text if there is none.

    A line may be 10 MB long, so `str.find` searches in ranges of growing size.
    """
    reach = _REACH
    while offset < len(text):
        found = [at for end in _PARAGRAPH_ENDS if (at := text.find(end, offset, offset + reach)) >= 0]
        if found:
            return min(found)
        offset, reach = offset + reach, reach * 2
    return len(text)


def _end_before(text: str, offset: int) -> int:
    """Return the offset of the last line end before an offset, -1 if there is none."""
    reach = _REACH
    while offset > 0:
        low = max(0, offset - reach)
        found = max(text.rfind(end, low, offset) for end in _PARAGRAPH_ENDS)
        if found >= 0:
            return found
        offset, reach = low, reach * 2
    return -1


def next_paragraph(text: str, offset: int) -> int:
    """Return the start of the next paragraph that isn't empty; the end of the text if there is none."""
    found = _IN_PARAGRAPH.search(text, _end_from(text, offset))
    return found.start() if found else len(text)


def previous_paragraph(text: str, offset: int) -> int:
    """Return the start of the paragraph that contains the offset; if the offset is a start, that of the last paragraph
    before it that isn't empty.
    """
    start = _end_before(text, offset) + 1
    if start < offset:
        return start
    while start > 0:  # skip empty lines, of which there may be a million
        low = max(0, start - _REACH)
        kept = len(text[low:start].rstrip(_PARAGRAPH_ENDS))
        if kept:
            return _end_before(text, low + kept) + 1
        start = low
    return 0


def sentence_at(text: str, offset: int) -> tuple[int, int]:
    """Return the range of the sentence that contains the offset, within its paragraph and without outer white space.

    Between two sentences it is the next one, after the last one the last; in an empty paragraph it is empty.
    """
    low, high = paragraph_at(text, offset)
    low, high = max(low, offset - _REACH), min(high, offset + _REACH)
    found = sentences(text, low, high) or [(offset, offset)]
    return next((pair for pair in found if offset < pair[1]), found[-1])


def sentences(text: str, low: int, high: int) -> list[tuple[int, int]]:
    """Return the ranges of the sentences in `[low, high)`, which should be one paragraph, without outer white space."""
    cuts: list[int] = []
    for found in _SENTENCE_END.finditer(text, low, high):
        follows = text[found.end() : found.end() + 40].lstrip()[:1]
        if not _NO_END.search(text, max(low, found.start() - 8), found.start() + 1) and not follows.islower():
            cuts.append(found.end())
    pairs: list[tuple[int, int]] = []
    start = low
    for cut in [*cuts, high]:
        end = cut
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        if start < end:
            pairs.append((start, end))
        start = cut
    return pairs
