"""`stet agreement`"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from app.cli.arguments import json_option, opened, project_argument
from app.cli.console import ProgressLine, show, show_csv, show_json, show_table
from app.core.csv_table import csv_text
from app.core.wording import counted
from app.jobs.tasks.agreement import CSV_COLUMNS, as_row, chosen_measures, csv_rows, measure_agreement
from app.jobs.tasks.agreement_scope import parse_scope
from app.review.agreement.report import LayerAgreement, Measure

_TITLES = ("MEASURE", "WHO", "LABEL", "VALUE", "95 %", "N", "USED", "OF", "NOTE")
# The first say what alpha and kappa say; kappa of words isn't recommended.
_ON_REQUEST = ("scott_pi_", "fleiss_kappa_", "bennett_s_", "gwet_ac1_", "token_kappa")
_RELATIONS = ("relation_", "chain_")
_SPANS = ("exact_label_", "mpp_label_", "relation_label_", "chain_")
_ONE_SIDED = ("_precision", "_recall")


@click.command()
@project_argument
@click.option("--layer", "layers", multiple=True, metavar="ID", help="Only this layer. Can be repeated.")
@click.option(
    "--measure",
    "measures",
    multiple=True,
    metavar="NAME",
    help="Only this measure, such as mpp_label_f1 or “kappa_*”. Can be repeated.",
)
@click.option("--against", metavar="NAME", help="Compare everyone with this annotator, or gold: precision, recall, F1.")
@click.option(
    "--where",
    multiple=True,
    metavar="CONDITION",
    help="Only documents with name=GLOB or meta.KEY=VALUE; only work with scheme=TAG, “finished>=DATE” or "
    "“finished<DATE”. Can be repeated: values of one key are alternatives; all dates must hold.",
)
@click.option(
    "--level",
    type=click.IntRange(min=1),
    metavar="N",
    help="In a tree of labels, count each as the one above it at this level: 1 is the top.",
)
@click.option("--as-now", is_flag=True, help="Measure sets under review as they are now, not as when review began.")
@click.option("--gamma", is_flag=True, help="Also compute gamma, which takes a while.")
@click.option("--seed", type=int, default=0, show_default=True, help="Random seed for the 95 % intervals and gamma.")
@click.option("--csv", "as_csv", is_flag=True, help="Print all measures as CSV.")
@json_option("each layer with all its measures")
def command(
    project: Path,
    layers: tuple[str, ...],
    measures: tuple[str, ...],
    against: str | None,
    where: tuple[str, ...],
    level: int | None,
    as_now: bool,
    gamma: bool,
    seed: int,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Show how well the annotators of PROJECT agree, in documents that two or more of them have finished.

    \b
    Example:
      stet agreement news.stet
      stet agreement news.stet --layer error --json
      stet agreement news.stet --against gold --csv > gold.csv
      stet agreement news.stet --where scheme=news-errors@2
    """
    if seed < 0:
        raise click.UsageError("--seed must not be negative")
    if as_csv and as_json:
        raise click.UsageError("choose one of --csv and --json")
    scope = parse_scope(where)
    with opened(project) as session, ProgressLine("comparing") as progress:
        every = measure_agreement(
            session,
            layers=layers,
            as_now=as_now,
            against=against,
            scope=scope,
            level=level,
            gamma=gamma or "gamma" in measures,
            seed=seed,
            progress=progress,
        )
        found = (chosen_measures(layer, measures) if measures else layer for layer in every)
        if as_json:
            show_json(as_row(layer) for layer in found)
            return
        if as_csv:
            show_csv(csv_text(CSV_COLUMNS, [row for layer in found for row in csv_rows(layer)]))
            return
        for number, layer in enumerate(found):
            if number:
                show("")
            _show(layer, layer.measures if measures else list(_shortened(layer)))


def _show(layer: LayerAgreement, measures: Sequence[Measure]) -> None:
    names = ", ".join(layer.annotators) or "nobody"
    show(
        f"layer {layer.layer}: {names}; {counted(layer.documents, 'document')} finished; "
        f" scheme {layer.scheme}; seed {layer.seed}"
    )
    for note in layer.notes:
        show(f"note: {note}")
    show_table(_TITLES, (_cells(measure) for measure in measures))


def _shortened(layer: LayerAgreement) -> Iterator[Measure]:
    """Leave out what only programs need: labels by pair, precision and recall if there are several pairs, and measures
    of relations if there are none.

    For a single pair, the measures over all annotators are left out; against one annotator, all but precision, recall
    and F1 by the same label.
    """
    of_two = len(layer.annotators) == 2
    is_about_spans = layer.against is not None and any(m.measure.startswith(_SPANS) for m in layer.measures)
    for measure in layer.measures:
        if measure.measure.startswith(_RELATIONS) and not _has_any(measure):
            continue
        if measure.measure.startswith(_ON_REQUEST) or (is_about_spans and not measure.measure.startswith(_SPANS)):
            continue
        if layer.against:
            if measure.pair:
                yield measure
        elif of_two:
            if measure.pair or measure.measure == "gamma":
                yield measure
        elif measure.pair is None or (measure.label is None and not measure.measure.endswith(_ONE_SIDED)):
            yield measure


def _has_any(measure: Measure) -> bool:
    return any(measure.n) if isinstance(measure.n, list) else measure.n > 0


def _cells(measure: Measure) -> Sequence[object]:
    value = "" if measure.value is None else _number(measure.value)
    bounds = "" if measure.interval is None else " ".join(map(_number, measure.interval))
    n = measure.n if isinstance(measure.n, int) else "/".join(map(str, measure.n))
    who = "-".join(measure.pair) if measure.pair else "all"
    return (
        measure.measure,
        who,
        measure.label or "all",
        value,
        bounds,
        str(n),
        measure.used,
        measure.total,
        measure.note,
    )


def _number(value: float) -> str:
    return f"{round(value, 3) + 0.0: .3f}"  # no minus before a zero
