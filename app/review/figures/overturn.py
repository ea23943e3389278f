"""How often review changed annotators' decisions."""

from typing import NamedTuple

from app.core.annotation import Annotation
from app.core.decision import GOLD, Decision, Outcome
from app.core.record import DocumentRecord
from app.core.scheme import Scheme
from app.core.wording import counted, shorten
from app.review.decision_status import GroupStatus, standings
from app.review.feedback import changed_fields
from app.review.fields import FieldRules, rules_of
from app.review.figures.figure import Axes, Column, Figure, FigureKind, Gathered, Names, Place, Shape
from app.review.groups import Group, group
from app.review.readings import Reading, Readings

KEPT, CHANGED, REJECTED, MISSED = "kept", "changed", "rejected", "missed"
BECAME = ((KEPT, "kept unchanged"), (CHANGED, "changed"), (REJECTED, "rejected"), (MISSED, "missed"))
BY_ANNOTATOR, BY_LABEL = "annotator", "label"
_NOTHING = (
    "Nothing has been decided yet. In Review (Ctrl+2), a reviewer decides where annotators differ; this then shows "
    "how often annotators’ marks became gold unchanged."
)


class _Fate(NamedTuple):
    """How review changed an annotation; for a missed one, that gold has what the annotator didn't."""

    layer: str
    annotator: str
    label: str
    became: str


class OverturnCount:
    """Annotations of decided groups compared with gold. Groups that are deferred, or changed since, are left out."""

    def __init__(self, scheme: Scheme) -> None:
        self._rules: dict[str, FieldRules] = {layer.id: rules_of(scheme, layer.id) for layer in scheme.layers}
        self._scheme = scheme
        self._found: dict[_Fate, Gathered] = {}
        self._gold: dict[tuple[str, str, str], int] = {}  # by layer, reader and label
        self._groups: dict[str, list[int]] = {}  # decided groups, and those decided by a rule, by layer
        self._documents: dict[str, set[str]] = {}

    def add(self, record: DocumentRecord) -> None:
        """Count a document."""
        if not record.decisions:
            return
        gold = {annotation.uid: annotation for annotation in record.gold.annotations} if record.gold else {}
        by = {
            item.annotator: Reading(item.annotations, item.relations)
            for item in record.sets
            if item.kind != GOLD and item.status.is_finished
        }
        groups = group(Readings(record.document.uid, 0, by), self._scheme)
        standing = standings(groups, record.decisions)
        for found in groups:
            how, decision = standing.of(found)
            if how is GroupStatus.DECIDED and decision is not None:
                self._decided(found, decision, gold.get(decision.gold or ""), record.document.text)
        for decision in record.decisions:
            annotation = gold.get(decision.gold or "")
            if decision.outcome is Outcome.CREATED and annotation is not None:
                self._note(decision, record.document.uid)
                for name in decision.votes:
                    self._read(name, annotation)
                    self._fate(
                        _Fate(annotation.layer, name, annotation.label, MISSED),
                        record.document.uid,
                        GOLD,
                        annotation,
                        "",
                    )

    def _decided(self, found: Group, decision: Decision, gold: Annotation | None, text: str) -> None:
        if gold is None and decision.outcome is not Outcome.REJECTED:
            return  # its gold was deleted
        self._note(decision, found.document)
        for name in found.readers:
            annotation = found.versions.get(name)
            if gold is not None:
                self._read(name, gold)
            if annotation is not None:
                became, how = self._became(annotation, gold, text)
                self._fate(_Fate(found.layer, name, annotation.label, became), found.document, name, annotation, how)
            elif gold is not None:
                self._fate(_Fate(found.layer, name, gold.label, MISSED), found.document, GOLD, gold, "")

    def _read(self, name: str, gold: Annotation) -> None:
        """Count a gold annotation in a document that an annotator finished, whether or not they had it."""
        key = (gold.layer, name, gold.label)
        self._gold[key] = self._gold.get(key, 0) + 1

    def _note(self, decision: Decision, document: str) -> None:
        numbers = self._groups.setdefault(decision.layer, [0, 0])
        numbers[0] += 1
        numbers[1] += bool(decision.rule)
        self._documents.setdefault(decision.layer, set()).add(document)

    def _became(self, annotation: Annotation, gold: Annotation | None, text: str) -> tuple[str, str]:
        if gold is None:
            return REJECTED, ""
        rules = self._rules.get(annotation.layer) or rules_of(self._scheme, annotation.layer)
        changed = [field.title for field in changed_fields(rules.counting, rules, annotation, gold, text)]
        return (CHANGED, ", ".join(changed)) if changed else (KEPT, "")

    def _fate(self, fate: _Fate, document: str, whose: str, annotation: Annotation, how: str) -> None:
        words = f"“{shorten(annotation.quote, 60)}”" + (f": {how}" if how else "")
        self._found.setdefault(fate, Gathered()).add(Place(document, whose, annotation.uid, words))

    def layers(self) -> list[str]:
        """Return the layers with decisions."""
        return list(self._groups)

    def figure(self, layer: str, by: str, names: Names) -> Figure:
        """Return the figure of a layer by annotator or by label.

        Shares are of the annotations in decided groups; for missed ones, of the gold in documents that the annotator
        finished.
        """
        found: dict[tuple[str, str], Gathered] = {}
        counts: dict[tuple[str, str], int] = {}
        for fate, each in self._found.items():
            if fate.layer == layer:
                key = (fate.annotator if by == BY_ANNOTATOR else fate.label, fate.became)
                counts[key] = counts.get(key, 0) + each.count
                for place in each.row().places:
                    found.setdefault(key, Gathered()).add(place)
        rows = []
        for who in self._order(layer, by, {who for who, _ in counts}, names):
            annotations = sum(counts.get((who, became), 0) for became in (KEPT, CHANGED, REJECTED))
            in_gold = sum(
                count
                for (of, name, label), count in self._gold.items()
                if of == layer and who == (name if by == BY_ANNOTATOR else label)
            )
            for became, _ in BECAME:
                count = counts.get((who, became), 0)
                if count:
                    share = count / (in_gold if became == MISSED else annotations)
                    shown = names.of(who) if by == BY_ANNOTATOR else who
                    row = found[who, became].row(shown, became, count, share, annotations)
                    rows.append(names.places(row._replace(more=count - len(row.places))))
        known = self._scheme.layer(layer)
        titles = {label.id: label.title for label in known.labels} if known and by == BY_LABEL else {}
        return Figure(
            "overturn",
            "Overturned in review",
            self._lead(layer, counts),
            Shape.STACKED,
            Axes("who", "became", "marks"),
            (
                *(Column("who", "Annotator" if by == BY_ANNOTATOR else "Label"), Column("became", "In review")),
                *(Column("marks", "Marks", FigureKind.COUNT), Column("share", "Share", FigureKind.PERCENT)),
                Column("decided", "Marks decided", FigureKind.COUNT),
            ),
            tuple(rows),
            {**titles, **dict(BECAME)},
            ("Missed: in gold, but not marked by the annotator, who finished the document. Its share is of gold.",),
            missing="" if rows else _NOTHING,
        )

    def _order(self, layer: str, by: str, keys: set[str], names: Names) -> list[str]:
        if by == BY_ANNOTATOR:
            return names.ordered(keys)
        known = self._scheme.layer(layer)
        order = [label.id for label in known.labels if label.id in keys] if known else []
        return [*order, *sorted(keys - set(order))]

    def _lead(self, layer: str, counts: dict[tuple[str, str], int]) -> str:
        groups, by_rule = self._groups.get(layer, (0, 0))
        annotations = sum(count for (_, became), count in counts.items() if became != MISSED)
        overturned = sum(count for (_, became), count in counts.items() if became in (CHANGED, REJECTED))
        rate = (
            f"{round(100 * overturned / annotations)} % were overturned: changed or rejected. " if annotations else ""
        )
        rules = f", {by_rule:,} of them by a rule" if by_rule else ""
        return (
            f"How review changed annotators’ marks. {rate}n = {counted(annotations, 'mark')} in "
            f"{counted(groups, 'decided group')}{rules}, in {counted(len(self._documents.get(layer, ())), 'document')}."
        )
