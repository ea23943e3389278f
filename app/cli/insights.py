"""`stet insights`"""

from collections.abc import Mapping
from pathlib import Path

import click

from app.cli.arguments import json_option, opened, project_argument
from app.cli.console import ProgressLine, say, show, show_csv, show_json, show_table
from app.core.document_names import canonical
from app.jobs.tasks.agreement_scope import ScopedWork, parse_scope
from app.jobs.tasks.insights import count_insights
from app.review.figures.figure import Figure
from app.review.figures.insights import FIGURES, Insights, SetsMeasured
from app.review.figures.table import as_row, cell_text, csv_of

_MEASURED_ON_SETS = ("agreement", "confusion")


@click.command()
@project_argument
@click.argument("figure", required=False, type=click.Choice([about.id for about in FIGURES]))
@click.option("--layer", metavar="ID", help="The layer to use.")
@click.option("--measure", metavar="NAME", help="For agreement: the measure, such as exact_label_f1.")
@click.option("--pair", metavar="NAME,NAME", help="For confusion: the two annotators; gold comes second.")
@click.option("--field", metavar="LAYER.FIELD", help="For fields: which one.")
@click.option(
    "--level",
    metavar="N",
    help="For agreement, confusion and labels: add up a tree of labels to this level; 1 is the top.",
)
@click.option("--by", metavar="WHAT", help="For overturn: annotator or label; for score: document or meta.KEY.")
@click.option(
    "--where",
    multiple=True,
    metavar="CONDITION",
    help="For agreement and confusion: only what meets it, as for stet agreement. Can be repeated.",
)
@click.option("--as-now", is_flag=True, help="For agreement and confusion: sets under review as they are now.")
@click.option("--against-gold", is_flag=True, help="For agreement: each annotator with gold, not with each other.")
@click.option("--hide-names", is_flag=True, help="Show annotators as 1, 2, 3 and so on.")
@click.option("--csv", "as_csv", is_flag=True, help="Print the rows of a figure as CSV.")
@json_option("each figure with its rows")
def command(
    project: Path,
    figure: str | None,
    layer: str | None,
    measure: str | None,
    pair: str | None,
    field: str | None,
    level: str | None,
    by: str | None,
    where: tuple[str, ...],
    as_now: bool,
    against_gold: bool,
    hide_names: bool,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Show the figures of PROJECT, such as agreement, label confusion, progress, fields, relations and overturn.

    \b
    Example:
      stet insights news.stet
      stet insights news.stet confusion --pair ana,gold --csv > confusion.csv
      stet insights news.stet score --by meta.system
    """
    given = {
        "layer": layer,
        "measure": measure,
        "pair": pair,
        "field": field,
        "level": level,
        "by": by and canonical(by),
    }
    chosen = {key: value for key, value in given.items() if value is not None}
    chosen |= _sets(as_now=as_now, against_gold=against_gold)
    if as_csv and (as_json or not figure):
        raise click.UsageError("--csv prints one figure: name it, and leave out --json")
    if (chosen or where) and not figure:
        raise click.UsageError("name the figure these options apply to")
    if where and figure not in _MEASURED_ON_SETS:
        raise click.UsageError(f"--where doesn't apply to {figure}")
    scope = parse_scope(where)
    with opened(project) as session, ProgressLine("counting") as progress:
        work = ScopedWork(session, scope)
        found = count_insights(session, work=work, progress=progress)
    if figure:
        _check(found, figure, chosen)
    figures = [found.figure(figure, chosen, hide_names=hide_names)] if figure else []
    figures = figures or [found.figure(about.id, hide_names=hide_names) for about in FIGURES]
    figures = [each._replace(notes=(*each.notes, *work.notes())) for each in figures]
    if as_json:
        show_json(map(as_row, figures))
    elif as_csv:
        show_csv(csv_of(figures[0]))
        if figures[0].missing:
            say(figures[0].missing)
    else:
        for number, each in enumerate(figures):
            if number:
                show("")
            _show(each)


def _sets(*, as_now: bool, against_gold: bool) -> dict[str, str]:
    if as_now and against_gold:
        raise click.UsageError("choose one of --as-now and --against-gold")
    return {"sets": (SetsMeasured.NOW if as_now else SetsMeasured.GOLD).value} if as_now or against_gold else {}


def _check(found: Insights, figure: str, chosen: Mapping[str, str]) -> None:
    choices = {choice.key: choice for choice in found.choices(figure)}
    for key, value in chosen.items():
        if key == "sets" and value == SetsMeasured.NOW and figure in _MEASURED_ON_SETS:
            continue  # without any review, the sets are as they are now anyway
        if key not in choices:
            option = {"now": "as-now", "gold": "against-gold"}[value] if key == "sets" else key
            raise click.UsageError(f"--{option} doesn't apply to {figure}")
        known = choices[key].known()
        if value not in known:
            raise click.UsageError(f"--{key} can’t be “{value}”; it can be: {'; '.join(known) or 'nothing yet'}")


def _show(figure: Figure) -> None:
    show(f"{figure.title} ({figure.id})")
    show(figure.missing or figure.lead)
    for note in () if figure.missing else figure.notes:
        show(f"note: {note}")
    if figure.missing:
        return
    shown = [number for number, column in enumerate(figure.columns) if column.shown]
    titles = [figure.columns[number].title.upper() for number in shown]
    show_table(titles, ([cell_text(figure, row, number) for number in shown] for row in range(len(figure.rows))))
