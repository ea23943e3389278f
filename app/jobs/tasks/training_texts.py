"""The texts that a model is to learn from: finished documents of a project, dealt so that no text is in two parts."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from app.core.annotation import Annotation
from app.core.document_conditions import Condition
from app.core.errors import BadChoice, EditRejected
from app.core.progress import CancelToken, Progress, no_progress
from app.core.record import DocumentRecord
from app.core.scheme import Layer
from app.core.wording import counted
from app.exchange.registry import Registry
from app.exchange.report import LossReport, Report
from app.exchange.split import Split
from app.jobs.tasks.export_deal import deal, note_deal
from app.jobs.tasks.export_scope import export_scope, selection_of
from app.jobs.tasks.training_counts import PartCounts
from app.nlp.trainer.training_plan import LabelledRange, ModelKind, TrainingText
from app.session.session import Session

FEWEST_DOCUMENTS = 8
FEWEST_MARKS = 10
RARE = 10  # marks of a label: below it, its score says little
_OVERLAPPING = ("claim", "error")  # layers whose marks may overlap, and often do
_FORMAT = "training"  # whose rules say which work is finished, and whose it is


class TrainingChoice(NamedTuple):
    """What to train on. `layer` is the id of a layer, “” for the only one with marks; `annotators` and `gold` say whose
    work; `kind` None leaves the kind to the marks. Labels with fewer than `fewest` marks are left out. `shares` are two
    or three, for learning, for stopping, and for a test.
    """

    layer: str = ""
    annotators: tuple[str, ...] = ()
    gold: bool = False
    kind: ModelKind | None = None
    where: tuple[Condition, ...] = ()
    fewest: int = 3
    shares: str = "80/20"
    group_by: str = ""
    seed: int = 0


class TrainingTexts(NamedTuple):
    """The texts of each part of the split, what is counted of them, and what they are for. `report` says what was left
    out and what to be careful of.
    """

    layer: Layer
    kind: ModelKind
    language: str
    labels: tuple[str, ...]
    parts: dict[str, tuple[TrainingText, ...]]
    counts: dict[str, PartCounts]
    split: Split
    report: Report


def training_texts(
    session: Session,
    choice: TrainingChoice,
    *,
    progress: Progress = no_progress,
    cancel: CancelToken | None = None,
) -> TrainingTexts:
    """Read the texts. Raises BadChoice for a choice that can't be met, EditRejected if there is too little to learn
    from, FormatError as an export does, and Cancelled.
    """
    writer = Registry().writer(_FORMAT)
    scope = export_scope(session, writer, annotators=choice.annotators, every_annotator=False, gold=choice.gold)
    layer = _layer(session, choice.layer)
    selection = selection_of(session, writer, scope, layers=(layer.id,), where=choice.where, unfinished=False)
    split = Split.parse(choice.shares, seed=choice.seed, group_by=choice.group_by)
    report = Report()
    with session.reader.snapshot():
        progress(0, None, "Reading documents")
        dealt = deal(session, selection, writer, split, pool=lambda records, _report: records, cancel=cancel)
        losses = LossReport()
        chosen = selection.chosen(session.reader.records(), losses)
        records = [(dealt.parts[record.document.uid], record) for record in _with_work(chosen, cancel)]
    report.add(losses)
    note_deal(dealt, split, session, report)
    whole = Counter(mark.label for _, record in records for mark in record.sets[0].annotations)
    labels = _labels(layer, whole, choice.fewest, report)
    _require_enough(layer, len(records), sum(whole[label] for label in labels))
    kind = choice.kind or _kind(layer, [record for _, record in records])
    if kind is not ModelKind.TEXTCAT and layer.is_about_document:
        raise BadChoice(f"marks of the layer “{layer.id}” have no range", hint="leave out --kind, or name textcat")
    names = ("train", "dev", "test")
    parts: dict[str, list[TrainingText]] = {name: [] for name in names[: len(split.shares)]}
    counts = {name: PartCounts() for name in parts}
    for number, record in records:
        counts[names[number]].add(record)
        parts[names[number]].append(_text(record, kind, labels, report))
    made = {name: tuple(texts) for name, texts in parts.items()}
    _require_parts(made, layer)
    return TrainingTexts(layer, kind, _language(session, records), labels, made, counts, split, report)


def _with_work(records: Iterator[DocumentRecord], cancel: CancelToken | None) -> Iterator[DocumentRecord]:
    for record in records:
        if cancel is not None:
            cancel.raise_if_cancelled()
        if record.sets:
            yield record


def _layer(session: Session, wanted: str) -> Layer:
    scheme = session.scheme
    if wanted:
        found = scheme.layer(wanted)
        if found is None:
            known = ", ".join(layer.id for layer in scheme.layers)
            raise BadChoice(f"unknown layer “{wanted}”", hint=f"use one of: {known}")
        return found
    marked = {layer for layer, _, _, _ in session.reader.label_counts()}
    layers = [layer for layer in scheme.layers if layer.id in marked]
    if not layers:
        raise EditRejected("there are no marks in the project yet", hint="mark some documents, and set them to done")
    if len(layers) > 1:
        known = ", ".join(layer.id for layer in layers)
        raise BadChoice(f"there are marks in several layers: {known}", hint="choose one with --layer")
    return layers[0]


def _labels(layer: Layer, times: Counter[str], fewest: int, report: Report) -> tuple[str, ...]:
    """Return the labels to learn, in the scheme's order; and say which are too rare."""
    order = [label.id for label in layer.givable if times[label.id]]
    for label in order:
        if times[label] < fewest:
            what = f"labels with fewer than {counted(fewest, 'mark')}, which aren't learned"
            report.note("too-rare", what, f"{label}: {times[label]}")
        elif times[label] < RARE:
            what = f"labels with fewer than {RARE} marks: their scores say little, and few of them will be found"
            report.note("rare", what, f"{label}: {times[label]}")
    return tuple(label for label in order if times[label] >= fewest)


def _require_enough(layer: Layer, documents: int, marks: int) -> None:
    """Raise EditRejected if there is too little to learn from."""
    if documents < FEWEST_DOCUMENTS:
        what = f"too little to learn “{layer.title}” from: {counted(documents, 'finished document')}"
        hint = f"at least {FEWEST_DOCUMENTS} are needed, and from some fifty on it begins to pay; finish more documents"
        raise EditRejected(what, hint=hint)
    if marks < FEWEST_MARKS:
        what = f"too little to learn “{layer.title}” from: {counted(marks, 'mark')} in finished documents"
        raise EditRejected(what, hint=f"at least {FEWEST_MARKS} are needed, and each label needs several")


def _require_parts(parts: dict[str, tuple[TrainingText, ...]], layer: Layer) -> None:
    for name, texts in parts.items():
        if not texts or not any(text.marks for text in texts):
            what = f"no mark of “{layer.title}” would be in the part “{name}”"
            hint = "finish more documents: those that share a reference or their text stay together"
            raise EditRejected(what, hint=hint)


def _kind(layer: Layer, records: Sequence[DocumentRecord]) -> ModelKind:
    if layer.is_about_document:
        return ModelKind.TEXTCAT
    if layer.id in _OVERLAPPING or any(_overlap(record.sets[0].annotations) for record in records):
        return ModelKind.SPANCAT
    return ModelKind.NER


def _overlap(marks: Sequence[Annotation]) -> bool:
    end = 0
    for start, stop in sorted((part.start, part.end) for mark in marks for part in mark.fragments):
        if start < end:
            return True
        end = max(end, stop)
    return False


def _text(record: DocumentRecord, kind: ModelKind, labels: Sequence[str], report: Report) -> TrainingText:
    found: set[LabelledRange] = set()
    name = record.document.name
    for mark in record.sets[0].annotations:
        if mark.label not in labels:
            continue
        if mark.is_anchor and not (kind is ModelKind.TEXTCAT and mark.start == 0):
            report.note("anchor", "marks without a range, which can't be learned", f"{name}: {mark.label}")
            continue
        if len(mark.fragments) > 1:
            report.note("fragments", "marks in several pieces, each learned by itself", f"{name}: “{mark.quote[:40]}”")
        found.update(LabelledRange(part.start, part.end, mark.label) for part in mark.fragments)
    return TrainingText(record.document.text, tuple(sorted(found)))


def _language(session: Session, records: Sequence[tuple[int, DocumentRecord]]) -> str:
    """Return the code of the language that most documents are in, English if none is known."""
    said = Counter(record.document.language or session.scheme.language or "en" for _, record in records)
    return said.most_common(1)[0][0].lower().replace("_", "-").partition("-")[0]
