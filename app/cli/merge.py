"""`stet merge`"""

from pathlib import Path

import click

from app.cli.arguments import as_option, json_option, opened, project_argument
from app.cli.console import ProgressLine, say, show, show_json
from app.jobs.tasks.merge import merge_files


@click.command()
@project_argument
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@as_option("Who takes it back: undo in the window is theirs.")
@click.option("--dry-run", is_flag=True, help="Do everything, say what would come of it, and change nothing.")
@json_option("the report")
def command(project: Path, files: tuple[Path, ...], annotator: str | None, dry_run: bool, as_json: bool) -> None:
    """Take the work in bundles, or in other projects, back into PROJECT.

    All of it comes in or nothing, as one step that can be undone; the project is backed up first. What came in before
    changes nothing. Where both sides changed something, everything of both stays, and the differences are listed.

    \b
    Example:
      stet merge news.stet news-ana.stet news-ben.stet
      stet merge news.stet returned/*.stet --dry-run
    """
    with opened(project, write=True, annotator=annotator) as session, ProgressLine("taking back") as progress:
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
