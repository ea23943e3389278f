"""Token numbers in Marot's metadata: `target_spans` and `source_spans`, pairs of first and last token, both included.

The tokens of a segment include its blanks. The row has its text with line breaks and tabs as blanks and without
zero-width spaces, so a token may be shorter there, or nothing.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any, cast

from app.exchange.segments import Range

SEGMENT = "segment"
MARKED = "marked_text"
TARGET_SPANS, SOURCE_SPANS = "target_spans", "source_spans"
TARGET_TOKENS, SOURCE_TOKENS = "target_tokens", "source_tokens"
_CLEANED = str.maketrans({"\u200b": None, "\t": " ", "\n": " ", "\r": " "})
_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")


class MarotTokens:
    """The tokens of a text, with their places in it."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self._ends = list(accumulate(len(token.translate(_CLEANED)) for token in tokens))
        self._starts = [0, *self._ends][: len(tokens)]

    @classmethod
    def kept(cls, metadata: Mapping[str, Any] | None, key: str, text: str) -> "MarotTokens | None":
        """Return the tokens in a row's metadata, None if it has none that make up the text."""
        segment: Any = (metadata or {}).get(SEGMENT)
        given: Any = cast("Mapping[str, Any]", segment).get(key) if isinstance(segment, dict) else None
        items = cast("list[object]", given) if isinstance(given, list) else []
        tokens = [item for item in items if isinstance(item, str)]
        if not tokens or len(tokens) < len(items) or "".join(tokens).translate(_CLEANED) != text:
            return None
        return cls(tokens)

    def ranges(self, spans: object) -> tuple[Range, ...]:
        """Return the ranges of pairs of token numbers; empty if they aren't pairs of tokens of this text."""
        found: list[Range] = []
        for item in cast("list[object]", spans) if isinstance(spans, list) else []:
            pair = cast("list[object]", item) if isinstance(item, list) else []
            if len(pair) != 2 or not all(type(each) is int for each in pair):  # noqa: PLR2004  first and last
                return ()
            first, last = cast("list[int]", pair)
            if not 0 <= first <= last <= len(self._ends) or first == len(self._ends):
                return ()
            # The blank that is shown after the last token can be marked, too.
            found.append(Range(self._starts[first], self._ends[min(last, len(self._ends) - 1)]))
        return tuple(found)

    def spans(self, ranges: Iterable[Range]) -> list[list[int]] | None:
        """Return ranges as pairs of token numbers, None if one doesn't begin and end with tokens."""
        found: list[list[int]] = []
        for start, end in ranges:
            first = next((at for at, each in enumerate(self._starts) if each == start and self._ends[at] > start), None)
            last = next((at for at, each in enumerate(self._ends) if each == end and self._starts[at] < end), None)
            if first is None or last is None or last < first:
                return None
            found.append([first, last])
        return found


def made_tokens(text: str, ranges: Iterable[Range]) -> list[str]:
    """Return the words, blanks and other characters of a text as tokens, cut also where ranges begin and end."""
    cuts = {match.start() for match in _TOKEN.finditer(text)} | {at for pair in ranges for at in pair} | {0, len(text)}
    ordered = sorted(cuts)
    return [text[start:end] for start, end in zip(ordered, ordered[1:], strict=False)]
