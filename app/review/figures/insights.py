"""All figures of a project: counted in one pass over its documents, then built on request."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from app.core.annotation import Status
from app.core.decision import GOLD
from app.core.record import DocumentRecord
from app.core.scheme import Scheme
from app.review.agreement.report import LayerAgreement
from app.review.figures.agreement_matrix import AgreementCount, measures_of
from app.review.figures.confusion import EVERY_PAIR, ConfusionCount
from app.review.figures.fields import FieldCount
from app.review.figures.figure import Figure, Names, Place
from app.review.figures.labels import LabelCount
from app.review.figures.learning_curves import LearnedModel, learning_figure
from app.review.figures.meta_scores import BY_META
from app.review.figures.overturn import BY_ANNOTATOR, BY_LABEL, OverturnCount
from app.review.figures.progress import DayCount, ProgressCount, TimeCount
from app.review.figures.relations import RelationCount
from app.review.figures.scores import BY_DOCUMENT, ScoreCount
from app.review.figures.suggestions import SuggestionCount
from app.review.readings import Readings
from app.review.suggestion_report import SuggestionTally


class About(NamedTuple):
    """A figure in the list of all figures."""

    id: str
    title: str
    description: str


FIGURES = (
    About("agreement", "Agreement", "how much each pair of annotators agrees"),
    About("confusion", "Label confusion", "which labels are mistaken for which"),
    About("progress", "Progress by annotator", "how far each annotator is"),
    About("days", "Progress by day", "when documents were finished"),
    About("time", "Time per document", "how long each took"),
    About("labels", "Labels", "how often each label was used"),
    About("fields", "Fields", "how the values of a field are distributed"),
    About("relations", "Relations", "how many of each type"),
    About("severity", "Severity", "how severe the marks are"),
    About("score", "Error score", "points per 1,000 words, by document or metadata"),
    About("suggestions", "Suggestions", "what became of suggestions, by suggester and label"),
    About("influence", "Influence of suggestions", "documents with and without suggestions compared"),
    About("learning", "Learning curves", "how well models do that learned from the project"),
    About("overturn", "Overturned in review", "how often review changed each annotator’s marks"),
)


class SetsMeasured(StrEnum):
    """Which sets agreement is measured on: in documents whose review has begun, as they were then or are now; or those
    as they were then against gold.
    """

    FROZEN = "frozen"
    NOW = "now"
    GOLD = "gold"


_SETS = {
    SetsMeasured.FROZEN: "as they were when review began",
    SetsMeasured.NOW: "as they are now",
    SetsMeasured.GOLD: "against gold",
}


class FigureChoice(NamedTuple):
    """An option of a figure: `values` are pairs of value and title, the first one is the default.

    `more` are values that are understood, but too many to be offered.
    """

    key: str
    title: str
    values: tuple[tuple[str, str], ...]
    more: tuple[str, ...] = ()

    def known(self) -> list[str]:
        """Return the values that are understood."""
        return [*(value for value, _ in self.values), *self.more]


AS_GIVEN = "given"
"""In place of a level of a tree: labels as they were given."""

OF_SCOPE = ("agreement", "confusion")
"""The figures that conditions on documents and work apply to."""

MOST_KEYS = 20
"""The maximum number of keys of metadata that are offered."""


class Insights:
    """The counts of a project.

    `assigned` are documents by annotator, `days` the days on which documents were finished; see `ProgressCount` and
    `DayCount`. `suggestions` knows who is to see none where, `learned` are models that learned from the project.
    """

    def __init__(
        self,
        scheme: Scheme,
        *,
        assigned: Mapping[str, Sequence[str]],
        days: Mapping[tuple[str, str], str],
        suggestions: SuggestionCount | None = None,
        learned: Sequence[LearnedModel] = (),
    ) -> None:
        self._scheme = scheme
        self._agreement = {sets: AgreementCount() for sets in SetsMeasured}
        self._confusion = {sets: ConfusionCount(scheme) for sets in SetsMeasured}
        self._measured: set[SetsMeasured] = set()
        self.progress = ProgressCount(assigned)
        self.days = DayCount(days)
        self.time = TimeCount()
        self.labels = LabelCount(scheme)
        self.fields = FieldCount(scheme)
        self.relations = RelationCount(scheme)
        self.scores = ScoreCount(scheme)
        self.overturn = OverturnCount(scheme)
        self.suggestions = suggestions or SuggestionCount(SuggestionTally(_never))
        self._learned = learned
        self._names: set[str] = set(assigned)
        self._used: set[str] = set()
        self._in_progress: dict[str, set[str]] = {}
        self.documents: dict[str, str] = {}
        self.scope_notes: tuple[str, ...] = ()  # what the figures in OF_SCOPE are of, if not of everything

    def add(self, record: DocumentRecord, readings: Mapping[SetsMeasured, Readings]) -> None:
        """Count a document; `readings` are its sets as agreement is measured on them.

        They are as they are now too if any document of the project is under review, and with gold where all of one is
        decided.
        """
        self.documents[record.document.uid] = record.document.title
        self._names.update(item.annotator for item in record.sets)
        self._names.update(name for decision in record.decisions for name in decision.votes)
        self._used.update(annotation.layer for item in record.sets for annotation in item.annotations)
        self._measured.update(readings)
        for sets, each in readings.items():
            self._agreement[sets].add(each)
            if sets is not SetsMeasured.GOLD:
                self._confusion[sets].add(each, record.gold)
        parts = (self.progress, self.days, self.time, self.labels, self.fields, self.relations, self.scores)
        for part in (*parts, self.overturn, self.suggestions):
            part.add(record)
        for item in record.sets:
            if item.kind != GOLD and item.status is Status.OPEN and item.annotations:
                self._in_progress.setdefault(item.annotator, set()).add(record.document.uid)

    def take_agreement(self, sets: SetsMeasured, layers: Sequence[LayerAgreement]) -> None:
        """Add measures of agreement on these sets: of layers as they are, or at a level of their trees."""
        self._agreement[sets].take(layers)

    def choices(self, figure: str, *, hide_names: bool = False) -> tuple[FigureChoice, ...]:
        """Return the options of a figure (id)."""
        names = Names(self._names, hidden=hide_names)
        found: list[FigureChoice] = []
        if figure in ("agreement", "confusion", "labels", "severity", "overturn"):
            found.append(FigureChoice("layer", "Layer", self._layers(figure)))
        found += self._of_scheme(figure)
        if figure == "agreement":
            found.append(FigureChoice("measure", "Measure", measures_of(self._scheme)))
        elif figure == "confusion":
            pairs = [(f"{one},{other}", f"{names.of(one)} – {names.of(other)}") for one, other in self._pairs()]
            found.append(FigureChoice("pair", "Pair", ((EVERY_PAIR, "all pairs of annotators"), *pairs)))
        elif figure == "overturn":
            found.append(FigureChoice("by", "By", ((BY_ANNOTATOR, "annotator"), (BY_LABEL, "label"))))
        elif figure == "score":
            keys = self.scores.keys()
            listed = [(BY_META + key, key) for key in keys[:MOST_KEYS]]
            more = tuple(BY_META + key for key in keys[MOST_KEYS:])
            found.append(FigureChoice("by", "By", ((BY_DOCUMENT, "document"), *listed), more))
        if figure in OF_SCOPE:
            offered = [sets for sets in SetsMeasured if sets in self._measured]
            if figure == "confusion":  # where gold is one of a pair
                offered = [sets for sets in offered if sets is not SetsMeasured.GOLD]
            if len(offered) > 1:
                found.append(FigureChoice("sets", "Marks", tuple((sets.value, _SETS[sets]) for sets in offered)))
        return tuple(found)

    def _of_scheme(self, figure: str) -> list[FigureChoice]:
        """Return the options that there only are with certain things in the scheme: trees of labels, fields."""
        if figure == "fields" and self.fields.fields():
            return [FigureChoice("field", "Field", self.fields.fields())]
        depth = max((len(each.lineage(label.id)) for each in self._scheme.layers for label in each.labels), default=1)
        if figure not in ("agreement", "confusion", "labels") or depth < 2:
            return []
        levels = ((str(at), "top" if at == 1 else f"level {at}") for at in range(1, depth))
        return [FigureChoice("level", "Labels", ((AS_GIVEN, "as given"), *levels))]

    def _pairs(self) -> list[tuple[str, str]]:
        return sorted({pair for count in self._confusion.values() for pair in count.pairs()})

    def _layers(self, figure: str) -> tuple[tuple[str, str], ...]:
        """Return the layers that a figure can be of; those with content come first."""
        known = [layer for layer in self._scheme.layers if figure != "severity" or layer.has_severity]
        used = self.overturn.layers() if figure == "overturn" else self._used
        titles = {layer.id: layer.title for layer in known}
        # Errors are what most users look for; it is the layer that counts in every measure of a text's quality.
        ordered = sorted(titles, key=lambda layer: (layer not in used, layer != "error"))
        return tuple((layer, titles[layer]) for layer in ordered)

    def figure(self, figure: str, chosen: Mapping[str, str] | None = None, *, hide_names: bool = False) -> Figure:
        """Return a figure (id). Options that are missing or invalid have the default. Raises KeyError for an unknown
        figure.
        """
        names = Names(self._names, hidden=hide_names)
        found = self._figure(figure, chosen or {}, names)._replace(people=tuple(map(names.of, names.names)))
        return found._replace(notes=(*self.scope_notes, *found.notes)) if figure in OF_SCOPE else found

    def _figure(self, figure: str, chosen: Mapping[str, str], names: Names) -> Figure:
        took = {choice.key: _taken(choice, chosen) for choice in self.choices(figure)}
        layer, sets = took.get("layer", ""), SetsMeasured(took.get("sets", SetsMeasured.FROZEN))
        level = int(took["level"]) if took.get("level", AS_GIVEN) != AS_GIVEN else None
        if figure == "confusion":
            pair = next((pair for pair in self._pairs() if ",".join(pair) == took["pair"]), None)
            return self._confusion[sets].figure(layer, pair, names, level)
        if figure == "score":
            return self.scores.figure(took["by"], names)
        simple = {"progress": self.progress, "days": self.days, "time": self.time, "relations": self.relations}
        if figure in simple:
            return simple[figure].figure(names)
        if figure in ("suggestions", "influence"):
            return self.suggestions.figure(self._scheme) if figure == "suggestions" else self.suggestions.influence()
        if figure == "learning":
            return learning_figure(self._learned)
        if figure == "fields":
            return self.fields.figure(took.get("field", ""), names)
        if figure == "labels":
            return self.labels.labels(layer, names, level)
        if figure == "agreement":
            titles = dict(measures_of(self._scheme))
            return self._agreement[sets].figure(layer, took["measure"], names, titles, level)
        if figure == "overturn":
            return self.overturn.figure(layer, took["by"], names)
        return {"severity": self.labels.severities}[figure](layer, names)

    def annotator_of(self, shown: str, *, hide_names: bool = False) -> str:
        """Return the name behind the one that is shown."""
        names = Names(self._names, hidden=hide_names)
        return next((name for name in names.names if names.of(name) == shown), shown)

    def can_review(self, reader: str | None, document: str) -> bool:
        """Return whether an annotator may see others' marks in a document: they aren't annotating it themselves."""
        return document not in self._in_progress.get(reader or "", set())

    def seen_by(self, reader: str | None, places: Sequence[Place], *, hide_names: bool = False) -> tuple[Place, ...]:
        """Return places as an annotator may see them: without others' annotations where they are still annotating."""
        in_progress = self._in_progress.get(reader or "", set())
        if not in_progress:
            return tuple(places)
        mine = Names(self._names, hidden=hide_names).of(reader or "")
        return tuple(
            place._replace(annotation="", words="")
            if place.document in in_progress and place.annotator != mine
            else place
            for place in places
        )


def _never(_document: str, _annotator: str) -> bool:
    return False


def _taken(choice: FigureChoice, chosen: Mapping[str, str]) -> str:
    wanted = chosen.get(choice.key, "")
    return wanted if wanted in choice.known() else (choice.values[0][0] if choice.values else "")
