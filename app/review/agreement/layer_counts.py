"""Counts of one layer, document by document: everything the report needs, without the documents themselves."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain, combinations
from typing import TYPE_CHECKING, Any
from zlib import crc32

from app.core.scheme import Layer, Scheme
from app.review.agreement.annotation_ranges import SortedAnnotations, annotations_of, sections_by_label
from app.review.agreement.attributes import fields_of, judged
from app.review.agreement.characters import Alphabet, CharacterSums, alpha_columns, character_sums, coding
from app.review.agreement.evidence import evidence_sums
from app.review.agreement.figure import Undefined
from app.review.agreement.gamma import disorder
from app.review.agreement.spans import Mode, compare
from app.review.agreement.unitized_alpha import Continuum, continuum, disagreements
from app.review.readings import Readings

if TYPE_CHECKING:
    from numpy import ndarray

Pair = tuple[str, str] | None
"""Two annotators by name, in alphabetical order, or None for all together."""

ANY = None
"""A placeholder for any label."""


class Series:
    """Sums by document, one row each. A document may have several rows; documents without a row count as zeros."""

    def __init__(self) -> None:
        self.documents: list[int] = []
        self.rows: list[Sequence[float] | ndarray] = []

    def add(self, document: int, row: "Sequence[float] | ndarray") -> None:
        """Append a row of a document. Rows may become longer; shorter ones are padded with 0."""
        self.documents.append(document)
        self.rows.append(row)

    def matrix(self) -> "ndarray":
        """Return the rows as a matrix."""
        import numpy

        width = max(map(len, self.rows), default=0)
        if all(len(row) == width for row in self.rows):
            return numpy.array(self.rows, dtype=float).reshape(len(self.rows), width)
        table = numpy.zeros((len(self.rows), width))
        for at, row in enumerate(self.rows):
            table[at, : len(row)] = row
        return table


def _series() -> defaultdict[Any, Series]:
    return defaultdict(Series)


class LayerCounts:
    """The counts of all documents in one layer.

    `spans` by (pair, label, mode, whether labels had to match): the four of `spans.Sums`. `areas` by pair: characters
    annotated by both, and by each. `texts` by pair: length and number of annotators. `inside` by (pair, label):
    characters with the label summed over annotators, and shared ones summed over pairs. `values` by pair: the columns
    of `characters.alpha_vector`. `units` by (pair, label): observed and expected disagreement, times the length.
    `tables` by (pair, field id): documents with their tables of values. `evidence` by pair: shared, left, right.
    `gamma`: observed and expected. `annotations` counts by (pair, label, annotator), `shared` documents by pair.
    `keys` sorts the documents, whatever order they came in.
    """

    def __init__(self, layer: Layer, scheme: Scheme, *, gamma_seed: int | None = None) -> None:
        self.layer = layer
        self.fields = fields_of(layer, scheme)
        self._gamma_seed = gamma_seed
        self.alphabet = Alphabet()
        self.documents = 0
        self.frozen = 0
        self.keys: list[tuple[str, str, str]] = []
        self.characters = 0
        self.annotators: set[str] = set()
        self.annotations: Counter[tuple[Pair, str | None, str]] = Counter()
        self.labels: set[str] = set()
        self.shared: Counter[Pair] = Counter()
        self.shared_characters: Counter[Pair] = Counter()
        self.collapsed: Counter[str] = Counter()
        self.split: Counter[str] = Counter()
        self.stacked = False
        self.spans: defaultdict[tuple[Pair, str | None, Mode, bool], Series] = _series()
        self.areas: defaultdict[Pair, Series] = _series()
        self.texts: defaultdict[Pair, Series] = _series()
        self.inside: defaultdict[tuple[Pair, str | None], Series] = _series()
        self.values: defaultdict[Pair, Series] = _series()
        self.units: defaultdict[tuple[Pair, str | None], Series] = _series()
        self.sections: Counter[tuple[Pair, str | None]] = Counter()
        self.tables: defaultdict[tuple[Pair, str], list[tuple[int, Counter[Any]]]] = defaultdict(list)
        self.possible: Counter[tuple[Pair, str]] = Counter()
        self.evidence: defaultdict[Pair, Series] = _series()
        self.proved: Counter[tuple[Pair, bool]] = Counter()
        self.gamma = Series()
        self.gamma_missing: Counter[str] = Counter()

    def add(self, readings: Readings) -> None:
        """Count a document. With fewer than two readings it only counts towards the total."""
        document = self.documents
        self.documents += 1
        self.frozen += readings.frozen
        self.keys.append((readings.name, readings.sha256, readings.document))
        self.characters += readings.length
        names = sorted(readings.by)
        self.annotators.update(names)
        annotations = [
            annotations_of(
                annotation for annotation in readings.by[name].annotations if annotation.layer == self.layer.id
            )
            for name in names
        ]
        for name, mine in zip(names, annotations, strict=True):
            self.labels |= mine.labels
            self.collapsed[name] += mine.collapsed
            self.split[name] += mine.split
        if len(names) < 2:
            return
        pairs = [(names[i], names[j]) for i, j in combinations(range(len(names)), 2)]
        groups: list[tuple[Pair, tuple[int, ...]]] = [(None, tuple(range(len(names))))]
        groups += zip(pairs, combinations(range(len(names)), 2), strict=True)
        self._count(groups, names, annotations, readings.length)
        if not any(mine.keys for mine in annotations):
            self._empty(document, groups, readings.length)
            return
        values = [[field.read(mine) for field in self.fields] for mine in annotations]
        for pair, (i, j) in groups[1:]:
            self._compare(document, pair, annotations[i], annotations[j], (values[i], values[j]))
        self._characters(document, groups, annotations, readings.length)
        self._units(document, groups, annotations, readings.length)
        if self._gamma_seed is not None:
            self._gamma(document, readings, annotations)

    def repeated(self) -> int:
        """Return the number of documents with the same text as an earlier one."""
        texts = [text for _, text, _ in self.keys if text]
        return len(texts) - len(set(texts))

    def _count(
        self,
        groups: Iterable[tuple[Pair, tuple[int, ...]]],
        names: Sequence[str],
        annotations: Sequence[SortedAnnotations],
        length: int,
    ) -> None:
        by_label = [Counter(label for _, label in mine.keys) for mine in annotations]
        for pair, members in groups:
            self.shared[pair] += 1
            self.shared_characters[pair] += length
            for i in members:
                self.annotations[pair, ANY, names[i]] += len(annotations[i].keys)
                for label, count in by_label[i].items():
                    self.annotations[pair, label, names[i]] += count

    def _empty(self, document: int, groups: Iterable[tuple[Pair, tuple[int, ...]]], length: int) -> None:
        """Count a document without any annotations: all agree on each of its characters."""
        for pair, members in groups:
            self.texts[pair].add(document, (length, len(members)))
            self.values[pair].add(document, (length * len(members), length * len(members)))

    def _compare(
        self,
        document: int,
        pair: Pair,
        left: SortedAnnotations,
        right: SortedAnnotations,
        values: Sequence[Sequence[Sequence[Any]]],
    ) -> None:
        found = compare(left, right)
        for (mode, labelled), sums in found.sums.items():
            self.spans[pair, ANY, mode, labelled].add(document, sums)
        for (mode, label), sums in found.by_label.items():
            self.spans[pair, label, mode, True].add(document, sums)
        for field, one, other in zip(self.fields, *values, strict=True):
            said = judged(one, other, found.matched)
            self.possible[pair, field.id] += said.total
            if said.table:
                self.tables[pair, field.id].append((document, said.table))
        if self.layer.has_evidence:
            proof = evidence_sums(left, right, found.matched)
            self.evidence[pair].add(document, proof.overlap)
            self.proved[pair, True] += proof.used
            self.proved[pair, False] += proof.total - proof.used

    def _characters(
        self,
        document: int,
        groups: Sequence[tuple[Pair, tuple[int, ...]]],
        annotations: Sequence[SortedAnnotations],
        length: int,
    ) -> None:
        raters = [
            [(part.start, part.end, label) for fragments, label in mine.keys for part in fragments]
            for mine in annotations
        ]
        found = coding(raters, length, self.alphabet)
        sums = character_sums(found, self.alphabet)
        self.stacked = len(self.alphabet) > len(self.alphabet.labels) + 1
        used = set(chain.from_iterable(mine.labels for mine in annotations)) & self.alphabet.labels.keys()
        for pair, members in groups:
            self.texts[pair].add(document, (length, len(members)))
            self.values[pair].add(document, alpha_columns(sums, members))
            self._inside(document, pair, members, sums, used)
            if pair is not None:
                i, j = members
                self.areas[pair].add(document, (sums.both[i, j], sums.marked[i], sums.marked[j]))

    def _inside(
        self, document: int, pair: Pair, members: Sequence[int], sums: CharacterSums, used: Iterable[str]
    ) -> None:
        couples = list(combinations(members, 2))
        inside = sum(sums.marked[i] for i in members)
        self.inside[pair, ANY].add(document, (inside, sum(sums.both[couple] for couple in couples)))
        sizes = sum(sums.sizes[i] for i in members)
        shared = sum(sums.shared[couple] for couple in couples)
        for label in used:
            at = self.alphabet.labels[label]
            self.inside[pair, label].add(document, (sizes[at], shared[at]))  # type: ignore[index]

    def _units(
        self,
        document: int,
        groups: Sequence[tuple[Pair, tuple[int, ...]]],
        annotations: Sequence[SortedAnnotations],
        length: int,
    ) -> None:
        sections = [sections_by_label(mine) for mine in annotations]
        labels: dict[str, Continuum] = {
            label: continuum([mine.get(label, ()) for mine in sections], length)
            for label in sorted(set(chain.from_iterable(sections)))
        }
        for pair, members in groups:
            total_observed = total_expected = 0.0
            for label, found in labels.items():
                units = sum(found.units[i] for i in members)
                if not units:
                    continue
                observed, expected = disagreements(found, members)
                self.units[pair, label].add(document, (observed * length, expected * length))
                self.sections[pair, label] += units
                self.sections[pair, ANY] += units
                total_observed, total_expected = total_observed + observed, total_expected + expected
            self.units[pair, ANY].add(document, (total_observed * length, total_expected * length))

    def _gamma(self, document: int, readings: Readings, annotations: Sequence[SortedAnnotations]) -> None:
        # Each document has its own seed, so that leaving one out doesn't change the others' results.
        raters = [
            [
                (float(annotation.start), float(annotation.end), annotation.label)
                for annotation in mine.annotations
                if annotation.start < annotation.end
            ]
            for mine in annotations
        ]
        seed = (self._gamma_seed or 0, crc32((readings.sha256 or readings.document).encode()))
        found = disorder(raters, seed=seed, length=readings.length)
        if isinstance(found, Undefined):
            self.gamma_missing[found.why] += 1
        else:
            self.gamma.add(document, found)
