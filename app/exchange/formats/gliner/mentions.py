"""Where the words are that a file names without saying their place."""

import re


def places(text: str, words: str) -> list[tuple[int, int]]:
    """Return where words stand in a text: as words of their own, if they do so anywhere, else inside of others.

    Case is only overlooked if they don't stand there as they are written.
    """
    if not words.strip():
        return []
    found = _places(text, words, re.NOFLAG)
    return found or _places(text, words, re.IGNORECASE)


def _places(text: str, words: str, flags: re.RegexFlag) -> list[tuple[int, int]]:
    found = [match.span() for match in re.finditer(re.escape(words), text, flags)]
    return [pair for pair in found if not _is_part(text, *pair)] or found


def _is_part(text: str, start: int, end: int) -> bool:
    """Whether a range is a part of a longer word."""
    goes_on_before = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
    return goes_on_before or (end < len(text) and text[end - 1].isalnum() and text[end].isalnum())
