"""What a sheet of a spreadsheet holds at most, as Microsoft gives it for Excel and others have it too."""

MOST_ROWS = 1_048_576
"""The rows of a sheet, its header included."""
LONGEST_SHEET_CELL = 32_767
"""The UTF-16 units of a cell."""
MOST_COLUMNS = 16_384
"""The columns of a sheet."""

_ELLIPSIS = "…"


def is_too_long(text: str) -> bool:
    """Whether a cell can't hold a text."""
    return 2 * len(text) > LONGEST_SHEET_CELL and _length_u16(text) > LONGEST_SHEET_CELL


def shortened(text: str) -> str:
    """Return as much of a text as a cell holds, with an ellipsis at its end."""
    data = text.encode("utf-16-le")[: 2 * (LONGEST_SHEET_CELL - 1)]
    return data.decode("utf-16-le", "ignore") + _ELLIPSIS


def _length_u16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
