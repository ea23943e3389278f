"""`stet import`"""

from pathlib import Path

import click

from app.cli.arguments import as_option, json_option, opened, project_argument
from app.cli.console import ProgressLine, say, say_error, show, show_json
from app.cli.format_argument import format_argument, own_options_argument
from app.exchange.columns import parsed_columns
from app.exchange.label_map import parsed_map
from app.exchange.option import parse_options
from app.jobs.tasks.import_files import import_files
from app.jobs.tasks.import_report import ImportReport


@click.command("import")
@project_argument
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@format_argument(
    "The files' format, one of: FORMATS. By default (auto), each file's is detected. See: stet formats.", reads=True
)
@own_options_argument("to read, which --format must name")
@as_option("Who imports, and can undo it in the window. Annotations in files that name no annotator become theirs.")
@click.option(
    "--annotator",
    "whose",
    metavar="NAME",
    help="Whose annotations become those in files that name no annotator, if not those of --as.",
)
@click.option(
    "--map-label",
    "map_labels",
    multiple=True,
    metavar="THEIRS=OURS",
    help="What a label or relation of a foreign file becomes: LAYER.LABEL of the scheme, or nothing (THEIRS=) to leave "
    "it out. Others are mapped by id and title. Can be repeated.",
)
@click.option(
    "--map-column",
    "map_columns",
    multiple=True,
    metavar="OURS=THEIRS",
    help="Which key or column of the file is the document's text, title, name, id, language, reference, annotator or "
    "label. Others become metadata. Can be repeated.",
)
@click.option(
    "--reference-for",
    metavar="DOC",
    help="Link what is imported as references of this document: its id, its name, or its name without extension.",
)
@click.option(
    "--offsets",
    type=click.Choice(["cp", "utf16", "bytes", "grapheme"]),
    help="The unit of the files' offsets, where it can't be detected. Stet's own JSONL always counts code points (cp), "
    "and plain texts have no offsets.",
)
@click.option("--encoding", metavar="NAME", help="The encoding of texts that aren't UTF-8, such as windows-1251.")
@click.option(
    "--skip-bad", is_flag=True, help="Import the valid records and list the invalid ones; exit code 1 if there are any."
)
@click.option(
    "--rejects",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Collect the invalid records in FILE, and the reasons beside it; implies --skip-bad.",
)
@click.option("--add-labels", is_flag=True, help="Add to the scheme what it lacks of the labels, relations and fields.")
@click.option("--finished", is_flag=True, help="Take work as done where the file doesn’t say; otherwise it is open.")
@click.option("--dry-run", is_flag=True, help="Show what would be imported, but change nothing.")
@json_option("the report")
def command(
    project: Path,
    files: tuple[Path, ...],
    format: str | None,
    options: tuple[str, ...],
    annotator: str | None,
    whose: str | None,
    add_labels: bool,
    finished: bool,
    map_labels: tuple[str, ...],
    map_columns: tuple[str, ...],
    reference_for: str | None,
    offsets: str | None,
    encoding: str | None,
    skip_bad: bool,
    rejects: Path | None,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Import files, and folders with everything in them, into PROJECT.

    This is one undoable step: everything is imported or, if anything is wrong, nothing. What exists already is
    not imported twice; new annotations of known documents are added to them.

    \b
    Example:
      stet import news.stet spun.txt
      stet import news.stet agency-report.txt --reference-for spun
      stet import news.stet ana.jsonl --dry-run
    """
    with (
        opened(project, write=True, annotator=annotator, is_rehearsal=dry_run) as session,
        ProgressLine("importing") as progress,
    ):
        report = import_files(
            session,
            files,
            format=format,
            annotator=whose or annotator,
            labels=parsed_map(map_labels),
            columns=parsed_columns(map_columns),
            reference_for=reference_for,
            offsets=offsets,
            encoding=encoding,
            options=parse_options(options),
            dry_run=dry_run,
            skip_bad=skip_bad,
            rejects=rejects,
            finished=finished,
            add_labels=add_labels,
            progress=progress,
        )
    _tell(report, as_json=as_json)
    return 1 if report.bad or report.unread else 0


def _tell(report: ImportReport, *, as_json: bool) -> None:
    for error in report.errors:
        say_error(error)
    if as_json:
        show_json([report.as_dict()])
    else:
        show(report.headline())
        for line in [*report.format_lines(), *report.label_lines()]:
            say(f"stet: note: {line}")
        for finding in report.report:
            say(f"stet: note: {finding}")
