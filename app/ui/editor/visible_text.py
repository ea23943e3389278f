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


def visible(text: str) -> str:
    """Return the text to draw; every character stands for one of the same width in UTF-16 units."""
    return text.translate(_VISIBLE)
