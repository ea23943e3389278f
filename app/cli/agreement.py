"""`stet agreement`"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from app.cli.arguments import json_option, opened, project_argument
from app.cli.console import ProgressLine, show, show_json, show_table
from app.core.wording import counted
from app.jobs.tasks.agreement import as_row, measure_agreement
from app.review.agreement.report import LayerAgreement, Measure

_TITLES = ("MEASURE", "WHO", "LABEL", "VALUE", "95 %", "N", "USED", "OF", "NOTE")
_ONE_SIDED = ("_precision", "_recall")


@click.command()
@project_argument
@click.option("--layer", "layers", multiple=True, metavar="ID", help="Only this layer. Can be repeated.")
@click.option("--as-now", is_flag=True, help="Measure sets under review as they are now, not as when review began.")
@click.option("--gamma", is_flag=True, help="Also compute gamma, which takes a while.")
@click.option("--seed", type=int, default=0, show_default=True, help="Random seed for the 95 % intervals and gamma.")
@json_option("each layer with all its measures")
def command(project: Path, layers: tuple[str, ...], as_now: bool, gamma: bool, seed: int, as_json: bool) -> None:
    """Show how well the annotators of PROJECT agree, in documents that two or more of them have finished.

    \b
    Example:
      stet agreement news.stet
      stet agreement news.stet --layer error --json
    """
    if seed < 0:
        raise click.UsageError("--seed must not be negative")
    with opened(project) as session, ProgressLine("comparing") as progress:
        found = measure_agreement(session, layers=layers, as_now=as_now, gamma=gamma, seed=seed, progress=progress)
        if as_json:
            show_json(as_row(layer) for layer in found)
            return
        for number, layer in enumerate(found):
            if number:
                show("")
            _show(layer)


def _show(layer: LayerAgreement) -> None:
    names = ", ".join(layer.annotators) or "nobody"
    show(
        f"layer {layer.layer}: {names}; {counted(layer.documents, 'document')} finished; "
        f" scheme {layer.scheme}; seed {layer.seed}"
    )
    for note in layer.notes:
        show(f"note: {note}")
    show_table(_TITLES, (_cells(measure) for measure in _shortened(layer)))


def _shortened(layer: LayerAgreement) -> Iterator[Measure]:
    """Leave out what only programs need: labels by pair, and precision and recall if there are several pairs.

    For a single pair, the measures over all annotators are left out.
    """
    of_two = len(layer.annotators) == 2
    for measure in layer.measures:
        if of_two:
            if measure.pair or measure.measure == "gamma":
                yield measure
        elif measure.pair is None or (measure.label is None and not measure.measure.endswith(_ONE_SIDED)):
            yield measure


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
