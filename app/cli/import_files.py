"""`stet import`"""

from pathlib import Path

import click

from app.cli.arguments import as_option, json_option, opened, project_argument
from app.cli.console import ProgressLine, say, say_error, show, show_json
from app.jobs.tasks.import_files import import_files


@click.command("import")
@project_argument
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option(
    "--format", metavar="NAME", help="The files' format; without it each file's is found out. See: stet formats."
)
@as_option("Who is importing: undo in the window is theirs, and so are marks of files that don't say whose they are.")
@click.option(
    "--reference-for",
    metavar="DOC",
    help="Make what is imported references of this document: its id, its name, or its name without the ending.",
)
@click.option(
    "--offsets",
    type=click.Choice(["cp", "utf16", "bytes", "grapheme"]),
    help="What the files count offsets in, where that can't be known. Stet's own JSONL always counts code points (cp), "
    "and plain texts have no offsets.",
)
@click.option(
    "--skip-bad", is_flag=True, help="Bring in the good records and list the bad ones; exit code 1 if there are any."
)
@click.option("--dry-run", is_flag=True, help="Do everything, say what would come of it, and change nothing.")
@json_option("the report")
def command(
    project: Path,
    files: tuple[Path, ...],
    format: str | None,
    annotator: str | None,
    reference_for: str | None,
    offsets: str | None,
    skip_bad: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Bring files, and folders with all that is below them, into PROJECT.

    It is one step that can be undone: all of it comes in or, if anything is wrong, nothing. What is there already is
    not brought in twice; annotations that are new in known documents are added to them.

    \b
    Example:
      stet import news.stet spun.txt
      stet import news.stet agency-report.txt --reference-for spun
      stet import news.stet ana.jsonl --dry-run
    """
    with opened(project, write=True, annotator=annotator) as session, ProgressLine("importing") as progress:
        report = import_files(
            session,
            files,
            format=format,
            annotator=annotator,
            reference_for=reference_for,
            offsets=offsets,
            dry_run=dry_run,
            skip_bad=skip_bad,
            progress=progress,
        )
    for error in report.errors:
        say_error(error)
    if as_json:
        show_json([report.as_dict()])
    else:
        show(report.lines()[0])
        for finding in report.report:
            say(f"stet: note: {finding}")
    return 1 if report.bad else 0
