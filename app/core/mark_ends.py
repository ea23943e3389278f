"""What is odd about where annotations lie, though it breaks no rule: white space at their ends, and doubles.

Such marks are common in imported files, and spoil what is trained on them: most tokenizers have no token there.
"""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

from app.core.annotation import Annotation, Fragments


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


def oddities(annotations: Sequence[Annotation], text: str) -> Iterator[tuple[Annotation, Oddity]]:
    """Yield the annotations of one annotator on a text that are odd, each once for every reason."""
    length = len(text)
    has_doubles = len({annotation.fragments for annotation in annotations}) < len(annotations)
    repeated = _repeated(annotations) if has_doubles else ()
    for number, annotation in enumerate(annotations):
        if has_doubles and number in repeated:
            yield annotation, Oddity.TWICE
        for fragment in annotation.fragments:
            start, end = fragment.start, fragment.end
            if start < end <= length and (text[start].isspace() or text[end - 1].isspace()):
                covered = [text[f.start : f.end] for f in annotation.fragments]
                yield annotation, Oddity.SPACE if any(map(str.strip, covered)) else Oddity.BLANK
                break


def _repeated(annotations: Iterable[Annotation]) -> set[int]:
    """Return which annotations (by their number) have the label and the fragments of an earlier one."""
    seen: set[tuple[Fragments, str, str]] = set()
    found: set[int] = set()
    for number, annotation in enumerate(annotations):
        what = (annotation.fragments, annotation.label, annotation.layer)
        if what in seen:
            found.add(number)
        seen.add(what)
    return found
