"""`stet suggest`"""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import click

from app.cli.arguments import as_option, json_option, opened, project_argument
from app.cli.console import ProgressLine, say, show, show_json, show_table
from app.cli.model_argument import model_options
from app.cli.suggest_report import ReportOptions, report_options, reported
from app.core.wording import counted
from app.jobs.tasks.contents import suggestion_row
from app.jobs.tasks.suggest import model_cost, suggest
from app.services.suggestions.offer import Offered
from app.suggesters.corrections import CORRECTIONS
from app.suggesters.hints.rule import Tier
from app.suggesters.language_model.model_options import ModelOptions
from app.suggesters.language_model.suggester import MODEL
from app.suggesters.patterns import PATTERNS
from app.suggesters.registry import SuggesterRegistry


class SuggestCommand(click.Command):
    """Lists the known suggesters in its help."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the registry knows, without importing the suggesters of other packages."""
        registry = SuggesterRegistry()
        rows = [
            (entry.name, f"{entry.title} (needs {entry.needs})" if entry.needs else entry.title)
            for entry in registry.entries()
        ]
        rows += [
            (entry.name, f"can't be used, from the package {entry.origin}: {entry.reason}")
            for entry in registry.broken()
        ]
        with formatter.section("Suggesters"):
            formatter.write_dl(rows)


@click.command(cls=SuggestCommand)
@project_argument
@click.option(
    "--with",
    "suggesters",
    multiple=True,
    metavar="NAME",
    help="The suggester to ask, see below; NAME:VARIANT names a variant, such as spacy:PIPELINE. Can be repeated; by "
    f"default {CORRECTIONS}, {PATTERNS} if the project has some, and {Tier.SURE.value} if a document has a reference.",
)
@click.option(
    "--documents",
    "documents",
    multiple=True,
    metavar="GLOB",
    help="Only documents with these names, patterns or ids. Can be repeated; by default all documents to annotate.",
)
@as_option("Whose corrections count, and whose marks aren't suggested again.")
@model_options
@click.option("--estimate", is_flag=True, help="Show what asking the model would take at most, and send nothing.")
@click.option(
    "--trust-model",
    is_flag=True,
    help="Load a model folder that Stet didn't train on this computer; such a folder can run code.",
)
@click.option("--dry-run", is_flag=True, help="Show what would be suggested, but change nothing.")
@report_options
@json_option("each new suggestion, or each row of the report")
def command(
    project: Path,
    suggesters: tuple[str, ...],
    documents: tuple[str, ...],
    annotator: str | None,
    model: ModelOptions,
    estimate: bool,
    trust_model: bool,
    dry_run: bool,
    report: ReportOptions,
    as_json: bool,
) -> None:
    """Let programs suggest marks in the documents of PROJECT.

    A suggestion isn't a mark until an annotator accepts it. What was suggested before isn't suggested again, whatever
    the answer was. Everything is added as one undoable step.

    \b
    Example:
      stet suggest news.stet --as ana
      stet suggest news.stet --with sure
      stet suggest news.stet --with spacy --documents "spring/*" --dry-run
      stet suggest news.stet --report
    """
    with opened(project, write=not (dry_run or estimate or report.is_only_read), annotator=annotator) as session:
        if reported(session, report, as_json=as_json):
            return
        if estimate:
            show(model_cost(session, model, documents=documents).words())
            return
        if MODEL in suggesters:
            say(model_cost(session, model, documents=documents).words())
        with ProgressLine("suggesting") as progress:
            done = suggest(
                session,
                suggesters,
                documents=documents,
                dry_run=dry_run,
                progress=progress,
                model=model,
                trusts_models=trust_model,
            )
        names = {uid: session.reader.documents.name_of(uid) or "" for uid, _ in done.new}
    _show_offered(done, names, dry_run=dry_run, as_json=as_json)


def _show_offered(done: Offered, names: Mapping[str, str], *, dry_run: bool, as_json: bool) -> None:
    for note in done.notes:
        say(note)
    if done.retired:
        say("To use again what has retired itself: " + " ".join(f"--again {name}" for name in done.retired))
    if as_json:
        show_json(suggestion_row(suggestion, uid, names[uid]) for uid, suggestion in done.new)
        return
    verb = "would be suggested" if dry_run else "suggested"
    show(
        f"{counted(len(done.new), 'mark')} {verb} in {len(names):,} of {done.documents:,} documents; "
        f"{done.known:,} had been suggested before, {done.annotated:,} are already marked"
    )
    counts = Counter((s.layer, s.label, s.maker) for _, s in done.new)
    if counts:
        show_table(("LAYER", "LABEL", "SUGGESTER", "COUNT"), [(*key, count) for key, count in sorted(counts.items())])
