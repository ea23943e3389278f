"""`stet new`"""

from pathlib import Path

import click

from app.cli.arguments import as_option, project_argument
from app.cli.console import show


@click.command()
@project_argument
@click.option(
    "--scheme",
    metavar="NAME|FILE",
    help="A scheme that ships with Stet, or a file as for “stet scheme”.  [default: news-errors]",
)
@click.option(
    "--scheme-from",
    type=click.Path(path_type=Path),
    metavar="DATA",
    help="Make the scheme from the annotations in a file or folder of another tool: its labels, relations and fields.",
)
@click.option("--sample", is_flag=True, help="Create the sample project: paraphrased news, references, some work.")
@as_option("With --sample: the annotator who has begun.  [default: you]")
def command(project: Path, scheme: str | None, scheme_from: Path | None, sample: bool, annotator: str | None) -> None:
    """Create a project: one file, PROJECT, ending in .stet.

    \b
    Example:
      stet new news.stet --scheme news-errors
      stet new news.stet --scheme-from tasks.json
    """
    if project.suffix != ".stet":
        raise click.UsageError("a project's name must end in .stet, such as news.stet")
    if scheme is not None and scheme_from is not None:
        raise click.UsageError("a project has one scheme: leave out --scheme or --scheme-from")
    if sample and (scheme is not None or scheme_from is not None):
        raise click.UsageError("the sample has its own scheme: leave out --scheme or --sample")
    if annotator is not None and not sample:
        raise click.UsageError("--as is for --sample: a new project has no marks")
    if sample:
        from app.jobs.tasks.sample import create_sample

        session = create_sample(project, annotator=annotator or "you")
    else:
        from app.cli.scheme import say_notes
        from app.jobs.tasks.scheme_file import parsed, read_scheme, scheme_of_data
        from app.session.session import Session

        found = scheme_of_data([scheme_from]) if scheme_from is not None else read_scheme(scheme or "news-errors")
        parsed(found)
        say_notes(found)
        session = Session.create(project, scheme=found.source, scheme_path=str(found.path))
    tag = session.scheme.tag
    session.close()
    show(f"created {project} with the scheme {tag}")
