"""`stet suggest`"""

from collections import Counter
from pathlib import Path

import click

from app.cli.arguments import as_option, json_option, opened, project_argument
from app.cli.console import ProgressLine, show, show_json, show_table
from app.jobs.tasks.contents import suggestion_row
from app.jobs.tasks.suggest import CORRECTIONS, MAKERS, suggest

_KNOWN = "; ".join(f"{maker.name}: {maker.what[0].lower()}{maker.what[1:]}" for maker in MAKERS)


@click.command()
@project_argument
@click.option(
    "--with",
    "makers",
    multiple=True,
    metavar="NAME",
    default=(CORRECTIONS,),
    show_default=True,
    help=f"What makes the suggestions. {_KNOWN} (spacy:PIPELINE names one). Can be repeated.",
)
@click.option(
    "--documents",
    "documents",
    multiple=True,
    metavar="GLOB",
    help="Only documents with these names, patterns or ids. Can be repeated; by default all documents to annotate.",
)
@as_option("Whose corrections count, and whose marks aren't suggested again.")
@click.option("--dry-run", is_flag=True, help="Show what would be suggested, but change nothing.")
@json_option("each new suggestion")
def command(
    project: Path,
    makers: tuple[str, ...],
    documents: tuple[str, ...],
    annotator: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Let programs suggest marks in the documents of PROJECT.

    A suggestion isn't a mark until an annotator accepts it. What was suggested before isn't suggested again, whatever
    the answer was. Everything is added as one undoable step.

    \b
    Example:
      stet suggest news.stet --as ana
      stet suggest news.stet --with spacy --documents "spring/*" --dry-run
    """
    with opened(project, write=not dry_run, annotator=annotator) as session:
        with ProgressLine("suggesting") as progress:
            done = suggest(session, makers, documents=documents, dry_run=dry_run, progress=progress)
        names = {uid: session.documents.name_of(uid) or "" for uid, _ in done.new}
    if as_json:
        show_json(suggestion_row(suggestion, uid, names[uid]) for uid, suggestion in done.new)
        return
    verb = "would be suggested" if dry_run else "suggested"
    noun = "mark" if len(done.new) == 1 else "marks"
    show(
        f"{len(done.new):,} {noun} {verb} in {len(names):,} of {done.documents:,} documents; {done.known:,} had been "
        f"suggested before, {done.marked:,} are already marked"
    )
    counts = Counter((s.layer, s.label, s.maker) for _, s in done.new)
    if counts:
        show_table(("LAYER", "LABEL", "MAKER", "COUNT"), [(*key, count) for key, count in sorted(counts.items())])
