"""The agreement report: every measure of every layer with its counts and its interval, as plain values."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from app.core.scheme import Scheme
from app.review.agreement.attributes import AgreementField, kappa_vector, table_alpha_vector, table_columns
from app.review.agreement.bootstrap import RESAMPLES, Resampling, interval
from app.review.agreement.characters import alpha_vector
from app.review.agreement.layer_counts import ANY, LayerCounts, Pair, Series
from app.review.agreement.spans import Mode
from app.review.agreement.vectors import (
    area_f1_vector,
    difference_vector,
    f1_vector,
    inside_columns,
    iou_vector,
    mean_of,
    precision_vector,
    recall_vector,
)
from app.review.readings import Readings, frozen_note

if TYPE_CHECKING:
    from numpy import ndarray

FEW = 10
"""With fewer annotations, or judgements, a value is hardly meaningful."""

NEITHER = "neither marked anything"

_Vector = Callable[["ndarray"], "ndarray"]
_N = list[int] | int


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
    as they were when review began; `notes` apply to the whole layer.
    """

    layer: str
    annotators: list[str]
    documents: int
    frozen: int
    scheme: str
    seed: int
    resamples: int
    notes: list[str]
    measures: list[Measure]


def agreement(
    readings: Iterable[Readings],
    scheme: Scheme,
    *,
    layers: Sequence[str] = (),
    seed: int = 0,
    resamples: int = RESAMPLES,
    gamma: bool = False,
) -> Iterator[LayerAgreement]:
    """Yield the agreement in these layers, or in all layers with annotations.

    The readings should include every document that anyone finished; only those that two finished are compared. They are
    iterated once. `seed` is used for the resamples and for the expected disorder of gamma. Unknown layers are ignored.
    """
    tally = AgreementTally(scheme, layers=layers, seed=seed, resamples=resamples, gamma=gamma)
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
    ) -> None:
        self._scheme = scheme
        self._is_chosen = bool(layers)
        self._seed = seed
        self._resamples = resamples
        self._gamma = gamma
        wanted = [layer for layer in scheme.layers if not layers or layer.id in layers]
        self._counts = [LayerCounts(layer, scheme, gamma_seed=seed if gamma else None) for layer in wanted]

    def add(self, readings: Readings) -> None:
        """Count a document that at least one annotator has finished."""
        for count in self._counts:
            count.add(readings)

    def layers(self) -> Iterator[LayerAgreement]:
        """Yield the agreement in each layer. Unused ones are left out, unless they were requested or all are unused."""
        used = [count for count in self._counts if self._is_chosen or count.labels] or self._counts
        resampling: Resampling | None = None
        for count in used:
            if resampling is None:
                resampling = Resampling(count.keys, seed=self._seed, resamples=self._resamples)
            report = _Report(count, resampling)
            yield LayerAgreement(
                layer=count.layer.id,
                annotators=sorted(count.annotators),
                documents=count.documents,
                frozen=count.frozen,
                scheme=self._scheme.tag,
                seed=self._seed,
                resamples=self._resamples,
                notes=report.notes(),
                measures=list(report.measures(gamma=self._gamma)),
            )


class _Drawn(NamedTuple):
    """A measure over all documents, nan if undefined, and over each resample, None for a single document."""

    value: float
    draws: "ndarray | None"


class _Report:
    """Computes measures from the counts of a layer."""

    def __init__(self, counts: LayerCounts, resampling: Resampling) -> None:
        self._counts = counts
        self._resampling = resampling
        self._names = sorted(counts.annotators)
        self._pairs: list[tuple[str, str]] = list(combinations(self._names, 2))
        self._labels: list[str] = [label.id for label in counts.layer.labels if label.id in counts.labels]
        self._labels += sorted(counts.labels - set(self._labels))

    def notes(self) -> list[str]:
        """Return notes that apply to the whole layer."""
        counts = self._counts
        notes: list[str] = []
        if len(self._names) < 2:
            who = f"only {self._names[0]} has" if self._names else "no one has"
            notes.append(f"{who} finished a document; agreement needs two annotators")
        elif not counts.shared[None]:
            notes.append("no document has been finished by two annotators")
        if counts.frozen:
            notes.append(frozen_note(counts.frozen))
        same = counts.repeated()
        if same:
            notes.append(f"documents with the same text as another: {same}; each of them counts")
        repeated = sum(counts.collapsed.values())
        if repeated:
            notes.append(f"marks made twice by the same annotator, counted once: {repeated}")
        split = sum(counts.split.values())
        if split:
            notes.append(f"marks in several fragments: {split}; exact matching uses where they start and end")
        if counts.stacked:
            notes.append("labels overlap: over all labels, a character's value is the set of its labels")
        return notes

    def measures(self, *, gamma: bool) -> Iterator[Measure]:
        """Yield all measures: first over all labels, then by label."""
        for label in (ANY, *self._labels):
            yield from self._spans(label)
            yield from self._characters(label)
            yield from self._unitizing(label)
        for field in self._counts.fields:
            yield from self._field(field)
        if self._counts.layer.has_evidence:
            yield from self._evidence()
        if gamma:
            yield self._gamma()

    # -- resampling ----------------------------------------------------------------------------------------------------

    def _drawn(self, series: Series | None, measure: _Vector) -> _Drawn:
        if series is None or not series.rows:
            return _Drawn(float("nan"), None)
        return self._drawn_from(series.documents, series.matrix(), measure)

    def _drawn_from(self, documents: Sequence[int], table: "ndarray", measure: _Vector) -> _Drawn:
        flat = table.reshape(len(table), -1)
        value = float(measure(table.sum(axis=0)[None])[0])
        if self._resampling.documents < 2:
            return _Drawn(value, None)
        sums = self._resampling.sums(documents, flat).reshape(-1, *table.shape[1:])
        return _Drawn(value, measure(sums))

    def _mean(self, drawn: Sequence[_Drawn]) -> _Drawn:
        """Return the mean over the pairs for which the measure is defined."""
        draws = [item.draws for item in drawn if item.draws is not None]
        return _Drawn(float(mean_of([item.value for item in drawn])), mean_of(draws) if draws else None)

    def _row(
        self,
        measure: str,
        pair: Pair,
        label: str | None,
        drawn: _Drawn,
        *,
        n: _N,
        scope: tuple[int, int],
        why: str = "no variation",
        note: str = "",
    ) -> Measure:
        notes = [note] if note else []
        value = None if drawn.value != drawn.value else drawn.value
        if value is None:
            notes.insert(0, f"n/a ({why if self._counts.shared[pair] else self._why_nothing(pair)})")
        elif (sum(n) - max(n, default=0) if isinstance(n, list) else n) < FEW:
            # Of two annotators, the one with fewer marks counts; of all, everyone but the one with most.
            notes.append("n too small")
        bounds = interval(drawn.draws, holding=value) if drawn.draws is not None and value is not None else None
        if self._counts.shared[pair] < 2:
            bounds = None  # one document has no variance
        return Measure(measure, pair, label, value, n, *scope, bounds, "; ".join(notes))

    def _why_nothing(self, pair: Pair) -> str:
        if len(self._names) < 2:
            return "fewer than two annotators finished anything"
        return "no document finished by both" if pair else "no document finished by two"

    def _why_no_marks(self, pair: Pair, n: Sequence[int]) -> str:
        if any(n):
            return "no variation"
        return NEITHER if pair else "no one marked anything"

    def _n(self, pair: Pair, label: str | None) -> list[int]:
        return [self._counts.annotations[pair, label, name] for name in pair or self._names]

    def _documents(self, pair: Pair) -> tuple[int, int]:
        return self._counts.shared[pair], self._counts.documents

    def _positions(self, pair: Pair) -> tuple[int, int]:
        return self._counts.shared_characters[pair], self._counts.characters

    # -- measures ------------------------------------------------------------------------------------------------------

    def _spans(self, label: str | None) -> Iterator[Measure]:
        for mode in Mode:
            for labelled in (False, True) if label is ANY else (True,):
                name = f"{mode.value}_label" if labelled else mode.value
                yield from self._span_mode(name, mode, labelled, label)

    def _span_mode(self, name: str, mode: Mode, labelled: bool, label: str | None) -> Iterator[Measure]:
        drawn: list[_Drawn] = []
        rows: list[Measure] = []
        for pair in self._pairs:
            series = self._counts.spans.get((pair, label, mode, labelled))
            n, scope = self._n(pair, label), self._documents(pair)
            f1 = self._drawn(series, f1_vector)
            drawn.append(f1)
            options = {"n": n, "scope": scope, "why": NEITHER if label is ANY else "neither used it"}
            if label is ANY:
                for part, vector in (("precision", precision_vector), ("recall", recall_vector)):
                    rows.append(self._row(f"{name}_{part}", pair, label, self._drawn(series, vector), **options))
            rows.append(self._row(f"{name}_f1", pair, label, f1, **options))
        why = "no one marked anything" if label is ANY else "no one used it"
        yield self._row(
            f"{name}_f1", None, label, self._mean(drawn), n=self._n(None, label), scope=self._documents(None), why=why
        )
        yield from rows

    def _characters(self, label: str | None) -> Iterator[Measure]:
        yield from self._alphas("char_alpha", label, self._value_alpha if label is ANY else self._label_alpha)
        if label is not ANY:
            return
        yield from self._alphas("char_alpha_any", label, self._label_alpha)
        for name, vector in (("char_f1", area_f1_vector), ("char_iou", iou_vector)):
            drawn = {pair: self._drawn(self._counts.areas.get(pair), vector) for pair in self._pairs}
            for pair in (None, *self._pairs):
                found = drawn[pair] if pair else self._mean(list(drawn.values()))
                why = NEITHER if pair else "no one marked anything"
                yield self._row(name, pair, label, found, n=self._n(pair, ANY), scope=self._positions(pair), why=why)

    def _alphas(self, name: str, label: str | None, found: Callable[[Pair, str | None], _Drawn]) -> Iterator[Measure]:
        for pair in (None, *self._pairs):
            drawn = found(pair, label)
            n = self._n(pair, label)
            yield self._row(name, pair, label, drawn, n=n, scope=self._positions(pair), why=self._why_no_marks(pair, n))

    def _value_alpha(self, pair: Pair, _label: str | None) -> _Drawn:
        return self._drawn(self._counts.values.get(pair), alpha_vector)

    def _label_alpha(self, pair: Pair, label: str | None) -> _Drawn:
        import numpy

        texts = self._counts.texts.get(pair)
        if texts is None:
            return _Drawn(float("nan"), None)
        # length, annotators, inside, shared: texts where no one used the label count as well
        table = numpy.zeros((len(texts.rows), 4))
        table[:, :2] = texts.matrix()
        place = {document: at for at, document in enumerate(texts.documents)}
        inside = self._counts.inside.get((pair, label))
        if inside is not None:
            table[[place[document] for document in inside.documents], 2:] = inside.matrix()
        return self._drawn_from(texts.documents, inside_columns(table), alpha_vector)

    def _unitizing(self, label: str | None) -> Iterator[Measure]:
        counts = self._counts
        for pair in (None, *self._pairs):
            drawn = self._drawn(counts.units.get((pair, label)), difference_vector)
            note = ""
            n = self._n(pair, label)
            if not counts.sections[pair, label] and any(n):
                drawn, note = _Drawn(0.0, None), "only places without length"
            elif counts.sections[pair, ANY] == 1:
                drawn, note = _Drawn(0.0, None), "one mark in all"
            why = self._why_no_marks(pair, n)
            yield self._row("alpha_u", pair, label, drawn, n=n, scope=self._documents(pair), why=why, note=note)

    def _field(self, field: AgreementField) -> Iterator[Measure]:
        counts = self._counts
        ordered = field.order is not None
        alpha = partial(table_alpha_vector, ordered=ordered)
        name = f"{'ordinal' if ordered else 'nominal'}_alpha_{field.id}"
        both = {pair: counts.tables.get((pair, field.id), []) for pair in self._pairs}
        every = [item for pair in self._pairs for item in both[pair]]
        for measure, vector in ((name, alpha), (f"kappa_{field.id}", kappa_vector)):
            drawn: list[_Drawn] = []
            rows: list[Measure] = []
            for pair in self._pairs:
                drawn.append(self._drawn_tables(both[pair], field, vector))
                rows.append(self._field_row(measure, field, [pair], pair, drawn[-1]))
            total = self._drawn_tables(every, field, vector) if vector is alpha else self._mean(drawn)
            yield self._field_row(measure, field, self._pairs, None, total)
            yield from rows

    def _drawn_tables(self, tables: Sequence[tuple[int, "object"]], field: AgreementField, vector: _Vector) -> _Drawn:
        if not tables:
            return _Drawn(float("nan"), None)
        columns = table_columns([table for _, table in tables], field)  # type: ignore[misc]
        return self._drawn_from([document for document, _ in tables], columns, vector)

    def _field_row(
        self, measure: str, field: AgreementField, pairs: Iterable[tuple[str, str]], pair: Pair, drawn: _Drawn
    ) -> Measure:
        counts = self._counts
        pairs = list(pairs)
        used = sum(sum(table.values()) for each in pairs for _, table in counts.tables.get((each, field.id), []))
        total = sum(counts.possible[each, field.id] for each in pairs)
        why = "no variation" if used else "no matched marks judged by both"
        return self._row(measure, pair, ANY, drawn, n=used, scope=(used, total), why=why)

    def _evidence(self) -> Iterator[Measure]:
        counts = self._counts
        drawn = {pair: self._drawn(counts.evidence.get(pair), area_f1_vector) for pair in self._pairs}
        for pair in (None, *self._pairs):
            pairs = [pair] if pair else self._pairs
            used = sum(counts.proved[each, True] for each in pairs)
            total = used + sum(counts.proved[each, False] for each in pairs)
            found = drawn[pair] if pair else self._mean(list(drawn.values()))
            why = "no matched marks with evidence"
            yield self._row("evidence_f1", pair, ANY, found, n=used, scope=(used, total), why=why)

    def _gamma(self) -> Measure:
        counts = self._counts
        drawn = self._drawn(counts.gamma, difference_vector)
        reasons = [f"{why}: {count}" for why, count in sorted(counts.gamma_missing.items())]
        note = f"documents left out: {', '.join(reasons)}" if reasons else ""
        scope = (len(counts.gamma.rows), counts.documents)
        return self._row(
            "gamma", None, ANY, drawn, n=self._n(None, ANY), scope=scope, why="no one marked anything", note=note
        )
