"""`stet suggest`"""

from collections import Counter
from pathlib import Path

import click

from app.cli.arguments import as_option, json_option, opened, project_argument
from app.cli.console import ProgressLine, say, show, show_json, show_table
from app.cli.model_argument import model_options
from app.core.wording import counted
from app.jobs.tasks.contents import suggestion_row
from app.jobs.tasks.suggest import model_cost, suggest
from app.suggesters.corrections import CORRECTIONS
from app.suggesters.language_model.model_options import ModelOptions
from app.suggesters.language_model.suggester import MODEL
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
    default=(CORRECTIONS,),
    show_default=True,
    help="The suggester to ask, see below; NAME:VARIANT names a variant, such as spacy:PIPELINE. Can be repeated.",
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
@json_option("each new suggestion")
def command(
    project: Path,
    suggesters: tuple[str, ...],
    documents: tuple[str, ...],
    annotator: str | None,
    model: ModelOptions,
    estimate: bool,
    trust_model: bool,
    dry_run: bool,
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
    """
    with opened(project, write=not (dry_run or estimate), annotator=annotator) as session:
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
    for note in done.notes:
        say(note)
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
