"""Pairwise agreement of annotators as a matrix, from the measures of `review.agreement`."""

from collections.abc import Mapping, Sequence
from itertools import combinations

from app.core import field_values
from app.core.decision import GOLD
from app.core.field_values import Level
from app.core.scheme import Scheme
from app.core.wording import counted
from app.review.agreement.report import LayerAgreement, Measure
from app.review.figures.confusion import why_no_pairs
from app.review.figures.figure import (
    Axes,
    Column,
    Figure,
    FigureKind,
    FigureRow,
    Gathered,
    Names,
    Place,
    Shape,
)
from app.review.readings import Readings

MEASURES = (
    ("mpp_label_f1", "F1, partial credit, same label"),
    ("overlap_label_f1", "F1, any overlap, same label"),
    ("exact_label_f1", "F1, exact range, same label"),
    ("mpp_label_precision", "Precision, partial credit, same label"),
    ("mpp_label_recall", "Recall, partial credit, same label"),
    ("mpp_f1", "F1, partial credit, any label"),
    ("overlap_f1", "F1, any overlap, any label"),
    ("exact_f1", "F1, exact range, any label"),
    ("char_alpha", "Alpha of characters"),
    ("alpha_u", "Alpha of units"),
    ("nominal_alpha_label", "Alpha of labels, matched marks"),
    ("kappa_label", "Kappa of labels, matched marks"),
    ("gwet_ac1_label", "AC1 of labels, matched marks"),
)


_OF_RELATIONS = (
    ("relation_label_f1", "F1 of relations, same type"),
    ("relation_f1", "F1 of relations, any type"),
)
_CHAINS = "chain_b3_f1"
_OF_TYPE = ":"  # between a measure and the type of relation that it is of
_ALPHAS = {Level.NOMINAL: "nominal", Level.ORDINAL: "ordinal", Level.INTERVAL: "interval", Level.SET: "masi"}
_SEVERITY_ALPHA = "ordinal_alpha_severity"
_OF_DOCUMENTS = "nominal_alpha_label"


def measures_of(scheme: Scheme) -> tuple[tuple[str, str], ...]:
    """Return the measures that agreement can be shown by, with their titles: those of any scheme, then those of its
    relations, chains (`chain_b3_f1:TYPE`) and fields, each by its kind.
    """
    found = dict(MEASURES)
    if any(not kind.chain for kind in scheme.relations):
        found.update(_OF_RELATIONS)
    for kind in scheme.relations:
        if kind.chain:
            found[f"{_CHAINS}{_OF_TYPE}{kind.id}"] = f"F1 of chains “{kind.title}”, B-cubed"
    for layer in scheme.layers:
        if layer.has_severity:
            found[_SEVERITY_ALPHA] = "Alpha of severity, ordinal"
        for item in layer.attributes:
            level = field_values.level(item)
            if level is not None:
                name = _ALPHAS[level]
                kind_of = "MASI" if level is Level.SET else name
                found.setdefault(f"{name}_alpha_{item.id}", f"Alpha of “{item.title}”, {kind_of}")
    return tuple(found.items())


class AgreementCount:
    """Counts the documents that each pair of annotators finished; the measures are computed elsewhere."""

    def __init__(self) -> None:
        self._shared: dict[tuple[str, str], Gathered] = {}
        self._single: dict[str, int] = {}
        self.layers: dict[tuple[str, int | None], LayerAgreement] = {}  # by layer and level of its tree

    def add(self, readings: Readings) -> None:
        """Count a document."""
        for name in readings.by:
            self._single[name] = self._single.get(name, 0) + 1
        for pair in combinations(sorted(readings.by, key=_gold_last), 2):
            self._shared.setdefault(pair, Gathered()).add(Place(readings.document))

    def take(self, layers: Sequence[LayerAgreement]) -> None:
        """Add measures, of layers as they are or added up to a level of their trees."""
        self.layers.update(((layer.layer, layer.level), layer) for layer in layers)

    def figure(
        self, layer: str, measure: str, names: Names, titles: Mapping[str, str], level: int | None = None
    ) -> Figure:
        """Return the figure: a symmetric matrix with an empty diagonal. `titles` are those of `measures_of`; with a
        level, labels of a tree are compared as the ones above them at that level.
        """
        found = self.layers.get((layer, level)) or self.layers.get((layer, None))
        title = titles.get(measure, measure)
        measure, _, label = measure.partition(_OF_TYPE)
        known = {item.measure for item in (found.measures if found else ())}
        lacks = ""
        if known and measure not in known:
            if measure in dict(MEASURES):  # a layer about the document has no measures of places
                measure, title = _OF_DOCUMENTS, titles[_OF_DOCUMENTS]
            else:
                lacks = f"No marks in this layer have what “{title}” is of."
        by_pair = {
            (item.measure, item.pair): item for item in (found.measures if found else ()) if (item.label or "") == label
        }
        people = names.ordered(found.annotators) if found else []
        rows: list[FigureRow] = []
        for one in people:
            for other in people:
                # The other way round, precision and recall change places.
                item = by_pair.get((measure, (one, other))) or by_pair.get((_turned(measure), (other, one)))
                if item is not None:
                    rows.append(names.places(self._row(one, other, item, names)))
        every = by_pair.get((measure, None))
        if found is not None and found.level is not None:
            title += (
                f", labels at level {found.level} of their tree"
                if found.level > 1
                else ", labels at the top of their tree"
            )
        shared = len(self._shared)
        return Figure(
            "agreement",
            "Agreement",
            _lead(title, every, found),
            Shape.MATRIX,
            Axes("annotator", "other", "value", "value"),
            (
                *(
                    Column("annotator", "Annotator"),
                    Column("other", "With"),
                    Column("value", "Value", FigureKind.SHARE),
                ),
                *(Column("low", "95 % from", FigureKind.SHARE), Column("high", "to", FigureKind.SHARE)),
                *(Column("marks", "Marks", FigureKind.COUNT), Column("other_marks", "Other’s marks", FigureKind.COUNT)),
                *(
                    Column("used", _used(measure), FigureKind.COUNT),
                    Column("total", "Of", FigureKind.COUNT),
                    Column("note", "Note"),
                ),
            ),
            tuple(rows) if shared and not lacks else (),
            notes=tuple(found.notes) if found and shared else (),
            missing=lacks if shared else why_no_pairs(self._single),
        )

    def _row(self, one: str, other: str, item: Measure, names: Names) -> FigureRow:
        pair = item.pair or (one, other)
        n = item.n if isinstance(item.n, list) else [item.n, item.n]
        low, high = item.interval or (None, None)
        mine, theirs = (n[0], n[1]) if pair[0] == one else (n[1], n[0])
        cells = (names.of(one), names.of(other), item.value, low, high, mine, theirs, item.used, item.total, item.note)
        return self._shared.get(pair, Gathered()).row(*cells)


def _gold_last(name: str) -> tuple[bool, str]:
    return (name == GOLD, name)


def _turned(measure: str) -> str:
    for part, other in (("_precision", "_recall"), ("_recall", "_precision")):
        if measure.endswith(part):
            return measure.removesuffix(part) + other
    return measure


def _used(measure: str) -> str:
    return "Characters compared" if measure.startswith("char") else "Documents compared"


def _lead(title: str, every: Measure | None, found: LayerAgreement | None) -> str:
    if every is None or found is None:
        return f"How much annotators agree. {title}."
    compared = sum(every.n) if isinstance(every.n, list) else every.n
    value = "no value" if every.value is None else f"{every.value:.2f}"
    bounds = f" (95 % from {every.interval[0]:.2f} to {every.interval[1]:.2f})" if every.interval else ""
    what = "character" if every.measure.startswith("char") else "finished document"
    return (
        f"How much annotators agree. {title}: {value}{bounds} over all. n = {counted(compared, 'mark')}; two or "
        f"more finished {every.used:,} of {counted(every.total, what)}."
    )
