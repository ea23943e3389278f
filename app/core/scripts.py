"""Scripts that set no blanks between words, by the blocks of Unicode 16."""

from bisect import bisect_right

# Where UAX #14 breaks lines between any two characters, or with a dictionary, and the Brahmic scripts of South-East
# Asia that are written without blanks, in order. Hangul isn't among them: Korean sets blanks.
_UNSPACED = (
    (0x0E01, 0x0E3A),  # Thai, without the sign of the baht
    (0x0E40, 0x0EFF),  # Thai, Lao
    (0x0F00, 0x0FFF),  # Tibetan
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17DA),  # Khmer, without the sign of the riel
    (0x17DC, 0x17FF),
    (0x1950, 0x19FF),  # Tai Le, New Tai Lue, Khmer symbols
    (0x1A00, 0x1AAF),  # Buginese, Tai Tham
    (0x1B00, 0x1B7F),  # Balinese
    (0x1BC0, 0x1BFF),  # Batak
    (0x2E80, 0x312F),  # radicals, CJK punctuation, kana, Bopomofo
    (0x3190, 0xA4CF),  # kanbun, kana, enclosed and squared CJK, Han, Yi
    (0xA930, 0xA95F),  # Rejang
    (0xA980, 0xA9DF),  # Javanese
    (0xA9E0, 0xA9FF),  # Burmese
    (0xAA60, 0xAADF),  # Burmese, Tai Viet
    (0xF900, 0xFAFF),  # Han
    (0xFE10, 0xFE1F),  # vertical forms
    (0xFE30, 0xFE4F),
    (0xFF00, 0xFF9F),  # full width, half-width kana
    (0xFFE0, 0xFFE6),
    (0x116D0, 0x116E3),  # Burmese
    (0x11700, 0x1174F),  # Ahom
    (0x16FE0, 0x18DFF),  # Tangut, Khitan
    (0x1AFF0, 0x1B2FF),  # kana, Nushu
    (0x1F200, 0x1F2FF),  # enclosed Han
    (0x20000, 0x3FFFF),  # Han
)
_STARTS = [start for start, _ in _UNSPACED]

UNSPACED = "".join(f"{chr(start)}-{chr(end)}" for start, end in _UNSPACED)
"""The characters of these scripts, as the inside of a character class."""


def is_unspaced(char: str) -> bool:
    """Whether a character belongs to a script without blanks between words, its punctuation and wide forms included."""
    code = ord(char)
    return code > 0x0E00 and code <= _UNSPACED[bisect_right(_STARTS, code) - 1][1]
