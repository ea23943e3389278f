"""What is odd about where annotations lie, though it breaks no rule: white space at their ends, and doubles.

Such marks are common in imported files, and spoil what is trained on them: most tokenizers have no token there.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum

from app.core.annotation import Annotation


class Oddity(StrEnum):
    """What is odd about where an annotation lies."""

    BLANK = "blank"  # covers nothing but white space
    SPACE = "space"  # a fragment begins or ends with white space
    TWICE = "twice"  # an earlier annotation has the same label on the same fragments

    @property
    def words(self) -> str:
        """What such marks are, in the plural."""
        return _WORDS[self]


_WORDS = {
    Oddity.BLANK: "marks of nothing but white space",
    Oddity.SPACE: "marks that begin or end with white space",
    Oddity.TWICE: "marks made twice, with the same label at the same place",
}


def without_outer_space(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the range without white space at its ends; one of nothing else is returned as it is."""
    covered = text[start:end]
    if not covered.strip():
        return start, end
    return start + len(covered) - len(covered.lstrip()), end - len(covered) + len(covered.rstrip())


def oddities(annotations: Iterable[Annotation], text: str) -> Iterator[tuple[Annotation, Oddity]]:
    """Yield the annotations of one annotator on a text that are odd, each once for every reason."""
    first: dict[tuple[int, int], Annotation] = {}  # of each place; few have a second one
    others: dict[tuple[int, int], list[Annotation]] = {}
    length = len(text)
    for annotation in annotations:
        fragments = annotation.fragments
        start, end = fragments[0].start, fragments[-1].end
        known = first.setdefault((start, end), annotation)
        if known is not annotation:
            here = others.setdefault((start, end), [known])
            if any(_same(annotation, other) for other in here):
                yield annotation, Oddity.TWICE
            here.append(annotation)
        for fragment in fragments:
            start, end = fragment.start, fragment.end
            if start < end <= length and (text[start].isspace() or text[end - 1].isspace()):
                covered = "".join(text[f.start : f.end] for f in fragments)
                yield annotation, Oddity.SPACE if covered.strip() else Oddity.BLANK
                break


def _same(one: Annotation, other: Annotation) -> bool:
    return (one.label, one.layer, one.fragments) == (other.label, other.layer, other.fragments)
