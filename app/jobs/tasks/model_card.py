"""The card of a model, in Markdown: what it was trained on, how well it does, and what it is not for.

After Mitchell et al. (2019), “Model Cards for Model Reporting”. There is no time in it, so that the same training gives
the same card.
"""

from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from typing import Any

from app import __version__
from app.core.wording import counted
from app.jobs.tasks.data_card import LICENCE_ROWS, plain, table
from app.jobs.tasks.training_texts import RARE, TrainingTexts
from app.jobs.trainer.wire import Trained
from app.nlp.trainer.model_package import full_name
from app.nlp.trainer.model_scores import LabelScore, ModelScores
from app.nlp.trainer.model_wheel import wheel_name
from app.nlp.trainer.training_plan import ModelKind, TrainingPlan

_WHAT = {
    ModelKind.NER: "ranges that don’t overlap (component `ner`)",
    ModelKind.SPANCAT: "ranges that may overlap (component `spancat`)",
    ModelKind.TEXTCAT: "labels of sentences (component `textcat_multilabel`)",
}


def model_card(texts: TrainingTexts, plan: TrainingPlan, trained: Trained, meta: Mapping[str, Any]) -> str:
    """Return the card."""
    name = full_name(meta)
    finds = "labels of documents (component `textcat_multilabel`)" if plan.whole_texts else _WHAT[plan.kind]
    lines = [f"# {plain(name)} {plain(str(meta['version']))}", "", f"{plain(str(meta['description']))}: {finds}.", ""]
    lines += [
        "## Use",
        "",
        *_use(name, plan, meta),
        "",
        "## Licence",
        "",
        *_licence(texts),
        "",
        "## Data",
        "",
        *_data(texts),
    ]
    lines += ["", "## Scores", "", *_scores(texts, plan, trained), "", "## Training", "", *_training(plan, trained)]
    if trained.curve:
        lines += ["", "## Learning curve", "", *_curve(trained)]
    lines += ["", "## Labels", "", *_labels(texts), "", "## Limits", "", *_limits(texts, plan, trained)]
    return "\n".join(lines) + "\n"


def _use(name: str, plan: TrainingPlan, meta: Mapping[str, Any]) -> list[str]:
    parts = {ModelKind.NER: "doc.ents", ModelKind.SPANCAT: 'doc.spans["sc"]', ModelKind.TEXTCAT: "doc.cats"}
    unit = " of one sentence" if plan.kind is ModelKind.TEXTCAT and not plan.whole_texts else ""
    code = [f"nlp = spacy.load({name!r})", f"nlp(text{unit and '_of_one_sentence'}).{parts[plan.kind][4:]}"]
    return [
        "```",
        f"pip install dist/{wheel_name(meta)}",
        f"stet suggest PROJECT --with spacy:{name}",
        "```",
        "",
        "```python",
        "import spacy",
        *code,
        "```",
    ]


def _licence(texts: TrainingTexts) -> list[str]:
    said = {licence for part in texts.counts.values() for licence in part.licences if licence}
    rows = [f"| {row.replace('annotations', 'model')} | |" for row in LICENCE_ROWS]
    known = [f"By their metadata, documents are under: {', '.join(map(plain, sorted(said)))}."] if said else []
    return ["| | |", "|---|---|", *rows, *([""] if known else []), *known]


def _data(texts: TrainingTexts) -> list[str]:
    rows = [(name, part.documents, part.without_marks, part.marks) for name, part in texts.counts.items()]
    split = texts.split
    lines = table(("part", "documents", "without marks", "marks"), rows)
    people = sorted({name for part in texts.counts.values() for name in part.annotators})
    said = (
        f"Split {'/'.join(map(str, split.shares))}, seed {split.seed}: documents that share a reference or evidence, "
    )
    lines += ["", f"{said}or whose texts are nearly the same, are in one part. Marks of: {plain(', '.join(people))}."]
    return lines + [f"- {plain(str(finding))}" for finding in texts.report]


def _scores(texts: TrainingTexts, plan: TrainingPlan, trained: Trained) -> list[str]:
    scores, part = (trained.test, "test") if trained.test is not None else (trained.best.scores, "dev")
    count = texts.counts[part].documents
    lines = [f"On the part “{part}” ({counted(count, 'document')}), a range counts only if it is exactly the same:", ""]
    lines += score_table(scores)
    if trained.is_refitted and part == "dev":
        words = (
            "They are of the model before it learned from that part too, and say when it stopped: expect a bit less."
        )
        lines += ["", words]
    elif part == "dev":
        lines += ["", "Training stopped where they were best: expect a bit less on other texts."]
    return lines


def score_table(scores: ModelScores) -> list[str]:
    """Return the rows of a table: each label with precision, recall, F and numbers, and all of them together."""
    rows = [_row(each.label, each) for each in scores.labels] + [_row("all", scores.whole)]
    return table(("label", "P", "R", "F", "marks (n)", "found", "right"), rows)


def _row(name: str, score: LabelScore) -> Sequence[object]:
    measured = (f"{value:.3f}" for value in (score.precision, score.recall, score.f))
    return (name, *(measured if score.gold else ("–", "–", "–")), score.gold, score.found, score.right)


def _training(plan: TrainingPlan, trained: Trained) -> list[str]:
    base = f"the weights of {plain(trained.base)}" if trained.base else "random weights"
    best, last = trained.best, trained.history[-1]
    then = f"; then it learned from train and dev together, {best.epoch:g} times" if trained.is_refitted else ""
    return [
        f"- It began with {base}; seed {plan.seed}.",
        f"- Best after {counted(best.step, 'step')} ({best.epoch:g} times all texts) of {last.step:,}{then}.",
        f"- Stet {__version__}, spaCy {version('spacy')}.",
    ]


def _curve(trained: Trained) -> list[str]:
    rows = [(f"{point.share:.0%}", point.texts, f"{point.scores.whole.f:.3f}") for point in trained.curve]
    return table(("share of train", "documents", "F"), rows)


def _labels(texts: TrainingTexts) -> list[str]:
    known = [label for label in texts.layer.givable if label.id in texts.labels]
    rows: Iterable[Sequence[object]] = [
        (label.id, *(part.labels[f"{texts.layer.id}.{label.id}"] for part in texts.counts.values()), label.definition)
        for label in known
    ]
    return table(("label", *texts.counts, "definition"), rows)


def _limits(texts: TrainingTexts, plan: TrainingPlan, trained: Trained) -> list[str]:
    rare = [each.label for each in trained.best.scores.labels if each.gold < RARE]
    lines = ["- It finds what is like its training data: texts of other kinds, times or languages need a test first."]
    lines += [f"- It was trained on texts in “{plain(plan.language)}”."]
    if rare:
        lines += [f"- Scores of {plain(', '.join(rare))} are of fewer than {RARE} marks, and say little."]
    if any(part.documents < 20 for part in texts.counts.values()):
        lines += ["- A part of the data has fewer than 20 documents: its scores would be others with other documents."]
    return [*lines, "- What it finds is a suggestion; it is no mark before a person accepted it."]
