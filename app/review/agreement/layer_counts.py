"""Counts of one layer, document by document: everything the report needs, without the documents themselves."""

import re
from collections import Counter
from typing import TYPE_CHECKING, Any
from zlib import crc32

from app.core.scheme import Layer, Scheme
from app.review.agreement.attributes import fields_of
from app.review.agreement.columns import ColumnTable
from app.review.agreement.coverage import Coverage, character_pieces, summed
from app.review.agreement.edges import Edges
from app.review.agreement.evidence import evidence_sums
from app.review.agreement.figure import Undefined
from app.review.agreement.findings import findings, whole_pairs
from app.review.agreement.gamma import disorder
from app.review.agreement.marks import MarkReader, Marks
from app.review.agreement.matchings import Match, matches, meeting
from app.review.agreement.ties import TieReader
from app.review.agreement.units import Units
from app.review.agreement.words import WordReader, word_pieces
from app.review.readings import Readings

if TYPE_CHECKING:
    from numpy import ndarray

_BLOCK_MARKS = 4000
_BLOCK_DOCUMENTS = 500


class LayerCounts:
    """The counts of all documents in one layer.

    Documents that two annotators or more have finished are compared, and numbered in the order in which they came in;
    `keys` sorts them, `lengths` are theirs in code points. Annotators and labels have the numbers of `marks`.

    `readers` says who finished which document. `given` is by document, annotator and label the number of annotations.
    `matched` has a row for each pair of annotations (label, credit for precision and for recall) that is matched in any
    of the ways in `kinds` (`matchings.Match`). `evidence` has a row for each pair of matched annotations of which
    either has any: code points shared, and of the left and the right, and whether both have. `gamma` is by document
    observed and expected disorder.

    In a layer about the document, whose annotations have no place, those of a document are matched whatever they say;
    only `readers`, `given`, the fields and `evidence` are counted then.

    `words` are the numbers of words of the documents that are compared, `all_words` that of all; `worded` is like
    `coverage` in words. `edges` are the boundaries of marks, `ties` the relations that start at them, by
    the numbers of `types`.
    """

    def __init__(
        self,
        layer: Layer,
        scheme: Scheme,
        *,
        gamma_seed: int | None = None,
        against: str | None = None,
        reader: WordReader | None = None,
        ties: TieReader,
    ) -> None:
        self.layer = layer
        self.marks = MarkReader(layer.id, last=against)
        self.fields = fields_of(layer, scheme)
        self._gamma_seed = gamma_seed
        self._block: list[Readings] = []
        self._size = 0
        self.documents = 0
        self.characters = 0
        self.frozen = 0
        self._texts: set[str] = set()
        self.repeated = 0
        self.keys: list[tuple[Any, ...]] = []
        self._lengths: list[int] = []
        pair = {"left": "int32", "right": "int32"}
        self.readers = ColumnTable(document="int32", who="int32")
        self.given = ColumnTable(document="int32", who="int32", label="int32", count="int32")
        self.matched = ColumnTable(
            document="int32", **pair, label="int32", precise="float64", recalled="float64", kinds="int16"
        )
        self.coverage = Coverage()
        self._reader = reader or WordReader()
        self._words: list[int] = []
        self.all_words = 0
        self.worded = Coverage()
        self.units = Units()
        self.edges = Edges()
        self._tie_reader = ties
        self.ties = ties.tables(layer.id)
        self.types = ties.types
        self.evidence = ColumnTable(document="int32", **pair, shared="int64", ours="int64", theirs="int64", both="int8")
        self.gamma = ColumnTable(document="int32", observed="float64", expected="float64")
        self.gamma_missing: Counter[str] = Counter()

    def add(self, readings: Readings) -> None:
        """Count a document. With fewer than two readings it only counts towards the totals."""
        self.documents += 1
        self.characters += readings.length
        self.frozen += readings.frozen
        self.repeated += bool(readings.sha256) and readings.sha256 in self._texts
        self._texts.add(readings.sha256)
        self._block.append(readings)
        self._size += sum(len(reading.annotations) for reading in readings.by.values())
        if self._size >= _BLOCK_MARKS or len(self._block) >= _BLOCK_DOCUMENTS:
            self.finish()

    def finish(self) -> None:
        """Count what is waiting: documents are counted in blocks."""
        block, self._block, self._size = self._block, [], 0
        alone = [readings for readings in block if len(readings.by) < 2]
        if alone:
            self.marks.read(alone)  # for the names, labels and duplicates in them
            self.all_words += len(self._reader.words(_joined(alone)).start)
        together = [readings for readings in block if len(readings.by) > 1]
        if together:
            self._count(together)

    @property
    def lengths(self) -> "ndarray":
        """The lengths of the documents that are compared."""
        import numpy

        return numpy.array(self._lengths, dtype=numpy.int64)

    @property
    def words(self) -> "ndarray":
        """The numbers of words of the documents that are compared."""
        import numpy

        return numpy.array(self._words, dtype=numpy.int64)

    def _count(self, block: list[Readings]) -> None:
        import numpy

        documents = numpy.arange(len(self.keys), len(self.keys) + len(block))
        self.keys += [(_natural(readings.name), readings.sha256, readings.document) for readings in block]
        self._lengths += [readings.length for readings in block]
        marks = self.marks.read(block)
        rows = [(at, who) for at, readers in zip(documents.tolist(), marks.readers, strict=True) for who in readers]
        self.readers.add(**dict(zip(("document", "who"), numpy.array(rows).T, strict=True)))
        keys, (count,) = summed([marks.document, marks.who, marks.label], [numpy.ones(len(marks))])
        self.given.add(document=documents[keys[0]], who=keys[1], label=keys[2], count=count)
        if self.layer.is_about_document:
            self._judge(marks, documents, *whole_pairs(marks))
            self._words += [0] * len(block)
            return
        self._match(block, marks, documents)
        self.coverage.add(marks, character_pieces(marks), documents)
        pieces = word_pieces(marks, self._reader.words(_joined(block)))
        self._words += numpy.bincount(pieces.document, minlength=len(block)).tolist()
        self.all_words += len(pieces.document)
        self.worded.add(marks, pieces, documents)
        self.units.add(marks, documents)
        self.edges.add(marks, documents)
        if self._gamma_seed is not None:
            self._gamma(self._gamma_seed, block, marks, documents)

    def _match(self, block: list[Readings], marks: Marks, documents: "ndarray") -> None:
        found = matches(marks, meeting(marks))
        left, right = found.left, found.right
        same = marks.label[left] == marks.label[right]
        self.matched.add(
            document=documents[marks.document[left]],
            left=marks.who[left],
            right=marks.who[right],
            label=same * (marks.label[left] + 1) - 1,
            precise=found.shared / marks.size[left],
            recalled=found.shared / marks.size[right],
            kinds=found.kinds,
        )
        is_counterpart = (found.kinds & Match.COUNTERPART) > 0
        pairs = (left[is_counterpart], right[is_counterpart])
        self._tie_reader.learn(self.layer.id, block, self.marks.annotators.values, marks, documents, pairs)
        self._judge(marks, documents, pairs, found.shared[is_counterpart])

    def _judge(self, marks: Marks, documents: "ndarray", pairs: "tuple[ndarray, ndarray]", shared: "ndarray") -> None:
        """Compare what matched annotations say."""
        groups = findings(marks, *pairs, shared)
        for field in self.fields:
            field.add(marks, documents, pairs, groups)
        if self.layer.has_evidence:
            self._prove(marks, documents, pairs)

    def _prove(self, marks: Marks, documents: "ndarray", pairs: "tuple[ndarray, ndarray]") -> None:
        rows = evidence_sums(marks, pairs)
        self.evidence.add(
            document=documents[marks.document[rows.left]],
            left=marks.who[rows.left],
            right=marks.who[rows.right],
            shared=rows.shared,
            ours=rows.ours,
            theirs=rows.theirs,
            both=rows.both,
        )

    def _gamma(self, seed: int, block: list[Readings], marks: Marks, documents: "ndarray") -> None:
        """Align all annotations of each document. Each has its own seed, so that leaving one out changes no other."""
        import numpy

        raters: list[dict[int, list[tuple[float, float, str]]]] = [{who: [] for who in each} for each in marks.readers]
        wide = numpy.flatnonzero(marks.start < marks.end)
        columns = (marks.document[wide], marks.who[wide], marks.start[wide], marks.end[wide], wide)
        for at, who, start, end, index in zip(*(column.tolist() for column in columns), strict=True):
            raters[at][who].append((float(start), float(end), marks.annotations[index].label))
        rows: list[tuple[int, float, float]] = []
        marked = numpy.bincount(marks.document, minlength=len(block)) > 0
        for at, readings in enumerate(block):
            offset = float(marks.offsets[at])
            units = [[(start - offset, end - offset, label) for start, end, label in u] for u in raters[at].values()]
            if not marked[at]:
                continue
            own = (seed, crc32((readings.sha256 or readings.document).encode()))
            found = disorder(units, seed=own, length=readings.length)
            if isinstance(found, Undefined):
                self.gamma_missing[found.why] += 1
            else:
                rows.append((int(documents[at]), found.observed, found.expected))
        if rows:
            self.gamma.add(**dict(zip(("document", "observed", "expected"), numpy.array(rows).T, strict=True)))


def _joined(block: list[Readings]) -> str:
    """Return the texts, each on a line of its own: they lie as `Marks.offsets` has them."""
    return "\n".join(readings.text.ljust(readings.length) for readings in block)


def _natural(name: str) -> tuple[str | int, ...]:
    """Return a key by which “page 2” comes before “page 10”."""
    return tuple(int(part) if at % 2 else part for at, part in enumerate(re.split("([0-9]+)", name)))
