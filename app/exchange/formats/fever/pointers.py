"""What a claim of FEVER points at: alternative sets of sentences, each named by page and number.

`evidence` is a list of sets, each a list of pointers `[annotation id, evidence id, page, sentence]`. Where there isn't
enough information, page and sentence are null.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple, cast

from app.core.errors import FormatError

_PARTS = 4
_MOST_SENTENCES = 100_000


class SentencePointer(NamedTuple):
    """A sentence of a page, by title and number from 0."""

    page: str
    sentence: int


def pointer_sets(value: object) -> list[list[SentencePointer]]:
    """Return the sets of a record's `evidence`, in order; those that point nowhere are empty.

    A pointer that isn't in a set is a set of its own, as in early files. Raises FormatError for what isn't evidence.
    """
    if not isinstance(value, list):
        raise _wrong("it must be a list of sets")
    return [_set(each) for each in cast("list[object]", value)]


def _set(value: object) -> list[SentencePointer]:
    if not isinstance(value, list):
        raise _wrong("a set must be a list of pointers")
    items = cast("list[object]", value)
    pointers = items if all(isinstance(each, list) for each in items) else [items]
    found = [_pointer(cast("list[object]", each)) for each in pointers]
    return list(dict.fromkeys(each for each in found if each is not None))


def _pointer(parts: Sequence[Any]) -> SentencePointer | None:
    if len(parts) != _PARTS:
        raise _wrong(f"a pointer has {_PARTS} parts: two ids, page and sentence")
    page, sentence = parts[2:]
    if page is None or page == "":
        return None
    if isinstance(sentence, str) and sentence.isascii() and sentence.isdigit() and len(sentence) <= _PARTS:
        sentence = int(sentence)
    if not isinstance(page, str) or not (sentence is None or type(sentence) is int):
        raise _wrong("page must be text, and sentence a whole number")
    # Some copies of the data say that there is none by a number below 0.
    return SentencePointer(page, sentence) if sentence is not None and 0 <= sentence < _MOST_SENTENCES else None


def _wrong(why: str) -> FormatError:
    return FormatError(f"“evidence” isn't as in FEVER: {why}", hint="fix the record")
