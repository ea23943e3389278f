"""A compact store for very many hits, and the groups that they form."""

import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import msgspec

from app.services.search.concordance import Aside, Hit

Labels = tuple[tuple[str, str], ...]
_BLOCK = 256
_BLOCKS_KEPT = 32
_Words = tuple[str, str, str]
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list[_Words])


class HitGroup(NamedTuple):
    """What hits have in common, and their numbers in order."""

    name: str
    hits: Sequence[int]


class MarkingPlan(NamedTuple):
    """What marking some hits with a label does, in numbers of hits and documents; and which hits are left out."""

    marks: int = 0
    documents: int = 0
    already: int = 0  # have an annotation with the label
    other_marks: int = 0  # have another annotation of the layer
    in_references: int = 0
    unassigned: int = 0  # in documents assigned to others


def left_out(plan: MarkingPlan) -> list[str]:
    """Say which hits a plan leaves out, and why."""
    reasons = (
        (plan.already, "already with this label"),
        (plan.other_marks, "with another mark in this layer"),
        (plan.in_references, "in references"),
        (plan.unassigned, "in documents assigned to others"),
    )
    return [f"{count:,} {why}" for count, why in reasons if count]


class HitPile:
    """Hits by number, in order of arrival; about forty bytes each, as their contexts are compressed.

    One thread may add while another reads: `count` is incremented last.
    """

    def __init__(self) -> None:
        self.count = 0
        self._documents: list[tuple[str, str]] = []
        self._numbers: dict[str, int] = {}
        self._asides: list[Aside | None] = []  # by document
        self._to_work_on = bytearray()  # by hit
        self._where = array("I")
        self._starts = array("Q")
        self._ends = array("Q")
        self._labels = array("I")
        self._label_names: list[Labels] = []
        self._label_numbers: dict[Labels, int] = {}
        self._by_label: list[array[int]] = []
        self._by_form: dict[str, array[int]] = {}
        self._by_document: dict[str, array[int]] = {}
        self._blocks: list[bytes] = []
        self._open: list[_Words] = []
        self._words_of = lru_cache(_BLOCKS_KEPT)(self._unpacked)

    def add(self, hit: Hit) -> int:
        """Add a hit; return its number."""
        at = self.count
        number = self._numbers.get(hit.document)
        if number is None:
            number = self._numbers[hit.document] = len(self._documents)
            self._documents.append((hit.document, hit.name))
            self._asides.append(hit.aside)
            self._by_document[hit.document] = array("Q")
        self._by_document[hit.document].append(at)
        self._where.append(number)
        self._to_work_on.append(hit.aside is None)
        self._starts.append(hit.start)
        self._ends.append(hit.end)
        label = self._label_number(hit.labels)
        self._labels.append(label)
        self._by_label[label].append(at)
        form = hit.form
        if form not in self._by_form:
            self._by_form[form] = array("Q")
        self._by_form[form].append(at)
        self._open.append((hit.before, hit.match, hit.after))
        if len(self._open) == _BLOCK:
            # In this order, a concurrent reader finds the words in one of the two.
            self._blocks.append(zlib.compress(_encoder.encode(self._open), 1))
            self._open = []
        self.count = at + 1
        return at

    def hit(self, at: int) -> Hit:
        """Return a hit without its annotations; `labels` returns their labels."""
        number = self._where[at]
        uid, name = self._documents[number]
        before, match, after = self._words(at)
        aside = self._asides[number]
        return Hit(uid, name, self._starts[at], self._ends[at], before, match, after, aside=aside)

    def place(self, at: int) -> tuple[str, int, int]:
        """Return the document (uid), start and end (code points) of a hit."""
        return self._documents[self._where[at]][0], self._starts[at], self._ends[at]

    def labels(self, at: int) -> Labels:
        """Return the layers and labels of the annotations on a hit."""
        return self._label_names[self._labels[at]]

    def relabel(self, at: int, labels: Labels) -> bool:
        """Set the labels of the annotations on a hit; return whether they changed. Not while hits are being added."""
        old, new = self._labels[at], self._label_number(labels)
        if old == new:
            return False
        rows = self._by_label[old]
        rows.pop(bisect_left(rows, at))
        rows = self._by_label[new]
        rows.insert(bisect_left(rows, at), at)
        self._labels[at] = new
        return True

    def unmarked(self, layer: str, numbers: range) -> bytearray:
        """Return for adjacent hits whether they are to be marked by default: 1 in documents that are the annotator's to
        work on, where they have no annotation of a layer.
        """
        first, last = numbers.start, numbers.stop
        flags = self._to_work_on[first:last]
        for labels, rows in self.labellings():
            if any(of == layer for of, _ in labels):
                for at in rows[bisect_left(rows, first) : bisect_left(rows, last)]:
                    flags[at - first] = 0
        return flags

    def plan(self, flags: bytearray, layer: str, label: str) -> MarkingPlan:
        """Return what marking the hits flagged with 1 does, and why others are left out."""
        made, already, other = bytearray(flags), 0, 0
        for labels, rows in self.labellings():
            if not any(of == layer for of, _ in labels):
                continue
            is_same = (layer, label) in labels
            for at in rows:
                if is_same:
                    already += flags[at] or self._to_work_on[at]
                    made[at] = 0
                elif not flags[at]:
                    other += self._to_work_on[at]
        asides = {aside: 0 for aside in Aside}
        documents = 0
        for rows, aside in zip(self._by_document.values(), self._asides, strict=True):
            first, last = rows[0], rows[-1] + 1  # the hits of a document are adjacent
            documents += made.find(1, first, last) >= 0
            if aside is not None:
                asides[aside] += len(rows) - flags.count(1, first, last)
        return MarkingPlan(
            *(made.count(1), documents, already, other), asides[Aside.REFERENCE], asides[Aside.UNASSIGNED]
        )

    def of_document(self, uid: str) -> Sequence[int]:
        """Return the numbers of the hits in a document (uid)."""
        return self._by_document.get(uid, array("Q"))

    def between(self, document: str, start: int, end: int) -> Sequence[int]:
        """Return the numbers of a document's hits that overlap a range; its hits don't overlap each other."""
        rows = self.of_document(document)
        first = bisect_right(rows, start, key=self._ends.__getitem__)
        return rows[first : max(first, bisect_left(rows, end, key=self._starts.__getitem__))]

    def find(self, document: str, start: int) -> int | None:
        """Return the number of the hit that begins at an offset, None if there is none."""
        return next((at for at in self.of_document(document) if self._starts[at] == start), None)

    def forms(self) -> list[HitGroup]:
        """Return the hits grouped by `Hit.form`."""
        return [HitGroup(name, rows) for name, rows in list(self._by_form.items())]

    def labellings(self) -> list[tuple[Labels, Sequence[int]]]:
        """Return the hits grouped by the labels of the annotations on them."""
        return [(names, rows) for names, rows in zip(list(self._label_names), self._by_label, strict=False) if rows]

    def _label_number(self, labels: Labels) -> int:
        number = self._label_numbers.get(labels)
        if number is None:
            number = self._label_numbers[labels] = len(self._label_names)
            self._by_label.append(array("Q"))
            self._label_names.append(labels)
        return number

    def _words(self, at: int) -> _Words:
        still_open = self._open
        block, place = divmod(at, _BLOCK)
        return self._words_of(block)[place] if block < len(self._blocks) else still_open[place]

    def _unpacked(self, block: int) -> list[_Words]:
        return _decoder.decode(zlib.decompress(self._blocks[block]))


class Picked(Collection[Hit]):
    """Some hits of a pile, decoded lazily."""

    def __init__(self, pile: HitPile, numbers: Sequence[int]) -> None:
        self._pile = pile
        self._numbers = numbers

    def __len__(self) -> int:
        return len(self._numbers)

    def __iter__(self) -> Iterator[Hit]:
        return map(self._pile.hit, self._numbers)

    def __contains__(self, item: object) -> bool:
        return any(hit == item for hit in self)
