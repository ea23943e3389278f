"""Cuts a text into sentences, without cutting through anything that must stay whole."""

from collections.abc import Iterable

from app.core.alignment import sentences

Piece = tuple[int, int]
"""A range `[start, end)` of code points without white space at its ends."""


def pieces(text: str, wholes: Iterable[Piece]) -> list[Piece]:
    """Return the sentences of a text in order; sentences that share a whole are one piece.

    Sentences are found by simple rules, which are the same in every installation. What lies between two sentences, or
    is empty, joins nothing.
    """
    found: list[Piece] = []
    waiting = sorted(whole for whole in wholes if whole[0] < whole[1])
    at, reach = 0, -1  # how far those go that begin in the pieces so far
    for start, end in sentences(text):
        is_joined = bool(found) and reach > start
        while at < len(waiting) and waiting[at][0] < end:
            reach = max(reach, waiting[at][1])
            at += 1
        if is_joined:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found
