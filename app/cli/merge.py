"""`stet merge`"""

from pathlib import Path

import click

from app.cli.arguments import as_option, json_option, opened, project_argument
from app.cli.console import ProgressLine, say, show, show_json
from app.jobs.tasks.merge import merge_files


@click.command()
@project_argument
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@as_option("Who merges, and can undo it in the window.")
@click.option("--dry-run", is_flag=True, help="Show what would be merged, but change nothing.")
@json_option("the report")
def command(project: Path, files: tuple[Path, ...], annotator: str | None, dry_run: bool, as_json: bool) -> None:
    """Merge the work in bundles, or in other projects, into PROJECT.

    Everything is merged or nothing, as one undoable step; the project is backed up first. What was merged before
    changes nothing. Where both sides changed something, everything from both is kept, and the differences are listed.

    \b
    Example:
      stet merge news.stet news-ana.stet news-ben.stet
      stet merge news.stet returned/*.stet --dry-run
    """
    with (
        opened(project, write=True, annotator=annotator, is_rehearsal=dry_run) as session,
        ProgressLine("merging") as progress,
    ):
        report = merge_files(session, files, dry_run=dry_run, progress=progress)
    if as_json:
        show_json([report.as_dict()])
        return
    headline, *lines = report.lines()
    show(headline)
    for line in lines[: len(report.merged.returned)]:
        show(f"  {line}")
    for finding in report.merged.report:
        say(f"stet: note: {finding}")
