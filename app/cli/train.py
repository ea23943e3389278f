"""`stet train`"""

import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import click

from app.cli.arguments import json_option, opened, project_argument
from app.cli.console import ProgressLine, say, show, show_json, show_table
from app.core.document_conditions import parse_condition
from app.core.errors import Cancelled
from app.core.wording import counted
from app.jobs.tasks.train import (
    PreparedTraining,
    TrainingOutcome,
    TrainingSettings,
    prepare_training,
    train_model,
)
from app.jobs.tasks.training_texts import TrainingChoice
from app.jobs.trainer.model_trainer import ModelTrainer
from app.jobs.trainer.wire import Evaluated, Stepped
from app.nlp.trainer.model_scores import ModelScores
from app.nlp.trainer.training_plan import ModelKind


@click.command()
@project_argument
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--layer", default="", metavar="ID", help="The layer to learn. Needed if there are marks in several.")
@click.option("--as", "annotator", metavar="NAME", help="Learn this annotator's marks.")
@click.option("--gold", is_flag=True, help="Learn gold, the reviewed marks.")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in ModelKind]),
    help="ner: ranges that don't overlap; spancat: ranges that may, the default for the layers claim and error; "
    "textcat: sentences with such a mark, or whole documents. By default as the marks are.",
)
@click.option("--where", multiple=True, metavar="CONDITION", help="Only documents that meet it; see: stet list.")
@click.option(
    "--split",
    default="80/20",
    show_default=True,
    metavar="N/N[/N]",
    help="The shares of documents to learn from, to say when to stop, and, as a third, to test the model on.",
)
@click.option(
    "--group-by", default="", metavar="KEY", help="Documents with the same KEY in their metadata stay together."
)
@click.option("--min-marks", type=click.IntRange(1), default=3, show_default=True, help="Leave out rarer labels.")
@click.option("--base", metavar="NAME", help="The installed pipeline whose weights to begin with; none for none.")
@click.option("--name", default="", metavar="NAME", help="What the model is called, without its language.")
@click.option("--model-version", default="1.0.0", show_default=True, metavar="VERSION", help="The package's version.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the split and the training.")
@click.option(
    "--patience",
    type=click.IntRange(1),
    default=6,
    show_default=True,
    help="Stop after this many evaluations without a better score.",
)
@click.option(
    "--max-steps", type=click.IntRange(1), default=2000, show_default=True, help="Stop after this many steps."
)
@click.option("--no-refit", is_flag=True, help="Don't let the model learn from the part that said when to stop.")
@click.option("--curve", is_flag=True, help="Also train on 25, 50 and 75 % of the documents, for the learning curve.")
@click.option("--resume", is_flag=True, help="Go on with an interrupted training by the same documents and options.")
@click.option("--keep-best", is_flag=True, help="On Ctrl+C, stop and keep the best model so far.")
@click.option("--dry-run", is_flag=True, help="Show what would be learned, but train nothing.")
@json_option("the result")
def command(
    project: Path,
    out: Path,
    *,
    resume: bool,
    keep_best: bool,
    dry_run: bool,
    as_json: bool,
    **how: Any,  # noqa: ANN401  the options that say what is learned and how
) -> None:
    """Train a model of spaCy on the finished documents of PROJECT, and write it to OUT, a new or empty folder.

    OUT becomes a package that pip can install, with a card that says what it was trained on and how well it does. It
    suggests marks at once: stet suggest PROJECT --with spacy:OUT.

    \b
    Example:
      stet train news.stet models/entities --layer entity --gold
      stet train news.stet models/errors --layer error --as ana --curve
    """
    choice, settings = _choice(how), _settings(how)
    with opened(project) as session, ProgressLine("training") as progress:
        prepared = prepare_training(session, choice, settings, progress=progress)
    _tell(prepared, as_json=as_json, is_dry=dry_run)
    if dry_run:
        return
    done = _trained(prepared, out, project, resumes=resume, keeps_best=keep_best)
    if as_json:
        show_json([outcome_row(done)])
    else:
        _show(done)


def _choice(how: Mapping[str, Any]) -> TrainingChoice:
    annotator: str | None = how["annotator"]
    if annotator is not None and how["gold"]:
        raise click.UsageError("--as and --gold can't be combined")
    return TrainingChoice(
        layer=how["layer"],
        annotators=(annotator,) if annotator is not None else (),
        gold=how["gold"],
        kind=ModelKind(how["kind"]) if how["kind"] is not None else None,
        where=tuple(parse_condition(text) for text in how["where"]),
        fewest=how["min_marks"],
        shares=how["split"],
        group_by=how["group_by"],
        seed=how["seed"],
    )


def _settings(how: Mapping[str, Any]) -> TrainingSettings:
    return TrainingSettings(
        base="" if how["base"] == "none" else how["base"],
        name=how["name"],
        version=how["model_version"],
        patience=how["patience"],
        max_steps=how["max_steps"],
        refit=not how["no_refit"],
        curve=how["curve"],
    )


def _trained(
    prepared: PreparedTraining, out: Path, project: Path, *, resumes: bool, keeps_best: bool
) -> TrainingOutcome:
    trainer = ModelTrainer()
    most = prepared.plan.max_steps
    with ProgressLine("training") as line, _ended_with_best(trainer, wanted=keeps_best):
        last = ""

        def tell(news: Stepped | Evaluated) -> None:
            nonlocal last
            if isinstance(news, Evaluated):
                last = f", F {news.evaluation.scores.whole.f:.3f}"
            else:
                part = f" on {news.run:.0%}" if news.run < 1 else " on all documents" if news.run > 1 else ""
                line(news.step, most, f"step {news.step:,}{part}, loss {news.loss:.2f}{last}")

        try:
            return train_model(prepared, out, project=project, resumes=resumes, tell=tell, trainer=trainer)
        except (KeyboardInterrupt, Cancelled):
            if prepared.was_interrupted:
                say("stet: nothing was written; to go on from there, add --resume")
            raise


@contextmanager
def _ended_with_best(trainer: ModelTrainer, *, wanted: bool) -> Iterator[None]:
    """Have Ctrl+C end the training with its best model; a second one ends the command."""
    if not wanted:
        yield
        return
    before = signal.getsignal(signal.SIGINT)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, before)
        trainer.enough()

    signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _tell(prepared: PreparedTraining, *, as_json: bool, is_dry: bool) -> None:
    """Say what there is to learn: to standard error, unless nothing else is asked for."""
    texts = prepared.texts
    tell = show if is_dry and not as_json else say
    parts = ", ".join(f"{name} {counted(len(part), 'document')}" for name, part in texts.parts.items())
    base = f"from the weights of {prepared.plan.base}" if prepared.plan.base else "from nothing"
    tell(f"{'' if tell is show else 'stet: '}{texts.kind.value} for the layer {texts.layer.id}, {base}: {parts}")
    for finding in texts.report:
        tell(f"{'' if tell is show else 'stet: '}{finding}")
    if not is_dry:
        return
    counts = [
        (label, *(part.labels[f"{texts.layer.id}.{label}"] for part in texts.counts.values())) for label in texts.labels
    ]
    if as_json:
        names = list(texts.parts)
        show_json({"label": row[0], **dict(zip(names, row[1:], strict=True))} for row in counts)
    else:
        show_table(("LABEL", *(name.upper() for name in texts.parts)), counts)


def _show(done: TrainingOutcome) -> None:
    trained = done.trained
    scores, part = (trained.test, "test") if trained.test is not None else (trained.best.scores, "dev")
    show(f"{done.name} {done.meta['version']} is in {done.out}; scores on {part}:")
    rows = [*scores.labels, scores.whole]
    show_table(
        ("LABEL", "P", "R", "F", "MARKS"),
        [(row.label, f"{row.precision:.3f}", f"{row.recall:.3f}", f"{row.f:.3f}", row.gold) for row in rows],
    )
    for point in trained.curve:
        show(f"with {point.share:.0%} of the documents ({point.texts:,}): F {point.scores.whole.f:.3f}")
    show(f"{trained.best.step:,} steps were best, {trained.seconds:.0f} s of the processor; see README.md in it")


def outcome_row(done: TrainingOutcome) -> dict[str, Any]:
    """Return a result as plain values, for JSON."""
    trained = done.trained
    return {
        "model": done.name,
        "version": done.meta["version"],
        "folder": str(done.out),
        "layer": done.texts.layer.id,
        "kind": done.texts.kind.value,
        "base": trained.base,
        "documents": {name: len(part) for name, part in done.texts.parts.items()},
        "best_step": trained.best.step,
        "refitted": trained.is_refitted,
        "seconds": trained.seconds,
        "dev": _scores(trained.best.scores),
        "test": _scores(trained.test) if trained.test is not None else None,
        "history": [
            {"step": each.step, "loss": each.loss, "f": round(each.scores.whole.f, 4)} for each in trained.history
        ],
        "curve": [
            {"share": each.share, "documents": each.texts, "f": round(each.scores.whole.f, 4)} for each in trained.curve
        ],
        "findings": done.texts.report.as_list(),
    }


def _scores(scores: ModelScores) -> list[dict[str, Any]]:
    rows = [*scores.labels, scores.whole]
    return [
        {
            "label": row.label,
            "precision": round(row.precision, 4),
            "recall": round(row.recall, 4),
            "f": round(row.f, 4),
            "marks": row.gold,
            "found": row.found,
        }
        for row in rows
    ]
