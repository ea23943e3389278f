"""FAVA's tags: a text with types of errors around words, and in them what is wrong and what would be right.

`<entity><delete>…</delete><mark>…</mark></entity>`: in an errored passage the mark is the error that was put in and the
deleted words are right; in annotations and completions the deleted words are the error and the mark is its correction.
Models write these tags, so they aren't XML: texts have `<` and `&` in them, tags aren't closed, closed by another
opening one, or misspelled. See https://github.com/abhika-m/FAVA (Mishra et al. 2024).
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from app.exchange.formats.fava.tag_tree import MARK, TagNode, tree_of

TYPES = ("entity", "relation", "contradictory", "invented", "subjective", "unverifiable")
UNTYPED = ""
"""The type of words that are marked or deleted outside of any type."""
DELETE = "delete"


class TaggedError(NamedTuple):
    """An error in a text: a half-open range in code points, its type, and what would be right: None if nothing is said
    of it, "" if the words are to go. An empty range is the place of words that are missing.
    """

    start: int
    end: int
    type: str
    correction: str | None


class TaggedText(NamedTuple):
    """A text without its tags, with the errors that they said, and how many tags had no pair."""

    text: str
    errors: list[TaggedError]
    odd: int


def untagged(tagged: str, wrong: str) -> TaggedText:
    """Return a text without its tags; `wrong` is the tag of what is wrong, `mark` or `delete`."""
    root, odd = tree_of(tagged)
    work = _Text(wrong)
    work.add(root)
    return TaggedText("".join(work.parts), sorted(work.errors, key=_writing_order), odd)


def with_tags(text: str, errors: list[TaggedError], wrong: str) -> str:
    """Return a text with tags around its errors, which `nested` has chosen. What is right stands before what is wrong,
    as in FAVA's own files.
    """
    right = MARK if wrong == DELETE else DELETE
    parts: list[str] = []
    open_ones: list[tuple[TaggedError, str]] = []  # with what closes each
    at = 0
    for error in sorted(errors, key=_writing_order):
        while open_ones and open_ones[-1][0].end <= error.start:
            closed, close = open_ones.pop()
            parts += [text[at : closed.end], close]
            at = closed.end
        parts.append(text[at : error.start])
        at = error.start
        begin = f"<{error.type}>" if error.type else ""
        finish = f"</{error.type}>" if error.type else ""
        if error.correction:
            begin += f"<{right}>{error.correction}</{right}>"
        if error.correction is not None and error.start < error.end:
            begin, finish = f"{begin}<{wrong}>", f"</{wrong}>{finish}"
        parts.append(begin)
        if error.start == error.end:
            parts.append(finish)
        else:
            open_ones.append((error, finish))
    while open_ones:
        closed, close = open_ones.pop()
        parts += [text[at : closed.end], close]
        at = closed.end
    return "".join([*parts, text[at:]])


def nested(errors: list[TaggedError]) -> tuple[list[TaggedError], list[TaggedError]]:
    """Return the errors that can be tagged together, and those that can't: they cross another one, or are within one
    that has the same type.
    """
    taken: list[TaggedError] = []
    left_out: list[TaggedError] = []
    around: list[TaggedError] = []
    for error in sorted(errors, key=_writing_order):
        while around and around[-1].end <= error.start:
            around.pop()
        is_untold = error.type == UNTYPED and bool(around)  # it would be taken for what is said of the one around it
        if is_untold or any(error.end > each.end or each.type == error.type for each in around):
            left_out.append(error)
            continue
        taken.append(error)
        if error.start < error.end:
            around.append(error)
    return taken, left_out


def has_tags(text: str) -> bool:
    """Whether a text has what would be read as a tag."""
    return tree_of(text)[0].parts not in ([], [text])


def _writing_order(error: TaggedError) -> tuple[int, bool, int, str]:
    return error.start, error.start < error.end, -error.end, error.type


class _Text:
    """Collects a text and its errors from a tree of tags."""

    def __init__(self, wrong: str) -> None:
        self._wrong = wrong
        self.parts: list[str] = []
        self.errors: list[TaggedError] = []
        self._length = 0

    def add(self, node: TagNode) -> None:
        """Add what is in a node, except what would be right."""
        for part in node.parts:
            if isinstance(part, str):
                self.parts.append(part)
                self._length += len(part)
            elif part.is_piece:
                if part.name == self._wrong:
                    self.add(part)
            else:
                self._add_error(part)

    def _add_error(self, node: TagNode) -> None:
        start = self._length
        pieces = [part for part in node.parts if isinstance(part, TagNode) and part.is_piece]
        wrong = [piece for piece in pieces if piece.name == self._wrong]
        is_pair = len(wrong) <= 1 and len(pieces) - len(wrong) <= 1 and _is_blank_around(node)
        correction = self._right(node) if pieces else None
        if pieces and is_pair:
            # Blanks beside the pair are of the text, not of the error.
            correction = "".join(self._right(piece) for piece in pieces if piece.name != self._wrong)
            before = node.parts[: node.parts.index((wrong or pieces)[0])]
            start += sum(len(part) for part in before if isinstance(part, str))
        self.add(node)
        end = self._length
        if pieces and is_pair:
            end = start + (len("".join(_Text._words(wrong[0], self._wrong))) if wrong else 0)
        if start == end and not correction:
            correction = None  # there is nothing that could go
        if node.name or start < end or correction is not None:
            self.errors.append(TaggedError(start, end, node.name, correction))

    def _right(self, node: TagNode) -> str:
        return "".join(self._words_right(node))

    def _words_right(self, node: TagNode) -> Iterator[str]:
        for part in node.parts:
            if isinstance(part, str):
                yield part
            elif part.name != self._wrong or not part.is_piece:
                yield from self._words_right(part)

    @staticmethod
    def _words(node: TagNode, wrong: str) -> Iterator[str]:
        for part in node.parts:
            if isinstance(part, str):
                yield part
            elif not part.is_piece or part.name == wrong:
                yield from _Text._words(part, wrong)


def _is_blank_around(node: TagNode) -> bool:
    return all(not part.strip() if isinstance(part, str) else part.is_piece for part in node.parts)


def type_in(said: str) -> str | None:
    """Return the first type that is named in a text, such as a crosswalk; None if there is none."""
    found = re.search(r"\b(" + "|".join(TYPES) + r")\b", said.casefold())
    return found[1] if found is not None else None
