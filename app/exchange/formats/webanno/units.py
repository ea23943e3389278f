"""The rows of a file of WebAnno TSV 3: tokens, and parts of tokens where annotations begin or end inside of one."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from app.exchange.formats.uima.content import CasSentence, CasSpan, in_order


class TsvUnit:
    """A row: a token, or a part of one. `spans` are the annotations that have it, by type, in order."""

    def __init__(self, name: str, start: int, end: int) -> None:
        self.name = name
        self.start = start
        self.end = end
        self.spans: dict[str, list[CasSpan]] = {}
        self.parts: list[TsvUnit] = []

    def part(self, start: int, end: int) -> "TsvUnit":
        """Return a part of a token, which is added if it isn't there."""
        found = next((each for each in self.parts if (each.start, each.end) == (start, end)), None)
        if found is None:
            found = TsvUnit(f"{self.name}.{len(self.parts) + 1}", start, end)
            self.parts.append(found)
        return found


class SentenceRows:
    """A sentence's id, the range of its text as it is written, and its tokens."""

    def __init__(self, id: str, start: int, end: int, tokens: list[TsvUnit]) -> None:
        self.id = id
        self.start = start
        self.end = end
        self.tokens = tokens


def sentences_of(text: str, tokens: Sequence[tuple[int, int]], parts: Sequence[CasSentence]) -> list[SentenceRows]:
    """Return sentences whose texts, with a line break between two where there is none missing, make the whole text.

    The file's readers put a line break between two sentences unless their offsets leave no room, and blanks before the
    first: any other white space becomes part of a sentence. Where it would have to stand before the first token, that
    is a token without characters.
    """
    firsts = [pair for pair in tokens if pair[0] < pair[1]]
    if not firsts or text[: firsts[0][0]].strip(" "):
        firsts = [(0, 0), *firsts]
    bounds = [part.start for part in parts]
    ids = [part.id for part in parts]
    groups: list[tuple[str, list[tuple[int, int]]]] = []
    last = -1
    for pair in firsts:
        number = max(0, bisect_right(bounds, pair[0]) - 1) if bounds else 0
        if number != last and not (groups and groups[-1][1] == [(0, 0)]):
            groups.append((ids[number] if ids else "", []))
        last = number
        groups[-1][1].append(pair)
    found: list[SentenceRows] = []
    for number, (id, pairs) in enumerate(groups, 1):
        start = pairs[0][0]
        end = groups[number][1][0][0] if number < len(groups) else len(text)
        if number < len(groups) and text[start:end].endswith("\n"):
            end -= 1
        units = [TsvUnit(f"{number}-{place}", *pair) for place, pair in enumerate(pairs, 1)]
        found.append(SentenceRows(id, start, end, units))
    return found


class Rows:
    """Puts annotations into the rows of tokens."""

    def __init__(self, sentences: Sequence[SentenceRows]) -> None:
        self._tokens = [token for sentence in sentences for token in sentence.tokens]
        self._starts = [token.start for token in self._tokens]
        self._ends = [token.end for token in self._tokens]
        self.first: dict[str, TsvUnit] = {}
        """The row in which each annotation begins, by key."""
        self.ids: dict[str, int] = {}
        """The numbers of annotations that need one, by key: those of several tokens, and those with others beside."""
        self.moved: list[CasSpan] = []
        """Annotations without characters that were between tokens, or only covered what is."""
        self.trimmed: list[CasSpan] = []
        """Annotations that covered white space before or behind the tokens."""

    def add(self, spans: list[CasSpan]) -> None:
        """Add annotations."""
        for span in in_order(spans):
            units = list(self._units(span))
            self.first[span.key] = units[0]
            for unit in units:
                here = unit.spans.setdefault(span.type, [])
                here.append(span)
                if len(units) > 1 or len(here) > 1:
                    for each in here:
                        self.number(each.key)

    def number(self, key: str) -> int:
        """Return the number of an annotation, which it gets if it has none."""
        return self.ids.setdefault(key, len(self.ids) + 1)

    def _units(self, span: CasSpan) -> Iterator[TsvUnit]:
        if span.start < span.end:
            low = bisect_right(self._ends, span.start)
            high = bisect_left(self._starts, span.end) - 1
            if low <= high:
                yield from self._covered(span, low, high)
                return
        yield self._point(span)

    def _covered(self, span: CasSpan, low: int, high: int) -> Iterator[TsvUnit]:
        start = max(span.start, self._starts[low])
        end = min(span.end, self._ends[high])
        if (start, end) != (span.start, span.end):
            self.trimmed.append(span)
        for token in self._tokens[low : high + 1]:
            if start <= token.start and token.end <= end:
                yield token
            else:
                yield token.part(max(start, token.start), min(end, token.end))

    def _point(self, span: CasSpan) -> TsvUnit:
        at = bisect_left(self._ends, span.start)
        token = self._tokens[min(at, len(self._tokens) - 1)]
        if token.start > span.start and at > 0:
            token = self._tokens[at - 1]
        place = min(max(span.start, token.start), token.end)
        if span.start != span.end or place != span.start:
            self.moved.append(span)
        return token if (token.start, token.end) == (place, place) else token.part(place, place)
