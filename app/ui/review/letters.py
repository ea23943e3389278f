"""Letters that stand for annotators: stable within a document, in a different order in each document."""

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from app.ui.theme import Hue, Tones

LANE_COLORS = (
    *(Hue.BLUE, Hue.VERMILLION, Hue.GREEN, Hue.PURPLE),
    *(Hue.SKY, Hue.ORANGE, Hue.YELLOW, Hue.GREY),
)
"""The Okabe-Ito palette; the first four differ most for all kinds of colour vision."""


class Letters(NamedTuple):
    """The annotators of a document, in the order of their letters."""

    names: tuple[str, ...]
    revealed: bool = False

    @classmethod
    def of(cls, document: str, names: Iterable[str], *, revealed: bool = False) -> "Letters":
        """Order the names pseudo-randomly, by a hash that depends only on document (uid) and name."""
        return cls(tuple(sorted(names, key=lambda name: _chance(document, name))), revealed)

    def letter(self, name: str) -> str:
        """Return the letter of an annotator; after Z comes AA."""
        at = self.names.index(name)
        return chr(65 + at) if at < 26 else f"{chr(64 + at // 26)}{chr(65 + at % 26)}"

    def shown(self, name: str) -> str:
        """Return how an annotator is shown: the letter, with the name if revealed."""
        return f"{self.letter(name)} {name}" if self.revealed else self.letter(name)

    def lane(self, name: str) -> int:
        """Return the index of an annotator's lane, from 0."""
        return self.names.index(name)

    def number(self, name: str) -> int:
        """Return the number of an annotator, from 1: their key, in every group of the document."""
        return self.lane(name) + 1

    def color(self, name: str) -> str:
        """Return the colour of an annotator's lane."""
        return LANE_COLORS[self.lane(name) % len(LANE_COLORS)]


def _chance(document: str, name: str) -> bytes:
    return hashlib.blake2b(f"{document}\0{name}".encode(), digest_size=8).digest()


def legend_color(color: str, tones: Tones) -> str:
    """Return a lane's colour with enough contrast for a letter on the paper."""
    from app.ui.editor.paint import badge_color

    return badge_color(color, tones.paper).name()
