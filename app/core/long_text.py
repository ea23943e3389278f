"""Working through a very long text in pieces.

A list of the words of a text, or of all that a regular expression finds in it, takes ten times the memory of the text.
"""

import re
from collections.abc import Iterator

AT_ONCE = 1_000_000
"""Characters of a piece, about: it goes on to the next white space."""
_BLANK = re.compile(r"\s")


def pieces_at_blanks(text: str) -> Iterator[str]:
    """Yield a text in pieces that begin with white space, so that no word and no cluster is cut; a short one whole."""
    at = 0
    while at < len(text):
        found = _BLANK.search(text, at + AT_ONCE)
        end = found.start() if found is not None else len(text)
        yield text[at:end]
        at = end
