"""Converting offsets between code points and UTF-16 units: the only converter in the program.

Python counts code points, Qt counts UTF-16 units, in which every character above U+FFFF takes two.
Names that end in `_u16` are in UTF-16 units; all other offsets are code points.
"""

import re
from bisect import bisect_left, bisect_right

_ASTRAL = re.compile("[\U00010000-\U0010ffff]")


class OffsetMap:
    """Both offset systems of one text; building is O(characters), a look-up O(log astral characters)."""

    __slots__ = ("_astral", "_astral_u16", "length", "length_u16")

    def __init__(self, text: str) -> None:
        # isascii() only reads a flag in CPython, and saves a pass over every ASCII text.
        self._astral = [] if text.isascii() else [match.start() for match in _ASTRAL.finditer(text)]
        self._astral_u16 = [start + before for before, start in enumerate(self._astral)]
        self.length = len(text)
        self.length_u16 = self.length + len(self._astral)

    def to_u16(self, offset: int) -> int:
        """Return the UTF-16 offset of a code point offset. Raises IndexError outside 0..length."""
        if not 0 <= offset <= self.length:
            raise IndexError(f"code point offset {offset} outside 0..{self.length}")
        return offset + bisect_left(self._astral, offset)

    def from_u16(self, offset_u16: int) -> int:
        """Return the code point offset of a UTF-16 offset; inside a surrogate pair, that of the pair's start.

        Raises IndexError outside 0..length_u16.
        """
        if not 0 <= offset_u16 <= self.length_u16:
            raise IndexError(f"UTF-16 offset {offset_u16} outside 0..{self.length_u16}")
        pairs = bisect_right(self._astral_u16, offset_u16 - 1)
        return offset_u16 - pairs

    def splits_pair(self, offset_u16: int) -> bool:
        """Return whether a UTF-16 offset is between the two halves of a surrogate pair."""
        found = bisect_left(self._astral_u16, offset_u16 - 1)
        return found < len(self._astral_u16) and self._astral_u16[found] == offset_u16 - 1
