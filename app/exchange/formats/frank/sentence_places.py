"""Where the sentences of a list are in the text that they were cut from."""

from collections.abc import Sequence


def places_of(sentences: Sequence[str], text: str) -> list[tuple[int, int] | None]:
    """Return the range of each sentence in code points, without white space at its ends; None for one that isn't there.

    They follow one another. White space may differ, as tools that cut sentences change it.
    """
    found: list[tuple[int, int] | None] = []
    at = 0
    for sentence in sentences:
        words = sentence.strip()
        start = text.find(words, at) if words else -1
        place = (start, start + len(words)) if start >= 0 else _spaced(words, text, at)
        found.append(place)
        at = at if place is None else place[1]
    return found


def _spaced(words: str, text: str, at: int) -> tuple[int, int] | None:
    """Return the range that has the same characters but for white space, if it is the next thing in the text."""
    while at < len(text) and text[at].isspace():
        at += 1
    end = at
    for char in words:
        if char.isspace():
            continue
        while end < len(text) and text[end].isspace():
            end += 1
        if end == len(text) or text[end] != char:
            return None
        end += 1
    return (at, end) if end > at else None
