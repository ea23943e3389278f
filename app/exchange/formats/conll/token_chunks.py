"""Puts marks on the tokens of a text, so that each token is in at most one."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from app.core.annotation import Annotation
from app.core.scheme import Scheme
from app.exchange.formats.conll.tags import Chunk
from app.exchange.label_names import LabelNames
from app.exchange.losses import Losses


class TokenChunks:
    """Chunks of a document's tokens (ranges in code points, in order) that stand for marks; notes what has no room."""

    def __init__(
        self, document_name: str, tokens: Sequence[tuple[int, int]], names: LabelNames, losses: Losses
    ) -> None:
        self._name = document_name
        self._names = names
        self._losses = losses
        self._starts = [start for start, _ in tokens]
        self._ends = [end for _, end in tokens]

    def has_place(self, mark: Annotation, scheme: Scheme) -> bool:
        """Whether a mark can be on tokens; if not, or only piece by piece, it is noted."""
        if scheme.is_about_document(mark.layer):
            self._losses.note("about-document", "labels of documents as a whole", f"{self._name}: {mark.label}")
            return False
        if mark.is_anchor:
            self._losses.note("anchor", "anchors", f"{self._name}: {mark.label}")
            return False
        if len(mark.fragments) > 1:
            self._note("fragments", "marks in several pieces, each written by itself", mark)
        return True

    def of(self, mark: Annotation) -> list[Chunk]:
        """Return the chunks of one mark."""
        return _joined(chunk for chunk in (self._chunk(mark, f.start, f.end) for f in mark.fragments) if chunk)

    def chosen(self, marks: Sequence[Annotation], *, notes: bool = True) -> tuple[list[Chunk], list[Annotation]]:
        """Return the chunks of marks, the longest first where some overlap, and the marks that have no room; with
        `notes`, these are noted.
        """
        used = [False] * len(self._starts)
        taken: list[Chunk] = []
        rest: list[Annotation] = []
        for mark in sorted(marks, key=lambda each: (each.start - each.end, each.start)):
            found = self.of(mark)
            if any(any(used[chunk.first : chunk.end]) for chunk in found):
                rest.append(mark)
                continue
            for chunk in found:
                used[chunk.first : chunk.end] = [True] * (chunk.end - chunk.first)
            taken += found
            covered = {(self._starts[chunk.first], self._ends[chunk.end - 1]) for chunk in found}
            if found and any((each.start, each.end) not in covered for each in mark.fragments):
                self._note("widened", "marks that aren't whole tokens, widened to them", mark)
        for mark in rest if notes else ():
            self._note("overlap", "marks that overlap a longer one, left out", mark)
        return taken, rest

    def _note(self, kind: str, what: str, mark: Annotation) -> None:
        self._losses.note(kind, what, f"{self._name}: “{mark.quote[:40]}”", is_whole=True)

    def _chunk(self, mark: Annotation, start: int, end: int) -> Chunk | None:
        """Return the tokens that a range touches; one that doesn't begin and end with tokens is widened."""
        first, stop = bisect_right(self._ends, start), bisect_left(self._starts, end)
        if first >= stop:
            self._note("no-token", "marks without a token, left out", mark)
            return None
        return Chunk(first, stop, self._names.of(mark.layer, mark.label))


def _joined(chunks: Iterable[Chunk]) -> list[Chunk]:
    """Return the chunks of one mark, in order; pieces within one token are one chunk."""
    found: list[Chunk] = []
    for chunk in chunks:
        if found and chunk.first < found[-1].end:
            found[-1] = chunk._replace(first=found[-1].first)
        else:
            found.append(chunk)
    return found
