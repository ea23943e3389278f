"""`stet assign`"""

from pathlib import Path

import click

from app.cli.arguments import as_option, json_option, opened, project_argument
from app.cli.console import say, show, show_json, show_table
from app.core.assignment_plan import AssignmentPlan, AssignmentRules, Distribution
from app.core.document_conditions import parse_conditions
from app.jobs.tasks.assign import Planner, SharedDocuments, as_rows, assign, take_back
from app.jobs.tasks.document_choice import DocumentChoice


@click.command()
@project_argument
@click.option("--to", "to", metavar="NAME,NAME...", help="Annotators to assign to. Not needed with --share.")
@click.option("--remove", metavar="NAME,NAME...", help="Take back what these annotators haven't begun, instead.")
@click.option("--each", is_flag=True, help="Everyone gets every document. This is the default.")
@click.option("--per-document", type=click.IntRange(min=1), metavar="N", help="Each document goes to N people.")
@click.option(
    "--share", metavar="NAME=N,...", help="Each document goes to one person; N are proportions, such as ana=50,ben=25."
)
@click.option("--round-robin", is_flag=True, help="Each document goes to one person, in turn.")
@click.option("--overlap", default="0", metavar="N|N%", help="Documents assigned to everyone, to measure agreement.")
@click.option("--seed", type=int, default=0, show_default=True, help="Random seed for --overlap.")
@click.option("--documents", multiple=True, metavar="GLOB", help="Only these, by name, pattern or id. Can be repeated.")
@click.option(
    "--where",
    multiple=True,
    metavar="CONDITION",
    help="Only documents that meet it, such as flag=no or meta.source=web. Can be repeated; see: stet list.",
)
@click.option("--view", metavar="NAME", help="Only those of a saved view.")
@as_option("Who assigns, and can undo it in the window.")
@click.option("--dry-run", is_flag=True, help="Show the plan and change nothing.")
@json_option("the plan")
def command(
    project: Path,
    to: str | None,
    remove: str | None,
    each: bool,
    per_document: int | None,
    share: str | None,
    round_robin: bool,
    overlap: str,
    seed: int,
    documents: tuple[str, ...],
    where: tuple[str, ...],
    view: str | None,
    annotator: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Assign documents of PROJECT to annotators, and show how many each has then.

    Existing assignments stay, and count. Documents that are only references are never assigned.

    \b
    Example:
      stet assign news.stet --to ana,ben,cara --per-document 2 --dry-run
      stet assign news.stet --share ana=50,ben=30,cara=20 --overlap 10%
      stet assign news.stet --remove ben
    """
    choice = DocumentChoice((), parse_conditions(where), view=view)
    if remove is not None:
        if to or each or per_document is not None or share is not None or round_robin:
            raise click.UsageError("--remove can't be combined with --to, --share and other distributions")
        _remove(project, remove, documents, choice, annotator, dry_run=dry_run, as_json=as_json)
        return
    if sum((each, per_document is not None, share is not None, round_robin)) > 1:
        raise click.UsageError("--each, --per-document, --share and --round-robin can't be combined")
    weights = _weights(share) if share is not None else {}
    names = [name.strip() for name in (to or "").split(",") if name.strip()] or list(weights)
    if not names:
        raise click.UsageError("name annotators: --to ana,ben")
    try:
        part = SharedDocuments.parse(overlap)
    except ValueError as error:
        raise click.UsageError("--overlap takes a number of documents, or a percentage such as 10%") from error
    strategy = _strategy(per_document, share, round_robin=round_robin)
    rules = AssignmentRules(strategy, per_document=per_document or 1, weights=weights, seed=seed)
    with opened(project, write=not dry_run, annotator=annotator) as session:
        plan = Planner(session, documents, choice).plan(names, rules, part)
        if not dry_run:
            assign(session, plan)
    if as_json:
        show_json(as_rows(plan))
    else:
        _show(plan, dry_run=dry_run)


def _strategy(per_document: int | None, share: str | None, *, round_robin: bool) -> Distribution:
    if share is not None:
        return Distribution.SHARE
    if per_document is not None:
        return Distribution.PER_DOCUMENT
    return Distribution.ROUND_ROBIN if round_robin else Distribution.EVERYONE


def _remove(
    project: Path,
    names: str,
    documents: tuple[str, ...],
    choice: DocumentChoice,
    annotator: str | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    if not wanted:
        raise click.UsageError("name annotators: --remove ana,ben")
    with opened(project, write=not dry_run, annotator=annotator) as session:
        done = take_back(session, wanted, documents, choice, dry_run=dry_run)
    if as_json:
        show_json(item._asdict() for item in done)
    else:
        for item in done:
            show(str(item))
    if dry_run:
        say("stet: dry run; nothing was changed")


def _weights(share: str) -> dict[str, float]:
    weights: dict[str, float] = {}
    for part in share.split(","):
        name, sign, number = part.rpartition("=")
        try:
            weight = float(number)
        except ValueError:
            weight = -1
        if not sign or not name.strip() or not 0 <= weight < 1e9 or name.strip() in weights:
            raise click.UsageError(f"--share: “{part}” isn't NAME=NUMBER, each name once")
        weights[name.strip()] = weight
    return weights


def _show(plan: AssignmentPlan, *, dry_run: bool) -> None:
    show_table(("ANNOTATOR", "DOCUMENTS", "NEW", "WORDS"), plan.portions)
    show(f"{plan.overlap:,} of the documents go to everyone, {plan.unassigned:,} to no one")
    if dry_run:
        say("stet: dry run; nothing was changed")
    elif not plan.pairs:
        say("stet: everything is already assigned this way; nothing was changed")
