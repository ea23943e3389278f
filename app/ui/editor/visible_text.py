"""Text as it is drawn: the same number of UTF-16 units, with what would be invisible or break lines made visible."""

_VISIBLE = {code: 0x2400 + code for code in range(0x20) if code != 0x09}
_VISIBLE |= {
    0x7F: 0x2421,
    0x85: 0x2424,  # next line
    0x2028: 0x21B5,  # line separator
    0x2029: 0x00B6,  # paragraph separator
    0xFEFF: 0x2423,  # byte order mark
    0xFFFC: 0x25A1,  # object replacement
    0xFFFE: 0x25A1,
    0xFFFF: 0x25A1,
}
_VISIBLE |= dict.fromkeys(range(0xFDD0, 0xFDF0), 0x25A1)  # no characters; Qt takes two of them for block ends
_VISIBLE |= dict.fromkeys(range(0x80, 0x85), 0x25A1) | dict.fromkeys(range(0x86, 0xA0), 0x25A1)


# Direction controls reorder what is around them, and nothing shows why. What stands for them doesn't: arrows for
# embeddings, overrides and isolates; for the marks, which Arabic and Hebrew need, a stroke that has their direction.
_VISIBLE |= {
    0x061C: 0x061B,  # Arabic letter mark
    0x200E: 0x01C0,  # left-to-right mark
    0x200F: 0x05C0,  # right-to-left mark
    0x202A: 0x2192,  # left-to-right embedding
    0x202B: 0x2190,  # right-to-left embedding
    0x202C: 0x2193,  # end of these
    0x202D: 0x21D2,  # left-to-right override
    0x202E: 0x21D0,  # right-to-left override
    0x2066: 0x21A6,  # left-to-right isolate
    0x2067: 0x21A4,  # right-to-left isolate
    0x2068: 0x2194,  # first strong isolate
    0x2069: 0x21A7,  # end of an isolate
}


def visible(text: str) -> str:
    """Return the text to draw; every character stands for one of the same width in UTF-16 units."""
    return text.translate(_VISIBLE)
