"""What a pipeline has found in a text: entities, groups of spans, categories, as plain values."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, cast

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

SPANS_KEY = "sc"
"""The group in which spaCy's span categorizers put what they find."""
_LIKELY = 0.5
CATEGORIZERS = ("textcat", "textcat_multilabel")


class Entity(NamedTuple):
    """What was found: `[start, end)` in code points, the label assigned by the pipeline, and its score, 0 to 1, or None
    where the pipeline has none. An anchor is about the whole text.
    """

    start: int
    end: int
    label: str
    score: float | None = None


Cutter = Callable[[str], Sequence[tuple[int, int]]]
"""From a text to the ranges of its sentences."""


class DocFinder(NamedTuple):
    """Finds what a pipeline finds. `sentences` cuts the texts of a pipeline that categorizes them; without it, a
    category is about the whole text.
    """

    pipeline: "Language"
    sentences: Cutter | None = None

    def find(self, text: str) -> list[Entity]:
        """Return all that is found in a text, in reading order and without surrounding white space."""
        names = self.pipeline.pipe_names
        found: list[Entity] = []
        if any(name in CATEGORIZERS for name in names):
            found += self._categories(text)
        if len(names) > sum(name in CATEGORIZERS for name in names):
            found += _ranges(self.pipeline(text))
        return sorted(found, key=lambda each: each[:3])

    def _categories(self, text: str) -> Iterator[Entity]:
        if self.sentences is None:
            yield from _likely(self.pipeline(text), 0, 0)
            return
        for start, end in self.sentences(text):
            yield from _likely(self.pipeline(text[start:end]), start, end)


def _likely(doc: "Doc", start: int, end: int) -> Iterator[Entity]:
    for label, score in doc.cats.items():
        if score >= _LIKELY:
            yield Entity(start, end, label, round(float(score), 3))


def _ranges(doc: "Doc") -> Iterator[Entity]:
    for entity in doc.ents:
        yield from _stripped(entity.text, entity.start_char, entity.label_, None)
    for key, group in doc.spans.items():
        scores = cast("Any", group.attrs.get("scores", ()))
        has_scores = len(scores) == len(group)
        spans = [
            Entity(span.start_char, span.end_char, span.label_, round(float(scores[at]), 3) if has_scores else None)
            for at, span in enumerate(group)
        ]
        if key == SPANS_KEY:
            for span in _apart(spans):
                yield from _stripped(doc.text[span.start : span.end], span.start, span.label, span.score)


def _apart(spans: list[Entity]) -> list[Entity]:
    """Return the likeliest spans of those with one label that overlap: a categorizer finds the same place often."""
    taken: list[Entity] = []
    for span in sorted(spans, key=lambda each: (-(each.score or 0), each.start - each.end, each.start)):
        if all(span.label != o.label or span.end <= o.start or span.start >= o.end for o in taken):
            taken.append(span)
    return taken


def _stripped(words: str, start: int, label: str, score: float | None) -> Iterator[Entity]:
    low = start + len(words) - len(words.lstrip())
    high = start + len(words.rstrip())
    if low < high:
        yield Entity(low, high, label, score)
