"""The agreement report: every measure of every layer with its counts and its interval, as plain values."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from app.core.field_values import Level
from app.core.scheme import Scheme
from app.review.agreement.columns import ColumnTable
from app.review.agreement.edge_family import EdgeFamily
from app.review.agreement.families import (
    CharacterFamily,
    Drawn,
    EvidenceFamily,
    Family,
    GammaFamily,
    Plan,
    Scope,
    SpanFamily,
)
from app.review.agreement.field_family import FieldFamily
from app.review.agreement.layer_counts import LayerCounts
from app.review.agreement.metric_family import MetricFamily
from app.review.agreement.resamples import RESAMPLES, Resampling, Sample, intervals
from app.review.agreement.tie_family import CHAINS, TieFamily
from app.review.agreement.ties import TieReader
from app.review.agreement.unit_family import UnitFamily
from app.review.agreement.vectors import ratio
from app.review.agreement.word_family import WordFamily
from app.review.agreement.words import WordReader
from app.review.readings import Readings, frozen_note, rolled_up

if TYPE_CHECKING:
    from numpy import ndarray

FEW = 10
"""With fewer annotations, or judgements, a value is hardly meaningful."""

Pair = tuple[str, str] | None
"""Two annotators by name, in alphabetical order, or None for all together."""

_MOST_CELLS = 500_000  # in tables that are added up at once
_ONE_SIDED = ("_precision", "_recall")
_CAUTIONS = {"token_kappa": "not recommended: unmarked words count as agreement"}  # fits into a table


class Measure(NamedTuple):
    """One result. `pair` None stands for all annotators, `label` None for all labels.

    `n` is each annotator's number of annotations, in the order of the pair or of the layer's annotators; for measures
    over matched annotations, the number of judged pairs. `used` of `total` documents, characters or matched pairs could
    be compared. `value` is None if undefined; `note` then gives the reason. `interval` contains 95 % of the resamples.
    """

    measure: str
    pair: tuple[str, str] | None
    label: str | None
    value: float | None
    n: list[int] | int
    used: int
    total: int
    interval: tuple[float, float] | None
    note: str


class LayerAgreement(NamedTuple):
    """The measures of a layer. `documents` counts those that anyone finished, `frozen` those of them that are measured
    as they were when review began; `notes` apply to the whole layer. `against` is the one whom all others are compared
    with, the last of `annotators`; None if all are compared with each other. `level` is that of a tree of labels up to
    which they were added up, from 1 at the top; None if they weren't.
    """

    layer: str
    annotators: list[str]
    documents: int
    frozen: int
    scheme: str
    seed: int
    resamples: int
    against: str | None
    notes: list[str]
    measures: list[Measure]
    level: int | None = None


def agreement(
    readings: Iterable[Readings],
    scheme: Scheme,
    *,
    layers: Sequence[str] = (),
    seed: int = 0,
    resamples: int = RESAMPLES,
    gamma: bool = False,
    against: str | None = None,
    level: int | None = None,
) -> Iterator[LayerAgreement]:
    """Yield the agreement in these layers, or in all layers with annotations.

    The readings should include every document that anyone finished; only those that two finished are compared. They are
    iterated once. `seed` is used for the resamples and for the expected disorder of gamma. Unknown layers are ignored.
    With `against`, everyone is compared with this annotator (who may be gold) only: precision says how much of theirs
    is right by it, recall how much of it they have; for all there are means. With `level`, labels of a tree are
    replaced by those above them at this level (see `rolled_up`).
    """
    tally = AgreementTally(
        scheme, layers=layers, seed=seed, resamples=resamples, gamma=gamma, against=against, level=level
    )
    for item in readings:
        tally.add(item)
    yield from tally.layers()


class AgreementTally:
    """Counts documents one by one, and measures the agreement of them all; for the parameters see `agreement`."""

    def __init__(
        self,
        scheme: Scheme,
        *,
        layers: Sequence[str] = (),
        seed: int = 0,
        resamples: int = RESAMPLES,
        gamma: bool = False,
        against: str | None = None,
        level: int | None = None,
    ) -> None:
        self._scheme = scheme
        self._level = level
        self._against = against
        self._chosen = frozenset(layers)
        self._seed = seed
        self._resamples = resamples
        self._gamma = gamma
        # A relation may lead to a mark of another layer, so where there are relations all marks are matched.
        counted = [layer for layer in scheme.layers if not layers or layer.id in layers or scheme.relations]
        gamma_seed = seed if gamma else None
        reader, self._ties = WordReader(), TieReader(scheme)
        self._counts = [
            LayerCounts(layer, scheme, gamma_seed=gamma_seed, against=against, reader=reader, ties=self._ties)
            for layer in counted
        ]

    def add(self, readings: Readings) -> None:
        """Count a document that at least one annotator has finished."""
        if self._level is not None:
            readings = rolled_up(readings, self._scheme, self._level)
        for count in self._counts:
            count.add(readings)
        self._ties.settle()  # all layers count a block at once

    def layers(self) -> Iterator[LayerAgreement]:
        """Yield the agreement in each layer. Unused ones are left out, unless they were requested or all are unused."""
        for count in self._counts:
            count.finish()
        self._ties.settle()
        chosen = [count for count in self._counts if not self._chosen or count.layer.id in self._chosen]
        used = [count for count in chosen if self._chosen or len(count.marks.labels)] or chosen
        resampling: Resampling | None = None
        for count in used:
            if resampling is None:
                resampling = Resampling(count.keys, seed=self._seed, resamples=self._resamples)
            report = _Report(count, resampling, gamma=self._gamma, against=self._against)
            yield LayerAgreement(
                layer=count.layer.id,
                annotators=report.names,
                documents=count.documents,
                frozen=count.frozen,
                scheme=self._scheme.tag,
                seed=self._seed,
                resamples=self._resamples,
                against=self._against,
                notes=report.notes(),
                measures=list(report.measures(resampling)),
                level=self._level,
            )


class _Found(NamedTuple):
    """A value, None if undefined, with its interval."""

    value: float | None
    interval: tuple[float, float] | None
    judged: int | None = None


_NOTHING = _Found(None, None)


class _Kind(NamedTuple):
    """A measure: its family, what it counts, and of whom there is a row."""

    family: Family
    scope: Scope
    pairs: Sequence[Pair]


class _Mean:
    """The mean of the pairs for which a measure is defined: of all documents and of each resample."""

    def __init__(self, drawn: Drawn) -> None:
        import numpy

        self._of = drawn
        self._sums, self._counts = numpy.zeros(drawn.values.shape), numpy.zeros(drawn.values.shape)

    def add(self, drawn: Drawn) -> None:
        """Add a pair."""
        import numpy

        known = ~numpy.isnan(drawn.values)
        self._sums += numpy.where(known, drawn.values, 0.0)
        self._counts += known

    def drawn(self) -> Drawn:
        """Return the mean."""
        return self._of._replace(values=ratio(self._sums, self._counts))


class _Report:
    """Computes measures from the counts of a layer."""

    def __init__(self, counts: LayerCounts, resampling: Resampling, *, gamma: bool, against: str | None) -> None:
        self._counts = counts
        self._against = against
        self.names = sorted(counts.marks.annotators.values, key=lambda name: (name == against, name))
        self._number = {name: number for number, name in enumerate(counts.marks.annotators.values)}
        self._pairs: list[tuple[str, str]] = [
            pair for pair in combinations(self.names, 2) if against is None or pair[1] == against
        ]
        used = set(counts.marks.labels.values)
        self._labels = [label.id for label in counts.layer.labels if label.id in used]
        self._labels += sorted(used - set(self._labels))
        self._families = self._chosen_families(gamma=gamma)
        self._found: dict[tuple[str, str | None, Pair], _Found] = {}
        self._documents = self._documents_of_pairs()
        labels = len(counts.marks.labels)
        self._given = self._by_pairs(counts.given, labels)
        types = len(counts.types)
        self._ties = self._by_pairs(counts.ties.given, types)
        self._mentions = self._by_pairs(counts.ties.mentions, types)
        self._units = self._by_pairs(counts.units.sections, labels)
        self._measure(resampling)

    def _chosen_families(self, *, gamma: bool) -> list[Family]:
        counts, labels = self._counts, self._labels
        of_fields: list[Family] = [
            FieldFamily(field, labels) if field.level in (Level.NOMINAL, Level.ORDINAL) else MetricFamily(field)
            for field in counts.fields
        ]
        of_fields += [EvidenceFamily(counts)] if counts.layer.has_evidence else []
        if counts.layer.is_about_document:
            return of_fields
        return [
            SpanFamily(counts, labels, one_sided=self._against is not None),
            CharacterFamily(counts, labels),
            WordFamily(counts, labels),
            UnitFamily(counts, labels),
            EdgeFamily(counts, labels),
            *of_fields,
            TieFamily(counts),
            *([GammaFamily(counts)] if gamma else []),
        ]

    # -- measuring -----------------------------------------------------------------------------------------------------

    def _documents_of_pairs(self) -> "dict[Pair, ndarray]":
        """Return the documents (numbers) that all, or both of a pair, are compared in."""
        import numpy

        document, who = self._counts.readers.columns("document", "who")
        order = numpy.argsort(who, kind="stable")
        ends = numpy.searchsorted(who[order], numpy.arange(len(self.names) + 1))
        of = {name: document[order[ends[n] : ends[n + 1]]] for name, n in self._number.items()}
        found: dict[Pair, ndarray] = {None: numpy.arange(len(self._counts.keys))}
        for one, other in self._pairs:
            found[one, other] = numpy.intersect1d(of[one], of[other], assume_unique=True)
        return found

    def _by_pairs(self, table: ColumnTable, labels: int) -> "dict[Pair, ndarray]":
        """Return what a table counts in those documents, by annotator and label (numbers, of so many)."""
        import numpy

        labels, people = max(1, labels), max(1, len(self.names))
        document, who, label, count = table.columns("document", "who", "label", "count")
        code = who.astype(numpy.int64) * labels + label
        found: dict[Pair, ndarray] = {}
        for pair, documents in self._documents.items():
            is_in = numpy.zeros(len(self._counts.keys), dtype=bool)
            is_in[documents] = True
            weights = count * is_in[document]
            found[pair] = numpy.bincount(code, weights=weights, minlength=people * labels).reshape(people, labels)
        return found

    def _measure(self, resampling: Resampling) -> None:
        means: dict[tuple[str, bool], _Mean] = {}
        for pair in self._pairs:
            if not len(self._documents[pair]):
                continue
            sample = resampling.sample(self._documents[pair])
            left, right = (self._number[name] for name in pair)
            for drawn in measured(sample, (family.of_pair(sample, left, right) for family in self._families)):
                self._take(pair, drawn)
                means.setdefault(_key(drawn), _Mean(drawn)).add(drawn)
        for mean in means.values():
            self._take(None, mean.drawn())
        sample = resampling.sample(self._documents[None])
        if len(sample) and self._against is None:
            for drawn in measured(sample, (family.of_all(sample) for family in self._families)):
                self._take(None, drawn)

    def _take(self, pair: Pair, drawn: Drawn) -> None:
        """Keep the values and intervals of a measure; of a single document there is no interval."""
        bounds = intervals(drawn.values) if len(self._documents[pair]) > 1 else [None] * len(drawn.labels)
        counts = drawn.judged or [None] * len(drawn.labels)
        for label, value, interval, count in zip(drawn.labels, drawn.values[0].tolist(), bounds, counts, strict=True):
            self._found[drawn.measure, label, pair] = _Found(None if value != value else value, interval, count)

    # -- rows ----------------------------------------------------------------------------------------------------------

    def notes(self) -> list[str]:
        """Return notes that apply to the whole layer."""
        counts = self._counts
        notes: list[str] = []
        if len(self.names) < 2:
            who = f"only {self.names[0]} has" if self.names else "no one has"
            notes.append(f"{who} finished a document; agreement needs two annotators")
        elif not counts.keys:
            notes.append("no document has been finished by two annotators")
        if counts.frozen:
            notes.append(frozen_note(counts.frozen))
        if counts.repeated:
            notes.append(f"documents with the same text as another: {counts.repeated}; each of them counts")
        if counts.marks.collapsed:
            notes.append(f"marks made twice by the same annotator, counted once: {counts.marks.collapsed}")
        if counts.marks.split:
            notes.append(
                f"marks in several fragments: {counts.marks.split}; exact matching uses where they start and end"
            )
        if counts.coverage.is_stacked:
            notes.append("labels overlap: over all labels, a character's value is the set of its labels")
        return notes

    def measures(self, resampling: Resampling) -> Iterator[Measure]:
        """Yield all measures: first over all labels, then by label."""
        nothing = resampling.sample(self._documents[None][:0])
        kinds: dict[tuple[str, str | None], _Kind] = {}
        for family in self._families:
            of_pair = {drawn.measure for drawn in measured(nothing, [family.of_pair(nothing, 0, 0)])}
            of_all = family.of_all(nothing) if self._against is None else None
            for drawn in measured(nothing, [family.of_pair(nothing, 0, 0), of_all]):
                pairs = self._pairs if drawn.measure in of_pair else []
                is_of_pairs = drawn.measure.endswith(_ONE_SIDED) and self._against is None
                rows = pairs if is_of_pairs else [None, *pairs]
                kinds.update({(drawn.measure, label): _Kind(family, drawn.scope, rows) for label in drawn.labels})
        places = {label: at for at, label in enumerate(dict.fromkeys([*self._labels, *self._counts.types.values]))}
        for measure, label in sorted(kinds, key=lambda kind: places[kind[1]] if kind[1] else -1):
            kind = kinds[measure, label]
            for pair in kind.pairs:
                yield self._row(measure, label, pair, kind)

    def _row(self, measure: str, label: str | None, pair: Pair, kind: _Kind) -> Measure:
        found, note = self._found.get((measure, label, pair), _NOTHING), _CAUTIONS.get(measure, "")
        n: list[int] | int = self._connected(measure, label, pair) if kind.scope is Scope.RELATIONS else []
        n = n or self._n(label, pair)
        if kind.scope is Scope.MATCHED:
            used, total = self._judged(measure, pair, kind.family)
            n = used if found.judged is None else found.judged
        elif kind.scope is Scope.CHARACTERS:
            used, total = int(self._counts.lengths[self._documents[pair]].sum()), self._counts.characters
        elif kind.scope is Scope.WORDS:
            used, total = int(self._counts.words[self._documents[pair]].sum()), self._counts.all_words
        else:
            used, total = len(self._documents[pair]), self._counts.documents
        if measure == "alpha_u":
            found, note = self._corrected_units(found, label, pair)
        elif measure == "gamma":
            used, note = len(self._counts.gamma.column("document")), self._left_out()
        notes = [note] if note else []
        if found.value is None:
            notes.insert(0, f"n/a ({self._why(measure, label, pair, n, kind.scope)})")
        elif (sum(n) - max(n, default=0) if isinstance(n, list) else n) < FEW:
            # Of two annotators, the one with fewer marks counts; of all, everyone but the one with most.
            notes.append("n too small")
        return Measure(measure, pair, label, found.value, n, used, total, found.interval, "; ".join(notes))

    def _judged(self, measure: str, pair: Pair, family: Family) -> tuple[int, int]:
        if pair is not None or self._against is None:
            return family.judged(measure, *(self._number[name] for name in pair or ()))
        of_pairs = [self._judged(measure, each, family) for each in self._pairs]
        return sum(used for used, _ in of_pairs), sum(total for _, total in of_pairs)

    def _n(self, label: str | None, pair: Pair) -> list[int]:
        given = self._given[pair]
        columns = [self._counts.marks.labels.number(label)] if label else slice(None)
        return [int(given[self._number[name], columns].sum()) for name in pair or self.names]

    def _connected(self, measure: str, label: str | None, pair: Pair) -> list[int]:
        """Return each annotator's number of relations, of a type if there is a label; or of marks in chains."""
        given = (self._mentions if measure.startswith(CHAINS) else self._ties)[pair]
        columns = [self._counts.types.number(label)] if label else slice(None)
        return [int(given[self._number[name], columns].sum()) for name in pair or self.names]

    def _corrected_units(self, found: _Found, label: str | None, pair: Pair) -> tuple[_Found, str]:
        """Return 0, chance level, where there is nothing to compare with."""
        people = [self._number[name] for name in pair or self.names]
        units = self._units[pair][people]
        of_label = units if label is None else units[:, self._counts.marks.labels.number(label)]
        if not of_label.sum() and any(self._n(label, pair)):
            return _Found(0.0, None), "only places without length"
        return (_Found(0.0, None), "one mark in all") if units.sum() == 1 else (found, "")

    def _left_out(self) -> str:
        reasons = [f"{why}: {count}" for why, count in sorted(self._counts.gamma_missing.items())]
        return f"documents left out: {', '.join(reasons)}" if reasons else ""

    def _why(self, measure: str, label: str | None, pair: Pair, n: list[int] | int, scope: Scope) -> str:
        """Return why there is no value."""
        if len(self.names) < 2:
            return "fewer than two annotators finished anything"
        if not len(self._documents[pair]):
            return "no document finished by both" if pair else "no document finished by two"
        if isinstance(n, int):
            return "no variation" if n else "no matched marks judged by both"
        if scope is Scope.RELATIONS:
            return "neither connected marks of this layer" if pair else "no one connected marks of this layer"
        if any(n) and measure == "boundary_similarity":
            return "no mark begins or ends within a text"
        if any(n):
            has_words = scope is not Scope.WORDS or self._counts.words[self._documents[pair]].any()
            return "no variation" if has_words else "no words"
        if label:
            return "neither used it" if pair else "no one used it"
        return "neither marked anything" if pair else "no one marked anything"


def measured(sample: Sample, plans: Iterable[Plan | None]) -> Iterator[Drawn]:
    """Yield the measures of plans. As many as fit are added up together."""
    waiting: list[Plan] = []
    cells = 0
    for plan in plans:
        if plan is None:
            continue
        waiting.append(plan)
        cells += sum(table.size for table in plan.tables)
        if cells > _MOST_CELLS:
            yield from _added_up(sample, waiting)
            waiting, cells = [], 0
    yield from _added_up(sample, waiting)


def _added_up(sample: Sample, plans: Sequence[Plan]) -> Iterator[Drawn]:
    sums = iter(sample.sums([table for plan in plans for table in plan.tables]) if plans else ())
    for plan in plans:
        yield from plan.measure([next(sums) for _ in plan.tables])


def _key(drawn: Drawn) -> tuple[str, bool]:
    return (drawn.measure, len(drawn.labels) == 1 and drawn.labels[0] is None)
